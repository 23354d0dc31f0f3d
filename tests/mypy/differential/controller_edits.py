"""Edits on the controller's side: parameters, results, how and under what name a task is registered.

Law: changes one implementation; the registry and the callers stay.
"""

from __future__ import annotations

import random

from .state import TYPES, WORDS, Implementation, Param, Project, Task
from .table import edit


def _implemented(
    project: Project, rng: random.Random, *, decorated: bool = False
) -> tuple[Task, Implementation] | None:
    tasks = [t for t in project.tasks if t.implementation is not None and (t.implementation.decorated or not decorated)]
    if not tasks:
        return None
    task = rng.choice(tasks)
    assert task.implementation is not None
    return task, task.implementation


@edit(4)
def rename_parameter(project: Project, rng: random.Random) -> str | None:
    found = _implemented(project, rng)
    if found is None or not found[1].params:
        return None
    param = rng.choice(found[1].params)
    old, param.name = param.name, f"{rng.choice(WORDS)}_{project.next()}"
    return f"{found[0].key}: {old} -> {param.name}"


@edit(2)
def add_parameter(project: Project, rng: random.Random) -> str | None:
    found = _implemented(project, rng)
    if found is None:
        return None
    param = Param(f"{rng.choice(WORDS)}_{project.next()}", rng.choice(TYPES), rng.random() < 0.5)
    found[1].params.insert(rng.randint(0, len(found[1].params)), param)
    return f"{found[0].key}: {param}"


@edit(2)
def remove_parameter(project: Project, rng: random.Random) -> str | None:
    found = _implemented(project, rng)
    if found is None or not found[1].params:
        return None
    return f"{found[0].key}: {found[1].params.pop(rng.randrange(len(found[1].params)))}"


@edit(3)
def retype_parameter(project: Project, rng: random.Random) -> str | None:
    found = _implemented(project, rng)
    if found is None or not found[1].params:
        return None
    param = rng.choice(found[1].params)
    old, param.type = param.type, rng.choice([t for t in TYPES if t != param.type])
    return f"{found[0].key}: {param.name}: {old} -> {param.type}"


@edit(2)
def turn_default(project: Project, rng: random.Random) -> str | None:
    found = _implemented(project, rng)
    if found is None or not found[1].params:
        return None
    param = rng.choice(found[1].params)
    param.default = not param.default
    return f"{found[0].key}: {param.name} has a default: {param.default}"


@edit(1)
def swap_parameters(project: Project, rng: random.Random) -> str | None:
    found = _implemented(project, rng)
    if found is None or len(found[1].params) < 2:
        return None
    found[1].params.reverse()
    return f"{found[0].key}"


@edit(3)
def change_result(project: Project, rng: random.Random) -> str | None:
    found = _implemented(project, rng)
    if found is None:
        return None
    old, found[1].result = found[1].result, rng.choice([r for r in ("own", "int", "str") if r != found[1].result])
    return f"{found[0].key}: {old} -> {found[1].result}"


@edit(1)
def change_result_fields(project: Project, rng: random.Random) -> str | None:
    found = _implemented(project, rng)
    if found is None or found[1].result != "own":
        return None
    found[0].fields = [f"field_{project.next()}"] if "done" in found[0].fields else ["done"]
    return f"{found[0].key}: {found[0].fields}"


@edit(2)
def change_registration(project: Project, rng: random.Random) -> str | None:
    found = _implemented(project, rng)
    if found is None:
        return None
    styles = [*("register_task", "method", "raw_method", "shared_task", "app_task", "class")]
    styles += ["wrapped", "inherited", "elsewhere"]
    old, found[1].style = found[1].style, rng.choice([s for s in styles if s != found[1].style])
    return f"{found[0].key}: {old} -> {found[1].style}"


@edit(3)
def change_registered_name(project: Project, rng: random.Random) -> str | None:
    """An edit inside ``register()`` alone: no type of the module changes."""
    found = _implemented(project, rng)
    if found is None:
        return None
    task, implementation = found
    names = ["member", task.value, f"other_{project.next()}"] + ["constant"] * task.by_constant
    old, implementation.named_by = (
        implementation.named_by,
        rng.choice([n for n in names if n != implementation.named_by]),
    )
    return f"{task.key}: {old} -> {implementation.named_by}"


@edit(3)
def change_option(project: Project, rng: random.Random) -> str | None:
    """What decorators say of the parameters, which no type tells."""
    found = _implemented(project, rng, decorated=True)
    if found is None:
        return None
    old, found[1].option = found[1].option, rng.choice([o for o in ("", "loose", "untyped") if o != found[1].option])
    return f"{found[0].key}: {old or 'none'} -> {found[1].option or 'none'}"


@edit(2)
def register_again(project: Project, rng: random.Random) -> str | None:
    """A second registration in another file."""
    found = _implemented(project, rng, decorated=True)
    if found is None:
        return None
    found[1].again = not found[1].again
    return f"{found[0].key}: {found[1].again}"


@edit(1)
def compute_name(project: Project, rng: random.Random) -> str | None:
    """A registration under a name that is known at run time alone: it may be that of any task."""
    project.computed = not project.computed
    return f"{project.computed}"


@edit(1)
def remove_implementation(project: Project, rng: random.Random) -> str | None:
    found = _implemented(project, rng)
    if found is None:
        return None
    found[0].implementation = None
    return found[0].key


@edit(1)
def move_implementation(project: Project, rng: random.Random) -> str | None:
    found = _implemented(project, rng)
    others = [m for m in project.modules if found is not None and m != found[1].module]
    if found is None or not others:
        return None
    old, found[1].module = found[1].module, rng.choice(others)
    if rng.random() < 0.5:
        found[0].result_module = found[1].module
    return f"{found[0].key}: {old} -> {found[1].module}"


@edit(1)
def touch_body(project: Project, rng: random.Random) -> str | None:
    """A docstring in the controller: nothing may change but lines below it."""
    found = _implemented(project, rng)
    if found is None:
        return None
    found[1].documented = not found[1].documented
    return found[0].key


@edit(2)
def move_lines(project: Project, rng: random.Random) -> str | None:
    """Comment lines above a definition or a file: only line numbers change."""
    if rng.random() < 0.5:
        found = _implemented(project, rng)
        if found is None:
            return None
        found[1].blank_lines += 1
        return found[0].key
    homes = ["shop/registry.py", "shop/more_registry.py", "shop/names.py", "shop/calls_2.py"]
    path = rng.choice(homes + [f"shop/{m.replace('.', '/')}.py" for m in project.modules])
    project.comment_lines[path] = project.comment_lines.get(path, 0) + 1
    return path
