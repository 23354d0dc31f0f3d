"""What a caller of one task passes: the declaration's types under the implementation's names.

Law: one property and its implementations in, one signature in the stub's own text out. It writes nothing and
judges nothing: where the two sides disagree, mypy and the guard say so, and the declaration wins here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from celery_registry.contract.signature import Kind, Parameter, TaskSignature
from celery_registry.source.annotation_mover import ANY
from celery_registry.source.model import How, Registration, RegistryProperty

__all__ = ["CallerView", "caller_view", "task_view"]

_WORD: Final = re.compile(r"\w+")
_PLAIN: Final = frozenset({"bool", "bytes", "dict", "float", "int", "list", "None", "str", "tuple"})

#: Moves an annotation's text out of a module.
Move = Callable[[str | None, str], str]


@dataclass(frozen=True)
class CallerView:
    """The signature that a caller sees, the text that hover shows, and the dotted name of what runs."""

    signature: TaskSignature[str]
    doc: str | None


def caller_view(
    declaration: RegistryProperty, module: str, implementations: Sequence[Registration], move: Move
) -> CallerView | None:
    """Join a property of ``module`` with what is registered under its name; None where neither tells the parameters."""
    implementation = _only(implementations)
    doc = _doc(declaration, implementation)
    declared = declaration.declared
    result = None if declared is None else declared.result
    if implementation is not None and implementation.signature.parameters is not None:
        actual = _moved(implementation, move)
        signature = _join(declared, actual)
        return CallerView(replace(signature, result=move(result, module) if result else actual.result), doc)
    if declared is None or declared.parameters is None:
        return None
    named = _name(declared, declaration.documented)
    return CallerView(named.map(lambda text: move(text, module)), doc)


def task_view(task: Registration, move: Move) -> CallerView:
    """What a caller of a plain task sees: its own parameters and result."""
    return CallerView(_moved(task, move), task.docstring)


def _only(implementations: Sequence[Registration]) -> Registration | None:
    """The one implementation; of several with the same signature the first, of others none."""
    if not implementations or any(other.signature != implementations[0].signature for other in implementations[1:]):
        return None
    return implementations[0]


def _moved(implementation: Registration, move: Move) -> TaskSignature[str]:
    module = implementation.target_module or implementation.module
    signature = implementation.signature
    if implementation.how is How.CONTRACT:
        # A lock cuts names to their last part: where they come from nobody can tell.
        signature = signature.map(lambda text: text if set(_WORD.findall(text)) <= _PLAIN else ANY)
    elif implementation.pydantic:
        # A caller passes the dumped form of a model (Celery documentation, Argument validation with Pydantic).
        signature = signature.map(lambda text: text if set(_WORD.findall(text)) <= _PLAIN else ANY)
        signature = signature.map(lambda text: ANY if text == ANY else move(text, module))
    else:
        signature = signature.map(lambda text: move(text, module))
    parameters = tuple(replace(parameter, type=parameter.type or ANY) for parameter in signature.parameters or ())
    return TaskSignature(parameters, signature.result or ANY)


def _join(declared: TaskSignature[str] | None, actual: TaskSignature[str]) -> TaskSignature[str]:
    if declared is None or declared.parameters is None:
        return actual
    positional = actual.positional
    required = sum(parameter.required for parameter in positional)
    count = len(declared.parameters)
    if count < required or (count > len(positional)):
        names = [p.name for p in positional if p.name is not None and p.kind is Kind.POSITIONAL_OR_KEYWORD]
        return _unnamed_first(declared.with_names(names))
    typed = iter(declared.parameters)
    parameters = []
    for parameter in actual.parameters or ():
        given = next(typed, None) if parameter.positional else None
        parameters.append(parameter if given is None else replace(parameter, type=given.type))
    return TaskSignature(tuple(parameters), declared.result)


def _name(declared: TaskSignature[str], documented: Mapping[str, str] | None) -> TaskSignature[str]:
    if documented is not None and len(documented) == len(declared.parameters or ()):
        declared = declared.with_names(list(documented))
    return _by_any_name(_unnamed_first(declared))


def _unnamed_first(signature: TaskSignature[str]) -> TaskSignature[str]:
    """Make what has no name positional-only, and everything before it."""
    parameters: list[Parameter[str]] = []
    only = False
    for parameter in reversed(signature.parameters or ()):
        only = only or parameter.name is None
        parameters.append(replace(parameter, kind=Kind.POSITIONAL_ONLY) if only else parameter)
    return replace(signature, parameters=tuple(reversed(parameters)))


def _by_any_name(signature: TaskSignature[str]) -> TaskSignature[str]:
    """What has no name has one all the same, which nobody tells: given by it, it is missing by position, and right."""
    parameters = signature.parameters or ()
    if all(parameter.name is not None for parameter in parameters):
        return signature
    may_be_named = tuple(replace(p, required=p.required and p.kind is not Kind.POSITIONAL_ONLY) for p in parameters)
    return replace(signature, parameters=(*may_be_named, Parameter("named", Kind.VAR_KEYWORD, False, ANY)))


def _doc(declaration: RegistryProperty, implementation: Registration | None) -> str | None:
    if implementation is None:
        return declaration.docstring
    doc = implementation.docstring or declaration.docstring
    runs = None if implementation.target is None else f"Runs: {implementation.target}"
    return "\n\n".join(part.strip("\n") for part in (doc, runs) if part) or None
