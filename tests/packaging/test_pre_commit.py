"""The repository uses its own hooks on the example project, and they pass.

Law: the entries are run as pre-commit runs them, from the repository's root.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
HOOKS = {
    hook["id"]: hook["entry"]
    for repository in yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    for hook in repository["hooks"]
}


def test_every_hook_that_we_offer_is_used_here() -> None:
    offered = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
    assert offered <= HOOKS.keys()


@pytest.mark.parametrize("entry", HOOKS.values(), ids=HOOKS)
def test_a_hook_passes(entry: str) -> None:
    words = shlex.split(entry)
    if words == ["ruff", "format"]:
        words.append("--check")
    program = Path(sys.executable).with_name(words[0])
    finished = subprocess.run([program, *words[1:]], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert finished.returncode == 0, finished.stdout + finished.stderr
