"""The generic half of every task class: what takes ``args`` and ``kwargs`` containers.

Law: counts alone. One class per *shape* (how many parameters, which are required), generic in their types, so that
a thousand tasks of one shape share its overloads; a task's own class adds the names.

Type parameters of the class for n positional parameters: their types, the type of ``*args`` where there is one,
the result, the ``kwargs`` dictionary that completes each number of positional values (0 to n), and the dictionary
of a partial signature.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from celery_registry.contract.signature import Kind, TaskSignature

__all__ = [
    "HEADER_IMPORTS",
    "OPTIONS",
    "SEND_OPTIONS",
    "SHAPE_NAME",
    "Shape",
    "containers",
    "render_options",
    "render_shape",
    "render_type_variables",
    "shape_of",
]

#: What every stub with a task class imports, under names that no user writes.
HEADER_IMPORTS = (
    "import typing as _t",
    "from collections.abc import Mapping as _Mapping, Sequence as _Sequence",
    "from datetime import datetime as _datetime",
    "from typing import overload as _overload",
    "from celery import Celery as _Celery",
    "from celery.app.task import Task as _Task",
    "from celery.canvas import Signature as _Signature",
    "from celery.contrib.django.task import DjangoTask as _DjangoTask",
    "from celery.exceptions import Retry as _Retry",
    "from celery.result import AsyncResult as _AsyncResult, EagerResult as _EagerResult",
    "from kombu import Connection as _Connection, Exchange as _Exchange, Producer as _Producer, Queue as _Queue",
    "from typing_extensions import Never as _Never, NotRequired as _NotRequired, TypedDict as _TypedDict, Unpack as _Unpack",
)

# The parameters after args and kwargs, in Celery's order (celery.app.task.Task).
_ASYNC = (
    "task_id: str | None = None, producer: _Producer | None = None, link: _Link = None, link_error: _Link = None, "
    "shadow: str | None = None, **options: _Unpack[_AsyncOptions]"
)
_APPLY = (
    "link: _Link = None, link_error: _Link = None, task_id: str | None = None, retries: int | None = None, "
    "throw: bool | None = None, logfile: str | None = None, loglevel: str | int | None = None, "
    "headers: _Headers = None, **options: _Unpack[_ApplyOptions]"
)
_SIGNATURE = "**options: _Unpack[_SignatureOptions]"
_PARTIAL = "**options: _Unpack[_PartialOptions]"
_RETRY = (
    "exc: BaseException | None = None, throw: bool = True, eta: _datetime | str | None = None, "
    "countdown: float | None = None, max_retries: int | None = None, **options: _Unpack[_RetryOptions]"
)
#: The names of the generic classes, see ``Shape.name``.
SHAPE_NAME: Final = re.compile(r"_Task\d+(?:of\d+)?v?(?:p\d+)?k?d?")

#: What ``Celery.send_task`` takes after args and kwargs.
SEND_OPTIONS = (
    "countdown: float | None = None, eta: _datetime | str | None = None, task_id: str | None = None, "
    "producer: _Producer | None = None, **options: _Unpack[_SendOptions]"
)

#: The options that every way of sending shares (Celery documentation, *Calling Tasks*), and what each way adds.
OPTIONS = {
    "_Options(_TypedDict, total=False)": (
        "expires: float | _datetime | str | None",
        "retry: bool | None",
        "retry_policy: _Mapping[str, _t.Any] | None",
        "queue: str | _Queue | None",
        "exchange: str | _Exchange | None",
        "routing_key: str | None",
        "priority: int | None",
        "serializer: str | None",
        "compression: str | None",
        "delivery_mode: int | str | None",
        "mandatory: bool",
        "add_to_parent: bool",
        "publisher: _Producer | None",
        "connection: _Connection | None",
        "ignore_result: bool",
        "time_limit: float | None",
        "soft_time_limit: float | None",
        "reply_to: str | None",
        "root_id: str | None",
        "parent_id: str | None",
        "group_id: str | None",
        "group_index: int | None",
        "chord: _Signature[_t.Any] | None",
        "stamped_headers: _Sequence[str]",
        # Amazon SQS takes these with a message.
        "MessageGroupId: str",
        "MessageDeduplicationId: str",
    ),
    "_AsyncOptions(_Options, total=False, closed=True)": (
        "countdown: float | None",
        "eta: _datetime | str | None",
        "headers: _Headers",
        "retries: int",
    ),
    "_ApplyOptions(_Options, total=False, closed=True)": (),
    "_RetryOptions(_Options, total=False, closed=True)": (
        "task_id: str | None",
        "producer: _Producer | None",
        "link: _Link",
        "link_error: _Link",
        "shadow: str | None",
        "headers: _Headers",
    ),
    "_SignatureBase(_Options, total=False)": (
        "app: _Celery | None",
        "options: _Mapping[str, _t.Any] | None",
        "type: _t.Any",
        "subtask_type: str | None",
        "task_id: str | None",
        "producer: _Producer | None",
        "link: _Link",
        "link_error: _Link",
        "shadow: str | None",
        "countdown: float | None",
        "eta: _datetime | str | None",
        "headers: _Headers",
    ),
    "_SignatureOptions(_SignatureBase, total=False, closed=True)": ("immutable: bool",),
    # Nobody completes an immutable signature.
    "_PartialOptions(_SignatureBase, total=False, closed=True)": ("immutable: _t.Literal[False]",),
    "_SendOptions(_Options, total=False, closed=True)": (
        "router: _t.Any",
        "result_cls: _t.Any",
        "link: _Link",
        "link_error: _Link",
        "shadow: str | None",
        "headers: _Headers",
        "retries: int",
    ),
}


@dataclass(frozen=True, order=True)
class Shape:
    """How a task takes its arguments, without names and types.

    ``positional`` counts the positional parameters, ``required`` those without a default, ``unnamed`` the required
    ones that no keyword can fill; ``variadic`` tells of ``*args``, ``keys_required`` of a keyword-only parameter
    without a default, ``on_commit`` of Django's methods.
    """

    positional: int
    required: int
    unnamed: int
    variadic: bool
    keys_required: bool
    on_commit: bool

    @property
    def name(self) -> str:
        """The name of the generic class."""
        marks = ("" if self.required == self.positional else f"of{self.required}") + ("v" if self.variadic else "")
        marks += (f"p{self.unnamed}" if self.unnamed else "") + ("k" if self.keys_required else "")
        return f"_Task{self.positional}{marks}{'d' if self.on_commit else ''}"


def shape_of(signature: TaskSignature[str], *, on_commit: bool) -> Shape:
    """The shape of a signature whose parameters are known."""
    positional = signature.positional
    required = sum(parameter.required for parameter in positional)
    unnamed = sum(p.required and p.kind is Kind.POSITIONAL_ONLY for p in positional)
    return Shape(
        positional=len(positional),
        required=required,
        unnamed=unnamed,
        variadic=signature.var_positional is not None,
        keys_required=any(parameter.required for parameter in signature.keyword_only),
        on_commit=on_commit,
    )


def render_options() -> Iterator[str]:
    """The options that ``apply_async`` and its relatives share (Celery documentation, *Calling Tasks*)."""
    yield "_Link: _t.TypeAlias = _Signature[_t.Any] | _Sequence[_Signature[_t.Any]] | None"
    yield "_Headers: _t.TypeAlias = _Mapping[str, _t.Any] | None"
    yield ""
    for head, keys in OPTIONS.items():
        yield f"class {head}:{'' if keys else ' ...'}"
        yield from (f"    {key}" for key in keys)
    yield ""


def render_type_variables(shapes: Sequence[Shape]) -> Iterator[str]:
    """The type variables that these shapes use."""
    most = max((shape.positional for shape in shapes), default=0)
    names = ["_R", "_V", "_P", *(f"_A{n}" for n in range(most)), *(f"_K{n}" for n in range(most + 1))]
    for name in names:
        yield f'{name} = _t.TypeVar("{name}")'
    yield ""


def render_shape(shape: Shape) -> Iterator[str]:
    """The generic class of one shape, as lines."""
    types = [f"_A{n}" for n in range(shape.positional)]
    exact = shape.required == shape.positional and not shape.variadic and not shape.keys_required
    declared = f"[{', '.join(types)}]" if exact else "..."
    rest = ["_V"] if shape.variadic else []
    generic = [*types, *rest, "_R", *(f"_K{n}" for n in range(shape.positional + 1)), "_P"]
    base = "_DjangoTask" if shape.on_commit else "_Task"
    yield f"class {shape.name}({base}[{declared}, _R], _t.Generic[{', '.join(generic)}]):"
    complete = list(_complete(shape))
    yield from _method("apply_async", [f"{head}, {_ASYNC}" for head in complete], "_AsyncResult[_R]")
    if shape.on_commit:
        yield from _method("apply_async_on_commit", [f"{head}, {_ASYNC}" for head in complete], "None")
    yield from _method("apply", [f"{head}, {_APPLY}" for head in complete], "_EagerResult[_R]")
    signature = [f"{head}, {_SIGNATURE}" for head in complete]
    signature += [f"{head}, {_PARTIAL}" for head in _partial(shape) if head not in complete]
    yield from _method("signature", signature, "_Signature[_R]")
    yield from _method("subtask", signature, "_Signature[_R]")
    yield from _method("retry", [f"{head}, {_RETRY}" for head in _repeated(shape)], "_Retry")
    yield ""


def _method(name: str, heads: Sequence[str], result: str) -> Iterator[str]:
    for head in heads:
        if len(heads) > 1:
            yield "    @_overload"
        yield f"    def {name}(self, {head}) -> {result}: ..."


def containers(types: Sequence[str], rest: str | None = None) -> str:
    """The tuple or list that carries these positional values; a list tells neither number nor order."""
    if not types and rest is None:
        return "tuple[()] | list[_Never]"
    if not types:
        return f"tuple[{rest}, ...] | list[{rest}]"
    items = [*types, *([f"_Unpack[tuple[{rest}, ...]]"] if rest else [])]
    either = " | ".join(dict.fromkeys([*types, *([rest] if rest else [])]))
    return f"tuple[{', '.join(items)}] | list[{either}]"


def _keys(name: str) -> str:
    # dict[str, Any] fits dict[str, Never]; a display of anything does not.
    return f"{name} | dict[str, _Never]"


def _complete(shape: Shape) -> Iterator[str]:
    """``args`` and ``kwargs`` of a whole call, one overload per number of positional values, the most first."""
    for count in range(shape.positional, shape.unnamed - 1, -1):
        types = [f"_A{n}" for n in range(count)]
        args = containers(types, "_V" if shape.variadic and count == shape.positional else None)
        empty = count == 0
        if count < shape.required or shape.keys_required:
            if empty:
                yield f"args: {args} | None = None, *, kwargs: {_keys('_K0')}"
                args += " | None"
            yield f"args: {args}, kwargs: {_keys(f'_K{count}')}"
        else:
            default = " | None = None" if empty else ""
            yield f"args: {args}{default}, kwargs: {_keys(f'_K{count}')} | None = None"


def _partial(shape: Shape) -> Iterator[str]:
    """``args`` and ``kwargs`` of a signature, which others may complete: earlier results come before its values."""
    count = shape.positional
    rest = "_V" if shape.variadic else None
    types = [f"_A{n}" for n in range(count)]
    if count or rest:
        yield f"args: {containers(types, rest)}, kwargs: {_keys(f'_K{count}')} | None = None"
    for length in range(count - 1, 0, -1):
        optional = " | None = None" if length >= shape.required else ""
        yield f"args: {containers(types[:length])}, kwargs: {_keys(f'_K{length}')}{optional}"
    for start in range(1, count):
        ends = range(count, max(shape.required, start + 1) - 1, -1)
        either = " | ".join(containers(types[start:end], rest if end == count else None) for end in ends)
        yield f"args: {either}, kwargs: {_keys(f'_K{count}')} | None = None"
    yield f"args: tuple[()] | list[_Never] | None = None, kwargs: {_keys('_P')} | None = None"


def _repeated(shape: Shape) -> Iterator[str]:
    """``args`` and ``kwargs`` of ``retry``: what is left out is the running request's."""
    for count in range(shape.positional, -1, -1):
        types = [f"_A{n}" for n in range(count)]
        args = containers(types, "_V" if shape.variadic and count == shape.positional else None)
        if count or (shape.variadic and shape.positional == 0):
            yield f"args: {args}, kwargs: {_keys(f'_K{count}')} | None = None"
    # Without args the keywords may replace any of the request's own.
    every = " | ".join(f"_K{n}" for n in range(shape.positional + 1))
    yield f"args: tuple[()] | list[_Never] | None = None, kwargs: {every} | dict[str, _Never] | None = None"
