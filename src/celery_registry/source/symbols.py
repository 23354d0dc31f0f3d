"""Places and what names mean at them: the two words that resolving speaks in.

Law: plain values; how one is found from the other is ``resolve``'s business.
"""

from __future__ import annotations

from typing import NamedTuple

from celery_registry.source.facts import Binding, Environment

__all__ = ["Frame", "Symbol"]


class Frame(NamedTuple):
    """Where an expression stands; ``cls`` is the class in whose body it stands, not in a method."""

    module: str
    cls: str | None = None
    environment: Environment = {}


class Symbol(NamedTuple):
    """What a name means.

    ``kind``: module, class, function, value, instance (of the class ``name``), outside (``name`` is dotted) or
    made (an instance of the outside class ``name``). ``rows`` are the bindings of a value, read in ``frame``.
    ``via`` says how a method was reached: class or instance.
    """

    kind: str
    module: str
    name: str
    frame: Frame | None = None
    rows: tuple[Binding, ...] = ()
    via: str | None = None

    @property
    def fullname(self) -> str:
        """The dotted name."""
        return f"{self.module}.{self.name}" if self.module and self.name else self.module or self.name
