"""The seed's project, as the index sees it."""

from __future__ import annotations

import re
from pathlib import Path

from celery_registry.contract.signature import Kind, Parameter, TaskSignature
from celery_registry.source.model import How

SEED = {
    "infrastructure/celery/registry.py": """
        from celery import Celery, Task


        class BaseTasksRegistry:
            def __init__(self, app: Celery) -> None:
                self._app = app

            def _get_task_by_name(self, name: str) -> Task:
                return self._app.tasks[name]
    """,
    "delivery/tasks/registry.py": '''
        from enum import StrEnum
        from typing import TYPE_CHECKING

        from celery import Task

        from infrastructure.celery.registry import BaseTasksRegistry

        if TYPE_CHECKING:
            from delivery.tasks.tasks.cleanup import CleanupResult
            from delivery.tasks.tasks.ping import PingResult


        class TaskName(StrEnum):
            PING = "ping"
            CLEANUP_SESSIONS = "cleanup_sessions"


        class TasksRegistry(BaseTasksRegistry):
            @property
            def ping(self) -> Task[[], PingResult]:
                return self._get_task_by_name(TaskName.PING)

            @property
            def cleanup_sessions(self) -> Task[[int], CleanupResult]:
                """
                Args:
                    days_old: Delete sessions older than this many days
                """
                return self._get_task_by_name(TaskName.CLEANUP_SESSIONS)
    ''',
    "delivery/tasks/tasks/ping.py": """
        from typing import Literal, TypedDict

        from celery import Celery

        from delivery.tasks.registry import TaskName


        class PingResult(TypedDict):
            result: Literal["pong"]


        class PingTaskController:
            def register(self, registry: Celery) -> None:
                registry.task(name=TaskName.PING)(self.ping)

            def ping(self) -> PingResult:
                return PingResult(result="pong")
    """,
    "delivery/tasks/tasks/cleanup.py": """
        from celery import Celery

        from celery_registry import register_task
        from delivery.tasks.registry import TaskName


        class CleanupResult:
            deleted: int


        class CleanupController:
            def __init__(self, app: Celery) -> None:
                self._app = app

            def register(self) -> None:
                register_task(self._app, TaskName.CLEANUP_SESSIONS, self.cleanup, acks_late=True)

            def cleanup(self, days_old: int = 30) -> CleanupResult:
                return CleanupResult()
    """,
}


def test_the_seed_registry_is_read(index_of):
    index = index_of(SEED)
    assert list(index.registries) == ["delivery.tasks.registry.TasksRegistry"]
    registry = index.registries["delivery.tasks.registry.TasksRegistry"]
    assert list(registry.properties) == ["ping", "cleanup_sessions"]
    assert registry.enums == ("delivery.tasks.registry.TaskName",)
    cleanup = registry.properties["cleanup_sessions"]
    assert cleanup.task_name == "cleanup_sessions"
    assert cleanup.name_fullname == "delivery.tasks.registry.TaskName.CLEANUP_SESSIONS"
    assert cleanup.declared == TaskSignature((Parameter(None, type="int"),), "CleanupResult")
    assert cleanup.documented == {"days_old": "Delete sessions older than this many days"}
    assert cleanup.fullname == "delivery.tasks.registry.TasksRegistry.cleanup_sessions"


def test_the_seed_controllers_are_the_implementations(index_of):
    index = index_of(SEED)
    (ping,) = index.implementations("ping")
    assert ping.target == "delivery.tasks.tasks.ping.PingTaskController.ping"
    assert ping.target_module == "delivery.tasks.tasks.ping"
    assert (ping.how, ping.bound_method, ping.hidden) == (How.APP_TASK, True, None)
    assert ping.signature == TaskSignature((), "PingResult")
    (cleanup,) = index.implementations("cleanup_sessions")
    assert (cleanup.how, cleanup.bound_method) == (How.REGISTER_TASK, False)
    assert cleanup.signature.parameters == (Parameter("days_old", Kind.POSITIONAL_OR_KEYWORD, False, "int"),)
    assert cleanup.options["acks_late"] == "True"
    assert cleanup.target_origin.label == "CleanupController.cleanup"


def test_the_seed_enum_is_read(index_of):
    index = index_of(SEED)
    assert list(index.enums) == ["delivery.tasks.registry.TaskName"]
    enum = index.enums["delivery.tasks.registry.TaskName"]
    assert enum.members == {"PING": "ping", "CLEANUP_SESSIONS": "cleanup_sessions"}
    assert enum.is_enum
    assert enum.origins["PING"].line == 15
    assert index.constant("delivery.tasks.registry.TaskName.PING") == "ping"


def test_imports_and_users_are_known(index_of):
    index = index_of({**SEED, "web.py": "def f(app):\n    import json\n    app.send_task('ping')\n"})
    assert "delivery.tasks.registry" in index.imports_of("delivery.tasks.tasks.ping")
    assert index.imports_of("web") == {"json"}
    assert index.send_task_users() == {"web"}


def test_the_page_says_what_is_found(index_of):
    page = Path(__file__).parents[2] / "docs" / "how-it-looks-things-up.md"
    texts = re.findall(r"```python alone\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    assert len(texts) == 2
    for text in texts:
        index = index_of({"shop/__init__.py": "", "shop/work.py": text})
        promised = {found.group(1) for found in re.finditer(r"# ([\w.]+)$", text, re.MULTILINE)}
        assert {registration.task_name for registration in index.registrations} == promised
        assert all(registration.hidden is None for registration in index.registrations)
