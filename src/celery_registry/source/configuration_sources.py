"""Whether the program's own text says all that configures its applications.

Law: trees of modules in, yes or no out. A setting that stands nowhere in the text has Celery's default only where the
whole configuration was read: a file that is loaded while the program runs may hold any setting.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from celery_registry.source.bindings import absolute_module
from celery_registry.source.syntax import last_name

if TYPE_CHECKING:
    from celery_registry.source.index import SourceIndex

__all__ = ["is_configured_elsewhere", "may_configure"]

#: What a text says that loads a configuration, changes one, or makes an application of its own kind.
_WORDS: Final = re.compile(rb"config_from|\bconf\b|Celery\b|celery\(|\.Task\b|annotations|ANNOTATIONS")
_DJANGO: Final = "django.conf:settings"
#: What an application takes that says where settings are, or how messages are made. A class of its tasks says neither.
_APPLICATION: Final = frozenset({"amqp", "changes", "config_source"})
#: What a class derived from ``Celery`` may do to the messages of all tasks.
_OWN: Final = frozenset({"amqp", "amqp_cls", "config_from_object", "on_configure", "send_task", "Task"})
#: With one of these a module of settings has names that its text does not show.
_DYNAMIC: Final = frozenset({"exec", "globals", "include", "locals", "setattr", "vars"})
_QUEUES: Final = frozenset({"queue", "routing_key", "exchange"})


def may_configure(text: bytes) -> bool:
    """Whether a text may be one that ``is_configured_elsewhere`` has to see."""
    return _WORDS.search(text) is not None


def is_configured_elsewhere(index: SourceIndex, module: str, tree: ast.Module) -> bool:
    """Whether a module has its application configured by what the text does not show."""
    nodes = list(ast.walk(tree))
    known = set(_read_names(index, module, nodes))
    imports = [alias for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names]
    applications = {"Celery", *(alias.asname for alias in imports if alias.asname and alias.name.endswith("Celery"))}
    return any(_loads(index, node, known, applications) for node in nodes)


def _loads(index: SourceIndex, node: ast.AST, known: set[str], applications: set[str]) -> bool:
    if isinstance(node, ast.ClassDef):
        named = {name for item in node.body for name in _bound(item)}
        return not applications.isdisjoint(map(last_name, node.bases)) and not _OWN.isdisjoint(named)
    if isinstance(node, ast.Assign):
        return any(isinstance(target, ast.Attribute) and target.attr == "Task" for target in node.targets) or (
            any(last_name(target).lower().endswith("_annotations") for target in node.targets)
            and _annotates(node.value)
        )
    if isinstance(node, ast.keyword):
        return (node.arg or "").lower().endswith("_annotations") and _annotates(node.value)
    if not isinstance(node, ast.Call):
        return False
    called = last_name(node.func)
    if called == "config_from_object":
        given = [*node.args[:1], *(k.value for k in node.keywords if k.arg == "obj")]
        return not given or not _is_read(index, given[0], known)
    if called in ("config_from_envvar", "config_from_cmdline"):
        return True
    if called.endswith("Celery") or called in applications:
        return any(k.arg is None or k.arg in _APPLICATION for k in node.keywords)
    changed = node.func.value if isinstance(node.func, ast.Attribute) else None
    if called not in ("update", "setdefault") or changed is None or last_name(changed) != "conf":
        return False
    return any(k.arg is None for k in node.keywords) or (called == "update" and any(map(_is_open, node.args)))


def _annotates(node: ast.expr) -> bool:
    """Whether the value of ``task_annotations`` may give a task a queue."""
    if _is_open(node) or not isinstance(node, ast.Dict):
        return True
    return any(
        _is_open(row) or any(isinstance(key, ast.Constant) and key.value in _QUEUES for key in getattr(row, "keys", ()))
        for row in node.values
    )


def _is_open(node: ast.expr) -> bool:
    """Whether a mapping has keys that its text does not tell."""
    return not isinstance(node, ast.Dict) or any(not isinstance(key, ast.Constant) for key in node.keys)


def _is_read(index: SourceIndex, node: ast.expr, names: set[str]) -> bool:
    """Whether the object that holds the settings stands in the program."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        name = node.value.replace(":", ".")
        if node.value == _DJANGO:
            modules = [m for m in index.modules if index.is_production(m) and "settings" in m.split(".")]
        else:
            modules = [m for m in (name, name.rpartition(".")[0]) if m in index.modules][:1]
        return bool(modules) and all(_is_whole(index, module, set()) for module in modules)
    return last_name(node) in names


def _is_whole(index: SourceIndex, module: str, seen: set[str]) -> bool:
    """Whether a module of settings has those alone that its text shows, and so have those from which it takes all."""
    if module in seen:
        return True
    seen.add(module)
    tree = index.contents.tree(index.modules[module].path)
    if tree is None:
        return False
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _DYNAMIC:
            return False
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            source = absolute_module(node, module, index.modules[module].is_package)
            if source not in index.modules or not _is_whole(index, source, seen):
                return False
    return True


def _read_names(index: SourceIndex, module: str, nodes: list[ast.AST]) -> Iterator[str]:
    """The names of a module that are classes of its own, or come from modules of the program."""
    read = {part for name in index.imports_of(module) if name in index.modules for part in name.split(".")[-1:]}
    for node in nodes:
        if isinstance(node, ast.ClassDef):
            yield node.name
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            source = (node.module or "").rpartition(".")[2] if isinstance(node, ast.ImportFrom) else None
            for alias in node.names:
                name = alias.name.rpartition(".")[2]
                # An instance is made while the program runs; a class has a capital letter.
                if name in read or (source in read and name[:1].isupper()):
                    yield (alias.asname or alias.name).rpartition(".")[2]


def _bound(node: ast.AST) -> Iterator[str]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, (ast.Assign, ast.AnnAssign)):
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if isinstance(target, ast.Name):
                yield target.id
