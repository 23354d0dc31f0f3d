"""Every mistake that is planted in the example is reported: by ``check`` from its text, and by mypy with the plugin."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from planting.mistakes import MISTAKES
from planting.planting import Planter

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "delivery_project"
SHOP = """
from celery import Celery, chain, shared_task

app = Celery("shop")


@shared_task
def send(to: str, copies: int = 1, *, body: str) -> None: ...


@app.task(bind=True)
def store(self, key: str, size: int, **labels: str) -> None: ...


def use(values: list[str]) -> None:
    send.delay("a", 1, body="b")
    send.delay(
        "a",
        2,
        body="c",
    )
    send.apply_async(("a", 1), {"body": "b"}, countdown=1)
    send.apply_async(args=["a"], kwargs={"body": "b"})
    send.delay(*values, body="b")
    send("a", body=str(store.delay("k", 1)))
    chain(send.s(body="b"), send.si("a", body="b"))
    app.send_task("shop.store", ("k", 1))
    store.delay(1, "k")  # wrong before anything is planted
"""


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planter:
    """The example and a shop of every form, side by side."""
    source, directory = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("planting")
    (source / "shop.py").write_text(textwrap.dedent(SHOP))
    for path in EXAMPLE.rglob("*.py"):
        if path.name != "calls_wrong.py" and "tests" not in path.parts:
            copy = source / path.relative_to(EXAMPLE)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    return Planter(source, directory)


@pytest.mark.parametrize(("kind", "least"), [("keyword", 14), ("dropped", 14), ("swapped", 4)])
def test_what_the_signature_can_refuse_is_reported_by_both(planted: Planter, kind: str, least: int) -> None:
    before = {path: path.read_bytes() for path in planted.copy.rglob("*.py")}
    found = planted.run(kind, planted.sites(), mypy=True)
    for each in found.values():
        assert len(each.planted) >= least
        assert each.missed(kind) == []
    assert {path: path.read_bytes() for path in planted.copy.rglob("*.py")} == before
    assert set(MISTAKES) == {"keyword", "dropped", "swapped"}
