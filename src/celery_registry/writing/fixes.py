"""Findings, mended: which edits make each of them go, and why one is left to a person.

Law: what is registered is the truth that a declaration is brought to. It finds nothing itself and writes nothing.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from celery_registry.changes import Change
from celery_registry.contract.finding import Finding
from celery_registry.contract.names import meant_names
from celery_registry.errors import ConfigurationError
from celery_registry.report.document import Fix, Replacement, show_path
from celery_registry.source.index import SourceIndex
from celery_registry.source.model import Registration, Registry, RegistryProperty
from celery_registry.writing.declaration import Declaration, declare_task
from celery_registry.writing.extension import Extension
from celery_registry.writing.finding_places import FindingPlaces
from celery_registry.writing.finished_text import finished_line, show_replacement
from celery_registry.writing.import_lines import add_imports, has_lazy_annotations
from celery_registry.writing.place_fixes import mend_name, register_properly
from celery_registry.writing.program_sources import ProgramSources
from celery_registry.writing.property_fixes import mend_annotation, mend_docstring, read_annotation
from celery_registry.writing.registry_types import RegistryTypes
from celery_registry.writing.source_text import Edit, SourceText

__all__ = ["FIXED", "Fixer", "Mended"]

_DECLARATION: Final = frozenset(
    {"too-many-declared", "too-few-declared", "keyword-only-required", "parameter-type", "result-type"}
)
_EXTENSION: Final = frozenset({"name-without-property", "task-not-declared"})
_NAMES: Final = frozenset({"schedule-unknown-task", "route-unknown-task"})
#: The problems that are mended where it is clear how.
FIXED: Final = _DECLARATION | _EXTENSION | _NAMES | {"documented-name", "bound-method"}


class _Unclear(Exception):
    """Why a finding is left to a person."""


@dataclass(frozen=True)
class Mended:
    """What changes, which findings that mends, and in a line each why others are left."""

    changes: tuple[Change, ...]
    fixed: tuple[Finding, ...]
    left: tuple[str, ...]


class Fixer:
    """Mends findings of one program."""

    def __init__(self, index: SourceIndex) -> None:
        self.index = index
        self.sources = ProgramSources(index.modules)
        self._places = FindingPlaces(index)
        self._modules = {str(Path(file.path).resolve()): module for module, file in index.modules.items()}

    def mend(self, findings: Sequence[Finding]) -> Mended:
        """Everything that can be mended together; raises ``ConfigurationError`` where a file cannot be edited."""
        edits, left, fixed = self._edits(findings)
        changes = [self.sources.read(module).change(found) for module, found in sorted(edits.items())]
        return Mended(tuple(change for change in changes if change is not None), tuple(fixed), tuple(left))

    def fix_of(self, finding: Finding) -> Fix | None:
        """The fix of one finding alone, as text for a person and as replacements for a program; None without one."""
        if finding.problem not in FIXED:
            return None
        edits, _, _ = self._edits([finding])
        if not edits:
            return None
        replacements: list[Replacement] = []
        for module, found in sorted(edits.items()):
            source = self.sources.read(module)
            try:
                source.change(found)
            except ConfigurationError:
                return None
            replacements += [show_replacement(source, edit) for edit in sorted(set(found))]
        return Fix(self._finished(finding, edits), tuple(replacements))

    # All kinds

    def _edits(self, findings: Sequence[Finding]) -> tuple[dict[str, list[Edit]], list[str], list[Finding]]:
        edits: dict[str, list[Edit]] = {}
        left: list[str] = []
        fixed: list[Finding] = []
        groups: dict[tuple[str, str], list[Finding]] = {}
        for finding in findings:
            if finding.problem not in FIXED:
                left.append(_line(finding, "is left to you"))
                continue
            # What is found about one property, and all that one registry lacks, is written in one go.
            place = f"{finding.origin.path}:{finding.origin.line}"
            if finding.problem in _DECLARATION:
                key = ("declaration", place)
            elif finding.problem in _EXTENSION:
                key = ("extension", "")
            else:
                key = (finding.problem, f"{place}:{finding.task}")
            groups.setdefault(key, []).append(finding)
        for (kind, _), group in groups.items():
            try:
                if kind == "extension":
                    made, done = self._extend(group, left)
                else:
                    made, done = {**self._mend_group(kind, group)}, group
            except _Unclear as reason:
                left += [_line(finding, str(reason)) for finding in group]
                continue
            except ConfigurationError as error:
                left += [_line(finding, str(error)) for finding in group]
                continue
            for module, found in made.items():
                edits.setdefault(module, []).extend(found)
            fixed += done
        return edits, left, fixed

    def _mend_group(self, kind: str, group: Sequence[Finding]) -> Mapping[str, list[Edit]]:
        if kind == "declaration":
            module = self._module(group[0].origin.path)
            return {module: self._declaration(self.sources.read(module), module, group)}
        made: dict[str, list[Edit]] = {}
        for finding in map(self._places.place, group):
            module = self._module(finding.origin.path)
            found = self._mend_one(kind, self.sources.read(module), finding)
            if not found:
                raise _Unclear("the text there is not what could be rewritten")
            made.setdefault(module, []).extend(found)
        return made

    def _mend_one(self, kind: str, source: SourceText, first: Finding) -> list[Edit] | None:
        if kind == "documented-name":
            _, function = self._property(source, first)
            names = [p.name for p in self._implementation(first.task).signature.parameters or () if p.name is not None]
            return mend_docstring(source, function, names)
        if kind == "bound-method":
            return register_properly(source, first.origin)
        if self.index.is_registered(first.task):
            raise _Unclear("the source registers it, and the name may be right")
        near = meant_names(first.facts.get("nearest", ""))
        module = first.task.rpartition(".")[0]
        if module in self.index.modules and not all(name.startswith(f"{module}.") for name in near):
            raise _Unclear(f"its module {module} is there, and the name may be right")
        if len(near) != 1:
            raise _Unclear("no one name is near" if not near else f"it may be {' or '.join(near)}")
        return mend_name(source, first.origin, first.task, near[0])

    def _module(self, path: str) -> str:
        module = self._modules.get(str(Path(path).resolve())) if path else None
        if module is None:
            raise _Unclear("its place is not in the source")
        return module

    def _implementation(self, task: str) -> Registration:
        registrations = self.index.implementations(task)
        if not registrations:
            raise _Unclear("nothing in the source implements it")
        if len({registration.target_origin for registration in registrations}) > 1:
            raise _Unclear("it has several implementations")
        if registrations[0].hidden is not None:
            raise _Unclear(f"the implementation {registrations[0].hidden}")
        return registrations[0]

    # A declaration

    def _property(self, source: SourceText, finding: Finding) -> tuple[RegistryProperty, ast.FunctionDef]:
        """The property that a finding is about: one of that task in that file, the nearest to its line."""
        path = Path(finding.origin.path).resolve()
        near = [
            declared
            for registry in self.index.registries.values()
            for declared in registry.properties.values()
            if declared.task_name == finding.task and Path(declared.origin.path).resolve() == path
        ]
        if not near:
            raise _Unclear("its property is not in the source")
        declared = min(near, key=lambda found: abs(found.origin.line - finding.origin.line))
        functions = [
            node
            for node in source.functions.values()
            if node.name == declared.attribute and abs(node.lineno - declared.origin.line) <= len(node.decorator_list)
        ]
        if len(functions) != 1 or not isinstance(functions[0], ast.FunctionDef):
            raise _Unclear("its property is not where it was")
        return declared, functions[0]

    def _declaration(self, source: SourceText, module: str, group: Sequence[Finding]) -> list[Edit]:
        _, function = self._property(source, group[0])
        annotation = read_annotation(source, function)
        home = self.sources.scope_of(module)
        if annotation is None or home is None:
            raise _Unclear("its annotation is written in a way that is not edited")
        types = self._types(module)
        wanted = self._wanted(self._implementation(group[0].task), types)
        lazy = annotation.quoted or has_lazy_annotations(source.tree)

        def show(text: str) -> str:
            node = ast.parse(text, mode="eval")
            names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
            late = names & {each.alias for each in types.added}
            return f'"{text}"' if late and not lazy else text

        edits = mend_annotation(annotation, group, wanted, show)
        if not edits:
            raise _Unclear("the text there is not what could be rewritten")
        shown = " ".join(edit.text for edit in edits)
        used = [each for each in types.added if re.search(rf"\b{each.alias}\b", shown)]
        return [*edits, *add_imports(source, [], used)]

    def _types(self, module: str) -> RegistryTypes:
        home = self.sources.scope_of(module)
        assert home is not None
        registries = [registry for registry in self.index.registries.values() if registry.module == module]
        inside = [name for registry in registries for name in registry.properties]
        return Extension(self.index, self.sources).types_in(home, inside)

    def _wanted(self, registration: Registration, types: RegistryTypes) -> Declaration:
        return declare_task(registration, types, self.sources.source_of)

    # What a registry lacks

    def _extend(self, group: Sequence[Finding], left: list[str]) -> tuple[dict[str, list[Edit]], list[Finding]]:
        edits: dict[str, list[Edit]] = {}
        done: list[Finding] = []
        wanted: dict[str, dict[str, Registration]] = {}
        for finding in group:
            try:
                registry = self._registry(finding)
                wanted.setdefault(registry.fullname, {})[finding.task] = self._implementation(finding.task)
            except _Unclear as reason:
                left.append(_line(finding, str(reason)))
                continue
            done.append(finding)
        for fullname, tasks in wanted.items():
            extension = Extension(self.index, self.sources)
            for module, found in extension.extend(self.index.registries[fullname], list(tasks.values())).items():
                edits.setdefault(module, []).extend(found)
        return edits, done

    def _registry(self, finding: Finding) -> Registry:
        """The registry that should have a property: the one that is named, or the only one of the enum."""
        label, names = finding.facts.get("registry"), finding.facts.get("names")
        path = finding.origin.path
        found = []
        for registry in self.index.registries.values():
            owners = [self.index.enums[owner] for owner in registry.enums if owner in self.index.enums]
            here = any(
                enum.fullname.rpartition(".")[2] == names
                or any(place.path == path and place.line == finding.origin.line for place in enum.origins.values())
                for enum in owners
            )
            if here and label in (None, registry.fullname.rpartition(".")[2]):
                found.append(registry)
        if len(found) != 1:
            raise _Unclear("several registries could have it" if found else "no registry takes names from this enum")
        return found[0]

    # What a person reads

    def _finished(self, finding: Finding, edits: Mapping[str, Sequence[Edit]]) -> str:
        """The finished text: the changed line of the file that the finding is about, without its indentation."""
        module = self._modules.get(str(Path(finding.origin.path).resolve()))
        first = module if module is not None and module in edits else min(edits)
        return finished_line(self.sources.read(first), edits[first])


def _line(finding: Finding, reason: str) -> str:
    place = f"{show_path(finding.origin.path)}:{finding.origin.line}: " if finding.origin.path else ""
    return f"{place}{finding.task} [{finding.code}]: {reason}"
