"""Links that lead in circles, pipes and odd files anywhere below mypy's roots neither stop the plugin nor switch it off."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from source.test_odd_files import HEAD, ODD

SHOP = """
from celery import Celery, Task
from celery_registry import BaseTasksRegistry, register_task

class TasksRegistry(BaseTasksRegistry):
    @property
    def pay(self) -> Task[[int], str]:
        return self._get_task_by_name("pay")

def pay(amount: int) -> str:
    return str(amount)

app = Celery("shop")
register_task(app, "pay", pay)

def call(r: TasksRegistry) -> None:
    r.pay.delay(total=1)
"""


def test_the_plugin_reports_the_same_in_every_run(tmp_path: Path, cache) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "project").symlink_to("..")
    (tmp_path / "self").symlink_to(".")
    (tmp_path / "zero.py").symlink_to("/dev/zero")
    (tmp_path / "loop.py").symlink_to("loop.py")
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "odd").mkdir()
    for number, (text, _) in enumerate(ODD.values()):
        (tmp_path / "odd" / f"odd{number}.py").write_text(HEAD + text)
    (tmp_path / "odd" / "half.py").write_text("@app.task\ndef half(\n")
    (tmp_path / "shop.py").write_text(SHOP)
    (tmp_path / "mypy.ini").write_text("[mypy]\nstrict = True\nfiles = shop.py\nplugins = celery_registry.mypy\n")
    command = [sys.executable, "-m", "mypy", "--no-error-summary", "--cache-dir", str(cache())]
    for _ in range(3):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
        (error,) = [line for line in (done.stdout + done.stderr).splitlines() if "note:" not in line]
        assert error.startswith('shop.py:17: error: Unexpected keyword argument "total" for ')
