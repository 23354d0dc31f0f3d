"""Generated projects: n tasks in k controllers, m call sites, written as users write a registry.

Law: this module writes and edits source text; it never runs a checker and never measures.
The text is a function of the ``Shape`` alone, and stock mypy accepts all of it.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

__all__ = ["Layout", "Project", "Shape", "write_plain_project", "write_project"]

CALLS_PER_FUNCTION = 5
FUNCTIONS_PER_MODULE = 20

# The parameters of task i are those of row i modulo the number of rows.
PARAMETERS: tuple[tuple[tuple[str, str], ...], ...] = (
    (("days_old", "int"),),
    (("to", "str"), ("subject", "str"), ("body", "str")),
    (("order_id", "int"), ("note", "str | None")),
    (("amounts", "list[int]"), ("currency", "str"), ("rate", "float")),
    (),
    (("user_id", "int"), ("settings", "dict[str, str]")),
    (("path", "str"), ("size", "int"), ("ratio", "float"), ("tags", "list[int]")),
)

# Right arguments for each type, made of what every caller function has at hand.
ARGUMENTS: dict[str, tuple[str, ...]] = {
    "int": ("number", "number + 3", "len(text)", "17", "sum(amounts)"),
    "str": ("text", 'f"order {number}"', "text.strip().title()", '"welcome"', 'labels.get("subject", text)'),
    "str | None": ("None", "text or None", '"gift"'),
    "float": ("ratio", "ratio * 2", "0.5"),
    "list[int]": ("amounts", "[number, 2]", "[value for value in amounts if value]"),
    "dict[str, str]": ("labels", '{"theme": text}', "{**labels}"),
}


class Layout(Enum):
    """Where the enum and the result types live, which decides the import cycles."""

    SEED = "seed"
    """The enum in the registry's module, the results in the controllers' modules: a cycle in any case."""
    SPLIT = "split"
    """The enum and the results in modules of their own: no cycle anywhere."""
    JOINED = "joined"
    """The enum in the registry's module, the results apart: a cycle only where the registry depends on controllers."""


@dataclass(frozen=True)
class Shape:
    """How large a project is and how its modules hang together."""

    tasks: int = 1000
    calls: int = 10_000
    controllers: int = 50
    layout: Layout = Layout.SEED
    keyword_share: int = 0
    """How many of 100 registry calls give their arguments by keyword; stock mypy rejects those."""


class Project:
    """A generated project on disk. Every edit changes the text each time it is called."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._edits = 0

    @property
    def package(self) -> Path:
        """The directory of the package ``shop``."""
        return self.root / "shop"

    def edit_call_site(self) -> None:
        """Change one argument in one caller module."""
        self._replace(self.package / "callers" / "module_0000.py", "MARK = ", f"MARK = {self._next()}")

    def edit_controller_body(self) -> None:
        """Change a local constant in a controller's method; no signature changes."""
        self._replace(
            self.package / "controllers" / "group_000.py", "        weight = ", f"        weight = {self._next()}"
        )

    def rename_controller_parameter(self) -> None:
        """Rename the parameter of the first task, which its callers give by position."""
        self._replace(
            self.package / "controllers" / "group_000.py",
            "    def days_0000(self, ",
            f"    def days_0000(self, days_old_{self._next()}: int) -> Outcome0000:",
        )

    def rename_plain_parameter(self) -> None:
        """Rename the parameter of a plain function with the same callers as the first task."""
        self._replace(
            self.package / "plain_narrow.py", "def narrow(", f"def narrow(days_old_{self._next()}: int) -> int:"
        )

    def rename_popular_parameter(self) -> None:
        """Rename the parameter of a plain function called once in every module that uses the registry."""
        self._replace(
            self.package / "plain_popular.py", "def popular(", f"def popular(days_old_{self._next()}: int) -> int:"
        )

    def _next(self) -> int:
        self._edits += 1
        return self._edits

    def _replace(self, path: Path, start: str, line: str) -> None:
        """Put ``line`` in the place of the only line that begins with ``start``."""
        lines = path.read_text(encoding="utf-8").splitlines()
        places = [index for index, text in enumerate(lines) if text.startswith(start)]
        if len(places) != 1:
            raise ValueError(f"{path.name}: {len(places)} lines begin with {start!r}")
        lines[places[0]] = line
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        # mypy compares sizes and whole seconds; a benchmark edits more often than that.
        changed = int(time.time()) + 10 * self._edits
        os.utime(path, (changed, changed))


def write_project(root: Path, shape: Shape) -> Project:
    """Write a Celery project of this shape into the empty directory ``root``."""
    project = Project(root)
    for name, text in _modules(shape).items():
        path = project.package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return project


def write_plain_project(root: Path, shape: Shape) -> Project:
    """Write the same amount of code without Celery: plain functions, called as often."""
    package = root / "shop"
    (package / "callers").mkdir(parents=True)
    for name in ("__init__.py", "callers/__init__.py"):
        (package / name).write_text("", encoding="utf-8")
    for group in range(shape.controllers):
        text = ["from __future__ import annotations", "", "from dataclasses import dataclass", ""]
        for task in _tasks_of(group, shape):
            text += [*_outcome(task), *_function(task)]
        _write(package / f"group_{group:03}.py", text)
    for module in range(_caller_modules(shape)):
        text = ["from __future__ import annotations", ""]
        sites = range(module * _calls_per_module(), min(shape.calls, (module + 1) * _calls_per_module()))
        called = {_task_of(site, shape) for site in sites}
        for group in sorted({_group_of(task, shape) for task in called}):
            names = ", ".join(f"run_{task:04}" for task in sorted(called) if _group_of(task, shape) == group)
            text += [f"from shop.group_{group:03} import {names}"]
        text += ["", f"MARK = {module}", ""]
        for start in range(sites.start, sites.stop, CALLS_PER_FUNCTION):
            text += [f"def place_{start}({_CALLER_PARAMETERS}) -> None:"]
            for site in range(start, min(start + CALLS_PER_FUNCTION, sites.stop)):
                task = _task_of(site, shape)
                text += [f"    run_{task:04}({', '.join(_arguments(task, site))})"]
            text += [""]
        _write(package / "callers" / f"module_{module:04}.py", text)
    return Project(root)


_CALLER_PARAMETERS = "number: int, text: str, ratio: float, amounts: list[int], labels: dict[str, str]"


def _write(path: Path, lines: list[str]) -> None:
    path.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def _calls_per_module() -> int:
    return CALLS_PER_FUNCTION * FUNCTIONS_PER_MODULE


def _caller_modules(shape: Shape) -> int:
    return max(1, -(-shape.calls // _calls_per_module()))


def _group_of(task: int, shape: Shape) -> int:
    return task * shape.controllers // shape.tasks


def _tasks_of(group: int, shape: Shape) -> list[int]:
    return [task for task in range(shape.tasks) if _group_of(task, shape) == group]


def _task_of(site: int, shape: Shape) -> int:
    # A stride without a common factor spreads the calls of one module over many controllers.
    return (site * 7919) % shape.tasks


def _arguments(task: int, site: int) -> list[str]:
    return [
        ARGUMENTS[kind][(site + index) % len(ARGUMENTS[kind])]
        for index, (_, kind) in enumerate(PARAMETERS[task % len(PARAMETERS)])
    ]


def _task_name(task: int) -> str:
    return f"{'days' if task % len(PARAMETERS) == 0 else 'task'}_{task:04}"


def _modules(shape: Shape) -> dict[str, str]:
    seed = shape.layout is Layout.SEED
    enum = [
        "class TaskName(str, Enum):",
        *(f'    {_task_name(task).upper()} = "shop.{_task_name(task)}"' for task in range(shape.tasks)),
        "",
    ]
    modules: dict[str, list[str]] = {"__init__.py": [], "callers/__init__.py": [], "controllers/__init__.py": []}
    modules["plain_narrow.py"] = ["def narrow(days_old: int) -> int:", "    return 1"]
    modules["plain_popular.py"] = ["def popular(days_old: int) -> int:", "    return 1"]
    modules["registry.py"] = _registry(shape, enum)
    if shape.layout is Layout.SPLIT:
        modules["names.py"] = ["from enum import Enum", "", *enum]
    if not seed:
        outcomes = [line for task in range(shape.tasks) for line in _outcome(task)]
        modules["outcomes.py"] = ["from dataclasses import dataclass", "", *outcomes]
    for group in range(shape.controllers):
        modules[f"controllers/group_{group:03}.py"] = _controller(group, shape)
    modules["app.py"] = [
        "from celery import Celery",
        "",
        *(f"from shop.controllers.group_{group:03} import Group{group:03}" for group in range(shape.controllers)),
        "",
        'app = Celery("shop")',
        *(f"Group{group:03}({group}).register(app)" for group in range(shape.controllers)),
    ]
    for module in range(_caller_modules(shape)):
        modules[f"callers/module_{module:04}.py"] = _caller(module, shape)
    return {name: "\n".join(lines).rstrip() + "\n" for name, lines in modules.items()}


def _enum_module(shape: Shape) -> str:
    return "shop.names" if shape.layout is Layout.SPLIT else "shop.registry"


def _outcome_module(group: int, shape: Shape) -> str:
    return f"shop.controllers.group_{group:03}" if shape.layout is Layout.SEED else "shop.outcomes"


def _registry(shape: Shape, enum: list[str]) -> list[str]:
    lines = ["from __future__ import annotations", ""]
    if shape.layout is not Layout.SPLIT:
        lines += ["from enum import Enum"]
    lines += ["from typing import TYPE_CHECKING", "", "from celery import Task", ""]
    lines += ["from celery_registry import BaseTasksRegistry"]
    if shape.layout is Layout.SPLIT:
        lines += ["from shop.names import TaskName"]
    lines += ["", "if TYPE_CHECKING:"]
    for group in range(shape.controllers):
        names = ", ".join(f"Outcome{task:04}" for task in _tasks_of(group, shape))
        lines += [f"    from {_outcome_module(group, shape)} import {names}"]
    lines += ["", ""]
    if shape.layout is not Layout.SPLIT:
        lines += [*enum, ""]
    lines += ["class TasksRegistry(BaseTasksRegistry):"]
    for task in range(shape.tasks):
        parameters = PARAMETERS[task % len(PARAMETERS)]
        lines += [
            "    @property",
            f"    def {_task_name(task)}(self) -> Task[[{', '.join(kind for _, kind in parameters)}], Outcome{task:04}]:",
        ]
        if parameters and task % 2:
            lines += ['        """', "        Args:"]
            lines += [f"            {name}: What {name.replace('_', ' ')} says" for name, _ in parameters]
            lines += ['        """']
        lines += [f"        return self._get_task_by_name(TaskName.{_task_name(task).upper()})", ""]
    return lines


def _outcome(task: int) -> list[str]:
    return ["@dataclass(frozen=True)", f"class Outcome{task:04}:", "    done: int", "    detail: str", "", ""]


def _signature(task: int) -> str:
    return ", ".join(f"{name}: {kind}" for name, kind in PARAMETERS[task % len(PARAMETERS)])


def _body(task: int, indent: str) -> list[str]:
    """A method's worth of ordinary code."""
    names = [name for name, _ in PARAMETERS[task % len(PARAMETERS)]]
    lines = [
        "seen: dict[str, int] = {}",
        "for index in range(10):",
        f'    key = f"{{index}}-{task}"',
        "    if index % 3 == 0:",
        "        seen[key] = seen.get(key, 0) + index",
        "    elif key in seen:",
        "        del seen[key]",
        "detail = ', '.join(sorted(seen))",
        f"return Outcome{task:04}(done=len(seen), detail=detail or {str(names)!r})",
    ]
    return [indent + line for line in lines]


def _function(task: int) -> list[str]:
    return [f"def run_{task:04}({_signature(task)}) -> Outcome{task:04}:", *_body(task, "    "), "", ""]


def _controller(group: int, shape: Shape) -> list[str]:
    """Bound methods through register_task; of five groups, one decorates with app.task and one with shared_task."""
    shared = group % 5 == 4
    decorated = group % 5 == 3
    tasks = _tasks_of(group, shape)
    lines = ["from __future__ import annotations", ""]
    if shape.layout is Layout.SEED:
        lines += ["from dataclasses import dataclass", ""]
    lines += [f"from celery import Celery{', shared_task' if shared else ''}", ""]
    if not shared and not decorated:
        lines += ["from celery_registry import register_task"]
    if shape.layout is not Layout.SEED:
        lines += [f"from shop.outcomes import {', '.join(f'Outcome{task:04}' for task in tasks)}"]
    lines += [f"from {_enum_module(shape)} import TaskName", "", ""]
    if shape.layout is Layout.SEED:
        lines += [line for task in tasks for line in _outcome(task)]
    if shared:
        for task in tasks:
            lines += [f"@shared_task(name=TaskName.{_task_name(task).upper()})"]
            lines += [f"def {_task_name(task)}({_signature(task)}) -> Outcome{task:04}:", *_body(task, "    "), "", ""]
    lines += [f"class Group{group:03}:", "    def __init__(self, size: int) -> None:", "        self.size = size", ""]
    if shared:
        return [*lines, "    def register(self, app: Celery) -> None:", "        app.set_default()"]
    if decorated:
        lines += ["    def register(self, app: Celery) -> None:"]
        for task in tasks:
            lines += [f"        @app.task(name=TaskName.{_task_name(task).upper()})"]
            lines += [f"        def {_task_name(task)}({_signature(task)}) -> Outcome{task:04}:"]
            lines += [*_body(task, "            "), ""]
        return lines
    for task in tasks:
        parameters = f"self, {_signature(task)}" if _signature(task) else "self"
        lines += [f"    def {_task_name(task)}({parameters}) -> Outcome{task:04}:"]
        lines += ["        weight = 0"] if task == 0 else []
        lines += [*_body(task, "        "), ""]
    lines += ["    def register(self, app: Celery) -> None:"]
    for task in tasks:
        lines += [f"        register_task(app, TaskName.{_task_name(task).upper()}, self.{_task_name(task)})"]
    return lines


def _caller(module: int, shape: Shape) -> list[str]:
    sites = range(module * _calls_per_module(), min(shape.calls, (module + 1) * _calls_per_module()))
    lines = ["from __future__ import annotations", ""]
    if any(_task_of(site, shape) == 0 for site in sites):
        lines += ["from shop.plain_narrow import narrow"]
    lines += ["from shop.plain_popular import popular", "from shop.registry import TasksRegistry", ""]
    lines += [f"MARK = {module}", "", f"popular({module})", "", ""]
    lines += [f"class Orders{module:04}:", "    def __init__(self, tasks: TasksRegistry) -> None:"]
    lines += ["        self._tasks = tasks", ""]
    for start in range(sites.start, sites.stop, CALLS_PER_FUNCTION):
        lines += [f"    def place_{start}(self, {_CALLER_PARAMETERS}) -> list[str]:", "        ids: list[str] = []"]
        for site in range(start, min(start + CALLS_PER_FUNCTION, sites.stop)):
            task = _task_of(site, shape)
            lines += [f"        ids.append(self._tasks.{_task_name(task)}.{_call(task, site, shape)}.id)"]
            lines += [f"        narrow({site})"] if task == 0 else []
        lines += ["        return ids", ""]
    return lines


def _call(task: int, site: int, shape: Shape) -> str:
    arguments = _arguments(task, site)
    names = [name for name, _ in PARAMETERS[task % len(PARAMETERS)]]
    named = list(zip(names, arguments, strict=True))
    # The first task's parameter is renamed by an edit, so its callers never name it.
    if task != 0 and site * 37 % 100 < shape.keyword_share:
        return f"delay({', '.join(f'{name}={argument}' for name, argument in named)})"
    as_tuple = f"({', '.join(arguments)}{',' if len(arguments) == 1 else ''})"
    form = site % 10
    if form in (6, 7) and arguments:
        return f"apply_async({as_tuple}, countdown=30)"
    if form == 8 and arguments and task != 0:
        return "apply_async(kwargs={" + ", ".join(f'"{name}": {argument}' for name, argument in named) + "})"
    if form == 9 and arguments:
        return f'apply_async(args={as_tuple}, queue="slow", retry=True)'
    return f"delay({', '.join(arguments)})"
