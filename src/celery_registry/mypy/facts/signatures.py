"""The callable that a task's call sites must fit.

Law: joins what a registry property attached, what a class-based task overrides, what the type arguments say and what
the index knows of the function; where Celery may rewrite the arguments it knows nothing. It never reports.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy.nodes import (
    ARG_NAMED,
    ARG_NAMED_OPT,
    ARG_OPT,
    ARG_POS,
    GDEF,
    LDEF,
    CallExpr,
    Decorator,
    FuncDef,
    IndexExpr,
    MemberExpr,
    NameExpr,
    RefExpr,
    StrExpr,
)
from mypy.types import AnyType, CallableType, Instance, TypeType, get_proper_type

from celery_registry.mypy import attachments, expressions, task_methods, typeops
from celery_registry.mypy.facts.callables import NotReady, find_callable, hands_on, named_callable
from celery_registry.mypy.facts.declared import (
    from_arguments,
    holds_nobody,
    is_closed,
    is_nameless,
    is_unsure,
    says_nothing,
    why_unknown,
)
from celery_registry.mypy.facts.statements import (
    alias_of,
    current_function,
    is_assigned_once,
    is_rebound,
    statements_around,
)
from celery_registry.mypy.facts.users import remember_task
from celery_registry.source.fullnames import OPEN_TASK_FULLNAME, TASK_FULLNAME, UNSEEN_TASK_FULLNAME
from celery_registry.source.model import How

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy.checker import TypeChecker
    from mypy.nodes import Expression, SymbolNode
    from mypy.plugin import CheckerPluginInterface
    from mypy.types import Type

    from celery_registry.mypy.facts.program import Program
    from celery_registry.mypy.sites import CallSites
    from celery_registry.source.model import Registration

__all__ = ["Signatures", "called_on"]


class Signatures:
    """What is known about the parameters of tasks."""

    def __init__(self, program: Program, sites: CallSites) -> None:
        self._program = program
        self._sites = sites

    @property
    def _injected(self) -> Mapping[str, tuple[str, ...]]:
        return self._program.injected_parameters

    def of_call(self, api: CheckerPluginInterface, receiver: Type, call: object) -> CallableType | None:
        """The parameters of the task that a method is called on, under the name that the user calls it by."""
        task = typeops.find_task(receiver)
        if task is None or not isinstance(call, CallExpr):
            return None
        callee = call.callee
        written, method = called_on(expressions.checker(api), callee)
        signature = None if self.is_own(task, method) else self.of_task(api, task, written)
        reason = why_unknown(task, method) if signature is None else holds_nobody(signature)
        self._sites.record(expressions.checker(api), call, method, reason)
        return None if signature is None else typeops.named_after(signature, written)

    def is_own(self, task: Instance, method: str) -> bool:
        """Whether the task's class has a method of its own that takes other arguments than Celery's."""
        own = None if method == "run" else task_methods.overrides(task.type, method)
        return own is not None and not (own.info.fullname in self._injected and task_methods.takes_all(own, method))

    def own_options(self, task: Instance, method: str) -> frozenset[str]:
        """The options that the method of a task's own class knows besides Celery's."""
        own = task_methods.overrides(task.type, method)
        return frozenset() if own is None else self._program.own_options.get(own.info.fullname, frozenset())

    def of_task(self, api: CheckerPluginInterface, task: Instance, written: Expression | None) -> CallableType | None:
        """The parameters of a task, None where they cannot be known."""
        attached = attachments.attached_signature(task)
        if attached is not None:
            # Where the declaration leaves the parameters open, a name with two tasks is right whatever it is given.
            if isinstance(written, NameExpr) and not is_closed(task):
                statements = statements_around(expressions.checker(api))
                if not is_assigned_once(statements, written.name):
                    return None
            return self._completed(api, task, attached)
        if task_methods.rewrites_arguments(task.type, self._injected):
            return None
        mine = self._of_self(api, task, written)
        if mine is not None:
            return mine
        run = task_methods.overrides(task.type, "run")
        if run is not None:
            signature = self._of_onward(api, task) or task_methods.method_callable(run, task)
        else:
            signature = from_arguments(task)
            if signature is None or is_nameless(signature):
                known = self._from_index(api, task, written)
                signature = known or (None if signature is None else typeops.with_unknown_names(signature))
            elif says_nothing(signature):
                signature = self._from_index(api, task, written) or signature
            else:
                signature = self._as_celery_runs_it(api, task, written, signature)
        if signature is None:
            return None
        signature = self._without_injected(signature, task)
        registration = self._written(written) if self._injected else None
        return signature if registration is None else self.without_supplied(signature, registration)

    def _of_onward(self, api: CheckerPluginInterface, task: Instance) -> CallableType | None:
        """The parameters of the method to which the ``run`` of a class gives all its arguments."""
        registration = self._program.registration_of(task.type.fullname)
        if registration is None or registration.onward is None or registration.hidden is not None:
            return None
        try:
            found = named_callable(expressions.checker(api).modules, registration, typeops.base_function(task))
        except NotReady:
            return None
        return None if found is None else found.copy_modified(name=f"run of {task.type.name}")

    def _written(self, written: Expression | None) -> Registration | None:
        """The one registration of the function whose name is written."""
        if not isinstance(written, RefExpr) or not written.fullname:
            return None
        return self._program.registration_of(written.fullname)

    def _of_self(self, api: CheckerPluginInterface, task: Instance, written: Expression | None) -> CallableType | None:
        """The function around, where ``self`` of ``bind=True`` is written: it is this very task, whatever its type says."""
        function = current_function(expressions.checker(api)) if isinstance(written, NameExpr) else None
        if not isinstance(function, FuncDef) or not isinstance(written, NameExpr) or function.info:
            return None
        if not function.arguments or function.arguments[0].variable is not written.node:
            return None
        return self._of_function(api, function, typeops.base_function(task))

    def of_bound(self, api: CheckerPluginInterface, function: FuncDef) -> CallableType | None:
        """The parameters of a function that ``bind=True`` makes a task; None where they cannot be known."""
        return self._of_function(api, function, typeops.function_type(api))

    def _of_function(self, api: CheckerPluginInterface, function: FuncDef, fallback: Instance) -> CallableType | None:
        registration = self._program.registration_of(function.fullname)
        if registration is None or not registration.bind or registration.hidden is not None or not registration.typing:
            return None
        if self.rewrites(registration):
            return None
        modules = expressions.checker(api).modules
        signature = named_callable(modules, registration, fallback, function, self._injected)
        return None if signature is None else self.without_supplied(signature, registration)

    def may_end_chain(self, written: Expression) -> bool:
        """Whether a task sees its request, and so can end the chain that it stands in instead of handing on None."""
        if not isinstance(written, RefExpr) or not written.fullname:
            return False
        return any(r.bind for r in self._program.registrations_by_target().get(written.fullname, ()))

    def is_bound(self, written: Expression) -> bool | None:
        """Whether the function behind a name is given its task (``bind=True``); None where nobody can tell."""
        registration = self._written(written)
        if registration is None or registration.how is How.TASK_CLASS:
            return None
        return registration.bind

    def ignores_result(self, api: CheckerPluginInterface, task: Instance, written: Expression) -> bool:
        """Whether the task that is written says itself that nobody keeps its results."""
        target = attachments.attached_target(task)
        if target is not None:
            registration = self._program.registration_of(target)
        elif isinstance(written, RefExpr) and written.fullname:
            local = written.node if written.kind == LDEF else None
            registration = self._registration(api, written.fullname, local)
        else:
            return False
        return registration is not None and registration.ignores_result is True

    def record_checked(self, api: CheckerPluginInterface, call: object, signature: CallableType) -> None:
        """Note a call that mypy checks by itself, since the type has the parameters."""
        if isinstance(call, CallExpr):
            _, method = called_on(expressions.checker(api), call.callee)
            self._sites.record(expressions.checker(api), call, method, holds_nobody(signature))

    def needs_hook(self, task: Instance) -> bool:
        """Whether the stub's ``*args: P.args, **kwargs: P.kwargs`` says less than is known, or what is not so."""
        if (
            attachments.attached_signature(task) is not None
            or task_methods.overrides(task.type, "run") is not None
            or bool(self._injected)
        ):
            return True
        known = from_arguments(task)
        return known is None or is_nameless(known) or says_nothing(known) or is_unsure(task) or self._has_models()

    def _as_celery_runs_it(
        self, api: CheckerPluginInterface, task: Instance, written: Expression | None, signature: CallableType
    ) -> CallableType:
        """The parameters that celery-types gives to a ``shared_task``, where its function says more.

        With ``bind=True`` the result of a ``self`` without type arguments stands for the function's own; with
        ``pydantic=True`` Celery makes the models.
        """
        if is_unsure(task):
            known = self._from_index(api, task, written)
            if known is not None:
                signature = signature.copy_modified(ret_type=known.ret_type)
        if self._has_models():
            registration = self._written(written)
            if registration is not None and registration.pydantic:
                types = [typeops.open_models(type) for type in signature.arg_types]
                signature = signature.copy_modified(arg_types=types)
        return signature

    def _has_models(self) -> bool:
        """Whether any task of the program is one of which Celery makes the models."""
        return self._program.lasting("models", lambda: any(r.pydantic for r in self._program.index.registrations))

    def _completed(self, api: CheckerPluginInterface, task: Instance, signature: CallableType) -> CallableType:
        """The types that a declaration leaves open, from the implementation."""
        target = attachments.attached_target(task)
        if target is None:
            return signature
        open_types = [isinstance(get_proper_type(type), AnyType) for type in signature.arg_types]
        modules = expressions.checker(api).modules
        module = target
        while module and module not in modules:
            module = module.rpartition(".")[0]
        try:
            actual = find_callable(modules, module, target)
        except NotReady:
            actual = None
        if actual is None:
            return signature
        actual = typeops.settled(actual)
        known = dict(zip(actual.arg_names, actual.arg_types, strict=True))
        types = [
            known.get(name, type) if is_open and name is not None else type
            for name, type, is_open in zip(signature.arg_names, signature.arg_types, open_types, strict=True)
        ]
        return signature.copy_modified(arg_types=types)

    def _from_index(
        self, api: CheckerPluginInterface, task: Instance, written: Expression | None
    ) -> CallableType | None:
        """The function under the name that is written: where the stubs lose it, the source still has it."""
        # Where the decorator gives a bare Task[Any, Any], an option or the application says that nothing is known.
        if isinstance(written, IndexExpr):
            item = self._behind_key(api, written)
            return None if item is None else self._from_name(api, task, item, None)
        if not isinstance(written, RefExpr):
            return None
        alias = alias_of(expressions.checker(api), written) if isinstance(written, NameExpr) else None
        written = alias or written
        if alias is not None:
            remember_task(expressions.checker(api), alias.fullname or _member_fullname(api, alias))
        fullname = written.fullname or _member_fullname(api, written)
        if fullname is None:
            return None
        return self._from_name(api, task, fullname, written.node if written.kind == LDEF else None)

    def _behind_key(self, api: CheckerPluginInterface, written: IndexExpr) -> str | None:
        """The dotted name of the task in ``TASKS["mail"]``, a dictionary of this module."""
        module, table = expressions.checker(api).tree.fullname, written.base
        if not isinstance(written.index, StrExpr) or not isinstance(table, NameExpr) or table.kind != GDEF:
            return None
        if table.fullname != f"{module}.{table.name}":
            return None
        key = written.index.value
        return self._program.once(
            ("item", table.fullname, key), lambda: self._program.index.item_of(module, table.name, key)
        )

    def _from_name(
        self, api: CheckerPluginInterface, task: Instance, fullname: str, node: SymbolNode | None
    ) -> CallableType | None:
        """The function behind a dotted name; ``node`` is a local one, which has none."""
        registration = self._registration(api, fullname, node)
        if registration is None or registration.hidden is not None or not registration.typing:
            return None
        celerys = task.type.fullname in (TASK_FULLNAME, OPEN_TASK_FULLNAME)
        hidden = celerys and not attachments.is_decorated(task) and not is_closed(task)
        unseen = task.type.fullname == UNSEEN_TASK_FULLNAME
        if (hidden and not hands_on(registration, self._injected)) or (unseen and not registration.tells_base):
            return None
        if self.rewrites(registration, unseen=unseen):
            return None
        try:
            fallback = typeops.base_function(task)
            signature = named_callable(expressions.checker(api).modules, registration, fallback, node, self._injected)
        except NotReady:
            return None
        if signature is not None and registration.kept_in == fullname:
            signature = signature.copy_modified(name=fullname.rpartition(".")[2])
        return None if signature is None else self.without_supplied(signature, registration)

    def without_supplied(self, signature: CallableType, registration: Registration) -> CallableType:
        """The signature of an implementation with what its base class or a decorator supplies left to these."""
        sources = {registration.base or "", *registration.supplied_by}
        return _optional(signature, tuple(name for source in sources for name in self._injected.get(source, ())))

    def _registration(
        self, api: CheckerPluginInterface, fullname: str, local: SymbolNode | None
    ) -> Registration | None:
        """The one registration of a function by its dotted name; of a local one, which has none, by its place."""
        if local is None:
            found = self._program.registration_of(fullname)
            if found is None:
                return self._program.registration_kept_in(fullname)
            if self._program.once(("rebound", fullname), lambda: self._is_rebound(found)):
                return None
            return found
        chk = expressions.checker(api)
        if not isinstance(local, Decorator) or is_rebound(chk, local.name):
            return None
        target = self._program.once("local targets", self._local_targets).get((chk.tree.fullname, local.func.line))
        return None if target is None else self._program.registration_of(target)

    def _is_rebound(self, registration: Registration) -> bool:
        module, target = registration.target_module or "", registration.target or ""
        return self._program.index.is_rebound(module, target[len(module) + 1 :])

    def _local_targets(self) -> dict[tuple[str, int], str]:
        return {
            (r.module, r.target_origin.line): r.target
            for r in self._program.index.registrations
            if r.target is not None and "<locals>" in r.target
        }

    def rewrites(self, registration: Registration, *, unseen: bool = False) -> bool:
        """Whether a class of the task may change its arguments; ``unseen`` where those of other packages are taken to hand them on.

        Celery itself holds a caller to the number and the names, unless such a class says ``typing = False``.
        """
        return any(
            cls not in self._injected and not (unseen and self._program.is_outside(cls))
            for cls in registration.changed_by
        )

    def _without_injected(self, signature: CallableType, task: Instance) -> CallableType:
        names = tuple(name for base in task.type.mro for name in self._injected.get(base.fullname, ()))
        return _optional(signature, names)


def _member_fullname(api: CheckerPluginInterface, written: RefExpr) -> str | None:
    """The dotted name of a task that stands in the body of a class, which mypy gives to no expression."""
    if not isinstance(written, MemberExpr):
        return None
    owner = get_proper_type(expressions.type_of(api, written.expr))
    if isinstance(owner, CallableType) and owner.is_type_obj():
        owner = get_proper_type(owner.ret_type)
    if isinstance(owner, TypeType):
        owner = owner.item
    if not isinstance(owner, Instance):
        return None
    home = owner.type.get_containing_type_info(written.name)
    node = None if home is None else home.names[written.name].node
    return f"{home.fullname}.{written.name}" if home is not None and isinstance(node, Decorator) else None


def called_on(chk: TypeChecker, callee: Expression) -> tuple[Expression, str]:
    """The task that is written in a call, and the method: ``module.task(1)`` calls no method but the task."""
    if not isinstance(callee, MemberExpr):
        return callee, "__call__"
    is_task = chk.has_type(callee) and typeops.find_task(chk.lookup_type(callee)) is not None
    return (callee, "__call__") if is_task else (callee.expr, callee.name)


def _optional(signature: CallableType, names: tuple[str, ...]) -> CallableType:
    if not names:
        return signature
    relaxed = {ARG_POS: ARG_NAMED_OPT, ARG_NAMED: ARG_NAMED_OPT, ARG_OPT: ARG_NAMED_OPT}
    rows = [
        (type, relaxed.get(kind, kind) if name in names else kind, name)
        for type, kind, name in zip(signature.arg_types, signature.arg_kinds, signature.arg_names, strict=True)
    ]
    rows.sort(key=lambda row: (row[1].is_named(), row[1].is_star() and not row[1].is_positional()))
    return signature.copy_modified(
        arg_types=[row[0] for row in rows], arg_kinds=[row[1] for row in rows], arg_names=[row[2] for row in rows]
    )
