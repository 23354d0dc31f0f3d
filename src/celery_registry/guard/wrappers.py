"""Decorators between a task and the function the user wrote.

Law: what a wrapper shows and what it hides. Python cannot tell what a wrapper does with its arguments: a
``functools.wraps`` wrapper that takes ``(*args, **kwargs)`` may pass them on, or supply some itself.
"""

from __future__ import annotations

import functools
import linecache
import re
from types import CodeType, FunctionType, MethodType
from typing import Any

from celery_registry.guard.hints import read_annotations
from celery_registry.guard.task_functions import OPEN

__all__ = ["Wrapping", "is_overloaded", "read_wrapping"]


class Wrapping:
    """What stands between the caller and the function.

    ``function``: what to read the signature of. ``hidden``: why it cannot be known. ``opaque``: the wrapper that
    shows another function's signature and may not keep it. ``decorators``: dotted names of the decorators.
    ``supplied`` counts the first parameters that they give themselves.
    """

    __slots__ = ("decorators", "function", "hidden", "opaque", "supplied")

    def __init__(
        self,
        function: Any,
        hidden: str | None = None,
        opaque: str | None = None,
        decorators: tuple[str, ...] = (),
        supplied: int = 0,
    ) -> None:
        self.function = function
        self.hidden = hidden
        self.opaque = opaque
        self.decorators = decorators
        self.supplied = supplied


def read_wrapping(run: Any) -> Wrapping:
    """Follow ``__wrapped__`` from what Celery runs to the function the user wrote."""
    decorators = []
    opaque = None
    supplied = 0
    function = run
    while isinstance(function, FunctionType):
        if _is_ours(function):
            # A bound method that register_task was given: what decorates it stands behind.
            inner = function.__dict__.get("__wrapped__")
            function = getattr(inner, "__func__", inner)
            continue
        if "__signature__" in function.__dict__:
            break
        inner = function.__dict__.get("__wrapped__")
        if inner is None:
            if _hides_another(function):
                return Wrapping(run, f"is called through {_maker(function)}, which takes (*args, **kwargs)")
            break
        decorators.append(_decorator_name(function))
        given = _supplied(function)
        if given is None:
            opaque = opaque or _maker(function)
        supplied += given or 0
        function = inner
    return Wrapping(run, None, opaque, tuple(decorators), supplied)


def _is_ours(function: FunctionType) -> bool:
    return "__signature__" in function.__dict__ and function.__globals__.get("__name__") == "celery_registry.registry"


def is_overloaded(function: Any) -> bool:
    """Whether the definition stands below its overloads, of which Python 3.10 keeps nothing but the text."""
    code = getattr(function, "__code__", None)
    if code is None:
        return False
    above = "".join(linecache.getlines(code.co_filename)[: code.co_firstlineno - 1])
    return (
        re.search(rf"^[ \t]*@[\w.]*\boverload\b.*\n[ \t]*(?:async )?def {code.co_name}\b", above, re.MULTILINE)
        is not None
    )


def _is_open(function: FunctionType) -> bool:
    code = function.__code__
    return code.co_flags & OPEN == OPEN and code.co_argcount + code.co_kwonlyargcount == 0


def _hides_another(function: FunctionType) -> bool:
    """A function made by a decorator, ``(*args, **kwargs)``, that holds the function it calls and shows nothing of it."""
    if not _is_open(function) or "<locals>" not in function.__qualname__:
        return False
    for cell in function.__closure__ or ():
        try:
            held = cell.cell_contents
        except ValueError:
            continue
        if isinstance(held, (FunctionType, MethodType)):
            return True
    return False


def _supplied(wrapper: FunctionType) -> int | None:
    """How many first arguments a wrapper gives before those that it passes on; None where it may not pass them on.

    Sure are Celery's own wrappers, and those where a type checker sees the same.
    """
    if (wrapper.__globals__.get("__name__") or "").partition(".")[0] in ("celery", "celery_registry"):
        return 0
    maker = _maker_of(wrapper)
    return None if maker is None else _promised(maker)


_PARAM_SPEC = re.compile(r"Callable\[~?(\w+),")
_TYPE_VARIABLE = re.compile(r"~?(?!Any$|Callable$)[A-Z]\w*")
_CONCATENATED = re.compile(r"(?:\w+\.)*Callable\[(?:\w+\.)*Concatenate\[(.+), ?~?(\w+)\], ?[^\[\]]+\]")


def _promised(decorator: FunctionType) -> int | None:
    """The same of what the annotations of a decorator promise.

    ``(F) -> F``, ``(Callable[P, R]) -> Callable[P, S]``, the same one call deeper, and
    ``(Callable[Concatenate[A, P], R]) -> Callable[P, S]``, which gives the first one.
    """
    texts = {name: hint if isinstance(hint, str) else str(hint) for name, hint in read_annotations(decorator).items()}
    returned = texts.pop("return", "")
    given = list(texts.values())
    taken = _CONCATENATED.fullmatch(given[0]) if len(given) == 1 else None
    if taken is not None and _PARAM_SPEC.findall(returned) == [taken[2]] and "Concatenate" not in returned:
        return 1 + _outer_commas(taken[1])
    if "Concatenate" in returned or any("Concatenate" in text for text in given):
        return None
    return 0 if _says_unchanged(returned, given) else None


def _outer_commas(text: str) -> int:
    """The commas that stand in no bracket."""
    depth = count = 0
    for letter in text:
        depth += (letter == "[") - (letter == "]")
        count += letter == "," and not depth
    return count


def _says_unchanged(returned: str, given: list[str]) -> bool:
    """Whether what a decorator returns has the parameters of what it is given."""
    if _TYPE_VARIABLE.fullmatch(returned):
        return returned in given
    kept = _PARAM_SPEC.findall(returned)
    received = [spec for text in given for spec in _PARAM_SPEC.findall(text)]
    # A factory returns ``Callable[[Callable[P, R]], Callable[P, R]]`` or ``Callable[[F], F]``.
    factory = re.fullmatch(r"(?:\w+\.)*Callable\[\[(.+)\], (.+)\]", returned)
    if factory is not None and factory.group(1) == factory.group(2):
        return _TYPE_VARIABLE.fullmatch(factory.group(1)) is not None or bool(kept)
    return bool(set(kept) & set(received)) or len(kept) > len(set(kept))


@functools.lru_cache(maxsize=256)
def _made_by(code: CodeType, maker: CodeType) -> bool:
    """Whether a function's code stands inside another's, at any depth."""
    return any(isinstance(const, CodeType) and (const is code or _made_by(code, const)) for const in maker.co_consts)


def _maker_of(wrapper: FunctionType) -> FunctionType | None:
    """The module-level function whose body defines a wrapper; functools.wraps has taken the wrapper's own name."""
    for value in list(wrapper.__globals__.values()):
        if isinstance(value, FunctionType) and _made_by(wrapper.__code__, value.__code__):
            return value
    return None


def _decorator_name(wrapper: FunctionType) -> str:
    """The dotted name of the function that made a wrapper, empty where it cannot be found."""
    maker = _maker_of(wrapper)
    return "" if maker is None else f"{maker.__module__}.{maker.__qualname__}"


def _maker(wrapper: FunctionType) -> str:
    name = _decorator_name(wrapper).rpartition(".")[2]
    return f'the decorator "{name}"' if name else f'the wrapper "{wrapper.__code__.co_name}"'
