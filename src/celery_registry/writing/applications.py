"""The application that a line is written beside, and the line that puts the guard there.

Law: the index's places and source text in, a choice or an edit out. Only an application at the top of a module counts.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Sequence
from dataclasses import dataclass

from celery_registry.source.index import SourceIndex
from celery_registry.writing.import_lines import add_imports
from celery_registry.writing.neighbours import Neighbour, Registered, read_neighbour
from celery_registry.writing.program_sources import ProgramSources
from celery_registry.writing.registry_types import Import
from celery_registry.writing.source_text import Edit, SourceText

__all__ = ["Application", "find_applications", "guard_call", "guard_edits", "registering_application"]


@dataclass(frozen=True)
class Application:
    """A module's variable that holds an application; ``is_followed``: whether the index reads what registers with it."""

    module: str
    attribute: str
    is_followed: bool
    source: SourceText

    @property
    def place(self) -> str:
        """As ``celery -A`` takes it."""
        return f"{self.module}:{self.attribute}"


def find_applications(index: SourceIndex, sources: ProgramSources, named: str | None = None) -> list[Application]:
    """Every application of a program, by module; where one is named, that one alone, or none."""
    places = index.applications
    if named is not None:
        found = index.named_application(named)
        places = () if found is None else (found,)
    return [Application(*place, sources.read(place.module)) for place in places]


def registering_application(index: SourceIndex, sources: ProgramSources, found: list[Application]) -> list[Application]:
    """Of several the one that registers every task by itself; all of them where none does, or nobody can tell."""
    if len(found) < 2 or not all(app.is_followed for app in found):
        return found
    places = {_registers(index, read_neighbour(r, sources)) for r in index.seen_from()}
    return [app for app in found if places == {(app.module, app.attribute)}] or found


def _registers(index: SourceIndex, neighbour: Neighbour | None) -> tuple[str, str] | None:
    """The application that a registration names; a shared task is any's."""
    if neighbour is None or "<locals>" in neighbour.registration.origin.label:
        return None
    if isinstance(neighbour, Registered):
        app = neighbour.call.args[0]
    elif isinstance(neighbour.maker, ast.Attribute) and neighbour.maker.attr == "task":
        app = neighbour.maker.value
    else:
        return None
    place = index.variable(neighbour.registration.module, ast.unparse(app))
    return None if place is None else (place.module, place.variable)


def guard_call(app: str, registries: Sequence[str], names: Sequence[str], external: Sequence[str]) -> str:
    """The statement that installs the guard; what is not given has no line in it.

    A registry is given as text: nothing more is imported where the application is made, and the guard looks at it
    when a worker boots. A task that the worker does not have is a warning, until somebody says otherwise.
    """
    rows = [f"registry={_given(registries)}"]
    rows += [f"names={_given(names)}"] if names else []
    rows += [f"external={_list(external)}"] if external else []
    shown = "".join(f"    {row},\n" for row in [app, *rows, 'severity={"task-unregistered": "warning"}'])
    return f"guard.install(\n{shown})\n"


def guard_edits(
    app: Application, registries: Sequence[str], names: Sequence[str], external: Sequence[str]
) -> list[Edit]:
    """The edits that install the guard beside an application; nothing where something is installed already."""
    source = app.source
    if "guard" in source.text and ".install(" in source.text:
        return []
    last = source.tree.body[-1]
    call = guard_call(app.attribute, registries, names, external)
    imports = add_imports(source, [Import("celery_registry", "guard", "guard")], [])
    if isinstance(last, ast.If) and "__name__" in ast.unparse(last.test):
        place = source.lines[last.lineno - 1]
        return [*imports, Edit(place, place, f"{call}\n")]
    place = source.after(last)
    end = "\n" if not source.text.endswith(("\n", "\r")) else ""
    # Formatters want two empty lines below a function or a class.
    gap = "\n\n" if isinstance(last, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) else "\n"
    return [*imports, Edit(place, place, f"{end}{gap}{call}")]


def _given(places: Sequence[str]) -> str:
    """One text, or a list with a line for each."""
    if len(places) == 1:
        return f'"{places[0]}"'
    return _list(places)


def _list(texts: Sequence[str]) -> str:
    rows = "".join(f"        {json.dumps(text, ensure_ascii=False)},\n" for text in texts)
    return f"[\n{rows}    ]"
