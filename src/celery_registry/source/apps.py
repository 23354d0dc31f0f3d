"""Is this expression a Celery application?

Law: an expression and its place in, ``yes``, ``no`` or ``maybe`` out. Other libraries have ``app.task`` too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from celery_registry.source.fullnames import APP_FULLNAMES, CURRENT_APP_FULLNAMES
from celery_registry.source.resolve import Frame, Names, Symbol
from celery_registry.source.values import Call, Value, last_part

__all__ = ["Apps"]


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
        """The dotted name of the ``task_cls`` of an application, or of any, where the text does not tell which.

        None for Celery's own, ``?`` where the text does not tell.
        """
        symbol = None if receiver is None or receiver[0] != "n" else self._names.find(frame, receiver[1])
        if symbol is not None and symbol.kind == "value" and symbol.frame is not None and len(symbol.rows) == 1:
            made = symbol.rows[0]
            if made[0] == "V" and made[1] is not None and made[1][0] == "c":
                return self._made_task_class(symbol.frame, made[1])
        if self._any_task_class is None:
            found = sorted(set(self._task_classes()))
            self._any_task_class = (found[0] if len(found) == 1 else "?" if found else None,)
        return self._any_task_class[0]

    def _task_classes(self) -> Iterator[str]:
        """The ``task_cls`` of every application at the top of a module."""
        for module in self._names.program.wanted:
            facts = self._names.program.facts(module)
            for rows in () if facts is None else facts.bindings.values():
                for row in rows:
                    if row[0] == "V" and row[1] is not None and row[1][0] == "c":
                        found = self._made_task_class(Frame(module), row[1])
                        if found is not None:
                            yield found

    def _made_task_class(self, frame: Frame, call: Call) -> str | None:
        given: Value | None = dict(call[3]).get("task_cls")
        if given is None and ("elery" not in last_part(call[1]) or self._names.instance(frame, call) is None):
            return None
        if given is None:
            made = self._names.instance(frame, call)
            own = None if made is None or made.kind != "instance" else self._names.attribute(made, "task_cls")
            if own is None or own.kind != "value" or own.frame is None:
                return None
            frame = own.frame
            given = cast("Value", own.rows[0][1])
        if given[0] == "s":
            # Celery takes both spellings (kombu.utils.imports.symbol_by_name).
            return given[1].replace(":", ".")
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
