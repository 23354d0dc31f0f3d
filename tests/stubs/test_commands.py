"""The command ``celery-registry stubs``, run as users run it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import pytest

from stubs.projects import EXAMPLE, ROOT, run_command, write_files
from stubs.small import FILES, REGISTRY, WORK

STUB = "typeshed_overrides/pkg-stubs/registry.pyi"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write_files(tmp_path, FILES)
    return tmp_path


def snapshot(project: Path) -> dict[str, str]:
    return {str(p.relative_to(project)): p.read_text() for p in sorted(project.rglob("*")) if p.is_file()}


def test_the_stub_package_is_partial_and_names_the_command(project: Path) -> None:
    run = run_command(project, "stubs")
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines() == ["wrote typeshed_overrides/pkg-stubs/py.typed", f"wrote {STUB}"]
    assert (project / "typeshed_overrides/pkg-stubs/py.typed").read_text() == "partial\n"
    assert "celery-registry stubs" in (project / STUB).read_text().splitlines()[0]
    assert not (project / "typeshed_overrides/pkg-stubs/__init__.pyi").exists()


def test_a_second_run_writes_nothing_and_check_is_clean(project: Path) -> None:
    run_command(project, "stubs")
    before = snapshot(project)
    assert run_command(project, "stubs").stdout == "every stub is fresh\n"
    check = run_command(project, "stubs", "--check")
    assert (check.returncode, check.stdout) == (0, "")
    assert snapshot(project) == before


def test_check_shows_a_diff_and_exits_with_1_after_a_rename_in_the_implementation(project: Path) -> None:
    run_command(project, "stubs")
    write_files(project, {"src/pkg/work.py": WORK.replace("to", "recipient")})
    before = snapshot(project)
    run = run_command(project, "stubs", "--check")
    assert run.returncode == 1
    assert f"--- a/{STUB}" in run.stdout
    assert "+    def delay(self, recipient: str) -> _AsyncResult[int]:" in run.stdout
    assert "celery-registry stubs" in run.stderr
    assert snapshot(project) == before


def test_a_stub_whose_registry_vanished_is_stale_and_the_next_run_removes_it(project: Path) -> None:
    run_command(project, "stubs")
    write_files(project, {"src/pkg/registry.py": "registry = None\n"})
    check = run_command(project, "stubs", "--check")
    assert check.returncode == 1
    assert "+++ /dev/null" in check.stdout
    assert f"removed {STUB}" in run_command(project, "stubs").stdout
    assert not (project / "typeshed_overrides/pkg-stubs").exists()


def test_a_file_that_somebody_wrote_by_hand_is_left_alone(project: Path) -> None:
    write_files(project, {"typeshed_overrides/other-stubs/__init__.pyi": "x: int\n"})
    run_command(project, "stubs")
    assert run_command(project, "stubs", "--check").returncode == 0
    assert (project / "typeshed_overrides/other-stubs/__init__.pyi").read_text() == "x: int\n"


def test_a_registry_that_is_not_python_for_a_moment_keeps_its_stub(project: Path) -> None:
    run_command(project, "stubs")
    before = (project / STUB).read_text()
    write_files(project, {"src/pkg/registry.py": REGISTRY + "class (:\n"})
    for arguments in (["stubs"], ["stubs", "--check"]):
        run = run_command(project, *arguments)
        assert run.returncode == 2
        assert run.stderr == (
            f"celery-registry: src/pkg/registry.py:16: is not valid Python {sys.version_info[0]}.{sys.version_info[1]}: "
            "invalid syntax; run celery-registry with the Python that runs the program, or leave these files out: "
            "mypy's setting exclude\n"
        )
    assert (project / STUB).read_text() == before


def test_exceptions_without_parentheses_are_read_and_other_pythons_are_one_line(tmp_path: Path) -> None:
    body = "    try:\n        return 1\n    except ValueError, TypeError:\n        return 2\n"
    newer = f"from celery import shared_task\n\n\n@shared_task\ndef newer(to: str) -> int:\n{body}"
    write_files(tmp_path, {"src/pkg/__init__.py": "", "src/pkg/newer.py": newer})
    assert run_command(tmp_path, "stubs", "--tasks").returncode == 0
    stub = (tmp_path / "typeshed_overrides/pkg-stubs/newer.pyi").read_text()
    assert "def delay(self, to: str) -> _AsyncResult[int]: ..." in stub
    older = newer.replace("newer", "older").replace("return 1", 'print "1"')
    write_files(tmp_path, {"src/pkg/older.py": older})
    run = run_command(tmp_path, "stubs")
    assert run.returncode == 2
    assert run.stderr.startswith("celery-registry: src/pkg/older.py:7: is not valid Python 3.")
    assert run.stderr.count("\n") == 1
    assert (tmp_path / "typeshed_overrides/pkg-stubs/newer.pyi").read_text() == stub


@pytest.mark.parametrize(
    ("layout", "place"),
    [("overrides", STUB), ("beside", "src/pkg/registry.pyi"), ("typings", "typings/pkg/registry.pyi")],
)
def test_every_layout_has_its_place_and_its_check(project: Path, layout: str, place: str) -> None:
    assert run_command(project, "stubs", "--layout", layout).returncode == 0
    assert (project / place).is_file()
    assert run_command(project, "stubs", "--layout", layout, "--check").returncode == 0
    (project / place).write_text((project / place).read_text() + "# edited\n")
    assert run_command(project, "stubs", "--layout", layout, "--check").returncode == 1


def test_output_and_paths_are_the_users_to_say(project: Path) -> None:
    run = run_command(project, "stubs", "src/pkg", "--output", "elsewhere/stubs")
    assert run.returncode == 0, run.stderr
    assert (project / "elsewhere/stubs/pkg-stubs/registry.pyi").is_file()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["nowhere"], "nowhere: there is no such file or directory"),
        (["--check", "--watch"], "--check and --watch exclude each other"),
        (["--layout", "beside", "--output", "x"], "--output has no meaning with --layout beside"),
        (
            ["--send-task", "pkg.registry.App"],
            "--send-task pkg.registry.App: no module with a registry defines it; write App = Celery in one",
        ),
    ],
)
def test_bad_input_is_one_line_and_exit_status_2(project: Path, arguments: list[str], line: str) -> None:
    run = run_command(project, "stubs", *arguments)
    assert (run.returncode, run.stdout, run.stderr) == (2, "", f"celery-registry: {line}\n")
    assert not (project / "typeshed_overrides").exists()


def test_a_project_without_a_registry_is_told_what_a_registry_is(tmp_path: Path) -> None:
    write_files(tmp_path, {"src/pkg/__init__.py": ""})
    run = run_command(tmp_path, "stubs")
    assert run.returncode == 2
    assert run.stderr.startswith(
        "celery-registry: no registry in the 1 file under src: a registry is a class whose properties"
    )


def test_nothing_of_the_users_is_imported_or_run(project: Path) -> None:
    bomb = "raise SystemExit('imported')\n"
    write_files(project, {"src/pkg/__init__.py": bomb, "src/pkg/registry.py": REGISTRY + bomb})
    assert run_command(project, "stubs").returncode == 0


def test_a_namespace_package_and_a_package_module_have_their_places(tmp_path: Path) -> None:
    write_files(tmp_path, {"src/space/tasks/__init__.py": REGISTRY, "src/space/more/deep.py": REGISTRY})
    run = run_command(tmp_path, "stubs")
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "typeshed_overrides/space-stubs/tasks/__init__.pyi").is_file()
    assert (tmp_path / "typeshed_overrides/space-stubs/more/deep.pyi").is_file()


def test_an_output_that_cannot_be_a_directory_is_one_line(project: Path) -> None:
    write_files(project, {"typeshed_overrides": "a file where the directory should be\n"})
    run = run_command(project, "stubs")
    assert run.returncode == 2
    assert run.stderr == "celery-registry: typeshed_overrides/pkg-stubs/py.typed: cannot be read: Not a directory\n"


def test_watch_regenerates_after_an_edit_and_survives_a_syntax_error(project: Path) -> None:
    command = os.path.join(sysconfig.get_path("scripts"), "celery-registry")
    process = subprocess.Popen(
        [command, "stubs", "--watch"],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A test run in the background of a shell ignores the signal, and its children would too.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        wait_for(project / STUB, "to: str")
        write_files(project, {"src/pkg/registry.py": REGISTRY + "class (:\n"})
        write_files(project, {"src/pkg/work.py": WORK.replace("to", "recipient")})
        time.sleep(1)
        write_files(project, {"src/pkg/registry.py": REGISTRY + "\n\nEXTRA = 1\n"})
        wait_for(project / STUB, "recipient: str")
        assert "EXTRA" in (project / STUB).read_text()
    finally:
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert output.decode().splitlines()[-1] == "stopped"


def wait_for(path: Path, text: str) -> None:
    for _ in range(200):
        if path.exists() and text in path.read_text():
            return
        time.sleep(0.1)
    raise AssertionError(f"{text!r} never came to {path}")


def test_the_examples_own_stubs_are_fresh() -> None:
    run = run_command(ROOT, "stubs", str((EXAMPLE / "src").relative_to(ROOT)), "--check")
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_runtime_never_sees_a_stub(project: Path) -> None:
    run_command(project, "stubs")
    code = (
        "from celery import Celery, Task\nfrom pkg.registry import Registry\nimport pkg.work, sys\n"
        "app = Celery(set_as_current=True)\n"
        "task = Registry(app).mail\n"
        "assert isinstance(task, Task) and task.name == 'mail' and type(task).__mro__[1] is app.Task, type(task).__mro__\n"
        "assert not [m for m in sys.modules if 'stubs' in m and m.startswith(('pkg', 'celery_registry'))]\n"
    )
    python = os.path.join(sysconfig.get_path("scripts"), "python")
    run = subprocess.run([python, "-c", code], cwd=project / "src", capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
