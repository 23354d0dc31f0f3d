"""What the program's own functions make that mypy sees as ``Any``: after an edit every way says what a cold run says."""

from __future__ import annotations

from differential.edited import after_each
from differential.small_program import Edit, replace
from differential.ways import Ways

PROGRAM = {
    "mypy.ini": "[mypy]\ncheck_untyped_defs = True\nplugins = celery_registry.mypy\n",
    "shop/__init__.py": "",
    "shop/factory.py": """from celery import Celery, Task


class Rewriting(Task):
    def __call__(self, *args, **kwargs):
        return self.run(self.name, *args, **kwargs)


def make_celery(name):
    app = Celery(name)
    return app
""",
    "shop/app.py": """from shop.factory import make_celery

celery = make_celery("shop")
""",
    "shop/helpers.py": """from celery import Celery

plain = Celery("plain")


def job(name):
    return plain.task(name=name)
""",
    "shop/work.py": """from shop.app import celery
from shop.helpers import job


@celery.task
def add(a: int) -> int:
    return a


@job("mul")
def mul(a: int) -> int:
    return a
""",
    "shop/jobs.py": """from celery import Celery

plain = Celery("jobs")


class Jobs:
    @staticmethod
    @plain.task
    def clean(a: int) -> int:
        return a
""",
    "shop/calls.py": """from shop.jobs import Jobs
from shop.work import add, mul

alias = Jobs.clean


def third() -> None:
    alias.delay("1")


def first() -> None:
    add.delay("1")


def second() -> None:
    mul.delay("1")
""",
}
ARGUMENT = 'Argument 1 to "delay" of "{}" has incompatible type "str"; expected "int"'
ADD, MUL, CLEAN = (ARGUMENT.format(name) for name in ("add", "mul", "clean"))


def back(files: dict[str, str]) -> None:
    files.update(PROGRAM)


#: Each edit is made after the one before it; what is said then of the two calls.
EDITS: list[tuple[str, Edit, set[str]]] = [
    ("nothing", back, {ADD, MUL, CLEAN}),
    (
        "a class of tasks that adds",
        replace("shop/factory.py", "Celery(name)", "Celery(name, task_cls=Rewriting)"),
        {MUL, CLEAN},
    ),
    ("none again", back, {ADD, MUL, CLEAN}),
    (
        "no check by Celery",
        replace("shop/factory.py", "Celery(name)", "Celery(name, strict_typing=False)"),
        {MUL, CLEAN},
    ),
    ("one again", back, {ADD, MUL, CLEAN}),
    ("no application", replace("shop/factory.py", "app = Celery(name)", "app = name"), {MUL, CLEAN}),
    ("an application again", back, {ADD, MUL, CLEAN}),
    ("an annotation", replace("shop/factory.py", "(name):", "(name) -> Celery:"), {ADD, MUL, CLEAN}),
    ("no annotation", back, {ADD, MUL, CLEAN}),
    (
        "a helper that registers nothing",
        replace("shop/helpers.py", "plain.task(name=name)", "lambda f: f"),
        {ADD, CLEAN},
    ),
    ("a helper that does", back, {ADD, MUL, CLEAN}),
    ("a variable of another kind", replace("shop/app.py", 'make_celery("shop")', "print"), {MUL, CLEAN}),
    ("the right one", back, {ADD, MUL, CLEAN}),
    ("other parameters", replace("shop/work.py", "add(a: int)", "add(a: str)"), {MUL, CLEAN}),
    ("others behind another name", replace("shop/jobs.py", "a: int", "a: str"), {MUL}),
    ("the right ones", back, {ADD, MUL, CLEAN}),
]


def test_what_is_known_of_a_task_reaches_its_callers_in_every_way(ways: Ways) -> None:
    for name, cold, expected in after_each(ways, EDITS):
        said = {m for m in (ADD, MUL, CLEAN) if any(m in line for line in cold)}
        assert said == expected, (name, cold)
