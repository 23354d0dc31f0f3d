"""``self.request``: what a running task is told about its own call.

Law: knows where celery-types is narrower than Celery (celery.app.task.Context); it judges nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy.types import NoneType, UnionType

from celery_registry.mypy import typeops

if TYPE_CHECKING:
    from mypy.plugin import AttributeContext
    from mypy.types import Type

__all__ = ["chain_of_request"]


def chain_of_request(context: AttributeContext) -> Type:
    """The signatures that are still to run, the next one last, as the message holds them; celery-types says a text."""
    return UnionType([context.api.named_generic_type("builtins.list", [typeops.any_type()]), NoneType()])
