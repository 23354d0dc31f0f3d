"""What is read of the statements around a call: after an edit of these every way says what a cold run says."""

from __future__ import annotations

from differential.edited import after_each
from differential.small_program import Edit, replace
from differential.ways import Ways

PROGRAM = {
    "mypy.ini": "[mypy]\nplugins = celery_registry.mypy\n",
    "shop/__init__.py": "",
    "shop/work.py": """from celery import Celery

app = Celery("shop")


@app.task
def add(a: int) -> int:
    return a


@app.task
def name(b: str) -> str:
    return b
""",
    # One function each, so that nothing else is read in between.
    "shop/spot.py": """from shop.work import add


def spot() -> None:
    found: str = add.delay(1).result
""",
    "shop/value.py": """from shop.work import add, name

send = add.delay
found = name


def value() -> None:
    send("1")
""",
    "shop/bound.py": """from shop.work import app


@app.task(bind=True)
def again(self, a: int) -> None:  # type: ignore[no-untyped-def]
    self.retry(kwargs={"b": 1})
""",
}
SPOT = 'expression has type "int | BaseException"'
VALUE = 'has incompatible type "str"; expected "int"'
BOUND = 'Unexpected keyword argument "b" for "again"'
ALL = {SPOT, VALUE, BOUND}


def back(files: dict[str, str]) -> None:
    files.update(PROGRAM)


def lower(files: dict[str, str]) -> None:
    for path in ("shop/spot.py", "shop/value.py", "shop/bound.py"):
        files[path] = f"# One line more.\n{files[path]}"


#: Each edit is made after the one before it; what is said then.
EDITS: list[tuple[str, Edit, set[str]]] = [
    ("nothing", back, ALL),
    ("a line above", lower, ALL),
    ("another task", replace("shop/value.py", "send = add.delay", "send = name.delay"), {SPOT, BOUND}),
    ("the first one again", replace("shop/value.py", "send = name.delay", "send = add.delay"), ALL),
    ("a right keyword", replace("shop/bound.py", '"b"', '"a"'), {SPOT, VALUE}),
    ("a right type", replace("shop/spot.py", "found: str", "found: object"), {VALUE}),
    ("all as it was", back, ALL),
]


def test_an_edited_function_is_read_anew_in_every_way(ways: Ways) -> None:
    for name, cold, expected in after_each(ways, EDITS):
        assert {m for m in ALL if any(m in line for line in cold)} == expected, (name, cold)
