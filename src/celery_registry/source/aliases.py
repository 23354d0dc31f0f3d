"""Old names that are kept alive: every call of ``alias(app, old=..., new=...)``.

Law: calls in, rows out. What an alias does when it runs is not known here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from celery_registry.contract.task import Origin
from celery_registry.source.syntax import last_name

if TYPE_CHECKING:
    from celery_registry.source.files import SourceFile
    from celery_registry.source.index import SourceIndex

__all__ = ["AliasCall", "follow_aliases", "hides_aliases", "read_aliases"]


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
    """The aliases of a program whose names the text tells, by file and line."""
    return tuple(call for call in _calls(index) if call is not None)


def follow_aliases(aliases: Iterable[AliasCall]) -> dict[str, str]:
    """Old name -> the name of what runs in the end; an alias may be of an alias. Those that only lead to themselves are left out."""
    to = {alias.old: alias.new for alias in aliases}
    found = {}
    for old in to:
        passed, name = {old}, to[old]
        while name in to and name not in passed:
            passed.add(name)
            name = to[name]
        if name not in to:
            found[old] = name
    return found


def hides_aliases(index: SourceIndex) -> bool:
    """Whether there may be an alias whose names the text does not tell."""
    return None in _calls(index)


def _calls(index: SourceIndex) -> Iterator[AliasCall | None]:
    return (call for module, file in index.modules.items() for call in _in_file(index, module, file))


def _in_file(index: SourceIndex, module: str, file: SourceFile) -> Iterator[AliasCall | None]:
    tree = index.contents.tree(file.path, lambda text: b"celery_registry" in text and b"alias" in text)
    ours = frozenset[str]() if tree is None else _imported(tree)
    for node in () if tree is None else ast.walk(tree):
        function = node.func if isinstance(node, ast.Call) else None
        if not isinstance(node, ast.Call) or (last_name(function) != "alias" and last_name(function) not in ours):
            continue
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        old, new = (index.resolve_name(module, given[word]) if word in given else None for word in ("old", "new"))
        if old is None or new is None or None in given or ast.unparse(node.func) not in ours:
            yield None
            continue
        expires = given.get("expires")
        day = expires.value if isinstance(expires, ast.Constant) and isinstance(expires.value, str) else None
        adapted = not isinstance(given.get("adapt", ast.Constant(None)), ast.Constant)
        yield AliasCall(old, new, day, adapted, module, Origin(file.path, node.lineno, node.col_offset, "alias"))


def _imported(tree: ast.Module) -> frozenset[str]:
    """What the function is called in a module, however it was imported."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in ("celery_registry", "celery_registry.wire.alias"):
            found |= {each.asname or each.name for each in node.names if each.name == "alias"}
        elif isinstance(node, ast.Import):
            found |= {f"{each.asname or each.name}.alias" for each in node.names if each.name == "celery_registry"}
    return frozenset(found)
