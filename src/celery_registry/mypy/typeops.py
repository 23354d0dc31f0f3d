"""Operations on mypy's types.

Law: the only file that touches mypy's internals (``extra_attrs``, ``bind_self``, the checker's expression
checker). It knows types; it never learns what is right or wrong, and reports nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from mypy.argmap import map_actuals_to_formals
from mypy.erasetype import erase_typevars
from mypy.maptype import map_instance_to_supertype
from mypy.messages import format_type_bare
from mypy.nodes import (
    ARG_NAMED,
    ARG_NAMED_OPT,
    ARG_OPT,
    ARG_POS,
    ARG_STAR,
    ARG_STAR2,
    CallExpr,
    Context,
    Decorator,
    Expression,
    FuncDef,
    MemberExpr,
    NameExpr,
    OpExpr,
    OverloadedFuncDef,
    RefExpr,
    TempNode,
    TypeInfo,
    Var,
)
from mypy.typeops import bind_self
from mypy.types import (
    AnyType,
    CallableType,
    ExtraAttrs,
    FunctionLike,
    Instance,
    Parameters,
    ProperType,
    Type,
    TypeOfAny,
    TypeType,
    UnionType,
    get_proper_type,
)

from celery_registry.mypy.fullnames import TASK_FULLNAME

if TYPE_CHECKING:
    from collections.abc import Container
    from contextlib import AbstractContextManager

    from mypy.checker import TypeChecker
    from mypy.nodes import ArgKind
    from mypy.plugin import CheckerPluginInterface

#: No attribute can have this name, so no expression of the user's reaches what is kept under it.
SIGNATURE_ATTRIBUTE = "<task signature>"
RESULT_ATTRIBUTE = "<canvas result>"
_LENT = "parameters of its function"


def checker(api: CheckerPluginInterface) -> TypeChecker:
    """The type checker behind a hook's ``api``."""
    return cast("TypeChecker", api)


def any_type() -> AnyType:
    """An ``Any`` that mypy does not count against the user."""
    return AnyType(TypeOfAny.special_form)


def find_task(type: Type) -> Instance | None:
    """The instance if its class derives from celery's ``Task``, else None."""
    proper = get_proper_type(type)
    if isinstance(proper, Instance) and (proper.type.fullname == TASK_FULLNAME or proper.type.has_base(TASK_FULLNAME)):
        return proper
    return None


def find_instance(type: Type, fullname: str) -> Instance | None:
    """The instance if its class is or derives from the one of this name, else None."""
    proper = get_proper_type(type)
    return proper if isinstance(proper, Instance) and proper.type.has_base(fullname) else None


def attach_signature(task: Instance, signature: CallableType, target: str = "", types: str = "") -> Instance:
    """A copy of the task type that remembers the callable its call sites are checked against.

    ``target`` is the dotted name of the implementation, which knows the types that the declaration leaves open;
    ``types`` is their text, so that a change of it changes this type and its users are checked again.

    The type arguments stay positional, so that what mypy alone accepts (two same-typed tasks in a
    list, an assignment in a branch, an override) stays accepted.
    """
    copy = task.copy_modified()
    copy.extra_attrs = ExtraAttrs(
        {SIGNATURE_ATTRIBUTE: signature}, {f"target {target}", f"types {types}"} if target else set(), None
    )
    return copy


def attach_property(task: Instance, fullname: str, said: Sequence[str]) -> Instance:
    """A copy of the task type that remembers the registry property it was declared for.

    ``said`` is what the property itself says of its task: a change of it changes this type.
    """
    copy = task.copy_modified()
    copy.extra_attrs = ExtraAttrs({SIGNATURE_ATTRIBUTE: any_type()}, {f"property {fullname}", *said}, None)
    return copy


def attached_property(task: Instance) -> str | None:
    """The dotted name that ``attach_property`` kept."""
    return marked_word(task, "property ") if is_attached(task) else None


def is_attached(task: Instance) -> bool:
    """Whether ``attach_signature`` or ``attach_property`` made this type."""
    return task.extra_attrs is not None and SIGNATURE_ATTRIBUTE in task.extra_attrs.attrs


def attach_result(signature: Instance, result: Type) -> Instance:
    """A copy of a chain, group or chord type that remembers what running it gives."""
    copy = signature.copy_modified()
    copy.extra_attrs = ExtraAttrs({RESULT_ATTRIBUTE: result}, set(), None)
    return copy


def with_methods_of(instance: Instance, source: Instance, names: Sequence[str]) -> Instance:
    """A copy of an instance that has some methods of another class besides its own; its class stays."""
    methods: dict[str, Type] = {}
    for name in names:
        symbol = source.type.get(name)
        if symbol is not None and isinstance(symbol.node, FuncDef) and isinstance(symbol.node.type, CallableType):
            methods[name] = bind_self(symbol.node.type, source)
    copy = instance.copy_modified()
    copy.extra_attrs = ExtraAttrs(methods, set(), None)
    return copy


def result_of(signature: Type) -> Type | None:
    """What running a signature gives: of a task's, its result; of a chain or group, what was attached."""
    proper = get_proper_type(signature)
    if not isinstance(proper, Instance):
        return None
    if proper.extra_attrs is not None and RESULT_ATTRIBUTE in proper.extra_attrs.attrs:
        return proper.extra_attrs.attrs[RESULT_ATTRIBUTE]
    return proper.args[0] if len(proper.args) == 1 else None


def mark(instance: Instance, word: str) -> Instance:
    """A copy of an instance that remembers one word."""
    copy = instance.copy_modified()
    copy.extra_attrs = ExtraAttrs({}, {word}, None)
    return copy


def with_open_parameters(task: Instance) -> Instance:
    """``Task[P, R]`` -> ``Task[..., R]``."""
    if len(task.args) != 2:
        return task
    anything = Parameters([any_type(), any_type()], [ARG_STAR, ARG_STAR2], [None, None], is_ellipsis_args=True)
    return task.copy_modified(args=[anything, task.args[1]])


def lend(task: Instance) -> Instance:
    """A copy of a ``Task[Any, Any]`` that remembers to be its function's: the name it is called by leads to it."""
    return mark(task, _LENT)


def is_lent(task: Instance) -> bool:
    """Whether ``lend`` made this type."""
    return marked_word(task, _LENT) is not None


def marked_word(type: Type, prefix: str) -> str | None:
    """The rest of the word with this prefix that ``mark`` was given."""
    proper = get_proper_type(type)
    if not isinstance(proper, Instance) or proper.extra_attrs is None:
        return None
    return next((w[len(prefix) :] for w in proper.extra_attrs.immutable if w.startswith(prefix)), None)


def attached_target(task: Instance) -> str | None:
    """The dotted name of the implementation that ``attach_signature`` kept."""
    return marked_word(task, "target ") if is_attached(task) else None


def fresh(type: Type) -> Type:
    """A copy of an instance, or of a union's instances, that shares nothing mypy may change."""
    proper = get_proper_type(type)
    if isinstance(proper, Instance):
        return proper.copy_modified()
    if isinstance(proper, UnionType):
        return UnionType([fresh(item) for item in proper.items], proper.line, proper.column)
    return type


def without_attachment(task: Instance) -> Instance:
    """A copy of the task type that remembers nothing."""
    copy = task.copy_modified()
    copy.extra_attrs = None
    return copy


def attached_signature(task: Instance) -> CallableType | None:
    """What ``attach_signature`` kept."""
    if task.extra_attrs is None:
        return None
    kept = get_proper_type(task.extra_attrs.attrs.get(SIGNATURE_ATTRIBUTE))
    return kept if isinstance(kept, CallableType) else None


def show(type: Type, api: CheckerPluginInterface) -> str:
    """A type as mypy's messages write it, without quotes."""
    return format_type_bare(type, api.options)


def callable_from(parameters: Parameters, result: Type, fallback: Instance, name: str | None = None) -> CallableType:
    """A callable with these parameters and this result."""
    return CallableType(
        parameters.arg_types,
        parameters.arg_kinds,
        parameters.arg_names,
        result,
        fallback,
        name=name,
        variables=parameters.variables,
    )


def settled(callee: CallableType) -> CallableType:
    """A callable without type variables of its own, and with the names of an unpacked ``**kwargs``.

    A message carries a value of whatever type to a generic function.
    """
    if callee.unpack_kwargs:
        callee = callee.with_unpacked_kwargs()
    if not callee.variables:
        return callee
    erased = get_proper_type(erase_typevars(callee))
    return erased.copy_modified(variables=[]) if isinstance(erased, CallableType) else callee


def base_function(task: Instance) -> Instance:
    """``builtins.function`` as an instance, taken from a method of the task's class: no lookup is needed."""
    for base in task.type.mro:
        symbol = base.names.get("apply_async")
        node = symbol.node if symbol else None
        if isinstance(node, FuncDef) and isinstance(node.type, CallableType):
            return node.type.fallback
    raise LookupError("celery.app.task.Task has no apply_async")


def function_type(api: CheckerPluginInterface) -> Instance:
    """``builtins.function``."""
    return checker(api).named_type("builtins.function")


def lookup_instance(api: CheckerPluginInterface, fullname: str) -> Instance | None:
    """The class of this name as an instance with ``Any`` for its parameters, None where it is not loaded."""
    module, _, name = fullname.rpartition(".")
    tree = checker(api).modules.get(module)
    symbol = tree.names.get(name) if tree is not None else None
    if symbol is None or not isinstance(symbol.node, TypeInfo):
        return None
    return Instance(symbol.node, [any_type() for _ in symbol.node.type_vars])


def iterable_item(instance: Instance) -> Type | None:
    """What iterating over an instance gives."""
    base = next((b for b in instance.type.mro if b.fullname == "typing.Iterable"), None)
    if base is None:
        return None
    mapped = map_instance_to_supertype(instance, base)
    return mapped.args[0] if mapped.args else None


def mapping_value(instance: Instance) -> Type | None:
    """The type of the values of a mapping."""
    base = next((b for b in instance.type.mro if b.fullname == "typing.Mapping"), None)
    mapped = None if base is None else map_instance_to_supertype(instance, base)
    return mapped.args[1] if mapped is not None and len(mapped.args) == 2 else None


def named_after(signature: CallableType, written: Expression) -> CallableType:
    """The signature under the name that the user writes for the task, for messages."""
    if signature.name is not None and not signature.name.startswith("run"):
        return signature
    return signature.copy_modified(name=shown_name(written))


def overrides(info: TypeInfo, method: str) -> FuncDef | Decorator | OverloadedFuncDef | None:
    """The user's own definition of a method of ``Task``, None where Celery's is the nearest."""
    for base in info.mro:
        if base.fullname.startswith("celery."):
            return None
        symbol = base.names.get(method)
        if symbol is not None:
            node = symbol.node
            return node if isinstance(node, (FuncDef, Decorator, OverloadedFuncDef)) else None
    return None


#: What changes the arguments of a call before the function sees them. With ``typing = False`` Celery looks at none.
_REWRITING = ("__call__", "delay", "apply_async", "typing")


def rewrites_arguments(info: TypeInfo, known: Container[str] = ()) -> bool:
    """Whether a task class may change what a call is given before the function sees it.

    ``known`` are the dotted names of classes of which the user says what they do.
    """
    if info.fullname == TASK_FULLNAME:
        return False
    if info.fallback_to_any:
        return True
    for base in info.mro:
        if base.fullname.startswith("celery."):
            return False
        if base.fullname not in known and any(name in base.names for name in _REWRITING):
            return True
    return False


def method_callable(node: FuncDef | Decorator | OverloadedFuncDef, task: Instance) -> CallableType | None:
    """A method as its caller sees it, None where it is overloaded or its type is not known."""
    type = get_proper_type(node.var.type if isinstance(node, Decorator) else node.type)
    if not isinstance(type, CallableType):
        return None
    if isinstance(node, Decorator) and node.func.is_static:
        return type
    return bind_self(type, task)


def temporary(type: Type, context: Context) -> TempNode:
    """An expression of this type, for arguments that the user wrote as a variable."""
    node = TempNode(type, context=context)
    node.set_line(context)
    return node


def check_arguments(
    api: CheckerPluginInterface,
    callee: CallableType,
    expressions: Sequence[Expression],
    kinds: Sequence[ArgKind],
    names: Sequence[str | None],
    context: Context,
) -> Type:
    """Let mypy judge a call of ``callee`` with these arguments; the errors are mypy's own, on the items."""
    # With the user's own CallExpr as the context mypy would name the arguments after it.
    call = CallExpr(TempNode(callee), list(expressions), list(kinds), list(names))
    call.set_line(context)
    result, _ = checker(api).expr_checker.check_call(callee, list(expressions), list(kinds), call, list(names))
    return result


def fits_silently(
    api: CheckerPluginInterface,
    callee: CallableType,
    expressions: Sequence[Expression],
    kinds: Sequence[ArgKind],
    names: Sequence[str | None],
    context: Context,
) -> bool:
    """Whether mypy would accept this call; nothing is reported."""
    chk = checker(api)
    with chk.msg.filter_errors() as watcher, _scratch_types(chk):
        check_arguments(api, callee, expressions, kinds, names, context)
    return not watcher.has_new_errors()


def _scratch_types(chk: TypeChecker) -> AbstractContextManager[Any]:
    # A context manager since mypy 1.16, a method that returns one before.
    scratch: Any = chk.local_type_map
    return cast("AbstractContextManager[Any]", scratch() if callable(scratch) else scratch)


def type_of(api: CheckerPluginInterface, expression: Expression) -> Type:
    """The type of an expression that mypy has checked already, or checks now in silence."""
    chk = checker(api)
    if chk.has_type(expression):
        return chk.lookup_type(expression)
    with chk.msg.filter_errors():
        return chk.expr_checker.accept(expression)


def is_misread(api: CheckerPluginInterface, expression: Expression) -> bool:
    """Whether mypy's type of a value is one that the value rarely or never has.

    ``x and x.isoformat()`` keeps an ``x`` that is false, which few have; a ``@property`` of a class, below or above
    ``@classmethod``, is a method to mypy, which says so where it is defined.
    """
    if isinstance(expression, OpExpr):
        return expression.op == "and"
    if not isinstance(expression, MemberExpr):
        return False
    owner = _class_of(checker(api), expression.expr)
    symbol = owner.get(expression.name) if owner is not None else None
    node = symbol.node if symbol is not None else None
    return isinstance(node, Decorator) and node.func.is_property and node.func.is_class


def _class_of(chk: TypeChecker, expression: Expression) -> TypeInfo | None:
    """The class that an expression is, as far as mypy knows that by now."""
    if isinstance(expression, RefExpr) and isinstance(expression.node, TypeInfo):
        return expression.node
    if chk.has_type(expression):
        type = get_proper_type(chk.lookup_type(expression))
    elif isinstance(expression, NameExpr) and isinstance(expression.node, Var):
        type = get_proper_type(expression.node.type)  # type: ignore[assignment]  # None has no members either.
    else:
        return None
    if isinstance(type, FunctionLike) and type.is_type_obj():
        return type.type_object()
    item = get_proper_type(type.item) if isinstance(type, TypeType) else None
    return item.type if isinstance(item, Instance) else None


def ignore_misread(api: CheckerPluginInterface, callee: CallableType, call: CallExpr) -> CallableType:
    """The callable with ``Any`` for the parameters whose values mypy misreads.

    So it does with splats: of any number of values it holds each against every parameter that one could reach.
    """
    misread = {i for i, e in enumerate(call.args) if isinstance(e, (MemberExpr, OpExpr)) and is_misread(api, e)}
    splats = {i for i, kind in enumerate(call.arg_kinds) if kind.is_star()}
    if not misread and not splats:
        return callee
    formals = map_actuals_to_formals(
        call.arg_kinds, call.arg_names, callee.arg_kinds, callee.arg_names, lambda i: type_of(api, call.args[i])
    )
    types: list[Type] = []
    seen: set[int] = set()
    for type, actuals in zip(callee.arg_types, formals, strict=True):
        again = {i for i in actuals if i in splats and (i in seen or call.arg_kinds[i] == ARG_STAR2)}
        types.append(any_type() if misread.intersection(actuals) or again else type)
        seen.update(actuals)
    return callee.copy_modified(arg_types=types)


def own_type_of(api: CheckerPluginInterface, expression: Expression) -> Type:
    """The type of an expression by itself: where ``Any`` is expected, ``[1]`` is a ``list[Any]``."""
    chk = checker(api)
    with chk.msg.filter_errors(), _scratch_types(chk):
        return chk.expr_checker.accept(expression)


@contextmanager
def outside_overloads(api: CheckerPluginInterface) -> Iterator[None]:
    """Report as if no overload was being tried: there an error says that the variant does not fit."""
    watchers = checker(api).errors._watchers
    kept = watchers[:]
    watchers.clear()
    try:
        yield
    finally:
        watchers.extend(kept)


def optional_positionals(callee: CallableType) -> CallableType:
    """The same callable with no argument required: for signatures that something else completes."""
    relaxed = {ARG_POS: ARG_OPT, ARG_NAMED: ARG_NAMED_OPT}
    return callee.copy_modified(arg_kinds=[relaxed.get(kind, kind) for kind in callee.arg_kinds])


def without_first(callee: CallableType, count: int) -> CallableType:
    """Drop leading positional parameters, which something else fills; ``*args`` swallows the rest."""
    index = 0
    while index < count and index < len(callee.arg_kinds) and callee.arg_kinds[index] in (ARG_POS, ARG_OPT):
        index += 1
    return callee.copy_modified(
        arg_types=callee.arg_types[index:],
        arg_kinds=callee.arg_kinds[index:],
        arg_names=callee.arg_names[index:],
    )


def positional_count(callee: CallableType) -> int:
    """How many parameters one positional value each can fill."""
    return sum(kind in (ARG_POS, ARG_OPT) for kind in callee.arg_kinds)


def has_star(callee: CallableType, kind: ArgKind) -> bool:
    """Whether there is an ``*args`` (ARG_STAR) or a ``**kwargs`` (ARG_STAR2)."""
    return kind in callee.arg_kinds


def union_items(type: Type) -> list[ProperType]:
    """The members of a union without None, or the type itself."""
    proper = get_proper_type(type)
    if isinstance(proper, UnionType):
        return [get_proper_type(item) for item in proper.relevant_items()]
    return [proper]


def written_argument(call: CallExpr, position: int, name: str) -> Expression | None:
    """What stands for a parameter in a call; None where it is omitted, ``None``, or comes out of a splat."""
    for index, (expression, kind, given) in enumerate(zip(call.args, call.arg_kinds, call.arg_names, strict=True)):
        if kind.is_star():
            if kind == ARG_STAR:
                return None
        elif given == name or (given is None and index == position):
            is_none = isinstance(expression, NameExpr) and expression.fullname == "builtins.None"
            return None if is_none else expression
    return None


def shown_name(expression: Expression) -> str | None:
    """The last name of ``a.b.c`` or ``a.b.c()``: what messages call the task."""
    if isinstance(expression, CallExpr):
        expression = expression.callee
    return expression.name if isinstance(expression, (NameExpr, MemberExpr)) else None


__all__ = [
    "ARG_NAMED",
    "ARG_POS",
    "ARG_STAR",
    "ARG_STAR2",
    "any_type",
    "attach_property",
    "attach_signature",
    "attached_property",
    "attached_signature",
    "base_function",
    "check_arguments",
    "checker",
    "find_task",
    "fits_silently",
    "has_star",
    "optional_positionals",
    "outside_overloads",
    "positional_count",
    "shown_name",
    "temporary",
    "type_of",
    "union_items",
    "without_first",
    "written_argument",
]
