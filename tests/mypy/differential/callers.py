"""The callers of a generated project as text.

Law: every way to call a task that users write. What a task looks like now is not its business.
"""

from __future__ import annotations

from .state import VALUES, Call, Project

__all__ = ["PACKAGE", "render_calls", "render_holder"]

PACKAGE = "shop"


def render_holder(project: Project) -> str:
    """A class whose attributes have the types of properties without saying so."""
    lines = [f"from {PACKAGE}.{project.registry_modules[0]} import FirstRegistry"]
    lines += [f"from {PACKAGE}.{project.registry_modules[1]} import SecondRegistry", "", "", "class Holder:"]
    lines += ["    def __init__(self, first: FirstRegistry, second: SecondRegistry) -> None:"]
    own = [task for task in project.tasks if task.attribute is not None]
    lines += [f"        self.kept_{t.attribute} = {('first', 'second')[t.registry]}.{t.attribute}" for t in own] or [
        "        pass"
    ]
    return "\n".join(lines) + "\n"


def render_calls(project: Project, index: int, home: str) -> str:
    """One module of calls; ``home`` is the module of the enum."""
    own = [call for call in project.calls if call.module == index]
    used = [(0,), (1,), (0, 1), ()][index]
    head = ["from __future__ import annotations", "", "from celery import Celery, signature", ""]
    if any(call.kind in ("send_task", "item", "signature") for call in own):
        head.append(f"from {home} import TaskName")
    if any(call.kind == "held" for call in own):
        head.append(f"from {PACKAGE}.holder import Holder")
    for number in used:
        head.append(f"from {PACKAGE}.{project.registry_modules[number]} import {('First', 'Second')[number]}Registry")
    functions = [_call(project, call, number, used) for number, call in enumerate(own)]
    return "\n".join(head) + "\n\n" + "\n".join(functions)


def _call(project: Project, call: Call, number: int, used: tuple[int, ...]) -> str:
    task = project.task(call.task)
    registry = min(used, default=0) if task is None or task.registry not in used else task.registry
    receiver = f"{('first', 'second')[registry]}.{call.attribute}"
    positional = ", ".join(VALUES[p.type] for p in call.arguments)
    keywords = ", ".join(f"{p.name}={VALUES[p.type]}" for p in call.arguments)
    pairs = ", ".join(f'"{p.name}": {VALUES[p.type]}' for p in call.arguments)
    text = {
        "delay": f"{receiver}.delay({positional})",
        "keyword": f"{receiver}.delay({keywords})",
        "args": f"{receiver}.apply_async(args=[{positional}], countdown=1)",
        "kwargs": f"{receiver}.apply_async(kwargs={{{pairs}}})",
        "si": f"{receiver}.si({positional})",
        "send_task": f"app.send_task(TaskName.{call.member}, args=[{positional}])",
        "signature": f"signature(TaskName.{call.member}.value, args=[{positional}])",
        "direct": f"run_{call.task}.delay({positional})",
        "direct_keyword": f"run_{call.task}.apply_async(kwargs={{{pairs}}})",
        "result": f"{receiver}.delay({positional}).get()",
        "variable": f"delay = {receiver}.delay\n    delay({positional})",
        "item": f"app.tasks[TaskName.{call.member}].apply_async(args=[{positional}])",
        "text": f'app.send_task("{call.value}", args=[{positional}])',
        "held": f"Holder(first, second).kept_{call.attribute}.delay({keywords})",
    }[call.kind]
    if call.kind == "result":
        text = f'done: int = {text}["done"]' if call.result == "own" else f"value: {call.result} = {text}"
    if call.kind.startswith("direct"):
        text = f"from {PACKAGE}.{call.home} import run_{call.task}\n    {text}"
    arguments = "".join(f"{('first', 'second')[n]}: {('First', 'Second')[n]}Registry, " for n in used)
    return f"def call_{number}({arguments}app: Celery) -> None:\n    {text}\n"
