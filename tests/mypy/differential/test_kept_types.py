"""What mypy keeps of a type in its cache: a caller that alone is checked again is told what a cold run tells it."""

from __future__ import annotations

from differential.edited import after_each
from differential.small_program import Edit
from differential.ways import Ways

HOLDER = {
    "mypy.ini": "[mypy]\nplugins = celery_registry.mypy\n",
    "shop/__init__.py": "",
    "shop/registry.py": """from enum import Enum

from celery import Celery, Task
from celery_registry import BaseTasksRegistry, register_task

app = Celery("shop")


class TaskName(str, Enum):
    SEND = "send"
    PING = "ping"
    CLEAN = "clean"


class Registry(BaseTasksRegistry):
    @property
    def send(self) -> Task[[str, int], None]:  # type: ignore[task-unregistered]
        return self._get_task_by_name(TaskName.SEND)

    @property
    def ping(self) -> Task[[str], None]:
        return self._get_task_by_name(TaskName.PING)

    @property
    def clean(self) -> Task[..., None]:
        return self._get_task_by_name(TaskName.CLEAN)


def run_ping(host: str) -> None: ...


def run_clean(*, days: int) -> None: ...


register_task(app, TaskName.PING, run_ping)
register_task(app, TaskName.CLEAN, run_clean)
""",
    "shop/holder.py": """from shop.registry import Registry, app


class Holder:
    def __init__(self, registry: Registry) -> None:
        self.send = registry.send
        self.ping = registry.ping
        self.clean = registry.clean
        self.registry = registry
        self.looked_up = app.tasks["ping"]
""",
}
RIGHT = """from shop.holder import Holder


def call(holder: Holder) -> None:
    holder.send.delay(to="me", times=1)
    holder.send.s(to="me", times=1)
    holder.send.apply_async(kwargs={"to": "me", "times": 1})
    holder.ping.delay(host="me")
    holder.looked_up.delay(host="me")
    holder.clean.delay(days=1)
    holder.registry.clean.delay(days=1)
"""
WRONG = """

def wrong(holder: Holder) -> None:
    holder.send.delay(to="me")
    holder.send.delay(1, times=1)
    holder.ping.delay(to="me")
    holder.looked_up.delay(to="me")
    holder.clean.delay(1)
    holder.registry.clean.delay(day=1)
    holder.registry.clean.apply_async((1,))
"""
TOLD = {
    'shop/calls.py:15: error: Too few arguments for "delay" of "send"  [call-arg]',
    'shop/calls.py:16: error: Argument 1 to "delay" of "send" has incompatible type "int"; expected "str"  [arg-type]',
    'shop/calls.py:17: error: Unexpected keyword argument "to" for "delay" of "ping"  [call-arg]',
    'shop/calls.py:18: error: Unexpected keyword argument "to" for "delay" of "run_ping"  [call-arg]',
    'shop/calls.py:19: error: Too many positional arguments for "delay" of "clean"  [call-arg]',
    'shop/calls.py:20: error: Unexpected keyword argument "day" for "delay" of "clean"; did you mean "days"?  [call-arg]',
    'shop/calls.py:21: error: Too many positional arguments for "clean"  [call-arg]',
}


def calls(text: str) -> Edit:
    return lambda files: files.update({**HOLDER, "shop/calls.py": text})


#: Only the caller changes.
EDITS: list[tuple[str, Edit, set[str]]] = [
    ("nothing", calls(RIGHT), set()),
    ("a line below", calls(RIGHT + "\n"), set()),
    ("wrong calls", calls(RIGHT + WRONG), TOLD),
]


def test_a_task_in_an_attribute_of_another_module_is_what_it_was(ways: Ways) -> None:
    for name, cold, expected in after_each(ways, EDITS):
        assert {line for line in cold if ": note:" not in line} == expected, name
