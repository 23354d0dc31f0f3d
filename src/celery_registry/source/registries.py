"""Registry classes and their properties.

Law: it decides which classes are registries, and reads what their properties promise; it never compares.
"""

from __future__ import annotations

from celery_registry.contract.task import Origin
from celery_registry.source.docstring import read_documented
from celery_registry.source.facts import ClassFacts, PropertyFacts
from celery_registry.source.fullnames import REGISTRY_BASE_FULLNAMES, TASK_FULLNAMES
from celery_registry.source.model import Registry, RegistryProperty
from celery_registry.source.resolve import Frame, Names, Symbol
from celery_registry.source.texts import Texts

__all__ = ["Registries"]

_PROMISES_NOTHING = frozenset({*TASK_FULLNAMES, "typing.Any", "typing_extensions.Any"})


class Registries:
    """Reads registries over one program."""

    def __init__(self, names: Names, texts: Texts) -> None:
        self._names, self._texts = names, texts
        self._own: dict[tuple[str, str], dict[str, tuple[RegistryProperty, str | None]]] = {}

    def find(self) -> dict[str, Registry]:
        """Every registry of the program by its dotted name, sorted."""
        found: dict[str, Registry] = {}
        for module in self._names.program.wanted:
            facts = self._names.program.facts(module)
            for qualname, cls in () if facts is None else facts.classes.items():
                if cls.properties or cls.asked:
                    for symbol in (Symbol("class", module, qualname), *self._names.subclasses(module, qualname)):
                        registry = None if symbol.fullname in found else self.registry(symbol)
                        if registry is not None:
                            found[symbol.fullname] = registry
        return dict(sorted(found.items()))

    def registry(self, cls: Symbol, *, named: bool = False) -> Registry | None:
        """One class as a registry; None where no property returns a task by name, nor ``__init__`` of one of ours asks for any.

        One that is ``named`` as a registry is one in any case.
        """
        properties: dict[str, RegistryProperty] = {}
        enums: set[str] = set()
        hidden: set[str] = set()
        for base in self._names.order(cls.module, cls.name):
            facts = None if base.kind != "class" else self._names.class_facts(base.module, base.name)
            if facts is None:
                continue
            for attribute, (found, owner) in self._properties(base, facts).items():
                if attribute not in hidden and attribute not in properties:
                    properties[attribute] = found
                    enums.update([owner] if owner is not None else [])
            hidden |= self._defined(base, facts) - set(properties)
        facts = self._names.class_facts(cls.module, cls.name)
        initial = not properties and self._initial(cls, enums)
        if facts is None or not (properties or named or (initial and self._extends_ours(cls))):
            return None
        path = self._names.program.files[cls.module].path
        origin = Origin(path, facts.line, facts.column, cls.name)
        return Registry(cls.fullname, cls.module, properties, tuple(sorted(enums)), origin, self._asked(cls))

    def _initial(self, cls: Symbol, enums: set[str]) -> bool:
        """Whether ``__init__`` asks for tasks; the classes that these take their names from are added to ``enums``."""
        found = False
        for base in self._names.order(cls.module, cls.name):
            facts = None if base.kind != "class" else self._names.class_facts(base.module, base.name)
            for value in () if facts is None else facts.asked:
                text = self._texts.text(Frame(base.module, None, {} if facts is None else facts.environment), value)
                enums.update([text.owner] if text is not None and text.owner is not None else [])
                found = True
        return found

    def _asked(self, cls: Symbol) -> frozenset[str] | None:
        """The names that ``__init__`` asks for, and those that a descriptor was made with."""
        asked: set[str] = set()
        for base in self._names.order(cls.module, cls.name):
            facts = None if base.kind != "class" else self._names.class_facts(base.module, base.name)
            if facts is None:
                continue
            frame = Frame(base.module, None, facts.environment)
            for value in facts.asked:
                text = self._texts.text(frame, value)
                if text is None:
                    return None
                asked.add(text.text)
            for member in facts.members:
                for value in (*member.value[2], *(v for _, v in member.value[3])) if member.value[0] == "c" else ():
                    text = self._texts.text(frame, value)
                    if text is not None and text.owner is not None:
                        asked.add(text.text)
        return frozenset(asked)

    def _defined(self, cls: Symbol, facts: ClassFacts) -> set[str]:
        """What a class defines itself, which hides what its bases define."""
        file = self._names.program.facts(cls.module)
        names = {member.name for member in facts.members}
        prefix = f"{cls.name}."
        for qualname in () if file is None else file.functions:
            if qualname.startswith(prefix) and "." not in qualname[len(prefix) :]:
                names.add(qualname[len(prefix) :])
        return names

    def _properties(self, cls: Symbol, facts: ClassFacts) -> dict[str, tuple[RegistryProperty, str | None]]:
        key = (cls.module, cls.name)
        if key not in self._own:
            found: dict[str, tuple[RegistryProperty, str | None]] = {}
            for row in facts.properties:
                if self._returns_task(cls, row):
                    found[row.attribute] = self._property(cls, row)
            self._own[key] = found
        return self._own[key]

    def _property(self, cls: Symbol, row: PropertyFacts) -> tuple[RegistryProperty, str | None]:
        text = self._texts.text(Frame(cls.module, None, row.environment), row.name)
        path = self._names.program.files[cls.module].path
        found = RegistryProperty(
            registry=cls.fullname,
            attribute=row.attribute,
            task_name=None if text is None else text.text,
            name_fullname=None if text is None else text.fullname,
            annotation=row.annotation or "",
            documented=read_documented(row.docstring),
            docstring=row.docstring,
            origin=Origin(path, row.line, row.column, f"{cls.name}.{row.attribute}"),
            unreadable=self._unreadable(cls, row.annotation),
        )
        return found, None if text is None else text.owner

    def _unreadable(self, cls: Symbol, annotation: str | None) -> str | None:
        """What the annotation is where it promises nothing: ``Any``, or Celery's own ``Task`` without its arguments."""
        if annotation is None:
            return "missing"
        if not annotation.replace(".", "").isidentifier():
            return None
        symbol = self._names.find(Frame(cls.module), annotation)
        is_bare = symbol is not None and symbol.kind == "outside" and symbol.name in _PROMISES_NOTHING
        return f'"{annotation}"' if is_bare else None

    def _returns_task(self, cls: Symbol, row: PropertyFacts) -> bool:
        """Whether the annotation can be a Celery task; a class of the program that is none cannot."""
        if row.annotation is None:
            return self._extends_ours(cls)
        head = row.annotation.partition("[")[0].strip()
        symbol = self._names.find(Frame(cls.module), head) if head.replace(".", "").isidentifier() else None
        if symbol is not None and symbol.kind == "value":
            return True
        if symbol is None or symbol.kind == "outside":
            return symbol is None or symbol.name.startswith(("celery.", "typing.")) or self._extends_ours(cls)
        if symbol.kind != "class":
            return False
        bases = {base.name for base in self._names.order(symbol.module, symbol.name) if base.kind == "outside"}
        return bool(bases & TASK_FULLNAMES) or "?" in bases

    def _extends_ours(self, cls: Symbol) -> bool:
        return any(base.name in REGISTRY_BASE_FULLNAMES for base in self._names.order(cls.module, cls.name))
