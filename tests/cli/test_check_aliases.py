"""``check`` fails over an alias that is past its day, in both of its forms."""

from __future__ import annotations

from pathlib import Path

import pytest

from .shop import TASKS, run, run_celery, write_shop

CHOSEN = ("--registry", "shop.registry:TasksRegistry", "--names", "shop.registry:TaskName")
EXPIRED = 'The alias "send_mail" of task "send_email" expired on 2020-01-31'


def shop_with(tmp_path: Path, alias: str) -> Path:
    """The project with one alias."""
    return write_shop(tmp_path, tasks=f"from celery_registry import alias\n{TASKS}\n\n{alias}\n")


@pytest.mark.parametrize("day", ['"2020-01-31"', "__import__('datetime').date(2020, 1, 31)"])
def test_an_alias_that_is_past_its_day_fails_the_check_at_its_own_line(tmp_path: Path, day: str) -> None:
    directory = shop_with(tmp_path, f'alias(app, old="send_mail", new="send_email", expires={day})')
    lines = (directory / "shop" / "tasks.py").read_text().splitlines()
    line = next(number for number, text in enumerate(lines, 1) if text.startswith("alias("))
    asked = run(directory, "check", "--app", "shop.app:app", *CHOSEN)
    assert asked.returncode == 1, asked.stdout + asked.stderr
    assert f"error [task-incompatible] {EXPIRED}" in asked.stdout
    assert f"tasks.py:{line}" in asked.stdout
    with_celery = run_celery(directory, "-A", "shop.app", "registry", "check", *CHOSEN)
    assert with_celery.returncode == 1, with_celery.stdout + with_celery.stderr
    assert EXPIRED in with_celery.stdout


@pytest.mark.parametrize(
    "alias",
    [
        'alias(app, old="send_mail", new="send_email", expires="2999-01-31")',
        'alias(app, old="send_mail", new="send_email")',
        'alias(app, old="send_mail", new=shop.registry.TaskName.SEND_EMAIL, expires=__import__("datetime").date.today())',
    ],
)
def test_an_alias_whose_day_is_not_over_is_clean(tmp_path: Path, alias: str) -> None:
    asked = run(shop_with(tmp_path, alias), "check", "--app", "shop.app:app", *CHOSEN)
    assert asked.returncode == 0, asked.stdout + asked.stderr


def test_an_alias_of_a_task_that_nobody_registered_fails_the_check(tmp_path: Path) -> None:
    directory = shop_with(tmp_path, 'alias(app, old="send_mail", new="sned_email")')
    asked = run(directory, "check", "--app", "shop.app:app", *CHOSEN)
    assert asked.returncode == 1
    assert 'The alias "send_mail" leads to the task "sned_email", which is not registered' in asked.stdout


def test_the_severity_of_the_user_counts_for_an_alias(tmp_path: Path) -> None:
    directory = shop_with(tmp_path, 'alias(app, old="send_mail", new="send_email", expires="2020-01-31")')
    (directory / "setup.cfg").write_text("[celery-registry]\nseverity = task-incompatible: warning\n")
    asked = run(directory, "check", "--app", "shop.app:app", *CHOSEN)
    assert asked.returncode == 0, asked.stdout + asked.stderr
    assert f"warning [task-incompatible] {EXPIRED}" in asked.stdout
