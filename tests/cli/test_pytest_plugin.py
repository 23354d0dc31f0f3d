"""The fixture ``celery_registry_check``, in real runs of pytest over a small project."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.shop import TASKS, write_shop

UNREGISTERED = TASKS.replace('name="send_email"', 'name="send_emial"')
CALL = "celery_registry_check('shop.app:app', 'shop.registry:TasksRegistry', 'shop.registry:TaskName')"


def run_pytest(directory: Path, body: str) -> subprocess.CompletedProcess[str]:
    (directory / "test_registry.py").write_text(f"def test_registry(celery_registry_check):\n    {body}\n")
    (directory / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    return subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=False)


def test_a_sound_registry_passes(tmp_path: Path) -> None:
    done = run_pytest(write_shop(tmp_path), f"assert {CALL} == ()")
    assert done.returncode == 0, done.stdout


def test_a_broken_registry_fails_with_the_report_and_no_traceback(tmp_path: Path) -> None:
    done = run_pytest(write_shop(tmp_path, tasks=UNREGISTERED), CALL)
    assert done.returncode == 1
    assert "error [task-unregistered] No task is registered as" in done.stdout
    assert "Traceback" not in done.stdout
    assert "def test_registry" not in done.stdout


def test_the_settings_beside_the_tests_fill_what_is_left_out(tmp_path: Path) -> None:
    directory = write_shop(tmp_path, tasks=UNREGISTERED)
    (directory / "setup.cfg").write_text(
        "[celery-registry]\napp = shop.app:app\nregistry = shop.registry.TasksRegistry\nnames = shop.registry.TaskName\n"
    )
    done = run_pytest(directory, "celery_registry_check()")
    assert (done.returncode, "[task-unregistered]" in done.stdout) == (1, True), done.stdout
    done = run_pytest(directory, "celery_registry_check(external=['send_*'])")
    assert done.returncode == 0, done.stdout


def test_the_application_is_that_of_the_fixture_of_the_project(tmp_path: Path) -> None:
    directory = write_shop(tmp_path, tasks=UNREGISTERED)
    (directory / "conftest.py").write_text(
        "import pytest\n\n@pytest.fixture(scope='session')\ndef celery_registry_app():\n"
        "    from shop.app import app\n    return app\n"
    )
    call = "celery_registry_check(registry='shop.registry:TasksRegistry', names='shop.registry:TaskName')"
    done = run_pytest(directory, call)
    assert (done.returncode, "[task-unregistered]" in done.stdout) == (1, True), done.stdout
    (directory / "shop/tasks.py").write_text(TASKS)
    done = run_pytest(directory, call)
    assert done.returncode == 0, done.stdout
    done = run_pytest(directory, "celery_registry_check()")
    assert "celery-registry: which registry? Give one (registry=..., a class or MODULE:CLASS)" in done.stdout
    assert "--" not in done.stdout.partition("which registry?")[2].partition("\n")[0]
    # A test that names its application asks for no other.
    (directory / "conftest.py").unlink()
    assert run_pytest(directory, CALL).returncode == 0


def test_a_warning_is_returned(tmp_path: Path) -> None:
    body = CALL.replace(")", ", severity={'task-unregistered': 'warning'})")
    done = run_pytest(write_shop(tmp_path, tasks=UNREGISTERED), f"assert [f.task for f in {body}] == ['send_email']")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("celery_registry_check('shop.ap')", 'celery-registry: application "shop.ap": there is no module "shop.ap"'),
        ("celery_registry_check('shop.app:app')", "celery-registry: which registry? "),
        ("celery_registry_check()", "celery-registry: fixture celery_registry_app: which application? Say app = "),
        ("celery_registry_check('shop.app:app', 'shop.registry:Tasks')", 'has no class "Tasks"'),
    ],
)
def test_what_cannot_be_used_is_one_line(tmp_path: Path, body: str, message: str) -> None:
    done = run_pytest(write_shop(tmp_path), body)
    assert (done.returncode, message in done.stdout) == (1, True), done.stdout


def test_loading_the_plugin_imports_neither_celery_nor_the_rest_of_us(tmp_path: Path) -> None:
    (tmp_path / "test_nothing.py").write_text(
        "import sys\n\n\ndef test_nothing():\n"
        "    loaded = {name for name in sys.modules if name.split('.')[0] in ('celery', 'kombu', 'celery_registry')}\n"
        "    assert loaded == {'celery_registry', 'celery_registry.pytest_plugin'}\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:celery", "-p", "no:xdist"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
