"""Under which name a task is registered: the one it is given, or Celery's default.

Law: it reads names; what is registered under them is somebody else's business.
Source: Celery documentation, *Tasks: Names*.
"""

from __future__ import annotations

from functools import cached_property

from celery_registry.source.apps import Apps
from celery_registry.source.delegates import Maker
from celery_registry.source.model import How
from celery_registry.source.resolve import Frame, Names, Symbol
from celery_registry.source.texts import Text, Texts
from celery_registry.source.values import UNKNOWN, Value

__all__ = ["TaskNames"]


class TaskNames:
    """Reads names over one program; ``owners`` are the classes whose members gave any so far.

    ``main`` is the name that stands for the module ``__main__``.
    """

    def __init__(self, names: Names, texts: Texts, apps: Apps, main: str | None) -> None:
        self._names, self._texts, self._apps, self._main = names, texts, apps, main
        self._own_names: bool | None = None
        self.owners: set[str] = set()

    def of_function(self, frame: Frame, maker: Maker, function: str, module: str | None) -> str | None:
        """The name that a maker gives to a function of a module; None where the text does not tell."""
        if maker.name is not None and maker.name != ("k", None):
            return self._noted(self._texts.text(maker.place or frame, maker.name))
        if "**" in maker.options or not function or function.startswith("<") or maker.how is How.REGISTER_TASK:
            return None
        # A shared task gets its name from whatever application there is.
        shared, place = maker.receiver is None, maker.app_place or frame
        own = self._any_own_names() if shared else self._apps.own_names(place, maker.receiver or UNKNOWN)
        own = own or self._are_given
        return None if own else self._default(module or frame.module, function, self._main_of(place, maker.receiver))

    def of_class(self, cls: Symbol, default: bool) -> str | None:
        """The ``name`` of a task class; with ``default``, also an inherited one or the one that Celery makes."""
        facts = self._names.class_facts(cls.module, cls.name)
        if facts is None:
            return None
        for keyword, value in facts.keywords:
            if keyword == "name":
                return self._noted(self._texts.text(Frame(cls.module, None, facts.environment), value))
        own = any(member.name == "name" for member in facts.members)
        symbol = self._names.attribute(cls, "name") if own or default else None
        if symbol is not None and symbol.kind == "value" and symbol.frame is not None:
            rows = [row[1] for row in symbol.rows]
            if rows != [("k", None)]:
                named = self._texts.of(symbol)
                # The task class itself is no owner of names; what it takes its name from may be.
                self._noted(self._texts.text(symbol.frame, rows[0]))
                return None if named is None else named.text
        return self._default(cls.module, cls.name.rpartition(".")[2], None) if default else None

    def _noted(self, text: Text | None) -> str | None:
        if text is not None and text.owner is not None:
            self.owners.add(text.owner)
        return None if text is None else text.text

    def _default(self, module: str, function: str, main: str | None) -> str | None:
        if module == "__main__":
            main = self._main or main
            return None if main is None else f"{main}.{function}"
        return f"{module}.{function}"

    def _main_of(self, frame: Frame, receiver: Value | None) -> str | None:
        """The ``main`` of ``app = Celery("main")``."""
        symbol = None if receiver is None or receiver[0] != "n" else self._names.find(frame, receiver[1])
        if symbol is None or symbol.kind != "value" or symbol.frame is None or len(symbol.rows) != 1:
            return None
        made = symbol.rows[0][1]
        if made is None or made[0] != "c":
            return None
        text = self._texts.text(symbol.frame, made[2][0] if made[2] else dict(made[3]).get("main", UNKNOWN))
        return None if text is None else text.text

    def _any_own_names(self) -> bool:
        """Whether a class of the program makes default names of its own."""
        if self._own_names is None:
            self._own_names = any(
                name.endswith(".gen_task_name")
                for module in self._names.program.wanted
                if (facts := self._names.program.facts(module)) is not None
                for name in facts.functions
            )
        return self._own_names

    @cached_property
    def _are_given(self) -> bool:
        """Whether an application is given its way to name tasks; nobody follows to which one."""
        facts = map(self._names.program.facts, self._names.program.wanted)
        return any(each is not None and each.makes_names for each in facts)
