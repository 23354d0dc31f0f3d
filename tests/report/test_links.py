"""On a terminal a code is a link to its page, and only there."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from celery_registry.contract.codes import Code
from celery_registry.report.links import link_codes, page_of

PROGRAM = """
from celery import shared_task

@shared_task
def send(to: str) -> None: ...

send.delay(1)
"""
COMMAND = [sys.executable, "-c", "from celery_registry.cli import main; main()", "check"]


def test_a_code_links_to_its_section_and_nothing_else_changes() -> None:
    text = "  error [call-arg] a [list] of [task-x]"
    linked = link_codes(text)
    assert page_of(Code.CALL_ARG) in linked
    assert linked.count("\x1b]8;;") == 2
    assert linked.endswith(" a [list] of [task-x]")


def test_severities_are_coloured_unless_somebody_says_no(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert link_codes("    error [x] an error") == "    \x1b[1;31merror\x1b[0m [x] an error"
    monkeypatch.setenv("NO_COLOR", "1")
    assert link_codes("    error [x] an error") == "    error [x] an error"


def test_check_links_on_a_terminal_and_prints_plain_text_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(PROGRAM)
    plain = subprocess.run(COMMAND, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert "[arg-type]" in plain.stdout
    assert "\x1b" not in plain.stdout
    ours, theirs = pty.openpty()
    with subprocess.Popen(COMMAND, cwd=tmp_path, stdout=theirs, stderr=theirs, stdin=subprocess.DEVNULL) as process:
        os.close(theirs)
        shown = b""
        try:
            while chunk := os.read(ours, 4096):
                shown += chunk
        except OSError:  # Linux's end of a terminal
            pass
        finally:
            os.close(ours)
        assert process.wait(60) == 1
    assert page_of(Code.ARG_TYPE).encode() in shown
