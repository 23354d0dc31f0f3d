"""Task classes whose ``__call__`` hands on all that it is given.

Law: a class in, yes or no out, by the text of its methods as ``source.handing_on`` reads it. It reads files, so a worker
that boots never asks.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from typing import Any

from celery.app.task import Task

__all__ = ["hands_on_calls"]


def hands_on_calls(cls: type[Any]) -> bool:
    """Whether each ``__call__`` of a task class and its bases hands everything on, and adds nothing."""
    below = cls.__mro__[: cls.__mro__.index(Task)] if Task in cls.__mro__ else ()
    found = [base.__dict__["__call__"] for base in below if "__call__" in base.__dict__]
    return bool(found) and all(map(_hands_on, found))


def _hands_on(function: Any) -> bool:
    from celery_registry.source.handing_on import handed_names, handing_flags

    if hasattr(function, "__wrapped__"):
        return False
    try:
        (node,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    except (OSError, TypeError, ValueError, SyntaxError):
        return False
    return isinstance(node, ast.FunctionDef) and handed_names(handing_flags(node)) == ()
