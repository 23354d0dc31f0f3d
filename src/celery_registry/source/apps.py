"""Is this expression a Celery application?

Law: an expression and its place in, ``yes``, ``no`` or ``maybe`` out. Other libraries have ``app.task`` too.
"""

from __future__ import annotations

from celery_registry.source.fullnames import APP_FULLNAMES, CURRENT_APP_FULLNAMES
from celery_registry.source.resolve import Frame, Names, Thing
from celery_registry.source.values import Value, last_part

__all__ = ["Apps"]


class Apps:
    """Tells Celery applications over one program."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._near: dict[str, bool] = {}

    def is_app(self, frame: Frame, receiver: Value) -> str:
        """``yes``, ``no``, or ``maybe`` where the text does not tell."""
        if receiver[0] not in ("n", ".", "c"):
            return "maybe"
        thing = self._names.find(frame, receiver[1]) if receiver[0] == "n" else self._names.instance(frame, receiver)
        if thing is not None and thing.kind == "value":
            followed = self._names.follow(thing)
            if followed is None:
                return "maybe"
            thing = followed
        return "maybe" if thing is None else self._judge(thing)

    def _judge(self, thing: Thing) -> str:
        if thing.kind == "made":
            if thing.name in APP_FULLNAMES:
                return "yes"
            # A subclass from another package: CeleryApp, TenantAwareCelery.
            return "yes" if "celery" in thing.name.lower() else "no"
        if thing.kind == "outside":
            if thing.name in CURRENT_APP_FULLNAMES or thing.name.endswith("._app"):
                return "yes"
            if thing.name.startswith(("builtins.", "typing.", "celery.")):
                return "no"
            return "maybe"
        if thing.kind == "instance":
            bases = [b.name for b in self._names.order(thing.module, thing.name) if b.kind == "outside"]
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
        thing = self._names.instance(frame, receiver)
        if thing is None or thing.kind == "outside":
            return False
        if thing.kind == "instance":
            made = self._names.attribute(thing, "gen_task_name")
            return made is not None and made.kind != "outside"
        return False

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
