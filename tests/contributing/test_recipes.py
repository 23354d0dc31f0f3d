"""The recipes of CONTRIBUTING.md work: each is followed on a copy, touches the files that it names, and the suite's checks pass.

Law: made-up additions; the checks are the suite's own, run on the copy.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
IGNORED = shutil.ignore_patterns(
    "__pycache__", ".git", ".venv*", ".mypy_cache", ".pytest_cache", ".ruff_cache", "*.pyc"
)


def recipe(title: str) -> set[str]:
    """The files and folders that a recipe names."""
    text = (ROOT / "CONTRIBUTING.md").read_text().partition(f"### {title}\n")[2].partition("\n##")[0]
    return {name for name in re.findall(r"`([\w./-]+/[\w./-]*)`", text) if "/" in name}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in ("src", "docs", "tests", "examples"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=IGNORED)
    for name in ("pyproject.toml", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "mypy.ini", ".importlinter"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) >= 1, f"{path.name} has no {old!r}"
    path.write_text(text.replace(old, new, 1))


def run(copy: Path, *arguments: str) -> None:
    env = {**os.environ, "PYTHONPATH": f"{copy / 'src'}{os.pathsep}{copy / 'tests'}"}
    finished = subprocess.run(
        [sys.executable, *arguments], cwd=copy, env=env, capture_output=True, text=True, timeout=300
    )
    assert finished.returncode == 0, finished.stdout[-4000:] + finished.stderr[-2000:]


def changed(copy: Path) -> set[str]:
    found = set()
    for path in copy.rglob("*"):
        name = path.relative_to(copy)
        if path.is_file() and path.suffix in (".py", ".md") and "__pycache__" not in name.parts:
            original = ROOT / name
            if not original.exists() or original.read_bytes() != path.read_bytes():
                found.add(name.as_posix())
    return found


def add_code(copy: Path) -> None:
    codes = copy / "src/celery_registry/contract/codes.py"
    replace(
        codes,
        '    INCOMPATIBLE = "task-incompatible"\n',
        '    INCOMPATIBLE = "task-incompatible"\n    MADE_UP = "task-made-up"\n',
    )
    replace(codes, "\nPROBLEMS: Final", "\n\nPROBLEMS: Final")
    replace(
        codes,
        "CODES: Final[Mapping[Code, CodeRow]] = {\n",
        'CODES: Final[Mapping[Code, CodeRow]] = {\n    Code.MADE_UP: CodeRow("A code that a test made up."),\n',
    )
    replace(
        codes,
        "PROBLEMS: Final[Mapping[str, Problem]] = {\n",
        'PROBLEMS: Final[Mapping[str, Problem]] = {\n    "made-up": Problem(Code.MADE_UP, \'Task "{task}" is made up\', "leave it"),\n',
    )
    explanations = copy / "src/celery_registry/contract/explanations.py"
    replace(
        explanations,
        "EXPLANATIONS: Final[Mapping[Code, Explanation]] = {\n",
        'EXPLANATIONS: Final[Mapping[Code, Explanation]] = {\n    Code.MADE_UP: Explanation("It is made up.", "made_up = 1\\n", (("made_up = 1", "real = 1"),), ("commands",)),\n',
    )
    run(copy, "-m", "celery_registry.report.codes_page", "docs/codes.md")


def add_command(copy: Path) -> None:
    replace(
        copy / "src/celery_registry/cli/__init__.py",
        '    "explain": (',
        '    "made-up": ("celery_registry.cli.made_up:made_up", "Say that it is made up."),\n    "explain": (',
    )
    (copy / "src/celery_registry/cli/made_up.py").write_text(
        '"""``made-up``: a command that a test made up.\n\nLaw: it says one word.\n"""\n\n'
        'from __future__ import annotations\n\nimport click\n\n__all__ = ["made_up"]\n\n\n'
        '@click.command()\ndef made_up() -> None:\n    """Say that it is made up."""\n    click.echo("made up")\n'
    )
    with (copy / "docs/commands.md").open("a") as page:
        page.write("\n## made-up\n\n```console\n$ celery-registry made-up\n```\n")


def add_setting(copy: Path) -> None:
    settings = copy / "src/celery_registry/settings.py"
    replace(settings, "    strict: bool = False\n", "    strict: bool = False\n    made_up: bool = False\n")
    replace(
        settings,
        "    strict               whether",
        "    made_up              whether a test made it up\n    strict               whether",
    )
    replace(settings, '    "strict": _Reader.flag,\n', '    "strict": _Reader.flag,\n    "made-up": _Reader.flag,\n')
    page = copy / "docs/settings.md"
    replace(page, "strict = true\n", "strict = true\nmade-up = true\n")
    replace(page, "strict = yes\n", "strict = yes\nmade-up = yes\n")
    replace(page, "| `strict` |", "| `made-up` | true or false | A test made it up. |\n| `strict` |")
    tests = copy / "tests/test_settings.py"
    replace(tests, "strict = true\n", "strict = true\nmade-up = true\n")
    replace(tests, "strict = yes\n", "strict = yes\nmade-up = yes\n")
    replace(tests, '    "strict": True,\n', '    "strict": True,\n    "made_up": True,\n')


#: Recipe -> what follows it, and the suite's own checks.
RECIPES: dict[str, tuple[Callable[[Path], None], list[str]]] = {
    "Add a code": (add_code, ["tests/contract/test_codes.py", "tests/report/test_codes_page.py"]),
    "Add a command": (add_command, ["tests/test_readme.py", "-k", "commands.md and exists"]),
    "Add a setting": (add_setting, ["tests/test_settings.py"]),
}


@pytest.mark.parametrize("title", RECIPES)
def test_a_recipe_works_and_names_every_file_that_it_touches(copy: Path, title: str) -> None:
    follow, checks = RECIPES[title]
    follow(copy)
    named = recipe(title)
    assert named
    touched = changed(copy)
    assert [t for t in touched if not any(t == n or (n.endswith("/") and t.startswith(n)) for n in named)] == []
    assert [n for n in named if not n.endswith("/") and n not in touched] == []
    run(copy, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *checks)
    if title == "Add a command":
        run(
            copy,
            "-c",
            "import sys; sys.argv = ['celery-registry', 'made-up']; from celery_registry.cli import main; main()",
        )


@pytest.mark.parametrize(
    "name", sorted(set(re.findall(r"`((?:src|tests|docs)/[\w./-]+)`", (ROOT / "CONTRIBUTING.md").read_text())))
)
def test_what_it_names_is_there(name: str) -> None:
    assert (ROOT / name).exists()


def test_the_architecture_names_what_is_there() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    package = ROOT / "src" / "celery_registry"
    names = re.findall(r"`((?:contract|source|mypy|guard|wire|stubs|report|checks|facts)/\w+\.py)`", text)
    assert names
    assert [n for n in names if not (package / n).exists() and not (package / "mypy" / n).exists()] == []
