"""Where a program makes its Celery application, and the line that puts the guard there.

Law: source text in, a place or an edit out. Only an application at the top of a module counts.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from celery_registry.errors import ConfigurationError
from celery_registry.source.files import SourceFile
from celery_registry.writing.import_lines import add_imports
from celery_registry.writing.registry_types import Import
from celery_registry.writing.source_text import Edit, SourceText

__all__ = ["Application", "find_applications", "guard_call", "guard_edits"]


@dataclass(frozen=True)
class Application:
    """A module's variable that holds an application."""

    module: str
    attribute: str
    source: SourceText

    @property
    def place(self) -> str:
        """As ``celery -A`` takes it."""
        return f"{self.module}:{self.attribute}"


def find_applications(files: Mapping[str, SourceFile]) -> list[Application]:
    """Every application of a program, by module."""
    found: list[Application] = []
    for module, file in files.items():
        content = Path(file.path).read_bytes() if Path(file.path).is_file() else b""
        if b"Celery(" not in content:
            continue
        try:
            source = SourceText(Path(file.path), content)
            names = dict.fromkeys(name for node in source.tree.body if (name := _made(node)) is not None)
        except ConfigurationError:
            continue
        found += [Application(module, name, source) for name in names]
    return found


def _made(node: ast.stmt) -> str | None:
    """The name that a statement binds to ``Celery(...)``."""
    target: ast.expr | None = None
    value = node.value if isinstance(node, (ast.Assign, ast.AnnAssign)) else None
    if isinstance(node, ast.AnnAssign):
        target = node.target
    elif isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
    if not isinstance(target, ast.Name) or not isinstance(value, ast.Call):
        return None
    return target.id if ast.unparse(value.func).rpartition(".")[2] == "Celery" else None


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
