"""Is this expression a Celery application?

Law: an expression and its place in, ``yes``, ``no`` or ``maybe`` out. Other libraries have ``app.task`` too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, cast

from celery_registry.source.fullnames import APP_FULLNAMES, CURRENT_APP_FULLNAMES, SIGNATURE_FULLNAMES
from celery_registry.source.resolve import Frame, Names, Symbol
from celery_registry.source.values import Call, Value, last_part

__all__ = ["Apps"]

#: What is no class of its own between an application's and Celery's.
_PLAIN = ("builtins.", "typing.", "abc.")
#: An application that is handed on from name to name so often is not followed.
_DEEPEST = 10


class _Creation(NamedTuple):
    """The call that makes an application, where it stands, and what else is said of the class of its tasks."""

    frame: Frame
    call: Call
    said: tuple[tuple[Frame, Value], ...] = ()


class Apps:
    """Tells Celery applications over one program."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._near: dict[str, bool] = {}
        self._any_task_class: tuple[str | None] | None = None

    def is_app(self, frame: Frame, receiver: Value) -> str:
        """``yes``, ``no``, or ``maybe`` where the text does not tell."""
        if receiver[0] not in ("n", ".", "c"):
            return "maybe"
        symbol = self._names.find(frame, receiver[1]) if receiver[0] == "n" else self._names.instance(frame, receiver)
        if symbol is not None and symbol.kind == "value":
            followed = self._names.follow(symbol)
            if followed is None:
                return "maybe"
            symbol = followed
        return "maybe" if symbol is None else self._judge(symbol)

    def _judge(self, symbol: Symbol) -> str:
        if symbol.kind == "made":
            if symbol.name in APP_FULLNAMES:
                return "yes"
            if symbol.name in SIGNATURE_FULLNAMES or symbol.name.endswith((".signature", ".subtask")):
                # ``app.signature("name").task`` is a text.
                return "no"
            # A subclass from another package: CeleryApp, TenantAwareCelery.
            return "yes" if "celery" in symbol.name.lower() else "no"
        if symbol.kind == "outside":
            if symbol.name in CURRENT_APP_FULLNAMES or symbol.name.endswith("._app"):
                return "yes"
            if symbol.name.startswith(("builtins.", "typing.", "celery.")):
                return "no"
            return "maybe"
        if symbol.kind == "instance":
            bases = [b.name for b in self._names.order(symbol.module, symbol.name) if b.kind == "outside"]
            if any(name in APP_FULLNAMES for name in bases):
                return "yes"
            return "maybe" if "?" in bases else "no"
        return "no"

    def is_application(self, made: Symbol | None) -> bool:
        """Whether what a call makes is an application for certain; of another package's class the name tells."""
        if made is None or made.kind not in ("made", "instance"):
            return False
        names = [made.name]
        if made.kind == "instance":
            names = [base.name for base in self._names.order(made.module, made.name) if base.kind == "outside"]
        return any(name in APP_FULLNAMES or _is_called_so(name) for name in names)

    def plausible(self, frame: Frame, receiver: Value, named: bool) -> bool:
        """Whether a receiver of ``.task`` is taken; ``named`` where the call gives a name that resolves."""
        verdict = self.is_app(frame, receiver)
        if verdict != "maybe":
            return verdict == "yes"
        if not self.near_celery(frame.module):
            return False
        name = last_part(receiver).lower() or last_part(receiver[1] if receiver[0] == "c" else receiver).lower()
        return named or "app" in name or "celery" in name

    def own_names(self, frame: Frame, receiver: Value) -> bool:
        """Whether the application's class may make default names of its own."""
        symbol = self._names.instance(frame, receiver)
        if symbol is None or symbol.kind == "outside":
            return False
        if symbol.kind == "instance":
            made = self._names.attribute(symbol, "gen_task_name")
            return made is not None and made.kind != "outside"
        return False

    def task_class(self, frame: Frame, receiver: Value | None) -> str | None:
        """The dotted name of the class that an application gives to its tasks, or any, where nobody can tell which it is.

        None for Celery's own, ``?`` where the text does not tell.
        """
        made = None if receiver is None else self._creation(frame, receiver)
        if made is not None:
            return _one(self._of_creation(made))
        symbol = None if receiver is None else self._names.instance(frame, receiver)
        if symbol is not None and symbol.kind == "instance":
            return _one(self._of_class(symbol))
        if self._any_task_class is None:
            self._any_task_class = (_one(self._task_classes()),)
        return self._any_task_class[0]

    def tells_task_class(self, frame: Frame, receiver: Value | None) -> bool:
        """Whether the text tells which class its tasks get, and that Celery looks at their arguments."""
        if receiver is None:
            return True
        symbol = self._names.instance(frame, receiver)
        if symbol is None or not self._is_celerys(symbol):
            return False
        if self._creation(frame, receiver) is None:
            return symbol.kind == "instance"
        return not self.is_loose(frame, receiver)

    def made_by(self, frame: Frame, receiver: Value | None) -> tuple[str, str] | None:
        """The variable that an application is kept in, and the function of the program's that makes it, as dotted names."""
        value = receiver
        for _ in range(_DEEPEST):
            symbol = self._names.find(frame, value[1]) if value is not None and value[0] == "n" else None
            rows = () if symbol is None or symbol.kind != "value" else symbol.rows
            if symbol is None or symbol.frame is None or len(rows) != 1 or rows[0][0] != "V" or rows[0][1] is None:
                return None
            frame, value = symbol.frame, rows[0][1]
            if value[0] == "c":
                callee = self._names.instance(frame, value[1])
                made = callee is not None and callee.kind == "function"
                return (symbol.fullname, callee.fullname) if made and callee is not None and symbol.module else None
        return None

    def is_loose(self, frame: Frame, receiver: Value | None) -> bool:
        """Whether what makes an application may say that Celery looks at no arguments of its tasks."""
        made = None if receiver is None else self._creation(frame, receiver)
        options = {} if made is None else dict(made.call[3])
        return None in options or options.get("strict_typing", ("k", True)) != ("k", True)

    def _is_celerys(self, symbol: Symbol) -> bool:
        """Whether an application's class is Celery's own, or below it with classes of the program alone between."""
        if symbol.kind != "instance":
            return symbol.kind == "made" and symbol.name in APP_FULLNAMES
        bases = [base.name for base in self._names.order(symbol.module, symbol.name) if base.kind != "class"]
        return bool(APP_FULLNAMES.intersection(bases)) and all(
            name in APP_FULLNAMES or name.startswith(_PLAIN) for name in bases
        )

    def _creation(self, frame: Frame, value: Value, depth: int = 0) -> _Creation | None:
        """What makes an application, through names and functions; None where it cannot be followed."""
        if depth > _DEEPEST:
            return None
        if value[0] == "n":
            symbol = self._names.find(frame, value[1])
            rows = () if symbol is None or symbol.kind != "value" else symbol.rows
            if symbol is None or symbol.frame is None or len(rows) != 1 or rows[0][0] != "V" or rows[0][1] is None:
                return None
            return self._creation(symbol.frame, rows[0][1], depth + 1)
        callee = self._names.instance(frame, value[1]) if value[0] == "c" else None
        if value[0] != "c" or callee is None or callee.kind not in ("function", "class", "outside"):
            return None
        if callee.kind != "function":
            return _Creation(frame, value)
        function = self._names.function_facts(callee)
        if function is None or function.returned is None:
            return None
        made = self._creation(Frame(callee.module, None, function.inside), function.returned, depth + 1)
        said = [(Frame(callee.module, None, environment), value) for value, environment in function.task_classes]
        return None if made is None else made._replace(said=(*made.said, *said))

    def _task_classes(self) -> Iterator[str]:
        """What every application at the top of a module gives to its tasks."""
        for module in self._names.program.wanted:
            facts = self._names.program.facts(module)
            for rows in () if facts is None else facts.bindings.values():
                for row in rows:
                    call = row[1] if row[0] == "V" else None
                    if call is None or call[0] != "c" or not ("elery" in last_part(call[1]) or _has_task_class(call)):
                        continue
                    made = self._creation(Frame(module), call) or _Creation(Frame(module), call)
                    yield from self._of_creation(made)

    def _of_creation(self, made: _Creation) -> Iterator[str]:
        """The classes besides Celery's own that the tasks of an application may get."""
        given: Value | None = dict(made.call[3]).get("task_cls")
        yield from (self._class_name(*said) for said in made.said)
        if given is not None:
            yield self._class_name(made.frame, given)
            return
        found = self._names.instance(made.frame, made.call)
        if found is not None and found.kind == "instance":
            yield from self._of_class(found)

    def _of_class(self, made: Symbol) -> Iterator[str]:
        """The same of an application of a class of the program's, by its body and its methods."""
        own = self._names.attribute(made, "task_cls")
        if own is not None and own.kind == "value" and own.frame is not None:
            yield self._class_name(own.frame, cast("Value", own.rows[0][1]))
        for base in self._names.order(made.module, made.name):
            facts = self._names.class_facts(base.module, base.name) if base.kind == "class" else None
            for value, environment in () if facts is None else facts.task_classes:
                yield self._class_name(Frame(base.module, None, environment), value)

    def _class_name(self, frame: Frame, given: Value, depth: int = 0) -> str:
        if given[0] == "s":
            # Celery takes both spellings (kombu.utils.imports.symbol_by_name).
            return given[1].replace(":", ".")
        callee = self._names.instance(frame, given[1]) if given[0] == "c" else None
        function = self._names.function_facts(callee) if callee is not None and callee.kind == "function" else None
        if callee is not None and function is not None and function.returned is not None and depth < _DEEPEST:
            # An annotation says less: ``-> type[Task]``.
            return self._class_name(Frame(callee.module, None, function.inside), function.returned, depth + 1)
        symbol = self._names.instance(frame, given)
        return symbol.fullname if symbol is not None and symbol.kind in ("class", "outside") else "?"

    def near_celery(self, module: str) -> bool:
        """Whether a module imports Celery, or imports a module of the program that does."""
        if module not in self._near:
            self._near[module] = self._imports_celery(module) or any(
                self._imports_celery(name)
                for source, taken in self._imports(module)
                for name in (source, f"{source}.{taken}")
                if name in self._names.program.files
            )
        return self._near[module]

    def _imports(self, module: str) -> tuple[tuple[str, str | None], ...]:
        facts = self._names.program.facts(module)
        return () if facts is None else facts.imports

    def _imports_celery(self, module: str) -> bool:
        return any(source.partition(".")[0] in ("celery", "celery_registry") for source, _ in self._imports(module))


def _is_called_so(fullname: str) -> bool:
    """Whether a name of another package is that of applications: TenantAwareCelery, CeleryApp, make_celery."""
    word = fullname.rpartition(".")[2].lower().replace("_", "")
    return not fullname.startswith("celery.") and word.endswith(("celery", "celeryapp"))


def _one(found: Iterable[str]) -> str | None:
    names = sorted(set(found))
    return names[0] if len(names) == 1 else "?" if names else None


def _has_task_class(call: Call) -> bool:
    return any(name == "task_cls" for name, _ in call[3])
