"""What each code means for somebody who meets it first: why it matters, a wrong example, its right twin.

Law: texts, once. ``celery-registry explain`` and ``docs/codes.md`` show them; a test checks every example
with those who report the code. The examples stand below ``PREAMBLE``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from celery_registry.contract.codes import Code

__all__ = ["EXPLANATIONS", "PREAMBLE", "Explanation"]


@dataclass(frozen=True)
class Explanation:
    """Why a code exists and how to be rid of it.

    ``wrong`` is Python that has the problem. ``right`` is the same text mended: pairs of (old line, new line),
    an empty new line where the line goes. ``reported_by`` names who tells it: mypy, check (which reads the source), boot (and
    ``check --app``), other commands.
    """

    why: str
    wrong: str
    right: tuple[tuple[str, str], ...]
    reported_by: tuple[str, ...]

    @property
    def mended(self) -> str:
        """The right twin as a whole."""
        text = self.wrong
        for old, new in self.right:
            text = text.replace(old + "\n", new + "\n" if new else "")
        return text


#: Every example stands below these lines.
PREAMBLE: Final = """\
from __future__ import annotations

from enum import Enum
from typing import Any

from celery import Celery, Task

from celery_registry import BaseTasksRegistry, register_task

app = Celery("shop", broker="memory://")
"""

_EACH: Final = ("mypy", "check", "boot")
_TYPES: Final = ("mypy", "boot")
_MYPY: Final = ("mypy",)
_SETTINGS: Final = ("check", "boot")
_CALLS: Final = ("mypy", "check")

_PING: Final = """\
class TaskName(str, Enum):
    PING = "ping"


@app.task(name="ping")
def ping() -> str:
    return "pong"


class TasksRegistry(BaseTasksRegistry):
    @property
    def ping(self) -> Task[[], str]:
        return self._get_task_by_name(TaskName.PING)
"""

_EMAIL: Final = """\
class TaskName(str, Enum):
    SEND_EMAIL = "send_email"


@app.task(name="send_email")
def send_email(to: str, retries: int = 3) -> bool:
    return True


class TasksRegistry(BaseTasksRegistry):
    @property
    def send_email(self) -> Task[[str], bool]:
        return self._get_task_by_name(TaskName.SEND_EMAIL)
"""


def _replaced(text: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        text = text.replace(old, new)
    return text


EXPLANATIONS: Final[Mapping[Code, Explanation]] = {
    Code.SIGNATURE: Explanation(
        "Callers trust the declared list: a call that fits it fails in the worker, or in .delay(), when the "
        "implementation takes something else. The declared list may be shorter than the parameters where the rest "
        "have defaults. Task[..., Result] leaves the parameters open and declares the result alone.",
        _replaced(_EMAIL, ("Task[[str], bool]", "Task[[str, int, str], bool]")),
        (
            (
                "    def send_email(self) -> Task[[str, int, str], bool]:",
                "    def send_email(self) -> Task[[str, int], bool]:",
            ),
        ),
        _EACH,
    ),
    Code.RESULT: Explanation(
        "The declared result is the type of .get(). It must accept what the implementation returns.",
        _replaced(_EMAIL, ("Task[[str], bool]", "Task[[str], str]")),
        (("    def send_email(self) -> Task[[str], str]:", "    def send_email(self) -> Task[[str], bool]:"),),
        _TYPES,
    ),
    Code.UNREGISTERED: Explanation(
        "A message with this name is discarded by every worker, and the caller waits for ever. Names that another "
        'service implements belong into the setting external: external = ["billing.*"].',
        _replaced(_PING, ('@app.task(name="ping")', '@app.task(name="pong")')),
        (('@app.task(name="pong")', '@app.task(name="ping")'),),
        _EACH,
    ),
    Code.UNDECLARED: Explanation(
        "Nobody can call this task through the registry, so nothing about its calls is checked. "
        "Reported only where strict is set.",
        _PING + '\n\n@app.task(name="send_email")\ndef send_email(to: str) -> bool:\n    return True\n',
        (
            ('    PING = "ping"', '    PING = "ping"\n    SEND_EMAIL = "send_email"'),
            (
                "        return self._get_task_by_name(TaskName.PING)",
                "        return self._get_task_by_name(TaskName.PING)\n\n    @property\n"
                "    def send_email(self) -> Task[[str], bool]:\n"
                "        return self._get_task_by_name(TaskName.SEND_EMAIL)",
            ),
        ),
        _SETTINGS,
    ),
    Code.NO_PROPERTY: Explanation(
        "The name exists and its task runs, but no property declares what it takes and returns.",
        _replaced(_PING, ('    PING = "ping"\n', '    PING = "ping"\n    SEND_EMAIL = "send_email"\n'))
        + '\n\n@app.task(name="send_email")\ndef send_email(to: str) -> bool:\n    return True\n',
        (
            (
                "        return self._get_task_by_name(TaskName.PING)",
                "        return self._get_task_by_name(TaskName.PING)\n\n    @property\n"
                "    def send_email(self) -> Task[[str], bool]:\n"
                "        return self._get_task_by_name(TaskName.SEND_EMAIL)",
            ),
        ),
        _EACH,
    ),
    Code.UNKNOWN_NAME: Explanation(
        "A name that TaskName does not have is a typing mistake waiting to happen: nothing finds it when it changes.",
        _PING + '\n    @property\n    def pong(self) -> Task[[], str]:\n        return self._get_task_by_name("pong")\n'
        '\n\n@app.task(name="pong")\ndef pong() -> str:\n    return "ping"\n',
        (
            ('    PING = "ping"', '    PING = "ping"\n    PONG = "pong"'),
            (
                '        return self._get_task_by_name("pong")',
                "        return self._get_task_by_name(TaskName.PONG)",
            ),
        ),
        _EACH,
    ),
    Code.DUPLICATE: Explanation(
        "Celery keeps one implementation for a name, and which one is arbitrary: the web process and the worker "
        "can disagree. Two properties for one name declare two truths.",
        _PING + "\n    @property\n    def pong(self) -> Task[[], str]:\n"
        "        return self._get_task_by_name(TaskName.PING)\n",
        (
            (
                "\n    @property\n    def pong(self) -> Task[[], str]:\n"
                "        return self._get_task_by_name(TaskName.PING)",
                "",
            ),
        ),
        _EACH,
    ),
    Code.BOUND_METHOD: Explanation(
        "Celery compiles the arity check of .delay() from the method's code, self included: every .delay() and "
        ".apply_async() raises TypeError, although send_task and a direct call work.",
        """\
class EmailController:
    def send(self, to: str) -> bool:
        return True


class TaskName(str, Enum):
    SEND_EMAIL = "send_email"


app.task(name="send_email")(EmailController().send)


class TasksRegistry(BaseTasksRegistry):
    @property
    def send_email(self) -> Task[[str], bool]:
        return self._get_task_by_name(TaskName.SEND_EMAIL)
""",
        (
            (
                'app.task(name="send_email")(EmailController().send)',
                "register_task(app, TaskName.SEND_EMAIL, EmailController().send)",
            ),
        ),
        _EACH,
    ),
    Code.UNVERIFIABLE: Explanation(
        "A decorator without functools.wraps shows (*args, **kwargs) to Celery and to us, so a wrong call passes "
        "every check. It is a warning: the task may be right, but that cannot be seen.",
        """\
import functools
from collections.abc import Callable
from typing import ParamSpec

P = ParamSpec("P")


def timed(function: Callable[..., bool]) -> Callable[..., bool]:
    def run(*args: Any, **kwargs: Any) -> bool:
        return function(*args, **kwargs)

    return run


class TaskName(str, Enum):
    SEND_EMAIL = "send_email"


@app.task(name="send_email")
@timed
def send_email(to: str) -> bool:
    return True


class TasksRegistry(BaseTasksRegistry):
    @property
    def send_email(self) -> Task[[str], bool]:
        return self._get_task_by_name(TaskName.SEND_EMAIL)
""",
        (
            (
                "def timed(function: Callable[..., bool]) -> Callable[..., bool]:",
                "def timed(function: Callable[P, bool]) -> Callable[P, bool]:",
            ),
            (
                "    def run(*args: Any, **kwargs: Any) -> bool:",
                "    @functools.wraps(function)\n    def run(*args: P.args, **kwargs: P.kwargs) -> bool:",
            ),
        ),
        _EACH,
    ),
    Code.PAYLOAD: Explanation(
        "The arguments of a call travel as JSON unless task_serializer says otherwise. What JSON cannot carry raises "
        "in the caller; what it changes (a tuple becomes a list, int keys become str) surprises the worker. mypy checks it "
        'where a setting says which serializer is in force: task-serializer = "json".',
        _replaced(
            _EMAIL, ("to: str, retries: int = 3", "to: set[str]"), ("Task[[str], bool]", "Task[[set[str]], bool]")
        )
        + "\n\ndef later(registry: TasksRegistry) -> None:\n"
        '    registry.send_email.delay({"ada@example.org"})\n',
        (
            ("def send_email(to: set[str]) -> bool:", "def send_email(to: list[str]) -> bool:"),
            (
                "    def send_email(self) -> Task[[set[str]], bool]:",
                "    def send_email(self) -> Task[[list[str]], bool]:",
            ),
            (
                '    registry.send_email.delay({"ada@example.org"})',
                '    registry.send_email.delay(["ada@example.org"])',
            ),
        ),
        ("mypy", "check", "check --payloads"),
    ),
    Code.SCHEDULE: Explanation(
        "Beat sends an unknown name for ever without a word, and arguments that do not fit fail at every tick.",
        _PING
        + '\n\napp.conf.beat_schedule = {\n    "ping-often": {"task": "ping", "schedule": 10.0, "args": (1,)},\n}\n',
        (
            (
                '    "ping-often": {"task": "ping", "schedule": 10.0, "args": (1,)},',
                '    "ping-often": {"task": "ping", "schedule": 10.0},',
            ),
        ),
        _SETTINGS,
    ),
    Code.ROUTE: Explanation(
        "A typing mistake in task_routes or task_annotations has no effect and no warning: the task goes to the "
        "default queue, the rate limit never holds. A pair that stands beside dictionaries in the list task_routes "
        "stops every message where it is sent: ValueError.",
        _PING + '\n\napp.conf.task_routes = {"pign": {"queue": "fast"}}\n',
        (('app.conf.task_routes = {"pign": {"queue": "fast"}}', 'app.conf.task_routes = {"ping": {"queue": "fast"}}'),),
        _SETTINGS,
    ),
    Code.IMPORT: Explanation(
        "Celery's autodiscovery passes over some task modules that fail to import; their tasks are missing from the "
        "worker, which boots and discards their messages. check tells of modules that autodiscovery does not look for; whether "
        "an import succeeds, the running application.",
        'app.conf.imports = ["shop_tasks_that_do_not_exist"]\n',
        (('app.conf.imports = ["shop_tasks_that_do_not_exist"]', "app.conf.imports = []"),),
        _SETTINGS,
    ),
    Code.IGNORED_RESULT: Explanation(
        "A call with ignore_result=True stores nothing, so .get() returns None at once, whatever the task returns.",
        _PING + "\n\nprint(TasksRegistry(app).ping.apply_async(ignore_result=True).get())\n",
        (
            (
                "print(TasksRegistry(app).ping.apply_async(ignore_result=True).get())",
                "print(TasksRegistry(app).ping.apply_async().get())",
            ),
        ),
        _CALLS,
    ),
    Code.TIMEOUT: Explanation(
        "AsyncResult.get(timeout=...) raises celery.exceptions.TimeoutError, which is not the builtin TimeoutError "
        "and not a subclass of it: the except clause never runs.",
        _PING + "\n\ntry:\n    TasksRegistry(app).ping.delay().get(timeout=30)\nexcept TimeoutError:\n"
        '    print("Task took too long")\n',
        (
            ("try:", "from celery.exceptions import TimeoutError as TaskTimeoutError\n\ntry:"),
            ("except TimeoutError:", "except TaskTimeoutError:"),
        ),
        _MYPY,
    ),
    Code.SYNC_CALL: Explanation(
        "registry.x(), .run() and .apply() run the task in the calling process, and .delay().get() without a timeout waits "
        "for a worker: the request hangs until it completes. Reported in the "
        'modules of the setting request-handlers alone: request-handlers = ["delivery.http.*"].',
        _PING + "\n\ndef get_status() -> str:\n    return TasksRegistry(app).ping()\n",
        (("    return TasksRegistry(app).ping()", "    return TasksRegistry(app).ping.delay().id"),),
        _MYPY,
    ),
    Code.INCOMPATIBLE: Explanation(
        "Messages that are already in a queue, or that an older process still sends, meet the new worker. A new "
        "required parameter, a removed one or a renamed one breaks them. Give the parameter a default first.",
        _replaced(_EMAIL, ("retries: int = 3", "sender: str"), ("Task[[str], bool]", "Task[[str, str], bool]")),
        (("def send_email(to: str, sender: str) -> bool:", 'def send_email(to: str, sender: str = "shop") -> bool:'),),
        ("commands",),
    ),
    Code.BIND: Explanation(
        "bind=True gives the task itself as the first argument. A function without a parameter for it fails in every run.",
        _PING.replace('@app.task(name="ping")', '@app.task(name="ping", bind=True)'),
        (("def ping() -> str:", "def ping(self: Task[[], str]) -> str:"),),
        ("check",),
    ),
    Code.DEPLOY: Explanation(
        "A message for a queue that no worker consumes waits for ever, and nobody hears of it. Two beats send each entry of "
        "the schedule twice. celery-registry check --deploy compose.yaml reads what is started; here it starts one worker "
        "with -Q celery.",
        _PING.replace('@app.task(name="ping")', '@app.task(name="ping", queue="fast")'),
        (('@app.task(name="ping", queue="fast")', '@app.task(name="ping", queue="celery")'),),
        ("commands",),
    ),
    Code.DEADLOCK: Explanation(
        "A worker that waits for a task does not work, and where all of them wait nobody does what they wait for. Celery "
        "raises RuntimeError for it; with disable_sync_subtasks=False or allow_join_result() you say that it is safe.",
        _PING + '\n\n@app.task(name="report")\ndef report() -> str:\n    return ping.delay().get(timeout=5)\n',
        (
            (
                "    return ping.delay().get(timeout=5)",
                "    return ping.delay().id",
            ),
        ),
        ("check",),
    ),
    Code.TRANSACTION: Explanation(
        "The message leaves at once, the rows at the commit: a fast worker does not find them yet, and after a rollback it "
        "never does. Celery's own task class for Django has delay_on_commit. Whether a task reads what the transaction "
        'writes nobody can tell from the text, so this is off: severity = {"task-transaction" = "warning"} switches it on.',
        _PING + "\n\nfrom django.db import transaction\n\nwith transaction.atomic():\n    ping.delay()\n",
        (("    ping.delay()", "    transaction.on_commit(lambda: ping.delay())"),),
        ("check",),
    ),
    Code.CALL_ARG: Explanation(
        "Celery sends what the call gives. Where the caller does not find out, the worker does: TypeError, and the work is "
        "lost. mypy's own code; celery-registry check reports the same from source text, without mypy.",
        _EMAIL + '\n\nTasksRegistry(app).send_email.delay(receiver="a@example.com")\n',
        (
            (
                'TasksRegistry(app).send_email.delay(receiver="a@example.com")',
                'TasksRegistry(app).send_email.delay(to="a@example.com")',
            ),
        ),
        _CALLS,
    ),
    Code.ARG_TYPE: Explanation(
        "A value of another type reaches the task as it is: nothing converts it on the way. mypy's own code; "
        "celery-registry check reports plain values (a number for a text), and mypy everything.",
        _EMAIL + "\n\nTasksRegistry(app).send_email.delay(to=5)\n",
        (("TasksRegistry(app).send_email.delay(to=5)", 'TasksRegistry(app).send_email.delay(to="a@example.com")'),),
        _CALLS,
    ),
}
