"""Tasks in variables, below decorators of the program's own, of ``app.Task``, and behind ``run``: the same in every way."""

from __future__ import annotations

from differential.edited import after_each
from differential.small_program import Edit, replace
from differential.ways import Ways

PROGRAM = {
    "mypy.ini": "[mypy]\ncheck_untyped_defs = True\nplugins = celery_registry.mypy\n",
    "shop/__init__.py": "",
    "shop/app.py": """from celery import Celery, Task

app = Celery("shop")


class Logged(app.Task):  # type: ignore[name-defined]
    pass


class Base(Task):
    def run(self, *args, **kwargs):
        return self.run_impl(object(), *args, **kwargs)

    def run_impl(self, *args, **kwargs): ...
""",
    "shop/functions.py": """def send(number: int) -> int:
    return number


def other(text: str) -> int:
    return 1
""",
    "shop/deco.py": """def registered(task):
    print(task)
    return task
""",
    "shop/work.py": """from shop.app import Base, Logged, app
from shop.deco import registered
from shop.functions import other, send

late = app.task(send, name="shop.late")


@registered
@app.task
def above(number: int) -> int:
    return number


@app.task(base=Logged)
def logged(number: int) -> int:
    return number


class Impl(Base):
    name = "shop.impl"

    def run_impl(self, session: object, number: int) -> int:
        return number


impl = app.register_task(Impl())
""",
    "shop/calls.py": """from shop.work import above, impl, late, logged


def first() -> None:
    late.delay("1")


def second() -> None:
    above.delay("1")


def third() -> None:
    logged.delay("1")


def fourth() -> None:
    impl.delay("1")
""",
}
LATE, ABOVE, LOGGED, IMPL = (f'"delay" of "{name}" has' for name in ("late", "above", "logged", "impl"))


def back(files: dict[str, str]) -> None:
    files.update(PROGRAM)


#: Each edit is made after the one before it; which of the four calls are refused then.
EDITS: list[tuple[str, Edit, set[str]]] = [
    ("nothing", back, {LATE, ABOVE, LOGGED, IMPL}),
    ("another type", replace("shop/functions.py", "number: int", "number: str"), {ABOVE, LOGGED, IMPL}),
    ("another function", replace("shop/work.py", "task(send,", "task(other,"), {ABOVE, LOGGED, IMPL}),
    ("a decorator that gives another", replace("shop/deco.py", "return task", "return print"), {LOGGED, IMPL}),
    ("the first of all", back, {LATE, ABOVE, LOGGED, IMPL}),
    (
        "a class that changes",
        replace("shop/app.py", "    pass\n", "    def delay(self, *args):\n        return 1\n"),
        {LATE, ABOVE, IMPL},
    ),
    ("a run of its own", replace("shop/app.py", "return self.run_impl(", "return print("), {LATE, ABOVE}),
    ("none", back, {LATE, ABOVE, LOGGED, IMPL}),
]


def test_an_edit_reaches_the_callers_in_every_way(ways: Ways) -> None:
    for name, cold, expected in after_each(ways, EDITS):
        said = {m for m in (LATE, ABOVE, LOGGED, IMPL) if any(m in line for line in cold)}
        assert said == expected, (name, cold)
