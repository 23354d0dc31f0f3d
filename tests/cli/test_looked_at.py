"""What ``check`` says that it looked at: no more than it did, and no less."""

from __future__ import annotations

from pathlib import Path

import pytest
from wire.program import run_command

SHOP = """
from celery import Celery, chain, group

app = Celery("shop", include=["tasks"])


@app.on_after_finalize.connect
def setup(sender, **kwargs):
    from tasks import clean, send as mail

    sender.add_periodic_task(60.0, clean.s(), name="clean")
    sender.add_periodic_task(60.0, mail.s({given}), name="mail")


print(app.signature("tasks.send").task)
"""
TASKS = """
from celery import chain, group

from shop import app


@app.task
def send(to: str) -> str: ...


@app.task
def clean() -> None: ...


def use() -> None:
    flow = chain(send.s("a"), send.s())
    flow.apply_async()
    (send.s("a") | send.s()).delay()
    group(send.s("a")).apply_async()
"""


def write(folder: Path, given: str) -> None:
    (folder / "shop.py").write_text(SHOP.replace("{given}", given))
    (folder / "tasks.py").write_text(TASKS)


@pytest.mark.parametrize("mode", [("--static",), ("--app", "shop:app")])
def test_tasks_of_a_function_that_imports_them_are_entries_and_told_once(tmp_path: Path, mode: tuple[str, ...]) -> None:
    write(tmp_path, '"a"')
    right = run_command(tmp_path, "check", *mode)
    assert right.returncode == 0, right.stdout
    assert "2 files under .: 2 tasks, 8 calls, 2 schedule entries, no registries." in right.stdout
    write(tmp_path, "")
    wrong = run_command(tmp_path, "check", *mode)
    assert (wrong.returncode, "Found 1 error and 0 warnings." in wrong.stdout) == (1, True), wrong.stdout


@pytest.mark.parametrize("mode", [("--static",), ("--app", "shop:app")])
def test_where_no_call_was_judged_success_says_so(tmp_path: Path, mode: tuple[str, ...]) -> None:
    (tmp_path / "shop.py").write_text(
        "from celery import Celery\n\napp = Celery('shop')\n\n\n@app.task\ndef send() -> None: ...\n\n\n"
        "def use(task, other) -> None:\n    task.delay(1)\n    other.delay(1)\n"
    )
    done = run_command(tmp_path, "check", *mode)
    assert "2 calls (none of them could be judged: --explain-unseen)" in done.stdout
    assert "no call could be judged" in done.stdout.splitlines()[-1]
