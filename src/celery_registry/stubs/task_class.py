"""The class of one task: its names, its types and what hover shows.

Law: a signature in, text out. Types are already the stub's own; the containers are ``shapes``' business.
"""

from __future__ import annotations

import functools
import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from celery_registry.contract.signature import Kind, Parameter, TaskSignature
from celery_registry.source.annotation_mover import ANY
from celery_registry.stubs.shapes import Shape

__all__ = ["TaskKeys", "TaskText", "key_lines", "quote_docstring", "render_task", "show_call"]

_WORD: Final = re.compile(r"\w+")
_UNPACKS: Final = re.compile(r"(?:\w+\.)*_?Unpack(?:_\d+)?\[")


@dataclass(frozen=True)
class TaskText:
    """What one generated class needs: types are the stub's own text, ``doc`` is what hover shows."""

    name: str
    shape: Shape
    signature: TaskSignature[str]
    doc: str | None

    @property
    def result(self) -> str:
        """The type of the result."""
        return self.signature.result or ANY

    @functools.cached_property
    def keys(self) -> TaskKeys:
        """The ``kwargs`` dictionaries."""
        return TaskKeys(self.name, self.signature)


def render_task(task: TaskText) -> Iterator[str]:
    """The dictionaries and the class, as lines."""
    keys = task.keys
    yield from keys.lines
    positional = [p.type or ANY for p in task.signature.positional]
    variadic = task.signature.var_positional
    rest = [] if variadic is None else [each_value(variadic)]
    generic = [*positional, *rest, task.result, *keys.suffixes, keys.partial]
    yield f"class {task.name}({task.shape.name}[{', '.join(generic)}]):"
    call = show_call(task.signature)
    yield f"    def __call__(self{call}) -> {task.result}: ..."
    yield f"    def run(self{call}) -> {task.result}: ..."
    head = f"    def delay(self{call}) -> _AsyncResult[{task.result}]:"
    if task.doc:
        yield head
        yield from quote_docstring(task.doc, "        ")
    else:
        yield f"{head} ..."
    if task.shape.on_commit:
        yield f"    def delay_on_commit(self{call}) -> None: ..."
    yield from _partials(task)
    yield f"    def si(self{call}) -> _Signature[{task.result}]: ..."
    yield ""


def show_call(signature: TaskSignature[str], *, optional: bool = False, keywords_only: bool = False) -> str:
    """The parameters after ``self``: ``, to: str, *, urgent: bool = ...``; ``optional`` gives each a default."""
    parts: list[str] = []
    starred = False
    parameters = [p for p in signature.parameters or () if not (keywords_only and _needs_position(p))]
    for index, parameter in enumerate(parameters):
        name, annotation = _name(parameter, index), parameter.type or ANY
        if parameter.kind is Kind.VAR_POSITIONAL:
            parts.append(f"*{name}: {annotation}")
            starred = True
            continue
        if parameter.kind is Kind.VAR_KEYWORD:
            parts.append(f"**{name}: {annotation}")
            continue
        if not starred and (parameter.kind is Kind.KEYWORD_ONLY or keywords_only):
            parts.append("*")
            starred = True
        default = "" if parameter.required and not optional else " = ..."
        parts.append(f"{name}: {annotation}{default}")
        following = parameters[index + 1 : index + 2]
        if parameter.kind is Kind.POSITIONAL_ONLY and not (following and following[0].kind is Kind.POSITIONAL_ONLY):
            parts.append("/")
    return "".join(f", {part}" for part in parts)


def quote_docstring(text: str, indent: str) -> Iterator[str]:
    """A docstring, its indentation already removed, as lines of source."""
    clean = text.strip("\n").replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if clean.endswith('"'):
        clean = f'{clean[:-1]}\\"'
    first, *rest = clean.split("\n")
    # Readers remove the indentation that all lines but the first share.
    opening = "\n" if rest and all(line[:1] in ("", " ") for line in rest) else ""
    body = f'"""{opening}{clean}\n"""' if rest else f'"""{first}"""'
    yield from (line.rstrip() for line in textwrap.indent(body, indent).split("\n"))


def key_lines(signature: TaskSignature[str], start: int, *, optional: bool = False) -> list[str]:
    """The dictionary keys of the parameters that positional value number ``start`` and later ones would fill."""
    lines = []
    for parameter in (*signature.positional[start:], *signature.keyword_only):
        if parameter.kind is not Kind.POSITIONAL_ONLY and parameter.name is not None:
            lines.append(_key(parameter, optional=optional))
    return lines


def _key(parameter: Parameter[str], *, optional: bool = False) -> str:
    annotation = parameter.type or ANY
    if not parameter.required and not optional:
        annotation = f"_NotRequired[{annotation}]"
    return f"{parameter.name}: {annotation}"


def each_value(variadic: Parameter[str]) -> str:
    """The type of one value that ``*args`` or ``**kwargs`` takes; ``Unpack[...]`` and ``*tuple[...]`` speak of all together."""
    annotation = variadic.type or ANY
    return ANY if annotation.startswith("*") or _UNPACKS.match(annotation) else annotation


class TaskKeys:
    """The ``kwargs`` dictionaries of one task, each extending the one for a positional value more.

    ``lines`` define them; ``suffixes[n]`` names the one that completes n positional values, ``partial`` the one
    in which every key may be missing.
    """

    def __init__(self, name: str, signature: TaskSignature[str]) -> None:
        positional = signature.positional
        extra = signature.var_keyword
        self._extra = None if extra is None else each_value(extra)
        self.lines: list[str] = []
        names: list[str] = []
        current = "_Never"
        keys = key_lines(signature, len(positional))
        if keys or extra is not None:
            current = self._add(f"{name}_{len(positional)}", "_TypedDict", keys)
        names.append(current)
        for index in range(len(positional) - 1, -1, -1):
            parameter = positional[index]
            if parameter.kind is not Kind.POSITIONAL_ONLY and parameter.name is not None:
                every = key_lines(signature, index)
                # Items that may be extra cannot become required later (PEP 728), so nothing is inherited then.
                alone = current == "_Never" or self._extra is not None or _shadows(every)
                current = self._add(
                    f"{name}_{index}", "_TypedDict" if alone else current, every if alone else [_key(parameter)]
                )
            names.append(current)
        self.suffixes: Sequence[str] = names[::-1]
        self.partial = self.suffixes[0]
        if any(p.required and p.kind is not Kind.POSITIONAL_ONLY for p in (*positional, *signature.keyword_only)):
            self.partial = self._add(f"{name}_p", "_TypedDict", key_lines(signature, 0, optional=True), partial=True)

    def _add(self, name: str, base: str, keys: Sequence[str], *, partial: bool = False) -> str:
        options = ", total=False" if partial else ""
        if self._extra is not None:
            options += f", extra_items={self._extra}"
        if _shadows(keys):
            items = ", ".join('"{}": {}'.format(*key.split(": ", 1)) for key in keys)
            self.lines.append(f'{name} = _TypedDict("{name}", {{{items}}}{options})')
        else:
            self.lines.append(f"class {name}({base}{options}):{'' if keys else ' ...'}")
            self.lines.extend(f"    {key}" for key in keys)
        return name


def _shadows(keys: Sequence[str]) -> bool:
    """Whether a key has the name of a type that a key uses: ``date: date`` means something else in a class body."""
    names = {key.partition(":")[0] for key in keys}
    return any(names & set(_WORD.findall(key.partition(": ")[2])) for key in keys)


def _partials(task: TaskText) -> Iterator[str]:
    """``s``: one overload per parameter that the first value may fill, since a chain prepends the previous result."""
    signature = task.signature
    result = f"_Signature[{task.result}]"
    positional = signature.positional
    if len(positional) <= 1:
        yield f"    def s(self{show_call(signature, optional=True)}) -> {result}: ..."
        return
    for start in range(len(positional)):
        yield "    @_overload"
        yield f"    def s(self{show_call(signature.without_first(start))}) -> {result}: ..."
    yield "    @_overload"
    yield f"    def s(self{show_call(signature, optional=True, keywords_only=True)}) -> {result}: ..."


def _needs_position(parameter: Parameter[str]) -> bool:
    return parameter.kind in (Kind.POSITIONAL_ONLY, Kind.VAR_POSITIONAL)


def _name(parameter: Parameter[str], index: int) -> str:
    return parameter.name or f"arg{index}"
