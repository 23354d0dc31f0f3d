"""One send, and the sends to one task.

Law: values that were recorded, and the sentences of failed expectations about them. It sends and runs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar, overload

from celery_registry.contract.names import show_nearest

if TYPE_CHECKING:
    from celery import Celery, Task
    from celery.result import AsyncResult

    from celery_registry.testing.arguments import Binder

__all__ = ["Send", "Sends", "show_sends"]

P = ParamSpec("P")
R_co = TypeVar("R_co", covariant=True)
_LONGEST = 20


class Send(Generic[P, R_co]):
    """One message that was sent, as the worker would get it.

    ``args`` and ``kwargs`` are as they were passed, ``arguments`` the same under the names of the task's parameters.
    ``options`` are those of ``apply_async`` that were given, the task's own among them; ``queue`` is where the
    message was routed to, ``headers`` are those of the message, ``embed`` holds its callbacks and what follows in a
    chain. ``done`` says whether ``sent.run()`` has run it, or ``sent.answer()`` answered it.
    """

    def __init__(
        self,
        app: Celery,
        binder: Binder,
        task: Task[..., Any] | None,
        *,
        name: str,
        id: str,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        options: Mapping[str, Any],
        queue: str,
        headers: Mapping[str, Any],
        embed: Mapping[str, Any],
    ) -> None:
        self._app = app
        self._binder = binder
        self._task = task
        self.name = name
        self.id = id
        self.args = tuple(args)
        self.kwargs = dict(kwargs)
        self.options = dict(options)
        self.queue = queue
        self.headers = headers
        self.embed = embed
        self.done = False

    @property
    def arguments(self) -> dict[str, Any]:
        """Name -> value for what was passed, in the order of the task's parameters."""
        return self._binder.bind(self._task, self.args, self.kwargs)

    @property
    def result(self) -> AsyncResult[R_co]:
        """What the sender got: the result, once ``sent.run()`` or ``sent.answer()`` has given one."""
        result: AsyncResult[R_co] = self._app.AsyncResult(self.id)
        return result

    def __repr__(self) -> str:
        shown = ", ".join(
            f"{_show(value)}" if name.isdigit() else f"{name}={_show(value)}" for name, value in self.arguments.items()
        )
        return f"{self.name}({shown})"


class Sends(Sequence[Send[P, R_co]], Generic[P, R_co]):
    """The sends to one task, in order.

    Failed expectations are ``AssertionError`` and name the nearest send.
    """

    def __init__(
        self, name: str, sends: Sequence[Send[P, R_co]], others: Sequence[Send[..., Any]], bind: Callable[..., Any]
    ) -> None:
        self._name = name
        self._sends = tuple(sends)
        self._others = others
        self._bind = bind

    @overload
    def __getitem__(self, index: int) -> Send[P, R_co]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Send[P, R_co]]: ...
    def __getitem__(self, index: int | slice) -> Send[P, R_co] | Sequence[Send[P, R_co]]:
        __tracebackhide__ = True
        if isinstance(index, int) and not -len(self._sends) <= index < len(self._sends):
            count = f"was sent {len(self)} times" if self._sends else "was not sent"
            raise AssertionError(f"{self._name} {count}, so there is no [{index}]{self._elsewhere()}")
        return self._sends[index]

    def __len__(self) -> int:
        return len(self._sends)

    def __iter__(self) -> Iterator[Send[P, R_co]]:
        return iter(self._sends)

    def __repr__(self) -> str:
        return f"[{', '.join(map(repr, self._sends))}]"

    def one(self) -> Send[P, R_co]:
        """The only send to the task. Raises ``AssertionError`` where there is none, or more than one."""
        __tracebackhide__ = True
        if len(self._sends) != 1:
            times = f"{len(self)} times, not once" if self._sends else "not sent"
            verb = "was sent " if self._sends else "was "
            raise AssertionError(f"{self._name} {verb}{times}{show_sends(self._sends)}{self._elsewhere()}")
        return self._sends[0]

    def one_with(self, *args: P.args, **kwargs: P.kwargs) -> Send[P, R_co]:
        """The only send with these arguments, passed by position or by keyword however the sender did.

        Raises ``AssertionError``, which names the nearest send, where there is none, or more than one.
        """
        __tracebackhide__ = True
        wanted: dict[str, Any] = self._bind(args, kwargs)
        found = [send for send in self._sends if send.arguments == wanted]
        if len(found) == 1:
            return found[0]
        call = f"{self._name}({', '.join(f'{name}={_show(value)}' for name, value in wanted.items())})"
        if found:
            raise AssertionError(f"{call} was sent {len(found)} times, not once")
        raise AssertionError(f"{call} was not sent{self._nearest(wanted)}{self._elsewhere()}")

    def where(self, **arguments: Any) -> Sends[P, R_co]:
        """Those whose arguments have these values; others may have any."""
        kept = [s for s in self._sends if all(n in (a := s.arguments) and a[n] == v for n, v in arguments.items())]
        return Sends(self._name, kept, self._others, self._bind)

    def _nearest(self, wanted: Mapping[str, Any]) -> str:
        if not self._sends:
            return ""
        nearest = max(self._sends, key=lambda send: _alike(send.arguments, wanted))
        lines = [f"; the nearest of {len(self._sends)}:", f"  {nearest!r}"]
        sent = nearest.arguments
        for name in {**wanted, **sent}:
            if name not in sent:
                lines.append(f"    {name} was not passed, expected {_show(wanted[name])}")
            elif name not in wanted:
                lines.append(f"    {name}={_show(sent[name])} was passed, and not expected")
            elif sent[name] != wanted[name]:
                lines.append(f"    {name} was {_show(sent[name])}, expected {_show(wanted[name])}")
        return "\n".join(lines)

    def _elsewhere(self) -> str:
        """What else was sent, where nothing was sent to this task."""
        if self._sends:
            return ""
        if not self._others:
            return "; nothing was sent"
        return show_nearest(self._name, {send.name for send in self._others}) + show_sends(self._others)


def show_sends(sends: Sequence[Send[..., Any]]) -> str:
    """A list for the end of a sentence, one send a line."""
    if not sends:
        return ""
    lines = [f"  {send!r}" for send in sends[:_LONGEST]]
    if len(sends) > _LONGEST:
        lines.append(f"  and {len(sends) - _LONGEST} more")
    return "\nsent:\n" + "\n".join(lines)


def _alike(sent: Mapping[str, Any], wanted: Mapping[str, Any]) -> tuple[int, float]:
    """How many arguments are equal; among as many, how alike the texts are."""
    alike = sum(1 for name, value in wanted.items() if name in sent and sent[name] == value)
    return alike - abs(len(sent) - len(wanted)), SequenceMatcher(None, repr(sent), repr(wanted)).ratio()


def _show(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:197]}..."
