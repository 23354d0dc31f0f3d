"""How the index came from a task's name to what runs, step by step, each with its place.

Law: a task of the map in, steps out. Nothing is looked up again: what the steps say is what the map was made from.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from celery_registry.contract.task import Origin
from celery_registry.map.model import MappedTask
from celery_registry.source.model import How, Registration

__all__ = ["Step", "read_steps"]

_HOW = {
    How.APP_TASK: "a decorator of an application registers it",
    How.SHARED_TASK: "shared_task registers it, for every application",
    How.REGISTER_TASK: "register_task registers it",
    How.TASK_CLASS: "a task class is registered",
}


@dataclass(frozen=True)
class Step:
    """One thing that the source says, and where; a step without a place follows from the one before it."""

    text: str
    origin: Origin | None = None


def read_steps(task: MappedTask) -> tuple[Step, ...]:
    """The steps from the name to the parameters that callers are held to."""
    return tuple(_steps(task))


def _steps(task: MappedTask) -> Iterator[Step]:
    for member, origin in task.members:
        yield Step(f'{member} is "{task.name}"', origin)
    for declared in task.properties:
        asks = f"by {declared.name_fullname}" if declared.name_fullname else f'by the name "{task.name}"'
        yield Step(f"{declared.fullname} asks for it {asks}", declared.origin)
        yield Step(f"and promises {declared.annotation or 'nothing: it has no annotation'}")
    if not task.is_named:
        yield Step("the text tells no name, so the task is called as what runs")
    for row in task.registrations:
        yield from _registration(row, task)
    if len(task.registrations) > 1:
        yield Step("of several implementations the first speaks for the task")


def _registration(row: Registration, task: MappedTask) -> Iterator[Step]:
    if row.how is How.CONTRACT:
        yield Step(f"the lock of {task.service or 'another service'} has it; its code is elsewhere", row.origin)
    else:
        yield Step(_HOW[row.how], row.origin)
        if row.target is None:
            yield Step("what it registers cannot be followed to a function of these files")
        else:
            yield Step(f"what runs is {row.target}", row.target_origin)
    if row.bind:
        yield Step("bind = True: the first parameter is the task itself, no caller gives it")
    for source in row.supplied_by:
        yield Step(f"{source} may supply parameters: the setting injected-parameters says which")
    if row.hidden:
        yield Step(f"its parameters cannot be read, so calls are held to nothing: {row.hidden}")
    elif not row.typing:
        yield Step("typing = False: Celery holds callers to nothing")
    else:
        yield Step(f"callers are held to {task.shown_signature}")
