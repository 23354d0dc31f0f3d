"""``AsyncResult("id", app=app)`` takes any application: one with a task class of its own, too.

Law: celery-types asks for a ``Celery[Task[Any, Any]]``, which is invariant; a result asks for nothing but its backend.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy.types import NoneType, UnionType

from celery_registry.mypy import typeops
from celery_registry.source.fullnames import CELERY_FULLNAME

if TYPE_CHECKING:
    from mypy.plugin import FunctionSigContext
    from mypy.types import FunctionLike

__all__ = ["of_any_application"]


def of_any_application(context: FunctionSigContext) -> FunctionLike:
    """The signature of a result whose ``app`` may be of any task class."""
    default = context.default_signature
    app = typeops.lookup_instance(context.api, CELERY_FULLNAME)
    if app is None or "app" not in default.arg_names:
        return default
    opened = app.copy_modified(args=[typeops.any_type() for _ in app.type.type_vars])
    place = default.arg_names.index("app")
    types = list(default.arg_types)
    types[place] = UnionType([opened, NoneType()])
    return default.copy_modified(arg_types=types)
