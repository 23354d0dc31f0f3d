"""A task that somebody asks for: its name, its parameters and its result, as words of a command line.

Law: text in, one parsed head of a function out. What its types mean is asked elsewhere.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from celery_registry.contract.signature import Kind, Parameter, TaskSignature
from celery_registry.errors import ConfigurationError
from celery_registry.source.annotation import parse_annotation
from celery_registry.source.functions import read_parameters

__all__ = ["RequestedTask", "is_identifier", "read_request"]

#: A whole string in single quotes, without a quote or an escape inside; others are passed over whole.
_STRING: Final = re.compile(
    r"""(?P<plain>(?<!\w)'([^'"\\\n]*)')|[rbuf]*(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""", re.IGNORECASE
)


@dataclass(frozen=True)
class RequestedTask:
    """``name`` as it was given; ``returns`` is the text of the result's type."""

    name: str
    arguments: ast.arguments
    returns: str

    @property
    def signature(self) -> TaskSignature[str]:
        """The caller's view."""
        rows = read_parameters(self.arguments)
        return TaskSignature(tuple(Parameter(p.name, Kind(p.kind), p.required, p.type) for p in rows), self.returns)

    @property
    def texts(self) -> tuple[str, ...]:
        """Each parameter as it stands in the head of a function, ``/`` and ``*`` too."""
        return tuple(_texts(self.arguments))

    @property
    def types(self) -> Iterator[tuple[str, ast.expr]]:
        """What each type is of, in words, and the type."""
        for argument in _every(self.arguments):
            if argument.annotation is not None:
                yield f'of the parameter "{argument.arg}"', argument.annotation
        node = parse_annotation(self.returns)
        if node is not None:
            yield "of the result", node

    @property
    def documented(self) -> Mapping[str, str]:
        """Parameter -> what is known of it."""
        defaults = _defaults(self.arguments)
        found: dict[str, str] = {}
        for argument in _every(self.arguments):
            shown = "" if argument.annotation is None else _show(argument.annotation)
            default = defaults.get(argument.arg)
            found[argument.arg] = shown if default is None else f"{shown}, {_show(default)} unless it is given"
        return found


def read_request(name: str, parameters: str, returns: str) -> RequestedTask:
    """What the words ask for; raises ``ConfigurationError`` for words that ask for nothing clear."""
    if not name or any(not sign.isprintable() or sign.isspace() for sign in name):
        raise ConfigurationError(f"{name!r} cannot be the name of a task")
    arguments = _arguments(parameters)
    for argument in _every(arguments):
        if argument.annotation is None:
            raise ConfigurationError(f'the parameter "{argument.arg}" has no type: write "{argument.arg}: str"')
    first = next(_every(arguments), None)
    if first is not None and first.arg in ("self", "cls"):
        raise ConfigurationError(f'the parameter "{first.arg}": give those that a caller gives')
    if parse_annotation(returns) is None or not returns.strip():
        raise ConfigurationError(f"--returns {returns!r}: is no type")
    return RequestedTask(name, arguments, returns.strip())


def _arguments(parameters: str) -> ast.arguments:
    """The parsed list of parameters."""
    reason = "is no list of parameters"
    try:
        tree = ast.parse(f"def task({parameters}\n): ...")
        ast.parse(f"lambda: 0\ndef task(\n{parameters}\n): ...")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ConfigurationError(f"{parameters!r}: {reason}: {getattr(error, 'msg', error)}") from None
    head = tree.body[0]
    # What closes the list itself is no list.
    whole = len(tree.body) == 1 and isinstance(head, ast.FunctionDef) and head.returns is None and len(head.body) == 1
    if not whole or not isinstance(head, ast.FunctionDef) or ast.unparse(head.body[0]) != "...":
        raise ConfigurationError(f"{parameters!r}: {reason}")
    return head.args


def _every(arguments: ast.arguments) -> Iterator[ast.arg]:
    yield from (*arguments.posonlyargs, *arguments.args)
    if arguments.vararg is not None:
        yield arguments.vararg
    yield from arguments.kwonlyargs
    if arguments.kwarg is not None:
        yield arguments.kwarg


def _defaults(arguments: ast.arguments) -> Mapping[str, ast.expr]:
    positional: Sequence[ast.arg] = (*arguments.posonlyargs, *arguments.args)
    late = positional[len(positional) - len(arguments.defaults) :]
    found = {argument.arg: default for argument, default in zip(late, arguments.defaults, strict=True)}
    pairs = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return found | {argument.arg: default for argument, default in pairs if default is not None}


def _texts(arguments: ast.arguments) -> Iterator[str]:
    defaults = _defaults(arguments)

    def show(argument: ast.arg, stars: str = "") -> str:
        shown = f"{stars}{argument.arg}"
        if argument.annotation is not None:
            shown += f": {_show(argument.annotation)}"
        default = defaults.get(argument.arg)
        return shown if default is None else f"{shown} = {_show(default)}"

    yield from map(show, arguments.posonlyargs)
    if arguments.posonlyargs:
        yield "/"
    yield from map(show, arguments.args)
    if arguments.vararg is not None:
        yield show(arguments.vararg, "*")
    elif arguments.kwonlyargs:
        yield "*"
    yield from map(show, arguments.kwonlyargs)
    if arguments.kwarg is not None:
        yield show(arguments.kwarg, "**")


def _show(node: ast.expr) -> str:
    """As ``ast.unparse``, strings in double quotes where that needs no escape."""
    return _STRING.sub(lambda found: f'"{found[2]}"' if found["plain"] else found[0], ast.unparse(node))


def is_identifier(text: str) -> bool:
    """Whether a function can have this name."""
    return text.isidentifier() and not keyword.iskeyword(text)
