"""Two registrations of one name that a branch chooses between are no rivals."""

import sys
from pathlib import Path

import pytest

from celery_registry.source.branches import competing
from celery_registry.source.files import find_files
from celery_registry.source.index import SourceIndex

FIRST, SECOND = "@shared_task(name='a')\ndef f(x): ...\n", "@shared_task(name='a')\ndef g(y): ...\n"


def indented(text: str, by: str) -> str:
    return "".join(f"{by}{line}\n" for line in text.splitlines())


def between(head: str, middle: str) -> str:
    by = "        " if "case" in head else "    "
    return head + indented(FIRST, by) + middle + indented(SECOND, by)


@pytest.mark.parametrize(
    ("text", "rivals"),
    [
        (FIRST + SECOND, 2),
        (between("if x:\n", "else:\n"), 1),
        (between("match x:\n    case 1:\n", "    case _:\n"), 1),
        (between("try:\n", "except ImportError:\n"), 1),
        (between("if x:\n", "if y:\n"), 2),
        *[(between("try:\n", "except* ImportError:\n"), 1)][: sys.version_info >= (3, 11)],
    ],
)
def test_only_what_is_there_at_once_competes(tmp_path: Path, text: str, rivals: int) -> None:
    (tmp_path / "work.py").write_text(f"from celery import shared_task\n\n{text}")
    found = SourceIndex.build(find_files([tmp_path])).registrations
    assert len(found) == 2
    assert len(competing(found)) == rivals
