"""A call that no worker could run raises where it is made, and one that Celery would run is sent."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from celery import Celery, chain, group
from pydantic import BaseModel

from celery_registry import BaseTasksRegistry, MessageError, guard, remote_tasks, validate, validate_sends
from celery_registry.errors import ConfigurationError


class Order(BaseModel):
    number: int


def make_app(**install: Any) -> Celery:
    app = Celery("sender", broker="memory://", set_as_current=False)

    @app.task(name="send", shared=False)
    def send(to: str, copies: int = 1, tags: tuple[str, ...] = ()) -> None: ...

    @app.task(name="loose", shared=False, typing=False)
    def loose(a, b): ...  # type: ignore[no-untyped-def]

    @app.task(name="model", shared=False, pydantic=True)
    def model(order: Order) -> None: ...

    @app.task(name="bound", shared=False, bind=True)
    def bound(self: Any, to: str) -> None: ...

    guard.install(app, **install)
    app.finalize()
    # All applications of a process share what is in memory.
    app.control.purge()
    return app


WRONG = [
    ("send", (), {}, "send() missing 1 required positional argument: 'to'"),
    ("send", ("a",), {"copy": 1}, "send() got an unexpected keyword argument 'copy'"),
    ("send", (5,), {}, "to: Input should be a valid string, not int"),
    ("send", ("a", "many"), {}, "copies: Input should be a valid integer"),
    ("send", ("a", object()), {}, 'the arguments do not survive "json"'),
    ("loose", (1,), {}, "loose() missing 1 required positional argument: 'b'"),
    ("model", ({"number": "x"},), {}, "order['number']: Input should be a valid integer"),
    ("bound", (1, 2), {}, "bound() takes 1 positional argument but 2 were given"),
]
RIGHT = [
    ("send", ("a",), {}),
    ("send", ("a", 2), {"tags": ("x", "y")}),
    ("send", (), {"to": "a", "copies": 2}),
    ("loose", (2,), {"b": 3}),
    ("model", ({"number": 1},), {}),
    ("bound", ("a",), {}),
    ("nobody knows", (1, 2), {"x": 3}),
]


def queued(app: Celery) -> int:
    with app.connection() as connection:
        return int(connection.default_channel.queue_declare("celery", passive=True).message_count)


@pytest.mark.parametrize(("name", "args", "kwargs", "text"), WRONG, ids=map(str, range(len(WRONG))))
def test_a_wrong_call_raises_before_anything_is_sent(name: str, args: Any, kwargs: Any, text: str) -> None:
    app = make_app(validate="send")
    task = app.tasks[name]
    for send in (
        lambda: app.send_task(name, args, kwargs),
        lambda: task.apply_async(args, kwargs),
        lambda: task.delay(*args, **kwargs),
        lambda: app.signature(name, args, kwargs).apply_async(),
        lambda: chain(app.signature(name, args, kwargs, app=app), app.signature("send", immutable=True)).apply_async(),
        lambda: group([app.signature(name, args, kwargs, app=app)], app=app).apply_async(),
    ):
        with pytest.raises(TypeError):
            send()
    with pytest.raises(MessageError) as raised:
        app.send_task(name, args, kwargs)
    assert str(raised.value).startswith(f'task "{name}": ')
    assert text in str(raised.value)
    with pytest.raises(MessageError):
        validate(task, *args, **kwargs)


def test_what_celery_would_run_is_sent() -> None:
    app = make_app(validate="send")
    for name, args, kwargs in RIGHT:
        app.send_task(name, args, kwargs)
        if name in app.tasks:
            app.tasks[name].apply_async(args, kwargs)
            validate(app.tasks[name], *args, **kwargs)
    dumps = hasattr(app.tasks["model"], "_dump_pydantic_arguments")
    if dumps:
        # A newer Celery dumps a model before it is sent.
        app.tasks["model"].delay(Order(number=1))
    assert queued(app) == 2 * len(RIGHT) - 1 + dumps


def test_without_it_nothing_is_checked_and_it_can_be_taken_back() -> None:
    app = make_app()
    app.send_task("send", (5,))
    guard.install(app, validate="send")
    with pytest.raises(MessageError):
        app.send_task("send", (5,))
    guard.install(app)
    app.send_task("send", (5,))


def test_a_registry_property_is_validated_without_sending() -> None:
    class Registry(BaseTasksRegistry):
        @property
        def send(self) -> Any:
            return self._get_task_by_name("send")

    registry = Registry(make_app())
    validate(registry.send, "a", copies=2)
    with pytest.raises(MessageError, match="copies: Input should be a valid integer"):
        validate(registry.send, "a", copies="x")


class SendRegistry(BaseTasksRegistry):
    @property
    def send(self) -> Any:
        return self._get_task_by_name("send")


@dataclass(frozen=True)
class FrozenRegistry(SendRegistry):
    celery: Celery


@pytest.mark.parametrize("registry_class", [SendRegistry, FrozenRegistry])
def test_the_tasks_of_one_registry_are_checked_and_no_others(registry_class: type[SendRegistry]) -> None:
    app = make_app()
    registry = registry_class(app)
    validate_sends(registry)
    for send in (
        lambda: registry.send.delay(5),
        lambda: registry.send.apply_async(kwargs={"copy": 1}),
        lambda: registry.send.s(5).apply_async(),
        lambda: app.send_task("send", (5,)),
    ):
        with pytest.raises(TypeError):
            send()
    assert queued(app) == 0
    registry.send.delay("a")
    app.send_task("loose", (1,))
    assert queued(app) == 2
    # What guard.install says of the application is one thing, the registry's word another.
    guard.install(app, validate="send")
    with pytest.raises(MessageError):
        app.send_task("loose", (1,))
    guard.install(app)
    app.send_task("loose", (1,))
    with pytest.raises(MessageError):
        registry.send.delay(5)
    assert queued(app) == 3


def test_a_remote_task_is_held_to_its_contract(tmp_path: Path) -> None:
    (tmp_path / "theirs.py").write_text(
        "from celery import Celery\napp = Celery('theirs')\n\n@app.task(name='bill')\ndef bill(order: int): ...\n"
    )
    command = [sys.executable, "-c", "from celery_registry.cli import main; main()", "lock", "-A", "theirs:app"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    app = make_app(validate="send")
    remote_tasks(app, contract=tmp_path / "celery-registry.lock")
    app.send_task("bill", (1,))
    with pytest.raises(MessageError, match='task "bill": '):
        app.send_task("bill", (1, 2))
    with pytest.raises(MessageError, match='task "bill": '):
        validate(app.tasks["bill"])


def test_bad_input_is_one_line() -> None:
    for given, text in (
        ({"validate": "sender"}, 'validate must be True, False, "send" or "both", not \'sender\''),
        ({"validate": True}, 'validate=True needs a place for what is refused: give park="celery-registry.parked"'),
        ({"park": 5}, "park must be the name of a queue or a kombu.Queue, not 5"),
        ({"park": ""}, "park must be the name of a queue or a kombu.Queue, not ''"),
        ({"ready_file": ""}, "ready_file must be a path, not ''"),
    ):
        with pytest.raises(ConfigurationError) as raised:
            make_app(**given)
        assert str(raised.value) == text
