"""``check --static``: what the source text alone tells, for where the application cannot be imported.

Law: it turns the index into contracts and implementations and lets ``contract`` compare them. Types are text, so
only shapes can disagree; where the text does not tell, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, TypeVar

from celery_registry.contract.binding import bind_arguments
from celery_registry.contract.compare import compare_task, show_parameters
from celery_registry.contract.coverage import (
    NameTable,
    compare_coverage,
    compare_implementations,
    compare_names,
    compare_properties,
)
from celery_registry.contract.finding import Finding
from celery_registry.contract.names import show_nearest
from celery_registry.contract.rules import Verdict
from celery_registry.contract.signature import TaskSignature
from celery_registry.contract.task import TaskContract, TaskImplementation
from celery_registry.errors import ConfigurationError
from celery_registry.report import Report
from celery_registry.source.project import read_project

if TYPE_CHECKING:
    from celery_registry.settings import Settings
    from celery_registry.source.index import SourceIndex
    from celery_registry.source.model import NameEnum, Registration, Registry, RegistryProperty

__all__ = ["judge_source"]

T = TypeVar("T")


def judge_source(
    settings: Settings,
    paths: Sequence[str] = (),
    registries: Sequence[str] = (),
    names: Sequence[str] = (),
    *,
    strict: bool | None = None,
) -> Report:
    """Check the Python files under ``paths`` (default: ``src`` where there is one, else the working directory).

    ``registries`` and ``names`` are dotted names, ``module:Class`` too; without them every registry that the files
    hold is checked. Raises ``ConfigurationError`` for a path or a name that is not there.
    """
    project = read_project(paths, settings)
    project.refuse_unread()
    index = project.index
    judge = _Judge(index, settings, settings.strict if strict is None else strict)
    chosen = [
        _found(name.replace(":", "."), index.registries, "registry") for name in registries or settings.registry
    ] or list(index.registries.values())
    complete = [_enum(index, name.replace(":", ".")) for name in names or settings.names]
    if not chosen and not complete and not index.schedules:
        raise ConfigurationError(
            f"no registry is in the {project.looked_at}: a registry is a class whose properties return self._get_task_by_name(...)"
        )
    project.refuse_nothing()
    return Report.judge(judge.findings(chosen, complete), settings.severities)


class _Judge:
    """The comparisons of one program."""

    def __init__(self, index: SourceIndex, settings: Settings, strict: bool) -> None:
        self.index, self.settings, self.strict = index, settings, strict
        self.registrations = index.registrations
        self.by_name: dict[str, list[Registration]] = {}
        for registration in self.registrations:
            if registration.task_name is not None:
                self.by_name.setdefault(registration.task_name, []).append(registration)
        # Where a registration's name cannot be read, any name may be implemented there.
        self.complete = bool(self.registrations) and all(r.task_name is not None for r in self.registrations)

    def findings(self, registries: Sequence[Registry], complete: Sequence[NameEnum]) -> Iterator[Finding]:
        """Everything, each problem once."""
        tables = {enum.fullname: _table(enum) for enum in complete}
        for registry in registries:
            for owner in registry.enums:
                enum = self.index.enums.get(owner)
                if enum is not None and owner not in tables:
                    tables[owner] = _table(enum)
        for table in tables.values():
            if table is not None:
                yield from compare_names(table)
                yield from self._coverage(table)
        told: set[str] = set()
        for registry in registries:
            yield from self._registry(registry, [tables.get(owner) for owner in registry.enums], registries, told)
        meant = [self.index.implementations_of(p) for r in registries for p in r.properties.values()]
        yield from self._implementations(list({tuple(map(id, rivals)): rivals for rivals in meant}.values()))
        yield from self._schedules()

    def _coverage(self, table: NameTable) -> Iterator[Finding]:
        for finding in compare_coverage(table, self.by_name, strict=self.strict, external=self.settings.external):
            if finding.problem == "task-not-declared":
                registration = self.by_name[finding.task][0]
                yield Finding(finding.problem, finding.task, finding.facts, registration.origin)
            elif self.complete:
                yield finding

    def _registry(
        self,
        registry: Registry,
        tables: Sequence[NameTable | None],
        registries: Sequence[Registry],
        told: set[str],
    ) -> Iterator[Finding]:
        label = registry.fullname.rpartition(".")[2]
        declared = [p for p in registry.properties.values() if p.task_name is not None]
        contracts = [_contract(p) for p in declared]
        table = tables[0] if len(tables) == 1 else None
        elsewhere = {p.task_name for other in registries if other is not registry for p in other.properties.values()}
        for finding in compare_properties(contracts, table, label, external=self.settings.external):
            if finding.problem == "name-without-property" and (finding.task in elsewhere or finding.task in told):
                continue
            told.add(finding.task)
            yield finding
        for contract, property in zip(contracts, declared, strict=True):
            for registration in self.index.implementations_of(property):
                yield from compare_task(contract, _implementation(registration), _Unknown())

    def _implementations(self, meant: Sequence[Sequence[Registration]]) -> Iterator[Finding]:
        """``meant`` has the registrations of each declared task: two services may each have their own."""
        for rivals in meant:
            yield from compare_implementations([_implementation(r) for r in rivals if r.target is not None])
        for registration in {id(r): r for rivals in meant for r in rivals}.values():
            if registration.bound_method and registration.task_name is not None:
                label = registration.target_origin.label or registration.target or "a bound method"
                facts = {
                    "implementation": label,
                    "declared": registration.options.get("name", repr(registration.task_name)),
                    "method": f"self.{label.rpartition('.')[2]}",
                }
                yield Finding("bound-method", registration.task_name, facts, registration.origin)

    def _schedules(self) -> Iterator[Finding]:
        external = ("celery.*", *self.settings.external)
        for entry in self.index.schedules:
            name = entry.task_name
            if name is None:
                continue
            registrations = self.by_name.get(name)
            if registrations is None:
                if self.complete and not any(fnmatchcase(name, glob) for glob in external):
                    facts = {"entry": entry.key, "nearest": show_nearest(name, self.by_name)}
                    yield Finding("schedule-unknown-task", name, facts, entry.origin)
                continue
            registration = registrations[0]
            if len(registrations) > 1 or registration.hidden or entry.args_count is None or entry.kwargs_names is None:
                continue
            # What Celery does not look at, or a class of the user's sees first, may be completed there.
            if not registration.typing or not (registration.base or "celery.").startswith("celery."):
                continue
            if entry.args_count < 0:
                reason: str | None = "args is one value, not a list or tuple of arguments"
            else:
                reason = bind_arguments(registration.signature, entry.args_count, entry.kwargs_names)
            if reason is not None:
                facts = {
                    "entry": entry.key,
                    "reason": reason,
                    "implementation": registration.target_origin.label,
                    "actual": show_parameters(registration.signature, _Unknown()),
                }
                yield Finding("schedule-arguments", name, facts, entry.origin, registration.target_origin)


class _Unknown:
    """``TypeRules`` over source text: nothing is known, everything can be shown."""

    def accepts(self, target: str, value: str) -> Verdict:
        """Two texts may mean one type."""
        return Verdict.UNKNOWN

    def show(self, type: str, /) -> str:
        """As it is written."""
        return type


def _contract(declared: RegistryProperty) -> TaskContract[str]:
    attribute = f"{declared.registry.rpartition('.')[2]}.{declared.attribute}"
    documented = None if declared.documented is None else tuple(declared.documented)
    signature = declared.declared or TaskSignature(None)
    return TaskContract(declared.task_name or "", attribute, signature, declared.origin, documented)


def _implementation(registration: Registration) -> TaskImplementation[str]:
    hidden = registration.hidden
    # mypy and the guard see through a decorator that the text does not tell anything about.
    signature = TaskSignature[str](None) if hidden is not None else registration.signature
    return TaskImplementation(registration.task_name or "", signature, registration.target_origin)


def _table(enum: NameEnum) -> NameTable | None:
    """The enum, None where a value of it cannot be read."""
    members = {member: value for member, value in enum.members.items() if value is not None}
    if len(members) != len(enum.members):
        return None
    return NameTable(enum.fullname.rpartition(".")[2], members, enum.origins)


def _enum(index: SourceIndex, fullname: str) -> NameEnum:
    enum = index.enums.get(fullname) or index.enum(fullname)
    return _found(fullname, {} if enum is None else {fullname: enum}, "names", index.enums)


def _found(name: str, there: Mapping[str, T], what: str, near: Mapping[str, object] | None = None) -> T:
    if name not in there:
        raise ConfigurationError(f'{what} "{name}": is not in the source{show_nearest(name, near or there)}')
    return there[name]
