"""The judge: a view of one program in, findings out.

Law: every rule that is about more than one task's types stands here, and nobody else has one. It never learns who
looks (source text, a live application, mypy) and asks for a place only where there is something to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, Generic, TypeVar

from celery_registry.contract.compare import compare_task
from celery_registry.contract.coverage import (
    NameTable,
    compare_coverage,
    compare_implementations,
    compare_names,
    compare_properties,
)
from celery_registry.contract.finding import Finding
from celery_registry.contract.rules import Verdict
from celery_registry.contract.signature import TaskSignature
from celery_registry.contract.task import Origin, TaskContract, TaskImplementation
from celery_registry.contract.view import Declared, Implemented, RegistryView, View

__all__ = ["Judge"]

T = TypeVar("T")


class Judge(Generic[T]):
    """The findings on one view, each problem once."""

    def __init__(self, view: View[T]) -> None:
        self._view = view

    def findings(self) -> Iterator[Finding]:
        """Names, registries and implementations, in the order in which a person reads them."""
        yield from self.names()
        yield from self.registries()
        declared = {d.name for registry in self._view.registries for d in registry.declared}
        for table in self._view.tables:
            declared.update(table.members.values())
        for rivals in self._view.rivals(declared):
            yield from compare_implementations(rivals)

    # -- names ---------------------------------------------------------------------------------------------------

    def names(self) -> Iterator[Finding]:
        """Members that share a name, names that nobody implements and, where strict, tasks that no member names."""
        view = self._view
        told: set[tuple[str, str]] = set()
        for table in view.tables:
            yield from compare_names(table)
            for finding in self._coverage(table, strict=view.strict):
                if (finding.problem, finding.task) in told:
                    continue
                if finding.problem == "task-not-declared":
                    if view.is_old_name(finding.task) or self._is_named_elsewhere(finding.task, table):
                        continue
                    place = next((i.registered_at() for i in view.implementations(finding.task)), Origin())
                    finding = replace(finding, origin=place)
                told.add((finding.problem, finding.task))
                yield finding

    def _coverage(self, table: NameTable, strict: bool = False) -> Iterator[Finding]:
        view = self._view
        for finding in compare_coverage(
            table, view.registered, strict=strict, external=view.external, is_imported=view.is_imported
        ):
            if finding.problem == "task-not-declared" or view.everything_is_known:
                yield finding

    def _is_named_elsewhere(self, name: str, table: NameTable) -> bool:
        """Several enums may name the tasks of one program between them."""
        return any(name in names for other, names in self._named if other is not table)

    @cached_property
    def _named(self) -> list[tuple[NameTable, frozenset[str]]]:
        return [(table, frozenset(table.members.values())) for table in self._view.tables]

    # -- registries ----------------------------------------------------------------------------------------------

    def registries(self) -> Iterator[Finding]:
        """Each registry against its enums and against what is registered."""
        told: set[str] = set()
        for registry in self._view.registries:
            yield from self._properties(registry, told)
            yield from self._agreement(registry)

    def _properties(self, registry: RegistryView[T], told: set[str]) -> Iterator[Finding]:
        view = self._view
        merged = _merge_names(registry.tables)
        first: dict[str, Declared[T]] = {}
        for declared in registry.declared:
            first.setdefault(declared.name, declared)
        if merged is None and not view.tables:
            own = NameTable(registry.label, {d.attribute.rpartition(".")[2]: d.name for d in registry.declared})
            for finding in self._coverage(own):
                if finding.task not in told:
                    told.add(finding.task)
                    yield replace(finding, origin=first[finding.task].place())
        complete = len(first) == len(registry.declared)
        if complete and (merged is None or first.keys() == set(merged.members.values())):
            return
        by_attribute = {d.attribute: d for d in registry.declared}
        contracts = [_unplaced(d) for d in registry.declared]
        for finding in compare_properties(contracts, merged, registry.label, external=view.external):
            if finding.problem == "name-without-property":
                if finding.task not in told and not self._has_property(finding.task):
                    told.add(finding.task)
                    if registry.asked is None or finding.task in registry.asked:
                        finding = replace(finding, problem="asked-outside")
                    yield replace(finding, origin=_member_place(finding.task, registry.tables))
            elif finding.problem == "two-properties":
                second, other = by_attribute[finding.facts["second"]], by_attribute[finding.facts["first"]]
                yield replace(finding, origin=second.place(), other=other.place())
            else:
                yield replace(finding, origin=first[finding.task].place())

    def _has_property(self, name: str) -> bool:
        """Several registries may share one enum: one property among them is enough."""
        return name in self._declared or name in self._view.declared_elsewhere()

    @cached_property
    def _declared(self) -> frozenset[str]:
        return frozenset(d.name for registry in self._view.registries for d in registry.declared)

    def _agreement(self, registry: RegistryView[T]) -> Iterator[Finding]:
        """Each declaration against the implementations of its name."""
        merged = _merge_names(registry.tables)
        agreed: dict[tuple[int, tuple[str, ...] | None, int], Any] = {}
        for declared in registry.declared:
            if declared.unreadable is not None:
                facts = {"declared": declared.attribute, "actual": declared.unreadable}
                yield Finding("unreadable-annotation", declared.name, facts, declared.place())
            for implemented in self._view.meant_by(declared):
                if implemented.bound_method:
                    yield self._bound_method(declared, implemented, merged)
                # Alike parameters agree alike, and a view shares what is alike; results are asked one by one.
                said, actual = declared.signature, implemented.signature
                key = (id(said.parameters), declared.documented, id(actual.parameters))
                is_plain = implemented.hidden is None and implemented.unshown is None and implemented.counted
                if key in agreed and is_plain and self._result_fits(said.result, actual.result):
                    continue
                findings = self.compare(declared, implemented)
                if findings:
                    yield from findings
                elif is_plain:
                    # What the ids stand for is kept, so that no id is given out twice.
                    agreed[key] = (said.parameters, actual.parameters)

    def _result_fits(self, said: T | None, returned: T | None) -> bool:
        if said is returned or said is None or returned is None:
            return True
        return self._view.rules.accepts(said, returned) is not Verdict.NO

    def compare(self, declared: Declared[T], implemented: Implemented[T]) -> tuple[Finding, ...]:
        """One declaration against one implementation."""
        rules = self._view.rules
        signature = implemented.signature
        if not implemented.counted:
            signature = TaskSignature(None, signature.result)
        unplaced = TaskImplementation(declared.name, signature, hidden=implemented.hidden)
        hidden = implemented.hidden
        if not compare_task(_unplaced(declared), unplaced, rules):
            if implemented.unshown is None:
                return ()
            hidden = implemented.unshown
        if hidden is None and implemented.opaque is not None and implemented.counted:
            hidden = implemented.opaque
        if implemented.is_overloaded():
            signature = _untyped(signature)
        contract = replace(_unplaced(declared), origin=declared.place())
        placed = TaskImplementation(declared.name, signature, implemented.place(), hidden)
        return compare_task(contract, placed, rules)

    def _bound_method(self, declared: Declared[T], implemented: Implemented[T], names: NameTable | None) -> Finding:
        label = implemented.place().label or "a bound method"
        facts = {
            "implementation": label,
            "declared": repr(declared.name) if names is None else names.shown(declared.name),
            "method": f"self.{label.rpartition('.')[2]}",
        }
        return Finding("bound-method", declared.name, facts, implemented.registered_at())


def _merge_names(tables: Sequence[NameTable]) -> NameTable | None:
    """Several enums as one, for a registry that uses names of each; None where there is none."""
    if len(tables) < 2:
        return tables[0] if tables else None
    members = {f"{table.label}.{member}": name for table in tables for member, name in table.members.items()}
    return _Merged(" or ".join(table.label for table in tables), members)


class _Merged(NameTable):
    """Members that already carry the label of their own enum."""

    def shown(self, name: str) -> str:
        return next((member for member, value in self.members.items() if value == name), repr(name))


def _member_place(name: str, tables: Iterable[NameTable]) -> Origin:
    return next((origin for table in tables if (origin := table.origin(name)).path), Origin())


def _unplaced(declared: Declared[T]) -> TaskContract[T]:
    """The declaration alone, for questions whose answer is nearly always that all is well."""
    return TaskContract(declared.name, declared.attribute, declared.signature, documented=declared.documented)


def _untyped(signature: TaskSignature[T]) -> TaskSignature[T]:
    parameters = signature.parameters
    return TaskSignature(None if parameters is None else tuple(replace(p, type=None) for p in parameters), None)
