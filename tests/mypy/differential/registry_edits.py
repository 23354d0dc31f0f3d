"""Edits of names and properties: members, constants, annotations, docstrings.

Law: changes what is declared; the controllers stay.
"""

from __future__ import annotations

import random

from .state import TYPES, WORDS, Param, Project, Task, new_task
from .table import edit


@edit(3)
def change_value(project: Project, rng: random.Random) -> str | None:
    """The value of a member, or of the constant it stands for."""
    task = rng.choice(project.tasks)
    old, task.value = task.value, f"{task.key}.v{project.next()}"
    return f"{task.key}: {old} -> {task.value} ({'constant' if task.by_constant else 'member'})"


@edit(1)
def steal_value(project: Project, rng: random.Random) -> str | None:
    """Two members with one value."""
    first, second = rng.sample(project.tasks, 2)
    first.value = second.value
    return f"{first.key} gets the value of {second.key}"


@edit(1)
def alias_constant(project: Project, rng: random.Random) -> str | None:
    task = rng.choice(project.tasks)
    if task.implementation is not None and task.implementation.named_by == "constant":
        return None
    task.by_constant = not task.by_constant
    return f"{task.key}: {task.by_constant}"


@edit(2)
def remove_member(project: Project, rng: random.Random) -> str | None:
    task = rng.choice(project.tasks)
    if task.member is None:
        task.member = task.key.upper()
        return f"put back {task.member}"
    task.member = None
    return task.key


@edit(1)
def add_task(project: Project, rng: random.Random) -> str | None:
    """All or some of the three steps of "Adding new tasks"."""
    if not project.modules:
        return None
    task = new_task(project.next(), rng.choice(project.modules), rng.choice((0, 1)), rng)
    forgotten = rng.choice(("nothing", "member", "property", "controller"))
    if forgotten == "member":
        task.member = None
    elif forgotten == "property":
        task.attribute = None
    elif forgotten == "controller":
        task.implementation = None
    project.tasks.append(task)
    return f"{task.key}, forgotten: {forgotten}"


@edit(2)
def change_declared_type(project: Project, rng: random.Random) -> str | None:
    task = rng.choice(project.tasks)
    if not task.declared:
        return None
    index = rng.randrange(len(task.declared))
    old = task.declared[index]
    task.declared[index] = rng.choice([t for t in TYPES if t != old])
    return f"{task.key}: {index}: {old} -> {task.declared[index]}"


@edit(1)
def change_declared_count(project: Project, rng: random.Random) -> str | None:
    task = rng.choice(project.tasks)
    if task.declared is None:
        task.declared = []
    elif task.declared and rng.random() < 0.4:
        task.declared.pop()
    elif rng.random() < 0.5:
        task.declared.append(rng.choice(TYPES))
    else:
        task.declared = None
    return f"{task.key}: {task.declared}"


@edit(2)
def change_declared_result(project: Project, rng: random.Random) -> str | None:
    task = rng.choice(project.tasks)
    old = task.declared_result
    task.declared_result = rng.choice([r for r in ("own", "int", "str") if r != old])
    return f"{task.key}: {old} -> {task.declared_result}"


@edit(2)
def change_docstring(project: Project, rng: random.Random) -> str | None:
    task = rng.choice(project.tasks)
    if not task.documented:
        task.documented = [rng.choice(WORDS)] if rng.random() < 0.5 else [p.name for p in _params(task)]
    elif rng.random() < 0.3:
        task.documented = None
    else:
        task.documented[rng.randrange(len(task.documented))] = f"{rng.choice(WORDS)}_{project.next()}"
    return f"{task.key}: {task.documented}"


def _params(task: Task) -> list[Param]:
    return [] if task.implementation is None else task.implementation.params


@edit(2)
def remove_property(project: Project, rng: random.Random) -> str | None:
    task = rng.choice(project.tasks)
    if task.attribute is None:
        task.attribute = task.key
        return f"put back {task.key}"
    task.attribute = None
    return task.key


@edit(1)
def rename_property(project: Project, rng: random.Random) -> str | None:
    task = rng.choice(project.tasks)
    if task.attribute is None:
        return None
    old, task.attribute = task.attribute, f"{task.key}_p{project.next()}"
    return f"{old} -> {task.attribute}"


@edit(1)
def move_property(project: Project, rng: random.Random) -> str | None:
    task = rng.choice(project.tasks)
    task.registry = 1 - task.registry
    return f"{task.key} to registry {task.registry}"


@edit(1)
def change_property_name(project: Project, rng: random.Random) -> str | None:
    """The property asks for a text instead of a member, or for another task."""
    task = rng.choice(project.tasks)
    other = rng.choice(project.tasks)
    names = ["member", task.value, other.value] + ["constant"] * task.by_constant
    old, task.named_by = task.named_by, rng.choice([n for n in names if n != task.named_by])
    return f"{task.key}: {old} -> {task.named_by}"
