"""Every program through every front: one expected list, and a reason wherever a front cannot know."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from agreement.page import render_table
from agreement.program import FRONTS
from agreement.programs import PROGRAMS

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "agreement.md"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each program in a directory of its own, which is a repository's root."""
    root = tmp_path_factory.mktemp("programs")
    places = {}
    for number, program in enumerate(PROGRAMS):
        place = places[program.name] = root / f"p{number}"
        (place / ".git").mkdir(parents=True)
        for path, text in program.files.items():
            file = place / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    return places


@pytest.fixture(scope="module")
def library_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """mypy's cache of the installed packages that the programs use."""
    folder = tmp_path_factory.mktemp("libraries")
    (folder / "use.py").write_text("import celery, celery.schedules, kombu, celery_registry, functools, json, enum\n")
    command = [sys.executable, "-m", "mypy", "--cache-dir", "cache", "use.py"]
    subprocess.run(command, cwd=folder, capture_output=True, timeout=300, check=False)
    return folder / "cache"


def _ask(front: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    environment = {**os.environ, "PYTHONWARNINGS": "ignore", "MYPY_FORCE_COLOR": "0"}
    done = subprocess.run(
        [sys.executable, str(HERE / "fronts.py"), front],
        input=json.dumps(rows),
        env=environment,
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr
    answers: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return answers


@pytest.mark.parametrize("front", FRONTS)
def test_each_front_says_what_the_list_says(
    front: str, written: dict[str, Path], library_cache: Path, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    if front == "mypy":
        shutil.copytree(library_cache, cache)
    rows = [
        {"directory": str(written[p.name]), "app": p.app, "paths": p.paths, "base": p.base, "cache": str(cache)}
        for p in PROGRAMS
    ]
    wrong = [
        f"{program.name}: {front} says {answer['codes']}, not {list(program.expected(front))}\n{answer['text']}"
        for program, answer in zip(PROGRAMS, _ask(front, rows), strict=True)
        if answer["codes"] != sorted(program.expected(front))
        or (front == "worker" and answer["text"].startswith("boots") is not program.boots)
    ]
    assert not wrong, f"{len(wrong)} of {len(rows)}\n" + "\n".join(wrong)


@pytest.mark.parametrize(
    "name", ["flat: right", "flat: wrong", "schedule, a member: right", "schedule, one value: wrong"]
)
def test_a_real_worker_boots_or_refuses(name: str, written: dict[str, Path], tmp_path: Path) -> None:
    program = next(p for p in PROGRAMS if p.name == name)
    script = (
        "-m",
        "celery",
        "-A",
        program.app,
        "worker",
        "-P",
        "solo",
        "-l",
        "INFO",
        "--without-gossip",
        "--without-mingle",
    )
    lines = []
    with subprocess.Popen(
        # As the celery script: the working directory is not on the path.
        [sys.executable, *(["-P"] if sys.version_info >= (3, 11) else []), *script],
        cwd=written[name],
        env={**os.environ, "PYTHONWARNINGS": "ignore", "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        # Whatever goes wrong, the worker ends.
        patience = threading.Timer(120, process.kill)
        patience.start()
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            if " ready." in line:
                process.terminate()
        status = process.wait()
        patience.cancel()
    assert (status == 78) == bool(program.codes), "".join(lines)
    assert any(" ready." in line for line in lines) == (not program.codes), "".join(lines)


def test_the_list_is_long_enough_and_each_wrong_program_has_a_right_twin() -> None:
    names = [p.name for p in PROGRAMS]
    assert len(names) == len(set(names)) >= 80
    assert sum(not p.codes for p in PROGRAMS) >= 40
    assert {n.removesuffix(": wrong") for n in names if n.endswith(": wrong")} <= {
        n.removesuffix(": right") for n in names
    }
    for program in PROGRAMS:
        assert bool(program.codes) == program.name.endswith(": wrong")
        for unknown in program.unknown.values():
            assert unknown.reason
            assert set(unknown.codes) <= set(program.codes)


def test_the_table_of_the_page_is_the_list() -> None:
    text = PAGE.read_text(encoding="utf-8")
    found = re.search(r"<!-- programs -->\n(.*?)<!-- end of programs -->", text, re.DOTALL)
    assert found is not None
    assert found[1] == render_table(), "write it anew: python -m agreement.page docs/agreement.md, in tests/"
