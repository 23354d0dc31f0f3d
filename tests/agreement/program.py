"""One small program: its files, what is wrong with it, and what a front cannot know.

Law: texts and codes. It runs nothing and judges nothing.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["FRONTS", "Program", "Unknown", "module", "pair", "twins"]

FRONTS = ("mypy", "static", "app", "worker")


@dataclass(frozen=True)
class Unknown:
    """The codes that a front cannot know of, and why."""

    codes: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Program:
    """``files``: path -> text. ``codes``: one for each finding, sorted. ``app`` is what ``celery -A`` is given.

    ``paths`` are what mypy is given, ``base`` the directory that the application is started in. ``warning``: it is told,
    and stops nothing.
    """

    name: str
    files: Mapping[str, str]
    codes: tuple[str, ...] = ()
    unknown: Mapping[str, Unknown] = field(default_factory=dict)
    app: str = "work:app"
    paths: tuple[str, ...] = (".",)
    base: str = "."
    layout: str = "flat"
    warning: bool = False

    @property
    def boots(self) -> bool:
        """Whether a worker starts."""
        return self.warning or not self.expected("worker")

    def expected(self, front: str) -> tuple[str, ...]:
        """The codes that a front must tell."""
        left = list(self.codes)
        for code in self.unknown[front].codes if front in self.unknown else ():
            left.remove(code)
        return tuple(left)


HEAD = """
from __future__ import annotations

import functools
import json
from collections.abc import Callable
from enum import Enum
from typing import Any, ParamSpec, TypedDict, TypeVar

from celery import Celery, Task, shared_task
from celery.schedules import crontab
from kombu import Queue

from celery_registry import BaseTasksRegistry, guard, register_task

P = ParamSpec("P")
R = TypeVar("R")
F = TypeVar("F", bound=Callable[..., Any])
app = Celery("odd", broker="memory://")
"""
TAIL = """
guard.install(app, registry=TasksRegistry, names=TaskName)
"""
SETTINGS = """
[tool.mypy]
plugins = ["celery_registry.mypy"]
check_untyped_defs = true
{mypy}
[tool.celery-registry]
registry = ["work.TasksRegistry"]
names = ["work.TaskName"]
app = "work:app"
{settings}
"""


def module(code: str, declared: Mapping[str, str], members: Mapping[str, str] | None = None) -> str:
    """One module with everything: ``declared`` maps the name of a task to what its property is annotated with."""
    names = {name.upper(): name for name in declared} if members is None else members
    by_name = {value: member for member, value in names.items()}
    enum = "".join(f'    {member} = "{value}"\n' for member, value in names.items())
    properties = "".join(
        f"    @property\n    def {name.replace('.', '_')}(self) -> {annotation}:\n"
        f"        return self._get_task_by_name(TaskName.{by_name[name]})\n\n"
        for name, annotation in declared.items()
    )
    return (
        f"{HEAD}\n\nclass TaskName(str, Enum):\n{enum}\n\n{textwrap.dedent(code)}\n\n"
        f"class TasksRegistry(BaseTasksRegistry):\n{properties}\n{TAIL}"
    )


def pair(
    name: str,
    right: str,
    wrong: str,
    codes: str,
    declared: Mapping[str, str] | None = None,
    wrongly: Mapping[str, str] | None = None,
    *,
    unknown: Mapping[str, Unknown] | None = None,
    settings: str = "",
    members: Mapping[str, str] | None = None,
    wrong_members: Mapping[str, str] | None = None,
    warning: bool = False,
) -> list[Program]:
    """A right program and its wrong twin, each one module; ``wrongly`` is what the wrong one declares."""
    declared = declared or {"ping": "Task[[int], str]"}
    text, twin = module(right, declared, members), module(wrong, wrongly or declared, wrong_members or members)
    return twins(name, text, twin, codes, unknown=unknown, settings=settings, warning=warning)


def twins(
    name: str,
    right: str,
    wrong: str,
    codes: str,
    *,
    unknown: Mapping[str, Unknown] | None = None,
    settings: str = "",
    warning: bool = False,
) -> list[Program]:
    """The same of two whole modules."""
    config = {"pyproject.toml": SETTINGS.format(mypy="", settings=settings)}
    return [
        Program(f"{name}: right", {**config, "work.py": right}),
        Program(
            f"{name}: wrong", {**config, "work.py": wrong}, tuple(sorted(codes.split())), unknown or {}, warning=warning
        ),
    ]
