"""One registry against what is registered.

Law: it pairs what a registry declares with the task of that name and asks ``contract``; files are read for places
only where there is something to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from celery_registry.contract.codes import Code
from celery_registry.contract.compare import compare_task, show_parameters
from celery_registry.contract.coverage import NameTable, compare_coverage, compare_properties
from celery_registry.contract.finding import Finding
from celery_registry.contract.rules import Verdict
from celery_registry.contract.task import TaskImplementation
from celery_registry.guard.app_reader import AppReader, Reading, function_of
from celery_registry.guard.hint_rules import HintRules
from celery_registry.guard.names_inspection import place_names
from celery_registry.guard.places import label_of
from celery_registry.guard.registry_reader import Declaration
from celery_registry.guard.wrappers import is_overloaded

__all__ = ["RegistryInspection"]


class RegistryInspection:
    """The declarations of one registry and the tasks they are held to."""

    def __init__(
        self,
        registry: type[Any],
        declarations: Sequence[Declaration],
        tasks: Mapping[str, Any],
        reader: AppReader,
        rules: HintRules,
    ) -> None:
        self._label = label_of(registry)
        self._declarations = declarations
        self._tasks = tasks
        self._reader = reader
        self._rules = rules

    def coverage(
        self, tables: Sequence[tuple[type[Any], NameTable]], names: NameTable | None, external: Sequence[str]
    ) -> Iterator[Finding]:
        """Properties against each other and against the enum; without an enum, against what is registered."""
        if names is None:
            table = NameTable(self._label, {d.member: d.name for d in self._declarations})
            for finding in compare_coverage(table, self._tasks, external=external):
                yield replace(finding, origin=self._first(finding.task).place())
        if self._is_complete(names):
            return
        findings = compare_properties([d.unplaced() for d in self._declarations], names, self._label, external=external)
        by_attribute = {d.attribute: d for d in self._declarations}
        yield from place_names([f for f in findings if f.code is Code.NO_PROPERTY], tables)
        for finding in findings:
            if finding.code is Code.DUPLICATE:
                first, second = by_attribute[finding.facts["first"]], by_attribute[finding.facts["second"]]
                yield replace(finding, origin=second.place(), other=first.place())
            elif finding.code is not Code.NO_PROPERTY:
                yield replace(finding, origin=self._first(finding.task).place())

    def agreement(self, names: NameTable | None) -> Iterator[Finding]:
        """Each declaration against the task of its name."""
        agreed: dict[tuple[int, tuple[str, ...] | None, int], Any] = {}
        for declaration in self._declarations:
            if not declaration.readable:
                facts = {"declared": declaration.attribute, "actual": self._rules.quote(declaration.annotation)}
                yield Finding("unreadable-annotation", declaration.name, facts, declaration.place())
            task = self._tasks.get(declaration.name)
            if task is None:
                continue
            reading = self._reader.read(task)
            if reading.bound_method:
                yield self._bound_method(declaration, task, reading, names)
            # Alike parameters agree alike, and both readers share what is alike; results are asked one by one.
            parameters = declaration.signature.parameters
            key = (id(parameters), declaration.documented, id(reading.parameters))
            if (
                key in agreed
                and reading.hidden is None
                and self._result_fits(declaration.signature.result, reading.result)
            ):
                continue
            findings = self._compare(declaration, task, reading)
            if findings:
                yield from findings
            else:
                # What the ids stand for is kept, so that no id is given out twice.
                agreed[key] = (parameters, reading.parameters)

    def _is_complete(self, names: NameTable | None) -> bool:
        """Whether each name has one property and each property a name, so that nothing is left to compare."""
        asked = {d.name for d in self._declarations}
        return len(asked) == len(self._declarations) and (names is None or asked == set(names.members.values()))

    def _result_fits(self, declared: Any, actual: Any) -> bool:
        if declared is actual or declared is None or actual is None:
            return True
        return self._rules.accepts(declared, actual) is not Verdict.NO

    def _compare(self, declaration: Declaration, task: Any, reading: Reading) -> tuple[Finding, ...]:
        unplaced = TaskImplementation(declaration.name, reading.signature, hidden=reading.hidden)
        if not compare_task(declaration.unplaced(), unplaced, self._rules):
            return ()
        implementation = self._reader.implementation(task, reading)
        if reading.opaque is not None:
            shown = show_parameters(reading.signature, self._rules)
            hidden = f"shows {shown} through {reading.opaque}, which may pass on other arguments"
            implementation = replace(implementation, hidden=hidden)
        if is_overloaded(function_of(task)):
            # The types that go together are those of an overload; the function below them takes and returns any of them.
            implementation = replace(implementation, signature=implementation.signature.map(lambda hint: Any))
        return compare_task(declaration.contract(), implementation, self._rules)

    def _bound_method(self, declaration: Declaration, task: Any, reading: Reading, names: NameTable | None) -> Finding:
        implementation = self._reader.implementation(task, reading)
        label = implementation.origin.label
        facts = {
            "implementation": label,
            "declared": repr(declaration.name) if names is None else names.shown(declaration.name),
            "method": f"self.{label.rpartition('.')[2]}",
        }
        return Finding("bound-method", declaration.name, facts, implementation.origin)

    def _first(self, name: str) -> Declaration:
        return next(d for d in self._declarations if d.name == name)
