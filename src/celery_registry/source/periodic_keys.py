"""Entries that ``add_periodic_task`` puts in the place of earlier ones: beat keeps one for each name.

Law: calls of one block alone, whose names the text tells; without ``name=`` that is the signature as Celery prints it
(celery.app.base.Celery._sig_to_periodic_task_entry). It judges nothing.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from celery_registry.contract.schedules import Replaced
from celery_registry.contract.task import Origin

if TYPE_CHECKING:
    from celery_registry.source.index import SourceIndex

__all__ = ["replaced_entries"]

_METHOD: Final = "add_periodic_task"
_WORD: Final = re.compile(_METHOD.encode())
_BLOCKS: Final = ("body", "orelse", "finalbody")


def replaced_entries(index: SourceIndex) -> Iterator[Replaced]:
    """Each entry that takes the place of one above it, in the program's own files."""
    for module, file in index.modules.items():
        tree = index.contents.tree(file.path, _WORD.search) if index.is_production(module) else None
        for node in () if tree is None else ast.walk(tree):
            for block in (getattr(node, name, None) for name in _BLOCKS):
                first: dict[tuple[str, str], ast.Call] = {}
                for call in _calls(block) if isinstance(block, list) else ():
                    key = _key(call)
                    if key is None or first.setdefault(key, call) is call:
                        continue
                    places = (Origin(file.path, each.lineno, each.col_offset) for each in (call, first[key]))
                    yield Replaced(key[1], *places)


def _calls(block: list[ast.stmt]) -> Iterator[ast.Call]:
    for statement in block:
        call = statement.value if isinstance(statement, ast.Expr) else None
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == _METHOD:
            yield call


def _key(call: ast.Call) -> tuple[str, str] | None:
    """The application as it is written and the entry's name, or what Celery makes one of; None where nobody can tell."""
    assert isinstance(call.func, ast.Attribute)
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if None in given or len(call.args) > 2 or any(isinstance(item, ast.Starred) for item in call.args):
        return None
    application, name = ast.unparse(call.func.value), given.get("name")
    if isinstance(name, ast.Constant) and isinstance(name.value, str) and name.value:
        return application, name.value
    made = call.args[1] if len(call.args) == 2 else given.get("sig")
    # What a variable holds may be another value each time.
    parts = [made, given.get("args"), given.get("kwargs")]
    if name is not None or not isinstance(made, ast.Call) or not all(map(_is_written, parts)):
        return None
    return application, ", ".join(ast.unparse(part) for part in parts if part is not None)


def _is_written(node: ast.expr | None) -> bool:
    """Whether a signature, or what it is given besides, is made of constants."""
    if isinstance(node, ast.Call):
        is_signature = isinstance(node.func, ast.Attribute) and node.func.attr in ("s", "si")
        return is_signature and all(_is_written(value) for value in (*node.args, *(k.value for k in node.keywords)))
    if isinstance(node, (ast.Tuple, ast.List)):
        return all(map(_is_written, node.elts))
    if isinstance(node, ast.Dict):
        return all(map(_is_written, (*node.keys, *node.values)))
    return node is None or isinstance(node, ast.Constant)
