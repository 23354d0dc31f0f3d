"""The types of a task's parameters that a literal can be held to: unions of plain ones.

Law: a registration in, its signature out, None for the type of which the text does not tell for certain what arrives.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from celery_registry.contract.calls import PLAIN_TYPES
from celery_registry.contract.signature import Kind, Parameter, TaskSignature
from celery_registry.source.model import How
from celery_registry.source.symbols import Frame, Symbol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from celery_registry.source.model import Registration
    from celery_registry.source.own_classes import OwnClasses
    from celery_registry.source.resolve import Names

__all__ = ["PlainTypes"]

_KNOWN = frozenset(name for names in PLAIN_TYPES.values() for name in names)


class PlainTypes:
    """Reads them over one program; ``injected`` maps a base class or a decorator to the parameters that it supplies."""

    def __init__(self, names: Names, own_classes: OwnClasses, injected: Mapping[str, Sequence[str]]) -> None:
        self._names, self._own_classes, self._injected = names, own_classes, injected
        self._signatures: dict[int, tuple[Registration, TaskSignature[str]]] = {}

    def of(self, registration: Registration) -> TaskSignature[str]:
        """The signature with the types that are unions of plain ones; None for every other."""
        key = id(registration)
        if key not in self._signatures:
            frame = Frame(registration.target_module or "")
            # A decorator below the task's own may take other types.
            plain = not registration.pydantic and not self._is_decorated_below(registration)
            # A class that is called first may take other types, too.
            plain = plain and self._own_classes.passes_on(registration)
            supplied = {name for source in registration.supplied_by for name in self._injected.get(source, ())}
            parameters = tuple(
                replace(p, type=self._plain(frame, p) if plain else None)
                if p.name not in supplied
                else replace(p, type=None, kind=Kind.KEYWORD_ONLY, required=False)
                for p in registration.signature.parameters or ()
            )
            # What the id stands for is kept, so that it is given out once.
            self._signatures[key] = (registration, TaskSignature(parameters))
        return self._signatures[key][1]

    def _is_decorated_below(self, registration: Registration) -> bool:
        module, target = registration.target_module, registration.target
        if module is None or target is None or registration.how is How.TASK_CLASS:
            return False
        function = self._names.function_facts(Symbol("function", module, target[len(module) + 1 :]))
        if function is None:
            return True
        places = [(decorator.line, decorator.column) for decorator in function.decorators]
        mine = (registration.origin.line, registration.origin.column)
        below = function.decorators[places.index(mine) + 1 :] if mine in places else function.decorators[1:]
        return any(decorator.value != ("n", "staticmethod") for decorator in below)

    def _plain(self, frame: Frame, parameter: Parameter[str]) -> str | None:
        parts = [] if parameter.type is None else [part.strip() for part in parameter.type.split("|")]
        for part in parts:
            symbol = None if part == "None" or part not in _KNOWN else self._names.find(frame, part)
            if part != "None" and (symbol is None or symbol.name != f"builtins.{part}"):
                return None
        return parameter.type
