"""mypy's notes beside what the plugin makes mypy say.

Law: one run of real mypy.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

APP = """
from celery import Celery


def make():
    return Celery("shop")


app = make()


@app.task
def ship(order: int) -> str:
    return str(order)
"""
USE = """
from shop import ship


def use() -> None:
    ship.delay(ordr=1)
    ship.apply_async((1,), countdwn=2)
    ship.si(ordr=1)
"""


def test_what_celery_defines_is_said_to_be_defined_there(tmp_path: Path) -> None:
    (tmp_path / "mypy.ini").write_text("[mypy]\nplugins = celery_registry.mypy\n")
    (tmp_path / "shop.py").write_text(APP)
    (tmp_path / "use.py").write_text(USE)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "use.py"], cwd=tmp_path, capture_output=True, text=True, timeout=180
    )
    assert len(re.findall(r"^use\.py:\d+: error: Unexpected", done.stdout, re.M)) == 3, done.stdout
    # Not every release of mypy has such a note.
    assert set(re.findall(r'defined in "(.*)"', done.stdout)) <= {"celery.app.task"}, done.stdout
