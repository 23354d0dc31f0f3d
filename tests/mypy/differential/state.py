"""What a generated project holds: task names, registries, controllers and calls.

Law: plain data that can be copied; ``render`` turns it into files and ``edits`` change it. A new one has no mistake.
"""

from __future__ import annotations

import copy
import random
from dataclasses import dataclass, field

__all__ = ["CALLERS", "TYPES", "VALUES", "Call", "Implementation", "Param", "Project", "Task", "new_project"]

VALUES = {"int": "1", "str": '"x"', "float": "1.5", "bool": "True", "list[int]": "[1]", "str | None": '"y"'}
TYPES = tuple(VALUES)
WORDS = ("to", "subject", "body", "days_old", "user_id", "limit", "path", "when", "amount", "reason", "mode", "depth")
#: The caller modules of a new project, each as often as it calls; module 3 knows no registry.
CALLERS = (0, 0, 1, 1, 2, 2, 2, 3, 3)
#: How implementations of a new project are registered; "method" is right without Celery's arity check alone.
STYLES = (
    *("register_task", "register_task", "method", "shared_task", "app_task", "class"),
    *("wrapped", "inherited", "elsewhere"),
)


@dataclass
class Param:
    """One parameter of a task."""

    name: str
    type: str
    default: bool = False


@dataclass
class Implementation:
    """What runs: where it stands, how it is registered and how its name is given.

    ``result`` is a type or "own", the TypedDict beside it; ``named_by`` is "member", "constant" or a text. ``option``
    of a decorated function: "loose" hides its parameters, "untyped" is ``typing=False``; ``again``: registered twice.
    """

    module: str
    style: str
    params: list[Param]
    result: str
    named_by: str = "member"
    blank_lines: int = 0
    documented: bool = False
    option: str = ""
    again: bool = False

    @property
    def decorated(self) -> bool:
        """Whether the function itself is the task, and callers may import it."""
        return self.style in ("shared_task", "app_task")

    @property
    def ordered(self) -> list[Param]:
        """As Python wants them: those with a default last."""
        return sorted(self.params, key=lambda p: p.default)


@dataclass
class Task:
    """One task name with its declared and its actual side; either may be missing."""

    key: str
    value: str
    registry: int
    declared: list[str] | None
    declared_result: str
    result_module: str
    implementation: Implementation | None
    member: str | None = None
    by_constant: bool = False
    attribute: str | None = None
    named_by: str = "member"
    documented: list[str] | None = None
    fields: list[str] = field(default_factory=lambda: ["done"])

    @property
    def constant(self) -> str:
        return f"{self.key.upper()}_NAME"


@dataclass
class Call:
    """One call in a caller module; its texts stay when the task changes."""

    module: int
    kind: str
    task: str
    attribute: str
    member: str
    arguments: list[Param]
    result: str
    value: str = ""
    home: str = ""


@dataclass
class Project:
    """The whole program."""

    enum_home: str
    registry_modules: tuple[str, str]
    str_enum: bool
    inherits: bool
    star_import: bool
    tasks: list[Task]
    calls: list[Call]
    modules: list[str]
    comment_lines: dict[str, int] = field(default_factory=dict)
    broken: str | None = None
    severity: dict[str, str] = field(default_factory=dict)
    computed: bool = False
    serial: int = 0

    def copy(self) -> Project:
        return copy.deepcopy(self)

    def next(self) -> int:
        """A number that no edit used before."""
        self.serial += 1
        return self.serial

    def task(self, key: str) -> Task | None:
        return next((task for task in self.tasks if task.key == key), None)


def new_params(rng: random.Random, most: int = 3) -> list[Param]:
    """Some parameters, those with a default last."""
    names = rng.sample(WORDS, rng.randint(0, most))
    params = [Param(name, rng.choice(TYPES)) for name in names]
    for param in params[len(params) - rng.randint(0, 1) :]:
        param.default = rng.random() < 0.5
    return params


def declare(task: Task, rng: random.Random | None = None) -> None:
    """Make the declared side say what the implementation is."""
    implementation = task.implementation
    if implementation is None:
        return
    kept = [p for p in implementation.ordered if rng is None or not p.default or rng.random() < 0.7]
    task.declared = [p.type for p in kept]
    task.declared_result = implementation.result
    task.result_module = implementation.module
    if task.documented is not None:
        task.documented = [p.name for p in kept]


def new_task(project_serial: int, module: str, registry: int, rng: random.Random) -> Task:
    """A task that agrees with itself."""
    key = f"{rng.choice(('send', 'clean', 'sync', 'build'))}_{project_serial}"
    style = rng.choice(STYLES)
    implementation = Implementation(module, style, new_params(rng), rng.choice(("own", "own", "int", "str")))
    if style not in ("class", "elsewhere") and rng.random() < 0.25:
        implementation.named_by = rng.choice(("constant", "literal"))
    by_constant = rng.random() < 0.3 or implementation.named_by == "constant"
    task = Task(key, f"{key}.v1", registry, [], "int", module, implementation, key.upper(), by_constant, key)
    if implementation.named_by == "literal":
        implementation.named_by = task.value
    task.documented = [] if rng.random() < 0.5 else None
    declare(task, rng)
    if rng.random() < 0.1:
        task.declared = None
    return task


def new_call(project: Project, module: int, rng: random.Random) -> Call | None:
    """A call that is right now."""
    reach = {0: (0,), 1: (0, 1) if project.inherits else (1,)}.get(module, (0, 1))
    tasks = [t for t in project.tasks if t.registry in reach and t.attribute and t.member and t.implementation]
    if not tasks:
        return None
    decorated = [t for t in tasks if t.implementation is not None and t.implementation.decorated]
    task = rng.choice(decorated if module == 3 and decorated and rng.random() < 0.6 else tasks)
    assert task.implementation is not None
    assert task.attribute is not None
    assert task.member is not None
    kinds = ["delay", "keyword", "keyword", "args", "kwargs", "si", "result", "variable"]
    by_name = ["send_task", "send_task", "item", "text", "signature"]
    if module == 2:
        kinds += [*by_name, "held", "held"]
    if module == 3:
        kinds = by_name + ["direct", "direct", "direct_keyword"] * task.implementation.decorated
    declared = task.implementation.ordered
    if task.declared is not None:
        declared = declared[: len(task.declared)]
    arguments = [copy.copy(p) for p in declared if not p.default or rng.random() < 0.6]
    if task.declared is None or len(arguments) < len(declared):
        # What follows a left-out default could only go by keyword.
        arguments = [copy.copy(p) for p in declared if not p.default]
    kind, home = rng.choice(kinds), task.implementation.module
    return Call(module, kind, task.key, task.attribute, task.member, arguments, task.declared_result, task.value, home)


def new_project(seed: int) -> Project:
    """A project without a mistake, the same for the same seed."""
    rng = random.Random(seed)
    enum_home = "registry" if seed % 2 else "names"
    modules = [f"tasks.group_{index}" for index in range(4)]
    project = Project(
        enum_home, ("registry", "more_registry"), seed % 3 == 0, seed % 5 == 1, seed % 4 < 2, [], [], modules
    )
    for index in range(6):
        project.tasks.append(new_task(project.next(), modules[index % 4], index % 2, rng))
    for module in CALLERS:
        call = new_call(project, module, rng)
        if call is not None:
            project.calls.append(call)
    return project
