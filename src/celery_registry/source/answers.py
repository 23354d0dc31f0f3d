"""Everything the index knows about tasks, resolved, and the form in which it is kept between runs.

Law: the model's own values in and out; what is read back can only be made of the model's classes.
"""

from __future__ import annotations

import copyreg
import io
import pickle
from dataclasses import dataclass, is_dataclass
from typing import Any, Final

from celery_registry.contract.signature import Kind, Parameter, TaskSignature
from celery_registry.contract.task import Origin
from celery_registry.source.model import (
    How,
    NameEnum,
    Registration,
    Registry,
    RegistryProperty,
    ScheduleEntry,
)

__all__ = ["Answers", "read_answers", "write_answers"]


@dataclass(frozen=True)
class Answers:
    """What a program's files say about tasks; every collection in the index's order.

    ``by_name`` has the modules that address tasks by name, each with those names that its text tells.
    """

    registrations: tuple[Registration, ...]
    registries: dict[str, Registry]
    enums: dict[str, NameEnum]
    schedules: tuple[ScheduleEntry, ...]
    by_name: dict[str, tuple[str, ...]]

    def paths(self) -> frozenset[str]:
        """The files in which anything stands that is named by its line."""
        places: list[Origin] = []
        for registration in self.registrations:
            places += (registration.origin, registration.target_origin)
        for registry in self.registries.values():
            places += (registry.origin, *(found.origin for found in registry.properties.values()))
        for enum in self.enums.values():
            places += enum.origins.values()
        places += (entry.origin for entry in self.schedules)
        return frozenset(place.path for place in places)


# A cache is a file that others may write: pickle may build these and nothing else.
_CLASSES: Final = {
    (cls.__module__, cls.__qualname__): cls
    for cls in (
        Answers,
        How,
        Kind,
        NameEnum,
        Origin,
        Parameter,
        Registration,
        Registry,
        RegistryProperty,
        ScheduleEntry,
        TaskSignature,
    )
}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        try:
            return _CLASSES[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"{module}.{name} is no part of the index") from None


class _Pickler(pickle.Pickler):
    def reducer_override(self, obj: Any) -> Any:
        if not is_dataclass(obj) or isinstance(obj, type):
            return NotImplemented
        # Whoever asks an object for its ``__dict__``, as pickle does, leaves one behind that is twice as large as it.
        state = {name: getattr(obj, name) for name in type(obj).__dataclass_fields__}
        return copyreg.__newobj__, (type(obj),), state  # type: ignore[attr-defined]  # What object.__reduce_ex__ gives.


def write_answers(answers: Answers) -> bytes:
    """The answers as bytes."""
    content = io.BytesIO()
    _Pickler(content, protocol=5).dump(answers)
    return content.getvalue()


def read_answers(content: bytes) -> Answers | None:
    """The answers again; None where the bytes are none."""
    try:
        answers = _Unpickler(io.BytesIO(content)).load()
    except Exception:  # broken bytes may make pickle raise anything
        return None
    return answers if isinstance(answers, Answers) else None
