"""What is given to a call stands over what ``install`` was given, and that over the settings: one order for all of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from celery import Celery

from celery_registry import guard
from celery_registry.contract.codes import Code, Severity
from celery_registry.guard.installation import given_arguments, recall

SETTINGS = """
[tool.celery-registry]
registry = ["set.Registry"]
names = ["set.Names"]
strict = true
external = ["set.*"]
[tool.celery-registry.severity]
task-route = "off"
task-schedule = "warning"
"""
NOTHING = (None, None, None, None, None)


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    (tmp_path / ".git").mkdir()
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    monkeypatch.chdir(tmp_path)
    app = Celery("order", set_as_current=False)
    yield app
    app.close()


def test_the_settings_answer_where_nothing_is_given(app: Celery) -> None:
    guard.install(app)
    found = recall(app)
    assert (found.registries, found.names, found.strict) == (("set.Registry",), ("set.Names",), True)
    assert found.external == ("set.*",)
    assert found.severities == {Code.ROUTE: Severity.OFF, Code.SCHEDULE: Severity.WARNING}


def test_install_stands_over_the_settings_and_a_call_over_both(app: Celery) -> None:
    guard.install(
        app,
        "installed:Registry",
        "installed:Names",
        strict=False,
        severity={"task-route": "error"},
        external=["installed.*"],
    )
    found = recall(app)
    assert (found.registries, found.names, found.strict) == (("installed:Registry",), ("installed:Names",), False)
    # What another service implements is implemented, whoever says so.
    assert found.external == ("set.*", "installed.*")
    assert found.severities == {Code.ROUTE: Severity.ERROR, Code.SCHEDULE: Severity.WARNING}

    given = given_arguments("given:Registry", None, True, {"task-schedule": "off"}, ["given.*"])
    found = recall(app, given)
    assert (found.registries, found.names, found.strict) == (("given:Registry",), ("installed:Names",), True)
    assert found.external == ("set.*", "given.*")
    assert found.severities == {Code.ROUTE: Severity.ERROR, Code.SCHEDULE: Severity.OFF}


def test_a_call_that_gives_nothing_changes_nothing(app: Celery) -> None:
    guard.install(app, "installed:Registry", strict=False)
    assert recall(app, given_arguments(*NOTHING)) == recall(app)
