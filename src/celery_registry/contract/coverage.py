"""The registry as a whole against the application as a whole.

Law: names and places. Whether two sides of one task agree is ``compare``'s question.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from celery_registry.contract.finding import Finding
from celery_registry.contract.names import NEAREST_SHOWN, show_nearest, show_nearest_task
from celery_registry.contract.task import Origin, TaskContract, TaskImplementation

__all__ = [
    "NameTable",
    "compare_coverage",
    "compare_implementations",
    "compare_names",
    "compare_properties",
    "judge_name",
]

#: Celery's own tasks are always known (``celery.app.builtins``).
BUILTIN_TASKS = "celery.*"


@dataclass(frozen=True)
class NameTable:
    """The enum of task names.

    ``label`` is the class as the user writes it (``TaskName``); ``members`` maps each member, aliases
    included, to the task name it stands for; ``origins`` maps members to their lines. ``aliases`` are members that are
    written as another member (``OLD = NEW``): their authors mean it.
    """

    label: str
    members: Mapping[str, str]
    origins: Mapping[str, Origin] = field(default_factory=dict)
    aliases: Container[str] = ()

    @functools.cached_property
    def _first(self) -> Mapping[str, str]:
        """Task name -> its first member; thousands of names may be missing, and each is asked for."""
        return {name: member for member, name in reversed(list(self.members.items()))}

    def shown(self, name: str) -> str:
        """``TaskName.SEND_EMAIL`` for a task name, or the name's repr where no member has it."""
        member = self._first.get(name)
        return repr(name) if member is None else f"{self.label}.{member}"

    def origin(self, name: str) -> Origin:
        """Where the member with this task name stands."""
        return self.origins.get(self._first.get(name, ""), Origin())


def compare_coverage(
    names: NameTable,
    registered: Iterable[str],
    *,
    strict: bool = False,
    external: Sequence[str] = (),
    is_imported: Callable[[str], bool | None] = lambda module: None,
) -> tuple[Finding, ...]:
    """Names that nobody implements and, where ``strict``, tasks that no member names.

    ``external`` are globs of names that other services implement; Celery's own tasks are always known.
    ``is_imported`` is that of ``show_nearest_task``.
    """
    known = set(registered)
    declared = dict.fromkeys(names.members.values())
    patterns = (BUILTIN_TASKS, *external)
    missing = [name for name in declared if name not in known and not _matches(name, patterns)]
    own = sorted(name for name in known if not name.startswith("celery.")) if missing or strict else []
    tops = {known.partition(".")[0] for known in own}
    findings = [
        Finding(
            "name-not-registered",
            name,
            {
                "declared": names.shown(name),
                "nearest": show_nearest_task(name, own, is_imported, looked_for=index < NEAREST_SHOWN),
                "elsewhere": _elsewhere(name, tops),
            },
            names.origin(name),
        )
        for index, name in enumerate(missing)
    ]
    if strict:
        undeclared = [name for name in own if name not in declared and not _matches(name, patterns)]
        findings += [
            Finding(
                "task-not-declared",
                name,
                {
                    "names": names.label,
                    "member": _member_name(name),
                    "nearest": show_nearest(name, declared) if index < NEAREST_SHOWN else "",
                },
            )
            for index, name in enumerate(undeclared)
        ]
    return tuple(findings)


def _elsewhere(name: str, tops: Container[str]) -> str:
    """Services that share one enum begin their names each in its own way: none of this one's begins like that."""
    top, dot, _ = name.partition(".")
    return f'; where another service has the task, say external=["{top}.*"]' if dot and top not in tops else ""


def compare_names(names: NameTable) -> tuple[Finding, ...]:
    """Members of the enum that share one task name (an enum keeps the second as an alias)."""
    first: dict[str, str] = {}
    findings = []
    for member, name in names.members.items():
        if name in first:
            if member in names.aliases:
                continue
            facts = {"names": names.label, "first": first[name], "second": member}
            origin = names.origins.get(member, Origin())
            findings.append(Finding("two-members", name, facts, origin, names.origins.get(first[name])))
        else:
            first[name] = member
    return tuple(findings)


def judge_name(
    name: str,
    values: Collection[str] | None,
    enums: Sequence[str],
    external: Sequence[str],
    origin: Origin,
    is_registered: Callable[[str], bool] = lambda name: False,
) -> Finding | None:
    """A name that a call writes, held to the names of the enums that the user calls complete.

    ``values`` are theirs, None where there are none or one cannot be read; ``enums`` are their dotted names. A name that
    is registered is no mistake: whether an enum has it is what ``strict`` asks.
    """
    if values is None or name in values or _matches(name, (BUILTIN_TASKS, *external)) or is_registered(name):
        return None
    label = " or ".join(fullname.rpartition(".")[2] for fullname in enums)
    return Finding("name-not-in-enum", name, {"names": label, "nearest": show_nearest(name, values)}, origin)


def compare_properties(
    contracts: Sequence[TaskContract[Any]], names: NameTable | None, registry: str, *, external: Sequence[str] = ()
) -> tuple[Finding, ...]:
    """The properties of one registry against each other and against the enum."""
    findings = []
    first: dict[str, TaskContract[Any]] = {}
    for contract in contracts:
        if contract.name in first:
            other = first[contract.name]
            facts = {"first": other.attribute, "second": contract.attribute}
            findings.append(Finding("two-properties", contract.name, facts, contract.origin, other.origin))
        first.setdefault(contract.name, contract)
    if names is None:
        return tuple(findings)
    values = set(names.members.values())
    strangers = [c for c in contracts if c.name not in values and not _matches(c.name, external)]
    for index, contract in enumerate(strangers):
        nearest = show_nearest(contract.name, values) if index < NEAREST_SHOWN else ""
        facts = {"names": names.label, "nearest": nearest}
        findings.append(Finding("name-not-in-enum", contract.name, facts, contract.origin))
    for name in dict.fromkeys(names.members.values()):
        if name not in first:
            facts = {"declared": names.shown(name), "registry": registry}
            findings.append(Finding("name-without-property", name, facts, names.origin(name)))
    return tuple(findings)


def compare_implementations(implementations: Sequence[TaskImplementation[Any]]) -> tuple[Finding, ...]:
    """Two implementations under one name: Celery picks an arbitrary winner."""
    first: dict[str, TaskImplementation[Any]] = {}
    findings = []
    for implementation in implementations:
        other = first.setdefault(implementation.name, implementation)
        if other is not implementation and other.origin != implementation.origin:
            facts = {"first": other.origin.label, "second": implementation.origin.label}
            findings.append(
                Finding("two-implementations", implementation.name, facts, implementation.origin, other.origin)
            )
    return tuple(findings)


def _matches(name: str, patterns: Sequence[str]) -> bool:
    # The names of a contract are all spelled out.
    return name in patterns or any(fnmatchcase(name, pattern) for pattern in patterns)


def _member_name(name: str) -> str:
    """A member name for a task name: ``reports.send-daily`` -> ``REPORTS_SEND_DAILY``."""
    return "".join(c if c.isalnum() else "_" for c in name).upper()
