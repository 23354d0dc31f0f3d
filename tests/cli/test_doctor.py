"""``celery-registry doctor``: it believes only what the project's own tools print."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from celery_registry.cli.mypy_config import read_hook, read_mypy_config
from celery_registry.cli.on_save import show_on_save
from cli.shop import TASKS, run, write_shop

LIVE = "[mypy]\nplugins = celery_registry.mypy\nstrict = true\nfiles = shop\n"
HOOK = """
repos:
  - repo: local
    hooks:
      - id: mypy
        name: mypy
        entry: mypy
        language: system
        types: [python]
"""
MIRROR = """
repos:
  - repo: https://github.com/pre-commit/mirrors-mypy
    rev: v1.15.0
    hooks:
      - id: mypy
        args: [--strict]
"""


def listing(directory: Path) -> dict[str, bytes]:
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def answers(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """Tool -> ok, MISSED or -."""
    lines = [line.split(None, 1) for line in done.stdout.splitlines() if line.split(" ")[0] in ("ok", "MISSED", "-")]
    return {
        next(tool for tool in ("mypy daemon", "mypy", "pre-commit") if rest.startswith(tool)): mark
        for mark, rest in lines
    }


def test_a_live_plugin_is_proved_by_mypy_its_daemon_and_the_hook(tmp_path: Path) -> None:
    directory = write_shop(tmp_path)
    (directory / "mypy.ini").write_text(LIVE)
    (directory / "setup.cfg").write_text("[celery-registry]\nstrict = yes\n")
    (directory / ".pre-commit-config.yaml").write_text(HOOK)
    before = listing(directory)
    done = run(directory, "doctor")
    assert done.returncode == 0, done.stdout + done.stderr
    assert answers(done) == {"mypy": "ok", "mypy daemon": "ok", "pre-commit": "ok"}
    assert done.stdout.count("shop/registry.py:18: error: ") == 3
    assert "\nsettings setup.cfg\n" in done.stdout
    assert "planted shop/registry.py: TasksRegistry.ping declares too many parameters" in done.stdout
    assert "  1 registry with 2 properties\n" in done.stdout
    assert "  the implementation of 2 of 2 properties\n" in done.stdout
    assert done.stdout.endswith("It does not see:\n  nothing that it knows of\n")
    assert listing(directory) == before
    assert "to mend on save, let your editor run: " in done.stdout


def test_without_the_plugin_every_tool_misses_the_mistake(tmp_path: Path) -> None:
    directory = write_shop(tmp_path)
    (directory / "mypy.ini").write_text("[mypy]\nfiles = shop\n")
    (directory / ".pre-commit-config.yaml").write_text(MIRROR)
    done = run(directory, "doctor")
    assert done.returncode == 1, done.stdout + done.stderr
    assert answers(done) == {"mypy": "MISSED", "mypy daemon": "MISSED", "pre-commit": "MISSED"}
    assert "mypy's configuration mypy.ini: its plugins lack celery_registry.mypy" in done.stdout
    assert "add celery-registry[compatible-mypy] to its additional_dependencies" in done.stdout
    assert "calls in functions without annotations: check_untyped_defs is off" in done.stdout


def test_what_the_plugin_cannot_see_is_listed_with_its_places(tmp_path: Path) -> None:
    unknown = "\n\ndef register(name: str) -> None:\n    app.task(name=name)(ping)\n"
    directory = write_shop(tmp_path, tasks=TASKS.replace('name="send_email"', 'name="mail"') + unknown)
    (directory / "mypy.ini").write_text(LIVE)
    done = run(directory, "doctor", "--no-daemon")
    assert done.returncode == 0, done.stdout + done.stderr
    assert answers(done) == {"mypy": "ok", "pre-commit": "-"}
    assert "a registration whose name is computed (shop/tasks.py:17)" in done.stdout
    assert "a property without an implementation (shop/registry.py:22)" in done.stdout


def test_a_project_without_a_registry_is_asked_about_one_of_ours(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "pyproject.toml").write_text("[tool.mypy]\nplugins = ['celery_registry.mypy']\n")
    (tmp_path / "app.py").write_text("x = 1\n")
    done = run(tmp_path, "doctor", "--no-daemon")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "planted celery_registry_doctor.py: a registry of its own, for want of one here" in done.stdout
    assert not (tmp_path / "celery_registry_doctor.py").exists()


@pytest.mark.parametrize(
    ("text", "dependencies", "has_plugin"),
    [
        (HOOK, None, True),
        (MIRROR, (), False),
        (MIRROR + "        additional_dependencies: [celery-types, 'celery-registry[compatible-mypy]==0.1']\n", ("celery-types", "celery-registry[compatible-mypy]==0.1"), True),
        (MIRROR + "        additional_dependencies:\n          - celery-types\n          - celery_registry\n      - id: other\n", ("celery-types", "celery_registry"), True),
        (MIRROR + "        additional_dependencies: [\n          celery-types,\n          celery-registry-extras,\n        ]\n", ("celery-types", "celery-registry-extras"), False),
    ],
)  # fmt: skip
def test_the_hook_is_read_as_people_write_it(
    tmp_path: Path, text: str, dependencies: tuple[str, ...] | None, has_plugin: bool
) -> None:
    (tmp_path / ".pre-commit-config.yaml").write_text(text)
    hook = read_hook(tmp_path)
    assert hook is not None
    assert (hook.dependencies, hook.has_plugin) == (dependencies, has_plugin)


def test_it_says_how_to_mend_on_save(tmp_path: Path) -> None:
    command = "to mend on save, let your editor run: celery-registry check --static --fix --yes"
    assert show_on_save(tmp_path) == command
    (tmp_path / ".vscode").mkdir()
    (tmp_path / ".idea").mkdir()
    assert show_on_save(tmp_path).splitlines() == [
        command,
        '  VS Code: "emeraldwalk.runonsave" in .vscode/settings.json',
        "  PyCharm: a File Watcher for Python files",
    ]


def test_no_hook_is_none(tmp_path: Path) -> None:
    assert read_hook(tmp_path) is None
    (tmp_path / ".pre-commit-config.yaml").write_text("repos:\n  - repo: local\n    hooks:\n      - id: mypy-strict\n")
    assert read_hook(tmp_path) is None


def test_mypys_own_order_of_files_is_followed(tmp_path: Path) -> None:
    assert read_mypy_config(tmp_path).path is None
    for name, text in (
        ("setup.cfg", "[mypy]\nplugins = a\n"),
        ("pyproject.toml", "[tool.mypy]\nplugins = 'b, celery_registry.mypy'\nstrict = true\n"),
        (".mypy.ini", "[mypy]\nplugins =\n    c\n    celery_registry.mypy\nfiles = src\n"),
        ("mypy.ini", "[mypy]\ncheck_untyped_defs = True\n"),
    ):
        (tmp_path / name).write_text(text)
        assert read_mypy_config(tmp_path).path == tmp_path / name
    (tmp_path / "mypy.ini").unlink()
    config = read_mypy_config(tmp_path)
    assert (config.plugins, config.has_targets, config.checks_untyped_defs) == (
        ("c", "celery_registry.mypy"),
        True,
        False,
    )
    config = read_mypy_config(tmp_path, tmp_path / "pyproject.toml")
    assert (config.plugins, config.has_targets, config.checks_untyped_defs) == (
        ("b", "celery_registry.mypy"),
        False,
        True,
    )
