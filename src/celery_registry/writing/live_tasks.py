"""The tasks that a running application has, as the source says them.

Law: what a live application told and the index in, registrations out. Nothing is imported here; types are source text.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from celery_registry.contract.signature import TaskSignature
from celery_registry.contract.task import Origin, TaskImplementation
from celery_registry.source.functions import read_parameters
from celery_registry.source.index import SourceIndex
from celery_registry.source.model import How, Registration
from celery_registry.writing.program_sources import ProgramSources

__all__ = ["Live", "LiveTasks"]

Live = Mapping[str, TaskImplementation[Any]]


class LiveTasks:
    """The tasks of one application; ``outside`` are those whose code is no part of the program."""

    def __init__(self, index: SourceIndex, sources: ProgramSources, live: Live) -> None:
        self._index, self._sources, self._live = index, sources, live
        self._modules = {Path(file.path).resolve(): module for module, file in index.modules.items()}
        self.outside: list[str] = []

    def registrations(self) -> list[Registration]:
        """One for each task, by module and place; where the source has it, that one."""
        named: dict[str, list[Registration]] = {}
        for registration in self._index.registrations:
            named.setdefault(registration.task_name or "", []).append(registration)
        found: list[Registration] = []
        for name, task in sorted(self._live.items()):
            same = [r for r in named.get(name, ()) if self._is_there(r, task.origin)]
            made = same[0] if same else self._made(name, task)
            if made is None:
                self.outside.append(name)
            else:
                found.append(made)
        return sorted(found, key=lambda r: (r.module, r.origin))

    def _function(self, origin: Origin) -> tuple[str, ast.FunctionDef | ast.AsyncFunctionDef] | None:
        """The module and the function at a place, whose line may be that of its first decorator."""
        module = self._modules.get(Path(origin.path).resolve()) if origin.path else None
        source = None if module is None else self._sources.source_of(module)
        for function in () if source is None else source.functions.values():
            first = min((d.lineno for d in function.decorator_list), default=function.lineno)
            if first <= origin.line <= function.lineno and module is not None:
                return module, function
        return None

    def _is_there(self, registration: Registration, origin: Origin) -> bool:
        """Whether a registration is of the function, or the class, that the application runs."""
        place = registration.target_origin
        if not place.path or not origin.path or Path(place.path).resolve() != Path(origin.path).resolve():
            return False
        found = self._function(origin)
        if found is not None and found[1].lineno == place.line:
            return True
        # Of a task class the place is the class, and what runs stands inside.
        return registration.how is How.TASK_CLASS and place.line <= origin.line

    def _made(self, name: str, task: TaskImplementation[Any]) -> Registration | None:
        found = self._function(task.origin)
        if found is None:
            return None
        module, function = found
        types = {row.name: row.type for row in read_parameters(function.args)}
        parameters = task.signature.parameters
        shown = None if parameters is None else tuple(replace(p, type=types.get(p.name or "")) for p in parameters)
        result = None if function.returns is None else ast.unparse(function.returns)
        place = Origin(task.origin.path, function.lineno, function.col_offset, task.origin.label)
        return Registration(
            task_name=name,
            how=How.APP_TASK,
            module=module,
            origin=place,
            target=f"{module}.{task.origin.label}",
            target_module=module,
            target_origin=place,
            signature=TaskSignature(shown, result),
            hidden=task.hidden,
            docstring=ast.get_docstring(function),
        )
