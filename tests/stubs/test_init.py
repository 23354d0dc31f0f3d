"""The command ``celery-registry init``, run as users run it."""

from __future__ import annotations

import configparser
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import tomlkit

from celery_registry.stubs.settings_files import add_hooks, add_mypy_ini
from stubs.checkers import run_checker
from stubs.projects import run_command, write_files

PYPROJECT = """\
# the project
[project]
name = "shop"  # keep me
dependencies = [
    "celery",  # the queue
]

[tool.pyrefly]
search-path = [
    "src",  # the code
]
"""
MYPY_INI = """\
[mypy]
strict = True
plugins =
    pydantic.mypy,
    mypy_django_plugin.main
exclude = ^build/

[mypy-foo.*]
ignore_missing_imports = True
"""
PRE_COMMIT = """\
repos:
  - repo: https://example.org/hooks
    rev: v1
    hooks:
      - id: ruff
"""
FILES = {
    "src/shop/__init__.py": "",
    "pyproject.toml": PYPROJECT,
    "mypy.ini": MYPY_INI,
    ".pre-commit-config.yaml": PRE_COMMIT,
}


#: What pyright leaves out by itself where nothing is said.
DEFAULTS = ["**/node_modules", "**/__pycache__", "**/.*", "**/site-packages"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write_files(tmp_path, FILES)
    return tmp_path


def contents(project: Path) -> dict[str, str]:
    return {str(p.relative_to(project)): p.read_text() for p in sorted(project.rglob("*")) if p.is_file()}


def test_every_tool_is_told_and_comments_stay(project: Path) -> None:
    assert run_command(project, "init", "--yes").returncode == 0
    text = (project / "pyproject.toml").read_text()
    for comment in ("# the project", "# keep me", "# the queue", "# the code"):
        assert comment in text
    tool = tomlkit.parse(text).unwrap()["tool"]
    assert tool == {
        "pyrefly": {"search-path": ["typeshed_overrides", "src"]},
        "pyright": {"stubPath": "typeshed_overrides", "exclude": [*DEFAULTS, "src/**/*.pyi"]},
        "ty": {"environment": {"extra-paths": ["typeshed_overrides"]}},
        "zuban": {"mypy_path": ["src", "typeshed_overrides"]},
    }
    parser = configparser.ConfigParser()
    parser.read(project / "mypy.ini")
    assert parser["mypy"]["plugins"].split() == ["pydantic.mypy,", "mypy_django_plugin.main,", "celery_registry.mypy"]
    assert parser["mypy"]["exclude"] == "(?:^build/)|^typeshed_overrides/"
    hooks = (project / ".pre-commit-config.yaml").read_text()
    assert hooks.startswith(PRE_COMMIT)
    assert "      - id: ruff\n  - repo: local\n    hooks:\n    - id: celery-registry-stubs\n" in hooks


def test_a_second_run_changes_nothing(project: Path) -> None:
    run_command(project, "init", "--yes")
    before = contents(project)
    again = run_command(project, "init", "--yes")
    assert (again.returncode, again.stdout) == (0, "nothing to change\n")
    assert contents(project) == before


def test_an_empty_project_gets_every_file_and_a_second_run_nothing(tmp_path: Path) -> None:
    assert run_command(tmp_path, "init", "--yes").returncode == 0
    assert sorted(contents(tmp_path)) == [".pre-commit-config.yaml", "pyproject.toml"]
    assert tomlkit.parse((tmp_path / "pyproject.toml").read_text()).unwrap()["tool"]["mypy"] == {
        "plugins": ["celery_registry.mypy"],
        "exclude": ["^typeshed_overrides/"],
    }
    assert run_command(tmp_path, "init", "--yes").stdout == "nothing to change\n"


def test_the_diff_is_shown_and_no_means_no(project: Path) -> None:
    before = contents(project)
    run = run_command(project, "init", answer="n\n")
    assert '+stubPath = "typeshed_overrides"' in run.stdout
    assert "--- a/mypy.ini" in run.stdout
    assert "nothing was written" in run.stdout
    assert contents(project) == before


def test_without_an_answer_nothing_is_written(project: Path) -> None:
    before = contents(project)
    assert run_command(project, "init", answer="").returncode == 2
    assert contents(project) == before


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("pyproject.toml", "[tool", "pyproject.toml: is not valid TOML"),
        ("pyproject.toml", "[tool]\npyright = 3\n", "pyproject.toml: tool.pyright must be a table"),
        ("pyproject.toml", "[tool.zuban]\nmypy_path = 3\n", "pyproject.toml: mypy_path must be a list"),
    ],
)
def test_a_file_that_cannot_be_understood_is_one_line_and_nothing_is_written(
    project: Path, name: str, text: str, line: str
) -> None:
    write_files(project, {name: text})
    before = contents(project)
    run = run_command(project, "init", "--yes")
    assert run.returncode == 2
    assert run.stderr.startswith(f"celery-registry: {line}")
    assert run.stderr.count("\n") == 1
    assert contents(project) == before


def test_mypys_settings_are_found_where_mypy_finds_them(tmp_path: Path) -> None:
    write_files(tmp_path, {"setup.cfg": "[metadata]\nname = shop\n\n[mypy]\nstrict = True\n"})
    assert run_command(tmp_path, "init", "--yes").returncode == 0
    assert (
        "plugins = celery_registry.mypy\nstrict = True\nexclude = ^typeshed_overrides/\n"
        in (tmp_path / "setup.cfg").read_text()
    )
    assert "mypy]" not in (tmp_path / "pyproject.toml").read_text()


def test_basedpyrights_own_section_is_used_where_it_is_there(tmp_path: Path) -> None:
    write_files(tmp_path, {"pyproject.toml": "[tool.basedpyright]\ntypeCheckingMode = 'strict'\n"})
    run_command(tmp_path, "init", "--yes")
    tool = tomlkit.parse((tmp_path / "pyproject.toml").read_text()).unwrap()["tool"]
    assert tool["basedpyright"] == {
        "typeCheckingMode": "strict",
        "stubPath": "typeshed_overrides",
        "exclude": [*DEFAULTS, "**/*.pyi"],
    }
    assert "pyright" not in tool


def test_stubs_are_excluded_beside_what_the_user_excludes_and_never_the_users_own(tmp_path: Path) -> None:
    write_files(tmp_path, {"src/shop.py": "", "pyproject.toml": "[tool.pyright]\nexclude = ['old']\n"})
    run_command(tmp_path, "init", "--yes")
    assert tomlkit.parse((tmp_path / "pyproject.toml").read_text()).unwrap()["tool"]["pyright"] == {
        "exclude": ["old", "src/**/*.pyi"],
        "stubPath": "typeshed_overrides",
    }
    write_files(tmp_path, {"src/shop.pyi": "", "pyproject.toml": ""})
    run_command(tmp_path, "init", "--yes")
    tool = tomlkit.parse((tmp_path / "pyproject.toml").read_text()).unwrap()["tool"]
    assert tool["pyright"] == {"stubPath": "typeshed_overrides"}


def test_what_is_left_to_the_user_is_said(tmp_path: Path) -> None:
    write_files(
        tmp_path,
        {
            "pyrightconfig.json": "{}",
            ".pre-commit-config.yaml": "repos:\n- repo: local\n  hooks: []\nfail_fast: true\n",
        },
    )
    run = run_command(tmp_path, "init", "--yes")
    assert 'pyrightconfig.json is read instead of pyproject.toml: add "stubPath"' in run.stderr
    assert "add this to repos in .pre-commit-config.yaml:" in run.stderr
    assert (tmp_path / ".pre-commit-config.yaml").read_text().endswith("fail_fast: true\n")


def test_without_tomlkit_one_line_says_what_to_install(project: Path) -> None:
    code = (
        "import sys; sys.modules['tomlkit'] = None; sys.argv = ['celery-registry', 'init', '--yes']\n"
        "from celery_registry.cli import main; main()"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert run.stderr == (
        'celery-registry: init edits TOML with the package tomlkit: install "celery-registry[editors]"\n'
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "[mypy]\nplugins = celery_registry.mypy\nexclude = ^typeshed_overrides/\n"),
        ("[mypy]\n", "[mypy]\nplugins = celery_registry.mypy\nexclude = ^typeshed_overrides/\n"),
        (
            "[mypy]\nplugins = a.b\n[mypy-x]\ny = 1\n",
            "[mypy]\nplugins = a.b, celery_registry.mypy\nexclude = ^typeshed_overrides/\n\n[mypy-x]\ny = 1\n",
        ),
        (
            "[mypy]\nplugins=a.b,c.d\nexclude=x\n",
            "[mypy]\nplugins=a.b,c.d, celery_registry.mypy\nexclude= (?:x)|^typeshed_overrides/\n",
        ),
    ],
)
def test_a_mypy_section_gains_two_lines(before: str, after: str) -> None:
    assert add_mypy_ini(before) == (after, [])
    assert add_mypy_ini(after) == (after, [])


def test_a_verbose_exclude_is_left_to_the_user() -> None:
    text = "[mypy]\nplugins = celery_registry.mypy\nexclude = (?x)(\n    ^a/\n    | ^b/\n  )\n"
    assert add_mypy_ini(text) == (text, ["add |^typeshed_overrides/ to exclude in the section [mypy]"])


def test_hooks_of_one_id_are_not_doubled() -> None:
    whole, left = add_hooks("")
    assert left == []
    assert add_hooks(whole) == (whole, [])
    one = whole.replace("celery-registry-check", "other")
    grown, _ = add_hooks(one)
    assert grown.count("id: celery-registry-stubs") == 1
    assert grown.count("id: celery-registry-check") == 1


PLAIN = "from celery import shared_task\n\n@shared_task(name='send')\ndef send(to: str) -> None: ...\n"
REGISTRY = """\
from celery import Task
from celery_registry import BaseTasksRegistry

class Registry(BaseTasksRegistry):
    @property
    def send(self) -> Task[[str], None]:
        return self._get_task_by_name("send")
"""


@pytest.mark.parametrize(
    ("files", "following"),
    [
        ({"shop/tasks.py": PLAIN}, "stubs --tasks"),
        ({"shop/tasks.py": PLAIN, "shop/registry.py": REGISTRY}, "stubs"),
        ({"shop/__init__.py": ""}, "check"),
    ],
)
def test_the_next_command_and_the_hooks_run_here(tmp_path: Path, files: dict[str, str], following: str) -> None:
    write_files(tmp_path, files)
    run = run_command(tmp_path, "init", "--yes")
    assert run.stdout.splitlines()[-1] == f"next: celery-registry {following}"
    hooks = (tmp_path / ".pre-commit-config.yaml").read_text()
    entries = [entry.split() for entry in re.findall(r"entry: celery-registry (.+)", hooks)]
    assert entries == [["stubs", "--check"], ["check", "--static"]]
    assert run_command(tmp_path, "stubs", "--check").returncode == (1 if following == "stubs" else 0)
    if following == "check":
        return
    run = run_command(tmp_path, *following.split())
    assert run.returncode == 0, run.stdout + run.stderr
    assert [run_command(tmp_path, *entry).returncode for entry in entries] == [0, 0]
    for path in ("shop/tasks.py", "shop/registry.py"):
        if path in files:
            write_files(tmp_path, {path: files[path].replace("str", "int")})
    assert run_command(tmp_path, "stubs", "--check").returncode == 1


def test_no_hook_is_installed_that_cannot_run(tmp_path: Path) -> None:
    """Services that call their modules alike: ``stubs`` takes each by itself."""
    files = {f"{service}/{name}": PLAIN for service in ("bill", "shop") for name in ("manage.py", "jobs/tasks.py")}
    inits = {f"{service}/jobs/__init__.py": "" for service in ("bill", "shop")}
    write_files(tmp_path, {**files, **inits, "pyproject.toml": "[tool.mypy]\nmypy_path = ['bill', 'shop']\n"})
    run = run_command(tmp_path, "init", "--yes")
    assert "left to you: no hook for the stubs: " in run.stderr
    assert "run this for each service by itself" in run.stderr
    assert re.findall(r"id: (.+)", (tmp_path / ".pre-commit-config.yaml").read_text()) == ["celery-registry-check"]
    assert run.stdout.splitlines()[-1] == "next: celery-registry check"


def test_other_checkers_import_from_where_mypy_does(tmp_path: Path) -> None:
    write_files(
        tmp_path,
        {
            "libs/names/names/__init__.py": "",
            "services/shop/shop/__init__.py": "",
            "services/shop/shop/tasks.py": PLAIN,
            "services/shop/shop/calls.py": "from shop.tasks import send\n\nsend.delay(to='a')\nsend.delay(to=1)\n",
            "mypy.ini": "[mypy]\nmypy_path = libs/names:services/shop:gone:typeshed_overrides\n",
        },
    )
    assert run_command(tmp_path, "init", "--yes").returncode == 0
    tool = tomlkit.parse((tmp_path / "pyproject.toml").read_text()).unwrap()["tool"]
    bases = ["libs/names", "services/shop"]
    assert tool["pyright"]["extraPaths"] == bases
    assert tool["ty"]["environment"]["extra-paths"] == ["typeshed_overrides", *bases]
    assert tool["pyrefly"]["search-path"] == ["typeshed_overrides", *bases, "."]
    assert tool["zuban"]["mypy_path"] == [".", *bases, "typeshed_overrides"]
    assert run_command(tmp_path, "init", "--yes").stdout == "nothing to change\n"
    assert run_command(tmp_path, "stubs", "--tasks").returncode == 0
    for checker in ("pyright", "ty", "pyrefly", "zuban"):
        found = run_checker(checker, tmp_path, "services/shop/shop/calls.py", every=True)
        assert {flagged.line for flagged in found} == {4}, (checker, found)


def test_a_source_directory_stays_importable_beside_others(tmp_path: Path) -> None:
    write_files(tmp_path, {"src/shop/__init__.py": "", "libs/a.py": "", "mypy.ini": "[mypy]\nmypy_path = src:libs\n"})
    run_command(tmp_path, "init", "--yes")
    tool = tomlkit.parse((tmp_path / "pyproject.toml").read_text()).unwrap()["tool"]
    assert tool["pyright"]["extraPaths"] == ["src", "libs"]


def test_the_settings_of_this_repository_name_the_stubs_directory_once() -> None:
    root = Path(__file__).parents[2]
    assert "exclude = ^typeshed_overrides/" in (root / "mypy.ini").read_text()
    assert os.path.isdir(root / "typeshed_overrides")


def test_the_published_hooks_run_the_commands_that_init_writes() -> None:
    published = (Path(__file__).parents[2] / ".pre-commit-hooks.yaml").read_text()
    local, _ = add_hooks("")
    for pattern in (r"id: (\S+)", r"entry: (.+)"):
        assert sorted(re.findall(pattern, published)) == sorted(re.findall(pattern, local))
    assert re.findall(r"pass_filenames: (\w+)", published) == ["false", "false"]


def test_the_hooks_run_in_the_example_project() -> None:
    published = (Path(__file__).parents[2] / ".pre-commit-hooks.yaml").read_text()
    root = Path(__file__).parents[2]
    entries = re.findall(r"entry: celery-registry (.+)", published)
    assert len(entries) == 2
    for entry in entries:
        arguments = [*entry.split(), "examples/delivery_project/src"]
        run = run_command(root, *arguments)
        assert run.returncode == 0, run.stdout + run.stderr
