"""Which queue the messages of a task go to, what a worker consumes that is not told, and who names a queue.

Law: the settings ``task_routes``, ``task_queues`` and ``task_default_queue`` of the whole program in, names of queues out.
A setting that is written twice, computed, or only mentioned is one that nobody can tell.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final, TypeAlias

from celery_registry.contract.routes import QueueUse, Route
from celery_registry.source.app_settings import AppSettings, name_of, read_app_settings, settings_of
from celery_registry.source.model import How

if TYPE_CHECKING:
    from celery_registry.source.index import SourceIndex
    from celery_registry.source.model import Registration

__all__ = ["QueuePlan", "read_queue_plan", "read_queue_uses", "read_routing", "routed_queue"]

_DEFAULT: Final = "celery"
#: A call or an entry that chooses its queue itself.
_CHOSEN: Final = re.compile(rb"""\bqueue\s*=|["']queue["']|\brouting_key\b|\bexchange\b|\*\*|["']options["']""")
#: What adds queues while the program runs, and what makes an application.
_MORE_QUEUES: Final = re.compile(rb"amqp\.queues|queues\.(add|select)|select_add")
_APPLICATION: Final = re.compile(rb"Celery\(")
#: What only an entry of a schedule has.
_ENTRY: Final = frozenset({"task", "schedule"})
_CHOICES: Final = frozenset({"queue", "routing_key", "exchange"})
#: What a decorator says that leads elsewhere, or may.
_ELSEWHERE: Final = frozenset({"routing_key", "exchange", "**"})
#: What takes options of a message beside the task's arguments.
_SENDING: Final = frozenset(
    {"apply_async", "apply_async_on_commit", "send_task", "set", "signature", "subtask", "partial"}
)


_Table: TypeAlias = tuple[tuple[str, "str | None"], ...]


@dataclass(frozen=True)
class QueuePlan:
    """``default`` and ``declared`` are None where nobody can tell; so are the queues of ``routes``, and ``routes`` itself.

    ``routes`` are tables of patterns and queues, in the order in which Celery asks them.

    ``chosen``: some message names its queue where it is sent. ``many_beats``: a scheduler that keeps several beats apart
    is mentioned.
    """

    default: str | None = _DEFAULT
    declared: tuple[str, ...] | None = ()
    routes: tuple[_Table, ...] | None = ()
    chosen: bool = False
    many_beats: bool = False

    @property
    def consumed(self) -> tuple[str, ...] | None:
        """What a worker without ``-Q`` consumes."""
        if self.declared is None or (not self.declared and self.default is None):
            return None
        return self.declared or (str(self.default),)

    def queue_of(self, registration: Registration) -> tuple[str | None, bool]:
        """Its queue, and whether that is the default one: nothing says where its messages go."""
        name, options = registration.task_name, registration.options
        if registration.base is not None or registration.how is How.TASK_CLASS or name is None:
            # A class may have a queue of its own.
            return None, False
        if "queue" in options:
            return _literal(options["queue"]), False
        if self.routes is None or not _ELSEWHERE.isdisjoint(options):
            return None, False
        for table in self.routes:
            # Celery's order (celery.app.routes.MapRoute): the name itself, then the patterns as they stand.
            for pattern, queue in sorted(table, key=lambda route: route[0] != name):
                if pattern == name or ("*" in pattern and fnmatchcase(name, pattern)):
                    return queue, False
        return self.default, True


def _literal(text: str) -> str | None:
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return None
    return value if isinstance(value, str) else None


def read_routing(settings: AppSettings) -> QueuePlan:
    """The plan, as far as the settings alone tell it."""
    nothing: tuple[str, ...] = ()
    unrouted: tuple[_Table, ...] = ()
    return QueuePlan(
        settings.one("task_default_queue", _text, _DEFAULT),
        settings.one("task_queues", _queues, nothing),
        settings.one("task_routes", _routes, unrouted),
    )


def read_queue_plan(index: SourceIndex) -> QueuePlan:
    """What the program's own files say; test code is left out."""
    settings = read_app_settings(index)
    many = any(b"redbeat" in text.lower() for text in settings.texts)
    # A class of the tasks may have a queue.
    chosen = settings.is_mentioned("task_cls") or any(_may_send_elsewhere(index, path) for path in settings.paths)
    return replace(read_routing(settings), chosen=chosen, many_beats=many or settings.is_unread)


def read_queue_uses(index: SourceIndex, routes: Sequence[Route]) -> tuple[list[QueueUse], frozenset[str], bool]:
    """Who names a queue, the queues that ``task_queues`` has, and whether there can be no other.

    ``routes`` are the rows with their places. Nobody where the text does not tell all queues of the one application.
    """
    unknown: tuple[list[QueueUse], frozenset[str], bool] = ([], frozenset(), False)
    if len(index.application_modules) != 1 or not (routes or any("queue" in r.options for r in index.registrations)):
        return unknown
    settings = read_app_settings(index)
    plan = read_routing(settings)
    if (
        not plan.declared
        or any(map(_MORE_QUEUES.search, settings.texts))
        or sum(map(_applications, settings.texts)) > 1
    ):
        return unknown
    uses = [QueueUse(f'The route of "{r.text}"', r.text, r.queue, r.origin) for r in routes if r.queue is not None]
    for registration in index.seen_from():
        text, name = registration.options.get("queue"), registration.task_name
        queue = None if text is None else index.resolve_name(registration.module, ast.parse(text, mode="eval").body)
        if queue is not None and name is not None:
            uses.append(QueueUse(f'Task "{name}"', name, queue, registration.origin))
    default = settings.is_mentioned("task_default_queue")
    if default and plan.default is not None:
        uses.append(QueueUse("The setting task_default_queue", plan.default, plan.default))
    is_sure = settings.one("task_create_missing_queues", _truth, "True") == "False"
    if not is_sure:
        # What a call names, too, is no slip.
        uses = [use for use in uses if use.queue in plan.declared or _times_written(use.queue, settings.texts) < 2]
    return uses, frozenset(plan.declared) | (frozenset() if default else {_DEFAULT}), is_sure


def _times_written(text: str, among: Iterable[bytes]) -> int:
    return sum(each.count(quote + text.encode() + quote) for each in among for quote in (b"'", b'"'))


def _applications(text: bytes) -> int:
    return len(_APPLICATION.findall(text))


def _truth(index: SourceIndex, module: str, node: ast.expr) -> str | None:
    return str(bool(node.value)) if isinstance(node, ast.Constant) else None


def _may_send_elsewhere(index: SourceIndex, path: str) -> bool:
    text = index.contents.text(path) or b""
    if not (b"elery" in text or b"ask" in text) or not _CHOSEN.search(text):
        return False
    tree = index.contents.tree(path)
    return tree is None or _sends_elsewhere(tree)


def _sends_elsewhere(tree: ast.Module) -> bool:
    """Whether a queue is chosen, or may be, apart from decorators and routes, which are read."""
    read: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            read.update(id(decorator) for decorator in node.decorator_list)
        for name, value in settings_of(node):
            if name == "task_routes":
                read.update(id(inner) for inner in ast.walk(value))
    return any(_chooses(node) for node in ast.walk(tree) if id(node) not in read)


def _chooses(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        given = {keyword.arg for keyword in node.keywords}
        return not _CHOICES.isdisjoint(given) or (None in given and name_of(node.func) in _SENDING)
    if not isinstance(node, ast.Dict):
        return isinstance(node, ast.Subscript) and name_of(node.slice) in _CHOICES
    keys = {None if key is None else name_of(key): value for key, value in zip(node.keys, node.values, strict=True)}
    options = keys.get("options")
    unread = options is not None and not isinstance(options, (ast.Dict, ast.Constant))
    return not _CHOICES.isdisjoint(keys) or unread or (None in keys and not keys.keys().isdisjoint(_ENTRY))


def _text(index: SourceIndex, module: str, node: ast.expr) -> str | None:
    return index.resolve_name(module, node)


def _queues(index: SourceIndex, module: str, node: ast.expr) -> tuple[str, ...] | None:
    """The names of ``task_queues``: a list of ``Queue("name")`` or of names, or a table of them."""
    if isinstance(node, ast.Dict):
        items: list[ast.expr | None] = list(node.keys)
    elif isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        items = [_queue_name(item) for item in node.elts]
    else:
        return None
    names = [None if item is None else index.resolve_name(module, item) for item in items]
    return None if None in names else tuple(name for name in names if name is not None)


def _queue_name(item: ast.expr) -> ast.expr | None:
    if not isinstance(item, ast.Call):
        return item
    if name_of(item.func) != "Queue":
        return None
    named = [keyword.value for keyword in item.keywords if keyword.arg == "name"]
    return next(iter([*item.args[:1], *named]), None)


def _routes(index: SourceIndex, module: str, node: ast.expr) -> tuple[_Table, ...] | None:
    """Patterns and queues, table by table; None where a row is anything but these."""
    tables: list[_Table] = []
    for table in node.elts if isinstance(node, (ast.List, ast.Tuple)) else [node]:
        pairs = _pairs(table)
        if pairs is None:
            return None
        rows: list[tuple[str, str | None]] = []
        for key, value in pairs:
            pattern = None if key is None else index.resolve_name(module, key)
            if pattern is None:
                return None
            rows.append((pattern, routed_queue(index, module, value)))
        tables.append(tuple(rows))
    return tuple(tables)


def _pairs(table: ast.expr) -> list[tuple[ast.expr | None, ast.expr]] | None:
    """The rows of a table, or of a list of pairs, which Celery takes for one (``celery.app.routes.MapRoute``)."""
    if isinstance(table, ast.Dict):
        return list(zip(table.keys, table.values, strict=True))
    rows = table.elts if isinstance(table, (ast.List, ast.Tuple)) else []
    found = [row.elts for row in rows if isinstance(row, (ast.List, ast.Tuple)) and len(row.elts) == 2]
    return [(key, value) for key, value in found] if found and len(found) == len(rows) else None


def routed_queue(index: SourceIndex, module: str, node: ast.expr) -> str | None:
    """The queue of a route, None where it leads elsewhere or the text does not tell."""
    if isinstance(node, ast.Dict):
        given = {
            None if key is None else name_of(key): value for key, value in zip(node.keys, node.values, strict=True)
        }
        known = "queue" in given and not {None, "", "routing_key", "exchange"} & given.keys()
        return index.resolve_name(module, given["queue"]) if known else None
    return index.resolve_name(module, node)
