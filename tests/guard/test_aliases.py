"""An alias that is past its day is told at boot and stops nobody; one that leads nowhere does."""

from __future__ import annotations

from pathlib import Path

import pytest
from celery import Celery

from celery_registry import alias, guard
from celery_registry.errors import TaskContractError
from guard.project import Project, write_project

QUIET = ("--without-gossip", "--without-mingle")
EXPIRED = 'The alias "plus" of task "add" expired on 2020-01-31'


def project_with(tmp_path: Path, line: str) -> Project:
    """The project with one alias."""
    project = write_project(tmp_path)
    with (project.root / "proj.py").open("a", encoding="utf-8") as file:
        file.write(f"\nfrom celery_registry import alias\n\n{line}\n")
    return project


def test_a_worker_with_an_expired_alias_warns_once_boots_and_answers(tmp_path: Path) -> None:
    project = project_with(tmp_path, 'alias(app, old="plus", new="add", expires="2020-01-31")')
    ids = project.enqueue(1)
    output = project.run_until(project.answered(ids), "worker", "-P", "solo", "-c", "1", "-l", "INFO", *QUIET)
    assert output.count(f"warning [task-incompatible] {EXPIRED}") == 1, output
    assert "does not start" not in output


def test_a_worker_with_an_alias_that_has_time_left_says_nothing(tmp_path: Path) -> None:
    project = project_with(tmp_path, 'alias(app, old="plus", new="add", expires="2999-01-31")')
    ids = project.enqueue(1)
    output = project.run_until(project.answered(ids), "worker", "-P", "solo", "-c", "1", "-l", "INFO", *QUIET)
    assert "celery-registry:" not in output


def test_a_worker_whose_alias_leads_nowhere_does_not_start(tmp_path: Path) -> None:
    project = project_with(tmp_path, 'alias(app, old="plus", new="ad")')
    finished = project.celery("worker", "-P", "solo", *QUIET)
    assert finished.returncode == 78, finished.stderr
    assert 'The alias "plus" leads to the task "ad", which is not registered' in finished.stderr


@pytest.fixture
def app():
    app = Celery("aliases", set_as_current=False)

    @app.task(name="add", shared=False)
    def add(a: int) -> int:
        return a

    yield app
    app.close()


def test_verify_warns_of_an_expired_alias_even_where_the_user_made_it_an_error(app: Celery) -> None:
    alias(app, old="plus", new="add", expires="2020-01-31")
    guard.verify(app, severity={"task-incompatible": "error"})
    found = guard.check(app)
    assert [(f.problem, f.task) for f in found] == [("alias-expired", "plus")]
    assert found[0].origin.path == __file__


def test_verify_raises_for_an_alias_without_a_task(app: Celery) -> None:
    alias(app, old="plus", new="ad")
    with pytest.raises(TaskContractError, match='leads to the task "ad"'):
        guard.verify(app)


def test_an_alias_can_be_turned_off_by_its_code(app: Celery) -> None:
    alias(app, old="plus", new="add", expires="2020-01-31")
    assert guard.check(app, severity={"task-incompatible": "off"}) == ()
