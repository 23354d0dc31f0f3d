"""Random drifts in generated registries: each is reported, and nothing else is."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest
from celery import _state
from hypothesis import HealthCheck, given, settings, strategies as st

from celery_registry.guard import check

# Types of which no two may stand for one another.
TYPES = ("int", "str", "bytes", "list[int]", "dict[str, int]", "Sent", "Cleaned", "uuid.UUID")
HEAD = """
from __future__ import annotations
import functools, uuid
from enum import Enum
from celery import Celery, Task
from celery_registry import BaseTasksRegistry, register_task
class Sent: ...
class Cleaned: ...
app = Celery("drifts", broker="memory://", set_as_current=False)
"""
DRIFTS = {
    "none": (),
    "unregistered": ("name-not-registered",),
    "no property": ("name-without-property",),
    "surplus": ("too-many-declared",),
    "missing": ("too-few-declared",),
    "type": ("parameter-type",),
    "result": ("result-type",),
    "document": ("documented-name",),
}
FORMS = ("function", "bind", "method", "class", "autoretry")

types = st.sampled_from(TYPES)


@st.composite
def tasks(draw: st.DrawFn) -> dict[str, object]:
    """One task: what is implemented, how, and how its declaration drifts from it."""
    return {
        "parameters": draw(st.lists(types, max_size=4)),
        "optional": draw(st.lists(types, max_size=2)),
        "result": draw(types),
        "form": draw(st.sampled_from(FORMS)),
        "drift": draw(st.sampled_from(tuple(DRIFTS))),
        "declared": draw(st.integers(0, 2)),
        "at": draw(st.integers(0, 3)),
        "quoted": draw(st.booleans()),
        "open": draw(st.booleans()),
    }


def other(kind: str, step: int) -> str:
    return TYPES[(TYPES.index(kind) + 1 + step % (len(TYPES) - 1)) % len(TYPES)]


def write(number: int, task: dict) -> tuple[str, str, str, set[tuple[str, str]]]:
    """Member, property and code of a task, and the findings its drift makes."""
    name, form, drift, at = f"task_{number}", task["form"], task["drift"], task["at"]
    required, optional = task["parameters"], task["optional"]
    declared = required + optional[: task["declared"]]
    result = task["result"]
    if drift == "type" and not declared:
        drift = "surplus"
    if drift == "missing" and not required:
        drift = "surplus"
    if drift == "surplus":
        declared = required + optional + [TYPES[at]]
    elif drift == "missing":
        declared = required[:-1]
    elif drift == "type":
        place = at % len(declared)
        declared = [*declared[:place], other(declared[place], at), *declared[place + 1 :]]
    elif drift == "result":
        result = other(result, at)
    inner = ", ".join(declared)
    annotation = f"Task[[{inner}], {result}]"
    if task["open"] and drift in ("none", "result"):
        annotation = f"Task[..., {result}]"
    if task["quoted"]:
        annotation = f'"{annotation}"'
    document = '\n        """Do.\n\n        Args:\n            nobody: ...\n        """' if drift == "document" else ""
    parameters = [f"p{i}: {kind}" for i, kind in enumerate(required)]
    parameters += [f"q{i}: {kind} = ..." for i, kind in enumerate(optional)]
    member = f'    {name.upper()} = "{name}"\n'
    getter = f"    @property\n    def {name}(self) -> {annotation}:{document}\n        return self._get_task_by_name(TaskName.{name.upper()})\n"
    if drift == "no property":
        getter = ""
    arguments = ", ".join(parameters)
    with_self = ", ".join(["self", *parameters])
    returned = task["result"]
    code = {
        "function": f'@app.task(name="{name}")\ndef {name}({arguments}) -> {returned}: ...\n',
        "autoretry": f'@app.task(name="{name}", autoretry_for=(OSError,))\ndef {name}({arguments}) -> {returned}: ...\n',
        "bind": f'@app.task(name="{name}", bind=True)\ndef {name}({with_self}) -> {returned}: ...\n',
        "method": f"class C{number}:\n    def run(self, {arguments}) -> {returned}: ...\nregister_task(app, '{name}', C{number}().run)\n",
        "class": f"class K{number}(Task):\n    name = '{name}'\n    def run(self, {arguments}) -> {returned}: ...\napp.register_task(K{number}())\n",
    }[form]
    if drift == "unregistered":
        code = ""
    return member, getter, code, {(problem, name) for problem in DRIFTS[drift]}


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("drifts")


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(tasks(), min_size=1, max_size=8))
def test_each_drift_is_reported_and_nothing_else(directory: Path, drawn: list[dict]) -> None:
    written = [write(number, task) for number, task in enumerate(drawn)]
    members, getters, codes, expected = zip(*written, strict=True)
    text = (
        f"{HEAD}\nclass TaskName(str, Enum):\n    ZERO = 'zero'\n{''.join(members)}\n"
        "class TasksRegistry(BaseTasksRegistry):\n"
        "    @property\n    def zero(self) -> Task[[], None]:\n        return self._get_task_by_name(TaskName.ZERO)\n"
        f"{''.join(getters)}\n@app.task(name='zero')\ndef zero() -> None: ...\n{''.join(codes)}"
    )
    path = directory / "drifts.py"
    path.write_text(text, encoding="utf-8")
    module = ModuleType("__main__")
    module.__file__ = str(path)
    shared = set(_state._on_app_finalizers)
    try:
        exec(compile(text, str(path), "exec"), vars(module))
        found = check(module.app, module.TasksRegistry, module.TaskName)
    finally:
        _state._on_app_finalizers.clear()
        _state._on_app_finalizers.update(shared)
    assert {(f.problem, f.task) for f in found} == set().union(*expected), text
    assert len(found) == len(set().union(*expected)), text
