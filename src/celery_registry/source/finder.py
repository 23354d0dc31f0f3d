"""The answers of the index, found in the facts of the files.

Law: it joins the readers; what they found is kept and handed out by ``index``, which loads this when no kept answer
will do. Nothing is imported or run.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

from celery_registry.contract.task import Origin
from celery_registry.source.answers import Answers
from celery_registry.source.facts import CallFacts, Environment, FileFacts, ScheduleFacts
from celery_registry.source.model import NameEnum, Registry, ScheduleEntry
from celery_registry.source.program import Program
from celery_registry.source.registrations import Registrations
from celery_registry.source.registries import Registries
from celery_registry.source.resolve import Frame, Names, Symbol
from celery_registry.source.texts import Text, Texts
from celery_registry.source.values import last_part, owner_of_name, read_value
from celery_registry.source.verbs import registering_words

__all__ = ["Finder"]

_BY_NAME = frozenset({"send_task", "signature", "Signature", "subtask", "tasks"})

#: What ``send_task``, ``app.signature`` and ``Signature`` call the name.
_NAME_KEYWORDS = ("name", "task", "varies")


class Finder:
    """Reads one program; ``app_main`` is the application's name for the module ``__main__``."""

    def __init__(self, program: Program, app_main: str | None) -> None:
        self._program = program
        self._main = app_main
        self.names = Names(program)
        self.texts = Texts(self.names)
        self._registries = Registries(self.names, self.texts)

    def find(self) -> Answers:
        """Everything that the files say about tasks."""
        reader = Registrations(self.names, self.texts, self._main)
        registrations, registries = reader.find(), self._registries.find()
        owners = reader.owners | {owner for registry in registries.values() for owner in registry.enums}
        named: dict[str | None, set[str | None]] = {}
        for registration in registrations:
            named.setdefault(registration.target, set()).add(registration.task_name)
        schedules: list[ScheduleEntry] = []
        by_name: dict[str, tuple[str, ...]] = {}
        for module in self._program.wanted:
            facts = self._program.facts(module)
            if facts is None:
                continue
            path = self._program.files[module].path
            for row in facts.schedules:
                text = self.texts.text(Frame(module, None, row.environment), row.task)
                owners |= _owner(text)
                key = self._key_of_entry(module, row)
                origin = Origin(path, row.line, row.column, key)
                name = self._name_of_task(module, row, named) if text is None else text.text
                schedules.append(
                    ScheduleEntry(
                        key,
                        name,
                        row.args_count,
                        row.kwargs_names,
                        origin,
                        row.faults,
                        row.options,
                        row.types,
                    )
                )
            if facts.rows["by_name"]:
                by_name[module] = tuple(sorted(self._addressed(module, facts)))
            for call in facts.calls:
                if last_part(call.value[1]) in _BY_NAME:
                    owners |= _owner(self._name_given(module, call))
        enums = {owner: enum for owner in sorted(owners) if (enum := self.enum(owner)) is not None}
        schedules.sort(key=lambda entry: (entry.origin, entry.key))
        return Answers(registrations, registries, enums, tuple(schedules), by_name)

    def _key_of_entry(self, module: str, row: ScheduleFacts) -> str:
        """The key that an entry stands under; empty where the text does not tell, or there is none."""
        text = None if row.key is None else self.texts.text(Frame(module, None, row.environment), row.key)
        return "" if text is None else text.text

    def _name_of_task(self, module: str, row: ScheduleFacts, named: Mapping[str | None, set[str | None]]) -> str | None:
        """The name of the task where an entry says ``task.name``; None where the text does not tell."""
        owner = owner_of_name(row.task)
        symbol = None if owner is None else self.names.instance(Frame(module, None, row.environment), owner)
        found = set() if symbol is None or symbol.kind != "function" else named.get(symbol.fullname, set())
        return next(iter(found)) if len(found) == 1 else None

    def _addressed(self, module: str, facts: FileFacts) -> set[str]:
        # A function of Celery's may be imported under another name.
        registering = registering_words()
        calls = [c for c in facts.calls if c.value[0] == "c" and last_part(c.value[1]) not in registering]
        return {text.text for call in calls if (text := self._name_given(module, call)) is not None}

    def _name_given(self, module: str, call: CallFacts) -> Text | None:
        value = call.value
        if value[0] != "c":
            return None
        given = value[2] or tuple(item for keyword, item in value[3] if keyword in _NAME_KEYWORDS)
        return self.texts.text(Frame(module, None, call.environment), given[0]) if given else None

    def enum(self, fullname: str) -> NameEnum | None:
        """An enum or class of string constants by its dotted name."""
        symbol = self._class(fullname)
        return None if symbol is None else self.texts.enum(symbol)

    def registry(self, fullname: str) -> Registry | None:
        """A class with registry properties of its own or of its bases."""
        symbol = self._class(fullname)
        return None if symbol is None else self._registries.registry(symbol)

    def named_registry(self, fullname: str) -> Registry | None:
        """A class that somebody calls a registry, whatever it has."""
        symbol = self._class(fullname)
        return None if symbol is None else self._registries.registry(symbol, named=True)

    def _class(self, fullname: str) -> Symbol | None:
        place = self.names.split(fullname)
        symbol = None if place is None or not place[1] else self.names.find(Frame(place[0]), place[1])
        return symbol if symbol is not None and symbol.kind == "class" else None

    def fullname(self, module: str, expression: ast.expr, environment: Environment) -> str | None:
        """The dotted name of the function or class that an expression means, in a module or a function of it."""
        symbol = self.names.instance(Frame(module, None, environment), read_value(expression))
        return symbol.fullname if symbol is not None and symbol.kind in ("function", "class") else None

    def named(self, module: str, expression: ast.expr) -> str | None:
        """The dotted name of the function, or of the variable, that a name at the top of a module means."""
        value = read_value(expression)
        symbol = self.names.find(Frame(module), value[1]) if value[0] == "n" else None
        return symbol.fullname if symbol is not None and symbol.kind in ("function", "value") else None

    def resolve(self, module: str, expression: ast.expr, scope: str | None = None) -> Text | None:
        """What a name expression means, in a module, or in a method of the class ``scope``."""
        frame = Frame(module)
        place = None if scope is None else self.names.split(scope)
        if place is not None and place[1]:
            me = (("S", place[1], place[0]),)
            frame = Frame(module, None, {"self": me, "cls": me})
        return self.texts.text(frame, read_value(expression))

    def constant(self, fullname: str) -> str | None:
        """The string that a dotted name means."""
        place = self.names.split(fullname)
        if place is None or not place[1]:
            return None
        text = self.texts.text(Frame(place[0]), ("n", place[1]))
        return None if text is None else text.text


def _owner(text: Text | None) -> set[str]:
    return set() if text is None or text.owner is None else {text.owner}
