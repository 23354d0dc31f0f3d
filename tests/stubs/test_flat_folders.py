"""A stub of a module in a flat folder is a second file of it to ``mypy .``, until it is left out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from cli.shop import run

MODULE = """\
from celery import Celery, Task

from celery_registry import BaseTasksRegistry

app = Celery("calc")


@app.task(name="add")
def add(x: int) -> int:
    return x


class Registry(BaseTasksRegistry):
    @property
    def add(self) -> Task[[int], int]:
        return self._get_task_by_name("add")
"""
STUB = "typeshed_overrides/calc-stubs/__init__.pyi"
INI = "[mypy]\nplugins = celery_registry.mypy\n"
TOML = '[tool.mypy]\nplugins = ["celery_registry.mypy"]\n'

#: Files -> what `stubs` says of `mypy .`; the advice, followed, is the next row.
LAYOUTS: dict[str, tuple[dict[str, str], str]] = {
    "flat": ({"calc.py": MODULE, "mypy.ini": INI}, "add exclude = ^typeshed_overrides/ to [mypy] in mypy.ini\n"),
    "flat, left out": ({"calc.py": MODULE, "mypy.ini": f"{INI}exclude = ^typeshed_overrides/\n"}, ""),
    "flat, something else left out": (
        {"calc.py": MODULE, "pyproject.toml": f'{TOML}exclude = ["^build/"]\n'},
        'add "^typeshed_overrides/" to exclude of [tool.mypy] in pyproject.toml\n',
    ),
    "flat, both left out": (
        {"calc.py": MODULE, "pyproject.toml": f'{TOML}exclude = ["^build/", "^typeshed_overrides/"]\n'},
        "",
    ),
    "a module in src": (
        {"src/calc.py": MODULE, "pyproject.toml": TOML},
        'add exclude = ["^typeshed_overrides/"] to [tool.mypy] in pyproject.toml\n',
    ),
    "a package": ({"shop/__init__.py": "", "shop/calc.py": MODULE, "mypy.ini": INI}, ""),
    "a registry that is a package": (
        {"calc/__init__.py": MODULE, "setup.cfg": INI},
        "add exclude = ^typeshed_overrides/ to [mypy] in setup.cfg\n",
    ),
}


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def write(directory: Path, files: dict[str, str]) -> None:
    (directory / ".git").mkdir()
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_mypy_would_take_twice_is_told_with_the_setting(layout: str, tmp_path: Path, cache: Path) -> None:
    files, advice = LAYOUTS[layout]
    write(tmp_path, files)
    done = run(tmp_path, "stubs")
    assert done.returncode == 0, done.stderr
    assert done.stderr.endswith(advice)
    assert bool(done.stderr) is bool(advice)
    command = [sys.executable, "-m", "mypy", "--cache-dir", str(cache), "."]
    mypy = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert ("Duplicate module named" in mypy.stdout) is bool(advice), mypy.stdout
    assert mypy.returncode == (2 if advice else 0), mypy.stdout


def test_doctor_does_not_call_a_mypy_well_that_stops_at_the_stub(tmp_path: Path) -> None:
    files, advice = LAYOUTS["flat"]
    write(tmp_path, files)
    assert run(tmp_path, "stubs").returncode == 0
    done = run(tmp_path, "doctor", "--no-daemon")
    told = f'MISSED  mypy         "mypy ." would end with "Duplicate module named" (calc.py and {STUB}): {advice}'
    assert (done.returncode, told in done.stdout) == (1, True), done.stdout
    (tmp_path / "mypy.ini").write_text(f"{INI}files = .\n")
    done = run(tmp_path, "doctor", "--no-daemon")
    told = 'MISSED  mypy         it looks at nothing: calc.py: error: Duplicate module named "calc"'
    assert (done.returncode, told in done.stdout) == (1, True), done.stdout
    (tmp_path / "mypy.ini").write_text(LAYOUTS["flat, left out"][0]["mypy.ini"])
    done = run(tmp_path, "doctor", "--no-daemon")
    assert (done.returncode, "ok      mypy         calc.py:15: error: " in done.stdout) == (0, True), done.stdout
