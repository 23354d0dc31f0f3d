"""Everything the guard checks, in the order a person reads it.

Law: readers on one side, ``contract`` on the other, and what lies between. It decides nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from celery_registry.contract.codes import Code, Severity
from celery_registry.contract.compare import compare_task, show_parameters
from celery_registry.contract.coverage import (
    NameTable,
    compare_coverage,
    compare_implementations,
    compare_names,
    compare_properties,
)
from celery_registry.contract.finding import Finding
from celery_registry.contract.task import TaskContract
from celery_registry.guard.app_reader import AppReader
from celery_registry.guard.duplicates import read_rivals
from celery_registry.guard.hint_rules import HintRules
from celery_registry.guard.imports import failed_imports, import_task_modules
from celery_registry.guard.installation import Installation
from celery_registry.guard.name_reader import read_names
from celery_registry.guard.places import label_of, member_places
from celery_registry.guard.registry_reader import Declaration, read_registry
from celery_registry.guard.routes import compare_routes
from celery_registry.guard.schedule import compare_schedule, read_schedule
from celery_registry.guard.severity import severity_of

__all__ = ["inspect_app", "inspect_registered"]


def inspect_app(installation: Installation) -> tuple[Finding, ...]:
    """Import the task modules of the application as a worker does, then hold it to its registries and names.

    Returns all findings whose severity is not ``off``. Raises ``ConfigurationError`` for arguments that name nothing.
    """
    import_task_modules(installation.app)
    return inspect_registered(installation)


def inspect_registered(installation: Installation) -> tuple[Finding, ...]:
    """The same for what is registered now, in a process that has imported its task modules."""
    severities = installation.severities
    findings = (*failed_imports(installation.app), *_Inspection(installation).findings())
    return tuple(f for f in findings if severity_of(f, severities) is not Severity.OFF)


class _Inspection:
    """One round of checks; what the readers keep is released with it."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._app = installation.app
        self._external = installation.external
        self._tasks = installation.app.tasks
        self._reader = AppReader(installation.app, installation.injected)
        self._rules = HintRules()

    def findings(self) -> Iterator[Finding]:
        tables = [(names, read_names(names)) for names in self._installation.name_classes()]
        registries = [(registry, read_registry(registry)) for registry in self._installation.registry_classes()]
        declared: dict[str, str] = {}
        for names, table in tables:
            declared.update(dict.fromkeys(table.members.values(), table.label))
            yield from self._names(names, table)
        merged = _merge([table for _, table in tables])
        for registry, declarations in registries:
            declared.update({d.name: d.registry for d in declarations})
            yield from self._registry(registry, declarations, merged, tables)
        yield from self._implementations(declared, merged)
        yield from compare_schedule(
            read_schedule(self._app), self._tasks, self._reader.implementation, self._rules, self._external
        )
        yield from compare_routes(self._app, self._external)

    def _names(self, names: type[Any], table: NameTable) -> Iterator[Finding]:
        strict = self._installation.strict
        findings = [
            *compare_names(table),
            *compare_coverage(table, self._tasks, strict=strict, external=self._external),
        ]
        yield from self._placed(names, findings, table)

    def _registry(
        self,
        registry: type[Any],
        declarations: Sequence[Declaration],
        names: NameTable | None,
        tables: Sequence[tuple[type[Any], NameTable]],
    ) -> Iterator[Finding]:
        label = label_of(registry)
        contracts = [TaskContract(d.name, d.attribute, d.signature) for d in declarations]
        places = {d.attribute: d for d in declarations}
        for finding in compare_properties(contracts, names, label, external=self._external):
            yield self._place_property(finding, places, tables)
        if names is None:
            table = NameTable(label, {d.member: d.name for d in declarations})
            for finding in compare_coverage(table, self._tasks, external=self._external):
                declaration = next(d for d in declarations if d.name == finding.task)
                yield replace(finding, origin=declaration.place())
        agreed: dict[tuple[int, tuple[str, ...] | None, int], Any] = {}
        for declaration in declarations:
            task = self._tasks.get(declaration.name)
            if not declaration.readable:
                facts = {"declared": declaration.attribute, "actual": _show(declaration.annotation)}
                yield Finding("unreadable-annotation", declaration.name, facts, declaration.place())
            if task is None:
                continue
            reading = self._reader.read(task)
            # Alike declarations of alike tasks agree alike; both readers share what is alike.
            key = (id(declaration.signature), declaration.documented, id(reading))
            if key in agreed:
                continue
            findings = self._compare(declaration, task, reading)
            if findings:
                yield from findings
            else:
                # What the ids stand for is kept, so that no id is given out twice.
                agreed[key] = (declaration.signature, reading)

    def _compare(self, declaration: Declaration, task: Any, reading: Any) -> tuple[Finding, ...]:
        implementation = self._reader.implementation(task, reading)
        contract = declaration.contract()
        findings = compare_task(contract, implementation, self._rules)
        if findings and reading.opaque is not None:
            shown = show_parameters(reading.signature, self._rules)
            hidden = f"shows {shown} through {reading.opaque}, which may pass on other arguments"
            return compare_task(contract, replace(implementation, hidden=hidden), self._rules)
        return findings

    def _implementations(self, declared: dict[str, str], names: NameTable | None) -> Iterator[Finding]:
        yield from compare_implementations(read_rivals(self._app, declared))
        for name in declared:
            task = self._tasks.get(name)
            if task is None or not self._reader.read(task).bound_method:
                continue
            implementation = self._reader.implementation(task)
            label = implementation.origin.label
            shown = repr(name) if names is None else names.shown(name)
            method = f"self.{label.rpartition('.')[2]}"
            facts = {"implementation": label, "declared": shown, "method": method}
            yield Finding("bound-method", name, facts, implementation.origin)

    def _placed(self, names: type[Any], findings: Sequence[Finding], table: NameTable) -> Iterator[Finding]:
        """Findings about an enum, with the lines of its members."""
        if not findings:
            return
        places = {member: place for cls in reversed(names.__mro__) for member, place in member_places(cls).items()}
        located = NameTable(table.label, table.members, places)
        for finding in findings:
            if finding.problem == "two-members":
                yield replace(
                    finding,
                    origin=places.get(finding.facts["second"], finding.origin),
                    other=places.get(finding.facts["first"]),
                )
            elif finding.code is Code.UNDECLARED:
                yield replace(finding, origin=self._reader.implementation(self._tasks[finding.task]).origin)
            else:
                yield replace(finding, origin=located.origin(finding.task))

    def _place_property(
        self,
        finding: Finding,
        places: dict[str, Declaration],
        tables: Sequence[tuple[type[Any], NameTable]],
    ) -> Finding:
        """A finding about the properties of a registry, with their lines."""
        if finding.problem == "two-properties":
            first, second = finding.facts["first"], finding.facts["second"]
            return replace(finding, origin=places[second].place(), other=places[first].place())
        if finding.problem == "name-without-property":
            for names, table in tables:
                placed = list(self._placed(names, [finding], table))
                if finding.task in table.members.values():
                    return placed[0]
            return finding
        declaration = next(d for d in places.values() if d.name == finding.task)
        return replace(finding, origin=declaration.place())


def _merge(tables: Sequence[NameTable]) -> NameTable | None:
    """Several enums as one, for a registry that uses names of each."""
    if not tables:
        return None
    if len(tables) == 1:
        return tables[0]
    members = {f"{table.label}.{member}": name for table in tables for member, name in table.members.items()}
    return _Merged(" or ".join(table.label for table in tables), members)


class _Merged(NameTable):
    """Members that already carry the label of their own enum."""

    def shown(self, name: str) -> str:
        return next((member for member, value in self.members.items() if value == name), repr(name))


def _show(annotation: Any) -> str:
    if isinstance(annotation, str):
        return f'"{annotation}"'
    return f'"{HintRules().show(annotation)}"'
