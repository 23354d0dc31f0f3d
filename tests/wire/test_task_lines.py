"""Where a task of a lock stands, and whether the program has it in every run."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from celery_registry.contract.task import Origin
from celery_registry.wire.task_lines import Places

AROUND = {
    "if": ("if FLAG:\n    {}\n", True),
    "try": ("try:\n    {}\nexcept ImportError: ...\n", True),
    "except*": ("try:\n    {}\nexcept* ImportError: ...\n", True),
    "match": ("match FLAG:\n    case 1:\n        {}\n", True),
    "with": ("with FLAG:\n    {}\n", False),
    "nothing": ("if FLAG: ...\n{}\n", False),
}


@pytest.mark.parametrize("around", AROUND)
def test_what_may_not_run_is_conditional(around: str, tmp_path: Path) -> None:
    if around == "except*" and sys.version_info < (3, 11):
        pytest.skip("a statement of Python 3.11")
    text, conditional = AROUND[around]
    path = tmp_path / "work.py"
    path.write_text(text.format("register()"))
    line = path.read_text().splitlines().index(next(x for x in path.read_text().splitlines() if "register" in x)) + 1
    assert Places(tmp_path).is_conditional(Origin(str(path), line)) is conditional
