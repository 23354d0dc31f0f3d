"""Which tasks run before a signature in a canvas, and the type of what it is given of them.

Law: the calls of one file and the tasks that they mean in, rows out. A type is what the function is annotated with, and only
where nothing may have changed it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from celery_registry.source.call_sites import CallSite
    from celery_registry.source.flows import Step
    from celery_registry.source.model import Registration
    from celery_registry.source.receivers import Receivers

__all__ = ["PARTIAL", "Before", "Preceding"]

#: The methods whose signature takes more arguments later.
PARTIAL: Final = frozenset({"s", "signature", "subtask"})


@dataclass(frozen=True)
class Before:
    """A task that runs before a signature in a canvas.

    ``how`` is ``chain``, ``chord``, ``link`` or ``link_error``. ``type`` is what the signature is given of it, as it is written
    (of a chord the whole list); None where nothing is given, or nobody can tell.
    """

    task: str
    how: str
    type: str | None


class Preceding:
    """The calls of one file, and what runs before each."""

    def __init__(self, receivers: Receivers) -> None:
        self._receivers = receivers
        self._known: dict[int, tuple[str, str | None]] = {}
        self._later: list[tuple[int, CallSite]] = []

    def add(self, site: CallSite, task: str, means: Sequence[Registration], place: int) -> None:
        """A call, the task that it means, and the place of its caller among all."""
        result = self._receivers.result_of(means[0]) if len(means) == 1 else None
        self._known[id(site.node)] = (task, result)
        if site.steps:
            self._later.append((place, site))

    def joined(self) -> Iterator[tuple[int, tuple[Before, ...]]]:
        """Once every call of the file is known."""
        for place, site in self._later:
            rows = (row for step in site.steps for row in self._before(site, step))
            yield place, tuple(dict.fromkeys(rows))

    def _before(self, site: CallSite, step: Step) -> Iterator[Before]:
        if not self._receivers.are_celerys(site.frame, step.via):
            return
        givers = [self._known[id(call)] for call in step.givers if id(call) in self._known]
        types = dict.fromkeys(result for _, result in givers if result is not None)
        told = step.whole and len(givers) == len(step.givers) and all(result is not None for _, result in givers)
        type_ = " | ".join(types) if told and step.how != "link_error" and _takes(site) else None
        if type_ is not None and step.listed:
            type_ = f"list[{type_}]"
        for task, _ in givers:
            yield Before(task, step.how, type_)


def _takes(site: CallSite) -> bool:
    """Whether a signature is given what runs before it returns: not where it is immutable."""
    words = {keyword.arg for keyword in site.node.keywords}
    return site.method == "s" or (site.method in PARTIAL and not words & {None, "immutable"})
