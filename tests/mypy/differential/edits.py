"""The edits of a working day, each on one place of a generated project.

Law: an edit is chosen and filled by its own number alone, so that others can be dropped and it stays itself.
It returns what it did in a few words, or None where there is nothing to do it on.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from .state import TYPES, WORDS, Implementation, Param, Project, Task, declare, new_call, new_task

__all__ = ["EDITS", "History"]

Edit = Callable[[Project, random.Random], "str | None"]
EDITS: dict[str, tuple[int, Edit]] = {}


def edit(weight: int = 1) -> Callable[[Edit], Edit]:
    def remember(function: Edit) -> Edit:
        EDITS[function.__name__] = (weight, function)
        return function

    return remember


class History:
    """A project and what it was before each edit that has not been taken back."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.earlier: list[Project] = []

    def step(self, number: int) -> str | None:
        """Apply the edit that a number stands for."""
        rng = random.Random(number)
        # Beside an error in the syntax mypy says nothing else.
        chance = 0.0 if self.project.broken is not None else rng.random()
        if chance < 0.35 and self.earlier:
            self.project = self.earlier.pop()
            return "take back the last edit"
        before = self.project.copy()
        if chance < 0.4:
            did: str | None = _mend_everything(self.project, rng)
        else:
            names = list(EDITS)
            name = rng.choices(names, [EDITS[n][0] for n in names])[0]
            did = EDITS[name][1](self.project, rng)
            did = None if did is None else f"{name}: {did}"
        if did is None:
            self.project = before
        else:
            self.earlier.append(before)
        return did


def _implemented(project: Project, rng: random.Random) -> tuple[Task, Implementation] | None:
    tasks = [task for task in project.tasks if task.implementation is not None]
    if not tasks:
        return None
    task = rng.choice(tasks)
    assert task.implementation is not None
    return task, task.implementation


def _path(module: str) -> str:
    return f"shop/{module.replace('.', '/')}.py"


# -- the controller's side ---------------------------------------------------------------------------------------


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
    styles = ("register_task", "method", "raw_method", "shared_task", "app_task", "class")
    styles += ("wrapped", "inherited", "elsewhere")
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
    path = rng.choice(homes + [_path(m) for m in project.modules])
    project.comment_lines[path] = project.comment_lines.get(path, 0) + 1
    return path


# -- the names ---------------------------------------------------------------------------------------------------


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


# -- the registry ------------------------------------------------------------------------------------------------


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


# -- whole files -------------------------------------------------------------------------------------------------


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
        task.implementation = new_task(project.serial, module, task.registry, rng).implementation
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
    project.broken = _path(rng.choice(project.modules)) if project.modules and rng.random() < 0.5 else "shop/calls_1.py"
    return project.broken


@edit(1)
def change_setting(project: Project, rng: random.Random) -> str | None:
    code = rng.choice(("task-result", "task-signature", "task-unregistered"))
    level = rng.choice(("off", "warning", "error"))
    project.severity = {} if project.severity else {code: level}
    return f"{project.severity}"


# -- the callers -------------------------------------------------------------------------------------------------


@edit(1)
def add_call(project: Project, rng: random.Random) -> str | None:
    call = new_call(project, rng.choice((0, 1, 2)), rng)
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


def _mend_everything(project: Project, rng: random.Random) -> str:
    """Everything agrees again, whatever was wrong."""
    project.broken = None
    project.severity = {}
    project.tasks = [task for task in project.tasks if task.implementation is not None]
    values: set[str] = set()
    for task in project.tasks:
        assert task.implementation is not None
        if task.value in values:
            task.value = f"{task.key}.v{project.next()}"
        values.add(task.value)
        task.member, task.attribute, task.named_by = task.key.upper(), task.attribute or task.key, "member"
        task.implementation.named_by = "member"
        if task.implementation.style == "raw_method":
            task.implementation.style = "register_task"
        task.implementation.params.sort(key=lambda p: p.default)
        declare(task)
        task.fields = ["done"]
    project.calls = [c for m in (0, 0, 1, 1, 2, 2, 2) if (c := new_call(project, m, rng)) is not None]
    return "mend everything"
