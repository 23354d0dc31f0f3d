"""A program's own functions that register: read, or the names of the program count as unknown; never as nothing.

Every program here is run: what Celery registers under ``n.x`` is what the index must know, or know that it does not.
"""

from __future__ import annotations

import textwrap

import pytest
from celery import _state

from celery_registry.source.model import How
from celery_registry.source.verbs import VERBS, Verb

HEAD = """\
import functools
from functools import partial
from celery import Celery, shared_task

app = Celery("jobs", broker="memory://", set_as_current=False)
"""

READ = {
    "called": """
        def one(name, **kwargs):
            return app.task(name=name, **kwargs)

        @one("n.x")
        def work(x: int) -> int: ...
        """,
    "by keyword": """
        def one(name, **kwargs):
            return app.task(name=name, **kwargs)

        @one(name="n.x")
        def work(x: int) -> int: ...
        """,
    "over several lines": """
        def one(
            name: str,
            **kwargs: object,
        ):
            return app.task(
                name=name,
                **kwargs,
            )

        @one(
            "n.x",
        )
        def work(x: int) -> int: ...
        """,
    "a default": """
        def one(name="n.x"):
            return app.task(name=name)

        @one()
        def work(x: int) -> int: ...
        """,
    "a prefix": """
        PREFIX = "n."

        def one(name):
            return app.task(name=PREFIX + name)

        @one("x")
        def work(x: int) -> int: ...
        """,
    "an f-string": """
        def one(name):
            return app.task(name=f"n.{name}")

        @one("x")
        def work(x: int) -> int: ...
        """,
    "two hops": """
        def base(*args, **kwargs):
            return app.task(*args, **kwargs)

        def two(name, **kwargs):
            return base(name=name, acks_late=True, **kwargs)

        @two("n.x")
        def work(x: int) -> int: ...
        """,
    "two hops by position": """
        def one(name):
            return two("n." + name)

        def two(name):
            return base(name)

        def base(name):
            return app.task(name=name)

        @one("x")
        def work(x: int) -> int: ...
        """,
    "an application of an own class": """
        class App(Celery):
            pass

        def made():
            late = App("jobs", broker="memory://", set_as_current=False)
            late.conf.update(task_ignore_result=True)
            return late

        late = made()

        @late.task(name="n.x")
        def work(x: int) -> int: ...
        """,
    "two hops without a call": """
        def two(func):
            return base(func)

        def base(func):
            return app.task(name="n.x")(func)

        @two
        def work(x: int) -> int: ...
        """,
    "nested": """
        def four(*args, **kwargs):
            def decorator(func):
                return app.task(*args, **kwargs)(func)

            return decorator

        @four(name="n.x")
        def work(x: int) -> int: ...
        """,
    "nested, direct": """
        def four(name):
            def decorator(func):
                return app.task(func, name=name)

            return decorator

        @four("n.x")
        def work(x: int) -> int: ...
        """,
    "bare": """
        def bare(func):
            return app.task(func, name="n.x")

        @bare
        def work(x: int) -> int: ...
        """,
    "a method of a subclass": """
        class Own(Celery):
            def job(self, *args, **kwargs):
                def decorator(f):
                    return self.task(f, *args, **kwargs)

                return decorator

        own = Own("own", broker="memory://", set_as_current=False)

        @own.job(name="n.x")
        def work(x: int) -> int: ...
        """,
    "an option of its own": """
        class Own(Celery):
            def periodic_task(self, *args, **kwargs):
                def decorator(f):
                    kwargs.pop("run_every", None)
                    return self.task(f, *args, **kwargs)

                return decorator

        own = Own("own", broker="memory://", set_as_current=False)

        @own.periodic_task(run_every=60, name="n.x")
        def work(x: int) -> int: ...
        """,
    "a wrapper class": """
        class Queue:
            def __init__(self, app: Celery) -> None:
                self.app = app

            def task(self, name: str):
                return self.app.task(name=name)

        queue = Queue(app)

        @queue.task("n.x")
        def work(x: int) -> int: ...
        """,
    "a static method": """
        class Jobs:
            @staticmethod
            def job(name):
                return app.task(name=name)

        @Jobs.job("n.x")
        def work(x: int) -> int: ...
        """,
    "partial": """
        late = partial(app.task, acks_late=True)

        @late(name="n.x")
        def work(x: int) -> int: ...
        """,
    "partial with the name, bare": """
        late = partial(app.task, name="n.x")

        @late
        def work(x: int) -> int: ...
        """,
    "an alias": """
        late = app.task

        @late(name="n.x")
        def work(x: int) -> int: ...
        """,
    "a kept decorator": """
        late = app.task(name="n.x", acks_late=True)

        @late
        def work(x: int) -> int: ...
        """,
    "a local decorator": """
        def one(name):
            decorator = app.task(name=name)
            return decorator

        @one("n.x")
        def work(x: int) -> int: ...
        """,
    "options that are changed": """
        def task(*args, **kwargs):
            for arg in "queue", "routing_key":
                if arg in kwargs:
                    kwargs["default_" + arg] = kwargs.pop(arg)
            return app.task(*args, **kwargs)

        @task(name="n.x")
        def work(x: int) -> int: ...
        """,
    "options in a constant": """
        OPTIONS = {"name": "n.x", "acks_late": True}

        @app.task(**OPTIONS)
        def work(x: int) -> int: ...
        """,
    "options in a constant that unpacks another": """
        LIMITS = {"acks_late": True, "time_limit": len("ab")}
        OPTIONS = {**LIMITS, "name": "n.x"}

        @app.task(**OPTIONS)
        def work(x: int) -> int: ...
        """,
    "called twice": """
        def one(name):
            return app.task(name=name)

        def work(x: int) -> int: ...

        registered = one("n.x")(work)
        """,
}

UNKNOWN = {
    "options that unpack themselves": """
        OPTIONS = {"name": "n.x"}
        OPTIONS = {**OPTIONS, "acks_late": True}

        @app.task(**OPTIONS)
        def x(x: int) -> int: ...
        """,
    "options that unpack what nobody can tell": """
        def limits():
            return {"name": "n.x"}

        OPTIONS = {**limits(), "acks_late": True}

        @app.task(**OPTIONS)
        def x(x: int) -> int: ...
        """,
    "what made the application": """
        def made():
            for found in (app,):
                return found

        late = made()
        OPTIONS = dict(name="n.x")

        @late.task(**OPTIONS)
        def work(x: int) -> int: ...
        """,
    "a name that is made": """
        def one(name):
            return app.task(name=name.lower())

        @one("N.X")
        def work(x: int) -> int: ...
        """,
    "a name that is changed": """
        def one(**kwargs):
            kwargs["name"] = kwargs["name"] + ".x"
            return app.task(**kwargs)

        @one(name="n")
        def work(x: int) -> int: ...
        """,
    "two ways": """
        def one(func=None, **kwargs):
            if func is not None:
                return app.task(func, **kwargs)
            return app.task(**kwargs)

        @one(name="n.x")
        def work(x: int) -> int: ...
        """,
    "a function that is given the verb": """
        def register(verb, func):
            return verb(func, name="n.x")

        def work(x: int) -> int: ...

        register(app.task, work)
        """,
    "a direct call": """
        def register(func):
            return app.task(func, name="n." + func.__name__)

        def x(x: int) -> int: ...

        register(x)
        """,
    "a loop": """
        def x(x: int) -> int: ...

        for function in (x,):
            app.task(name="n." + function.__name__)(function)
        """,
    "an inner task": """
        def job(name):
            def decorator(func):
                @app.task(name=name)
                @functools.wraps(func)
                def run(*args, **kwargs):
                    return func(*args, **kwargs)

                return run

            return decorator

        @job("n.x")
        def work(x: int) -> int: ...
        """,
    "a class": """
        from celery import Task

        def add(cls):
            return app.register_task(cls())

        class Work(Task):
            def run(self, x: int) -> int: ...

            @property
            def name(self):
                return "n.x"

        add(Work)
        """,
}


def run(text: str) -> set[str]:
    """The names that Celery knows once the program has run."""
    space: dict[str, object] = {"__name__": "jobs"}
    # Tasks are shared: those of another program's application would come to this one's.
    shared = set(_state._on_app_finalizers)
    _state._on_app_finalizers.clear()
    try:
        exec(compile(text, "jobs.py", "exec"), space)
        app = space.get("own", space["app"])
        app.finalize()  # type: ignore[attr-defined]
    finally:
        _state._on_app_finalizers.clear()
        _state._on_app_finalizers.update(shared)
    return {name for name in app.tasks if not name.startswith("celery.")}  # type: ignore[attr-defined]


def program(text: str) -> str:
    return HEAD + textwrap.dedent(text)


@pytest.mark.parametrize("text", READ.values(), ids=READ)
def test_what_can_be_followed_is_a_registration(index_of, text):
    assert "n.x" in run(program(text))
    index = index_of({"jobs.py": program(text)})
    (found,) = index.registrations
    assert (found.task_name, found.target, [p.name for p in found.signature.parameters or ()]) == (
        "n.x",
        "jobs.work",
        ["x"],
    )


@pytest.mark.parametrize("text", UNKNOWN.values(), ids=UNKNOWN)
def test_where_it_cannot_be_followed_names_are_unknown(index_of, text):
    assert "n.x" in run(program(text))
    assert None in {r.task_name for r in index_of({"jobs.py": program(text)}).registrations}


def test_a_function_around_the_one_it_is_given_hides_the_parameters_and_not_the_name(index_of):
    text = program(
        """
        def job(name):
            def decorator(func):
                @functools.wraps(func)
                def run(*args, **kwargs):
                    return func(*args, **kwargs)

                return app.task(name=name)(run)

            return decorator

        @job("n.x")
        def work(x: int) -> int: ...
        """
    )
    assert "n.x" in run(text)
    (found,) = index_of({"jobs.py": text}).registrations
    assert (found.task_name, found.target, found.signature.parameters) == ("n.x", "jobs.work", None)
    assert found.hidden == "is wrapped where it is registered"


def test_a_file_that_says_nothing_of_tasks_is_read_for_its_decorators(index_of):
    index = index_of(
        {
            "base.py": program("def job(name):\n    return app.task(name=name, acks_late=True)\n"),
            "work.py": "from base import job\n\n@job('a')\ndef a(x): ...\n",
            "more.py": "from base import job as j\n\n@j('b')\ndef b(x): ...\n",
            "deep/__init__.py": "",
            "deep/work.py": "import base\n\nclass A:\n    @staticmethod\n    @base.job('c')\n    def c(x): ...\n",
            "quiet.py": "from other import thing\n\n@thing('d')\ndef d(x): ...\n",
        }
    )
    assert {r.task_name: r.target for r in index.registrations} == {
        "a": "work.a",
        "b": "more.b",
        "c": "deep.work.A.c",
    }


def test_an_enum_gives_the_name_through_a_function(index_of):
    index = index_of(
        {
            "base.py": program("def job(name):\n    return app.task(name=name, acks_late=True)\n"),
            "names.py": "from enum import Enum\n\nclass TaskName(str, Enum):\n    A = 'a'\n    B = 'b'\n",
            "work.py": "from base import job\nfrom names import TaskName\n\n@job(TaskName.A)\ndef a(x): ...\n",
        }
    )
    assert [r.task_name for r in index.registrations] == ["a"]
    assert set(index.enums) == {"names.TaskName"}


def test_what_is_nothing_of_celery_makes_no_name_unknown(index_of):
    index = index_of(
        {
            "jobs.py": program(
                """
                @app.task
                def work(x: int) -> int: ...

                def show(item, view):
                    task = item.task
                    view.add(item.task, name=item.task)
                    return view.task(name="x")

                def unused(name, **kwargs):
                    return app.task(name=name, **kwargs)

                class Register:
                    def register_task(self, thing): ...

                Register().register_task(1)
                """
            )
        }
    )
    assert [r.task_name for r in index.registrations] == ["jobs.work"]


def test_a_new_form_is_one_row(index_of, monkeypatch):
    """Bytes, bodies, trees and names all read the one table."""
    monkeypatch.setattr("celery_registry.source.verbs.VERBS", [*VERBS, Verb("enroll", How.APP_TASK)])
    index = index_of(
        {
            "proj.py": "from celery import Celery\n\napp = Celery('proj')\n",
            "work.py": """
                from proj import app

                @app.enroll
                def a(x): ...

                @app.enroll(name="b")
                def b(x): ...

                def c(x): ...

                def setup():
                    app.enroll(name="c")(c)

                def job(name):
                    return app.enroll(name=name)

                @job("d")
                def d(x): ...
            """,
        }
    )
    assert {r.task_name: r.target for r in index.registrations} == {
        "work.a": "work.a",
        "b": "work.b",
        "c": "work.c",
        "d": "work.d",
    }
