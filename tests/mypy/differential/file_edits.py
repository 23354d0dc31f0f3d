"""Edits of whole files, of settings and of calls.

Law: files come and go, and what declares their tasks stays.
"""

from __future__ import annotations

import random

from .state import Project, new_call, new_task
from .table import edit


@edit(2)
def delete_module(project: Project, rng: random.Random) -> str | None:
    if not project.modules:
        return None
    module = project.modules.pop(rng.randrange(len(project.modules)))
    tidy = rng.random() < 0.5
    for task in project.tasks:
        if task.implementation is not None and task.implementation.module == module:
            task.implementation = None
        if tidy and task.result_module == module:
            task.declared_result = "int"
    return f"{module}{', with the imports of its results' * tidy}"


@edit(2)
def add_module(project: Project, rng: random.Random) -> str | None:
    module = f"tasks.late_{project.next()}"
    project.modules.append(module)
    orphans = [task for task in project.tasks if task.implementation is None]
    for task in orphans:
        implementation = task.implementation = new_task(project.serial, module, task.registry, rng).implementation
        assert implementation is not None
        implementation.named_by = "member"
    if not orphans:
        project.tasks.append(new_task(project.next(), module, rng.choice((0, 1)), rng))
    return module


@edit(2)
def rename_module(project: Project, rng: random.Random) -> str | None:
    if not project.modules:
        return None
    index = rng.randrange(len(project.modules))
    old = project.modules[index]
    new = project.modules[index] = f"tasks.moved_{project.next()}"
    follow = rng.random() < 0.7
    for task in project.tasks:
        if task.implementation is not None and task.implementation.module == old:
            task.implementation.module = new
        if follow and task.result_module == old:
            task.result_module = new
    return f"{old} -> {new}{'' if follow else ', and the registry is forgotten'}"


@edit(1)
def break_syntax(project: Project, rng: random.Random) -> str | None:
    project.broken = (
        f"shop/{rng.choice(project.modules).replace('.', '/')}.py"
        if project.modules and rng.random() < 0.5
        else "shop/calls_1.py"
    )
    return project.broken


@edit(1)
def change_setting(project: Project, rng: random.Random) -> str | None:
    code = rng.choice(("task-result", "task-signature", "task-unregistered"))
    level = rng.choice(("off", "warning", "error"))
    project.severity = {} if project.severity else {code: level}
    return f"{project.severity}"


@edit(1)
def add_call(project: Project, rng: random.Random) -> str | None:
    call = new_call(project, rng.choice((0, 1, 2, 3)), rng)
    if call is None:
        return None
    project.calls.append(call)
    return f"{call.kind} of {call.task}"


@edit(1)
def remove_call(project: Project, rng: random.Random) -> str | None:
    if not project.calls:
        return None
    call = project.calls.pop(rng.randrange(len(project.calls)))
    return f"{call.kind} of {call.task}"
