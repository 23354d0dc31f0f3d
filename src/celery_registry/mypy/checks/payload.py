"""``task-payload``: what a serializer rejects or changes, at the property and at the implementation.

Law: it knows the places and which serializer is in force there; the verdict on a type is ``contract.payload``'s. It
exists only where a setting asks for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mypy.nodes import CallExpr, Decorator, FuncDef
from mypy.types import CallableType, get_proper_type

from celery_registry.contract.finding import Finding
from celery_registry.contract.payload import Fate, PayloadVerdict, WireType, is_dumped, payload_verdict
from celery_registry.contract.signature import Kind
from celery_registry.mypy import expressions, typeops
from celery_registry.mypy.checks.agreement import annotation_of, declared_here
from celery_registry.mypy.facts.json_types import registered_json_types
from celery_registry.mypy.facts.registry_class import implementation_of, read_signature
from celery_registry.mypy.facts.statements import blocks_of, statements_around
from celery_registry.mypy.facts.wire_types import GENERATOR, WireTypes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy.checker import TypeChecker
    from mypy.nodes import Context, Statement
    from mypy.plugin import CheckerPluginInterface, FunctionContext, MethodContext
    from mypy.types import Type

    from celery_registry.mypy.emit import Emitter
    from celery_registry.mypy.facts.program import Program
    from celery_registry.source.model import Registration, RegistryProperty

__all__ = ["Judge", "Payloads", "Wire"]


class Wire(NamedTuple):
    """What carries the arguments and the result of a task, None where nothing is said about them.

    ``pydantic``: Celery dumps and validates models itself.
    """

    arguments: str | None
    result: str | None
    pydantic: bool


class Judge:
    """The verdict on a type at a place, told in the words that the guard has for it."""

    def __init__(self, program: Program, emitter: Emitter) -> None:
        self._program, self._emitter = program, emitter
        self._settings = emitter.settings

    def wire(self, registration: Registration) -> Wire:
        """What is in force for a task: its own serializer stands over that of the settings."""
        own, wanted = registration.serializer, self._settings.task_serializer
        arguments = None if wanted is None or own == "?" else own or wanted
        result = self._settings.results_cross_as if registration.ignores_result is False else None
        return Wire(arguments, result, registration.pydantic)

    def type(
        self,
        task: str,
        takes: str,
        type: Type | WireType,
        serializer: str,
        place: tuple[CheckerPluginInterface, Context],
        *,
        pydantic: bool = False,
    ) -> None:
        """Report a type that the serializer rejects or changes; ``takes`` says what the task does with it."""
        wire = type if isinstance(type, WireType) else WireTypes(frozenset()).read(type)
        if self._program.is_daemon:
            self._watch(expressions.checker(place[0]), wire)
        verdict = payload_verdict(wire, serializer)
        if verdict.fate not in (Fate.REJECTED, Fate.CHANGED) or is_dumped(
            wire, pydantic=pydantic, returned=takes == "returns"
        ):
            return
        if not isinstance(type, WireType):
            # Only now is it worth the time to look for classes that the program registers with kombu.
            verdict = payload_verdict(WireTypes(registered_json_types(self._program)).read(type), serializer)
        problem = _PROBLEMS.get(verdict.fate)
        if problem is not None:
            self._emitter.emit(Finding(problem, task, _facts(takes, wire, serializer, verdict)), *place)

    def _watch(self, chk: TypeChecker, wire: WireType) -> None:
        """Let the daemon check this target again when a class becomes, say, a dataclass: that is no new type to it."""
        if wire.fullname.rpartition(".")[0] in self._program.index.modules:
            for attribute in ("__dataclass_fields__", "__attrs_attrs__", "__json__"):
                trigger = f"<{wire.fullname}.{attribute}>"
                chk.tree.plugin_deps.setdefault(trigger, set()).add(chk.tscope.current_target())
        for argument in wire.arguments:
            self._watch(chk, argument)


_PROBLEMS = {Fate.REJECTED: "payload-rejected", Fate.CHANGED: "payload-changed"}


def _facts(takes: str, wire: WireType, serializer: str, verdict: PayloadVerdict) -> dict[str, str]:
    return {
        "takes": takes,
        "declared": str(wire),
        "serializer": serializer,
        "blamed": verdict.type,
        "becomes": verdict.becomes,
    }


class Payloads:
    """The handlers for what is declared and what is registered."""

    def __init__(self, program: Program, judge: Judge, injected: Mapping[str, Sequence[str]]) -> None:
        self._program, self._judge = program, judge
        self._injected = frozenset(name for names in injected.values() for name in names)
        self._supplied = injected

    def check_property(self, context: MethodContext) -> Type:
        """``self._get_task_by_name(...)`` inside a registry property: each declared type, at the annotation."""
        chk = expressions.checker(context.api)
        found = declared_here(chk, self._program)
        if found is not None:
            self._property(chk, *found)
        return context.default_return_type

    def _property(self, chk: TypeChecker, function: FuncDef, declared: RegistryProperty) -> None:
        name = declared.task_name or ""
        wires = {self._judge.wire(registration) for registration in self._program.index.implementations_of(declared)}
        task = typeops.find_task(chk.return_types[-1])
        if len(wires) != 1 or task is None or len(task.args) != 2:
            return
        wire, place = wires.pop(), (chk, annotation_of(function))
        parameters = typeops.listed_parameters(task)
        if wire.arguments is not None and parameters is not None:
            attached = read_signature(task, declared, implementation_of(self._program, declared, self._supplied))
            names = [] if attached is None else attached.arg_names
            for position, type in enumerate(parameters.arg_types, 1):
                shown = (names[position - 1] if position <= len(names) else None) or f"parameter {position}"
                self._judge.type(name, f"takes {shown} as", type, wire.arguments, place, pydantic=wire.pydantic)
        if wire.result is not None:
            self._judge.type(name, "returns", task.args[1], wire.result, place, pydantic=wire.pydantic)

    def check_registration(self, context: MethodContext | FunctionContext) -> Type:
        """``app.task``, ``shared_task`` and ``register_task`` on a function of this module: each of its types."""
        chk = expressions.checker(context.api)
        if self._program.concerns(chk.tree.fullname):
            written = context.context
            line = written.func.line if isinstance(written, Decorator) else written.line
            places = self._program.once("registrations by place", self._by_place)
            for registration in places.get((chk.tree.fullname, isinstance(written, CallExpr), line), ()):
                node = written if isinstance(written, Decorator) else _find_function(chk, registration)
                if node is not None:
                    with expressions.outside_overloads(context.api):
                        self._implementation(chk, registration, node)
        return context.default_return_type

    def _by_place(self) -> dict[tuple[str, bool, int], list[Registration]]:
        """By module and line: of the call that registers, and of the function where it is decorated."""
        places: dict[tuple[str, bool, int], list[Registration]] = {}
        for registration in self._program.index.registrations:
            if registration.hidden is None and registration.task_name and registration.target_module is not None:
                for called, origin in ((True, registration.origin), (False, registration.target_origin)):
                    places.setdefault((registration.module, called, origin.line), []).append(registration)
        return places

    def _implementation(self, chk: TypeChecker, registration: Registration, node: Decorator | FuncDef) -> None:
        name, wire = registration.task_name or "", self._judge.wire(registration)
        function = node.func if isinstance(node, Decorator) else node
        type = get_proper_type(function.type)
        if wire.arguments is not None and isinstance(type, CallableType):
            for parameter in registration.signature.parameters or ():
                unpacked = parameter.kind is Kind.VAR_KEYWORD and type.unpack_kwargs
                if parameter.type is None or parameter.name in self._injected or unpacked:
                    continue
                index = function.arg_names.index(parameter.name) if parameter.name in function.arg_names else None
                if index is not None:
                    given, takes = type.arg_types[index], f"takes {parameter.name} as"
                    at = (chk, function.arguments[index])
                    self._judge.type(name, takes, given, wire.arguments, at, pydantic=wire.pydantic)
        if wire.result is None or function.is_coroutine:
            return
        if function.is_generator:
            # Whatever its annotation promises, what is called first gives a generator.
            if not isinstance(node, Decorator) or len(node.original_decorators) == 1:
                self._judge.type(name, "returns", GENERATOR, wire.result, (chk, annotation_of(function)))
        elif registration.signature.result is not None and isinstance(type, CallableType):
            place = (chk, annotation_of(function))
            self._judge.type(name, "returns", type.ret_type, wire.result, place, pydantic=wire.pydantic)


def _find_function(chk: TypeChecker, registration: Registration) -> Decorator | FuncDef | None:
    """The function behind a registration where it stands in the module that is being checked."""
    if registration.target_module != chk.tree.fullname:
        return None
    line = registration.target_origin.line
    return _at_line(chk.tree.defs, line) or _at_line(statements_around(chk), line)


def _at_line(statements: Sequence[Statement], line: int) -> Decorator | FuncDef | None:
    for statement in statements:
        function = statement.func if isinstance(statement, Decorator) else statement
        if isinstance(function, FuncDef) and function.line == line:
            return statement if isinstance(statement, (Decorator, FuncDef)) else None
        if statement.line <= line <= (statement.end_line or line):
            for block in blocks_of(statement):
                found = _at_line(block.body, line)
                if found is not None:
                    return found
    return None
