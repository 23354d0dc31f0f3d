"""``send_task`` by name, typed: an alias of ``Celery`` becomes a class with one overload per call shape.

Law: the task texts in, lines out. At runtime the alias stays what the user wrote; only editors see the class.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from celery_registry.source.annotation_mover import ANY
from celery_registry.stubs.shapes import SEND_OPTIONS, containers
from celery_registry.stubs.task_class import TaskText, each_value

__all__ = ["render_sender"]


def render_sender(alias: str, tasks: Mapping[str, TaskText], members: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The class that stands for ``alias``.

    ``tasks`` are keyed by task name, ``members`` gives the enum members that mean a name. A name of no task in
    ``tasks`` is an error: whoever asks for this says that the names are complete.
    """
    yield f"class {alias}(_Celery):"
    heads = [head for name in sorted(tasks) for head in _heads(name, tasks[name], members.get(name, ()))]
    if not heads:
        yield "    ..."
    for head, result in heads:
        if len(heads) > 1:
            yield "    @_overload"
        yield f"    def send_task(self, {head}, {SEND_OPTIONS}) -> _AsyncResult[{result}]: ..."


def _heads(name: str, task: TaskText, members: Sequence[str]) -> Iterator[tuple[str, str]]:
    literal = f"name: _t.Literal[{', '.join((*members, repr(name)))}]"
    shape, signature = task.shape, task.signature
    types = [parameter.type or ANY for parameter in signature.positional]
    variadic = signature.var_positional
    for count in range(shape.positional, shape.unnamed - 1, -1):
        rest = each_value(variadic) if variadic is not None and count == shape.positional else None
        args = containers(types[:count], rest)
        kwargs = f"{task.keys.suffixes[count]} | dict[str, _Never]"
        if count < shape.required or shape.keys_required:
            if not count:
                yield f"{literal}, args: {args} | None = None, *, kwargs: {kwargs}", task.result
                args += " | None"
            yield f"{literal}, args: {args}, kwargs: {kwargs}", task.result
        else:
            yield (
                f"{literal}, args: {args}{'' if count else ' | None = None'}, kwargs: {kwargs} | None = None",
                task.result,
            )
