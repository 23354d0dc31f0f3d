"""The names that a module of settings gives an application: ``config_from_object("shop.settings", namespace="CELERY")``.

Law: modules alone that a call names in so many words, Django's own by their name, and the variables at their top. Where names
of the namespace are made by the text, nobody can tell which are read.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from celery_registry.contract.task import Origin

if TYPE_CHECKING:
    from celery_registry.source.index import SourceIndex

__all__ = ["read_settings_modules"]

_CALL: Final = re.compile(rb"config_from_object\(")
_DJANGO: Final = "django.conf:settings"


def read_settings_modules(index: SourceIndex) -> Iterator[tuple[str, str, Origin]]:
    """The name that Celery reads, in small letters, how it is written, and where."""
    modules: dict[str, str] = {}
    for module, file in index.modules.items():
        tree = index.contents.tree(file.path, _CALL.search) if index.is_production(module) else None
        for node in () if tree is None else ast.walk(tree):
            named, namespace = _named(node) or ("", "")
            for each in _django(index) if named == _DJANGO else [named]:
                if each in index.modules:
                    modules[each] = f"{namespace.rstrip('_')}_" if namespace else ""
    made = {prefix for prefix in {*modules.values()} - {""} if _makes_names(index, prefix)}
    for module, prefix in modules.items():
        file = index.modules[module]
        tree = None if prefix in made else index.contents.tree(file.path)
        for statement in () if tree is None else tree.body:
            for name in _variables(statement):
                written = name.id
                if written.startswith(prefix) and (written.isupper() if prefix else written.islower()):
                    yield written[len(prefix) :].lower(), written, Origin(file.path, name.lineno, name.col_offset)


def _django(index: SourceIndex) -> list[str]:
    return [module for module in index.modules if index.is_production(module) and "settings" in module.split(".")]


def _named(node: ast.AST) -> tuple[str, str] | None:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or len(node.args) != 1:
        return None
    given = {keyword.arg: keyword.value for keyword in node.keywords}
    values = [node.args[0], given.get("namespace", ast.Constant(""))]
    if node.func.attr != "config_from_object" or not given.keys() <= {"namespace", "force", "silent"}:
        return None
    texts = [value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)]
    return (texts[0], texts[1]) if len(texts) == 2 else None


def _makes_names(index: SourceIndex, prefix: str) -> bool:
    """Whether a text has the beginning of such names: ``f"CELERY_{name}"``, ``key.startswith("CELERY_")``."""
    word = re.escape(prefix.rstrip("_").encode())
    begins = re.compile(rb"""(?<!namespace=)["']%s(?:_(?:\w*_)?)?["'{%%]""" % word)
    texts = (index.contents.text(file.path) for file in index.modules.values())
    return any(text is None or begins.search(text) is not None for text in texts)


def _variables(node: ast.stmt) -> Iterator[ast.Name]:
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if isinstance(target, ast.Name):
                yield target
