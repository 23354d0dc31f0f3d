"""``send_task`` by name on an alias of ``Celery``, in the checkers that read stubs."""

from __future__ import annotations

from pathlib import Path

import pytest

from stubs.checkers import CHECKERS, run_checker
from stubs.projects import run_command, write_files
from stubs.small import FILES, REGISTRY, WORK

CALLS = """\
from pkg.registry import App, TaskName


def needs_int(value: int) -> None: ...


def send(app: App) -> None:
    app.send_task(TaskName.MAIL, ("x",))
    app.send_task(TaskName.MAIL, args=["x"], countdown=3, queue="mail")
    app.send_task("mail", kwargs={"to": "x"})
    app.send_task(TaskName.MOVE, ("x", 3), {"fast": True})
    app.send_task("move", ("x",), {"to": 3})
    needs_int(app.send_task(TaskName.MAIL, ("x",)).get())
    app.send_task(TaskName.MAIL)  # bad
    app.send_task(TaskName.MAIL, (1,))  # bad
    app.send_task("mail", kwargs={"recipient": "x"})  # bad
    app.send_task("mial", ("x",))  # bad
    app.send_task(TaskName.MOVE, ("x", "y"))  # bad
    app.send_task(TaskName.MOVE, ("x", 3), {"fast": 1.5})  # bad
    app.send_task(TaskName.MAIL, ("x",), countdwn=3)  # bad
    needs_int(app.send_task(TaskName.MOVE, ("x", 3)).get())  # bad
"""

MOVE = """

@shared_task(name=TaskName.MOVE)
def move(path: str, to: int, fast: bool = False) -> str:
    return path
"""

MOVE_PROPERTY = """
    @property
    def move(self) -> Task[[str, int], str]:
        return self._get_task_by_name(TaskName.MOVE)


App = Celery
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sender")
    registry = REGISTRY.replace('    MAIL = "mail"\n', '    MAIL = "mail"\n    MOVE = "move"\n') + MOVE_PROPERTY
    files = {"src/pkg/registry.py": registry, "src/pkg/work.py": WORK + MOVE, "calls.py": CALLS}
    write_files(folder, {**FILES, **files})
    for arguments in (["init", "--yes"], ["stubs", "--send-task", "App"]):
        run = run_command(folder, *arguments)
        assert run.returncode == 0, run.stderr
    return folder


@pytest.mark.parametrize("checker", [name for name in CHECKERS if name != "mypy with the plugin"])
def test_every_wrong_send_task_is_flagged_and_no_right_one(checker: str, project: Path) -> None:
    bad = {number for number, line in enumerate(CALLS.splitlines(), 1) if line.endswith("# bad")}
    assert {item.line for item in run_checker(checker, project, "calls.py")} == bad
