"""A registry's ``delay`` that an object keeps: after an edit every way says what a cold run says of its keywords."""

from __future__ import annotations

from differential.edited import after_each
from differential.small_program import Edit, replace
from differential.ways import Ways

PROGRAM = {
    "mypy.ini": "[mypy]\nplugins = celery_registry.mypy\n",
    "shop/__init__.py": "",
    "shop/work.py": """from celery import shared_task


@shared_task(name="clean")
def clean(days_old: int, force: bool = False) -> int:
    return days_old
""",
    "shop/registry.py": """from celery import Task

from celery_registry import BaseTasksRegistry


class Registry(BaseTasksRegistry):
    @property
    def clean(self) -> Task[[int, bool], int]:
        return self._get_task_by_name("clean")
""",
    "shop/service.py": """from shop.registry import Registry


class Service:
    def __init__(self, registry: Registry) -> None:
        self.send = registry.clean.delay

    def run(self) -> None:
        self.send(days_old=7)
""",
}
REFUSED = 'Unexpected keyword argument "days_old"'


def back(files: dict[str, str]) -> None:
    files.update(PROGRAM)


#: Each edit is made after the one before it; whether the call is refused then.
EDITS: list[tuple[str, Edit, bool]] = [
    ("nothing", back, False),
    ("a parameter under another name", replace("shop/work.py", "days_old", "days"), True),
    ("the right name", back, False),
    (
        "another task in its place",
        replace("shop/service.py", "\n    def run", "        self.send = print\n\n    def run"),
        True,
    ),
    ("one task again", back, False),
    ("no implementation", replace("shop/work.py", '@shared_task(name="clean")\n', ""), True),
    ("one again", back, False),
]


def test_the_names_of_a_kept_method_are_those_of_today_in_every_way(ways: Ways) -> None:
    for name, cold, refused in after_each(ways, EDITS):
        assert any(REFUSED in line for line in cold) == refused, (name, cold)
