"""The index: what a program's files say about tasks, found when it is asked for.

Law: the one door to this package; it joins the readers and remembers their answers. Nothing is imported or run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path

from celery_registry.contract.task import Origin
from celery_registry.source.answers import Answers, read_answers, write_answers
from celery_registry.source.facts import CallFacts, FileFacts
from celery_registry.source.files import SourceFile
from celery_registry.source.model import NameEnum, Registration, Registry, RegistryProperty, ScheduleEntry
from celery_registry.source.program import Program
from celery_registry.source.registrations import Registrations
from celery_registry.source.registries import Registries
from celery_registry.source.resolve import Frame, Names
from celery_registry.source.texts import Text, Texts
from celery_registry.source.values import last_part, read_value

__all__ = ["SourceFile", "SourceIndex"]


_BY_NAME = frozenset({"send_task", "signature", "Signature", "subtask", "tasks"})
_REGISTERING = frozenset({"task", "shared_task", "register_task"})

#: What ``send_task``, ``app.signature`` and ``Signature`` call the name.
_NAME_KEYWORDS = ("name", "task", "varies")


class SourceIndex:
    """What the files of one program say; make it with ``build``."""

    def __init__(self, program: Program, app_main: str | None = None) -> None:
        self._program = program
        self._main = app_main

    @cached_property
    def _names(self) -> Names:
        return Names(self._program)

    @cached_property
    def _texts(self) -> Texts:
        return Texts(self._names)

    @cached_property
    def _registries(self) -> Registries:
        return Registries(self._names, self._texts)

    @classmethod
    def build(
        cls,
        files: Iterable[SourceFile],
        cache_dir: str | Path | None = None,
        *,
        app_main: str | None = None,
        before: SourceIndex | None = None,
    ) -> SourceIndex:
        """Read what changed since the last time; ``app_main`` is the application's name for the module ``__main__``.

        The last time is that of the index ``before`` in the same process, else that of the cache directory.
        A file that cannot be read or parsed is left out; a cache that cannot be used is as good as none.
        """
        index = cls(Program(files, cache_dir, None if before is None else before._program), app_main)
        index.save()
        return index

    @property
    def modules(self) -> Mapping[str, SourceFile]:
        """Every module of the program and its file, sorted by name."""
        return self._program.files

    @cached_property
    def _answers(self) -> Answers:
        kept = self._program.recall(self._main)
        answers: Answers | None = read_answers(kept) if isinstance(kept, bytes) else kept
        if answers is None:
            answers = self._find()
            kept = write_answers(answers) if self._program.keeps else answers
            self._program.remember(self._main, answers.paths(), kept)
            self.save()
            self._release()
        return answers

    @property
    def state(self) -> bytes | None:
        """Of the same state are two indexes, of this process or another, that give the same answers with the same lines."""
        _ = self._answers
        return self._program.state

    def says_the_same_as(self, before: SourceIndex) -> bool:
        """Whether nothing that the files say about tasks, nor its lines, has changed since an index before this one."""
        # One that was never asked must not be asked now: its files have changed.
        return self._answers is before.__dict__.get("_answers")

    def _release(self) -> None:
        """Let go of what answers are made from: what is asked for later is read again."""
        for name in ("_names", "_texts", "_registries"):
            self.__dict__.pop(name, None)
        self._program.release()

    def _find(self) -> Answers:
        reader = Registrations(self._names, self._texts, self._main)
        registrations, registries = reader.find(), self._registries.find()
        owners = reader.owners | {owner for registry in registries.values() for owner in registry.enums}
        schedules: list[ScheduleEntry] = []
        by_name: dict[str, tuple[str, ...]] = {}
        for module in self._program.wanted:
            facts = self._program.facts(module)
            if facts is None:
                continue
            path = self._program.files[module].path
            for row in facts.schedules:
                text = self._texts.text(Frame(module, None, row.environment), row.task)
                owners |= _owner(text)
                origin = Origin(path, row.line, row.column, row.key or "")
                name = None if text is None else text.text
                schedules.append(ScheduleEntry(row.key or "", name, row.args_count, row.kwargs_names, origin))
            if facts.rows["by_name"]:
                by_name[module] = tuple(sorted(self._addressed(module, facts)))
            for call in facts.calls:
                if last_part(call.value[1]) in _BY_NAME:
                    owners |= _owner(self._name_given(module, call))
        enums = {owner: enum for owner in sorted(owners) if (enum := self.enum(owner)) is not None}
        schedules.sort(key=lambda entry: (entry.origin, entry.key))
        return Answers(registrations, registries, enums, tuple(schedules), by_name)

    def _addressed(self, module: str, facts: FileFacts) -> set[str]:
        # A function of Celery's may be imported under another name.
        calls = [c for c in facts.calls if c.value[0] == "c" and last_part(c.value[1]) not in _REGISTERING]
        return {text.text for call in calls if (text := self._name_given(module, call)) is not None}

    def _name_given(self, module: str, call: CallFacts) -> Text | None:
        given = call.value[2] or tuple(item for keyword, item in call.value[3] if keyword in _NAME_KEYWORDS)
        return self._texts.text(Frame(module, None, call.environment), given[0]) if given else None

    @cached_property
    def consulted(self) -> frozenset[str]:
        """The modules that were read to find all this, also those that only hold or hand on a name."""
        _ = self._answers
        return self._program.consulted

    @property
    def registrations(self) -> tuple[Registration, ...]:
        """Every registration, by module and place."""
        return self._answers.registrations

    @property
    def registries(self) -> Mapping[str, Registry]:
        """Every registry by its dotted name, sorted."""
        return self._answers.registries

    @property
    def enums(self) -> Mapping[str, NameEnum]:
        """The enums and classes of constants from which a registry, a registration or a call takes a task's name."""
        return self._answers.enums

    @property
    def schedules(self) -> tuple[ScheduleEntry, ...]:
        """Every entry of a beat schedule, by place."""
        return self._answers.schedules

    def send_task_users(self) -> frozenset[str]:
        """The modules that address tasks by name: ``send_task("x")``, ``signature("x")``, ``app.tasks["x"]``."""
        return frozenset(self._answers.by_name)

    def names_addressed_by(self, module: str) -> frozenset[str]:
        """The task names that a module addresses, as far as its text tells."""
        return frozenset(self._answers.by_name.get(module, ()))

    @cached_property
    def _by_name(self) -> Mapping[str, tuple[Registration, ...]]:
        found: dict[str, list[Registration]] = {}
        for registration in self.registrations:
            if registration.task_name is not None:
                found.setdefault(registration.task_name, []).append(registration)
        return {name: tuple(registrations) for name, registrations in found.items()}

    def implementations(self, task_name: str) -> tuple[Registration, ...]:
        """The registrations under one task name, in the order of ``registrations``."""
        return self._by_name.get(task_name, ())

    def enum(self, fullname: str) -> NameEnum | None:
        """Any enum or class of string constants by its dotted name, whether it names tasks or not."""
        place = self._names.split(fullname)
        if place is None or not place[1]:
            return None
        thing = self._names.find(Frame(place[0]), place[1])
        return self._texts.enum(thing) if thing is not None and thing.kind == "class" else None

    def property_of(self, class_fullname: str, attribute: str) -> RegistryProperty | None:
        """A registry property of a class or of its bases."""
        registry = self._registry(class_fullname)
        return None if registry is None else registry.properties.get(attribute)

    def _registry(self, fullname: str) -> Registry | None:
        if fullname in self.registries:
            return self.registries[fullname]
        place = self._names.split(fullname)
        thing = None if place is None or not place[1] else self._names.find(Frame(place[0]), place[1])
        return self._registries.registry(thing) if thing is not None and thing.kind == "class" else None

    def resolve_name(self, module: str, expression: ast.expr, scope: str | None = None) -> str | None:
        """The string that a name expression stands for, in a module, or in a method of the class ``scope``."""
        text = self.resolve(module, expression, scope)
        return None if text is None else text.text

    def resolve(self, module: str, expression: ast.expr, scope: str | None = None) -> Text | None:
        """As ``resolve_name``, with the dotted name of the constant or member."""
        if module not in self._program.files:
            return None
        frame = Frame(module)
        place = None if scope is None else self._names.split(scope)
        if place is not None and place[1]:
            me = (("S", place[1], place[0]),)
            frame = Frame(module, None, {"self": me, "cls": me})
        return self._texts.text(frame, read_value(expression))

    def constant(self, fullname: str) -> str | None:
        """The string that a dotted name stands for: a module constant, a class constant or an enum member."""
        place = self._names.split(fullname)
        if place is None or not place[1]:
            return None
        text = self._texts.text(Frame(place[0]), ("n", place[1]))
        return None if text is None else text.text

    def is_rebound(self, module: str, name: str) -> bool:
        """Whether a module gives one of its names a second meaning: another definition, an assignment, an import."""
        facts = self._program.facts(module)
        return facts is not None and len(facts.bindings.get(name, ())) > 1

    def imports_of(self, module: str) -> frozenset[str]:
        """The modules that a module imports, at any depth of it; names that are modules of the program count too."""
        facts = self._program.facts(module)
        found: set[str] = set()
        for source, name in () if facts is None else facts.imports:
            found.add(source)
            if name is not None and f"{source}.{name}" in self._program.files:
                found.add(f"{source}.{name}")
        return frozenset(found)

    def save(self) -> None:
        """Keep what was parsed for the next run."""
        self._program.save()


def _owner(text: Text | None) -> set[str]:
    return set() if text is None or text.owner is None else {text.owner}
