"""What beat will send, held to the tasks: names, numbers of arguments, and what beat itself would choke on.

Law: an entry as its reader found it, with None for what nobody can tell. Whether it stands in source text, in the
configuration of a live application or in a database is not known here.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Final, TypeVar

from celery_registry.contract.binding import bind_arguments
from celery_registry.contract.calls import misfit_types, show_argument
from celery_registry.contract.compare import show_parameters
from celery_registry.contract.finding import Finding
from celery_registry.contract.names import NEAREST_SHOWN, show_nearest, show_nearest_task
from celery_registry.contract.options import KNOWN_OPTIONS, misspelt_options
from celery_registry.contract.rules import TypeRules
from celery_registry.contract.signature import TaskSignature
from celery_registry.contract.task import Origin

__all__ = [
    "ENTRY_KEYS",
    "PERIODIC",
    "Entry",
    "Replaced",
    "Scheduled",
    "compare_schedule",
    "fault_of_args",
    "fault_of_keys",
    "fault_of_kwargs",
    "fault_of_schedule",
    "faults_of_options",
    "judge_replaced",
    "knows_scheduler",
]

T = TypeVar("T")

#: What celery.beat.ScheduleEntry takes.
ENTRY_KEYS: Final = frozenset(
    ["app", "args", "kwargs", "last_run_at", "name", "options", "relative", "schedule", "task", "total_run_count"]
)
#: Celery documentation, *Periodic Tasks: Available Fields*; of the others nobody writes any.
_WRITTEN: Final = ("args", "kwargs", "options", "relative", "schedule", "task")
#: The options that stand in an entry itself for no scheduler: celery.beat and celery-redbeat refuse the entry,
#: django-celery-beat and celery-sqlalchemy-scheduler refuse it or drop the option. ``expires`` is a field of their rows.
_MISPLACED: Final = KNOWN_OPTIONS - ENTRY_KEYS - {"expires"}
#: The packages of these, and the short name of the second one's.
_SCHEDULERS: Final = frozenset({"celery", "celery_sqlalchemy_scheduler", "django", "django_celery_beat", "redbeat"})

#: What add_periodic_task takes itself; every other keyword is an option.
PERIODIC: Final = ("schedule", "sig", "args", "kwargs", "name")


@dataclass(frozen=True)
class Entry:
    """One entry: its key, the task it names, and what it passes.

    ``task`` is None where nobody can tell, or ``faults`` say that there is none. ``positional`` and ``keywords`` are
    None where they cannot be counted, or where more is added later: then only the name is judged. ``faults`` say in a
    few words each what beat cannot read. ``call`` is where the signature is made that ``add_periodic_task`` was given.
    ``options`` are the names in its options that are known. ``types`` are the plain types of the arguments that have one, by
    position or keyword.
    """

    key: str
    task: str | None
    positional: int | None = 0
    keywords: tuple[str, ...] | None = ()
    origin: Origin = Origin()
    faults: tuple[str, ...] = ()
    call: Origin | None = None
    options: tuple[str, ...] = ()
    types: Mapping[int | str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Replaced:
    """An entry that takes the place of an earlier one: its name, its place, and that of the other."""

    name: str
    origin: Origin
    earlier: Origin


def judge_replaced(entry: Replaced) -> Finding:
    """Beat keeps one entry for a name: the earlier one never runs."""
    return Finding("schedule-replaced", entry.name, {}, entry.origin, entry.earlier)


@dataclass(frozen=True)
class Scheduled:
    """The implementation that an entry meets; ``signature`` is None where nobody holds callers to one.

    ``own_options`` says that its class may take options of its own. ``plain`` is the signature with the types that are
    unions of plain ones as text, None for every other: see ``contract.calls``.
    """

    signature: TaskSignature[Any] | None
    place: Callable[[], Origin]
    own_options: bool = False
    plain: Callable[[], TaskSignature[str]] | None = None


def compare_schedule(
    entries: Iterable[Entry],
    registered: Collection[str],
    implementation: Callable[[str], Scheduled | None],
    rules: TypeRules[Any],
    external: Sequence[str] = (),
    members: Mapping[str, str] | None = None,
    is_imported: Callable[[str], bool | None] = lambda module: None,
) -> Iterator[Finding]:
    """Entries that beat cannot read, whose task nobody implements, or whose arguments do not bind.

    ``implementation`` gives the one of a registered name, None where it is not known which. ``members`` are the
    members of enums and the names they stand for; ``is_imported`` is that of ``show_nearest_task``.
    """
    shown = 0
    for entry in entries:
        for fault in entry.faults:
            yield Finding(
                "schedule-entry", entry.task or entry.key, {"entry": entry.key, "reason": fault}, entry.origin
            )
        name = entry.task
        if name is None:
            continue
        if name not in registered:
            if not any(fnmatchcase(name, pattern) for pattern in ("celery.*", *external)):
                nearest = _as_member(name, registered, members or {}) or show_nearest_task(
                    name, registered, is_imported, looked_for=shown < NEAREST_SHOWN
                )
                shown += 1
                facts = {"entry": entry.key, "nearest": nearest}
                yield Finding("schedule-unknown-task", name, facts, entry.origin)
            continue
        found = implementation(name)
        if found is None:
            continue
        if not found.own_options:
            for option, near in misspelt_options(entry.options, () if entry.call is None else PERIODIC).items():
                yield Finding(
                    "schedule-option", name, {"entry": entry.key, "option": option, "near": near}, entry.origin
                )
        if entry.positional is None or entry.keywords is None or entry.faults or found.signature is None:
            continue
        reason = bind_arguments(found.signature, entry.positional, entry.keywords)
        if reason is not None:
            place = found.place()
            facts = {
                "entry": entry.key,
                "reason": reason,
                "implementation": place.label,
                "actual": show_parameters(found.signature, rules),
            }
            has_line = entry.origin != Origin()
            yield Finding(
                "schedule-arguments", name, facts, entry.origin if has_line else place, place if has_line else None
            )
        elif entry.types and found.plain is not None:
            for key, expected in misfit_types(found.plain(), entry.types):
                facts = {
                    "entry": entry.key,
                    "name": show_argument(key),
                    "given": entry.types[key],
                    "expected": expected,
                    "implementation": found.place().label,
                }
                yield Finding("schedule-type", name, facts, entry.origin)


def _as_member(name: str, registered: Collection[str], members: Mapping[str, str]) -> str:
    if members.get(name) in registered:
        # ``app.signature(member)`` asks the member for its attribute ``name``.
        return f'; Celery takes the name of a member here, and its value is "{members[name]}": write .value'
    return ""


# -- what beat cannot read -------------------------------------------------------------------------------------------


def fault_of_keys(keys: Iterable[str], timed: Collection[str] = ()) -> tuple[str, ...]:
    """The misspelt keys of an entry: those that are near a key that is missing.

    Which scheduler reads the entry is said on the command line, ``celery beat -S``, and each may know keys of its own.
    ``timed`` are the keys that hold a ``crontab`` or another schedule: where there is no ``schedule``, any of them is wrong.
    """
    written = list(keys)
    missing = [key for key in _WRITTEN if key not in written]
    faults = []
    for key in written:
        near = [] if key in ENTRY_KEYS else difflib.get_close_matches(key, missing, n=1, cutoff=0.75)
        if near:
            faults.append(f'has the key "{key}", which beat does not know' + show_nearest(key, near))
        elif key in timed and key not in ENTRY_KEYS and "schedule" in missing:
            faults.append(f'has no schedule: that stands under the key "{key}", which beat does not know')
    return tuple(faults)


def knows_scheduler(name: str) -> bool:
    """Whether this value of ``beat_scheduler`` is one whose entries are known; a class may take keys of its own."""
    return name.partition(":")[0].partition(".")[0] in _SCHEDULERS


def faults_of_options(keys: Iterable[str]) -> tuple[str, ...]:
    """The keys of an entry that are options of the call: known schedulers take them under ``options`` alone."""
    return tuple(
        f'has the key "{key}", which beat does not know: it is an option, "options": {{"{key}": ...}}'
        for key in keys
        if key in _MISPLACED
    )


def fault_of_schedule(sort: str) -> str | None:
    """Why a schedule of this sort is none, as ``fault_of_args``: beat takes numbers and objects."""
    if sort != "text":
        return None
    return "schedule is a text, which is none: write a number of seconds, a timedelta or a crontab(...)"


def fault_of_args(sort: str) -> str | None:
    """Why ``args`` of this sort of value are no arguments: ``list``, ``text``, ``mapping`` or ``value``."""
    return {
        "text": "args is one text, and beat sends its letters: write a list or a tuple of arguments",
        "mapping": "args is a mapping, and beat sends its keys: write kwargs",
        "value": "args is one value, not a list or tuple of arguments",
    }.get(sort)


def fault_of_kwargs(sort: str) -> str | None:
    """Why ``kwargs`` of this sort of value are no keyword arguments."""
    return {
        "text": "kwargs is a text, not a mapping (argument after ** must be a mapping)",
        "list": "kwargs is a list, not a mapping (argument after ** must be a mapping)",
        "value": "kwargs is one value, not a mapping (argument after ** must be a mapping)",
    }.get(sort)
