"""Which queue the messages of a task go to, and what a worker consumes that is not told, as far as the text says.

Law: the settings ``task_routes``, ``task_queues`` and ``task_default_queue`` of the whole program in, names of queues out.
A setting that is written twice, computed, or only mentioned is one that nobody can tell.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from celery_registry.source.configuration_sources import is_configured_elsewhere, may_configure
from celery_registry.source.syntax import parse_text

if TYPE_CHECKING:
    from celery_registry.source.index import SourceIndex
    from celery_registry.source.model import Registration

__all__ = ["QueuePlan", "read_queue_plan"]

T = TypeVar("T")

_DEFAULT: Final = "celery"
#: Setting -> the names under which a program writes it, in small letters; a namespace of Django's may stand before them.
_ENDS: Final = {
    "task_routes": ("task_routes", "celery_routes"),
    "task_queues": ("task_queues", "celery_queues"),
    "task_default_queue": ("task_default_queue", "celery_default_queue"),
}
_WORD: Final = re.compile(rb"(?i)(?:task_routes|task_queues|default_queue|celery_routes|celery_queues)")
#: A call or an entry that chooses its queue itself.
_CHOSEN: Final = re.compile(rb"""\bqueue\s*=|["']queue["']|\brouting_key\b|\bexchange\b|\*\*|["']options["']""")
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
        if registration.base is not None or name is None:
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


@dataclass
class _Found:
    """The values of each setting, and how often it is mentioned."""

    values: dict[str, list[tuple[str, ast.expr]]] = field(default_factory=lambda: {name: [] for name in _ENDS})
    mentions: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_ENDS, 0))
    imported: set[str] = field(default_factory=set)


def read_queue_plan(index: SourceIndex) -> QueuePlan:
    """What the program's own files say; test code is left out."""
    found, chosen, many, elsewhere = _Found(), False, False, False
    for module, file in index.modules.items():
        if not index.is_production(module):
            continue
        try:
            with open(file.path, "rb") as opened:
                text = opened.read()
        except OSError:
            return QueuePlan(None, None, None, chosen=True, many_beats=True)
        many = many or b"redbeat" in text.lower()
        near = b"elery" in text or b"ask" in text
        asks_choice, asks_names = near and not chosen and _CHOSEN.search(text), _WORD.search(text)
        asks_source = not elsewhere and may_configure(text)
        if not (asks_choice or asks_names or asks_source):
            continue
        tree = parse_text(text)
        if tree is None:
            chosen = elsewhere = True
            continue
        chosen = chosen or bool(asks_choice and _sends_elsewhere(tree))
        elsewhere = elsewhere or bool(asks_source and is_configured_elsewhere(index, module, tree))
        if asks_names:
            _scan(module, tree, found)
    if elsewhere:
        return QueuePlan(None, None, None, chosen=True, many_beats=many)
    default = _one(index, found, "task_default_queue", _text, _DEFAULT)
    nothing: tuple[str, ...] = ()
    declared = _one(index, found, "task_queues", _queues, nothing)
    unrouted: tuple[_Table, ...] = ()
    routes = _one(index, found, "task_routes", _routes, unrouted)
    return QueuePlan(default, declared, routes, chosen, many)


def _sends_elsewhere(tree: ast.Module) -> bool:
    """Whether a queue is chosen, or may be, apart from decorators and routes, which are read."""
    read: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            read.update(id(decorator) for decorator in node.decorator_list)
        for name, value in _settings(node):
            if name == "task_routes":
                read.update(id(inner) for inner in ast.walk(value))
    return any(_chooses(node) for node in ast.walk(tree) if id(node) not in read)


def _chooses(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        given = {keyword.arg for keyword in node.keywords}
        return not _CHOICES.isdisjoint(given) or (None in given and _name_of(node.func) in _SENDING)
    if not isinstance(node, ast.Dict):
        return isinstance(node, ast.Subscript) and _name_of(node.slice) in _CHOICES
    keys = {None if key is None else _name_of(key): value for key, value in zip(node.keys, node.values, strict=True)}
    options = keys.get("options")
    unread = options is not None and not isinstance(options, (ast.Dict, ast.Constant))
    return not _CHOICES.isdisjoint(keys) or unread or (None in keys and not keys.keys().isdisjoint(_ENTRY))


def _scan(module: str, tree: ast.Module, found: _Found) -> None:
    for node in ast.walk(tree):
        for name, value in _settings(node):
            found.values[name].append((module, value))
        mentioned = _setting(_name_of(node))
        if mentioned is not None:
            found.mentions[mentioned] += 1
        if isinstance(node, ast.alias):
            # ``from routes import task_routes`` alone hands on what another module says, if that one is read.
            imported = _setting(node.asname or node.name)
            if imported is not None:
                found.imported.add(imported)
                found.mentions[imported] += node.asname is not None


def _settings(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """What a node says a setting is."""
    if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            written = target.slice if isinstance(target, ast.Subscript) else target
            name = _setting(_name_of(written))
            if name is not None:
                yield name, node.value
    elif isinstance(node, ast.keyword):
        name = _setting(node.arg or "")
        if name is not None:
            yield name, node.value
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            name = None if key is None else _setting(_name_of(key))
            if name is not None and isinstance(key, ast.Constant):
                yield name, value


def _name_of(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.keyword):
        return node.arg or ""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return node.name
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) and node.value.isidentifier() else ""
    return node.id if isinstance(node, ast.Name) else ""


def _setting(name: str) -> str | None:
    small = name.lower()
    return next((setting for setting, ends in _ENDS.items() if small.endswith(ends)), None)


def _one(
    index: SourceIndex,
    found: _Found,
    name: str,
    read: Callable[[SourceIndex, str, ast.expr], T | None],
    unset: T,
) -> T | None:
    """The value of a setting: ``unset`` where nobody mentions it, None where it is not one plain value."""
    values, mentions = found.values[name], found.mentions[name]
    if not mentions:
        return None if name in found.imported else unset
    return read(index, *values[0]) if len(values) == 1 and mentions == 1 else None


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
    named = [keyword.value for keyword in item.keywords if keyword.arg == "name"]
    return next(iter([*item.args[:1], *named]), None)


def _routes(index: SourceIndex, module: str, node: ast.expr) -> tuple[_Table, ...] | None:
    """Patterns and queues, table by table; None where a row is anything but these."""
    tables: list[_Table] = []
    for table in node.elts if isinstance(node, (ast.List, ast.Tuple)) else [node]:
        if isinstance(table, (ast.Tuple, ast.List)) and len(table.elts) == 2:
            pairs: list[tuple[ast.expr | None, ast.expr]] = [(table.elts[0], table.elts[1])]
        elif isinstance(table, ast.Dict):
            pairs = list(zip(table.keys, table.values, strict=True))
        else:
            return None
        rows: list[tuple[str, str | None]] = []
        for key, value in pairs:
            pattern = None if key is None else index.resolve_name(module, key)
            if pattern is None:
                return None
            rows.append((pattern, _routed(index, module, value)))
        tables.append(tuple(rows))
    return tuple(tables)


def _routed(index: SourceIndex, module: str, node: ast.expr) -> str | None:
    if isinstance(node, ast.Dict):
        given = {
            None if key is None else _name_of(key): value for key, value in zip(node.keys, node.values, strict=True)
        }
        known = "queue" in given and not {None, "", "routing_key", "exchange"} & given.keys()
        return index.resolve_name(module, given["queue"]) if known else None
    return index.resolve_name(module, node)
