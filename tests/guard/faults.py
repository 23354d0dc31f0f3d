"""Every fault that the guard knows, each beside its healthy twin.

A fault is a piece of a project: members of ``TaskName``, properties of ``TasksRegistry`` and code below them.
Pieces have names of their own, so any of them stand together in one module.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["FAULTS", "Fault", "Piece", "write_module"]

Expected = tuple[str, str, str]


@dataclass(frozen=True)
class Piece:
    """Members, properties and code; ``app`` is the Celery application."""

    members: str = ""
    properties: str = ""
    code: str = ""


@dataclass(frozen=True)
class Fault:
    """A wrong piece with its findings (code, problem, task), and the right one."""

    name: str
    wrong: Piece
    right: Piece
    expected: tuple[Expected, ...]
    strict: bool = False


HEAD = """
from __future__ import annotations

import functools
import re
from enum import Enum
from typing import Any, Callable, TypedDict

from celery import Celery, Task, shared_task
from kombu import Queue

from celery_registry import BaseTasksRegistry, register_task

app = Celery("shop", broker="memory://", set_as_current=False)
"""


def write_module(pieces: Iterable[Piece]) -> str:
    """One module of several pieces; it has a healthy task of its own."""
    pieces = [HEALTHY, *pieces]
    members = "".join(textwrap.indent(textwrap.dedent(p.members), "    ") for p in pieces)
    properties = "".join(textwrap.indent(textwrap.dedent(p.properties), "    ") for p in pieces)
    code = "".join(textwrap.dedent(p.code) for p in pieces)
    return (
        f"{HEAD}\n\nclass TaskName(str, Enum):\n{members}\n\n"
        f"class TasksRegistry(BaseTasksRegistry):\n{properties}\n\n{code}\n"
    )


def declare(attribute: str, annotation: str, member: str, docstring: str = "") -> str:
    """A property of the registry."""
    body = f'    """{docstring}"""\n' if docstring else ""
    return (
        f"\n@property\ndef {attribute}(self) -> {annotation}:\n{body}"
        f"    return self._get_task_by_name(TaskName.{member})\n"
    )


def task(name: str, signature: str, decorator: str = "", options: str = "") -> str:
    """A registered function."""
    return f'\n@app.task(name="{name}"{options})\n{decorator}def {name}{signature}: ...\n'


def agree(name: str, annotation: str, code: str) -> Piece:
    """A member, a property and their code."""
    return Piece(f'{name.upper()} = "{name}"\n', declare(name, annotation, name.upper()), code)


HEALTHY = agree("healthy", "Task[[int], str]", task("healthy", "(amount: int) -> str"))

CLASSES = """
class Sent(TypedDict):
    sent: bool
class Cleaned(TypedDict):
    removed: int
"""

INJECTING = """
def injecting(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function("session", *args, **kwargs)
    return wrapper
"""

HIDING = """
def hiding(function):
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)
    return wrapper
"""

CONTROLLER = """
class BoundController:
    def run(self, amount: int) -> None: ...
"""


def signature(name: str, wrong: str, right: str, code: str, *problems: str) -> Fault:
    """A declaration that disagrees about the parameters, and one that agrees, with the same code."""
    found = tuple(("task-signature", problem, name) for problem in problems)
    return Fault(name, agree(name, wrong, code), agree(name, right, code), found)


def setting(name: str, wrong: str, right: str, *expected: Expected) -> Fault:
    """A configuration beside the healthy task."""
    return Fault(name, Piece(code=wrong + "\n"), Piece(code=right + "\n"), expected)


FAULTS = (
    # -- names ---------------------------------------------------------------------------------------------------
    Fault(
        "unregistered",
        Piece('MISSING = "missing"\n', declare("missing", "Task[[], None]", "MISSING")),
        agree("missing", "Task[[], None]", task("missing", "() -> None")),
        (("task-unregistered", "name-not-registered", "missing"),),
    ),
    Fault(
        "no_property",
        Piece('BARE = "bare"\n', "", task("bare", "() -> None")),
        agree("bare", "Task[[], None]", task("bare", "() -> None")),
        (("task-no-property", "name-without-property", "bare"),),
    ),
    Fault(
        "two_members",
        Piece('ONE = "one"\nUNO = "one"\n', declare("one", "Task[[], None]", "ONE"), task("one", "() -> None")),
        agree("one", "Task[[], None]", task("one", "() -> None")),
        (("task-duplicate", "two-members", "one"),),
    ),
    Fault(
        "two_properties",
        Piece(
            'TWICE = "twice"\n',
            declare("twice", "Task[[], None]", "TWICE") + declare("again", "Task[[], None]", "TWICE"),
            task("twice", "() -> None"),
        ),
        agree("twice", "Task[[], None]", task("twice", "() -> None")),
        (("task-duplicate", "two-properties", "twice"),),
    ),
    Fault(
        "two_implementations",
        agree("rival", "Task[[], None]", task("rival", "() -> None") + task("rival", "() -> None")),
        agree("rival", "Task[[], None]", task("rival", "() -> None") + task("rival_2", "() -> None")),
        (("task-duplicate", "two-implementations", "rival"),),
    ),
    Fault(
        "unknown_name",
        Piece("", '\n@property\ndef typo(self) -> Task[[], None]:\n    return self._get_task_by_name("healthi")\n'),
        Piece("", "\n@property\ndef typo(self) -> str:\n    return 'healthi'\n"),
        (("task-unknown-name", "name-not-in-enum", "healthi"),),
    ),
    Fault(
        "undeclared",
        Piece(code=task("stray", "() -> None")),
        agree("stray", "Task[[], None]", task("stray", "() -> None")),
        (("task-undeclared", "task-not-declared", "stray"),),
        strict=True,
    ),
    # -- parameters ----------------------------------------------------------------------------------------------
    signature(
        "many", "Task[[int, int], None]", "Task[[int], None]", task("many", "(a: int) -> None"), "too-many-declared"
    ),
    signature(
        "few", "Task[[], None]", "Task[[int], None]", task("few", "(a: int, b: int = 1) -> None"), "too-few-declared"
    ),
    signature("kind", "Task[[str], None]", "Task[[int], None]", task("kind", "(a: int) -> None"), "parameter-type"),
    signature(
        "optional",
        "Task[[str | None], None]",
        "Task[[str], None]",
        task("optional", "(a: str) -> None"),
        "parameter-type",
    ),
    signature(
        "generic",
        "Task[[list[str]], None]",
        "Task[[list[int]], None]",
        task("generic", "(a: list[int]) -> None"),
        "parameter-type",
    ),
    signature(
        "keyword",
        "Task[[int], None]",
        "Task[..., None]",
        task("keyword", "(a: int, *, b: int) -> None"),
        "keyword-only-required",
    ),
    signature(
        "bind",
        "Task[[int, int], None]",
        "Task[[int], None]",
        task("bind", "(self, a: int) -> None", options=", bind=True"),
        "too-many-declared",
    ),
    signature(
        "autoretry",
        "Task[[], None]",
        "Task[[int], None]",
        task("autoretry", "(a: int) -> None", options=", autoretry_for=(OSError,)"),
        "too-few-declared",
    ),
    signature(
        "method",
        "Task[[int, int], None]",
        "Task[[int], None]",
        "class Controller:\n    def run(self, a: int) -> None: ...\nregister_task(app, TaskName.METHOD, Controller().run)\n",
        "too-many-declared",
    ),
    signature(
        "class_based",
        "Task[[str], None]",
        "Task[[int], None]",
        'class Based(Task):\n    name = "class_based"\n    def run(self, a: int) -> None: ...\napp.register_task(Based())\n',
        "parameter-type",
    ),
    signature(
        "context",
        "Task[[int, int], None]",
        "Task[[int], None]",
        "class InContext(Task):\n    def __call__(self, *args, **kwargs):\n        return self.run(*args, **kwargs)\n"
        + task("context", "(a: int) -> None", options=", base=InContext"),
        "too-many-declared",
    ),
    signature(
        "typed_wrapper",
        "Task[[], None]",
        "Task[[int], None]",
        "def typed(function: Callable[P, R]) -> Callable[P, R]:\n"
        "    @functools.wraps(function)\n"
        "    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:\n"
        "        return function(*args, **kwargs)\n"
        "    return wrapper\n" + task("typed_wrapper", "(a: int) -> None", "@typed\n"),
        "too-few-declared",
    ),
    Fault(
        "documented",
        Piece(
            'DOCUMENTED = "documented"\n',
            declare("documented", "Task[[int], None]", "DOCUMENTED", "\n    Args:\n        day: When\n    "),
            task("documented", "(days: int) -> None"),
        ),
        Piece(
            'DOCUMENTED = "documented"\n',
            declare("documented", "Task[[int], None]", "DOCUMENTED", "\n    Args:\n        days: When\n    "),
            task("documented", "(days: int) -> None"),
        ),
        (("task-signature", "documented-name", "documented"),),
    ),
    # -- results -------------------------------------------------------------------------------------------------
    Fault(
        "result",
        agree("result", "Task[[], Cleaned]", CLASSES + task("result", "() -> Sent")),
        agree("result", "Task[[], Sent]", CLASSES + task("result", "() -> Sent")),
        (("task-result", "result-type", "result"),),
    ),
    Fault(
        "plain_result",
        agree("plain_result", "Task[[], str]", task("plain_result", "() -> int")),
        agree("plain_result", "Task[[], float]", task("plain_result", "() -> int")),
        (("task-result", "result-type", "plain_result"),),
    ),
    # -- what cannot be seen -------------------------------------------------------------------------------------
    Fault(
        "bound",
        agree("bound", "Task[[int], None]", CONTROLLER + 'app.task(name="bound")(BoundController().run)\n'),
        agree("bound", "Task[[int], None]", CONTROLLER + "register_task(app, TaskName.BOUND, BoundController().run)\n"),
        (("task-bound-method", "bound-method", "bound"),),
    ),
    Fault(
        "hidden",
        agree("hidden", "Task[[int], None]", HIDING + task("hidden", "(a: int) -> None", "@hiding\n")),
        agree("hidden", "Task[[int], None]", task("hidden", "(*args, **kwargs) -> None")),
        (("task-unverifiable", "hidden-signature", "hidden"),),
    ),
    Fault(
        "injected",
        agree(
            "injected",
            "Task[[int], None]",
            INJECTING + task("injected", "(session: str, a: int) -> None", "@injecting\n"),
        ),
        agree(
            "injected",
            "Task[[str, int], None]",
            INJECTING + task("injected", "(session: str, a: int) -> None", "@injecting\n"),
        ),
        (("task-unverifiable", "hidden-signature", "injected"),),
    ),
    Fault(
        "unreadable",
        agree("unreadable", "Task[int, None]", task("unreadable", "(a: int) -> None")),
        agree("unreadable", "Task[[int], None]", task("unreadable", "(a: int) -> None")),
        (("task-unverifiable", "unreadable-annotation", "unreadable"),),
    ),
    # -- the configuration ---------------------------------------------------------------------------------------
    setting(
        "schedule_name",
        'app.conf.beat_schedule["a"] = {"task": "helthy", "schedule": 60, "args": (1,)}',
        'app.conf.beat_schedule["a"] = {"task": "healthy", "schedule": 60, "args": (1,)}',
        ("task-schedule", "schedule-unknown-task", "helthy"),
    ),
    setting(
        "schedule_arguments",
        'app.conf.beat_schedule["b"] = {"task": "healthy", "schedule": 60, "kwargs": {"amont": 1}}',
        'app.conf.beat_schedule["b"] = {"task": "healthy", "schedule": 60, "kwargs": {"amount": 1}}',
        ("task-schedule", "schedule-arguments", "healthy"),
    ),
    setting(
        "periodic",
        "@app.on_after_finalize.connect\ndef add(sender, **_):\n    sender.add_periodic_task(60, healthy.s(), name='c')",
        "@app.on_after_finalize.connect\ndef add(sender, **_):\n    sender.add_periodic_task(60, healthy.s(1), name='c')",
        ("task-schedule", "schedule-arguments", "healthy"),
    ),
    setting(
        "route",
        'app.conf.task_routes = [*(app.conf.task_routes or ()), {"helthy": {"queue": "celery"}}]',
        'app.conf.task_routes = [*(app.conf.task_routes or ()), {"healthy": {"queue": "celery"}}]',
        ("task-route", "route-unknown-task", "helthy"),
    ),
    setting(
        "route_glob",
        'app.conf.task_routes = [*(app.conf.task_routes or ()), ([("feed*", "celery"), (re.compile("^h"), "celery")])]',
        'app.conf.task_routes = [*(app.conf.task_routes or ()), ([("heal*", "celery"), (re.compile("^h"), "celery")])]',
        ("task-route", "route-unknown-task", "feed*"),
    ),
    setting(
        "route_regex",
        'app.conf.task_routes = [*(app.conf.task_routes or ()), [(re.compile("^feed"), "celery")]]',
        'app.conf.task_routes = [*(app.conf.task_routes or ()), [(re.compile("^heal"), "celery")], lambda *_, **__: None]',
        ("task-route", "route-unknown-task", "^feed"),
    ),
    setting(
        "annotation",
        'app.conf.task_annotations = {"heal*": {"rate_limit": "1/s"}}',
        'app.conf.task_annotations = {"healthy": {"rate_limit": "1/s"}, "*": {"acks_late": True}}',
        ("task-route", "route-unknown-task", "heal*"),
    ),
    setting(
        "queue",
        'app.conf.task_queues = [Queue("celery")]\napp.conf.task_create_missing_queues = False\n'
        'app.conf.task_routes = [*(app.conf.task_routes or ()), {"healthy": {"queue": "slow"}}]',
        'app.conf.task_queues = [Queue("celery"), Queue("slow")]\n'
        'app.conf.task_routes = [*(app.conf.task_routes or ()), {"healthy": {"queue": "slow"}}]',
        ("task-route", "route-unknown-queue", "healthy"),
    ),
    setting(
        "import",
        'app.conf.include = ["guarded_module_that_is_not_there"]',
        'app.conf.include = ["json"]',
        ("task-import", "import-failed", "guarded_module_that_is_not_there"),
    ),
)
