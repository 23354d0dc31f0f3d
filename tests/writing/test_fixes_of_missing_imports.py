"""``check --fix`` and a task whose module nothing imports: its name is right, and no other task takes its place.

Law: small programs; the command's output and the files after it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from writing.shop import run, write_files

APP = """from celery import Celery

app = Celery("pkg")
{imports}
app.conf.beat_schedule = {{"x": {{"task": "{task}", "schedule": 3}}}}
app.conf.task_routes = {{"{task}": {{"queue": "celery"}}}}
"""
TASK = "from celery import shared_task\n\n\n@shared_task{options}\ndef {name}() -> None: ...\n"
INCLUDED = 'app.conf.include = ["pkg.a.tasks"]'


def program(directory: Path, task: str, imports: str = INCLUDED, options: str = "") -> str:
    text = APP.format(imports=imports, task=task)
    write_files(
        directory,
        {
            "pkg/__init__.py": "",
            "pkg/celery.py": text,
            "pkg/a/__init__.py": "",
            "pkg/a/tasks.py": TASK.format(options="", name="charge"),
            "pkg/b/__init__.py": "",
            "pkg/b/tasks.py": TASK.format(options=options, name="refund"),
        },
    )
    return text


@pytest.mark.parametrize("imports", [INCLUDED, 'app.autodiscover_tasks(["pkg.a"])'])
@pytest.mark.parametrize(
    ("task", "options"), [("pkg.b.tasks.refund", ""), ("pkg.a.tasks.chargeb", '(name="pkg.a.tasks.chargeb")')]
)
def test_a_task_that_nothing_imports_keeps_its_name(tmp_path: Path, imports: str, task: str, options: str) -> None:
    before = program(tmp_path, task, imports, options)
    found = run(tmp_path, "celery-registry", "check", "--app", "pkg.celery:app", "--fix", "--yes")
    assert found.returncode == 1
    assert (tmp_path / "pkg/celery.py").read_text() == before
    assert "did you mean" not in found.stdout
    stands = "it stands in pkg/b/tasks.py, which nothing imports: include, imports or autodiscover_tasks may"
    assert found.stdout.count(stands) == 2, found.stdout


@pytest.mark.parametrize(
    ("task", "meant"), [("pkg.a.tasks.chrge", "pkg.a.tasks.charge"), ("pkg.a.task.charge", "pkg.a.tasks.charge")]
)
def test_a_slip_is_mended(tmp_path: Path, task: str, meant: str) -> None:
    before = program(tmp_path, task)
    run(tmp_path, "celery-registry", "check", "--app", "pkg.celery:app", "--fix", "--yes")
    assert (tmp_path / "pkg/celery.py").read_text() == before.replace(task, meant)


@pytest.mark.parametrize("options", [("--app", "pkg.celery:app"), ("--static",)])
@pytest.mark.parametrize("task", ["pkg.b.tasks.charge", "pkg.c.tasks.cleanup"])
def test_a_task_is_never_mended_with_one_of_another_word_or_module(
    tmp_path: Path, task: str, options: tuple[str, ...]
) -> None:
    before = program(tmp_path, task, 'app.conf.include = ["pkg.a.tasks", "pkg.b.tasks"]')
    found = run(tmp_path, "celery-registry", "check", *options, "--fix", "--yes")
    assert f'"{task}"' in found.stdout
    assert "did you mean" not in found.stdout
    assert (tmp_path / "pkg/celery.py").read_text() == before
