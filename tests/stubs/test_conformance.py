"""One verdict in six checkers: 300 calls of tasks of every shape."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from stubs.checkers import CHECKERS, run_checker
from stubs.conformance_table import DOCUMENT, Verdicts, judge_calls, read_calls, render_table, replace_block
from stubs.projects import make_shop, run_command

PLUGIN = "mypy with the plugin"
WITHOUT_PLUGIN = [name for name in CHECKERS if name != PLUGIN]

#: Types of variables that no overload can take apart: dict[str, str] is no TypedDict.
ALLOWED_FALSE = 2


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_shop(tmp_path_factory.mktemp("conformance"))


@pytest.fixture(scope="module")
def verdicts(shop: Path) -> Callable[[str], Verdicts]:
    return functools.cache(lambda checker: judge_calls(checker, shop))


def test_the_calls_are_at_least_two_hundred_good_and_bad(shop: Path) -> None:
    calls = read_calls(shop / "calls.py")
    assert len(calls.good) >= 100
    assert len(calls.bad) >= 100


def test_mypy_with_the_plugin_is_never_wrong(verdicts: Callable[[str], Verdicts]) -> None:
    assert verdicts(PLUGIN) == Verdicts({}, {}, {})


@pytest.mark.parametrize("checker", WITHOUT_PLUGIN)
def test_a_checker_without_plugins_misses_only_what_no_type_can_express(
    checker: str, verdicts: Callable[[str], Verdicts]
) -> None:
    assert verdicts(checker).missed == {}


@pytest.mark.parametrize("checker", WITHOUT_PLUGIN)
def test_a_checker_without_plugins_flags_at_most_two_right_calls(
    checker: str, verdicts: Callable[[str], Verdicts]
) -> None:
    assert len(verdicts(checker).false) <= ALLOWED_FALSE, verdicts(checker).false


def test_the_documented_table_is_true(shop: Path, verdicts: Callable[[str], Verdicts]) -> None:
    calls, document = read_calls(shop / "calls.py"), DOCUMENT.read_text()
    told = render_table({name: verdicts(name) for name in CHECKERS}, calls)
    assert document == replace_block(document, "conformance", told), "run python -m stubs.conformance_table in tests"


STRICT = """
[tool.pyright]
typeCheckingMode = "strict"
[tool.ty.rules]
all = "error"
[tool.zuban]
strict = true
[tool.mypy]
strict = true
mypy_path = "src"
"""


@pytest.mark.parametrize("checker", list(CHECKERS))
def test_the_generated_text_gives_no_diagnostic_under_strict_settings(checker: str, shop: Path, tmp_path: Path) -> None:
    # Tools hide the files of a partial stub package, so the text stands beside its module here.
    (tmp_path / "pyproject.toml").write_text(
        STRICT if checker != "basedpyright" else STRICT.replace('"strict"', '"all"')
    )
    shutil.copytree(shop / "src", tmp_path / "src")
    assert run_command(tmp_path, "stubs", "--layout", "beside").returncode == 0
    stub = "src/shop/tasks/registry.pyi"
    assert (tmp_path / stub).is_file()
    assert run_checker(checker, tmp_path, stub, every=True) == []
