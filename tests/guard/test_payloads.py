"""What tasks take and return is held to the serializers in force, where somebody asks for it."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum

import pytest
from celery import Celery

from celery_registry import guard


class Name(str, Enum):
    WAIT = "wait"


@pytest.fixture
def app():
    app = Celery("payloads", set_as_current=False)
    yield app
    app.close()


def problems(app: Celery) -> list[tuple[str, str]]:
    return [(f.problem, f.task) for f in guard.check(app, names=Name, payloads=True)]


def test_a_type_that_json_rejects_is_found_only_where_payloads_are_asked_for(app):
    @app.task(name="wait", shared=False)
    def wait(delay: timedelta) -> None: ...

    assert problems(app) == [("payload-rejected", "wait")]
    assert guard.check(app, names=Name) == ()


def test_a_type_that_arrives_as_another_is_found(app):
    @app.task(name="wait", shared=False)
    def wait() -> tuple[int, int]:
        return 1, 2

    assert problems(app) == [("payload-changed", "wait")]


def test_plain_types_an_own_serializer_and_an_ignored_result_are_silent(app):
    @app.task(name="wait", shared=False)
    def wait(delay: int, names: list[str] | None = None) -> dict[str, int]:
        return {}

    @app.task(name="pickled", serializer="pickle", ignore_result=True, shared=False)
    def pickled(delay: timedelta) -> set[int]:
        return {1}

    @app.task(name="custom", serializer="ours", ignore_result=True, shared=False)
    def custom(delay: timedelta) -> None: ...

    assert problems(app) == []


def test_the_serializer_of_the_application_counts(app):
    app.conf.task_serializer = "pickle"

    @app.task(name="wait", shared=False)
    def wait(delay: timedelta) -> None: ...

    assert problems(app) == []
