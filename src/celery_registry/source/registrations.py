"""Where tasks are registered, under which name, and what runs.

Law: it puts together what others read of one registration; whether that is right is not asked here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from celery_registry.contract.signature import TaskSignature
from celery_registry.contract.task import LAMBDA, Origin
from celery_registry.source.apps import Apps
from celery_registry.source.decorators import Decorators
from celery_registry.source.delegates import Maker
from celery_registry.source.facts import CallFacts, FunctionFacts
from celery_registry.source.fullnames import TASK_FULLNAMES
from celery_registry.source.implementations import Implementation, Implementations
from celery_registry.source.makers import Makers, receiver_of
from celery_registry.source.model import How, Registration
from celery_registry.source.overrides import Overrides, hide
from celery_registry.source.resolve import Frame, Names, Symbol
from celery_registry.source.serializers import Serializers
from celery_registry.source.task_classes import TaskClasses
from celery_registry.source.task_names import TaskNames
from celery_registry.source.texts import Texts
from celery_registry.source.values import UNKNOWN, Call, Value, last_part, roots_of

__all__ = ["Registrations"]


class Registrations:
    """Reads registrations over one program; ``app_main`` is the name that stands for the module ``__main__``."""

    def __init__(self, names: Names, texts: Texts, app_main: str | None = None) -> None:
        self._names = names
        self._apps = Apps(names)
        self._makers = Makers(names, texts, self._apps)
        self._task_names = TaskNames(names, texts, self._apps, app_main)
        self._implementations = Implementations(names, Decorators(names))
        self._overrides = Overrides(names)
        self._serializers = Serializers(names)
        self._task_classes = TaskClasses(names)
        self._tasks: dict[tuple[str, str], bool | None] = {}
        self._kept: list[tuple[str, CallFacts, Maker, Sequence[Registration]]] = []

    @property
    def owners(self) -> frozenset[str]:
        """The classes whose members gave names, once ``find`` was called."""
        return frozenset(self._task_names.owners)

    def find(self) -> tuple[Registration, ...]:
        """Every registration, by module and place."""
        wanted = list(self._names.program.wanted)
        found: list[Registration] = []
        waiting, seen = list(wanted), set(wanted)
        while waiting:
            found += [registration for module in waiting for registration in self._in_module(module)]
            waiting = sorted(self._decorated_modules(waiting) - seen)
            seen.update(waiting)
            wanted += waiting
        found += self._unread()
        registered = {r.target for r in found if r.how is How.TASK_CLASS}
        for module in wanted:
            found.extend(r for r in self._classes(module) if r.target not in registered)
        return tuple(sorted(found, key=lambda r: (r.module, r.origin, r.task_name or "", r.target or "")))

    def _decorated_modules(self, modules: list[str]) -> set[str]:
        """The modules that say nothing of tasks but have a decorator called like a function of these that makes them."""
        names: set[str] = set()
        called: set[str] = set()
        for module in modules:
            facts = self._names.program.facts(module)
            for name, rows in {} if facts is None else facts.functions.items():
                if "<locals>" not in name and any(row.returned is not None for row in rows):
                    names.add(name.rpartition(".")[2])
                    called.add(name.removesuffix(".__call__").rpartition(".")[2])
        if "__call__" in names:
            names |= {
                name
                for module in modules
                if (facts := self._names.program.facts(module)) is not None
                for name, rows in facts.bindings.items()
                if any(row[0] == "V" and row[1] and row[1][0] == "c" and last_part(row[1][1]) in called for row in rows)
            }
        names.update(
            call.variable for _, call, _, _ in self._kept if call.variable is not None and call.function is None
        )
        return {module for name in names for module in self._names.program.decorated_with(name)}

    def _unread(self) -> Iterator[Registration]:
        """What is given to a function of the program's that cannot be followed: it registers under names unknown."""
        for module, call, maker, otherwise in self._kept:
            if self._makers.explains(module, call.function, call.variable):
                continue
            yield from otherwise
            if not otherwise:
                origin = self._origin(module, call.line, call.column, call.function or call.variable or "")
                yield self._unknown(maker, module, origin)

    def _unknown(self, maker: Maker, module: str, origin: Origin) -> Registration:
        made = Implementation(None, None, Origin(), TaskSignature(None, None), "is registered by way of a function")
        return self._registration(maker, None, module, origin, made, {})

    def _in_module(self, module: str) -> Iterator[Registration]:
        facts = self._names.program.facts(module)
        if facts is None:
            return
        for functions in facts.functions.values():
            for function in functions:
                yield from self._decorated(module, function)
        for call in facts.calls:
            yield from self._called(module, call)

    # Functions

    def _decorated(self, module: str, function: FunctionFacts) -> Iterator[Registration]:
        frame = Frame(module, function.cls, function.environment)
        for index, decorator in enumerate(function.decorators):
            maker = self._makers.read(frame, decorator.value)
            if maker is None and "<locals>" in function.qualname and self._makers.may_register(frame, decorator.value):
                # Of what a function is given, a name that cannot be read tells no application from another thing.
                origin = self._origin(module, decorator.line, decorator.column, function.qualname)
                yield self._unknown(Maker(How.APP_TASK, UNKNOWN, {}, ()), module, origin)
            if maker is None or maker.arguments:
                continue
            symbol = Symbol("function", module, function.qualname)
            # What stands above is applied to the task, not to the function.
            below = function.decorators[index + 1 :]
            made = self._implementations.of_definition(symbol, function, below, maker.flag("bind")[0])
            if maker.wraps is not None:
                made = made._replace(hidden=maker.wraps, signature=TaskSignature(None, None))
            # Celery names a task after what it is given.
            own = made.renamed
            called = function.qualname.rpartition(".")[2] if own is None else own.name
            name = self._task_names.of_function(frame, maker, called, module if own is None else own.module)
            origin = self._origin(module, decorator.line, decorator.column, function.qualname)
            found = self._registration(maker, name, module, origin, made, dict(decorator.options))
            above = self._implementations.above(frame, function.decorators[:index])
            yield replace(found, above=above) if above else found
            return
        for decorator in function.decorators:
            value = decorator.value
            if self._makers.may_be_anothers(frame, value) or self._makers.may_be_made(frame, value):
                origin = self._origin(module, decorator.line, decorator.column, function.qualname)
                yield self._unknown(Maker(How.APP_TASK, UNKNOWN, {}, ()), module, origin)
                return

    def _called(self, module: str, call: CallFacts) -> Iterator[Registration]:
        frame = Frame(module, None, call.environment)
        value = call.value
        if value[0] == "m":
            self._keep(module, call, self._makers.read(frame, value[1]))
            return
        through_call = value[1][0] == "c"
        maker = self._makers.read(frame, value[1] if through_call else value)
        if maker is None:
            if call.function is not None and self._makers.may_register(frame, value[1] if through_call else value):
                self._keep(module, call, Maker(How.APP_TASK, UNKNOWN, {}, ()))
            if not through_call:
                yield from self._registered_class(frame, call, value)
            return
        if through_call and maker.arguments:
            return
        targets = value[2] if through_call else maker.arguments
        if len(targets) != 1 or targets[0][0] == "*":
            self._keep(module, call, maker)
            return
        found: dict[tuple[str | None, str | None], Registration] = {}
        for place in self._overrides.frames(frame, call.function, roots_of(targets[0]) | roots_of(maker.name)):
            registration = self._one_call(place, call, maker, targets[0])
            if registration is not None:
                found.setdefault((registration.task_name, registration.target), registration)
        settled = list(self._overrides.settle(list(found.values())))
        if not found or (settled and all(r.task_name is None or r.target is None for r in settled)):
            self._keep(module, call, maker, settled)
        elif len(settled) == 1:
            yield replace(settled[0], kept_in=self._kept_in(module, call))
        else:
            yield from settled

    def _kept_in(self, module: str, call: CallFacts) -> str | None:
        """The variable at the top of a module whose only value a call is."""
        facts = self._names.program.facts(module)
        if facts is None or call.variable is None or call.function is not None or call.cls is not None:
            return None
        rows = facts.bindings.get(call.variable, ())
        return f"{module}.{call.variable}" if len(rows) == 1 and rows[0][:2] == ("V", call.value) else None

    def _keep(self, module: str, call: CallFacts, maker: Maker | None, otherwise: Sequence[Registration] = ()) -> None:
        """Note what makes tasks and is not used on the spot, and what is known where nobody follows it."""
        if maker is not None:
            self._kept.append((module, call, maker, otherwise))

    def _one_call(self, frame: Frame, call: CallFacts, maker: Maker, target: Value) -> Registration | None:
        made = self._implementations.of_value(frame, target, maker.flag("bind")[0])
        own = made.renamed
        called = (made.target or "").rpartition(".")[2] if own is None else own.name
        name = self._task_names.of_function(frame, maker, called, made.module if own is None else own.module)
        if name is None and made.target is None and maker.name is None and made.hidden != LAMBDA:
            return None
        if maker.how is How.REGISTER_TASK:
            made = made._replace(bound_method=False)
        origin = self._origin(frame.module, call.line, call.column, call.function or call.cls or "")
        return self._registration(maker, name, frame.module, origin, made, dict(call.options))

    # Classes

    def _registered_class(self, frame: Frame, call: CallFacts, value: Call) -> Iterator[Registration]:
        """``app.register_task(SomeTask())`` and ``app.register_task(SomeTask)``."""
        receiver = receiver_of(value[1], "register_task")
        if receiver is None or len(value[2]) != 1 or value[3]:
            return
        if not self._apps.plausible(frame, receiver, True):
            return
        symbol = self._names.instance(frame, value[2][0])
        if symbol is not None and symbol.kind in ("class", "instance") and self._is_task(symbol):
            cls = symbol._replace(kind="class", via=None)
            origin = self._origin(frame.module, call.line, call.column, call.function or call.cls or "")
            found = self._class_registration(cls, self._task_names.of_class(cls, True), frame.module, origin)
            yield replace(found, kept_in=self._kept_in(frame.module, call))
        elif symbol is None or symbol.kind not in ("class", "instance") or self._is_unknown(symbol):
            self._keep(frame.module, call, Maker(How.TASK_CLASS, None, {}, ()))

    def _classes(self, module: str) -> Iterator[Registration]:
        """Task classes with a name of their own, which a loop or another package may register."""
        facts = self._names.program.facts(module)
        for qualname, cls in () if facts is None else facts.classes.items():
            symbol = Symbol("class", module, qualname)
            if not cls.bases or not self._is_task(symbol):
                continue
            name = self._task_names.of_class(symbol, False)
            if name is not None:
                origin = self._origin(module, cls.line, cls.column, qualname)
                made = self._class_registration(symbol, name, module, origin)
                if made.hidden is None:
                    yield made

    def _class_registration(self, cls: Symbol, name: str | None, module: str, origin: Origin) -> Registration:
        maker = Maker(How.TASK_CLASS, None, {}, ())
        made = self._implementations.of_class(cls)
        found = self._registration(maker, name, module, origin, made, {})
        serializer, ignores_result = self._serializers.of({}, cls.fullname)
        return replace(found, serializer=serializer, ignores_result=ignores_result)

    def _is_task(self, cls: Symbol) -> bool:
        return self._names.nearest(cls.module, cls.name, _is_celerys, self._tasks) is not None

    def _is_unknown(self, cls: Symbol) -> bool:
        """Whether a class has a base that stands nowhere in the program."""
        outside = [base.name for base in self._names.order(cls.module, cls.name) if base.kind != "class"]
        return any(not name.startswith("builtins.") for name in outside)

    # Both

    def _origin(self, module: str, line: int, column: int, label: str) -> Origin:
        return Origin(self._names.program.files[module].path, line, column, label)

    def _registration(
        self,
        maker: Maker,
        name: str | None,
        module: str,
        origin: Origin,
        made: Implementation,
        options: Mapping[str, str],
    ) -> Registration:
        bind, doubt = maker.flag("bind")
        serializer, ignores_result = self._serializers.of(maker.options, maker.base)
        cls = maker.base if maker.how is not How.TASK_CLASS else made.target
        between = self._task_classes.read(cls)
        found = Registration(
            task_name=name,
            how=maker.how,
            module=module,
            origin=origin,
            target=made.target,
            target_module=made.module,
            target_origin=made.origin,
            signature=made.signature,
            hidden=made.hidden,
            bound_method=made.bound_method,
            bind=bind,
            base=maker.base,
            typing=maker.options.get("typing", ("k", True)) != ("k", False)
            and not self._task_classes.takes_any_number(cls),
            pydantic=maker.options.get("pydantic") == ("k", True),
            docstring=made.docstring,
            options=_unpacked(options, maker),
            serializer=serializer,
            ignores_result=ignores_result,
            supplied_by=(*self._task_classes.line(cls), *made.decorators),
            unwrapped=None if made.renamed is None else made.renamed.hidden,
            hidden_by=made.hidden_by,
            below=made.below,
            changed_by=between.changed_by,
            handed_on_by=between.handed_on_by,
            own_options=between.options,
            tells_base=maker.tells_base,
            through=maker.through,
            made_by=maker.made_by,
            onward=made.onward,
        )
        return hide(found, "has a bind= that the text does not tell") if doubt and made.hidden is None else found


def _unpacked(options: Mapping[str, str], maker: Maker) -> Mapping[str, str]:
    """The options as they are written, with those of ``**LIMITS`` in its place where the maker knows them all."""
    if "**" not in options or "**" in maker.options:
        return options
    more = {name: repr(value[1]) if value[0] in ("s", "k") else "..." for name, value in maker.options.items()}
    return {**more, **{name: text for name, text in options.items() if name != "**"}}


def _is_celerys(cls: Symbol) -> bool | None:
    """Whether a class is Celery's own task; None where it is not."""
    return cls.name in TASK_FULLNAMES or None
