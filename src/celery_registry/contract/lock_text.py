"""A lock as JSON text, both ways.

Law: a ``Lock`` in, a text out, and back. A text may come from anybody, so everything in it is checked; it never learns
where it was read.
"""

from __future__ import annotations

import datetime
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from celery_registry.contract.lock import Lock, LockedTask
from celery_registry.contract.signature import Kind, Parameter, TaskSignature
from celery_registry.errors import ConfigurationError

__all__ = ["parse_lock", "render_lock", "show_locked"]

_FORMAT: Final = 1
_TASK_KEYS: Final = {"alias-of", "expires", "implementation", "parameters", "queue", "result", "results", "serializer"}
_ROOT_KEYS: Final = {"accept", "format", "made-from", "queue", "queues", "serializer", "tasks", "unnamed"}
#: What ``made-from`` says of a lock that was read from the source.
_SOURCE: Final = "source"


# -- writing -----------------------------------------------------------------------------------------------------


def render_lock(lock: Lock) -> str:
    """The JSON text: tasks sorted by name, one line per parameter, nothing that equals the defaults."""
    document: dict[str, Any] = {"format": _FORMAT}
    if lock.from_source:
        document["made-from"] = _SOURCE
    document |= {
        "accept": None if lock.accept is None else sorted(lock.accept),
        "queue": lock.queue,
        "queues": None if lock.queues is None else sorted(lock.queues),
        "serializer": lock.serializer,
        "tasks": {name: _render_task(lock.tasks[name], lock) for name in sorted(lock.tasks)},
    }
    if lock.unnamed:
        document["unnamed"] = sorted(lock.unnamed)
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _render_task(task: LockedTask, lock: Lock) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    if task.alias_of is not None:
        shown["alias-of"] = task.alias_of
    if task.expires is not None:
        shown["expires"] = task.expires
    if task.implementation is not None:
        shown["implementation"] = task.implementation
    shown["parameters"] = _render_parameters(task.signature)
    if task.queue != lock.queue:
        shown["queue"] = task.queue
    if task.signature.result is not None:
        shown["result"] = task.signature.result
    if task.results is not True:
        shown["results"] = task.results
    if task.serializer != lock.serializer:
        shown["serializer"] = task.serializer
    return shown


def show_locked(signature: TaskSignature[str]) -> str:
    """The whole signature as a ``def`` writes it: ``(to: str, *, at: datetime = ...) -> bool``."""
    lines = _render_parameters(signature)
    result = "" if signature.result is None else f" -> {signature.result}"
    return f"({'...' if lines is None else ', '.join(lines)}){result}"


def _render_parameters(signature: TaskSignature[str]) -> list[str] | None:
    """``["to: str", "/", "*", "locale: str = ..."]``: a def's parameters, one by one; None where they are open."""
    if signature.parameters is None:
        return None
    lines: list[str] = []
    previous = None
    for parameter in signature.parameters:
        if previous is Kind.POSITIONAL_ONLY and parameter.kind is not Kind.POSITIONAL_ONLY:
            lines.append("/")
        starred = previous in (Kind.VAR_POSITIONAL, Kind.KEYWORD_ONLY)
        if parameter.kind is Kind.KEYWORD_ONLY and not starred:
            lines.append("*")
        lines.append(_render_parameter(parameter))
        previous = parameter.kind
    return [*lines, "/"] if previous is Kind.POSITIONAL_ONLY else lines


def _render_parameter(parameter: Parameter[str]) -> str:
    stars = {Kind.VAR_POSITIONAL: "*", Kind.VAR_KEYWORD: "**"}.get(parameter.kind, "")
    text = f"{stars}{parameter.name or '_'}"
    if parameter.type is not None:
        text += f": {parameter.type}"
    return text if parameter.required or stars else f"{text} = ..."


# -- reading -----------------------------------------------------------------------------------------------------


def parse_lock(text: str, label: str, *, lazily: bool = False) -> Lock:
    """Read the text of a lock; ``label`` names it in the one line of ``ConfigurationError``.

    ``lazily`` reads and checks each task when it is first asked for: a process that sends asks for a few of many.
    """
    try:
        document = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except RecursionError:
        raise ConfigurationError(f"{label}: is nested too deep for a lock") from None
    except ValueError as error:
        raise ConfigurationError(f"{label}: is not a lock: {_one_line(error)}") from None
    reader = _Reader(label)
    root = reader.table(document, "the lock", _ROOT_KEYS)
    if root.get("format") != _FORMAT or isinstance(root.get("format"), bool):
        reader.fail(f"its format is {_shown(root.get('format'))}, and this version reads format {_FORMAT}")
    if root.get("made-from", _SOURCE) != _SOURCE:
        reader.fail(f'made-from must be "{_SOURCE}", not {_shown(root["made-from"])}')
    lock = Lock(
        accept=reader.known_texts(root.get("accept", ["json"]), "accept"),
        queues=reader.known_texts(root.get("queues", ["celery"]), "queues"),
        serializer=reader.known(root.get("serializer", "json"), "serializer"),
        queue=reader.known(root.get("queue", "celery"), "queue"),
        from_source="made-from" in root,
        unnamed=reader.texts(root.get("unnamed", []), "unnamed"),
    )
    tasks = reader.table(root.get("tasks", {}), "tasks", None)
    later = _LazyTasks(reader, tasks, lock)
    return replace(lock, tasks=later if lazily else dict(later.items()))


class _LazyTasks(Mapping[str, LockedTask]):
    """The tables of the tasks, each read when it is asked for."""

    __slots__ = ("_lock", "_read", "_reader", "_tables")

    def __init__(self, reader: _Reader, tables: dict[str, Any], lock: Lock) -> None:
        self._reader, self._tables, self._lock = reader, tables, lock
        self._read: dict[str, LockedTask] = {}

    def __getitem__(self, name: str) -> LockedTask:
        found = self._read.get(name)
        if found is None:
            found = self._read[name] = self._reader.task(name, self._tables[name], self._lock)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def __contains__(self, name: object) -> bool:
        return name in self._tables


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        twice = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise ValueError(f"{_shown(twice)} stands twice in one table")
    return table


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


class _Reader:
    """Checks one raw value at a time; ``label`` opens every message."""

    def __init__(self, label: str) -> None:
        self.label = label

    def fail(self, reason: str) -> Any:
        raise ConfigurationError(f"{self.label}: {reason}")

    def table(self, value: Any, where: str, keys: set[str] | None) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.fail(f"{where} must be a table, not {_shown(value)}")
        for key in value if keys is not None else ():
            if key not in (keys or ()):
                self.fail(f"{where} has an unknown key {_shown(key)}")
        table: dict[str, Any] = value
        return table

    def text(self, value: Any, where: str) -> str:
        if not isinstance(value, str) or not value or not value.isprintable():
            self.fail(f"{where} must be a text of one line, not {_shown(value)}")
        text: str = value
        return text

    def texts(self, value: Any, where: str) -> tuple[str, ...]:
        if not isinstance(value, list):
            self.fail(f"{where} must be a list of texts, not {_shown(value)}")
        return tuple(self.text(item, where) for item in value)

    def known(self, value: Any, where: str) -> str | None:
        """``null`` is what who wrote the lock could not know."""
        return None if value is None else self.text(value, where)

    def known_texts(self, value: Any, where: str) -> tuple[str, ...] | None:
        return None if value is None else self.texts(value, where)

    def task(self, name: str, value: Any, lock: Lock) -> LockedTask:
        where = f"task {_shown(name)}"
        self.text(name, "the name of a task")
        table = self.table(value, where, _TASK_KEYS)
        results = table.get("results", True)
        if results is not None and not isinstance(results, bool):
            self.fail(f"results of {where} must be true, false or null, not {_shown(results)}")
        optional = {
            key: self.text(table[key], f"{key} of {where}") if table.get(key) is not None else None
            for key in ("result", "implementation", "alias-of", "expires")
        }
        if optional["expires"] is not None:
            self.date(optional["expires"], f"expires of {where}")
        parameters = table.get("parameters")
        if parameters is not None:
            parameters = self.parameters(self.texts(parameters, f"parameters of {where}"), where)
        return LockedTask(
            name=name,
            signature=TaskSignature(parameters, optional["result"]),
            serializer=self.known(table.get("serializer", lock.serializer), f"serializer of {where}"),
            queue=self.known(table.get("queue", lock.queue), f"queue of {where}"),
            results=results,
            implementation=optional["implementation"],
            alias_of=optional["alias-of"],
            expires=optional["expires"],
        )

    def date(self, text: str, where: str) -> None:
        """An alias keeps its name until the end of a day."""
        try:
            datetime.date.fromisoformat(text)
        except ValueError:
            self.fail(f"{where} must be a date such as 2030-12-31, not {_shown(text)}")

    def parameters(self, lines: tuple[str, ...], where: str) -> tuple[Parameter[str], ...]:
        parameters: list[Parameter[str]] = []
        kind = Kind.POSITIONAL_OR_KEYWORD
        for line in lines:
            if line == "/" and parameters and all(p.kind is Kind.POSITIONAL_OR_KEYWORD for p in parameters):
                parameters = [Parameter(p.name, Kind.POSITIONAL_ONLY, p.required, p.type) for p in parameters]
            elif line == "*" and kind is Kind.POSITIONAL_OR_KEYWORD:
                kind = Kind.KEYWORD_ONLY
            else:
                parameter = self.parameter(line, kind, where)
                if parameter.kind is Kind.VAR_POSITIONAL:
                    if kind is Kind.KEYWORD_ONLY:
                        self.fail(f"{where} has a second *: {_shown(line)}")
                    kind = Kind.KEYWORD_ONLY
                parameters.append(parameter)
        self.check_order(parameters, where)
        return tuple(parameters)

    def parameter(self, line: str, kind: Kind, where: str) -> Parameter[str]:
        # A type cannot end like this: the quotes of a Literal would be closed after it.
        text = line.removesuffix(" = ...")
        name, colon, type = text.partition(": ")
        stars = len(name) - len(name.lstrip("*"))
        optional = text != line
        if not name[stars:].isidentifier() or stars > 2 or (colon and not type) or (stars and optional):
            self.fail(f"{where} has a parameter that is none: {_shown(line)}")
        kind = (kind, Kind.VAR_POSITIONAL, Kind.VAR_KEYWORD)[stars]
        return Parameter(name[stars:], kind, not optional and not stars, type or None)

    def check_order(self, parameters: list[Parameter[str]], where: str) -> None:
        """A def would not compile otherwise."""
        names = [p.name for p in parameters]
        if len(set(names)) != len(names):
            self.fail(f"{where} has two parameters of one name")
        if any(p.kind is Kind.VAR_KEYWORD for p in parameters[:-1]):
            self.fail(f"{where} has a parameter after **")
        required = [p.required for p in parameters if p.positional]
        if required != sorted(required, reverse=True):
            self.fail(f"{where} has a required parameter after an optional one")


def _shown(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return "a table" if isinstance(value, dict) else "a list"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
