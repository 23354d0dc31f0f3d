"""Who loads the plugin does not pay for Celery, who loads the guard does not pay for mypy.

Law: each question is put to a fresh interpreter, about ``sys.modules``.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import sys
{statement}
loaded = [name for name in {names!r} if name in sys.modules]
print(*loaded)
"""


def loaded_by(statement: str, *names: str) -> list[str]:
    """Which of ``names`` are imported once ``statement`` has run in a fresh interpreter."""
    program = PROGRAM.format(statement=statement, names=names)
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout.split()


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        ("import celery_registry", ("celery", "kombu", "mypy", "click")),
        ("import celery_registry; dir(celery_registry)", ("celery", "kombu", "mypy", "click")),
        ("from celery_registry import TaskNotFoundError", ("celery", "kombu", "mypy", "click")),
        ("import celery_registry.mypy; celery_registry.mypy.plugin('2.0')", ("celery", "kombu", "click")),
        ("import celery_registry.guard", ("mypy",)),
        ("from celery_registry import BaseTasksRegistry, register_task, guard", ("mypy",)),
        ("import celery_registry.source, celery_registry.stubs", ("celery", "kombu", "mypy")),
        ("import celery_registry.settings", ("celery", "kombu", "mypy")),
    ],
)
def test_an_import_leaves_the_other_half_alone(statement: str, absent: tuple[str, ...]) -> None:
    assert loaded_by(statement, *absent) == []


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("import celery_registry.mypy; celery_registry.mypy.plugin('2.0')", "mypy"),
        ("from celery_registry import BaseTasksRegistry", "celery"),
    ],
)
def test_an_import_loads_what_it_is_about(statement: str, name: str) -> None:
    assert loaded_by(statement, name) == [name]
