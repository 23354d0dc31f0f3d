"""A copy of the project with one mistake in it.

Law: the project itself is only read. The mistake is one that stock mypy never reports and the plugin always does.
"""

from __future__ import annotations

import ast
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from celery_registry.contract.codes import Code
from celery_registry.source.index import SourceIndex

if TYPE_CHECKING:
    from celery_registry.source.model import RegistryProperty

__all__ = ["Mutation", "copy_project", "find_mutation"]

#: What mypy and the tools around it read.
_COPIED: Final = frozenset({".py", ".pyi", ".toml", ".ini", ".cfg", ".typed", ".yaml", ".yml"})
_SKIPPED: Final = frozenset({".git", ".hg", "__pycache__", "node_modules", ".mypy_cache", ".tox", ".nox"})

_OWN_MODULE: Final = '''\
"""Planted by celery-registry doctor."""

from celery import Celery, Task

from celery_registry import BaseTasksRegistry

app = Celery("doctor")


@app.task(name="celery_registry_doctor")
def celery_registry_doctor() -> int:
    return 0


class DoctorRegistry(BaseTasksRegistry):
    @property
    def doctor(self) -> Task[[{planted}], int]:
        return self._get_task_by_name("celery_registry_doctor")
'''


@dataclass(frozen=True)
class Mutation:
    """A mistake: ``path``, relative to the copy, gets ``text``; ``what`` says what is wrong there."""

    path: Path
    text: str
    original: str | None
    what: str

    #: The code that must be reported for it.
    code = str(Code.SIGNATURE)

    def apply(self, copy: Path) -> None:
        """Make the mistake."""
        (copy / self.path).write_text(self.text, encoding="utf-8")

    def revert(self, copy: Path) -> None:
        """Mend it: the file as it was, or the planted module without its mistake."""
        mended = _OWN_MODULE.format(planted="") if self.original is None else self.original
        (copy / self.path).write_text(mended, encoding="utf-8")


def copy_project(project: Path, copy: Path) -> None:
    """Copy the sources and the configuration; no virtual environment, no cache."""

    def ignore(folder: str, names: list[str]) -> set[str]:
        if "pyvenv.cfg" in names:
            return set(names)
        return {name for name in names if name in _SKIPPED or not _is_wanted(os.path.join(folder, name))}

    shutil.copytree(project, copy, ignore=ignore, symlinks=True, dirs_exist_ok=True)


def _is_wanted(path: str) -> bool:
    return os.path.isdir(path) or (os.path.splitext(path)[1] in _COPIED and os.path.isfile(path))


def find_mutation(index: SourceIndex, copy: Path) -> Mutation:
    """A property of the user's own registry with one parameter too many; without one, a module of ours."""
    for path, declared in _candidates(index):
        text = path.read_text(encoding="utf-8")
        registration = index.implementations_of(declared)[0]
        mutated = _mutated(text, declared, len(registration.signature.positional) + 1)
        if mutated is not None:
            relative = path.relative_to(copy)
            attribute = declared.fullname.rpartition(".")[0].rpartition(".")[2] + "." + declared.attribute
            return Mutation(relative, mutated, text, f"{relative.as_posix()}: {attribute} declares too many parameters")
    module = Path("celery_registry_doctor.py")
    return Mutation(
        module, _OWN_MODULE.format(planted="int"), None, f"{module}: a registry of its own, for want of one here"
    )


def _candidates(index: SourceIndex) -> Iterator[tuple[Path, RegistryProperty]]:
    for registry in index.registries.values():
        for declared in registry.properties.values():
            registrations = index.implementations_of(declared)
            if (
                declared.registry == registry.fullname
                and declared.declared is not None
                and declared.declared.parameters is not None
                and len(registrations) == 1
                and registrations[0].hidden is None
                and registrations[0].signature.parameters is not None
                and registrations[0].signature.var_positional is None
            ):
                yield Path(declared.origin.path), declared


def _mutated(text: str, declared: RegistryProperty, count: int) -> str | None:
    """The module with ``count`` parameters before those that the property declares."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == declared.attribute and node.returns is not None:
            segment = ast.get_source_segment(text, node.returns)
            inside = node.lineno <= declared.origin.line <= (node.end_lineno or node.lineno)
            if segment is None or "[[" not in segment or not inside:
                continue
            head, _, tail = segment.partition("[[")
            ints = ", ".join(["int"] * count)
            wrong = f"{head}[[{ints}{'' if tail.lstrip().startswith(']') else ', '}{tail}"
            lines = text.splitlines(keepends=True)
            first = node.returns.lineno - 1
            line = lines[first]
            start = len(line.encode()[: node.returns.col_offset].decode())
            rest = "".join(lines[first:])[start:]
            return "".join(lines[:first]) + line[:start] + wrong + rest[len(segment) :]
    return None
