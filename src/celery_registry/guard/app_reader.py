"""The tasks of an application as implementations.

Law: what is registered, from the caller's view. A signature is read from the code object where that is surely
what ``inspect.signature`` says, from ``inspect.signature`` elsewhere, and alike functions share one reading.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from types import CodeType, FunctionType
from typing import Any, Union

from celery.app.task import Task

from celery_registry.contract.signature import Kind, Parameter, TaskSignature
from celery_registry.contract.task import TaskImplementation
from celery_registry.guard.hints import Scope, read_annotations
from celery_registry.guard.name_reader import plain_name
from celery_registry.guard.places import class_place, function_place
from celery_registry.guard.task_functions import OPEN, function_of, is_pydantic, plain_function, run_of
from celery_registry.guard.wrappers import Wrapping, read_wrapping

__all__ = ["AppReader", "Reading"]

_KINDS = {
    inspect.Parameter.POSITIONAL_ONLY: Kind.POSITIONAL_ONLY,
    inspect.Parameter.POSITIONAL_OR_KEYWORD: Kind.POSITIONAL_OR_KEYWORD,
    inspect.Parameter.VAR_POSITIONAL: Kind.VAR_POSITIONAL,
    inspect.Parameter.KEYWORD_ONLY: Kind.KEYWORD_ONLY,
    inspect.Parameter.VAR_KEYWORD: Kind.VAR_KEYWORD,
}
_RETURNS_SOMETHING_ELSE = (
    inspect.CO_COROUTINE | inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR | inspect.CO_ITERABLE_COROUTINE
)


class Reading:
    """How a task is called; one object for all tasks that are called alike.

    ``opaque`` says who stands between the caller and ``signature``, where that may change what is passed. ``written`` is
    what the function of a ``pydantic=True`` task says, models and all; None for any other. ``taken`` are the parameters
    before those were left out that a class or a decorator supplies.
    """

    __slots__ = ("bound_method", "hidden", "opaque", "parameters", "result", "taken", "written")

    def __init__(
        self,
        parameters: tuple[Parameter[Any], ...] | None,
        result: Any = None,
        hidden: str | None = None,
        opaque: str | None = None,
        bound_method: bool = False,
        written: TaskSignature[Any] | None = None,
        taken: tuple[Parameter[Any], ...] | None = None,
    ) -> None:
        self.parameters = parameters
        self.taken = taken
        self.written = written
        self.result = result
        self.hidden = hidden
        self.opaque = opaque
        self.bound_method = bound_method

    @property
    def signature(self) -> TaskSignature[Any]:
        """Parameters and result; the parameters of alike tasks are one object."""
        return TaskSignature(self.parameters, self.result)


class AppReader:
    """Reads tasks; keeps what alike functions share for as long as it lives.

    ``injected`` maps the dotted name of a base class or decorator to the parameters that it supplies itself. ``hands_on``
    says of a task class with a ``__call__`` of its own whether that hands on all that it is given; without it none does.
    """

    def __init__(
        self,
        injected: Mapping[str, Sequence[str]] | None = None,
        hands_on: Callable[[type[Any]], bool] = lambda cls: False,
    ) -> None:
        self._injected = injected or {}
        self._hands_on = hands_on
        self._scopes: dict[int, Scope] = {}
        self._codes: dict[str, CodeType] = {}
        #: The parameters of functions that are alike as written in one module, and of those alike in what they mean.
        self._written: dict[Any, Any] = {}
        self._meant: dict[Any, Any] = {}
        #: Readings by task, kept where more than the judge asks for them.
        self._kept: dict[int, Reading] = {}

    def read(self, task: Task[..., Any]) -> Reading:
        """How the task is called."""
        if not self._injected:
            return self._read(task)
        found = self._kept.get(id(task))
        if found is None:
            found = self._kept[id(task)] = self._read(task)
        return found

    def _read(self, task: Task[..., Any]) -> Reading:
        run, dropped, bound = run_of(task)
        if type(run) is FunctionType and run is not Task.run:
            function = plain_function(run)
            if function is not None:
                try:
                    return self._read_plain(task, function, dropped if function is run else 1, bound)
                except TypeError:  # an annotation that cannot be hashed
                    pass
        return self._read_slowly(task, run, dropped, bound)

    def implementation(self, task: Task[..., Any], reading: Reading | None = None) -> TaskImplementation[Any]:
        """The task with its place."""
        reading = reading or self.read(task)
        function = function_of(task)
        place = class_place(type(task)) if function is None else function_place(function)
        return TaskImplementation(plain_name(task.name), reading.signature, place, reading.hidden, reading.bound_method)

    def _read_plain(self, task: Task[..., Any], function: FunctionType, dropped: int, bound: bool) -> Reading:
        """A function that nothing wraps: its code object says all that ``inspect.signature`` would."""
        code = function.__code__
        count = code.co_argcount + code.co_kwonlyargcount
        flags = code.co_flags
        if flags & OPEN:
            count += 1
        cls = type(task)
        # A ``__call__`` of the user's own stands before ``run``. Celery gives Task another one when a worker starts
        # (celery.app.trace.setup_worker_optimizations), so it is asked for each time.
        reworked = cls.__call__ is not Task.__call__
        module = function.__globals__
        scope = self._scopes.get(id(module)) or self._scope(module)
        annotations = read_annotations(function)
        names, hints = tuple(annotations), tuple(annotations.values())
        result: Any = None
        if names and names[-1] == "return":
            if not (reworked or flags & _RETURNS_SOMETHING_ELSE):
                result = _resolved(hints[-1], scope)
            hints = hints[:-1]
        defaults, keywords = function.__defaults__, function.__kwdefaults__
        shape = (
            code.co_varnames[:count],
            code.co_argcount,
            code.co_posonlyargcount,
            flags & OPEN,
            None if defaults is None else tuple([default is None for default in defaults]),
            None if keywords is None else tuple([(name, value is None) for name, value in keywords.items()]),
            names,
            dropped,
            (cls.__mro__, task.typing) if reworked or self._injected else None,
        )
        written = (shape, hints, id(module))
        both = self._written.get(written)
        if both is None:
            meant = (shape, tuple([_resolved(hint, scope) for hint in hints]))
            both = self._meant.get(meant)
            if both is None:
                found = self._read_slowly(task, function, dropped, bound)
                both = self._meant[meant] = (found.parameters, found.taken)
            self._written[written] = both
        return Reading(both[0], result, None, None, bound and bool(task.typing), None, both[1])

    def _read_slowly(self, task: Task[..., Any], run: Any, dropped: int, bound: bool) -> Reading:
        bound = bound and bool(task.typing)
        if run is Task.run:
            return Reading(None, hidden="has no run() of its own")
        wrapping = read_wrapping(run)
        if wrapping.hidden is not None:
            return Reading(None, hidden=wrapping.hidden, bound_method=bound)
        signature = self._signature(wrapping, dropped)
        if signature is None:
            return Reading(None, hidden="has no signature that Python can read", bound_method=bound)
        written = None
        if is_pydantic(run):
            written = self._without_injected(task, wrapping, signature)
            signature = signature.map(_without_model)
        # A ``__call__`` of the user's own may change every argument on its way.
        if type(task).__call__ is not Task.__call__:
            if self._hands_on(type(task)):
                # What it returns is not asked.
                signature = TaskSignature(signature.parameters)
            else:
                # Without Celery's check of the arguments it may supply some, too.
                signature = _untyped(signature) if task.typing else TaskSignature(None)
        taken = signature.parameters
        signature = self._without_injected(task, wrapping, signature)
        return Reading(signature.parameters, signature.result, None, wrapping.opaque, bound, written, taken)

    def _signature(self, wrapping: Wrapping, dropped: int) -> TaskSignature[Any] | None:
        function = wrapping.function
        try:
            read = _signature_of(function)
        except (TypeError, ValueError):
            return None
        # The texts of a __signature__, too, are those of the function behind it.
        source = inspect.unwrap(function)
        source = getattr(source, "__func__", source)
        scope = self._scope(getattr(source, "__globals__", {}))
        parameters = [
            Parameter(p.name, _KINDS[p.kind], p.default is p.empty, _hint(p, scope)) for p in read.parameters.values()
        ]
        flags = getattr(getattr(source, "__code__", None), "co_flags", 0)
        result = None
        if read.return_annotation is not read.empty and not flags & _RETURNS_SOMETHING_ELSE:
            result = _resolved(read.return_annotation, scope)
        return TaskSignature(tuple(parameters), result).without_first(dropped + wrapping.supplied)

    def _scope(self, module: Mapping[str, Any]) -> Scope:
        scope = self._scopes.get(id(module))
        if scope is None:
            scope = self._scopes[id(module)] = Scope(module, codes=self._codes)
        return scope

    def _without_injected(
        self, task: Task[..., Any], wrapping: Wrapping, signature: TaskSignature[Any]
    ) -> TaskSignature[Any]:
        if not self._injected or signature.parameters is None:
            return signature
        sources = [f"{base.__module__}.{base.__qualname__}" for base in type(task).__mro__] + list(wrapping.decorators)
        supplied = {name for source in sources for name in self._injected.get(source, ())}
        kept = tuple(p for p in signature.parameters if p.name not in supplied)
        return TaskSignature(kept, signature.result)


def _signature_of(function: Any) -> inspect.Signature:
    try:
        return inspect.signature(function)
    except NameError:
        # Python 3.14 evaluates lazy annotations; a name under TYPE_CHECKING is not there.
        if sys.version_info >= (3, 14):
            import annotationlib

            return inspect.signature(function, annotation_format=annotationlib.Format.STRING)
        raise


def _hint(parameter: inspect.Parameter, scope: Scope) -> Any:
    if parameter.annotation is parameter.empty:
        return None
    hint = _resolved(parameter.annotation, scope)
    # With ``implicit_optional`` mypy reads ``to: str = None`` as Optional.
    if parameter.default is None:
        try:
            return Union[hint, None]  # noqa: UP007 - the hint is a value here
        except TypeError:
            return None
    return hint


def _resolved(annotation: Any, scope: Scope) -> Any:
    if type(annotation) is str:
        return scope.resolve(annotation)
    return type(None) if annotation is None else annotation


def _untyped(signature: TaskSignature[Any]) -> TaskSignature[Any]:
    return TaskSignature(
        None
        if signature.parameters is None
        else tuple(Parameter(p.name, p.kind, p.required) for p in signature.parameters)
    )


def _without_model(hint: Any) -> Any:
    """What a caller passes for a pydantic model is its dump, whose type is not known."""
    return Any if "pydantic" in {base.__module__.partition(".")[0] for base in _classes_in(hint)} else hint


def _classes_in(hint: Any) -> list[type[Any]]:
    found = list(getattr(hint, "__mro__", ()))
    for arg in getattr(hint, "__args__", ()):
        found += _classes_in(arg)
    return found
