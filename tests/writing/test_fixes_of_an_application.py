"""``check --fix --app``: what only a running application tells, types too, is mended in the source.

Law: one project with every kind of drift; the real application, ``check --static`` and mypy judge it before and after.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from writing.shop import command, run, write_files

RIGHT: Mapping[str, str] = {
    "mypy.ini": "[mypy]\nplugins = celery_registry.mypy\nstrict = True\n",
    "pyproject.toml": (
        '[tool.celery-registry]\napp = "shop.app:app"\nregistry = ["shop.registry:TasksRegistry"]\n'
        'names = ["shop.registry:TaskName"]\nstrict = true\n'
    ),
    "shop/__init__.py": "",
    "shop/models.py": "from typing import TypedDict\n\n\nclass Report(TypedDict):\n    count: int\n",
    "shop/registry.py": '''from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from celery import Task

from celery_registry import BaseTasksRegistry

if TYPE_CHECKING:
    from decimal import Decimal

    from shop.models import Report


class TaskName(str, Enum):
    FEW = "few"
    MANY = "many"
    ONLY = "only"
    TYPED = "typed"  # one of two
    RESULT = "result"
    WORDS = "words"
    BOUND = "bound"
    PLAIN = "plain"
    FRESH = "fresh"


class TasksRegistry(BaseTasksRegistry):
    @property
    def few(self) -> Task[[str, int], None]:
        return self._get_task_by_name(TaskName.FEW)

    @property
    def many(self) -> Task[[str], None]:
        return self._get_task_by_name(TaskName.MANY)

    @property
    def only(self) -> Task[..., None]:
        return self._get_task_by_name(TaskName.ONLY)

    @property
    def typed(self) -> Task[[Decimal, Report], None]:
        return self._get_task_by_name(TaskName.TYPED)

    @property
    def result(self) -> Task[[], dict[str, list[Report]]]:
        return self._get_task_by_name(TaskName.RESULT)

    @property
    def words(self) -> Task[[str, int], None]:
        """
        Args:
            to: Who
            times: How often
        """
        return self._get_task_by_name(TaskName.WORDS)

    @property
    def bound(self) -> Task[[str], bool]:
        return self._get_task_by_name(TaskName.BOUND)

    @property
    def plain(self) -> Task[[], None]:
        return self._get_task_by_name(TaskName.PLAIN)

    @property
    def fresh(self) -> Task[[int], None]:
        return self._get_task_by_name(TaskName.FRESH)
''',
    "shop/app.py": """from decimal import Decimal

from celery import Celery

from celery_registry import register_task
from shop.models import Report
from shop.registry import TaskName

app = Celery("shop", broker="memory://")
app.conf.beat_schedule = {
    "often": {
        "task": "plain",
        "schedule": 1.0,
    },
}
app.conf.task_routes = {"plain": {"queue": "celery"}, "few": {"queue": "celery"}}


@app.task(name="few")
def few(to: str, times: int) -> None: ...


@app.task(name="many")
def many(to: str) -> None: ...


@app.task(name="only")
def only(to: str, *, deep: bool) -> None: ...


@app.task(name="typed")
def typed(amount: Decimal, report: Report) -> None: ...


@app.task(name="result")
def result() -> dict[str, list[Report]]:
    return {}


@app.task(name="words")
def words(to: str, times: int) -> None: ...


@app.task(name="plain")
def plain() -> None: ...


@app.task(name="fresh")
def fresh(number: int) -> None: ...


class Sender:
    def bound(self, to: str) -> bool:
        return True


register_task(app, TaskName.BOUND, Sender().bound)
""",
}
FRESH = """
    @property
    def fresh(self) -> Task[[int], None]:
        return self._get_task_by_name(TaskName.FRESH)
"""
DRIFTS = (
    ("shop/registry.py", "few(self) -> Task[[str, int], None]", "few(self) -> Task[[str], None]"),
    ("shop/registry.py", "many(self) -> Task[[str], None]", "many(self) -> Task[[str, bool, int], None]"),
    ("shop/registry.py", "only(self) -> Task[..., None]", "only(self) -> Task[[str], None]"),
    ("shop/registry.py", "[[Decimal, Report], None]", "[[int, Report], None]"),
    ("shop/registry.py", "[[], dict[str, list[Report]]]", "[[], dict[str, int]]"),
    ("shop/registry.py", "times: How", "tims: How"),
    ("shop/registry.py", "    from decimal import Decimal\n\n", ""),
    ("shop/registry.py", '    FRESH = "fresh"\n', ""),
    ("shop/registry.py", FRESH, ""),
    ("shop/app.py", '"task": "plain"', '"task": "plane"'),
    ("shop/app.py", '{"plain": {"queue"', '{"plan": {"queue"'),
    (
        "shop/app.py",
        "register_task(app, TaskName.BOUND, Sender().bound)",
        "app.task(Sender().bound, name=TaskName.BOUND)",
    ),
)


def errors(text: str) -> set[str]:
    """mypy's errors without their lines."""
    return {re.sub(r":\d+:", ":", line) for line in text.splitlines() if ": error: " in line}


def test_every_drift_goes_and_mypy_says_nothing_new(tmp_path: Path) -> None:
    texts = dict(RIGHT)
    for name, right, wrong in DRIFTS:
        assert right in texts[name], right
        texts[name] = texts[name].replace(right, wrong)
    write_files(tmp_path, texts)
    mypy = ("mypy", "--no-error-summary", "shop")
    before = errors(run(tmp_path, *mypy).stdout)
    found = run(tmp_path, "celery-registry", "check")
    codes = set(re.findall(r"error \[([a-z-]+)\]", found.stdout))
    assert codes >= {"task-signature", "task-result", "task-bound-method", "task-schedule", "task-route"}, found.stdout
    done = run(tmp_path, "celery-registry", "check", "--fix", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "left to you" not in done.stderr
    assert {name: (tmp_path / name).read_text() for name in RIGHT} == RIGHT
    after = errors(run(tmp_path, *mypy).stdout)
    assert after <= before
    assert not any("[task-" in line for line in after)
    assert run(tmp_path, "celery-registry", "check").returncode == 0
    assert command(tmp_path, "check", "--static").returncode == 0


@pytest.mark.parametrize("names", [(), ("plain_", "plain-")])
def test_a_route_is_mended_where_one_name_is_near(tmp_path: Path, names: tuple[str, ...]) -> None:
    more = "".join(f'\n\n@app.task(name="{name}")\ndef {name[:5]}{n}() -> None: ...\n' for n, name in enumerate(names))
    wrong = RIGHT["shop/app.py"].replace('{"plain": {"queue"', '{"plainn": {"queue"') + more
    write_files(tmp_path, {**RIGHT, "pyproject.toml": "", "shop/app.py": wrong})
    done = command(tmp_path, "check", "--static", "--fix", "--yes")
    mended = (tmp_path / "shop/app.py").read_text()
    if names:
        assert (done.returncode, mended) == (1, wrong)
        assert "left to you: shop/app.py:16: plainn [task-route]: it may be plain" in done.stderr
    else:
        assert (done.returncode, mended) == (0, RIGHT["shop/app.py"])
