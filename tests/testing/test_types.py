"""mypy with the plugin, and pyright over generated stubs, see a task's own parameter names and result in a test.

Law: one program for both; a comment on a line says which of the two must find it wrong.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from stubs.checkers import run_checker

ROOT = Path(__file__).parents[2]
PROGRAM = """
from delivery.tasks.registry import TasksRegistry
from delivery.tasks.tasks.ping import PingResult
from celery_registry.testing import SentTasks


def test_order(sent: SentTasks, registry: TasksRegistry, wanted: PingResult) -> None:
    mails = sent.to(registry.send_email)
    mails.one_with(to="a@b.c", subject="Hi", body="Hello")
    mails.one_with("a@b.c", "Hi", body="Hello")
    mails.one_with(to="a@b.c", sbject="Hi", body="Hello")  # wrong: mypy pyright
    mails.one_with(to="a@b.c", subject=1, body="Hello")  # wrong: mypy pyright
    mails.one_with(to="a@b.c", subject="Hi")  # wrong: mypy pyright
    sent.to(registry.ping).one_with(1)  # wrong: mypy pyright
    result: PingResult = sent.to(registry.ping).one().result.get()
    text: str = sent.to(registry.ping).one().result.get()  # wrong: mypy pyright
    print(result, text, mails[0].arguments["to"], mails[0].options.get("countdown"), mails[0].kwargs, mails[0].args)
    sent.answer(registry.ping, wanted)
    sent.answer(registry.ping, TimeoutError())
    sent.answer(registry.ping, "pong")  # wrong: mypy
    sent.only_to(registry.ping, registry.send_email)
    sent.only_to("ping")  # wrong: mypy pyright
    for send in sent.run():
        print(send.name, send.arguments)
    first = sent.to(registry.cleanup_sessions)[0]
    first.arguments["days_old"] + 1
    sent.to(registry.cleanup_sessions).where(days_old=7)
"""


def promised(checker: str) -> list[int]:
    lines = enumerate(PROGRAM.splitlines(), 1)
    return [number for number, line in lines if checker in line.partition("# wrong:")[2].split()]


def write_project(folder: Path) -> Path:
    ignored = shutil.ignore_patterns(".celery", ".mypy_cache*", "__pycache__")
    shutil.copytree(ROOT / "examples" / "delivery_project", folder, ignore=ignored)
    (folder / "src" / "test_order.py").write_text(PROGRAM)
    return folder


def test_mypy_knows_the_parameter_names_and_the_result(tmp_path: Path) -> None:
    project = write_project(tmp_path / "project")
    command = [sys.executable, "-m", "mypy", "--cache-dir", str(tmp_path / "cache"), "src/test_order.py"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=300)
    found = [int(line) for line in re.findall(r"^src/test_order\.py:(\d+): error: ", done.stdout, re.M)]
    assert found == promised("mypy"), done.stdout
    # A renamed parameter has the test checked again, from a warm cache.
    task = project / "src" / "delivery" / "tasks" / "tasks" / "email.py"
    task.write_text(re.sub(r"\bsubject\b", "headline", task.read_text()))
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=300)
    assert 'Unexpected keyword argument "subject" for "one_with"' in done.stdout


def test_pyright_knows_them_from_the_stubs(tmp_path: Path) -> None:
    project = write_project(tmp_path / "project")
    stubs = ROOT / "typeshed_overrides"
    (project / "pyrightconfig.json").write_text(
        f'{{"stubPath": "{stubs}", "extraPaths": ["{stubs}", "src"], "include": ["src/test_order.py"]}}'
    )
    found = sorted({flagged.line for flagged in run_checker("pyright", project)})
    assert found == promised("pyright")
