"""An alias runs the new task for messages with the old name, under their own id and retries."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from celery import Celery, Task, current_task
from celery.contrib.testing.worker import start_worker
from celery.exceptions import Retry

import celery_registry
from celery_registry.errors import RegistrationError, TaskNotFoundError
from celery_registry.guard.lock_reader import read_app_lock
from celery_registry.wire.alias import Alias, alias, check_aliases, registered_aliases


@pytest.fixture
def app() -> Iterator[Celery]:
    with Celery("alias", broker="memory://", backend="cache+memory://", set_as_current=False) as app:
        yield app


def test_the_public_name_is_this_function() -> None:
    assert celery_registry.alias is alias


def test_an_old_message_runs_the_new_task(app: Celery) -> None:
    @app.task(name="new", shared=False)
    def new(a: int, b: int = 2) -> tuple[int, int]:
        return a, b

    old = alias(app, old="old", new="new")
    assert old.apply((1,), {"b": 3}).get() == (1, 3)
    assert app.tasks["old"].hits == 1


def test_adapt_turns_what_an_old_message_carries_into_what_the_new_task_takes(app: Celery) -> None:
    @app.task(name="new", shared=False)
    def new(to: str, locale: str) -> str:
        return f"{to} {locale}"

    def adapt(to: str) -> dict[str, Any]:
        return {"to": to, "locale": "en"}

    alias(app, old="by-name", new="new", adapt=adapt)
    alias(app, old="by-place", new="new", adapt=lambda to: (to, "de"))
    alias(app, old="wrong", new="new", adapt=lambda to: "text")  # type: ignore[arg-type, return-value]
    assert app.tasks["by-name"].apply(("a",)).get() == "a en"
    assert app.tasks["by-place"].apply(kwargs={"to": "a"}).get() == "a de"
    with pytest.raises(TypeError, match='adapt of the alias "wrong" must return a mapping or a tuple, not str'):
        app.tasks["wrong"].apply(("a",)).get()


def test_the_new_task_may_be_registered_later(app: Celery) -> None:
    old = alias(app, old="old", new="new")
    with pytest.raises(TaskNotFoundError, match="no task named 'new' is registered"):
        old.apply().get()

    @app.task(name="new", shared=False)
    def new() -> str:
        return "done"

    assert old.apply().get() == "done"


def test_an_alias_does_not_finalize_the_application(app: Celery) -> None:
    alias(app, old="old", new="new")
    assert not app.finalized
    assert not app.configured


def test_the_new_task_sees_the_message_it_was_called_with(app: Celery) -> None:
    @app.task(name="new", bind=True, shared=False)
    def new(self: Any, a: int) -> tuple[str, list[int], str]:
        return self.request.id, list(self.request.args), current_task.name

    alias(app, old="old", new="new", adapt=lambda: {"a": 1})
    assert app.tasks["old"].apply(task_id="one").get() == ("one", [], "new")


def test_a_class_with_a_call_of_its_own_is_called_by_it(app: Celery) -> None:
    class Loud(Task):  # type: ignore[type-arg]
        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            return f"{super().__call__(*args, **kwargs)}!"

    @app.task(name="new", base=Loud, shared=False)
    def new() -> str:
        return "done"

    alias(app, old="old", new="new")
    assert app.tasks["old"].apply().get() == "done!"


def test_a_retry_goes_on_under_the_new_name_with_the_new_arguments(app: Celery) -> None:
    attempts: list[tuple[str, int, int]] = []

    @app.task(name="new", bind=True, shared=False, max_retries=3)
    def new(self: Any, a: int) -> str:
        attempts.append((self.request.task, self.request.retries, a))
        if len(attempts) < 3:
            raise self.retry(countdown=0)
        return "done"

    alias(app, old="old", new="new", adapt=lambda text: {"a": int(text)})
    with start_worker(app, perform_ping_check=False, pool="solo"):
        assert app.send_task("old", ("7",)).get(timeout=20) == "done"
    assert attempts == [("new", 0, 7), ("new", 1, 7), ("new", 2, 7)]


def test_options_that_celery_asks_for_are_those_of_the_new_task(app: Celery) -> None:
    @app.task(name="new", shared=False, acks_late=True, ignore_result=True, time_limit=5, serializer="pickle")
    def new() -> None: ...

    alias(app, old="old", new="new")
    old = app.tasks["old"]
    assert (old.acks_late, old.ignore_result, old.time_limit, old.serializer) == (True, True, 5, "pickle")


def test_a_message_is_logged_as_a_warning_once_the_day_is_over(app: Celery, caplog: pytest.LogCaptureFixture) -> None:
    @app.task(name="new", shared=False)
    def new() -> None: ...

    alias(app, old="early", new="new", expires=datetime.date.today().isoformat())
    alias(app, old="late", new="new", expires=datetime.date(2020, 1, 1))
    with caplog.at_level(logging.INFO, "celery_registry.alias"):
        app.tasks["early"].apply()
        app.tasks["late"].apply()
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("INFO", 'task name "early" is an alias of "new": a message still carries it'),
        (
            "WARNING",
            'task name "late" is an alias of "new" that expired on 2020-01-01, and messages still carry it',
        ),
    ]


def test_expired_aliases_and_those_without_a_task_are_findings(app: Celery) -> None:
    @app.task(name="new", shared=False)
    def new() -> None: ...

    alias(app, old="late", new="new", expires="2027-01-31")
    alias(app, old="lost", new="gone")
    assert [task.name for task in registered_aliases(app)] == ["late", "lost"]
    today = datetime.date(2027, 1, 31)
    assert [f.problem for f in check_aliases(app, today)] == ["alias-without-task"]
    late, lost = check_aliases(app, today + datetime.timedelta(days=1))
    assert late.sentence == 'The alias "late" of task "new" expired on 2027-01-31'
    assert lost.sentence == 'The alias "lost" leads to the task "gone", which is not registered'


def test_an_alias_stands_in_the_lock_with_the_parameters_of_an_old_message(app: Celery) -> None:
    @app.task(name="new", shared=False)
    def new(to: str, locale: str) -> None: ...

    def adapt(to: str, *, copy: bool = False) -> dict[str, Any]:
        return {"to": to, "locale": "en"}

    alias(app, old="adapted", new="new", adapt=adapt, expires="2027-01-31")
    alias(app, old="plain", new="new")
    tasks = read_app_lock(app).tasks
    assert (tasks["adapted"].alias_of, tasks["adapted"].expires) == ("new", "2027-01-31")
    shown = {
        name: [(p.name, p.required, p.type) for p in task.signature.parameters or ()] for name, task in tasks.items()
    }
    assert shown["adapted"] == [("to", True, "str"), ("copy", False, "bool")]
    assert shown["plain"] == shown["new"] == [("to", True, "str"), ("locale", True, "str")]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"old": "new", "new": "new"}, 'an alias needs two names, and both are "new"'),
        ({"old": "there", "new": "new"}, '"there" is a registered task, so it cannot be an alias of "new"'),
        ({"old": "old", "new": "new", "expires": "soon"}, "expires must be a day such as"),
        ({"old": "old", "new": "new", "adapt": 7}, "adapt has no signature that Python can read"),
    ],
)
def test_what_cannot_be_an_alias_is_refused(app: Celery, arguments: Any, said: str) -> None:
    @app.task(name="there", shared=False)
    def there() -> None: ...

    app.finalize()
    with pytest.raises(RegistrationError, match=said):
        alias(app, **arguments)


def test_enum_members_of_any_kind_name_tasks(app: Celery) -> None:
    import enum

    class TaskName(str, enum.Enum):
        NEW = "new"

    @app.task(name="new", shared=False)
    def new() -> str:
        return "done"

    alias(app, old="old", new=TaskName.NEW)
    task = app.tasks["old"]
    assert isinstance(task, Alias)
    assert task.new_name == "new"
    assert task.apply().get() == "done"


def test_a_strict_guard_asks_for_no_member_for_an_old_name(app: Celery) -> None:
    import enum

    from celery_registry import guard

    class TaskName(str, enum.Enum):
        NEW = "new"

    for name in ("new", "other"):
        register(app, name)
    alias(app, old="old", new="new")
    findings = guard.check(app, names=TaskName, strict=True)
    # Tasks that other tests share are on every application of the process.
    mine = [(finding.problem, finding.task) for finding in findings if finding.task in ("new", "old", "other")]
    assert mine == [("task-not-declared", "other")]


def register(app: Celery, name: str) -> None:
    @app.task(name=name, shared=False)
    def run() -> None: ...


def test_a_retry_that_is_not_run_by_a_worker_is_celerys_own(app: Celery) -> None:
    @app.task(name="new", bind=True, shared=False)
    def new(self: Any) -> None:
        raise Retry("later")

    alias(app, old="old", new="new")
    assert app.tasks["old"].apply().state == "RETRY"
