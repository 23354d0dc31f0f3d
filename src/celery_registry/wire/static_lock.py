"""The lock as the source alone tells it.

Law: the index in, a lock out. What the text does not surely tell is None: a lock of the running application may say
anything there.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from celery_registry.contract.lock import Lock, LockedTask, alias_of
from celery_registry.contract.signature import TaskSignature
from celery_registry.errors import ConfigurationError
from celery_registry.source.aliases import read_aliases
from celery_registry.source.app_settings import read_app_settings
from celery_registry.source.index import SourceIndex
from celery_registry.source.model import How, Registration
from celery_registry.source.project import Project
from celery_registry.source.queues import QueuePlan, read_routing
from celery_registry.wire.wire_types import ANY, read_text

__all__ = ["SourceSettings", "literal_option", "read_locked_task", "read_static_lock"]


def read_static_lock(project: Project, injected: Mapping[str, Sequence[str]]) -> Lock:
    """The tasks that a project registers; the parameters of a name with several implementations are open.

    ``injected`` maps a base class or decorator to the parameters that it supplies itself. Raises ``ConfigurationError`` where a file cannot be read, where no task is registered, and where two services
    register one name for different parameters.
    """
    project.refuse_unread()
    project.refuse_nothing()
    project.refuse_rivals()
    index = project.index
    settings = SourceSettings.read(index)
    tasks: dict[str, LockedTask] = {}
    for name in {r.task_name: None for r in index.registrations}:
        if name is not None:
            found = [r.without_injected(injected) for r in index.implementations(name)]
            tasks[name] = settings.locked(name, found)
    for alias in read_aliases(index):
        target = tasks.get(alias.new)
        if target is not None and alias.old not in tasks:
            tasks[alias.old] = alias_of(target, alias.old, alias.expires, adapted=alias.adapted)
    unnamed = {r.target or r.module for r in index.seen_from() if r.task_name is None}
    return settings.lock(tasks, unnamed)


@dataclass(frozen=True)
class SourceSettings:
    """What the program's files say of its application; None is what they do not tell.

    ``open``: an annotation or a task class of the application may give each task options that stand nowhere else.
    """

    plan: QueuePlan
    accept: tuple[str, ...] | None
    serializer: str | None
    results: bool | None
    open: bool

    @classmethod
    def read(cls, index: SourceIndex) -> SourceSettings:
        """The settings of the whole program."""
        said = read_app_settings(index)
        no_results = said.one("task_ignore_result", _flag, False)
        json: tuple[str, ...] = ("json",)
        return cls(
            read_routing(said),
            said.one("accept_content", _serializers, json),
            said.one("task_serializer", SourceIndex.resolve_name, "json"),
            False if no_results else True if no_results is False and said.has_backend else None,
            said.is_mentioned("task_annotations") or said.is_mentioned("task_cls"),
        )

    def lock(self, tasks: Mapping[str, LockedTask], unnamed: Iterable[str]) -> Lock:
        """The lock of these tasks."""
        return Lock(
            tasks, self.accept, self.plan.consumed, self.serializer, self.plan.default, True, tuple(sorted(unnamed))
        )

    def locked(self, name: str, found: Sequence[Registration]) -> LockedTask:
        """The implementations of one name as a lock shows them."""
        shown = [self._one(name, registration) for registration in found]
        first = shown[0]
        if any(other.signature != first.signature for other in shown):
            # Nobody can tell which one runs.
            first = replace(first, signature=TaskSignature(None))
        if any(other.queue != first.queue for other in shown):
            first = replace(first, queue=None)
        return first

    def _one(self, name: str, registration: Registration) -> LockedTask:
        shown = read_locked_task(name, registration)
        if self.open and registration.how is not How.CONTRACT:
            return replace(shown, serializer=None, queue=None, results=None)
        ignores = registration.ignores_result
        results = self.results if ignores is False else False if ignores else None
        if results is False and registration.options.get("ignore_result") == "False":
            results = None
        own = registration.serializer
        serializer = self.serializer if own is None else None if own == "?" else own
        return replace(shown, serializer=serializer, queue=self.plan.queue_of(registration)[0], results=results)


def _flag(index: SourceIndex, module: str, node: ast.expr) -> bool | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, bool) else None


def _serializers(index: SourceIndex, module: str, node: ast.expr) -> tuple[str, ...] | None:
    if not isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        return None
    names = [index.resolve_name(module, item) for item in node.elts]
    # A lock of the application names a media type by its serializer, which kombu alone knows.
    return None if any(name is None or "/" in name for name in names) else tuple(sorted({str(name) for name in names}))


def read_locked_task(name: str, registration: Registration) -> LockedTask:
    """One registration as a lock shows it; Celery's defaults stand where it says nothing."""
    options = registration.options
    return LockedTask(
        name=name,
        signature=_plain(registration.signature),
        serializer=registration.serializer if registration.serializer not in (None, "?") else "json",
        queue=literal_option(options.get("queue")) or "celery",
        results=registration.ignores_result is not True,
        implementation=registration.target,
    )


def _plain(signature: TaskSignature[str]) -> TaskSignature[str]:
    """Types as a lock of the live application shows them."""
    return signature.map(_plain_type)


def _plain_type(text: str) -> str:
    try:
        return str(read_text(text))
    except ConfigurationError:
        return str(ANY)


def literal_option(text: str | None) -> str | None:
    """The value of an option whose text is a string."""
    try:
        value = None if text is None else ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return None
    return value if isinstance(value, str) else None
