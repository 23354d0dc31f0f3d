"""``@app.task``: the task remembers the parameters and the result of its function, which celery-types loses.

Law: says that a task is its function's. Where an option hides what Celery will do with the arguments (``base=``,
``typing=False``, an application with a task class of its own) it changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeGuard

from mypy.nodes import (
    ARG_POS,
    CallExpr,
    Decorator,
    FuncDef,
    MemberExpr,
    NameExpr,
    OverloadedFuncDef,
    RefExpr,
    StrExpr,
    TypeInfo,
)
from mypy.plugin import MethodContext
from mypy.types import AnyType, CallableType, Instance, Parameters, ParamSpecType, get_proper_type

from celery_registry.contract.finding import Finding
from celery_registry.mypy import attachments, expressions, typeops
from celery_registry.mypy.checks.decorators import check_misspelt_options, has_widened_options
from celery_registry.mypy.facts.users import remember_raw_site
from celery_registry.mypy.task_methods import rewrites_arguments
from celery_registry.source.fullnames import OPEN_TASK_FULLNAME, TASK_FULLNAME, UNSEEN_TASK_FULLNAME

if TYPE_CHECKING:
    from mypy.plugin import FunctionContext
    from mypy.types import Type

    from celery_registry.mypy.emit import Emitter
    from celery_registry.mypy.facts.program import Program

__all__ = ["check_bound_method", "has_own_task_class", "is_unseen_class", "mark_application", "registered_type"]

_OWN_TASK_CLASS = "own task class"
#: What Celery calls itself; whoever calls it on a task by hand is judged by no signature.
_CELERYS: Final = frozenset(
    {
        "after_return",
        "before_start",
        "on_bound",
        "on_failure",
        "on_retry",
        "on_success",
        "run",
        "shadow_name",
        "annotate",
    }
)


def registered_type(context: MethodContext | FunctionContext) -> Type:
    """The type of ``@app.task`` on a function, or of ``app.task(...)`` as a decorator."""
    if isinstance(context, MethodContext) and has_own_task_class(context.type):
        return _opened(context.default_return_type)
    if _is_bare(context):
        stock = typeops.find_task(context.default_return_type)
        if stock is None or _keeps_parameters(stock):
            return context.default_return_type
        # The parameters stay open in the type: what mypy alone accepts (two tasks in a list, a name with two tasks)
        # must stay accepted. Where a task is called by its name, the name leads to the function.
        return attachments.mark_decorated(stock)
    default = get_proper_type(context.default_return_type)
    if not isinstance(default, CallableType):
        return context.default_return_type
    given = _options(context)
    if "base" in given and "cls" not in given and None not in given and _is_any(context, given["base"]):
        return _of_unseen_base(context, default)
    base = _class_named(given.get("base"))
    if "cls" not in given and None not in given and is_unseen_class(base) and not _has_checked_methods(base):
        unseen = typeops.lookup_instance(context.api, UNSEEN_TASK_FULLNAME)
        return default if unseen is None else default.copy_modified(ret_type=unseen)
    task = get_proper_type(default.ret_type)
    if not isinstance(task, Instance) or task.type.fullname != TASK_FULLNAME:
        return context.default_return_type
    if has_widened_options(context):
        check_misspelt_options(context)
        task = _with_open_attributes(context, task)
        default = default.copy_modified(ret_type=task)
    if _is(given.get("typing"), "False"):
        # Celery checks no arguments then: something will supply or change them.
        return default.copy_modified(ret_type=typeops.with_open_parameters(task))
    if "base" in given or "cls" in given or None in given:
        return default
    bind = given.get("bind")
    if bind is not None and not _is(bind, "True") and not _is(bind, "False"):
        return default
    if _keeps_parameters(task):
        return default
    return default.copy_modified(ret_type=attachments.mark_decorated(task))


def _is_any(context: MethodContext | FunctionContext, expression: object) -> bool:
    pairs = (
        pair
        for expressions, types in zip(context.args, context.arg_types, strict=True)
        for pair in zip(expressions, types, strict=True)
    )
    return any(e is expression and isinstance(get_proper_type(type), AnyType) for e, type in pairs)


def _class_named(expression: object) -> TypeInfo | None:
    return expression.node if isinstance(expression, RefExpr) and isinstance(expression.node, TypeInfo) else None


def is_unseen_class(info: TypeInfo | None) -> TypeGuard[TypeInfo]:
    """Whether a class is none of tasks to mypy, which sees a base of it, ``app.Task``, as ``Any``."""
    return info is not None and info.fallback_to_any and not info.has_base(TASK_FULLNAME)


def _has_checked_methods(info: TypeInfo) -> bool:
    """Whether a class has methods of its own that mypy holds a caller to."""
    nodes = ((name, symbol.node) for base in info.mro[:-1] for name, symbol in base.names.items())
    return any(_is_checked(node) for name, node in nodes if not name.startswith("_") and name not in _CELERYS)


def _is_checked(node: object) -> bool:
    function = node.func if isinstance(node, Decorator) else node
    return isinstance(function, OverloadedFuncDef) or (isinstance(function, FuncDef) and function.type is not None)


def _of_unseen_base(context: MethodContext | FunctionContext, default: CallableType) -> Type:
    """A decorator whose task is a ``Task`` and whatever a base class has that mypy cannot see.

    Every variant of the overloaded decorator gives the very same, or mypy takes ``Any`` for what they give.
    """
    task = typeops.lookup_instance(context.api, UNSEEN_TASK_FULLNAME)
    if task is None:
        return context.default_return_type
    anything = typeops.any_type()
    return CallableType([anything], [ARG_POS], [None], task, default.fallback, name=default.name)


def _with_open_attributes(context: MethodContext | FunctionContext, task: Instance) -> Instance:
    """The same task, of which every attribute may be there: Celery makes one of each option (celery.app.base)."""
    cls = typeops.lookup_instance(context.api, OPEN_TASK_FULLNAME)
    return task if cls is None else Instance(cls.type, task.args, extra_attrs=task.extra_attrs)


def _opened(type: Type) -> Type:
    """A task, or a decorator that makes one, without parameters that something else may supply."""
    proper = get_proper_type(type)
    task = get_proper_type(proper.ret_type) if isinstance(proper, CallableType) else proper
    if not isinstance(task, Instance) or task.type.fullname != TASK_FULLNAME or not _keeps_parameters(task):
        return type
    opened = typeops.with_open_parameters(task)
    return proper.copy_modified(ret_type=opened) if isinstance(proper, CallableType) else opened


def _keeps_parameters(task: Instance) -> bool:
    return bool(task.args) and isinstance(get_proper_type(task.args[0]), (Parameters, ParamSpecType))


def check_bound_method(context: MethodContext, program: Program, emitter: Emitter) -> Type:
    """``app.task(name=X)(self.method)``: Celery takes ``self`` for a parameter, so ``.delay()`` breaks."""
    chk = expressions.checker(context.api)
    if not program.concerns(chk.tree.fullname):
        return registered_type(context)
    call = context.context
    if isinstance(call, CallExpr) and any(isinstance(argument, MemberExpr) for argument in call.args):
        remember_raw_site(program, chk)
    registration = program.bound_method_at(chk.tree.fullname, context.context.line)
    # Without typing=True Celery compiles no arity check, so nothing breaks.
    if registration is not None and registration.task_name is not None and registration.typing:
        facts = {
            "implementation": registration.target_origin.label or registration.target or "a bound method",
            "declared": registration.options.get("name", repr(registration.task_name)),
            "method": f"self.{registration.target_origin.label.rpartition('.')[2]}",
        }
        with expressions.outside_overloads(context.api):
            emitter.emit(Finding("bound-method", registration.task_name, facts), context.api, context.context)
    return registered_type(context)


def mark_application(context: FunctionContext) -> Type:
    """``Celery(task_cls=..., strict_typing=False)``: remember that the tasks of it may rewrite their arguments."""
    call, made = context.context, get_proper_type(context.default_return_type)
    if not isinstance(call, CallExpr) or not isinstance(made, Instance):
        return context.default_return_type
    strict = expressions.written_argument(call, -1, "strict_typing")
    if strict is not None and not _is(strict, "True"):
        return attachments.mark(made, _OWN_TASK_CLASS)
    given = expressions.written_argument(call, -1, "task_cls")
    if given is None or (isinstance(given, StrExpr) and given.value.startswith("celery")):
        return context.default_return_type
    if isinstance(given, RefExpr) and isinstance(given.node, TypeInfo) and not rewrites_arguments(given.node):
        return context.default_return_type
    return attachments.mark(made, _OWN_TASK_CLASS)


def has_own_task_class(application: Type) -> bool:
    """Whether an application gives its tasks a class of the user's that mypy does not see."""
    proper = get_proper_type(application)
    if not isinstance(proper, Instance) or attachments.marked_word(proper, _OWN_TASK_CLASS) is not None:
        return True
    return any("task_cls" in base.names for base in proper.type.mro if not base.fullname.startswith("celery."))


def _is_bare(context: MethodContext | FunctionContext) -> bool:
    """Whether the decorator is used without a call, so that its one argument is the function."""
    if not context.args or not context.args[0] or context.arg_names[0][0] is not None:
        return False
    if context.callee_arg_names[0] not in ("fun", "args"):
        return False
    # What an untyped decorator gives is Any to mypy; what is below it the index may know.
    return isinstance(get_proper_type(context.arg_types[0][0]), (AnyType, CallableType))


def _options(context: MethodContext | FunctionContext) -> dict[str | None, object]:
    return {
        (name if name is not None or not kind.is_star() else None): expression
        for names, expressions, kinds in zip(context.arg_names, context.args, context.arg_kinds, strict=True)
        for name, expression, kind in zip(names, expressions, kinds, strict=True)
    }


def _is(expression: object, value: str) -> bool:
    return isinstance(expression, NameExpr) and expression.fullname == f"builtins.{value}"
