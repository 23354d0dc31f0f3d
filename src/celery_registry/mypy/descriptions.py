"""What others see of a registration, as values that can be digested.

Law: pure functions of the index's facts; never a line, which moves for no reason.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from celery_registry.source.model import Registration

__all__ = ["describe_registration", "describe_shape", "describe_target", "digest_value", "grouped"]

T = TypeVar("T")


def describe_registration(registration: Registration) -> object:
    """What callers by name and the registry see of an implementation."""
    return [registration.task_name, registration.target, registration.module, describe_target(registration)]


def describe_shape(registration: Registration) -> object:
    """The same without the names of the parameters.

    Where a module's description has changed, all that import it are checked again. The names are in the description of
    the module that implements the task, on which the registry and the callers by name hang (``get_additional_deps``).
    """
    parameters = registration.signature.parameters
    shape = None if parameters is None else [[p.kind.value, p.required, p.type] for p in parameters]
    return [registration.task_name, registration.target, registration.module, shape, _describe_rest(registration)]


def describe_target(registration: Registration) -> object:
    """What every caller sees."""
    parameters = registration.signature.parameters
    shape = None if parameters is None else [[p.name, p.kind.value, p.required, p.type] for p in parameters]
    return [shape, _describe_rest(registration)]


def _describe_rest(registration: Registration) -> object:
    flags = [registration.bound_method, registration.bind, registration.typing, registration.pydantic]
    wire = [registration.serializer, registration.ignores_result]
    between = [registration.base, registration.tells_base, registration.changed_by, registration.handed_on_by]
    between.append(registration.own_options)
    unseen = [registration.through, registration.made_by, [name for name, _ in registration.above]]
    return [registration.signature.result, registration.hidden, between, flags, wire, unseen, registration.onward]


def digest_value(value: Iterable[object]) -> str:
    """A short word for a value that prints the same in every process."""
    return hashlib.sha256(repr(value).encode()).hexdigest()[:16]


def grouped(pairs: Iterable[tuple[str | None, T]]) -> dict[str, list[T]]:
    """Values by their key, in order; those that have none are left out."""
    found: dict[str, list[T]] = {}
    for key, value in pairs:
        if key is not None:
            found.setdefault(key, []).append(value)
    return found
