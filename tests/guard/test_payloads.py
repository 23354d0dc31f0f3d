"""What tasks take and return is held to the serializers in force, where somebody asks for it."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from datetime import timedelta
from enum import Enum
from typing import TypedDict

import pytest
from celery import VERSION, Celery, Task
from kombu.exceptions import ContentDisallowed
from kombu.serialization import dumps, loads, prepare_accept_content
from pydantic import BaseModel

from celery_registry import alias, guard


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
    # The workers take both; "ours" may be registered where they start.
    app.conf.accept_content = ["json", "pickle"]

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
    app.conf.update(task_serializer="pickle", accept_content=["pickle"])

    @app.task(name="wait", shared=False)
    def wait(delay: timedelta) -> None: ...

    assert problems(app) == []


REFUSED = {
    "the default": ({"task_serializer": "pickle", "accept_content": ["json"]}, {}, ["pickle"]),
    "the default, which Celery's own accept_content lacks": ({"task_serializer": "pickle"}, {}, ["pickle"]),
    "that of a task": ({"accept_content": ["application/json"]}, {"serializer": "yaml"}, ["wait"]),
    "accepted by its content type": (
        {"task_serializer": "pickle", "accept_content": ["application/x-python-serialize"]},
        {},
        [],
    ),
    "the task's own is the accepted one": (
        {"task_serializer": "pickle", "accept_content": ["json"]},
        {"serializer": "json"},
        [],
    ),
    "what kombu trusts": ({"task_serializer": "raw", "accept_content": ["json"]}, {}, []),
    "one that this process does not know": ({"accept_content": ["json"]}, {"serializer": "ours"}, []),
    "an accepted one that this process does not know": (
        {"task_serializer": "pickle", "accept_content": ["json", "ours"]},
        {},
        [],
    ),
}


@pytest.mark.parametrize(("settings", "options", "told"), REFUSED.values(), ids=REFUSED)
def test_a_serializer_that_its_own_workers_refuse(app, settings, options, told):
    app.conf.update(settings)

    @app.task(name="wait", shared=False, **options)
    def wait() -> None: ...

    assert problems(app) == [("serializer-not-accepted", task) for task in told]
    # Whoever only sends may send to workers of another service.
    assert guard.check(app, names=Name) == ()


def test_kombu_refuses_what_is_told(app):
    app.conf.update(task_serializer="pickle", accept_content=["json"])
    content_type, encoding, body = dumps([[], {}, {}], serializer=app.conf.task_serializer)
    with pytest.raises(ContentDisallowed):
        loads(body, content_type, encoding, accept=prepare_accept_content(app.conf.accept_content))


class Item(BaseModel):
    key: str


@pytest.mark.parametrize(("hint", "told"), [(Item, 0), (list[Item], 2), (dict[str, Item], 2)])
def test_celery_makes_no_models_of_what_a_container_holds(app, hint, told):
    if VERSION < (5, 5):
        # Below that release there is no pydantic=True, and a model is what it looks like.
        return

    def wait(items):
        return items

    wait.__annotations__ = {"items": hint, "return": hint}
    app.task(name="wait", shared=False, pydantic=True)(wait)
    assert problems(app) == [("payload-rejected", "wait")] * told


def test_a_generator_function_returns_a_generator_whatever_its_annotation_promises(app):
    @app.task(name="wait", shared=False)
    def wait() -> Iterable[int]:
        yield 1

    assert problems(app) == [("payload-rejected", "wait")]


def test_a_function_that_returns_an_iterable_is_silent(app):
    @app.task(name="wait", shared=False)
    def wait() -> Iterable[int]:
        return [1]

    assert problems(app) == []


def test_an_asynchronous_function_is_silent(app):
    @app.task(name="wait", shared=False)
    async def wait(size: int) -> set[int]:
        return {size}

    assert problems(app) == []


def test_what_a_wrapper_or_a_class_may_change_is_silent(app):
    def seconds(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return list(function(timedelta(seconds=args[0])))

        return wrapper

    class Converting(Task):
        def apply_async(self, args=None, kwargs=None, **options):
            return super().apply_async([args[0].total_seconds()], kwargs, **options)

    @app.task(name="wait", shared=False)
    @seconds
    def wait(delay: timedelta) -> Iterator[int]:
        yield 1

    @app.task(name="converted", base=Converting, shared=False)
    def converted(delay: timedelta) -> None: ...

    assert problems(app) == []


def test_an_old_name_is_not_judged_beside_its_task(app):
    @app.task(name="wait", shared=False)
    def wait(delay: timedelta) -> None: ...

    alias(app, old="await", new="wait", adapt=lambda delay: {"delay": delay})
    assert problems(app) == [("payload-rejected", "wait")]


class Tree(TypedDict):
    size: int
    below: list[Tree]


class Wood(TypedDict):
    cut: timedelta
    below: list[Wood]


def test_a_type_that_holds_itself_is_judged_where_it_is_not_itself(app):
    @app.task(name="wait", shared=False)
    def wait(tree: Tree) -> None: ...

    assert problems(app) == []

    @app.task(name="wood", shared=False)
    def wood(wood: Wood) -> None: ...

    assert problems(app) == [("payload-rejected", "wood")]
