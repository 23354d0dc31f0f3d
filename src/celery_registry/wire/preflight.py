"""Waiting messages against the signatures of this checkout.

Law: names, counts and a few identifiers of messages; never a value of theirs unless it was asked for. Whatever
the messages say, what is remembered is bounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from celery_registry.contract.binding import bind_arguments
from celery_registry.contract.finding import Finding
from celery_registry.contract.names import show_nearest
from celery_registry.contract.signature import TaskSignature
from celery_registry.wire.message import Call, Message, show_name

__all__ = ["Misfit", "Preflight", "examine"]

#: Different misfits that are told apart; a hostile queue may hold a new name in every message.
_MOST_MISFITS: Final = 500
_SAMPLES: Final = 3


@dataclass
class Misfit:
    """Messages of one place that fail alike; ``problem`` is a row of ``codes.PROBLEMS``."""

    problem: str
    task: str
    place: str
    reason: str
    count: int = 0
    samples: list[str] = field(default_factory=list)


class Preflight:
    """Counts messages by what would become of them; ``signatures`` are those of the registered tasks by name."""

    def __init__(self, signatures: Mapping[str, TaskSignature[Any]]) -> None:
        self._signatures = signatures
        self._misfits: dict[tuple[str, str, str], Misfit] = {}
        self.read = 0
        self.with_eta = 0
        self.misfitting = 0
        self.places: dict[str, int] = {}
        self.unread: dict[str, int] = {}

    def add(self, place: str, message: Message) -> None:
        """Bind every call of a message."""
        self.read += 1
        self.with_eta += message.eta
        self.places[place] = self.places.get(place, 0) + 1
        reasons = [(call, *self._judge(call)) for call in message.calls]
        wrong = [(call, problem, reason) for call, problem, reason in reasons if problem]
        for call, problem, reason in wrong:
            self._remember(problem, call, place, reason, message.id)
        self.misfitting += bool(wrong)
        if message.unread is not None and not wrong:
            self.unread[message.unread] = self.unread.get(message.unread, 0) + 1

    @property
    def misfits(self) -> tuple[Misfit, ...]:
        """What does not fit, the most frequent first."""
        return tuple(sorted(self._misfits.values(), key=lambda m: (-m.count, m.place, m.task)))

    @property
    def unexamined(self) -> int:
        """Messages whose body could not be read."""
        return sum(self.unread.values())

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The misfits as findings."""
        return tuple(self._finding(misfit) for misfit in self.misfits)

    def _judge(self, call: Call) -> tuple[str, str]:
        signature = self._signatures.get(call.task)
        if signature is None:
            return ("", "") if call.task.startswith("celery.") else ("message-unknown-task", "")
        if call.positional is None or call.keywords is None:
            return "", ""
        reason = bind_arguments(signature, call.positional, call.keywords)
        return ("", "") if reason is None else ("message-arguments", show_name(reason))

    def _remember(self, problem: str, call: Call, place: str, reason: str, identity: str) -> None:
        key = (place, call.task, reason)
        misfit = self._misfits.get(key)
        if misfit is None:
            if len(self._misfits) >= _MOST_MISFITS:
                key = (place, "", "")
                call = Call("(others)")
            misfit = self._misfits.setdefault(key, Misfit(problem, show_name(call.task), place, reason))
        misfit.count += 1
        if len(misfit.samples) < _SAMPLES:
            misfit.samples.append(" ".join(part for part in (identity, call.payload) if part))

    def _finding(self, misfit: Misfit) -> Finding:
        one = misfit.count == 1
        count = "1 message" if one else f"{misfit.count} messages"
        facts = {"count": count, "place": misfit.place, "reason": misfit.reason}
        facts |= {"do": "does", "names": "names"} if one else {"do": "do", "names": "name"}
        facts["nearest"] = show_nearest(misfit.task, self._signatures)
        return Finding(misfit.problem, misfit.task, facts)


def examine(preflight: Preflight, messages: Iterable[tuple[str, Message]], every: int = 1000) -> Iterator[int]:
    """Add all messages; yields how many were read, now and then, for a progress line."""
    for number, (place, message) in enumerate(messages, 1):
        preflight.add(place, message)
        if number % every == 0:
            yield number
