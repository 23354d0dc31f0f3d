"""Every way of registering a task, each beside one that only looks like it."""

from __future__ import annotations

import pytest

from celery_registry.source.model import How

APP = "from celery import Celery\n\napp = Celery('proj')\n"


def names(index):
    return [(r.task_name, r.target) for r in index.registrations]


def parameters(registration):
    return [p.name for p in registration.signature.parameters or ()]


# Decorators


@pytest.mark.parametrize(
    ("decorator", "how"),
    [
        ("@app.task", How.APP_TASK),
        ("@app.task()", How.APP_TASK),
        ("@app.task(acks_late=True)", How.APP_TASK),
        ("@shared_task", How.SHARED_TASK),
        ("@shared_task()", How.SHARED_TASK),
        ("@job", How.SHARED_TASK),
        ("@celery.shared_task", How.SHARED_TASK),
        ("@current_app.task", How.APP_TASK),
        ("@celery.current_app.task", How.APP_TASK),
        # As Celery 4 had them.
        ("@old", How.SHARED_TASK),
        ("@old(ignore_result=True)", How.SHARED_TASK),
        ("@periodic_task(run_every=60)", How.SHARED_TASK),
    ],
)
def test_a_decorated_function_has_the_default_name(index_of, decorator, how):
    index = index_of(
        {
            "proj/__init__.py": "",
            "proj/app.py": APP,
            "proj/work.py": f"""
                import celery
                from celery import current_app, shared_task, shared_task as job
                from celery.task import periodic_task, task as old
                from proj.app import app

                {decorator}
                def add(x: int, y: int = 1) -> int:
                    return x + y
            """,
        }
    )
    (found,) = index.registrations
    assert (found.task_name, found.target, found.how) == ("proj.work.add", "proj.work.add", how)
    assert parameters(found) == ["x", "y"]
    assert found.signature.result == "int"
    assert not found.bound_method
    assert found.hidden is None


@pytest.mark.parametrize(
    "text",
    [
        "from invoke import task\n@task\ndef add(x): ...\n",
        "from prefect import task\n@task(name='add')\ndef add(x): ...\n",
        "from faust import App\nimport celery\napp = App('x')\n@app.task\ndef add(x): ...\n",
        "import celery\nimport procrastinate\napp = procrastinate.App()\n@app.task(name='add')\ndef add(x): ...\n",
        "from celery import Celery\nfrom taskiq import Broker\ndef f(b: Broker):\n    b.task(name='add')(print)\n",
        "class Kit:\n    def shared_task(self, f): ...\nkit = Kit()\n@kit.shared_task\ndef add(x): ...\n",
        "def shared_task(f): return f\nimport celery\n@shared_task\ndef add(x): ...\n",
        "from celery import shared_task\ndef shared_task(f): return f\n@app.tasks\ndef add(x): ...\n",
        "from celery import shared_task\ndef f(shared_task):\n    @shared_task\n    def add(x): ...\n",
        "import celery\nclass Board:\n    def task(self, name): ...\nboard = Board()\n@board.task('add')\ndef add(x): ...\n",
        "import celery\nclass Board:\n    def task(self, name): ...\nBoard().task(name='add')(print)\n",
        "def app(): ...\n@app.task(name='add')\ndef add(x): ...\n",
        "@unknown.task(name='add')\ndef add(x): ...\n",
    ],
)
def test_what_is_no_celery_application_registers_nothing(index_of, text):
    assert names(index_of({"work.py": text})) == []


def test_an_application_is_known_by_annotation_assignment_or_attribute(index_of):
    index = index_of(
        {
            "proj/__init__.py": "",
            "proj/celery.py": """
                from celery import Celery as C

                class OurCelery(C):
                    pass

                def make() -> C:
                    return C()

                celery_app = OurCelery()
                made = make()
            """,
            "proj/work.py": """
                from proj import celery as celery_module
                from proj.celery import OurCelery, celery_app, made

                @celery_app.task
                def a(): ...

                @made.task
                def b(): ...

                @celery_module.celery_app.task
                def c(): ...

                def later(app: "OurCelery | None"):
                    @app.task
                    def d(): ...

                class Controller:
                    def __init__(self, app: OurCelery) -> None:
                        self._app = app

                    def register(self) -> None:
                        self._app.task(name="e")(a)
            """,
        }
    )
    assert [r.task_name for r in index.registrations] == [
        "proj.work.a",
        "proj.work.b",
        "proj.work.c",
        "proj.work.d",
        "e",
    ]


def test_an_unannotated_receiver_counts_where_the_name_resolves_and_celery_is_near(index_of):
    text = "class C:\n    def register(self, registry):\n        registry.task(name='x')(self.run)\n    def run(self): ...\n"
    assert names(index_of({"near.py": "import celery\n" + text})) == [("x", "near.C.run")]
    assert names(index_of({"near.py": "", "far.py": text})) == []


def test_main_is_the_applications_name(index_of):
    from celery_registry.source.files import SourceFile
    from celery_registry.source.index import SourceIndex

    index = index_of({"run.py": APP + "@app.task\ndef add(): ...\n"})
    file = SourceFile("__main__", index.modules["run"].path)
    assert names(SourceIndex.build([file], app_main="proj")) == [("proj.add", "__main__.add")]
    assert names(SourceIndex.build([file])) == [("proj.add", "__main__.add")]


def test_an_application_that_makes_its_own_names_gives_no_default_name(index_of):
    files = {
        "app.py": """
            from celery import Celery, shared_task

            class Ours(Celery):
                def gen_task_name(self, name, module):
                    return "ours." + name

            app = Ours()

            @app.task
            def a(): ...

            @shared_task
            def b(): ...

            @shared_task(name="c")
            def c(): ...
        """
    }
    assert [r.task_name for r in index_of(files).registrations] == [None, None, "c"]


@pytest.mark.parametrize("line", ["app.gen_task_name = named", 'setattr(app, "gen_task_name", named)'])
def test_an_application_that_is_given_a_way_to_make_names_gives_no_default_name(index_of, line):
    text = f"def named(name, module): ...\n{line}\n@app.task\ndef a(): ...\n@app.task(name='b')\ndef b(): ...\n"
    assert names(index_of({"work.py": APP + text})) == [(None, "work.a"), ("b", "work.b")]


# Calls


def test_methods_functions_and_attributes_are_registered_by_a_call(index_of):
    index = index_of(
        {
            "other.py": "def work(a: int) -> str: ...\n",
            "ctl.py": """
                import other
                from celery import Celery

                def plain(a): ...

                class Base:
                    def inherited(self, a: int) -> None: ...

                class Controller(Base):
                    def __init__(self, helper: "Helper") -> None:
                        self.helper = helper

                    def register(self, registry: Celery) -> None:
                        registry.task(name="method")(self.own)
                        registry.task(name="inherited")(self.inherited)
                        registry.task(name="static")(self.static)
                        registry.task(name="klass")(self.klass)
                        registry.task(name="plain")(plain)
                        registry.task(name="module")(other.work)
                        registry.task(name="other")(self.helper.help)
                        registry.task(self.own, name="direct")

                    def own(self, a: int, *, b: str) -> None: ...

                    @staticmethod
                    def static(a): ...

                    @classmethod
                    def klass(cls, a): ...

                class Helper:
                    def help(self, a, b): ...

                def setup(app: Celery, controller: Controller) -> None:
                    app.task(name="instance")(Controller(Helper()).own)
                    app.task(name="parameter")(controller.own)
                    local = Helper()
                    app.task(name="local")(local.help)
                    app.task(name="unbound")(Controller.static)
            """,
        }
    )
    found = {r.task_name: (r.target, r.bound_method, parameters(r)) for r in index.registrations}
    assert found == {
        "method": ("ctl.Controller.own", True, ["a", "b"]),
        "inherited": ("ctl.Base.inherited", True, ["a"]),
        "static": ("ctl.Controller.static", False, ["a"]),
        "klass": ("ctl.Controller.klass", True, ["a"]),
        "plain": ("ctl.plain", False, ["a"]),
        "module": ("other.work", False, ["a"]),
        "other": ("ctl.Helper.help", True, ["a", "b"]),
        "direct": ("ctl.Controller.own", True, ["a", "b"]),
        "instance": ("ctl.Controller.own", True, ["a", "b"]),
        "parameter": ("ctl.Controller.own", True, ["a", "b"]),
        "local": ("ctl.Helper.help", True, ["a", "b"]),
        "unbound": ("ctl.Controller.static", False, ["a"]),
    }
    assert all(r.hidden is None for r in index.registrations)


def test_what_cannot_be_followed_says_why(index_of):
    index = index_of(
        {
            "ctl.py": """
                from functools import partial
                from celery import Celery
                from elsewhere import work, wrap

                class Controller:
                    @property
                    def made(self): ...

                    def register(self, app: Celery, given) -> None:
                        app.task(name="lambda")(lambda: 1)
                        app.task(name="partial")(partial(work, 1))
                        app.task(name="wrapped")(wrap(self.run))
                        app.task(name="given")(given)
                        app.task(name="outside")(work)
                        app.task(name="property")(self.made)
                        app.task(name="attribute")(self.nothing)

                    def run(self): ...
            """
        }
    )
    hidden = {r.task_name: r.hidden for r in index.registrations}
    assert hidden == {
        "lambda": "is a lambda",
        "partial": "is a partial",
        "wrapped": "is made by wrap()",
        "given": "cannot be followed from given",
        "outside": "is not among the program's files",
        "property": "is what a property returns",
        "attribute": "cannot be followed from self.nothing",
    }
    assert all(r.signature.parameters is None for r in index.registrations)


def test_a_function_whose_name_got_another_meaning_is_not_known(index_of):
    index = index_of(
        {
            "other.py": "def imported(a): ...\n",
            "work.py": APP
            + """
from other import imported
from elsewhere import wrap

def kept(a): ...
kept = app.task(name="kept")(kept)

def wrapped(a): ...
wrapped = wrap(wrapped)
app.task(name="wrapped")(wrapped)

def imported(b): ...
app.task(name="imported")(imported)

def plain(a): ...
alias = plain
app.task(name="alias")(alias)

handler = plain
if plain:
    handler = wrap(plain)
app.task(name="handler")(handler)

class Controller:
    run = plain

    def register(self):
        app.task(name="attribute")(self.run)
""",
        }
    )
    assert {r.task_name: r.hidden is None for r in index.registrations} == {
        "kept": True,
        "wrapped": False,
        "imported": False,
        "alias": True,
        "handler": False,
        "attribute": False,
    }


def test_register_task_is_known_under_every_import(index_of):
    index = index_of(
        {
            "a.py": """
                import celery_registry
                from celery_registry import register_task, register_task as reg
                from celery_registry.registry import register_task as deep

                def work(a: int) -> None: ...

                def register(app):
                    register_task(app, "one", work)
                    reg(app, name="two", function=work)
                    deep(app=app, name="three", function=work)
                    celery_registry.register_task(app, "four", work, acks_late=True)

                    @register_task(app, "five")
                    def inner(b): ...

                    register_task(app, "six")(work)

                    @reg(app, "seven", bind=True)
                    def bound(self, c): ...

                class C:
                    def register(self, app):
                        register_task(app, "eight", self.run)

                    def run(self, d): ...
            """,
            "look.py": "def register_task(app, name, f): ...\nregister_task(1, 'no', print)\nimport celery\n",
        }
    )
    found = {r.task_name: (r.how, parameters(r), r.bound_method) for r in index.registrations}
    assert found == {
        "one": (How.REGISTER_TASK, ["a"], False),
        "two": (How.REGISTER_TASK, ["a"], False),
        "three": (How.REGISTER_TASK, ["a"], False),
        "four": (How.REGISTER_TASK, ["a"], False),
        "five": (How.REGISTER_TASK, ["b"], False),
        "six": (How.REGISTER_TASK, ["a"], False),
        "seven": (How.REGISTER_TASK, ["c"], False),
        "eight": (How.REGISTER_TASK, ["d"], False),
    }


# Classes


def test_class_based_tasks_are_read_from_their_run(index_of):
    index = index_of(
        {
            "app.py": APP,
            "work.py": """
                from celery import Task
                from app import app

                class Base(Task):
                    abstract = True
                    def run(self, a: int) -> str: ...

                class Named(Base):
                    name = "named"

                class Registered(app.Task):
                    def run(self, b, c=1): ...

                class Explicit(Task):
                    name = "explicit"
                    typing = False
                    def run(self, *args, d): ...

                class NotATask:
                    name = "no"
                    def run(self): ...

                registered = app.register_task(Registered())
                app.register_task(Explicit)
                app.register_task(NotATask())
            """,
        }
    )
    found = {r.task_name: (r.target, parameters(r), r.typing, r.how) for r in index.registrations}
    assert found == {
        "named": ("work.Named", ["a"], True, How.TASK_CLASS),
        "work.Registered": ("work.Registered", ["b", "c"], True, How.TASK_CLASS),
        "explicit": ("work.Explicit", ["args", "d"], False, How.TASK_CLASS),
    }


# Options


def test_options_are_read(index_of):
    index = index_of(
        {
            "work.py": APP
            + """
class Base: ...

@app.task(bind=True, base=Base, typing=False, pydantic=True, max_retries=3)
def add(self, x: int) -> int:
    '''Add.'''

@app.task(**OPTIONS)
def open(x): ...
"""
        }
    )
    add, open_ = index.registrations
    assert (add.bind, add.base, add.typing, add.pydantic) == (True, "work.Base", False, True)
    assert add.options["max_retries"] == "3"
    assert add.docstring == "Add."
    assert parameters(add) == ["x"]
    assert (open_.task_name, open_.signature.parameters) == (None, None)


@pytest.mark.parametrize(
    ("app", "task", "base"),
    [
        ("Celery('x')", "@app.task", None),
        ("Celery('x')", "@app.task(base=Base)", "proj.Base"),
        ("Celery('x')", "@app.task(base=None)", None),
        ("Celery('x')", "@app.task(base=make())", "?"),
        ("Celery('x')", "@app.task(base=elsewhere.Base)", "elsewhere.Base"),
        ("Celery('x', task_cls=Base)", "@app.task", "proj.Base"),
        ("Celery('x', task_cls=Base)", "@shared_task", "proj.Base"),
        ("Celery('x', task_cls=Base)", "@shared_task(base=Other)", "proj.Other"),
        ("Celery('x', task_cls='proj:Base')", "@app.task", "proj.Base"),
        ("Celery('x', task_cls=make())", "@app.task", "?"),
        ("OurCelery('x')", "@app.task", "proj.Other"),
        ("OurCelery('x')", "@our_task()", "proj.Base"),
        ("OurCelery('x')", "@our_task(base=Other)", "proj.Other"),
        ("Board(task_cls=Base)", "@shared_task", "proj.Base"),
    ],
)
def test_the_class_of_a_task_is_known_by_its_dotted_name(index_of, app, task, base):
    index = index_of(
        {
            "proj.py": f"""
                from celery import Celery, Task, shared_task
                import elsewhere

                class Base(Task): ...
                class Other(Task): ...
                class OurCelery(Celery):
                    task_cls = Other

                def our_task(*args, **kwargs):
                    return shared_task(*args, base=Base, **kwargs)

                app = {app}
            """,
            "work.py": f"from proj import *\nfrom proj import app\n\n{task}\ndef f(): ...\n",
        }
    )
    (found,) = index.registrations
    assert found.base == base


# Decorators in between


def test_decorators_between_hide_the_parameters_unless_they_are_known_to_keep_them(index_of):
    index = index_of(
        {
            "decorators.py": """
                import functools
                from collections.abc import Callable
                from typing import Concatenate, ParamSpec, TypeVar

                P = ParamSpec("P")
                R = TypeVar("R")
                F = TypeVar("F", bound=Callable[..., object])

                class Session: ...

                def keeps(f: Callable[P, R]) -> Callable[P, R]:
                    @functools.wraps(f)
                    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
                        return f(*args, **kwargs)
                    return inner

                def same(f: F) -> F:
                    return f

                def factory(times: int) -> Callable[[Callable[P, R]], Callable[P, R]]: ...

                def supplies(f: Callable[Concatenate[Session, P], R]) -> Callable[P, R]: ...

                def changes(f: Callable[P, R]) -> Callable[P, list[R]]: ...

                def untyped(f):
                    @functools.wraps(f)
                    def inner(*args, **kwargs):
                        return f(Session(), *args, **kwargs)
                    return inner

                def takes_class(f: Session) -> Session: ...
            """,
            "work.py": APP
            + """
from decorators import *
from elsewhere import unknown
from functools import lru_cache

@app.task
@keeps
def a(x: int) -> int: ...

@app.task
@same
def b(x: int) -> int: ...

@app.task
@factory(3)
def c(x: int) -> int: ...

@app.task
@supplies
def d(session, x: int) -> int: ...

@app.task
@changes
def e(x: int) -> int: ...

@app.task
@untyped
def f(x: int) -> int: ...

@app.task
@unknown
def g(x: int) -> int: ...

@untyped
@app.task
def h(x: int) -> int: ...

@app.task
@takes_class
def i(x: int) -> int: ...

@app.task
@lru_cache(maxsize=3)
def j(x: int) -> int: ...
""",
        }
    )
    found = {
        r.target.rpartition(".")[2]: (r.hidden is None, parameters(r), r.signature.result) for r in index.registrations
    }
    assert found == {
        "a": (True, ["x"], "int"),
        "b": (True, ["x"], "int"),
        "c": (True, ["x"], "int"),
        "d": (True, ["x"], "int"),
        "e": (True, ["x"], None),
        "f": (False, [], None),
        "g": (False, [], None),
        "h": (True, ["x"], "int"),
        "i": (False, [], None),
        "j": (True, ["x"], "int"),
    }
    (hidden,) = index.implementations("work.g")
    assert hidden.hidden == "is wrapped by the decorator unknown, which may change its parameters"


def test_a_context_manager_used_as_a_decorator_keeps_the_parameters(index_of):
    index = index_of(
        {
            "work.py": APP
            + """
import contextlib
from contextlib import ContextDecorator, contextmanager

@contextmanager
def writer():
    yield

@contextlib.contextmanager
def named(x):
    yield

class Timer(ContextDecorator): ...

def plain():
    yield

@app.task
@writer()
@named(1)
@Timer()
def a(x): ...

@app.task
@plain()
def b(x): ...
"""
        }
    )
    assert {r.task_name: r.hidden is None for r in index.registrations} == {"work.a": True, "work.b": False}


def test_a_function_that_passes_everything_to_a_task_decorator_is_one(index_of):
    index = index_of(
        {
            "proj.py": """
                from celery import Celery, shared_task

                def create():
                    application = Celery("x")
                    application.autodiscover_tasks()
                    return application

                app = create()

                def our_task(*args, **kwargs):
                    return shared_task(*args, base=Base, bind=True, **kwargs)

                def app_task(**kwargs):
                    return app.task(**kwargs)

                def bare(function):
                    return shared_task(function, bind=True)

                def loop(*args, **kwargs):
                    return loop(*args, **kwargs)

                def other(*args, **kwargs):
                    return shared_task(args)
            """,
            "work.py": """
                from proj import app, app_task, bare, loop, other, our_task

                @our_task(name="a", max_retries=1)
                def a(self, x): ...

                @our_task()
                def b(self, x): ...

                @app_task(name="c")
                def c(x): ...

                @loop()
                def d(x): ...

                @other()
                def e(x): ...

                @app.task
                def f(x): ...

                @bare
                def g(self, x): ...

                @our_task
                def h(self, x): ...

                @loop
                def i(self, x): ...

                @app_task
                def j(self, x): ...
            """,
        }
    )
    assert {r.task_name: parameters(r) for r in index.registrations} == {
        "a": ["x"],
        "work.b": ["x"],
        "c": ["x"],
        "work.f": ["x"],
        "work.g": ["x"],
        "work.h": ["x"],
        # ``@app_task`` without a call is a mistake, and what it would register is not known.
        None: [],
    }


# Bases and subclasses


BASE = """
    from abc import ABC, abstractmethod
    from celery import Celery

    class BaseController(ABC):
        name: str

        def register(self, app: Celery) -> None:
            app.task(name=self.name)(self.run)

        @abstractmethod
        def run(self): ...
"""


def test_an_abstract_base_registers_what_each_subclass_defines(index_of):
    index = index_of(
        {
            "base.py": BASE,
            "mail.py": """
                from base import BaseController

                class Mail(BaseController):
                    name = "mail"
                    def run(self, to: str): ...

                class Ping(BaseController):
                    name = "ping"
                    def run(self): ...
            """,
        }
    )
    assert names(index) == [("mail", "mail.Mail.run"), ("ping", "mail.Ping.run")]


def test_a_base_that_registers_one_name_for_several_overrides_is_hidden(index_of):
    files = {
        "base.py": BASE.replace("name: str", "name = 'one'"),
        "sub.py": """
            from base import BaseController

            class First(BaseController):
                def run(self, a): ...

            class Second(BaseController):
                def run(self, b): ...
        """,
    }
    (found,) = index_of(files).registrations
    assert found.task_name == "one"
    assert found.hidden == "has several overrides (First, Second)"
    files["sub.py"] = "from base import BaseController\n\nclass Only(BaseController):\n    def run(self, a): ...\n"
    assert names(index_of(files)) == [("one", "sub.Only.run")]


def test_a_subclass_with_a_register_method_of_its_own_does_not_run_the_one_of_its_base(index_of):
    own = """
        from base import BaseController

        class Mail(BaseController):
            name = "mail"

            def register(self, app):
                SUPER
                app.task(name="mail")(self.run)

            def run(self, to: str): ...
    """
    assert names(index_of({"base.py": BASE, "mail.py": own.replace("SUPER", "pass")})) == [("mail", "mail.Mail.run")]
    twice = index_of({"mail.py": own.replace("SUPER", "super().register(app)")})
    assert names(twice) == [("mail", "mail.Mail.run"), ("mail", "mail.Mail.run")]


def test_a_function_defined_twice_is_hidden_but_a_decorated_one_is_itself(index_of):
    index = index_of(
        {
            "work.py": APP
            + """
import sys
from typing import overload

if sys.platform == "win32":
    def twice(a): ...
else:
    def twice(b): ...

@overload
def once(a: int) -> int: ...
@overload
def once(a: str) -> str: ...
def once(a): ...

app.task(name="twice")(twice)
app.task(name="once")(once)
"""
        }
    )
    hidden = {r.task_name: r.hidden for r in index.registrations}
    assert hidden == {"twice": "is defined more than once", "once": None}


def test_a_task_in_a_function_is_registered_under_its_module(index_of):
    index = index_of(
        {"work.py": "from celery import Celery\ndef make(app: Celery):\n    @app.task\n    def add(x): ...\n"}
    )
    assert names(index) == [("work.add", "work.make.<locals>.add")]
    (found,) = index.registrations
    assert found.target_origin.label == "make.<locals>.add"


@pytest.mark.parametrize(
    ("method", "bound"),
    [
        ("return super().task(*args, **options)", False),
        ("options.setdefault('queue', 'slow')\n        return super().task(*args, **options)", False),
        ("options.setdefault('bind', True)\n        return super().task(*args, **options)", None),
        ("options = {**options, 'bind': True}\n        return super().task(*args, **options)", None),
        ("options = {**options, 'queue': 'slow'}\n        return super().task(*args, **options)", False),
        ("options = dict(options, bind=True)\n        return super().task(*args, **options)", None),
        ("return super().task(*args, bind=True, **options)", True),
        (
            "if args:\n            return super().task(bind=True)(*args)\n        return super().task(bind=True, **options)",
            None,
        ),
    ],
)
def test_an_application_whose_own_task_method_binds(index_of, method, bound):
    """None where the text does not tell: then nobody knows what the task takes."""
    index = index_of(
        {
            "work.py": "from celery import Celery\n\nclass Own(Celery):\n"
            f"    def task(self, *args, **options):\n        {method}\n\n"
            "own = Own('own')\n\n@own.task(name='x')\ndef x(first, second): ...\n"
        }
    )
    (found,) = index.registrations
    assert found.task_name == "x"
    assert parameters(found) == {False: ["first", "second"], True: ["second"], None: []}[bound]
    assert (found.hidden is None) is (bound is not None)


def test_options_that_a_function_of_the_program_replaces(index_of):
    index = index_of(
        {
            "work.py": APP
            + """
def quiet(**options):
    options = {**options, "ignore_result": True}
    return app.task(**options)

def bound(**options):
    options = {**options, "bind": True}
    return app.task(**options)

@quiet(name="one")
def one(a, b): ...

@bound(name="two")
def two(a, b): ...
"""
        }
    )
    assert {r.task_name: r.hidden for r in index.registrations} == {
        "one": None,
        "two": "has a bind= that the text does not tell",
    }


REGISTRAR = """
    from celery import Celery

    app = Celery("w")

    class Registrar:
        def __init__(self, target{annotation}):
            self.target = target

        def __call__(self, *, name):
            def put(function):
                return self.target.task(function, name=name)
            return put

        def put(self, word, function):
            return self.target.task(function, name="n." + word)

    job = Registrar(app)
"""


@pytest.mark.parametrize("annotation", ["", ": Celery"])
def test_an_object_that_is_called_as_a_decorator_registers(index_of, annotation):
    index = index_of(
        {
            "kit.py": REGISTRAR.format(annotation=annotation),
            "work.py": "from kit import job\n@job(name='x')\ndef x(n): ...\n",
        }
    )
    assert ("x", "work.x") in names(index)


@pytest.mark.parametrize(
    "text",
    [
        "for word in ['x']:\n    job.put(word, print)\n",
        "def setup(target, prefix):\n    @target.task(name=prefix + 'x')\n    def x(n): ...\nsetup(app, 'n')\n",
    ],
)
def test_what_may_be_an_application_inside_a_function_registers_under_a_name_unknown(index_of, text):
    index = index_of(
        {"kit.py": REGISTRAR.format(annotation=""), "work.py": "from kit import *\nimport celery\n" + text}
    )
    assert None in [r.task_name for r in index.registrations]


@pytest.mark.parametrize(
    ("text", "registered"),
    [
        ("from platform.queues import job\n@job\n", False),
        ("from shop_platform.queues import job\n@job\n", True),
        ("from shop_platform import queues\n@queues.periodic_task(every=5)\n", True),
        ("import shop_platform.celery\n@shop_platform.celery.background_task\n", True),
        ("from shop_platform.celery import task as often\n@often('x')\n", True),
        # These make no tasks of Celery's.
        ("from shop_platform import queues\n@queues.cached\n", False),
        ("from invoke import task\n@task\n", False),
        ("from airflow.decorators import task\n@task(retries=1)\n", False),
        ("from celery.signals import task_prerun\n@task_prerun.connect\n", False),
        ("from faust import App\nfaust = App('x')\n@faust.task\n", False),
        ("def job(function): return function\n@job\n", False),
    ],
)
def test_a_decorator_of_another_package_may_register_under_a_name_unknown(index_of, text, registered):
    index = index_of({"work.py": f"{text}def own(n): ...\n", "app.py": APP + "@app.task\ndef known(): ...\n"})
    assert [r.task_name for r in index.registrations] == ["app.known", *([None] * registered)]
