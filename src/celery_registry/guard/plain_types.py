"""The plain types of a live task's parameters, as text.

Law: ``contract.calls`` says which types are plain. Whatever may take another type than its annotation says has none: a
wrapper, a model that is validated, a class that is called in the task's place.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, Union, get_args, get_origin

from celery.app.task import Task

from celery_registry.contract.signature import TaskSignature
from celery_registry.guard.app_reader import Reading
from celery_registry.guard.task_functions import is_wrapped

__all__ = ["PLAIN_NAMES", "read_plain_types"]

#: The plain types and what a person writes for each.
PLAIN_NAMES: Final[Mapping[Any, str]] = {
    **{kind: kind.__name__ for kind in (str, bytes, bool, int, float)},
    type(None): "None",
}


def read_plain_types(task: Task[..., Any], reading: Reading) -> TaskSignature[str]:
    """The signature with the types that are unions of plain ones; None for every other."""
    if reading.hidden is not None or reading.opaque is not None or is_wrapped(task):
        return TaskSignature(None)
    parameters = tuple(replace(p, type=_text(p.type)) for p in reading.parameters or ())
    return TaskSignature(parameters)


def _text(hint: Any) -> str | None:
    parts = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    names = []
    for part in parts:
        name = PLAIN_NAMES.get(part) if isinstance(part, type) else None
        if name is None:
            return None
        names.append(name)
    return " | ".join(names)
