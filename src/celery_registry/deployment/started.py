"""One process as a file starts it, before anybody knows whether it is Celery's.

Law: the words, the environment and the place; nothing is interpreted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from celery_registry.contract.task import Origin

__all__ = ["Started", "Unreadable"]


@dataclass(frozen=True)
class Started:
    """``command`` is a list of words, or a text for a shell; None where the file does not say what runs.

    ``image`` is what a container is made from. ``environment`` has every value that can be told. ``folder`` is where the
    file stands: scripts that it names may be there. ``apart``: what else may keep it from meeting another process of its
    application, as a profile, a namespace, or the name of what its environment comes from.
    """

    name: str
    origin: Origin
    command: tuple[str, ...] | str | None
    environment: Mapping[str, str] = field(default_factory=dict)
    image: str | None = None
    copies: int = 1
    folder: Path | None = None
    apart: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unreadable:
    """Something that may start a worker, and why nobody can tell."""

    origin: Origin
    name: str
    reason: str
