"""An enum of task names against what is registered.

Law: names and the lines of their members. How a task is called is not asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from celery_registry.contract.codes import Code
from celery_registry.contract.coverage import NameTable, compare_coverage, compare_names
from celery_registry.contract.finding import Finding
from celery_registry.contract.task import Origin
from celery_registry.guard.app_reader import AppReader
from celery_registry.guard.places import member_places

__all__ = ["inspect_names", "merge_names", "place_names"]


def inspect_names(
    names: type[Any],
    table: NameTable,
    tasks: Mapping[str, Any],
    reader: AppReader,
    *,
    strict: bool,
    external: Sequence[str],
) -> Iterator[Finding]:
    """Members that share a name, names that nobody implements and, where ``strict``, tasks that no member names."""
    findings = [*compare_names(table), *compare_coverage(table, tasks, strict=strict, external=external)]
    if not findings:
        return
    places = _places(names)
    for finding in findings:
        if finding.code is Code.UNDECLARED:
            if _is_alias(tasks[finding.task]):
                continue
            yield replace(finding, origin=reader.implementation(tasks[finding.task]).origin)
        elif finding.code is Code.DUPLICATE:
            first, second = finding.facts["first"], finding.facts["second"]
            yield replace(finding, origin=places.get(second, Origin()), other=places.get(first))
        else:
            yield replace(finding, origin=NameTable(table.label, table.members, places).origin(finding.task))


def _is_alias(task: Any) -> bool:
    """Whether it is an old name kept alive, which the enum has no longer."""
    from celery_registry.wire.alias import Alias

    return isinstance(task, Alias)


def place_names(findings: Sequence[Finding], tables: Sequence[tuple[type[Any], NameTable]]) -> Iterator[Finding]:
    """Findings about names, each with the line of its member in the enum that has it."""
    placed = [NameTable(table.label, table.members, _places(names)) for names, table in tables if findings]
    for finding in findings:
        origins = [table.origin(finding.task) for table in placed]
        yield replace(finding, origin=next((origin for origin in origins if origin.path), finding.origin))


def merge_names(tables: Sequence[NameTable]) -> NameTable | None:
    """Several enums as one, for a registry that uses names of each; None where there is none."""
    if len(tables) < 2:
        return tables[0] if tables else None
    members = {f"{table.label}.{member}": name for table in tables for member, name in table.members.items()}
    return _Merged(" or ".join(table.label for table in tables), members)


class _Merged(NameTable):
    """Members that already carry the label of their own enum."""

    def shown(self, name: str) -> str:
        return next((member for member, value in self.members.items() if value == name), repr(name))


def _places(names: type[Any]) -> Mapping[str, Origin]:
    """The lines of the members, those of base classes included."""
    return {member: place for cls in reversed(names.__mro__) for member, place in member_places(cls).items()}
