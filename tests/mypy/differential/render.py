"""A generated project as files.

Law: the same project gives the same text. It knows how users write a registry and nothing about mypy.
"""

from __future__ import annotations

from .callers import PACKAGE, render_calls, render_holder
from .state import CALLERS, VALUES, Implementation, Param, Project, Task

__all__ = ["CONFIGURATION", "render"]

CONFIGURATION = "[mypy]\nstrict = True\nplugins = celery_registry.mypy\n"

_ENUM = "from enum import StrEnum\n\n\nclass TaskName(StrEnum):"
_OLD_ENUM = "from enum import Enum\n\n\nclass TaskName(str, Enum):"


def render(project: Project) -> dict[str, str]:
    """Relative path -> text."""
    files = {
        "mypy.ini": CONFIGURATION + _settings(project),
        f"{PACKAGE}/__init__.py": "",
        f"{PACKAGE}/tasks/__init__.py": "",
        f"{PACKAGE}/app.py": 'from celery import Celery\n\napp = Celery("shop")\n',
        f"{PACKAGE}/values.py": _constants(project),
        f"{PACKAGE}/constants.py": _reexport(project),
        f"{PACKAGE}/wrappers.py": _WRAPPERS,
        f"{PACKAGE}/jobs.py": _jobs(project),
        f"{PACKAGE}/again.py": _again(project),
        f"{PACKAGE}/holder.py": render_holder(project),
    }
    if project.enum_home == "names":
        files[f"{PACKAGE}/names.py"] = _imports_of_names(project) + _enum(project)
    for index in (0, 1):
        files[f"{PACKAGE}/{project.registry_modules[index]}.py"] = _registry(project, index)
    for module in project.modules:
        files[_path(module)] = _controllers(project, module)
    for index in sorted(set(CALLERS)):
        files[f"{PACKAGE}/calls_{index}.py"] = render_calls(project, index, _home(project))
    files[f"{PACKAGE}/main.py"] = _main(project)
    for path, count in project.comment_lines.items():
        if path in files:
            files[path] = "# moved\n" * count + files[path]
    if project.broken in files:
        files[project.broken or ""] += "\ndef broken(:\n"
    return files


_WRAPPERS = """import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def timed(function: Callable[P, R]) -> Callable[P, R]:
    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        return function(*args, **kwargs)

    return run


def loose(function: Callable[..., R]) -> Callable[..., R]:
    return function
"""


def _again(project: Project) -> str:
    """Tasks that are registered a second time, far from where they are written, and one under any name."""
    own = [(t.key, t.implementation) for t in project.tasks if t.implementation is not None and t.implementation.again]
    twice = [(key, implementation) for key, implementation in own if implementation.decorated]
    lines = [f"from {PACKAGE}.{implementation.module} import run_{key}" for key, implementation in twice]
    lines += ["", *(f'app.task(name="{key}.again")(run_{key})' for key, _ in twice)]
    lines += ["", "", "def late(name: str) -> None:"]
    lines += ["    app.task(name=name)(late)" if project.computed else "    print(app.main, name)"]
    return "\n".join([f"from {PACKAGE}.app import app", *lines]) + "\n"


def _settings(project: Project) -> str:
    if not project.severity:
        return ""
    rows = [f"  {code}: {level}" for code, level in sorted(project.severity.items())]
    return "\n".join(["", "[celery-registry]", "severity =", *rows]) + "\n"


def _path(module: str) -> str:
    return f"{PACKAGE}/{module.replace('.', '/')}.py"


def _home(project: Project) -> str:
    return f"{PACKAGE}.{'names' if project.enum_home == 'names' else project.registry_modules[0]}"


def _constants(project: Project) -> str:
    lines = ["from typing import Final", ""]
    lines += [f'{task.constant}: Final = "{task.value}"' for task in project.tasks if task.by_constant]
    return "\n".join(lines) + "\n"


def _reexport(project: Project) -> str:
    if project.star_import:
        return f"from {PACKAGE}.values import *\n"
    names = [task.constant for task in project.tasks if task.by_constant]
    return "".join(f"from {PACKAGE}.values import {name} as {name}\n" for name in names)


def _jobs(project: Project) -> str:
    """What controllers of other modules inherit or register."""
    lines = ["from __future__ import annotations", ""]
    for task in project.tasks:
        implementation = task.implementation
        if implementation is None or implementation.style not in ("inherited", "elsewhere"):
            continue
        result, value = _outcome(task, implementation)
        lines += _result_class(task, implementation) if result == _result_name(task) else []
        if implementation.style == "elsewhere":
            lines += [f"def run_{task.key}{_signature(implementation.ordered)} -> {result}:", f"    return {value}", ""]
        else:
            lines += [f"class {result_stem(task)}Base:"]
            lines += [f"    def run_{task.key}{_signature(implementation.ordered, 'self')} -> {result}:"]
            lines += [f"        return {value}", ""]
    if any("TypedDict" in line for line in lines):
        lines.insert(1, "from typing import TypedDict")
    return "\n".join(lines) + "\n"


def result_stem(task: Task) -> str:
    return _result_name(task).removesuffix("Result")


def _imports_of_names(project: Project) -> str:
    return f"from {PACKAGE} import constants\n" if any(t.by_constant for t in project.tasks) else ""


def _enum(project: Project) -> str:
    lines = [_ENUM if project.str_enum else _OLD_ENUM]
    for task in project.tasks:
        if task.member is not None:
            lines.append(
                f"    {task.member} = " + (f"constants.{task.constant}" if task.by_constant else f'"{task.value}"')
            )
    if len(lines) == 1:
        lines.append("    pass")
    return "\n".join(lines) + "\n"


def _name(named_by: str, task: Task) -> str:
    if named_by == "member":
        return f"TaskName.{task.member or task.key.upper()}"
    if named_by == "constant":
        return f"constants.{task.constant}"
    return f'"{named_by}"'


def _registry(project: Project, index: int) -> str:
    own = [task for task in project.tasks if task.registry == index and task.attribute is not None]
    head = [
        "from __future__ import annotations",
        "",
        "from typing import TYPE_CHECKING",
        "",
        "from celery import Task",
        "",
    ]
    derived = project.inherits and index == 1
    if derived:
        head += [f"from {PACKAGE}.{project.registry_modules[0]} import FirstRegistry"]
    else:
        head += ["from celery_registry import BaseTasksRegistry"]
    inside = project.enum_home == "registry" and index == 0
    if any(t.named_by == "constant" for t in own) or (inside and any(t.by_constant for t in project.tasks)):
        head.append(f"from {PACKAGE} import constants")
    if not inside:
        head.append(f"from {_home(project)} import TaskName")
    results = sorted({(t.result_module, _result_name(t)) for t in own if t.declared_result == "own"})
    if results:
        head += ["", "if TYPE_CHECKING:"]
        head += [f"    from {PACKAGE}.{module} import {name}" for module, name in results]
    body = "\n".join(head) + "\n\n"
    if inside:
        body += _enum(project) + "\n\n"
    body += f"class {('First', 'Second')[index]}Registry({'FirstRegistry' if derived else 'BaseTasksRegistry'}):\n"
    return body + ("\n".join(_property(task) for task in own) or '    """Empty."""\n')


def _property(task: Task) -> str:
    declared = "..." if task.declared is None else "[" + ", ".join(task.declared) + "]"
    result = _result_name(task) if task.declared_result == "own" else task.declared_result
    lines = ["    @property", f"    def {task.attribute}(self) -> Task[{declared}, {result}]:"]
    if task.documented is not None:
        lines += ['        """Enqueue it.', "", "        Args:"] if task.documented else ['        """Enqueue it.']
        lines += [f"            {name}: What it is" for name in task.documented] + ['        """']
    lines.append(f"        return self._get_task_by_name({_name(task.named_by, task)})")
    return "\n".join(lines) + "\n"


def _result_name(task: Task) -> str:
    return "".join(part.title() for part in task.key.split("_")) + "Result"


def _signature(params: list[Param], *first: str) -> str:
    shown = [f"{p.name}: {p.type}" + (f" = {VALUES[p.type]}" if p.default else "") for p in params]
    return "(" + ", ".join([*first, *shown]) + ")"


def _controllers(project: Project, module: str) -> str:
    own = [(t, t.implementation) for t in project.tasks if t.implementation and t.implementation.module == module]
    styles = {implementation.style for _, implementation in own}
    named = {implementation.named_by for _, implementation in own}
    head = ["from __future__ import annotations", "", "from typing import Any, TypedDict", ""]
    head.append("from celery import Celery, Task, shared_task")
    if styles & {"register_task", "wrapped", "inherited", "elsewhere"}:
        head.append("from celery_registry import register_task")
    if "constant" in named:
        head.append(f"from {PACKAGE} import constants")
    if styles & {"app_task", "class"}:
        head.append(f"from {PACKAGE}.app import app")
    for task, implementation in own:
        if implementation.style in ("inherited", "elsewhere"):
            what = f"run_{task.key}" if implementation.style == "elsewhere" else f"{result_stem(task)}Base"
            own_result = f", {_result_name(task)} as {_result_name(task)}" if implementation.result == "own" else ""
            head.append(f"from {PACKAGE}.jobs import {what}{own_result}")
    if "member" in named:
        head.append(f"from {_home(project)} import TaskName")
    if "wrapped" in styles:
        head.append(f"from {PACKAGE}.wrappers import timed")
    if any(implementation.decorated and implementation.option == "loose" for _, implementation in own):
        head.append(f"from {PACKAGE}.wrappers import loose")
    return "\n".join(head) + "\n\n" + "\n".join(_implementation(task, i) for task, i in own)


def _outcome(task: Task, implementation: Implementation) -> tuple[str, str]:
    """The type and an expression of a result."""
    if implementation.result != "own":
        return implementation.result, VALUES[implementation.result]
    name = _result_name(task)
    return name, f"{name}({', '.join(f'{field}=1' for field in task.fields)})"


def _result_class(task: Task, implementation: Implementation) -> list[str]:
    return [f"class {_result_name(task)}(TypedDict):", *(f"    {name}: int" for name in task.fields), ""]


def _implementation(task: Task, implementation: Implementation) -> str:
    lines = ["# moved"] * implementation.blank_lines
    stem = result_stem(task)
    result, value = _outcome(task, implementation)
    if implementation.result == "own" and implementation.style not in ("inherited", "elsewhere"):
        lines += _result_class(task, implementation)
    name, params = _name(implementation.named_by, task), implementation.ordered
    note = ['        """Do it."""'] if implementation.documented else []
    style = implementation.style
    if style in ("register_task", "method", "raw_method"):
        call = {
            "register_task": f"register_task(app, {name}, self.run_{task.key})",
            "method": f"app.task(name={name}, typing=False)(self.run_{task.key})",
            "raw_method": f"app.task(name={name})(self.run_{task.key})",
        }[style]
        lines += [f"class {stem}Controller:", "    def register(self, app: Celery) -> None:", f"        {call}", ""]
        lines += [f"    def run_{task.key}{_signature(params, 'self')} -> {result}:", *note, f"        return {value}"]
    elif style == "inherited":
        lines += [f"class {stem}Controller({stem}Base):", "    def register(self, app: Celery) -> None:"]
        lines += [f"        register_task(app, {name}, self.run_{task.key})"]
    elif style == "elsewhere":
        lines += [
            f"def register_{task.key}(app: Celery) -> None:",
            f"    register_task(app, {name}, run_{task.key})",
        ]
    elif style == "wrapped":
        lines += ["@timed", f"def run_{task.key}{_signature(params)} -> {result}:", f"    return {value}", "", ""]
        lines += [f"def register_{task.key}(app: Celery) -> None:", f"    register_task(app, {name}, run_{task.key})"]
    elif style == "class":
        lines += [f"class {stem}Task(Task[..., Any]):", f"    name = {name}", ""]
        lines += [f"    def run{_signature(params, 'self')} -> {result}:", *note, f"        return {value}", ""]
        lines += ["", f"app.register_task({stem}Task())"]
    else:
        decorator = "shared_task" if style == "shared_task" else "app.task"
        options = ", typing=False" * (implementation.option == "untyped")
        lines += [
            f"@{decorator}(name={name}{options})",
            *["@loose"] * (implementation.option == "loose"),
            f"def run_{task.key}{_signature(params)} -> {result}:",
            f"    return {value}",
        ]
    return "\n".join(lines) + "\n\n"


def _main(project: Project) -> str:
    """Every controller is imported somewhere, as a container does; only those that exist."""
    return "\n".join(f"import {PACKAGE}.{module}" for module in project.modules) + "\n"
