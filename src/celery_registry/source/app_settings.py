"""The settings of a Celery application, as far as the program's own files say them.

Law: a setting is known where it is written once, or nowhere: one that is written twice, computed or only mentioned is one
that nobody can tell, and so is each where some come from what is not read. What a value means is the reader's business.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

from celery_registry.source.configuration_sources import is_configured_elsewhere, may_configure

if TYPE_CHECKING:
    from celery_registry.source.index import SourceIndex

__all__ = ["AppSettings", "name_of", "read_app_settings", "settings_of"]

T = TypeVar("T")

#: Setting -> the names under which a program writes it, in small letters; a namespace of Django's may stand before them.
_ENDS: Final = {
    "task_routes": ("task_routes", "celery_routes"),
    "task_queues": ("task_queues", "celery_queues"),
    "task_default_queue": ("task_default_queue", "celery_default_queue"),
    "task_create_missing_queues": ("task_create_missing_queues", "celery_create_missing_queues"),
    "task_serializer": ("task_serializer",),
    "accept_content": ("accept_content",),
    "task_ignore_result": ("task_ignore_result", "celery_ignore_result"),
    "task_annotations": ("task_annotations", "celery_annotations"),
    "result_backend": ("result_backend",),
    "task_cls": ("task_cls",),
}
_WORD: Final = re.compile(
    "|".join(sorted({end for ends in _ENDS.values() for end in ends} | {r"celery\("})).encode(), re.IGNORECASE
)


@dataclass
class AppSettings:
    """What each setting is, by the names of Celery 4 and later.

    ``hides``: whether some come from what is not read. ``paths`` are the files of production; ``is_unread``: one of them
    is not among these.
    """

    index: SourceIndex
    values: dict[str, list[tuple[str, ast.expr]]] = field(default_factory=lambda: {name: [] for name in _ENDS})
    mentions: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_ENDS, 0))
    imported: set[str] = field(default_factory=set)
    hides: bool = False
    is_unread: bool = False
    paths: list[str] = field(default_factory=list)

    @property
    def texts(self) -> Iterator[bytes]:
        """What stands in these files."""
        return (self.index.contents.text(path) or b"" for path in self.paths)

    def one(self, name: str, read: Callable[[SourceIndex, str, ast.expr], T | None], unset: T) -> T | None:
        """The value of a setting: ``unset`` where nobody mentions it, None where it is not one plain value."""
        values, mentions = self.values[name], self.mentions[name]
        if self.hides:
            return None
        if not mentions:
            return None if name in self.imported else unset
        return read(self.index, *values[0]) if len(values) == 1 and mentions == 1 else None

    def is_mentioned(self, name: str) -> bool:
        """Whether a setting may be something else than Celery's default."""
        return self.hides or bool(self.mentions[name]) or name in self.imported

    @property
    def has_backend(self) -> bool:
        """Whether results are kept somewhere, wherever that may be."""
        return any(not isinstance(value, ast.Constant) or value.value for _, value in self.values["result_backend"])


def read_app_settings(index: SourceIndex) -> AppSettings:
    """Read those of the whole program; test code is left out."""
    found = AppSettings(index)
    for module, file in index.modules.items():
        if not index.is_production(module):
            continue
        text = index.contents.text(file.path)
        if text is None:
            found.hides = found.is_unread = True
            continue
        found.paths.append(file.path)
        asks_names, asks_source = _WORD.search(text), not found.hides and may_configure(text)
        tree = index.contents.tree(file.path) if asks_names or asks_source else None
        if tree is None:
            found.hides = found.hides or bool(asks_names or asks_source)
            continue
        found.hides = found.hides or bool(asks_source and is_configured_elsewhere(index, module, tree))
        if asks_names:
            _scan(module, tree, found)
    return found


def _scan(module: str, tree: ast.Module, found: AppSettings) -> None:
    for node in ast.walk(tree):
        for name, value in settings_of(node):
            found.values[name].append((module, value))
        mentioned = _setting(name_of(node))
        if mentioned is not None:
            found.mentions[mentioned] += 1
        if isinstance(node, ast.alias):
            # ``from routes import task_routes`` alone hands on what another module says, if that one is read.
            imported = _setting(node.asname or node.name)
            if imported is not None:
                found.imported.add(imported)
                found.mentions[imported] += node.asname is not None


def settings_of(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """What a node says a setting is."""
    if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            written = target.slice if isinstance(target, ast.Subscript) else target
            name = _setting(name_of(written))
            if name is not None:
                yield name, node.value
    elif isinstance(node, ast.keyword):
        name = _setting(node.arg or "")
        if name is not None:
            yield name, node.value
    elif isinstance(node, ast.Call) and name_of(node.func).endswith("Celery"):
        yield from (("result_backend", keyword.value) for keyword in node.keywords if keyword.arg == "backend")
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            name = None if key is None else _setting(name_of(key))
            if name is not None and isinstance(key, ast.Constant):
                yield name, value


def name_of(node: ast.AST) -> str:
    """The last part of the name that a node is or defines, empty where it has none."""
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
