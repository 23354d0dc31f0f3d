"""Why ``kwargs={}`` passes: whatever takes a ``dict[str, Any]`` variable takes an empty display, in every checker.

Each declaration below is another way to say "the keys of this task, or a dictionary that nothing is known about".
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import pytest

from stubs.checkers import CHECKERS, run_checker
from stubs.projects import write_files

WITHOUT_PLUGIN = [name for name in CHECKERS if name != "mypy with the plugin"]

HEAD = """
from collections.abc import Mapping, MutableMapping
from typing import Any, NoReturn, Protocol, TypeVar, overload
from typing_extensions import Never, Required, TypedDict

class Mail(TypedDict):
    to: str
class Closed(TypedDict, closed=True):
    to: Required[str]
class Empty(TypedDict, closed=True): ...

Key = TypeVar("Key", bound=str)
Value = TypeVar("Value")
Bound = TypeVar("Bound", bound=dict[str, Any])
Constrained = TypeVar("Constrained", dict[str, Any], Mail)

class Copied(Protocol):
    def copy(self) -> dict[str, Any]: ...
class Popped(Protocol):
    def popitem(self) -> tuple[str, Never]: ...

@overload
def send(args: tuple[str], kwargs: Empty | None = None) -> int: ...
"""
REST = "@overload\ndef send(args: None = None, *, kwargs: {}) -> {}: ...\n"

#: What the stubs write, and what else was thought of: the types of ``kwargs``, one overload each, and the result.
DECLARATIONS = {
    "ours": ["Mail | dict[str, Never]"],
    "a closed dictionary": ["Closed | dict[str, Never]"],
    "a mapping": ["Mail | Mapping[str, Never]"],
    "a mapping without keys": ["Mail | Mapping[Never, Never]"],
    "a mutable mapping": ["Mail | MutableMapping[str, Never]"],
    "keys first": ["Closed", "dict[str, Any]"],
    "keys last": ["dict[str, Any]", "Closed"],
    "the empty display first": ["Empty", "Closed", "dict[str, Any]"],
    "a variable for the key": ["Mail | dict[Key, Any]"],
    "a variable for the value": ["Mail | dict[str, Value]"],
    "a bound": ["Mail | Bound"],
    "constraints": ["Constrained"],
    "a method that tells a dictionary": ["Mail | Copied"],
    "a method that tells nothing": ["Mail | Popped"],
}
ARGUMENTS = ("collected", "{}", '{"to": "ada"}', '{"to": 1}')

Refused = Callable[[str], dict[str, set[str]]]


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Refused:
    """For a checker, the arguments that each declaration refuses."""
    project = tmp_path_factory.mktemp("empty")
    lines = ["from typing import Any"]
    files, places = {"pyproject.toml": "[tool.pyright]\n"}, {}
    for number, (name, types) in enumerate(DECLARATIONS.items()):
        # An empty display that is found first comes back as what ends the program.
        results = ["NoReturn" if kind == "Empty" else "int" for kind in types]
        overloads = [REST.format(kind, result) for kind, result in zip(types, results, strict=True)]
        files[f"way_{number}.pyi"] = HEAD + "".join(overloads)
        lines.append(f"import way_{number}")
        for argument in ARGUMENTS:
            lines += [
                f"def call_{number}_{ARGUMENTS.index(argument)}(collected: dict[str, Any]) -> None:",
                f"    way_{number}.send(kwargs={argument})",
            ]
            places[len(lines)] = (name, argument)
    write_files(project, {**files, "calls.py": "\n".join(lines) + "\n"})

    @functools.cache
    def refused_by(checker: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {name: set() for name in DECLARATIONS}
        for flagged in run_checker(checker, project, "calls.py"):
            # basedpyright has a word about the imports, too.
            if flagged.line in places:
                name, argument = places[flagged.line]
                found[name].add(argument)
        return found

    return refused_by


@pytest.mark.parametrize("checker", WITHOUT_PLUGIN)
def test_no_declaration_takes_a_variable_and_refuses_an_empty_display(checker: str, refused: Refused) -> None:
    found = refused(checker)
    assert [name for name in found if "{}" in found[name] and "collected" not in found[name]] == []


@pytest.mark.parametrize("checker", WITHOUT_PLUGIN)
def test_ours_takes_the_variable_and_the_right_keys_and_refuses_a_wrong_value(checker: str, refused: Refused) -> None:
    assert refused(checker)["ours"] == {'{"to": 1}'}
