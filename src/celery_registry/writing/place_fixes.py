"""Fixes where a task is registered or named: a raw bound method, an entry of a schedule, a route.

Law: one place in a file in, edits out; None where the text there is not what the fix is for.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from celery_registry.contract.task import Origin
from celery_registry.writing.import_lines import add_imports
from celery_registry.writing.registry_module import quote_name
from celery_registry.writing.registry_types import Import
from celery_registry.writing.source_text import Edit, SourceText

__all__ = ["mend_name", "register_properly"]


def register_properly(source: SourceText, origin: Origin) -> list[Edit] | None:
    """``app.task(name=N)(self.run)`` and ``app.task(self.run, name=N)`` as ``register_task(app, N, self.run)``."""
    for call in _calls_at(source, origin):
        made = call.func if isinstance(call.func, ast.Call) else call
        targets = call.args
        maker = made.func
        if not isinstance(maker, ast.Attribute) or maker.attr != "task" or len(targets) != 1:
            continue
        if made is not call and made.args:
            continue
        options = {keyword.arg: keyword.value for keyword in made.keywords}
        name = options.pop("name", None)
        if name is None or None in options:
            continue
        rest = "".join(f", {option}={source.segment(value)}" for option, value in options.items())
        words = ", ".join(source.segment(node) for node in (maker.value, name, targets[0]))
        imported = Import("celery_registry", "register_task", "register_task")
        return [Edit(*source.span(call), f"register_task({words}{rest})"), *add_imports(source, [imported], [])]
    return None


def mend_name(source: SourceText, origin: Origin, old: str, new: str) -> list[Edit] | None:
    """A task's name in a string at or just below a line; None where it is not one string there."""
    found = [
        node
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant) and node.value == old and origin.line <= node.lineno <= origin.line + 12
    ]
    if not found or any(node.lineno == found[0].lineno for node in found[1:]):
        return None
    first = min(found, key=lambda node: node.lineno)
    shown = source.segment(first)
    quote = shown[:1]
    text = f"{quote}{new}{quote}" if shown == f"{quote}{old}{quote}" else quote_name(new)
    return [Edit(*source.span(first), text)]


def _calls_at(source: SourceText, origin: Origin) -> Iterator[ast.Call]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and (node.lineno, node.col_offset) == (origin.line, origin.column):
            yield node
