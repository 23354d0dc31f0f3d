"""What makes tasks: ``app.task``, ``shared_task``, ``register_task``, and the user's own functions around them.

Law: an expression and its place in, a ``Maker`` out, None for anything that makes no task.
"""

from __future__ import annotations

from typing import NamedTuple

from celery_registry.source.apps import Apps
from celery_registry.source.fullnames import REGISTER_TASK_FULLNAMES, SHARED_TASK_FULLNAMES
from celery_registry.source.model import How
from celery_registry.source.resolve import Frame, Names, Thing
from celery_registry.source.texts import Texts
from celery_registry.source.values import UNKNOWN, Value

__all__ = ["Maker", "Makers", "receiver_of"]


class Maker(NamedTuple):
    """What makes tasks: its options, and the arguments left for what it registers.

    ``base`` is the dotted name of the class that its tasks get, ``?`` where the text does not tell which.
    """

    how: How
    name: Value | None
    options: dict[str, Value]
    arguments: tuple[Value, ...]
    receiver: Value | None = None
    base: str | None = None

    def flag(self, name: str) -> tuple[bool, bool]:
        """Whether an option that is off by default is on, and whether the text leaves that in doubt."""
        if name in self.options:
            value = self.options[name]
            return (bool(value[1]), False) if value[0] == "k" else (False, True)
        return False, "**" in self.options


class Makers:
    """Recognises what makes tasks, over one program."""

    def __init__(self, names: Names, texts: Texts, apps: Apps) -> None:
        self._names, self._texts, self._apps = names, texts, apps
        self._entered: set[str] = set()

    def read(self, frame: Frame, value: Value) -> Maker | None:
        """A bare name or a call as a maker of tasks."""
        callee = value[1] if value[0] == "c" else value
        if callee[0] not in "n.":
            return None
        arguments: tuple[Value, ...] = value[2] if value[0] == "c" else ()
        options: dict[str, Value] = {}
        for keyword, item in value[3] if value[0] == "c" else ():
            options[keyword or "**"] = item
        thing = self._names.find(frame, callee[1]) if callee[0] == "n" else None
        fullname = "" if thing is None or thing.kind in ("made", "instance") else thing.fullname
        if fullname in SHARED_TASK_FULLNAMES:
            base = self._base(frame, options, None)
            return Maker(How.SHARED_TASK, options.get("name"), options, arguments, None, base)
        if fullname in REGISTER_TASK_FULLNAMES:
            given = arguments[1] if len(arguments) > 1 else options.get("name", UNKNOWN)
            rest = arguments[2:] or ((options["function"],) if "function" in options else ())
            app = arguments[0] if arguments else options.get("app")
            return Maker(How.REGISTER_TASK, given, options, rest, app, self._base(frame, options, app))
        if thing is not None and thing.kind == "function":
            through = self._through(frame, thing, options, arguments, value[0] == "c")
            if through is not None:
                return through
        receiver = receiver_of(callee, "task")
        if receiver is None:
            return None
        name = options.get("name")
        named = name is not None and self._texts.text(frame, name) is not None
        if not self._apps.plausible(frame, receiver, named):
            return None
        return Maker(How.APP_TASK, name, options, arguments, receiver, self._base(frame, options, receiver))

    def _base(self, frame: Frame, options: dict[str, Value], receiver: Value | None) -> str | None:
        if "base" not in options:
            return self._apps.task_class(frame, receiver)
        if options["base"] == ("k", None):
            return None
        thing = self._names.instance(frame, options["base"])
        return thing.fullname if thing is not None and thing.kind in ("class", "outside") else "?"

    def _through(
        self, frame: Frame, thing: Thing, options: dict[str, Value], arguments: tuple[Value, ...], called: bool
    ) -> Maker | None:
        """``def our_task(*args, **kwargs): return shared_task(*args, base=Ours, **kwargs)``, bare or called."""
        function = self._names.function_facts(thing)
        made = None if function is None else function.returned
        if function is None or made is None or made[0] != "c" or thing.fullname in self._entered:
            return None
        first = ("n", function.parameters[0].name) if function.parameters else None
        if any(item[0] != "*" and (called or item != first) for item in made[2]):
            return None
        if not (any(keyword is None for keyword, _ in made[3]) if called else made[2]):
            return None
        if any(keyword == "name" for keyword, _ in made[3]):
            # One name for many functions, or one made of them: only the call itself knows it.
            return None
        self._entered.add(thing.fullname)
        try:
            place = Frame(thing.module, None, function.inside)
            maker = self.read(place, ("c", made[1], (), made[3]))
        finally:
            self._entered.discard(thing.fullname)
        if maker is None or maker.how is How.REGISTER_TASK:
            return None
        inner = {keyword: item for keyword, item in maker.options.items() if keyword != "**"}
        base = self._base(frame, options, None) if "base" in options else maker.base
        return maker._replace(name=options.get("name"), options={**inner, **options}, arguments=arguments, base=base)


def receiver_of(callee: Value, method: str) -> Value | None:
    """``app`` of ``app.task``; None where another method, or no method, is meant."""
    if callee[0] == "n" and callee[1].endswith(f".{method}"):
        return ("n", callee[1][: -len(method) - 1])
    if callee[0] == "." and callee[2] == method:
        base: Value = callee[1]
        return base
    return None
