"""What makes tasks: every verb for it, bare or called, and what a program's own functions make of one.

Law: an expression and its place in, a ``Maker`` out, None for anything that makes no task.
"""

from __future__ import annotations

import sys
from typing import Final

from celery_registry.source.apps import Apps
from celery_registry.source.delegates import FUNCTION, Delegates, Maker
from celery_registry.source.given_arguments import Given, Keywords
from celery_registry.source.model import How
from celery_registry.source.resolve import Frame, Names, Symbol
from celery_registry.source.texts import Texts
from celery_registry.source.values import UNKNOWN, Value, callee_of, last_part
from celery_registry.source.verbs import Verb, function_verb, method_verb

__all__ = ["Maker", "Makers", "receiver_of"]

#: What a decorator is called that makes tasks, in one of its words.
_REGISTERING: Final = frozenset({"task", "job", "periodic", "cron", "background", "celery"})
#: Packages whose decorators are called so, and make no tasks of Celery's.
_OTHERS: Final = frozenset(
    [
        "airflow",
        "apscheduler",
        "arq",
        "background_task",
        "builtins",
        "celery",
        "celery_registry",
        "dagster",
        "django_q",
        "django_rq",
        "dramatiq",
        "fabric",
        "flytekit",
        "huey",
        "invoke",
        "kombu",
        "locust",
        "luigi",
        "nox",
        "prefect",
        "procrastinate",
        "pyinvoke",
        "pytest",
        "rq",
        "schedule",
        "sentry_sdk",
        "taskiq",
        "temporalio",
        "typing",
    ]
)


class Makers:
    """Recognises what makes tasks, over one program."""

    def __init__(self, names: Names, texts: Texts, apps: Apps) -> None:
        self._names, self._texts, self._apps = names, texts, apps
        self._delegates = Delegates(names, self._made)

    def read(self, frame: Frame, value: Value) -> Maker | None:
        """A bare name or a call as a maker of tasks."""
        called = value[0] == "c"
        positional: list[Given] = []
        keywords: Keywords = []
        callee = value
        if value[0] == "c":
            callee = value[1]
            positional = [(frame, item) for item in value[2]]
            keywords = [(keyword, (frame, item)) for keyword, item in value[3]]
        found = self._made(frame, callee, positional, keywords, called)
        if found is None:
            return None
        place = None if found.place is frame else found.place
        app_place = None if found.app_place is frame else found.app_place
        arguments = tuple(item for item in found.arguments if item != FUNCTION)
        return found._replace(arguments=arguments, place=place, app_place=app_place)

    def explains(self, module: str, function: str | None, variable: str | None) -> bool:
        """Whether what registers inside a function, or is kept in a variable, was read wherever it is used."""
        return self._delegates.explains(module, function, variable)

    def may_register(self, frame: Frame, value: Value) -> bool:
        """Whether what makes no task, as far as the text tells, may be an application's method all the same."""
        callee = value[1] if value[0] == "c" else value
        found = _receiver(callee) if callee[0] in ("n", ".") else None
        return (
            found is not None and self._apps.is_app(frame, found[1]) == "maybe" and self._apps.near_celery(frame.module)
        )

    def may_be_made(self, frame: Frame, value: Value) -> bool:
        """Whether a decorator is a method of what an own function made, of which the text does not tell what it is."""
        callee = callee_of(value)
        found = _receiver(callee) if callee[0] in ("n", ".") else None
        symbol = None if found is None or found[1][0] != "n" else self._names.find(frame, found[1][1])
        if symbol is None or symbol.kind != "value" or symbol.frame is None or self._names.follow(symbol) is not None:
            return False
        rows = [row[1] for row in symbol.rows if row[0] == "V" and row[1] is not None and row[1][0] == "c"]
        makers = (self._names.instance(symbol.frame, callee_of(row)) for row in rows)
        return self._apps.near_celery(frame.module) and any(m is not None and m.kind == "function" for m in makers)

    def may_be_anothers(self, frame: Frame, value: Value) -> bool:
        """Whether a decorator of another package, as ``from platform.queues import job``, may register tasks of Celery's."""
        callee = callee_of(value)
        # A method of an object is an application's, or nobody's.
        head = self._names.find(frame, callee[1].partition(".")[0]) if callee[0] == "n" else None
        symbol = None if head is None or head.kind != "outside" else self._symbol(frame, callee)
        if symbol is None or symbol.kind != "outside":
            return False
        package, name = symbol.name.partition(".")[0], symbol.name.lower()
        words = (*name.rpartition(".")[2].split("_"), "celery" if "celery" in name else "")
        return package not in _OTHERS and package not in sys.stdlib_module_names and not _REGISTERING.isdisjoint(words)

    def _made(
        self, frame: Frame, callee: Value, positional: list[Given], keywords: Keywords, called: bool
    ) -> Maker | None:
        if callee[0] not in "n.":
            return None
        symbol = self._symbol(frame, callee)
        keywords = self._delegates.expand(keywords)
        fullname = "" if symbol is None or symbol.kind in ("made", "instance") else symbol.fullname
        verb = function_verb(fullname)
        if verb is not None:
            return self._by_function(verb, positional, keywords, frame)
        if symbol is not None and symbol.kind in ("function", "value"):
            through = self._delegates.read(frame, symbol, positional, keywords, called)
            if through is not None:
                return through._replace(through=symbol.fullname) if symbol.kind == "function" else through
        found = _receiver(callee)
        if found is None:
            return None
        verb, receiver = found
        named = _given(keywords, "name")
        if not self._apps.plausible(frame, receiver, named is not None and self._texts.text(*named) is not None):
            return None
        arguments = tuple(item for _, item in positional)
        place, name = (None, None) if named is None else named
        options = dict(_options(keywords))
        if symbol is not None and symbol.kind == "function" and not self._delegates.is_inside(symbol):
            # A method of the program's own application, which may bind its tasks on the way.
            options.setdefault("bind", UNKNOWN)
        made = Maker(verb.how, name, options, arguments, receiver, None, place, frame)
        made = made._replace(made_by=self._apps.made_by(frame, receiver))
        return self._with_base(made, keywords, frame)

    def _symbol(self, frame: Frame, callee: Value) -> Symbol | None:
        if callee[0] == "n":
            return self._names.find(frame, callee[1])
        if callee[0] != ".":
            return None
        base = self._names.instance(frame, callee[1])
        return None if base is None else self._names.attribute(base, callee[2])

    def _by_function(self, verb: Verb, positional: list[Given], keywords: Keywords, frame: Frame) -> Maker:
        options = dict(_options(keywords))
        given = dict(enumerate(positional))
        if verb.how is not How.REGISTER_TASK:
            place, name = _given(keywords, "name") or (None, None)
            arguments = tuple(item for _, item in positional)
            made = Maker(verb.how, name, options, arguments, None, None, place, frame)
            return self._with_base(made, keywords, frame)
        app = given.get(0) or _given(keywords, "app")
        place, name = given.get(1) or _given(keywords, "name") or (frame, UNKNOWN)
        function = _given(keywords, "function")
        rest = tuple(item for _, item in positional[2:]) or (() if function is None else (function[1],))
        app_place, receiver = (frame, None) if app is None else app
        return self._with_base(
            Maker(verb.how, name, options, rest, receiver, None, place, app_place), keywords, app_place
        )

    def _with_base(self, maker: Maker, keywords: Keywords, frame: Frame) -> Maker:
        given = _given(keywords, "base")
        if given is None:
            tells = not {"**", "cls"} & set(maker.options) and self._apps.tells_task_class(frame, maker.receiver)
            return maker._replace(base=self._apps.task_class(frame, maker.receiver), tells_base=tells)
        if given[1] == ("k", None):
            return maker
        symbol = self._names.instance(*given)
        is_class = symbol is not None and symbol.kind in ("class", "outside")
        tells = not self._apps.is_loose(frame, maker.receiver)
        return maker._replace(tells_base=tells, base=symbol.fullname if symbol is not None and is_class else "?")


def _options(keywords: Keywords) -> list[tuple[str, Value]]:
    return [(keyword or "**", item) for keyword, (_, item) in keywords]


def _given(keywords: Keywords, name: str) -> Given | None:
    """Where the value of a keyword is read, and the value; of several the last, None where there is none."""
    return next((given for keyword, given in reversed(keywords) if keyword == name), None)


def _receiver(callee: Value) -> tuple[Verb, Value] | None:
    """The method of an application that is called, and the application."""
    verb = method_verb(last_part(callee))
    receiver = None if verb is None else receiver_of(callee, verb.word)
    return None if verb is None or receiver is None else (verb, receiver)


def receiver_of(callee: Value, method: str) -> Value | None:
    """``app`` of ``app.task``; None where another method, or no method, is meant."""
    if callee[0] == "n" and callee[1].endswith(f".{method}"):
        return ("n", callee[1][: -len(method) - 1])
    if callee[0] == "." and callee[2] == method:
        base: Value = callee[1]
        return base
    return None
