"""What the setting ``injected-parameters`` misspells is told with the name that is meant; what may be right is not."""

import pytest

from celery_registry.contract.injected import Supplier, show_misnamed, unknown_parameters


@pytest.mark.parametrize(
    ("near", "ending"), [(["shop.Tenant"], '; did you mean "shop.Tenant"?'), (["shop.Other"], ""), ([], "")]
)
def test_a_name_that_names_nothing_is_told(near: list[str], ending: str) -> None:
    said = show_misnamed("injected-parameters", "shop.Tenent", "shop", near)
    assert said == f'injected-parameters: "shop.Tenent" names nothing: shop has no "Tenent"{ending}'


@pytest.mark.parametrize(
    ("listed", "told"),
    [
        (["tenant"], []),
        (["tenent"], ["tenant"]),
        # It may be a parameter of a task that is not written yet.
        (["session"], []),
        # The right one is listed beside it.
        (["tenant", "tenent"], []),
        # The supplier itself names it.
        (["tenants"], []),
    ],
)
def test_a_parameter_that_is_misspelt_is_told(listed: list[str], told: list[str]) -> None:
    supplier = Supplier("shop.Tenant", taken={"to", "tenant"}, words={"tenant", "tenants"})
    said = list(unknown_parameters(supplier, listed))
    assert [line.endswith(f'did you mean "{name}"?') for line, name in zip(said, told, strict=True)] == [True] * len(
        told
    )
