"""``check --payloads``: what the serializers reject or change, before a deploy."""

from __future__ import annotations

from pathlib import Path

from .shop import TASKS, run, write_shop

CHOSEN = ("--app", "shop.app:app", "--registry", "shop.registry:TasksRegistry", "--names", "shop.registry:TaskName")


def test_payloads_are_reported_where_they_are_asked_for(tmp_path: Path) -> None:
    tasks = TASKS.replace("def ping() -> str:", "def ping() -> tuple[str, ...]:")
    assert tasks != TASKS
    directory = write_shop(tmp_path, tasks=tasks)
    asked = run(directory, "check", *CHOSEN, "--payloads")
    assert "task-payload" in asked.stdout, asked.stdout + asked.stderr
    assert "task-payload" not in run(directory, "check", *CHOSEN).stdout


def test_payloads_of_source_text_cannot_be_asked_for(tmp_path: Path) -> None:
    refused = run(write_shop(tmp_path), "check", "--static", "--payloads")
    assert refused.returncode == 2
    assert len(refused.stderr.splitlines()) == 1
