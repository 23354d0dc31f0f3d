"""A property that a file may use is found in its text, however it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from celery_registry.mypy.facts.written_names import find_written_names

NAMES = ("send", "größe", "ping")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("r.send.delay(1)", ("send",)),
        ("r . send", ("send",)),
        ("(\n    r\n    .send\n)", ("send",)),
        ("(r.\n    send)", ("send",)),
        ("(r.  # the task\n    # of mail\n    send)", ("send",)),
        ("r. \\\n    send", ("send",)),
        ("f'{r.send}' + f'{r.ping.name}'", ("ping", "send")),
        ("match r:\n    case Tasks(send=task, ping = other):\n        ...\n", ("ping", "send")),
        ("r.größe", ("größe",)),
        ("r.gro\u0308\u00dfe", ("größe",)),
        ("r.\uff53end", ("send",)),
        ("send(1)", ()),
        ("r.sender, r.resend, r.send_all", ()),
        ("SEND = 'send'", ()),
        ("", ()),
    ],
)
def test_the_names_that_stand_as_attributes_are_found(tmp_path: Path, text: str, found: tuple[str, ...]) -> None:
    path = tmp_path / "page.py"
    path.write_text(text, encoding="utf-8")
    assert find_written_names([str(path)], NAMES) == {str(path): found}


def test_bytes_that_are_no_utf8_hide_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "page.py"
    path.write_bytes(b"# -*- coding: latin-1 -*-\n# \xe4\nr.send\n")
    assert find_written_names([str(path)], NAMES) == {str(path): ("send",)}


def test_a_file_that_is_gone_has_none(tmp_path: Path) -> None:
    assert find_written_names([str(tmp_path / "gone.py")], NAMES) == {}


def test_without_names_no_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "page.py"
    path.write_text("r.send")
    assert find_written_names([str(path)], ()) == {}
