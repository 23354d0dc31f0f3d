"""``task-payload`` is the same in a cold run, a warm one and the daemon, after each edit that changes what is in force."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from differential.ways import Ways, write_files

ON = "[mypy]\nplugins = celery_registry.mypy\n[celery-registry]\ntask-serializer = json\n"
OFF = "[mypy]\nplugins = celery_registry.mypy\n[celery-registry]\n"
FILES = {
    "mypy.ini": ON,
    "names.py": "from enum import Enum\n\nclass Name(str, Enum):\n    SEND = 'send'\n    DRAW = 'draw'\n",
    "models.py": "from dataclasses import dataclass\n\n@dataclass\nclass Point:\n    x: int\n",
    "base.py": "from celery import Task\n\nclass Base(Task):\n    pass\n",
    "tasks.py": """
from datetime import timedelta
from celery import Celery
from base import Base
from models import Point
from names import Name

app = Celery("shop")

@app.task(name=Name.SEND)
def send(delay: timedelta, note): return 1

@app.task(name=Name.DRAW, base=Base)
def draw(point: Point, note) -> Point: return point
""",
    "registry.py": """
from datetime import timedelta
from typing import Any
from celery import Task
from celery_registry import BaseTasksRegistry
from models import Point
from names import Name

class Registry(BaseTasksRegistry):
    @property
    def send(self) -> Task[[timedelta, Any], Any]:
        return self._get_task_by_name(Name.SEND)

    @property
    def draw(self) -> Task[[Point, Any], Point]:
        return self._get_task_by_name(Name.DRAW)
""",
    "views.py": """
from datetime import timedelta
from registry import Registry
from tasks import app, send

def view(registry: Registry) -> None:
    send.delay(timedelta(1), {1})
    registry.send.delay(timedelta(1), {1})
    app.send_task("send", (timedelta(1), {1}))
""",
}
SEND = {"tasks.py:11 send", "registry.py:11 send", "views.py:7 send", "views.py:8 send", "views.py:9 send"}
DRAW = {"tasks.py:14 draw", "registry.py:15 draw"}

#: What is edited, and the lines that are told after it.
EDITS = [
    ("nothing", {}, SEND | DRAW),
    ("the task gets a serializer", {"tasks.py": ("name=Name.SEND", "name=Name.SEND, serializer='pickle'")}, DRAW),
    ("and loses it", {"tasks.py": ("name=Name.SEND, serializer='pickle'", "name=Name.SEND")}, SEND | DRAW),
    ("its class gets one", {"base.py": ("pass", "serializer = 'pickle'\n    ignore_result = True")}, SEND),
    ("another one", {"base.py": ("'pickle'\n    ignore_result = True", "'json'\n    ignore_result = False")}, SEND | DRAW),
    ("its class converts", {"base.py": ("serializer = 'json'\n    ignore_result = False", "def delay(self): ...")}, SEND),
    ("its class does nothing", {"base.py": ("def delay(self): ...", "pass")}, SEND | DRAW),
    ("a class is no dataclass", {"models.py": ("@dataclass\n", "")}, SEND),
    ("a class is one again", {"models.py": ("class Point", "@dataclass\nclass Point")}, SEND | DRAW),
    ("kombu knows the class", {"names.py": ("class", "from kombu.utils import json\nfrom models import Point\njson.register_type(Point, 'p', str, str)\n\nclass")}, SEND),
    ("kombu forgets", {"names.py": ("json.register_type(Point, 'p', str, str)\n", "")}, SEND | DRAW),
    ("the setting is gone", {"mypy.ini": ("task-serializer = json\n", "")}, set()),
    ("the setting is another", {"mypy.ini": ("[celery-registry]\n", "[celery-registry]\ntask-serializer = pickle\n")}, set()),
    ("the setting is back", {"mypy.ini": ("pickle", "json")}, SEND | DRAW),
]  # fmt: skip


def told(lines: frozenset[str]) -> set[str]:
    """Line and task of each finding."""
    found = [re.match(r'(\w+\.py:\d+): error: Task "(\w+)" .*\[task-payload\]$', line) for line in lines]
    return {f"{match[1]} {match[2]}" for match in found if match}


@pytest.mark.parametrize("way", ["warm", "daemon"])
def test_a_warm_run_and_the_daemon_print_what_a_cold_run_prints_after_every_edit(
    way: str, tmp_path: Path, libraries: Path
) -> None:
    # A daemon reads the text of the whole program when it starts, and looks for such calls no more.
    told_later = "kombu" if way == "daemon" else "-"
    edits_of_way = [edit for edit in EDITS if not edit[0].startswith(told_later)]
    folder = tmp_path / "shop"
    folder.mkdir()
    ways = Ways(folder, tmp_path / "scratch", libraries)
    files = dict(FILES)
    names = sorted(name for name in files if name.endswith(".py"))
    try:
        for clock, (what, edits, expected) in enumerate(edits_of_way):
            for name, (old, new) in edits.items():
                assert old in files[name], what
                files[name] = files[name].replace(old, new)
            write_files(folder, files, clock)
            printed = ways.lines(way, names)
            assert told(printed) == expected, f"{what}:\n" + "\n".join(sorted(printed))
            if way == "warm" and clock in (0, 3, 9):
                assert ways.lines("cold", names) == printed, what
    finally:
        ways.stop()
