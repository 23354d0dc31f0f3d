"""The matrix: changes between two versions of one project, and the order of deploy that each allows.

Law: data, and the text of the two projects made from it. What the messages do is found out by real workers.
"""

from __future__ import annotations

from dataclasses import dataclass

from celery_registry.contract.change import Order

__all__ = ["CHANGES", "Case", "Version", "project_text"]

SAME, WORKERS, PRODUCERS, BREAKS = (
    Order.COMPATIBLE,
    Order.WORKERS_FIRST,
    Order.PRODUCERS_FIRST,
    Order.BREAKING,
)


@dataclass(frozen=True)
class Version:
    """One version of a task: ``signature`` is its def's after the name, ``options`` those of ``app.task``.

    ``name`` is the task name where it is not that of the change; ``more`` are statements beside the task.
    """

    signature: str
    options: str = ""
    name: str | None = None
    more: str = ""


@dataclass(frozen=True)
class Case:
    """A change by its name in the matrix; a version is None where the task does not exist."""

    name: str
    old: Version | None
    new: Version | None
    order: Order


def _case(name: str, old: str, new: str, order: Order) -> Case:
    return Case(name, Version(old), Version(new), order)


_RENAMED = Version(
    "(a)", name="renamed_with_alias_v2", more='alias(app, old="renamed_with_alias", new="renamed_with_alias_v2")'
)
_ADAPTED = Version(
    "(a, b)", name="adapted_v2", more='alias(app, old="adapted", new="adapted_v2", adapt=lambda a: {"a": a, "b": "b"})'
)
_MISADAPTED = Version(
    "(a, b)",
    name="misadapted_v2",
    more='alias(app, old="misadapted", new="misadapted_v2", adapt=lambda a, c: {"a": a, "b": "b"})',
)

CHANGES = (
    _case("unchanged", "(a, b='default')", "(a, b='default')", SAME),
    # -- parameters
    _case("added_required", "(a)", "(a, b)", BREAKS),
    _case("added_optional", "(a)", "(a, b='default')", WORKERS),
    _case("added_keyword_only_required", "(a)", "(a, *, b)", BREAKS),
    _case("added_keyword_only_optional", "(a)", "(a, *, b='default')", WORKERS),
    _case("added_first", "(a)", "(b='default', a='default')", BREAKS),
    _case("removed_required", "(a, b)", "(a)", BREAKS),
    _case("removed_optional", "(a, b='default')", "(a)", PRODUCERS),
    _case("removed_first", "(a, b)", "(b)", BREAKS),
    _case("removed_into_kwargs", "(a, b='default')", "(a, *args, **kwargs)", WORKERS),
    _case("renamed_parameter", "(to)", "(recipient)", BREAKS),
    _case("renamed_positional_only", "(to, /)", "(recipient, /)", SAME),
    _case("swapped", "(a, b)", "(b, a)", BREAKS),
    _case("became_required", "(a, b='default')", "(a, b)", PRODUCERS),
    _case("became_optional", "(a, b)", "(a, b='default')", WORKERS),
    _case("other_default", "(a, b='default')", "(a, b=None)", SAME),
    _case("became_keyword_only", "(a, b)", "(a, *, b)", PRODUCERS),
    _case("no_longer_keyword_only", "(a, *, b)", "(a, b)", WORKERS),
    _case("became_positional_only", "(a)", "(a, /)", PRODUCERS),
    _case("no_longer_positional_only", "(a, /)", "(a)", WORKERS),
    _case("positional_only_to_keyword_only", "(a, /)", "(*, a)", BREAKS),
    _case("gained_args", "(a)", "(a, *args)", WORKERS),
    _case("lost_args", "(a, *args)", "(a)", PRODUCERS),
    _case("gained_kwargs", "(a)", "(a, **kwargs)", WORKERS),
    _case("lost_kwargs", "(a, **kwargs)", "(a)", PRODUCERS),
    _case("named_out_of_kwargs", "(a, **kwargs)", "(a, *, b='default', **kwargs)", SAME),
    _case("removed_and_added", "(a, b='default')", "(a, *, c='default')", BREAKS),
    # -- types
    _case("type_widened", "(n: int)", "(n: int | str)", WORKERS),
    _case("type_narrowed", "(n: int | None)", "(n: int)", PRODUCERS),
    _case("type_changed", "(n: int)", "(n: str)", BREAKS),
    _case("type_int_to_float", "(n: int)", "(n: float)", WORKERS),
    _case("type_str_to_uuid", "(n: str)", "(n: UUID)", BREAKS),
    _case("type_annotated", "(n)", "(n: str)", SAME),
    _case("type_to_protocol", "(n: str)", "(n: Sized)", SAME),
    _case("tuple_to_list", "(n: tuple)", "(n: list)", SAME),
    _case("result_widened", "(a) -> int", "(a) -> int | None", PRODUCERS),
    _case("result_narrowed", "(a) -> int | None", "(a) -> int", WORKERS),
    _case("result_changed", "(a) -> int", "(a) -> str", BREAKS),
    Case("result_ignored", Version("(a) -> int", "ignore_result=True"), Version("(a) -> str", "ignore_result=True"), SAME),
    # -- the task as a whole
    Case("added_task", None, Version("(z)"), WORKERS),
    Case("removed_task", Version("(a)"), None, PRODUCERS),
    Case("renamed_task", Version("(a, b)"), Version("(a, b)", name="renamed_task_v2"), BREAKS),
    Case("renamed_with_alias", Version("(a)"), _RENAMED, WORKERS),
    Case("adapted", Version("(a)"), _ADAPTED, WORKERS),
    Case("misadapted", Version("(a)"), _MISADAPTED, BREAKS),
    Case("bound", Version("(self, a)", "bind=True"), Version("(a)"), SAME),
    Case("serializer_gained", Version("(a)"), Version("(a)", "serializer='yaml'"), WORKERS),
    Case("serializer_dropped", Version("(a)", "serializer='msgpack'"), Version("(a)"), PRODUCERS),
    Case("serializer_swapped", Version("(a)", "serializer='msgpack'"), Version("(a)", "serializer='yaml'"), BREAKS),
    Case("serializer_refused", Version("(a)", "serializer='msgpack'"), Version("(a)", "serializer='msgpack'"), PRODUCERS),
    Case("queue_gained", Version("(a)", "queue='both'"), Version("(a)", "queue='fresh'"), WORKERS),
    Case("queue_dropped", Version("(a)", "queue='legacy'"), Version("(a)", "queue='both'"), PRODUCERS),
    Case("queue_swapped", Version("(a)", "queue='legacy'"), Version("(a)", "queue='fresh'"), BREAKS),
)  # fmt: skip

#: What the two versions accept and consume.
_SETTINGS = {
    "old": ("['json', 'msgpack']", "['celery', 'both', 'legacy']"),
    "new": ("['json', 'yaml']", "['celery', 'both', 'fresh']"),
}

_HEAD = '''"""One version of a project, made from the matrix."""

import os
from collections.abc import Sized
from uuid import UUID

from celery import Celery
from kombu import Exchange, Queue

from celery_registry import alias, guard

QUEUES = {queues}
app = Celery("proj", broker=os.environ["PROJ_BROKER"], backend="file://" + os.environ["PROJ_RESULTS"])
app.conf.update(
    accept_content={accept},
    result_accept_content=["json"],
    task_queues=[Queue(name, Exchange(name), routing_key=name) for name in QUEUES],
    worker_prefetch_multiplier=0,
    worker_enable_remote_control=False,
    broker_connection_retry_on_startup=True,
    task_acks_late=True,
)
if "PROJ_PARK" in os.environ:
    guard.install(app, park="celery-registry.parked", validate=True)
SAMPLES = {{int: 1, str: "s", type(None): None, float: 1.5, UUID: UUID(int=1), tuple: ("t",), list: ["t"], Sized: "s"}}
RENAMED = {{"recipient": "to", "to": "recipient"}}


def members(hint):
    return getattr(hint, "__args__", (hint,))


def arrives(value, hint):
    """Whether a value is of a type, as a checker sees it after its journey in JSON."""
    wanted = tuple(list if member is tuple else member for member in members(hint))
    return isinstance(value, (*wanted, int) if float in wanted else wanted)


def run(function, given):
    """What every task does: look at what it got, and return something of its result type."""
    hints = function.__annotations__
    for name, value in given.items():
        if name == "self":
            continue
        if name in hints:
            assert arrives(value, hints[name]), f"{{name}} is {{value!r}}"
        elif name in ("args", "kwargs"):
            pass  # swallowed, as the new version asks for
        elif value not in (None, "default", "s"):
            assert value in (name, RENAMED.get(name)), f"{{name}} got {{value!r}}"
    record(function.request.id)
    return SAMPLES[members(hints["return"])[-1]] if "return" in hints else "done"


def record(message):
    """A message whose task ran to its end."""
    with open(os.environ["PROJ_RAN"], "a") as file:
        file.write(message + "\\n")


@app.task(name="sentinel", bind=True)
def sentinel(self):
    record(self.request.id)
'''

_TASK = """

@app.task(name="{name}"{options})
def {function}{signature}:
    return run({function}, dict(locals()))
"""


def project_text(version: str) -> str:
    """The module ``proj`` of the version ``old`` or ``new``."""
    accept, queues = _SETTINGS[version]
    parts = [_HEAD.format(accept=accept, queues=queues)]
    for case in CHANGES:
        made: Version | None = getattr(case, version)
        if made is None:
            continue
        name = made.name or case.name
        options = f", {made.options}" if made.options else ""
        # Two functions, so that a rename is not given away by its implementation.
        parts.append(_TASK.format(name=name, options=options, function=f"run_{name}", signature=made.signature))
        parts += [f"\n\n{made.more}\n"] if made.more else []
    return "".join(parts)
