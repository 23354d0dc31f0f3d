"""Routes, annotations and queues that name nothing.

Law: rows of the configuration, as Celery reads them (``celery.app.routes.MapRoute``,
``celery.app.annotations.MapAnnotation``). Where they were written is not known here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase, translate

from celery_registry.contract.finding import Finding
from celery_registry.contract.names import NEAREST_SHOWN, begins_as_none, letters_apart, show_nearest, show_nearest_task
from celery_registry.contract.task import Origin

__all__ = ["QueueUse", "Route", "Router", "compare_queues", "compare_routes", "is_sent_elsewhere", "judge_routers"]


#: What a pattern begins with, as text or as an expression, where it goes on behind a dot.
_BEGINNING = re.compile(r"\^?(\w+)\\?\.")
#: What parts the words of a queue's name.
_PARTS = re.compile(r"[^A-Za-z0-9]")
#: Options with which a message is sent to a queue of the sender's choice.
_CHOOSING = frozenset({"exchange", "queue", "routing_key"})
#: So many letters has a word of which one may be wrong.
_WORD = 5


@dataclass(frozen=True)
class Route:
    """A row of ``task_routes`` or ``task_annotations``; ``pattern`` is a name, a glob or a compiled expression.

    ``queue`` is the one that it surely leads to.
    """

    setting: str
    pattern: str | re.Pattern[str]
    origin: Origin = Origin()
    queue: str | None = None

    @property
    def text(self) -> str:
        """The pattern as a person writes it."""
        return self.pattern if isinstance(self.pattern, str) else self.pattern.pattern

    def leads(self, name: str) -> bool:
        """Whether it says where a task of this name is sent."""
        if self.setting != "task_routes":
            return False
        pattern = self.pattern
        return fnmatchcase(name, pattern) if isinstance(pattern, str) else pattern.match(name) is not None


def is_sent_elsewhere(name: str, options: Collection[str], routes: Iterable[Route]) -> bool:
    """Whether a task goes to a queue that somebody chose: its options or a route say which."""
    return not _CHOOSING.isdisjoint(options) or any(route.leads(name) for route in routes)


@dataclass(frozen=True)
class QueueUse:
    """A place that names a queue: ``use`` says which, in words; ``task`` is whom it is about."""

    use: str
    task: str
    queue: str
    origin: Origin = Origin()


@dataclass(frozen=True)
class Router:
    """An item of ``task_routes`` that is no dictionary: text that names a router, or a list of pairs.

    ``text`` is the first text in it. ``lengths`` are the lengths of what the list holds, None where one is not known;
    of text itself there are none.
    """

    text: str
    lengths: tuple[int | None, ...] | None = None
    origin: Origin = Origin()


def judge_routers(routers: Iterable[Router]) -> Iterator[Finding]:
    """Those that Celery cannot make a router of, whatever is sent (``celery.app.routes.prepare``).

    A pair that stands for a table is taken apart once more; a pattern that stands for a router is imported.
    """
    for router in routers:
        if "*" in router.text if router.lengths is None else any(n not in (None, 2) for n in router.lengths):
            yield Finding("route-unreadable", router.text, {}, router.origin)


def compare_routes(
    routes: Iterable[Route],
    registered: Collection[str],
    external: Sequence[str] = (),
    is_imported: Callable[[str], bool | None] = lambda module: None,
) -> Iterator[Finding]:
    """Routes and annotations that match no registered task.

    One whose name begins as no registered name does, nor almost, is of a task that another service has: who sends by
    name routes such tasks, too. ``is_imported`` is that of ``show_nearest_task``.
    """
    beginnings = {name.partition(".")[0] for name in registered}
    shown = 0
    for route in routes:
        if _names_something(route, registered, external) or _is_of_another(route, beginnings):
            continue
        nearest = show_nearest_task(route.text, registered, is_imported, looked_for=shown < NEAREST_SHOWN)
        shown += 1
        facts = {"setting": route.setting, "nearest": nearest}
        yield Finding("route-unknown-task", route.text, facts, route.origin)


def compare_queues(uses: Iterable[QueueUse], queues: Collection[str], sure: bool = True) -> Iterator[Finding]:
    """Uses of a queue that ``task_queues`` does not have.

    Not ``sure``: a worker that is started with ``-Q`` may make any queue, so only a slip of the pen is told.
    """
    found = [use for use in uses if use.queue not in queues]
    named = Counter(use.queue for use in found)
    shown = 0
    for use in found:
        # What two places call alike is a name.
        if sure or (named[use.queue] == 1 and any(_is_slip(use.queue, queue) for queue in queues)):
            nearest = show_nearest(use.queue, queues) if shown < NEAREST_SHOWN else ""
            shown += 1
            facts = {"use": use.use, "queue": use.queue, "nearest": nearest}
            yield Finding("route-unknown-queue", use.task, facts, use.origin)


def _is_slip(written: str, meant: str) -> bool:
    """Whether one letter of one long word is wrong; numbers and short words tell two names apart."""
    pairs = list(zip(_PARTS.split(written), _PARTS.split(meant), strict=False))
    apart = [(one, other) for one, other in pairs if one != other]
    if len(apart) != 1 or _PARTS.findall(written) != _PARTS.findall(meant):
        return False
    ((one, other),) = apart
    return (one + other).isalpha() and len(max(one, other, key=len)) >= _WORD and letters_apart(one, other, 1) == 1


def _is_of_another(route: Route, beginnings: Collection[str]) -> bool:
    beginning = _BEGINNING.match(route.text)
    return beginning is not None and begins_as_none(f"{beginning[1]}.", beginnings)


def _names_something(route: Route, names: Collection[str], external: Sequence[str]) -> bool:
    pattern = route.pattern
    if isinstance(pattern, re.Pattern):
        # What an external service implements may match too, and cannot be listed.
        return bool(external) or any(pattern.match(name) for name in names)
    if pattern in names or any(fnmatchcase(pattern, glob) for glob in ("celery.*", *external)):
        return True
    if route.setting == "task_annotations":
        # "*" alone is every task; Celery knows no other pattern here.
        return pattern == "*"
    if "*" not in pattern:
        return False
    match = re.compile(translate(pattern)).match
    return any(match(name) for name in names) or any(match(glob) for glob in external)
