"""The programs: each wrong one beside a right twin, and right ones that look odd.

Law: the list that every front is held to. A front that cannot know says so with a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .layouts import LAYOUTS
from .program import Program, Unknown, module, pair, twins

__all__ = ["PROGRAMS"]

_VALUES = "schedules are values of the running application, and mypy knows types"
_ROUTES = "routes, annotations and queues are values of the running application, and mypy knows types"
_QUEUES = "a worker that is started with `-Q` may make any queue, so the text alone tells only a misspelt one"
_SERIALIZERS = {
    "mypy": Unknown(("task-payload",), "serializers are values of the running application"),
    "static": Unknown(("task-payload",), "serializers are values of the running application"),
    "app": Unknown(
        ("task-payload",), "told where this application consumes what it sends: by its worker, or with `--payloads`"
    ),
}
_TYPES = "types are text there, and two texts may mean one type"
_IMPORTS = "which modules a worker imports is decided by the running application"

_ALIAS = "such an alias is there for type checkers alone"

PING = '@app.task(name="ping")\ndef ping(number: int) -> str:\n    return str(number)\n'
CLEAN = '@app.task(name="clean")\ndef clean() -> None: ...\n'
PINGED = {"ping": "Task[[int], str]"}
_OWN_OPTIONS = (
    "class Own(Task[..., Any]):\n    abstract = True\n"
    "    def apply_async(self, args: Any = None, kwargs: Any = None, countdowns: int = 0, **options: Any) -> Any:\n"
    "        return super().apply_async(args, kwargs, **options)\n\n"
)
_BELOW_OWN = (
    "class Own(Task[..., Any]):\n    abstract = True\n"
    "    def __call__(self, *args: Any, **kwargs: Any) -> Any:\n        return super().__call__(*args, **kwargs)\n\n"
    + PING.replace("@app.task(", "@app.task(base=Own, ")
    + "app.conf.beat_schedule = {{'entry': {{'task': 'ping', 'schedule': 60, 'kwargs': {}}}}}\n"
)


def _schedule(name: str, right: str, wrong: str, static: bool = True, warning: bool = False) -> list[Program]:
    """``right`` and ``wrong`` are entries of the schedule."""
    unknown = {"mypy": Unknown(("task-schedule",), _VALUES)}
    if not static:
        unknown["static"] = Unknown(("task-schedule",), "what this expression is worth is known when it runs")
    texts = [f'{PING}\napp.conf.beat_schedule = {{"entry": {entry}}}\n' for entry in (right, wrong)]
    return pair(f"schedule, {name}", *texts, "task-schedule", PINGED, unknown=unknown, warning=warning)


def _route(name: str, right: str, wrong: str, static: bool = True) -> list[Program]:
    """``static`` is False for queues, which are objects."""
    unknown = {"mypy": Unknown(("task-route",), _ROUTES)}
    if not static:
        unknown["static"] = Unknown(("task-route",), _QUEUES)
    return pair(f"route, {name}", f"{PING}\n{right}\n", f"{PING}\n{wrong}\n", "task-route", PINGED, unknown=unknown)


def _typed(name: str, right: str, wrong: str, codes: str, declared: str, wrongly: str | None = None) -> list[Program]:
    """Disagreements about types, which source text alone does not tell."""
    unknown = {"static": Unknown(tuple(codes.split()), _TYPES)}
    twin = None if wrongly is None else {"ping": wrongly}
    return pair(name, right, wrong, codes, {"ping": declared}, twin, unknown=unknown)


_TASK = '@app.task(name="ping"{options})\ndef ping({parameters}) -> {result}: ...\n'


def _task(parameters: str, result: str = "None", options: str = "") -> str:
    return _TASK.format(parameters=parameters, result=result, options=options)


_BODY = "return self._get_task_by_name(TaskName.PING)"


def _property(name: str, body: str, unknown: Mapping[str, Unknown] | None = None) -> list[Program]:
    """``body`` is how the property asks for its task."""
    right, wrong = _task("number: int"), _task("number: int, more: int")
    declared = {"ping": "Task[[int], None]"}
    programs = pair(f"property, {name}", right, wrong, "task-signature", declared, unknown=unknown)
    return [replace(p, files={**p.files, "work.py": p.files["work.py"].replace(_BODY, body)}) for p in programs]


_PROPERTIES = [
    *_property(
        "through super()",
        "return super()._get_task_by_name(TaskName.PING)",
        {"mypy": Unknown(("task-signature",), "mypy asks its plugins about no call of super()")},
    ),
    *_property("of a base class", "return BaseTasksRegistry._get_task_by_name(self, TaskName.PING)"),
    *_property(
        "with variables", "name = TaskName.PING\n        task = self._get_task_by_name(name)\n        return task"
    ),
]

_HEAD_OF_PING = "    @property\n    def ping(self) -> Task[[int], None]:"


def _getter(name: str, head: str, code: str = "", unknown: Mapping[str, Unknown] | None = None) -> list[Program]:
    """``head`` is how the property begins, ``code`` what stands above."""
    right, wrong = code + _task("number: int"), code + _task("number: int, more: int")
    declared = {"ping": "Task[[int], None]"}
    programs = pair(f"property, {name}", right, wrong, "task-signature", declared, unknown=unknown)
    assert all(_HEAD_OF_PING in p.files["work.py"] for p in programs)
    return [replace(p, files={**p.files, "work.py": p.files["work.py"].replace(_HEAD_OF_PING, head)}) for p in programs]


_LOGGED = (
    "def logged(getter: Callable[[Any], R]) -> Callable[[Any], R]:\n{wraps}"
    "    def run(registry: Any) -> R:\n        return getter(registry)\n    return run\n\n"
)
_BELOW = _HEAD_OF_PING.replace("@property\n", "@property\n    @logged\n")
_OWN_CACHED = (
    "from typing import Generic\n\nclass own_cached_property(Generic[R]):\n"
    "    def __init__(self, func: Callable[[Any], R]) -> None:\n        self.func = func\n"
    "    def __get__(self, registry: Any, owner: Any = None) -> R:\n        return self.func(registry)\n\n"
    "cached_property = own_cached_property\n\n"
)
_TWICE = "    old_ping = ping\n"
_GETTERS = [
    *_property("that looks in the application's tasks", "return self._app.tasks[TaskName.PING]"),
    *_getter("below a decorator", _BELOW, _LOGGED.format(wraps="    @functools.wraps(getter)\n")),
    *_getter("below a decorator that shows nothing", _BELOW, _LOGGED.format(wraps="")),
    *_getter("of another library", _HEAD_OF_PING.replace("@property", "@cached_property"), _OWN_CACHED),
    *_getter(
        "with an alias that type checkers alone see",
        _HEAD_OF_PING.replace("Task[[int], None]", "Ping"),
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    Ping = Task[[int], None]\n\n",
        {front: Unknown(("task-signature",), _ALIAS) for front in ("static", "app", "worker")},
    ),
    *twins(
        "property, under two names",
        module(_task("number: int"), {"ping": "Task[[int], None]"}).replace(_BODY + "\n", f"{_BODY}\n\n{_TWICE}"),
        module(_task("number: int"), {"ping": "Task[[int], None]"}).replace(
            _BODY + "\n", f"{_BODY}\n\n{_HEAD_OF_PING.replace('ping', 'old_ping')}\n        {_BODY}\n"
        ),
        "task-duplicate",
    ),
]

_GENERIC = (
    "from typing import Generic\n\nItem = TypeVar('Item')\n\n\n"
    "class Loader(Task[..., Any], Generic[Item]):\n    abstract = True\n"
    "    def run(self, a: Item{more}) -> list[Item]:\n        return [a]\n\n\n"
    "class Ping(Loader[int]):\n    name = 'ping'\n\n\napp.register_task(Ping())\n"
)

_GENERIC_CONTROLLER = (
    "from typing import Generic\n\nItem = TypeVar('Item')\n\n\n"
    "class Controller(Generic[Item]):\n    def __init__(self, item: Item) -> None:\n        self.item = item\n\n"
    "    def run(self, a: int{more}) -> None: ...\n\n\n"
    "register_task(app, TaskName.PING, Controller[str]('').run)\n"
)

_SHAPES = [
    *pair(
        "one parameter more",
        _task("a: int, b: int = 1"),
        _task("a: int, b: int"),
        "task-signature",
        {"ping": "Task[[int], None]"},
    ),
    *pair("one parameter less", _task("a: int"), _task(""), "task-signature", {"ping": "Task[[int], None]"}),
    *pair(
        "keyword-only",
        _task("a: int, *, b: int = 1"),
        _task("a: int, *, b: int"),
        "task-signature",
        {"ping": "Task[[int], None]"},
    ),
    *pair(
        "bind",
        _task("self: Any, a: int", options=", bind=True"),
        _task("self: Any, a: int, b: int", options=", bind=True"),
        "task-signature",
        {"ping": "Task[[int], None]"},
    ),
    *pair(
        "open list",
        _task("a: int, *, b: int"),
        _task("a: int, *, b: int"),
        "task-signature",
        {"ping": "Task[..., None]"},
        {"ping": "Task[[int], None]"},
    ),
    *pair(
        "star arguments",
        _task("*numbers: int"),
        _task("first: int, second: int, *numbers: int"),
        "task-signature",
        {"ping": "Task[[int], None]"},
    ),
    *pair(
        "shared task",
        _task("a: int").replace("app.task", "shared_task"),
        _task("a: int, b: int").replace("app.task", "shared_task"),
        "task-signature",
        {"ping": "Task[[int], None]"},
    ),
    *pair(
        "a method through register_task",
        "class Controller:\n    def run(self, a: int) -> None: ...\n\nregister_task(app, TaskName.PING, Controller().run)\n",
        "class Controller:\n    def run(self, a: int, b: int) -> None: ...\n\nregister_task(app, TaskName.PING, Controller().run)\n",
        "task-signature",
        {"ping": "Task[[int], None]"},
    ),
    *pair(
        "a method of a generic class",
        _GENERIC_CONTROLLER.format(more=""),
        _GENERIC_CONTROLLER.format(more=", b: Item"),
        "task-signature",
        {"ping": "Task[[int], None]"},
    ),
    *pair(
        "a bound method",
        "class Controller:\n    def run(self, a: int) -> None: ...\n\ncontroller = Controller()\nregister_task(app, TaskName.PING, controller.run)\n",
        "class Controller:\n    def run(self, a: int) -> None: ...\n\ncontroller = Controller()\napp.task(name='ping')(controller.run)\n",
        "task-bound-method",
        {"ping": "Task[[int], None]"},
    ),
    *pair(
        "a class",
        "class Ping(Task[..., Any]):\n    name = 'ping'\n    def run(self, a: int) -> None: ...\n\napp.register_task(Ping())\n",
        "class Ping(Task[..., Any]):\n    name = 'ping'\n    def run(self, a: int, b: int) -> None: ...\n\napp.register_task(Ping())\n",
        "task-signature",
        {"ping": "Task[[int], None]"},
    ),
    *pair(
        "a class with a generic base",
        _GENERIC.format(more=""),
        _GENERIC.format(more=", b: Item"),
        "task-signature",
        {"ping": "Task[[int], list[int]]"},
    ),
    *pair(
        "a typed decorator",
        "def timed(function: Callable[P, R]) -> Callable[P, R]:\n    @functools.wraps(function)\n    def run(*args: P.args, **kwargs: P.kwargs) -> R:\n        return function(*args, **kwargs)\n    return run\n\n@app.task(name='ping')\n@timed\ndef ping(a: int) -> None: ...\n",
        "def timed(function: Callable[P, R]) -> Callable[P, R]:\n    @functools.wraps(function)\n    def run(*args: P.args, **kwargs: P.kwargs) -> R:\n        return function(*args, **kwargs)\n    return run\n\n@app.task(name='ping')\n@timed\ndef ping(a: int, b: int) -> None: ...\n",
        "task-signature",
        {"ping": "Task[[int], None]"},
    ),
    *_typed("another parameter type", _task("a: int"), _task("a: bytes"), "task-signature", "Task[[int], None]"),
    *_typed("a wider parameter", _task("a: int | str"), _task("a: list[int]"), "task-signature", "Task[[int], None]"),
    *_typed("another result", _task("a: int", "bool"), _task("a: int", "str"), "task-result", "Task[[int], int]"),
    *pair(
        "injected by a class",
        "class Tenant(Task[..., Any]):\n    abstract = True\n    def __call__(self, *args: Any, **kwargs: Any) -> Any:\n        return super().__call__(*args, tenant=1, **kwargs)\n\n@app.task(name='ping', base=Tenant)\ndef ping(to: str, body: str, tenant: int) -> None: ...\n",
        "class Tenant(Task[..., Any]):\n    abstract = True\n    def __call__(self, *args: Any, **kwargs: Any) -> Any:\n        return super().__call__(*args, tenant=1, **kwargs)\n\n@app.task(name='ping', base=Tenant)\ndef ping(to: str, body: str, tenant: int) -> None: ...\n",
        "task-signature",
        {"ping": "Task[[str, str], None]"},
        {"ping": "Task[[str, str, int], None]"},
        settings='injected-parameters = { "work.Tenant" = ["tenant"] }',
    ),
    *pair(
        "injected by a decorator",
        "def with_db(function: F) -> F:\n    @functools.wraps(function)\n    def run(*args: Any, **kwargs: Any) -> Any:\n        return function(*args, db=1, **kwargs)\n    return run  # type: ignore[return-value]\n\n@app.task(name='ping')\n@with_db\ndef ping(to: str, db: int) -> None: ...\n",
        "def with_db(function: F) -> F:\n    @functools.wraps(function)\n    def run(*args: Any, **kwargs: Any) -> Any:\n        return function(*args, db=1, **kwargs)\n    return run  # type: ignore[return-value]\n\n@app.task(name='ping')\n@with_db\ndef ping(to: str, db: int) -> None: ...\n",
        "task-signature",
        {"ping": "Task[[str], None]"},
        {"ping": "Task[[str, int], None]"},
        settings='injected-parameters = { "work.with_db" = ["db"] }',
    ),
    *pair(
        "a strategy of its own",
        "class Batches(Task[..., Any]):\n    abstract = True\n    Strategy = 'celery_batches:strategy'\n\n@app.task(name='ping', base=Batches)\ndef ping(requests: list[Any]) -> None: ...\n",
        "@app.task(name='ping')\ndef ping(requests: list[Any]) -> None: ...\n",
        "task-signature",
        {"ping": "Task[[str, int], None]"},
        {"ping": "Task[[list[Any], int], None]"},
    ),
    *(
        program
        for name, strategy in (
            ("a method", "def Strategy(self, *parts: Any) -> Any: ...  # type: ignore[override]"),
            ("a class", "class Strategy: ...  # type: ignore[assignment]"),
        )
        for program in pair(
            f"a strategy that is {name}",
            f"class Batches(Task[..., Any]):\n    abstract = True\n    {strategy}\n\n"
            "@app.task(name='ping', base=Batches)\ndef ping(requests: list[Any]) -> None: ...\n",
            "@app.task(name='ping')\ndef ping(requests: list[Any]) -> None: ...\n",
            "task-signature",
            {"ping": "Task[[str, int], None]"},
            {"ping": "Task[[list[Any], int], None]"},
        )
    ),
    *pair(
        "typing=False",
        _task("a: int, tenant: int", options=", typing=False"),
        _task("a: int, tenant: int"),
        "task-signature",
        {"ping": "Task[[int], None]"},
    ),
]

_TIMED = (
    "def timed(function: Callable[P, R]) -> Callable[P, R]:\n"
    "    def measured(*args: P.args, **kwargs: P.kwargs) -> R:\n        return function(*args, **kwargs)\n"
    "    return measured\n\n"
)
_WRAPPED = _TIMED.replace("    def measured", "    @functools.wraps(function)\n    def measured")
_REFUND = "@app.task\n@timed\ndef refund(order: int) -> int: ...\n\n"
_SHIP = "@app.task\n@timed\ndef ship(order: int, carrier: str) -> str: ...\n"
_MEASURED = {"REFUND": "work.refund", "SHIP": "work.ship"}
_TWO = {"work.refund": "Task[[int], int]", "work.ship": "Task[[int, str], str]"}

_IN_A_CLASS = "class Job:\n    @staticmethod\n    @app.task(name='ping')\n    def ping(number: int) -> str: ...\n"

_REGISTRAR = (
    "class Registrar:\n    def __init__(self, target: Celery) -> None:\n        self.target = target\n\n"
    "    def __call__(self, *, name: str) -> Callable[[F], Any]:\n        def put(function: F) -> Any:\n"
    "            return self.target.task(name=name)(function)\n        return put\n\n"
    "job = Registrar(app)\n\n@job(name='ping')\ndef ping(number: int{more}) -> str: ...\n"
)

_PARTIAL = "def pinged(number: int, more: str{left}) -> str: ...\n\nregister_task(app, 'ping', functools.partial(pinged, more=''))\n"
_BOUND_LATER = "what a partial leaves of the parameters is computed when the program runs"

_WRAPPERS = [
    *pair(
        "a partial",
        _PARTIAL.format(left=""),
        _PARTIAL.replace("number: int,", "other: int, number: int,").format(left=""),
        "task-signature",
        PINGED,
        unknown={front: Unknown(("task-signature",), _BOUND_LATER) for front in ("mypy", "static")},
    ),
    *pair(
        "an object that registers where it is called",
        _REGISTRAR.format(more=""),
        _REGISTRAR.format(more=", more: int"),
        "task-signature",
        PINGED,
    ),
    *pair(
        "a task in a class",
        _IN_A_CLASS,
        _IN_A_CLASS.replace("    @staticmethod\n", "").replace("ping(number", "ping(self, number"),
        "task-signature",
        PINGED,
    ),
    *pair(
        "a function with self",
        "@app.task(name='ping', bind=True)\ndef ping(self: Any, number: int) -> str: ...\n",
        "@app.task(name='ping')\ndef ping(self: Any, number: int) -> str: ...\n",
        "task-signature",
        PINGED,
    ),
    *pair(
        "two wrappers without wraps, one name",
        _WRAPPED + _REFUND + _SHIP,
        _TIMED + _REFUND + _SHIP,
        "task-unregistered task-unregistered",
        _TWO,
        members=_MEASURED,
    ),
    *pair(
        "two wrappers without wraps, names of their own",
        _WRAPPED
        + _REFUND.replace(".task", ".task(name='work.refund')")
        + _SHIP.replace(".task", ".task(name='work.ship')"),
        _TIMED
        + _REFUND.replace(".task", ".task(name='work.refund')")
        + _SHIP.replace(".task", ".task(name='work.ship')"),
        "task-unverifiable task-unverifiable",
        _TWO,
        members=_MEASURED,
        warning=True,
    ),
    *pair(
        "a wrapper without wraps that is one task",
        _TIMED.replace("measured", "refund") + _REFUND.replace("@timed\n", ""),
        _TIMED + _REFUND,
        "task-unverifiable",
        {"work.refund": "Task[[int], int]"},
        {"work.measured": "Task[[int], int]"},
        members={"REFUND": "work.refund"},
        wrong_members={"REFUND": "work.measured"},
        warning=True,
    ),
    *pair(
        "a wrapper that copies the name",
        _TIMED.replace(
            "    return measured",
            "    measured.__name__ = function.__name__\n    functools.update_wrapper(measured, function)\n    return measured",
        )
        + _REFUND,
        _TIMED + _REFUND,
        "task-unregistered",
        {"work.refund": "Task[[int], int]"},
        members={"REFUND": "work.refund"},
    ),
    *pair(
        "a wrapper that a factory makes",
        "def named(word: str) -> Callable[[Callable[P, R]], Callable[P, R]]:\n    def timed(function: Callable[P, R]) -> Callable[P, R]:\n        @functools.wraps(function)\n        def measured(*args: P.args, **kwargs: P.kwargs) -> R:\n            return function(*args, **kwargs)\n        return measured\n    return timed\n\n"
        + _REFUND.replace("@timed", "@named('x')"),
        "def named(word: str) -> Callable[[Callable[P, R]], Callable[P, R]]:\n    def timed(function: Callable[P, R]) -> Callable[P, R]:\n        def measured(*args: P.args, **kwargs: P.kwargs) -> R:\n            return function(*args, **kwargs)\n        return measured\n    return timed\n\n"
        + _REFUND.replace("@timed", "@named('x')"),
        "task-unregistered",
        {"work.refund": "Task[[int], int]"},
        members={"REFUND": "work.refund"},
    ),
]

_BOTH = PING + CLEAN
_TWO_TASKS = {**PINGED, "clean": "Task[[], None]"}
_DECLARED = module(_BOTH, _TWO_TASKS)
_MADE = (
    _DECLARED.replace(
        'class TaskName(str, Enum):\n    PING = "ping"\n    CLEAN = "clean"\n',
        'TaskName = Enum("TaskName", [("PING", "ping"), ("CLEAN", "clean")])\n',
    )
    .replace("TaskName.PING)", "TaskName.PING.value)")
    .replace("TaskName.CLEAN)", "TaskName.CLEAN.value)")
)
_CONSTANTS = _DECLARED.replace("class TaskName(str, Enum):", "class TaskName:")
_CLEAN_PROPERTY = (
    "    @property\n    def clean(self) -> Task[[], None]:\n        return self._get_task_by_name(TaskName.CLEAN)\n"
)
_IN_INIT = (
    "    def __init__(self, app: Celery) -> None:\n        super().__init__(app)\n"
    "        self.clean: Task[[], None] = self._get_task_by_name({name})\n"
)
_ONLY_IN_INIT = (
    module(_BOTH, {}, {"PING": "ping", "CLEAN": "clean"})
    .replace("(BaseTasksRegistry):\n", "(BaseTasksRegistry):\n" + _IN_INIT.format(name="TaskName.CLEAN"))
    .replace(
        "        self.clean:",
        "        self.ping: Task[[int], str] = self._get_task_by_name(TaskName.PING)\n        self.clean:",
    )
)
_OWN_CLASS = (
    _ONLY_IN_INIT.replace("(BaseTasksRegistry):\n", ":\n")
    .replace("        super().__init__(app)\n", "")
    .replace("self._get_task_by_name(TaskName.PING)", "app.tasks[TaskName.PING]")
    .replace("self._get_task_by_name(TaskName.CLEAN)", "app.tasks[TaskName.CLEAN]")
)
_DESCRIPTOR = (
    "class Named:\n    def __init__(self, name: TaskName) -> None:\n        self.name = name\n"
    "    def __get__(self, registry: Any, owner: Any = None) -> Task[[], None]:\n"
    "        found: Task[[], None] = registry._get_task_by_name(self.name)\n        return found\n\n\n"
)

_DOCSTRING = '        """Clean.\n\n        Args:\n            older: how many days\n        """\n'
_DOCUMENTED = (
    module(_BOTH, {**_TWO_TASKS, "clean": "Task[[int], None]"})
    .replace("def clean() -> None", "def clean({parameters}) -> None")
    .replace(
        "        return self._get_task_by_name(TaskName.CLEAN)",
        _DOCSTRING + "        return self._get_task_by_name(TaskName.CLEAN)",
    )
)

_ANNOTATIONS = [
    *pair("an annotation that says nothing", PING, PING, "task-unverifiable", PINGED, {"ping": "Task"}, warning=True),
    *pair("an annotation of anything", PING, PING, "task-unverifiable", PINGED, {"ping": "Any"}, warning=True),
    *twins(
        "no annotation",
        _DECLARED,
        _DECLARED.replace(
            " -> Task[[], None]:\n        return self", ":  # type: ignore[no-untyped-def]\n        return self"
        ),
        "task-unverifiable",
        warning=True,
    ),
    *twins(
        "an attribute that __init__ sets",
        _DECLARED,
        _DECLARED.replace(_CLEAN_PROPERTY, _IN_INIT.format(name="TaskName.CLEAN")),
        "task-unverifiable",
        warning=True,
    ),
    *twins(
        "attributes that __init__ sets in a loop",
        _DECLARED,
        _DECLARED.replace(
            _CLEAN_PROPERTY,
            "    def __init__(self, app: Celery) -> None:\n        super().__init__(app)\n        for name in TaskName:\n"
            "            setattr(self, 'the_' + name.value, self._get_task_by_name(name))\n",
        ),
        "task-unverifiable",
        warning=True,
    ),
    *twins(
        "an attribute that __init__ sets to another",
        _DECLARED,
        _DECLARED.replace(_CLEAN_PROPERTY, _IN_INIT.format(name="TaskName.PING")),
        "task-no-property",
    ),
    *twins(
        "only attributes that __init__ sets",
        _DECLARED,
        _ONLY_IN_INIT,
        "task-unverifiable task-unverifiable",
        warning=True,
    ),
    *twins(
        "only attributes that __init__ takes from the application",
        _DECLARED,
        _ONLY_IN_INIT.replace("self._get_task_by_name(TaskName.PING)", "app.tasks[TaskName.PING]").replace(
            "self._get_task_by_name(TaskName.CLEAN)", "app.tasks[TaskName.CLEAN]"
        ),
        "task-unverifiable task-unverifiable",
        warning=True,
    ),
    *twins(
        "only attributes that __init__ sets, in a class of its own",
        _DECLARED,
        _OWN_CLASS,
        "task-unverifiable task-unverifiable",
        warning=True,
    ),
    *twins(
        "a descriptor",
        _DECLARED,
        _DECLARED.replace(_CLEAN_PROPERTY, "    clean = Named(TaskName.CLEAN)\n").replace(
            "class TasksRegistry", _DESCRIPTOR + "class TasksRegistry"
        ),
        "task-unverifiable",
        warning=True,
    ),
    *twins(
        "a descriptor of another",
        _DECLARED,
        _DECLARED.replace(_CLEAN_PROPERTY, "    clean = Named(TaskName.PING)\n").replace(
            "class TasksRegistry", _DESCRIPTOR + "class TasksRegistry"
        ),
        "task-no-property",
    ),
]

_NONE = "    @property\n    def clean(self) -> Task[[], None]:\n        return self._get_task_by_name(TaskName.CLEAN)\n"
_CLASS_ALONE = "mypy asks its plugins about no class in which no task is asked for"
_NAMES = [
    *twins(
        "a registry without properties",
        module(CLEAN, {"clean": "Task[[], None]"}),
        module(CLEAN, {"clean": "Task[[], None]"}).replace(_NONE, "    pass\n"),
        "task-no-property",
        unknown={"mypy": Unknown(("task-no-property",), _CLASS_ALONE)},
    ),
    *pair("a name without a task", PING + CLEAN, PING, "task-unregistered", {**PINGED, "clean": "Task[[], None]"}),
    *pair("a misspelt task", PING, PING.replace('"ping"', '"pnig"'), "task-unregistered", PINGED),
    *pair(
        "a name without a property",
        PING + CLEAN,
        PING + CLEAN,
        "task-no-property",
        {**PINGED, "clean": "Task[[], None]"},
        PINGED,
        wrong_members={"PING": "ping", "CLEAN": "clean"},
    ),
    *pair(
        "two tasks of one name",
        PING + PING.replace('"ping"', '"other"').replace("def ping", "def other"),
        PING + PING.replace("def ping", "def other"),
        "task-duplicate",
        PINGED,
    ),
    *pair(
        "two tasks of one name inside a function",
        "def make() -> None:\n    @app.task(name='ping')\n    def ping(number: int) -> str: ...\n    @app.task(name='other')\n    def other(number: int) -> str: ...\n\nmake()\n",
        "def make() -> None:\n    @app.task(name='ping')\n    def ping(number: int) -> str: ...\n    @app.task(name='ping')\n    def other(number: int) -> str: ...\n\nmake()\n",
        "task-duplicate",
        PINGED,
    ),
    *pair(
        "two tasks of one name, and a function that makes one of them",
        "def make(short: bool) -> None:\n    if short:\n        @app.task(name='ping')\n        def ping(number: int) -> str:\n            return ''\n        return\n    @app.task(name='ping')\n    def other(number: int) -> str:\n        return ''\n\nmake(True)\n",
        "def make() -> None:\n    @app.task(name='ping')\n    def ping(number: int) -> str:\n        return ''\n    print()\n    @app.task(name='ping')\n    def other(number: int) -> str:\n        return ''\n\nmake()\n",
        "task-duplicate",
        PINGED,
    ),
    *pair(
        "two branches of one name",
        "import sys\nif sys.version_info >= (3, 0):\n    @app.task(name='ping')\n    def ping(number: int) -> str: ...\nelse:\n    @app.task(name='ping')\n    def ping(number: int) -> str: ...\n",
        PING + PING.replace("def ping", "def other"),
        "task-duplicate",
        PINGED,
    ),
    *pair(
        "members that are aliases",
        PING,
        PING,
        "task-duplicate",
        PINGED,
        wrong_members={"OTHER": "ping", "PING": "ping"},
    ),
    *twins(
        "a member that is written as another",
        _DECLARED.replace('    CLEAN = "clean"\n', '    CLEAN = "clean"\n    OLD = CLEAN\n'),
        _DECLARED.replace('    CLEAN = "clean"\n', '    CLEAN = "clean"\n    OLD = "clean"\n'),
        "task-duplicate",
    ),
    *twins(
        "a class of constants, and what is its own",
        _CONSTANTS.replace('    CLEAN = "clean"\n', '    CLEAN = "clean"\n    _prefix = "ping"\n'),
        _CONSTANTS.replace('    CLEAN = "clean"\n', '    CLEAN = "clean"\n    PREFIX = "ping"\n'),
        "task-duplicate",
    ),
    *twins(
        "an enum that a call makes",
        _MADE,
        _MADE.replace("def clean()", "def clean(more: int)"),
        "task-signature",
    ),
    *pair(
        "names that the enum makes",
        CLEAN.replace('"clean"', '"shop.clean"'),
        CLEAN.replace('"clean"', '"shop.clear"'),
        "task-unregistered",
        {"shop.clean": "Task[[], None]"},
        members={"CLEAN": "shop.clean"},
    ),
    *pair(
        "names that the application makes",
        "def named(name: str, module: str) -> str:\n    return f'shop.{name}'\n\n"
        "app.gen_task_name = named  # type: ignore[method-assign]\n\n" + CLEAN.replace('(name="clean")', ""),
        CLEAN.replace('(name="clean")', ""),
        "task-unregistered",
        {"shop.clean": "Task[[], None]"},
        members={"CLEAN": "shop.clean"},
    ),
    *twins(
        "a documented name",
        _DOCUMENTED.format(parameters="*days: int"),
        _DOCUMENTED.format(parameters="days: int"),
        "task-signature",
    ),
]

_SCHEDULES = [
    *_schedule(
        "a member",
        '{"task": TaskName.PING, "schedule": 1.0, "args": (1,)}',
        '{"task": "pnig", "schedule": 1.0, "args": (1,)}',
    ),
    *_schedule(
        "the task's own name",
        '{"task": ping.name, "schedule": 1.0, "args": (1,)}',
        '{"task": ping.name, "schedule": 1.0}',
    ),
    *_schedule(
        "crontab",
        '{"task": "ping", "schedule": crontab(minute=0), "args": [1]}',
        '{"task": "ping", "schedule": crontab(minute=0)}',
    ),
    *_schedule(
        "a schedule under another key",
        '{"task": "ping", "schedule": crontab(minute=0), "args": [1]}, '
        '"whole": {"task": "ping", "schedule": 1.0, "args": [1]}',
        '{"task": "ping", "job": crontab(minute=0), "args": [1]}, '
        '"whole": {"task": "ping", "schedule": 1.0, "args": [1]}',
    ),
    *_schedule(
        "one value", '{"task": "ping", "schedule": 1.0, "args": (1,)}', '{"task": "ping", "schedule": 1.0, "args": (1)}'
    ),
    *_schedule(
        "a mapping",
        '{"task": "ping", "schedule": 1.0, "kwargs": {"number": 1}}',
        '{"task": "ping", "schedule": 1.0, "args": {"number": 1}}',
    ),
    *_schedule(
        "json",
        '{"task": "ping", "schedule": 1.0, "kwargs": dict(number=1)}',
        '{"task": "ping", "schedule": 1.0, "kwargs": json.dumps({"number": 1})}',
    ),
    *_schedule(
        "the key task",
        '{"task": "ping", "schedule": 1.0, "args": (1,), "options": {}}',
        '{"tasks": "ping", "schedule": 1.0, "args": (1,)}',
    ),
    *_schedule(
        "the key schedule",
        '{"task": "ping", "schedule": 1.0, "args": (1,)}',
        '{"task": "ping", "schedul": 1.0, "args": (1,)}',
    ),
    *_schedule(
        "the key args",
        '{"task": "ping", "schedule": 1.0, "args": (1,), "relative": True}',
        '{"task": "ping", "schedule": 1.0, "arg": (1,)}',
    ),
    *_schedule(
        "another type",
        '{"task": "ping", "schedule": 1.0, "args": [True]}',
        '{"task": "ping", "schedule": 1.0, "args": ["one"]}',
        warning=True,
    ),
    *_schedule(
        "another type by keyword",
        '{"task": "ping", "schedule": 1.0, "kwargs": {"number": int("1")}}',
        '{"task": "ping", "schedule": 1.0, "kwargs": {"number": None}}',
        warning=True,
    ),
    *pair(
        "schedule, another type that is read",
        "def read(function: F) -> F:\n    @functools.wraps(function)\n    def run(*args: Any, **kwargs: Any) -> Any:\n        return function(int(args[0]))\n    return run  # type: ignore[return-value]\n\n"
        "@app.task(name='ping')\n@read\ndef ping(number: int) -> str: ...\n"
        + 'app.conf.beat_schedule = {"x": {"task": "ping", "schedule": 1.0, "args": ("1",)}}\n',
        PING + 'app.conf.beat_schedule = {"x": {"task": "ping", "schedule": 1.0, "args": ("1",)}}\n',
        "task-schedule",
        PINGED,
        unknown={"mypy": Unknown(("task-schedule",), _VALUES)},
        warning=True,
    ),
    *_schedule(
        "an option",
        '{"task": "ping", "schedule": 1.0, "args": (1,), "options": {"countdown": 3, "x_match": "all"}}',
        '{"task": "ping", "schedule": 1.0, "args": (1,), "options": {"countdwn": 3}}',
        warning=True,
    ),
    *pair(
        "schedule, an option of the class",
        _OWN_OPTIONS
        + '@app.task(name="ping", base=Own)\ndef ping(number: int) -> str: ...\n'
        + 'app.conf.beat_schedule = {"x": {"task": "ping", "schedule": 1.0, "args": (1,), "options": {"countdowns": 3}}}\n',
        _OWN_OPTIONS
        + PING
        + 'app.conf.beat_schedule = {"x": {"task": "ping", "schedule": 1.0, "args": (1,), "options": {"countdowns": 3}}}\n',
        "task-schedule",
        PINGED,
        unknown={"mypy": Unknown(("task-schedule",), _VALUES)},
        warning=True,
    ),
    *_schedule(
        "a key of another scheduler",
        '{"task": "ping", "schedule": 1.0, "args": (1,), "enabled": True}',
        '{"task": "pnig", "schedule": 1.0, "args": (1,), "enabled": True}',
    ),
    *_schedule(
        "an option beside the keys",
        '{"task": "ping", "schedule": 1.0, "args": (1,), "options": {"queue": "slow"}}',
        '{"task": "ping", "schedule": 1.0, "args": (1,), "queue": "slow"}',
    ),
    *_schedule(
        "a text as schedule",
        '{"task": "ping", "schedule": 60, "args": (1,)}',
        '{"task": "ping", "schedule": "60", "args": (1,)}',
    ),
    *_schedule(
        "a comma",
        '{"task": "ping", "schedule": 1.0, "args": (1,)}',
        '({"task": "ping", "schedule": 1.0, "args": (1,)},)',
    ),
    *_schedule(
        "a keyword",
        '{"task": "ping", "schedule": 1.0, "args": None, "kwargs": {"number": 1}}',
        '{"task": "ping", "schedule": 1.0, "kwargs": {"numer": 1}}',
    ),
    *_schedule(
        "computed",
        '{"task": "ping", "schedule": 1.0, "args": tuple([1])}',
        '{"task": "ping", "schedule": 1.0, "args": tuple([1, 2])}',
        static=False,
    ),
    *pair(
        "schedule, templates",
        PING
        + 'FOUND: list[dict[str, Any]] = [{"task": "ping", "schedule": 1.0}]\nfor found in FOUND:\n    found["kwargs"] = {"number": 1}\n    app.conf.beat_schedule["x"] = found\n',
        PING
        + 'FOUND: list[dict[str, Any]] = [{"task": "pnig", "schedule": 1.0}]\nfor found in FOUND:\n    found["kwargs"] = {"number": 1}\n    app.conf.beat_schedule["x"] = found\n',
        "task-schedule",
        PINGED,
        unknown={"mypy": Unknown(("task-schedule",), _VALUES)},
    ),
    *pair(
        "schedule, typing=False",
        "@app.task(name='ping', typing=False)\ndef ping(number: int, tenant: int) -> str: ...\n"
        + 'app.conf.beat_schedule = {"x": {"task": "ping", "schedule": 1.0, "args": (1,)}}\n',
        "@app.task(name='ping')\ndef ping(number: int, tenant: int = 1) -> str: ...\n"
        + 'app.conf.beat_schedule = {"x": {"task": "ping", "schedule": 1.0}}\n',
        "task-schedule",
        PINGED,
        unknown={"mypy": Unknown(("task-schedule",), _VALUES)},
    ),
    *pair(
        "schedule, arguments below a class that hands everything on",
        _BELOW_OWN.format("{'number': 1}"),
        _BELOW_OWN.format("{'nubmer': 1}"),
        "task-schedule",
        PINGED,
        unknown={"mypy": Unknown(("task-schedule",), _VALUES)},
    ),
    *pair(
        "schedule, add_periodic_task with a task of the function's own import",
        PING
        + "def setup() -> None:\n    from work import ping as own\n    app.add_periodic_task(1.0, own.s(1), name='x')\n\nimport work\nwork.setup()\n",
        PING
        + "def setup() -> None:\n    from work import ping as own\n    app.add_periodic_task(1.0, own.s(), name='x')\n\nimport work\nwork.setup()\n",
        "task-schedule",
        PINGED,
        unknown={"mypy": Unknown(("task-schedule",), _VALUES)},
    ),
    *pair(
        "schedule, an option of add_periodic_task",
        PING + "app.add_periodic_task(1.0, ping.s(1), name='x', expires=3)\n",
        PING + "app.add_periodic_task(1.0, ping.s(1), name='x', expiers=3)\n",
        "task-schedule",
        PINGED,
        unknown={"mypy": Unknown(("task-schedule",), "mypy has a code of its own for it, call-arg")},
        warning=True,
    ),
    *pair(
        "schedule, add_periodic_task",
        PING + "app.add_periodic_task(1.0, ping.s(1), name='x')\n",
        PING + "app.add_periodic_task(1.0, ping.s(), name='x')\n",
        "task-schedule",
        PINGED,
        unknown={"mypy": Unknown(("task-schedule",), _VALUES)},
    ),
]

_ROUTED = [
    *_route(
        "a member",
        "app.conf.task_routes = {TaskName.PING: {'queue': 'q'}, 'billing.*': {'queue': 'r'}}",
        "app.conf.task_routes = {'pnig': {'queue': 'q'}}",
    ),
    *_route("a glob", "app.conf.task_routes = [{'pi*': 'q'}]", "app.conf.task_routes = [{'po*': 'q'}]"),
    *_route(
        "a pair for a table",
        "app.conf.task_routes = [{'ping': 'q'}, [('pi*', {'queue': 'q'})]]",
        "app.conf.task_routes = [{'ping': 'q'}, ('pi*', {'queue': 'q'})]",
    ),
    *_route(
        "a list of pairs",
        "app.conf.task_routes = ([('pi*', {'queue': 'q'})],)",
        "app.conf.task_routes = ([('po*', {'queue': 'q'})],)",
    ),
    *_route(
        "pairs for tables",
        "app.conf.update(task_routes=([('ping', {'queue': 'q'})],))",
        "app.conf.update(task_routes=([('ping', {'queue': 'q'})], ('pi*', {'queue': 'q'})))",
    ),
    *_route(
        "a pattern for a router",
        "app.conf.task_routes = ('work.route', ['ab'], {'pi*': 'q'})",
        "app.conf.task_routes = ('pi*', {'ping': 'q'})",
    ),
    *_route(
        "a function",
        "app.conf.task_routes = (lambda name, *args, **kwargs: None,)",
        "app.conf.task_routes = (lambda name, *args, **kwargs: None, {'pong': 'q'})",
    ),
    *_route(
        "an annotation",
        "app.conf.task_annotations = {TaskName.PING: {'rate_limit': '1/s'}, '*': {}}",
        "app.conf.task_annotations = {'pin*': {}}",
    ),
    *_route(
        "a queue",
        "app.conf.task_queues = [Queue('celery'), Queue('p')]\napp.conf.task_routes = {'ping': 'q'}",
        "app.conf.task_create_missing_queues = False\napp.conf.task_queues = [Queue('celery'), Queue('p')]\napp.conf.task_routes = {'ping': 'q'}",
    ),
    *_route(
        "the default queue",
        "app.conf.task_queues = [Queue('q')]",
        "app.conf.task_create_missing_queues = False\napp.conf.task_queues = [Queue('q')]\napp.conf.task_default_queue = 'qq'",
        static=False,
    ),
    *pair(
        "schedule, a task that nobody has",
        PING
        + 'app.conf.beat_schedule = {"x": {"task": "billing.charge", "schedule": 1.0, "options": {"queue": "billing"}}}\n',
        PING + 'app.conf.beat_schedule = {"x": {"task": "billing.charge", "schedule": 1.0}}\n',
        "task-schedule",
        PINGED,
        unknown={
            "mypy": Unknown(("task-schedule",), _VALUES),
            "static": Unknown(("task-schedule",), "an installed package may register a task of that name"),
        },
    ),
    *pair(
        "route, a queue of a task",
        PING.replace('name="ping"', 'name="ping", queue="heavy"') + "app.conf.task_queues = [Queue('heavy')]\n",
        PING.replace('name="ping"', 'name="ping", queue="hevy"') + "app.conf.task_queues = [Queue('heavy')]\n",
        "task-route",
        PINGED,
        unknown={"mypy": Unknown(("task-route",), _ROUTES)},
    ),
    *_route(
        "a queue where none is made",
        "app.conf.update(task_queues=[Queue('celery'), Queue('q')], task_create_missing_queues=False, task_routes={'ping': 'q'})",
        "app.conf.update(task_queues=[Queue('celery'), Queue('p')], task_create_missing_queues=False, task_routes={'ping': 'q'})",
    ),
    *_route(
        "a queue of an entry",
        'app.conf.task_queues = [Queue("q")]\napp.conf.beat_schedule = {"x": {"task": "ping", "schedule": 1.0, "args": (1,), "options": {"queue": "q"}}}',
        'app.conf.task_create_missing_queues = False\napp.conf.task_queues = [Queue("q")]\n'
        'app.conf.beat_schedule = {"x": {"task": "ping", "schedule": 1.0, "args": (1,), "options": {"queue": "p"}}}',
        static=False,
    ),
    *pair(
        "a serializer",
        PING + "app.conf.update(task_serializer='pickle', accept_content=['application/x-python-serialize', 'json'])\n",
        PING + "app.conf.update(task_serializer='pickle', accept_content=['application/json'])\n",
        "task-payload",
        PINGED,
        unknown=_SERIALIZERS,
        warning=True,
    ),
    *pair(
        "modules that are looked for at once",
        PING + "app.autodiscover_tasks(['json', 'email'], force=True)\n",
        PING.replace('"ping"', '"pnig"') + "app.autodiscover_tasks(['json', 'email'], force=True)\n",
        "task-unregistered",
        PINGED,
    ),
    *pair(
        "a module that is not there",
        PING + 'app.conf.include = ["json"]\n',
        PING + 'app.conf.include = ["a_module_that_is_not_there"]\n',
        "task-import",
        PINGED,
        unknown={front: Unknown(("task-import",), _IMPORTS) for front in ("mypy", "static")},
    ),
]

_NEXT = (
    "    @staticmethod\n    def _generate_next_value_(name: str, *more: Any) -> str:\n"
    '        return f"shop.{name.lower()}"\n\n    CLEAN = auto()\n'
)
_NAMES = [
    replace(
        program,
        files={
            **program.files,
            "work.py": program.files["work.py"]
            .replace('    CLEAN = "shop.clean"\n', _NEXT)
            .replace("import Enum\n", "import Enum, auto\n"),
        },
    )
    if program.name.startswith("names that the enum makes")
    else program
    for program in _NAMES
]

PROGRAMS = (*_SHAPES, *_PROPERTIES, *_GETTERS, *_WRAPPERS, *_ANNOTATIONS, *_NAMES, *_SCHEDULES, *_ROUTED, *LAYOUTS)
