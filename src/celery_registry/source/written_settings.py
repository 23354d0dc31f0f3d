"""The settings that a program gives its application in so many words, and that nothing else in it speaks of.

Law: names with their places, as far as the text tells. Which of them Celery knows is ``contract.setting_names``' business.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from celery_registry.contract.setting_names import near_setting
from celery_registry.contract.task import Origin
from celery_registry.source.settings_modules import read_settings_modules

if TYPE_CHECKING:
    from celery_registry.source.index import SourceIndex

__all__ = ["read_written_settings"]

#: ``from django.conf import settings`` stands in every second file of a Django project.
_WORDS: Final = re.compile(rb"\bconf\b(?!\s+import\b|\.\w+\s+import\b)|Celery\(")
#: Settings that are read by a name that is made while the program runs, or all together.
_READ_ALL: Final = re.compile(
    rb"""(?:\.conf\s*\[|\.conf\.get\(|getattr\(\s*[\w.]*\bconf\s*,)(?!\s*(?:"\w*"|'\w*')\s*[\]),])"""
    rb"""|\.conf\.(?:find_option\w*|items|keys|values|table|humanize)\(|(?:dict|vars)\([\w.]*\bconf\)"""
)


def read_written_settings(index: SourceIndex) -> list[tuple[str, str, Origin]]:
    """``app.conf.name = ...``, ``app.conf["name"] = ...``, ``app.conf.update(name=...)``, ``Celery(name=...)`` and modules of
    settings: the name as Celery has it, as it is written, and its place.

    A name that is read anywhere is the program's own, and so is one that stands in a text of any other kind. Where names are
    read that the text does not show, nobody can tell.
    """
    found: list[tuple[str, str, Origin]] = []
    texts: list[bytes] = []
    for file in index.modules.values():
        text = index.contents.text(file.path)
        if text is None:
            return []
        texts.append(text)
        if _READ_ALL.search(text):
            return []
        tree = index.contents.tree(file.path, _WORDS.search)
        for node in () if tree is None else ast.walk(tree):
            for name, place in _written(node):
                if near_setting(name) is not None:
                    found.append((name, name, Origin(file.path, place.lineno, place.col_offset)))
    found += (row for row in read_settings_modules(index) if near_setting(row[0]) is not None)
    times = Counter(name for name, _, _ in found)
    return [row for row in found if _mentions(row[0], texts) == times[row[0]]]


def _mentions(name: str, texts: list[bytes]) -> int:
    word = re.compile(rb"(?i)(?<![A-Za-z0-9])" + name.encode() + rb"(?![A-Za-z0-9_])")
    return sum(len(word.findall(text)) for text in texts)


def _written(node: ast.AST) -> Iterator[tuple[str, ast.expr | ast.keyword]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Attribute) and _is_conf(target.value):
                yield target.attr, target
            elif isinstance(target, ast.Subscript) and _is_conf(target.value):
                yield from _texts([target.slice])
    elif isinstance(node, ast.Call):
        function = node.func
        if isinstance(function, ast.Attribute) and function.attr == "update" and _is_conf(function.value):
            for argument in node.args:
                yield from _texts(argument.keys if isinstance(argument, ast.Dict) else ())
        elif not (isinstance(function, ast.Name) and function.id == "Celery") and not (
            isinstance(function, ast.Attribute) and function.attr == "Celery"
        ):
            return
        yield from ((keyword.arg, keyword) for keyword in node.keywords if keyword.arg is not None)


def _texts(nodes: Iterable[ast.expr | None]) -> Iterator[tuple[str, ast.expr]]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value, node


def _is_conf(node: ast.expr) -> bool:
    """``app.conf`` and ``current_app.conf``: a variable ``conf`` may be anybody's."""
    return isinstance(node, ast.Attribute) and node.attr == "conf"
