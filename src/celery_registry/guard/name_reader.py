"""An enum of task names, or a class of string constants, as a ``NameTable``.

Law: reads members and their values; what they should be is not decided here.
"""

from __future__ import annotations

import enum
from typing import Any

from celery_registry.contract.coverage import NameTable
from celery_registry.errors import ConfigurationError

__all__ = ["name_of", "plain_name", "read_names"]


def read_names(names: type[Any]) -> NameTable:
    """The members of an enum, aliases included, or the string constants of a class and its bases.

    Raises ``ConfigurationError`` where a member of an enum has no string value, or there is no member at all.
    """
    if issubclass(names, enum.Enum):
        members = {member: plain_name(value) for member, value in names.__members__.items()}
    else:
        attributes = {name: value for base in reversed(names.__mro__) for name, value in vars(base).items()}
        members = {
            name: plain_name(value)
            for name, value in attributes.items()
            if isinstance(value, str) and not name.startswith("_")
        }
    for member, name in members.items():
        if type(name) is not str and not isinstance(name, str):
            raise ConfigurationError(f"{names.__qualname__}.{member} is {name!r}, which cannot name a task")
    if not members:
        raise ConfigurationError(f"{names.__qualname__} has no task names")
    return NameTable(names.__qualname__, members)


def name_of(task: Any) -> Any:
    """The name that a task, a signature, an enum's member or a text gives; None where it gives none."""
    # A member is asked for its value: its attribute ``name`` is what the enum calls it.
    name = task if isinstance(task, (str, enum.Enum)) else getattr(task, "name", None)
    name = plain_name(name)
    return name if isinstance(name, str) else None


def plain_name(name: Any) -> Any:
    """The value of an enum's member, whose own text may be the member's name; anything else as it is."""
    while isinstance(name, enum.Enum):
        # ``value`` is a descriptor written in Python.
        name = name._value_
    return name
