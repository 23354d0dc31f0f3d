"""What a class of applications, or a function that makes one, says of the class that its tasks get.

Law: one statement in, values and where they are read out; ``UNKNOWN`` for what may be any class. Nothing is resolved here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from celery_registry.source.bindings import flat
from celery_registry.source.facts import Environment
from celery_registry.source.scopes import Scope
from celery_registry.source.values import UNKNOWN, Value, last_part, read_value, roots_of

__all__ = ["WORDS", "TaskClassValues", "task_classes_of_class", "task_classes_of_function"]

#: Values, each with what its names mean where it stands.
TaskClassValues = tuple[tuple[Value, Environment], ...]

#: A file without any of these says nothing of the kind.
WORDS: Final = (
    b"task_cls",
    b"strict_typing",
    b".Task",
    b"def Task",
    b"Task =",
    b"_task_from_fun",
    b"subclass_with_self",
)
#: Methods of ``Celery`` that make the class of its tasks, or the tasks (celery.app.base).
_MAKING: Final = frozenset({"Task", "create_task_cls", "subclass_with_self", "_task_from_fun"})
#: What says whether Celery looks at the arguments at all.
_LOOSE: Final = "strict_typing"


def task_classes_of_class(node: ast.ClassDef, inner: Scope) -> TaskClassValues:
    """Every class that a class whose body is ``inner`` gives to tasks as their own; empty where it says nothing of it."""
    if not node.bases:
        return ()
    found: list[tuple[Value, Environment]] = []
    for statement in flat(node.body):
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if statement.name in _MAKING:
                found.append((UNKNOWN, {}))
            found += task_classes_of_function(statement, inner.inside_function(statement))
        elif isinstance(statement, (ast.Assign, ast.AnnAssign)):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            if any(isinstance(target, ast.Name) and target.id in ("Task", _LOOSE) for target in targets):
                found.append((UNKNOWN, {}))
    return tuple(found)


def task_classes_of_function(node: ast.FunctionDef | ast.AsyncFunctionDef, inner: Scope) -> TaskClassValues:
    """The same of one function whose inside is ``inner``: ``app.Task = Own``, ``task_cls=Own``."""
    return tuple((value, inner.environment(roots_of(value))) for value in _said(node))


def _said(node: ast.AST) -> Iterator[Value]:
    """What the lines of a method say, wherever they stand in it."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.keyword) and inner.arg == "task_cls":
            yield read_value(inner.value)
        elif isinstance(inner, ast.keyword) and inner.arg == _LOOSE:
            if not (isinstance(inner.value, ast.Constant) and inner.value.value is True):
                yield UNKNOWN
        elif isinstance(inner, ast.Attribute) and inner.attr == _LOOSE and not isinstance(inner.ctx, ast.Load):
            yield UNKNOWN
        elif isinstance(inner, ast.Assign):
            yield from (read_value(inner.value) for target in inner.targets if _is_task_class(target))
        elif isinstance(inner, ast.Call) and last_part(read_value(inner.func)) == "setdefault":
            if len(inner.args) == 2 and _is_word(inner.args[0], "task_cls"):
                yield read_value(inner.args[1])
        elif _is_word(inner, _LOOSE):
            yield UNKNOWN


def _is_task_class(target: ast.expr) -> bool:
    """``self.task_cls``, ``app.Task`` and ``kwargs["task_cls"]``."""
    if isinstance(target, ast.Attribute):
        return target.attr in ("task_cls", "Task")
    return isinstance(target, ast.Subscript) and _is_word(target.slice, "task_cls")


def _is_word(node: ast.AST, word: str) -> bool:
    return isinstance(node, ast.Constant) and node.value == word
