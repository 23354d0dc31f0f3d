"""How a task is used, beside its arguments -> findings: its result, its schedule, what it is bound to.

Law: facts as their reader found them, certain ones alone; what is only possible is no finding. Where they were written
is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from celery_registry.contract.finding import Finding
from celery_registry.contract.payload import Fate, payload_verdict
from celery_registry.contract.signature import TaskSignature
from celery_registry.contract.task import Origin

__all__ = [
    "Crontab",
    "Given",
    "MemberAsName",
    "RunHere",
    "Sent",
    "Undiscovered",
    "Unsent",
    "judge_binding",
    "judge_crontab",
    "judge_discovery",
    "judge_given",
    "judge_lambda",
    "judge_member",
    "judge_run_here",
    "judge_sent",
    "judge_unsent",
]

#: From an hour to another one, without a step.
_RANGE: Final = re.compile(r"\d+-\d+")


@dataclass(frozen=True)
class Sent:
    """One task that is sent, and what becomes of its result.

    ``reads`` are the places where the result is waited for, ``blocking`` those of them that do not say that they may
    wait in a worker; ``ignored``: nobody keeps the result. ``inside`` is the task in whose body this stands, if any,
    ``in_transaction``: an open transaction is around it.
    """

    task: str
    origin: Origin
    reads: tuple[Origin, ...] = ()
    blocking: tuple[Origin, ...] = ()
    ignored: bool = False
    inside: str | None = None
    in_transaction: bool = False


@dataclass(frozen=True)
class MemberAsName:
    """An enum member in ``signature(TaskName.PING)``, as it is written, with its name and its value."""

    written: str
    name: str
    value: str
    origin: Origin


@dataclass(frozen=True)
class Crontab:
    """One call of ``crontab``: its fields as they are written, and keywords that are none, each with what is near.

    ``doubtful`` are the values that stand in the text and may be none of their field's.
    """

    fields: Mapping[str, str]
    origin: Origin
    unknown: Mapping[str, str] = field(default_factory=dict)
    doubtful: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Undiscovered:
    """A module of tasks that no worker imports: ``wanted`` is what autodiscovery looks for beside it, and is not there."""

    module: str
    wanted: str
    origin: Origin
    tasks: Origin


@dataclass(frozen=True)
class Given:
    """A value that is sent: for which parameter, and its type as the payload table calls it."""

    task: str
    parameter: str
    type: str
    origin: Origin


@dataclass(frozen=True)
class RunHere:
    """``task(1).delay()`` of a task that returns nothing: ``method`` is asked of None."""

    task: str
    callee: str
    method: str
    origin: Origin


@dataclass(frozen=True)
class Unsent:
    """A method of a task that is asked of what has none: ``problem`` says what it is, ``near`` what is meant, if known.

    ``name`` and ``of``: a function and the method, a name and the module without it, or a method and its task.
    """

    problem: str
    task: str
    name: str
    of: str
    origin: Origin
    near: str = ""


def judge_unsent(unsent: Unsent) -> Iterator[Finding]:
    """An AttributeError or ImportError, where a task was to be sent."""
    facts = {"name": unsent.name, "of": unsent.of, "near": unsent.near}
    yield Finding(unsent.problem, unsent.task, facts, unsent.origin)


def judge_run_here(run: RunHere) -> Iterator[Finding]:
    """The task has run where it was meant to be sent, and then the line fails."""
    yield Finding("call-of-nothing", run.task, {"callee": run.callee, "method": run.method}, run.origin)


def judge_given(given: Given, serializer: str = "json") -> Iterator[Finding]:
    """A value that cannot be sent."""
    verdict = payload_verdict(given.type, serializer)
    if verdict.fate is Fate.REJECTED:
        shown = given.type.rpartition(".")[2]
        facts = {
            "takes": f"is given {given.parameter} as",
            "declared": shown,
            "serializer": serializer,
            "blamed": shown,
        }
        yield Finding("payload-rejected", given.task, facts, given.origin)


def judge_sent(sent: Sent) -> Iterator[Finding]:
    """A result that never comes, or that a worker waits for instead of working."""
    for place in sent.reads:
        if sent.ignored:
            yield Finding("ignored-result", sent.task, {}, place)
        elif sent.inside is not None and place in sent.blocking:
            yield Finding("result-in-task", sent.task, {"inside": sent.inside}, place)
    if sent.in_transaction:
        yield Finding("sent-in-transaction", sent.task, {}, sent.origin)


def judge_member(named: MemberAsName) -> Finding | None:
    """``signature(TaskName.PING)``: Celery asks whatever has a ``name`` for it, and a member has one beside its value."""
    if named.name == named.value:
        return None
    return Finding("name-of-a-member", named.value, {"member": named.written, "name": named.name}, named.origin)


def judge_crontab(crontab: Crontab, refused: Mapping[str, str] | None = None) -> Iterator[Finding]:
    """``crontab(hour=3)``: without a minute it is due in every one. ``crontab(minutes=5)``: it is not made at all.

    ``refused`` are the fields whose value Celery refuses, each with what it says.
    ``hour="9-17"`` may well mean each minute of a working day.
    """
    for name, nearest in crontab.unknown.items():
        yield Finding("crontab-unknown-field", "crontab", {"name": name, "nearest": nearest}, crontab.origin)
    fields = crontab.fields
    for name, reason in (refused or {}).items():
        facts = {"name": name, "value": fields[name], "reason": reason}
        yield Finding("crontab-refused-value", "crontab", facts, crontab.origin)
    if refused or _RANGE.fullmatch(fields.get("hour", "").strip("'\"")):
        return
    narrow = [f"{name}={text}" for name, text in fields.items() if text.strip("'\"") != "*"]
    if narrow and "minute" not in fields and not crontab.unknown:
        yield Finding("crontab-every-minute", "crontab", {"fields": ", ".join(narrow)}, crontab.origin)


def judge_binding(task: str, implementation: str, written: TaskSignature[str], origin: Origin) -> Iterator[Finding]:
    """``bind=True`` on a function that has no place for the task; ``written`` are its parameters as they stand there."""
    if written.parameters is not None and not written.positional and written.var_positional is None:
        yield Finding("bound-without-self", task, {"implementation": implementation}, origin)


def judge_lambda(task: str, origin: Origin) -> Iterator[Finding]:
    """``app.task(lambda: 1)``, with which Celery finalizes no application."""
    yield Finding("lambda-task", task, {}, origin)


def judge_discovery(missed: Undiscovered) -> Iterator[Finding]:
    """``autodiscover_tasks(["shop"])`` where the tasks of ``shop`` are in another module than it looks for."""
    related = missed.module.rpartition(".")[2]
    facts = {"wanted": missed.wanted, "related": related}
    yield Finding("discovery-misses", missed.module, facts, missed.origin, missed.tasks)
