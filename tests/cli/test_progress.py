"""Long work gives a sign of life on a terminal, and none anywhere else."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

PROGRAM = """\
import time
from celery_registry.cli.progress import show_progress

with show_progress("reading the source"):
    time.sleep({seconds})
"""


def on_a_terminal(seconds: float) -> str:
    terminal, child = pty.openpty()
    subprocess.run([sys.executable, "-c", PROGRAM.format(seconds=seconds)], stderr=child, timeout=120, check=True)
    os.close(child)
    shown = b""
    try:
        while chunk := os.read(terminal, 4096):
            shown += chunk
    except OSError:  # the end, as Linux says it
        pass
    os.close(terminal)
    return shown.decode()


def test_long_work_shows_on_a_terminal_that_it_goes_on_and_leaves_nothing_there() -> None:
    shown = on_a_terminal(3.5)
    assert "\r\x1b[Kreading the source: 3 s" in shown
    assert shown.endswith("\r\x1b[K")


def test_short_work_and_a_log_show_nothing() -> None:
    assert on_a_terminal(0) == ""
    command = [sys.executable, "-c", PROGRAM.format(seconds=3.5)]
    assert subprocess.run(command, capture_output=True, timeout=120, check=True).stderr == b""


def test_a_check_of_an_application_gives_one_too(tmp_path: Path) -> None:
    text = "import time\nfrom celery import Celery\ntime.sleep(4)\napp = Celery('slow')\n@app.task\ndef ping() -> None: ...\n"
    (tmp_path / "slow.py").write_text(text)
    terminal, child = pty.openpty()
    command = [sys.executable, "-c", "from celery_registry.cli import main; main()", "check", "--app", "slow:app"]
    subprocess.run(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=child, timeout=120, check=True)
    os.close(child)
    shown = os.read(terminal, 4096).decode()
    os.close(terminal)
    assert "importing the application and reading the source: " in shown
