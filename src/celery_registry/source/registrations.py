"""Where tasks are registered, under which name, and what runs.

Law: it recognises Celery's ways of registering and ours; whether a registration is right is not asked here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from celery_registry.contract.signature import TaskSignature
from celery_registry.contract.task import Origin
from celery_registry.source.apps import Apps
from celery_registry.source.decorators import Decorators
from celery_registry.source.facts import CallFacts, Environment, FunctionFacts
from celery_registry.source.fullnames import REGISTER_TASK_FULLNAMES, SHARED_TASK_FULLNAMES, TASK_FULLNAMES
from celery_registry.source.implementations import Implementation, Implementations
from celery_registry.source.model import How, Registration
from celery_registry.source.resolve import Frame, Names, Thing
from celery_registry.source.texts import Text, Texts
from celery_registry.source.values import UNKNOWN, Value, roots_of

__all__ = ["Registrations"]


class _Head(NamedTuple):
    """A call, or a bare name, that makes tasks: its options, and the arguments left for what it registers."""

    how: How
    name: Value | None
    options: dict[str, Value]
    arguments: tuple[Value, ...]
    receiver: Value | None


class Registrations:
    """Reads registrations over one program; ``app_main`` is the name that stands for the module ``__main__``.

    ``owners`` are the classes whose members gave names, once ``find`` was called.
    """

    def __init__(self, names: Names, texts: Texts, app_main: str | None = None) -> None:
        self._names, self._texts, self._main = names, texts, app_main
        self._apps = Apps(names)
        self._implementations = Implementations(names, Decorators(names))
        self._own_names: bool | None = None
        self._entered: set[str] = set()
        self.owners: set[str] = set()

    def find(self) -> tuple[Registration, ...]:
        """Every registration, by module and place."""
        found: list[Registration] = []
        registered: set[str | None] = set()
        for module in self._names.program.wanted:
            found.extend(self._in_module(module))
        registered.update(r.target for r in found if r.how is How.TASK_CLASS)
        for module in self._names.program.wanted:
            found.extend(r for r in self._classes(module) if r.target not in registered)
        return tuple(sorted(found, key=lambda r: (r.module, r.origin, r.task_name or "", r.target or "")))

    def _in_module(self, module: str) -> Iterator[Registration]:
        facts = self._names.program.facts(module)
        if facts is None:
            return
        for functions in facts.functions.values():
            for function in functions:
                if function.decorators:
                    yield from self._decorated(module, function)
        for call in facts.calls:
            yield from self._called(module, call)

    # What makes tasks

    def _head(self, frame: Frame, value: Value) -> _Head | None:
        """A value as a maker of tasks: ``app.task``, ``shared_task(name=...)``, ``register_task(app, name)``."""
        callee = value[1] if value[0] == "c" else value
        arguments: tuple[Value, ...] = value[2] if value[0] == "c" else ()
        options: dict[str, Value] = {}
        for keyword, item in value[3] if value[0] == "c" else ():
            options[keyword or "**"] = item
        receiver: Value | None = None
        if callee[0] == "n" and callee[1].endswith(".task"):
            receiver = ("n", callee[1][:-5])
        elif callee[0] == "." and callee[2] == "task":
            receiver = callee[1]
        if callee[0] in "n.":
            thing = self._names.find(frame, callee[1]) if callee[0] == "n" else None
            fullname = "" if thing is None or thing.kind in ("made", "instance") else thing.fullname
            if fullname in SHARED_TASK_FULLNAMES:
                return _Head(How.SHARED_TASK, options.get("name"), options, arguments, None)
            if fullname in REGISTER_TASK_FULLNAMES:
                given = arguments[1] if len(arguments) > 1 else options.get("name", UNKNOWN)
                rest = arguments[2:] or ((options["function"],) if "function" in options else ())
                app = arguments[0] if arguments else options.get("app")
                return _Head(How.REGISTER_TASK, given, options, rest, app)
            if thing is not None and thing.kind == "function":
                through = self._through(thing, options, arguments, value[0] == "c")
                if through is not None:
                    return through
        if receiver is None:
            return None
        name = options.get("name")
        named = name is not None and self._texts.text(frame, name) is not None
        if not self._apps.plausible(frame, receiver, named):
            return None
        return _Head(How.APP_TASK, name, options, arguments, receiver)

    def _through(
        self, thing: Thing, options: dict[str, Value], arguments: tuple[Value, ...], called: bool
    ) -> _Head | None:
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
        self._entered.add(thing.fullname)
        try:
            frame = Frame(thing.module, None, function.inside)
            # The name comes from the outer call or not at all: an inner one would not be resolved in its place.
            if any(keyword == "name" for keyword, _ in made[3]):
                return None
            head = self._head(frame, ("c", made[1], (), made[3]))
        finally:
            self._entered.discard(thing.fullname)
        if head is None or head.how is How.REGISTER_TASK:
            return None
        inner = {keyword: item for keyword, item in head.options.items() if keyword != "**"}
        return head._replace(name=options.get("name"), options={**inner, **options}, arguments=arguments)

    # Forms

    def _decorated(self, module: str, function: FunctionFacts) -> Iterator[Registration]:
        frame = Frame(module, function.cls, function.environment)
        for index, decorator in enumerate(function.decorators):
            head = self._head(frame, decorator.value)
            if head is None or head.arguments:
                continue
            bind, doubt = _flag(head, "bind", False)
            thing = Thing("function", module, function.qualname)
            inner = function.decorators[index + 1 :]
            made = self._implementations.of_definition(thing, function, inner, bind)
            origin = self._origin(module, decorator.line, decorator.column, function.qualname)
            name = self._task_name(frame, head, function.qualname.rpartition(".")[2])
            yield self._registration(head, name, module, origin, made, dict(decorator.options), bind, doubt)
            return

    def _called(self, module: str, call: CallFacts) -> Iterator[Registration]:
        frame = Frame(module, None, call.environment)
        value = call.value
        if value[1][0] == "c":
            head = self._head(frame, value[1])
            if head is None or head.arguments:
                return
            targets = value[2]
        else:
            head = self._head(frame, value)
            if head is None:
                yield from self._registered_class(frame, call)
                return
            targets = head.arguments
        if len(targets) != 1 or targets[0][0] == "*":
            return
        yield from self._expanded(frame, call, head, targets[0])

    def _expanded(self, frame: Frame, call: CallFacts, head: _Head, target: Value) -> Iterator[Registration]:
        """One registration for each class that runs the method it stands in."""
        frames = [frame]
        me = self._self_of(call.environment, roots_of(target) | roots_of(head.name))
        if me is not None:
            cls = Thing("class", frame.module, call.environment[me][0][1])
            below = self._below(cls, call.function)
            if below:
                frames = [frame, *(self._as(frame, me, heir) for heir in below)]
        found: dict[tuple[str | None, str | None], Registration] = {}
        for one in frames:
            registration = self._one_call(one, call, head, target)
            if registration is not None:
                found.setdefault((registration.task_name, registration.target), registration)
        yield from self._settled(list(found.values()))

    def _below(self, cls: Thing, function: str | None) -> list[Thing]:
        """The subclasses that run this code too: those that override the method without ``super()`` do not."""
        method = (function or "").rpartition(".")[2]
        below: list[Thing] = []
        for heir in self._names.subclasses(cls.module, cls.name):
            own = self._names.attribute(heir._replace(kind="instance"), method)
            facts = None if own is None or own.kind != "function" else self._names.function_facts(own)
            original = facts is None or own is None or (own.module, own.name) == (cls.module, function)
            if original or (facts is not None and "super" in facts.flags):
                below.append(heir)
        return below

    def _settled(self, found: list[Registration]) -> Iterator[Registration]:
        """Drop what only an abstract base would register; hide what several subclasses do differently."""
        if len(found) > 1:
            found = [r for r in found if not self._is_abstract(r)] or found
        # Nothing abstract is ever registered; without a subclass the name may not even be there.
        found = [r for r in found if r.task_name is not None or not self._is_abstract(r)]
        found = [_hidden(r, "is abstract") if self._is_abstract(r) else r for r in found]
        named = [r for r in found if r.task_name is not None]
        found = named or found[:1]
        by_name: dict[str | None, list[Registration]] = {}
        for registration in found:
            by_name.setdefault(registration.task_name, []).append(registration)
        for same in by_name.values():
            first = same[0]
            if len(same) > 1:
                others = ", ".join(sorted(r.target.rpartition(".")[0].rpartition(".")[2] for r in same if r.target))
                reason = f"has several overrides ({others})"
                first = _hidden(first, reason)
            yield first

    def _one_call(self, frame: Frame, call: CallFacts, head: _Head, target: Value) -> Registration | None:
        bind, doubt = _flag(head, "bind", False)
        made = self._implementations.of_value(frame, target, bind)
        last = (made.target or "").rpartition(".")[2]
        name = self._task_name(frame, head, last, made.module)
        if name is None and made.target is None and head.name is None:
            return None
        origin = self._origin(frame.module, call.line, call.column, call.function or call.cls or "")
        if head.how is How.REGISTER_TASK:
            made = made._replace(bound_method=False)
        return self._registration(head, name, frame.module, origin, made, dict(call.options), bind, doubt)

    def _registered_class(self, frame: Frame, call: CallFacts) -> Iterator[Registration]:
        """``app.register_task(SomeTask())`` and ``app.register_task(SomeTask)``."""
        callee, arguments = call.value[1], call.value[2]
        if callee[0] not in "n." or len(arguments) != 1 or call.value[3]:
            return
        receiver: Value | None = None
        if callee[0] == "n" and callee[1].endswith(".register_task"):
            receiver = ("n", callee[1][: -len(".register_task")])
        elif callee[0] == "." and callee[2] == "register_task":
            receiver = callee[1]
        if receiver is None or not self._apps.plausible(frame, receiver, True):
            return
        thing = self._names.instance(frame, arguments[0])
        if thing is None or thing.kind not in ("class", "instance") or not self._is_task(thing):
            return
        cls = thing._replace(kind="class", via=None)
        name = self._class_name(cls, True)
        origin = self._origin(frame.module, call.line, call.column, call.function or call.cls or "")
        yield self._class_registration(cls, name, frame.module, origin)

    def _classes(self, module: str) -> Iterator[Registration]:
        """Task classes with a name of their own, which a loop or another package may register."""
        facts = self._names.program.facts(module)
        for qualname, cls in () if facts is None else facts.classes.items():
            if not cls.bases:
                continue
            thing = Thing("class", module, qualname)
            if not self._is_task(thing):
                continue
            name = self._class_name(thing, False)
            if name is not None:
                origin = self._origin(module, cls.line, cls.column, qualname)
                made = self._class_registration(thing, name, module, origin)
                if made.hidden is None:
                    yield made

    def _class_registration(self, cls: Thing, name: str | None, module: str, origin: Origin) -> Registration:
        head = _Head(How.TASK_CLASS, None, {}, (), None)
        made = self._implementations.of_class(cls)
        facts = self._names.class_facts(cls.module, cls.name)
        typing = True
        for member in () if facts is None else facts.members:
            if member.name == "typing" and member.value == ("k", False):
                typing = False
        found = self._registration(head, name, module, origin, made, {}, False, False)
        return found if typing else replace(found, typing=False)

    def _is_task(self, cls: Thing) -> bool:
        return any(base.name in TASK_FULLNAMES for base in self._names.order(cls.module, cls.name))

    # Names

    def _class_name(self, cls: Thing, default: bool) -> str | None:
        """The ``name`` of a task class: its own, or else the default that ``register_task`` gives."""
        facts = self._names.class_facts(cls.module, cls.name)
        if facts is None:
            return None
        for keyword, value in facts.keywords:
            if keyword == "name":
                return self._noted(self._texts.text(Frame(cls.module, None, facts.environment), value))
        own = any(member.name == "name" for member in facts.members)
        thing = self._names.attribute(cls, "name") if own or default else None
        if thing is not None and thing.kind == "value":
            rows = [row[1] for row in thing.rows]
            if rows != [("k", None)]:
                named = self._texts.of(thing)
                # The class itself owns its ``name``; what counts is what that was set to.
                set_to = None if thing.frame is None else self._texts.text(thing.frame, rows[0])
                self._noted(set_to)
                return None if named is None else named.text
        return self._default(cls.module, cls.name.rpartition(".")[2]) if default else None

    def _task_name(self, frame: Frame, head: _Head, function: str, module: str | None = None) -> str | None:
        if head.name is not None and head.name != ("k", None):
            return self._noted(self._texts.text(frame, head.name))
        if "**" in head.options or not function or function.startswith("<"):
            return None
        if head.how is How.REGISTER_TASK:
            return None
        if head.receiver is not None and self._apps.own_names(frame, head.receiver):
            return None
        if head.receiver is None and self._any_own_names():
            return None
        return self._default(module or frame.module, function, self._main_of(frame, head.receiver))

    def _noted(self, text: Text | None) -> str | None:
        if text is not None and text.owner is not None:
            self.owners.add(text.owner)
        return None if text is None else text.text

    def _default(self, module: str, function: str, main: str | None = None) -> str | None:
        """Celery's default name. Source: Celery documentation, *Tasks: Names*."""
        if module == "__main__":
            main = self._main or main
            return None if main is None else f"{main}.{function}"
        return f"{module}.{function}"

    def _main_of(self, frame: Frame, receiver: Value | None) -> str | None:
        """The ``main`` of ``app = Celery("main")``."""
        thing = None if receiver is None or receiver[0] != "n" else self._names.find(frame, receiver[1])
        if thing is None or thing.kind != "value" or thing.frame is None or len(thing.rows) != 1:
            return None
        made = thing.rows[0][1]
        if made is None or made[0] != "c":
            return None
        given = made[2][0] if made[2] else dict(made[3]).get("main", UNKNOWN)
        text = self._texts.text(thing.frame, given)
        return None if text is None else text.text

    def _any_own_names(self) -> bool:
        """Whether a class of the program makes names of its own, which shared tasks then get."""
        if self._own_names is None:
            self._own_names = any(
                name.endswith(".gen_task_name")
                for module in self._names.program.wanted
                if (facts := self._names.program.facts(module)) is not None
                for name in facts.functions
            )
        return self._own_names

    # Parts

    def _self_of(self, environment: Environment, used: set[str]) -> str | None:
        for name in sorted(used):
            rows = environment.get(name, ())
            if len(rows) == 1 and rows[0][0] == "S":
                return name
        return None

    def _as(self, frame: Frame, me: str, heir: Thing) -> Frame:
        environment = {**frame.environment, me: (("S", heir.name, heir.module),)}
        return frame._replace(environment=environment)

    def _is_abstract(self, registration: Registration) -> bool:
        if registration.target is None or registration.target_module is None:
            return False
        facts = self._names.program.facts(registration.target_module)
        name = registration.target[len(registration.target_module) + 1 :]
        rows = [] if facts is None else facts.functions.get(name, [])
        return any("abstract" in row.flags for row in rows)

    def _origin(self, module: str, line: int, column: int, label: str) -> Origin:
        return Origin(self._names.program.files[module].path, line, column, label)

    def _registration(
        self,
        head: _Head,
        name: str | None,
        module: str,
        origin: Origin,
        made: Implementation,
        options: Mapping[str, str],
        bind: bool,
        doubt: bool,
    ) -> Registration:
        hidden = made.hidden
        if hidden is None and doubt:
            hidden = "has a bind= that the text does not tell"
        label = made.origin.label
        target_origin = made.origin if label else Origin(made.origin.path, made.origin.line, made.origin.column, "")
        found = Registration(
            task_name=name,
            how=head.how,
            module=module,
            origin=origin,
            target=made.target,
            target_module=made.module,
            target_origin=target_origin,
            signature=made.signature,
            hidden=hidden,
            bound_method=made.bound_method,
            bind=bind,
            base=options.get("base"),
            typing=head.options.get("typing") != ("k", False),
            pydantic=head.options.get("pydantic") == ("k", True),
            docstring=made.docstring,
            options=options,
        )
        return found if hidden == made.hidden else _hidden(found, hidden or "")


def _flag(head: _Head, name: str, default: bool) -> tuple[bool, bool]:
    """A flag's value, and whether the text leaves it in doubt."""
    if name in head.options:
        value = head.options[name]
        return (bool(value[1]), False) if value[0] == "k" else (default, True)
    return default, "**" in head.options


def _hidden(registration: Registration, reason: str) -> Registration:
    return replace(registration, hidden=reason, signature=TaskSignature(None, None))
