"""What a function changes of the dictionaries that it hands on.

Law: one ``def`` in, variables and keys out; what the keys mean is somebody else's business.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from celery_registry.source.values import UNKNOWN, read_value

__all__ = ["changes_of"]


def changes_of(node: Any) -> Iterator[tuple[str, Any]]:
    """What a function changes of dictionaries: ``options["x"] = 1``, ``options.pop("x")``, ``options.update(...)``."""
    loops: dict[str, ast.expr] = {}
    options = node.args.kwarg.arg if node.args.kwarg is not None else None
    for part in ast.walk(node):
        if isinstance(part, ast.For) and isinstance(part.target, ast.Name):
            loops[part.target.id] = part.iter
        if isinstance(part, ast.Subscript) and isinstance(part.value, ast.Name) and not isinstance(part.ctx, ast.Load):
            yield part.value.id, read_value(part.slice)
        elif isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute):
            owner = part.func.value
            if isinstance(owner, ast.Name) and part.func.attr in ("pop", "setdefault"):
                key = part.args[0] if part.args else None
                several = loops.get(key.id) if isinstance(key, ast.Name) else None
                for one in several.elts if isinstance(several, (ast.Tuple, ast.List)) else [key]:
                    yield owner.id, read_value(one)
            elif isinstance(owner, ast.Name) and part.func.attr == "update":
                yield from ((owner.id, UNKNOWN if k.arg is None else ("s", k.arg)) for k in part.keywords)
                if part.args:
                    yield owner.id, UNKNOWN
        elif isinstance(part, ast.Assign) and options is not None:
            if any(isinstance(target, ast.Name) and target.id == options for target in part.targets):
                yield from ((options, key) for key in _other_keys(part.value, options))
        elif isinstance(part, ast.AugAssign) and isinstance(part.target, ast.Name):
            yield part.target.id, UNKNOWN


def _other_keys(value: ast.expr, options: str) -> Iterator[Any]:
    """What ``{**options, "bind": True}`` has beside the options; of any other value nobody can tell."""
    if not isinstance(value, ast.Dict):
        yield UNKNOWN
        return
    for key, item in zip(value.keys, value.values, strict=True):
        if key is not None:
            yield read_value(key)
        elif not isinstance(item, ast.Name) or item.id != options:
            yield UNKNOWN
