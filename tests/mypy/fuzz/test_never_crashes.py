"""Whatever is fed to the plugin, mypy ends as it does without it: no crash, and no note of a hook that failed.

``FUZZ_SEEDS=100:300`` tries other seeds than the usual ones.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .programs import Programs

MODULES = 12
CONFIG = "[mypy]\nplugins = celery_registry.mypy\ncheck_untyped_defs = True\nshow_traceback = True\n"
SETTINGS = """
[celery-registry]
registry = m00.Registry, m01.Registry
names = m00.Name, m02.Name
task-modules = m0*
request-handlers = m0*
external = other.*
injected-parameters = m00.Loud: to
task-serializer = json
"""
FAULTS = ("INTERNAL ERROR", "Traceback", "could not check this", "Internal error")


def _seeds() -> range:
    start, _, stop = os.environ.get("FUZZ_SEEDS", "0:4").partition(":")
    return range(int(start), int(stop))


def _write(root: Path, programs: Programs, share: int = 1) -> None:
    names = [f"m{index:02}" for index in range(MODULES)]
    for index, name in enumerate(names):
        if index % share == 0:
            (root / f"{name}.py").write_text(programs.module(names[:index], names[index + 1 :]), encoding="utf-8")


def _assert_mypy_lives(command: list[str], root: Path, what: str, faults_of_ours: tuple[str, ...] = FAULTS) -> str:
    result = subprocess.run(
        [sys.executable, "-m", *command], cwd=root, capture_output=True, text=True, timeout=300, check=False
    )
    output = result.stdout + result.stderr
    faults = [line for line in output.splitlines() if any(fault in line for fault in faults_of_ours)]
    assert result.returncode in (0, 1), f"{what} in {root}:\n{output[-3000:]}"
    assert not faults, f"{what} in {root}:\n" + "\n".join(faults)
    return output


@pytest.mark.parametrize("seed", _seeds())
def test_mypy_never_dies_of_an_odd_program_cold_or_warm(tmp_path: Path, seed: int) -> None:
    programs = Programs(seed)
    (tmp_path / "mypy.ini").write_text(CONFIG + (SETTINGS if seed % 2 else ""), encoding="utf-8")
    _write(tmp_path, programs)
    cold = _assert_mypy_lives(["mypy", "."], tmp_path, f"seed {seed}, cold")
    # A run that stops at the first error of syntax or imports would prove nothing.
    assert "checked" in cold, f"seed {seed}: {cold[-500:]}"
    _write(tmp_path, programs, share=3)
    _assert_mypy_lives(["mypy", "."], tmp_path, f"seed {seed}, warm")


def test_the_daemon_never_dies_of_an_odd_edit(tmp_path: Path) -> None:
    seed = _seeds().start
    programs = Programs(seed)
    (tmp_path / "mypy.ini").write_text(CONFIG, encoding="utf-8")
    _write(tmp_path, programs)
    daemon = ["mypy.dmypy", "--status-file", "dmypy.json"]
    try:
        for round_ in range(4):
            _assert_mypy_lives([*daemon, "run", "--", "."], tmp_path, f"seed {seed}, daemon, round {round_}")
            _write(tmp_path, programs, share=4)
    finally:
        subprocess.run([sys.executable, "-m", *daemon, "stop"], cwd=tmp_path, capture_output=True, check=False)


def test_the_same_seed_gives_the_same_program() -> None:
    assert Programs(7).module(["a"], ["b"]) == Programs(7).module(["a"], ["b"])


def test_mypy_never_dies_of_an_index_that_cannot_be_built(tmp_path: Path) -> None:
    """Whatever fails while the files are read, mypy alone still answers; a note says that we could not."""
    (tmp_path / "broken.py").write_text(
        "from celery_registry.mypy import plugin as plugin\nfrom celery_registry.source.index import SourceIndex\n\n\n"
        "def build(*_: object, **__: object) -> None:\n    raise KeyError('planted')\n\n\nSourceIndex.build = build\n",
        encoding="utf-8",
    )
    (tmp_path / "mypy.ini").write_text("[mypy]\nplugins = broken.py\n", encoding="utf-8")
    (tmp_path / "work.py").write_text(
        "from celery import shared_task\n\n\n@shared_task\ndef add(x: int) -> int:\n    return x\n\n\n"
        "add.delay(1).id.upper()\nadd.apply_async((1,))\n''.join(1)\n",
        encoding="utf-8",
    )
    command = ["mypy", "--no-error-summary", "work.py"]
    crashes = tuple(fault for fault in FAULTS if fault != "could not check this")
    output = _assert_mypy_lives(command, tmp_path, "an index that fails", crashes)
    assert "work.py:9: note: celery-registry" in output
    assert 'work.py:11: error: Argument 1 to "join" of "str"' in output
