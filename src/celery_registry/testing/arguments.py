"""The arguments of a send under the names of the task's real parameters, and whether they arrive as they were sent.

Law: reads signatures as the guard does, those of another service from its contract; where a wrapper may change what is
passed, it binds what it can and refuses nothing. It knows no recording.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from celery_registry.contract.binding import bind_arguments
from celery_registry.contract.signature import TaskSignature
from celery_registry.guard.app_reader import AppReader
from celery_registry.remote import remote_contracts

if TYPE_CHECKING:
    from celery import Task

__all__ = ["Binder", "first_change"]


class Binder:
    """Binds arguments to tasks; ``injected`` maps a base class or decorator to the parameters that it supplies."""

    def __init__(self, injected: Mapping[str, Sequence[str]]) -> None:
        self._reader = AppReader(injected)
        self._read: dict[int, tuple[Any, TaskSignature[Any], bool]] = {}

    def bind(self, task: Task[..., Any] | None, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """Name -> value for what was passed, in the order of the parameters.

        ``*args`` are a tuple under their own name, ``**kwargs`` stand among the others. A positional argument
        whose parameter is not known has its position, as text, for a name.
        """
        signature = None if task is None else self._signature(task)[0]
        names = [] if signature is None else [p.name for p in signature.positional]
        bound: dict[str, Any] = {}
        for index, value in enumerate(args[: len(names)]):
            bound[names[index] or str(index)] = value
        rest = args[len(names) :]
        if rest:
            variadic = None if signature is None else signature.var_positional
            if variadic is not None and variadic.name is not None:
                bound[variadic.name] = tuple(rest)
            else:
                bound.update({str(len(names) + index): value for index, value in enumerate(rest)})
        order = {} if signature is None else {name: index for index, name in enumerate(signature.names)}
        return {**bound, **dict(sorted(kwargs.items(), key=lambda item: order.get(item[0], len(order))))}

    def refusal(self, task: Task[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> str | None:
        """Why the worker's call of the task would fail, None where it fits or nobody can know."""
        signature, is_sure = self._signature(task)
        return bind_arguments(signature, len(args), kwargs) if is_sure else None

    def _signature(self, task: Task[..., Any]) -> tuple[TaskSignature[Any], bool]:
        known = self._read.get(id(task))
        if known is None:
            # The task stays alive with its reading, so that no other one has its id.
            known = self._read[id(task)] = (task, *self._read_signature(task))
        return known[1:]

    def _read_signature(self, task: Task[..., Any]) -> tuple[TaskSignature[Any], bool]:
        name = str(task.name)
        if name not in task.app.tasks:
            contract = remote_contracts(task.app).get(name)
            return (TaskSignature(None), False) if contract is None else (contract.signature, True)
        reading = self._reader.read(task)
        return reading.signature, reading.opaque is None and reading.hidden is None


def first_change(sent: Any, arrived: Any, path: str = "") -> tuple[str, Any, Any] | None:
    """The innermost place where what arrives is not equal to what was sent: path, sent value, arrived value.

    Without a path, the two are arguments by name.
    """
    if hasattr(type(sent), "__json__"):
        return None  # Kombu is told how to send it (a signature of Celery's, too), so what arrives is meant.
    if isinstance(sent, Mapping) and isinstance(arrived, Mapping) and sent.keys() == arrived.keys():
        pairs = [(f"{path}[{key!r}]" if path else str(key), sent[key], arrived[key]) for key in sent]
    elif type(sent) is type(arrived) and isinstance(sent, (list, tuple)) and len(sent) == len(arrived):
        pairs = [(f"{path}[{index}]", *pair) for index, pair in enumerate(zip(sent, arrived, strict=True))]
    else:
        return None if _is_same(sent, arrived) else (path, sent, arrived)
    return next((change for pair in pairs if (change := first_change(pair[1], pair[2], pair[0])) is not None), None)


def _is_same(sent: Any, arrived: Any) -> bool:
    # A value that is not equal to itself (NaN) has not changed on its way.
    try:
        return bool(sent == arrived) or bool(sent != sent and arrived != arrived)
    except Exception:  # An array compares itself item by item: nobody can say, so nothing is said.
        return True
