"""Old names that are kept alive: every ``alias(app, old=..., new=...)`` whose names the text tells.

Law: calls in, rows out. What an alias does when it runs is not known here.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from celery_registry.contract.task import Origin

if TYPE_CHECKING:
    from celery_registry.source.files import SourceFile
    from celery_registry.source.index import SourceIndex

__all__ = ["AliasCall", "read_aliases"]

_WORDS: Final = (b"celery_registry", b"alias", b"old")


@dataclass(frozen=True)
class AliasCall:
    """One call; ``adapted`` is whether old messages carry other arguments, ``expires`` None where the text does not tell."""

    old: str
    new: str
    expires: str | None
    adapted: bool
    module: str
    origin: Origin


def read_aliases(index: SourceIndex) -> tuple[AliasCall, ...]:
    """The aliases of a program, by file and line."""
    return tuple(found for module, file in index.modules.items() for found in _in_file(index, module, file))


def _in_file(index: SourceIndex, module: str, file: SourceFile) -> Iterator[AliasCall]:
    tree = _tree(file)
    for node in () if tree is None else ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, (ast.Name, ast.Attribute)):
            continue
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        if None in given or not {"old", "new"} <= given.keys() or not _is_alias(tree, node.func):
            continue
        old, new = (index.resolve_name(module, given[word]) for word in ("old", "new"))
        if old is not None and new is not None:
            expires = given.get("expires")
            day = expires.value if isinstance(expires, ast.Constant) and isinstance(expires.value, str) else None
            adapted = not isinstance(given.get("adapt", ast.Constant(None)), ast.Constant)
            origin = Origin(file.path, node.lineno, node.col_offset, "alias")
            yield AliasCall(old, new, day, adapted, module, origin)


def _is_alias(tree: ast.Module | None, node: ast.expr) -> bool:
    """Whether a name is the one of celery_registry, however it was imported."""
    dotted = ast.unparse(node)
    for part in () if tree is None else ast.walk(tree):
        if isinstance(part, ast.ImportFrom) and part.module in ("celery_registry", "celery_registry.wire.alias"):
            for each in part.names:
                if each.name == "alias" and (each.asname or each.name) == dotted:
                    return True
        elif isinstance(part, ast.Import):
            names = {each.asname or each.name for each in part.names if each.name == "celery_registry"}
            if dotted in {f"{name}.alias" for name in names}:
                return True
    return False


def _tree(file: SourceFile) -> ast.Module | None:
    try:
        with open(file.path, "rb") as opened:
            text = opened.read()
        if not all(word in text for word in _WORDS):
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None
