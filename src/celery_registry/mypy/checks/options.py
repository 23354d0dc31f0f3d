"""The options of ``apply_async`` and the methods like it: what Celery knows, and what a broker may add.

Law: knows the types of Celery's options (Celery documentation, *Calling Tasks*); knows no task.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mypy.errorcodes import CALL_ARG
from mypy.nodes import ARG_NAMED_OPT, ARG_STAR2, ArgKind, CallExpr, StrExpr
from mypy.types import CallableType, NoneType, Type, UnionType, get_proper_type

from celery_registry.contract.options import KNOWN_OPTIONS, STAMPED_HEADERS, misspelt_options
from celery_registry.mypy import typeops
from celery_registry.mypy.checks.callee import show_callee
from celery_registry.mypy.emit import emit_note
from celery_registry.source.fullnames import DIRECT_METHODS, SIGNATURE_FULLNAME
from celery_registry.source.own_options import ANY_OPTION

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from mypy.nodes import Context, Expression
    from mypy.plugin import CheckerPluginInterface, FunctionContext, FunctionSigContext, MethodContext, MethodSigContext

__all__ = ["check_set", "check_unknown_options", "name_options", "refuse_options", "relax_options"]

#: Known options that celery-types leaves out, by the builtin that they are (celery.app.amqp.AMQP, kombu.Producer).
_BUILTIN_OPTIONS: Final = {
    "group_id": "str",
    "group_index": "int",
    "parent_id": "str",
    "reply_to": "str",
    "retries": "int",
    "root_id": "str",
}

#: Known options that may be kombu's own objects wherever their names may stand (celery.app.amqp.AMQP).
_ENTITIES: Final = {"exchange": "kombu.entity.Exchange", "queue": "kombu.entity.Queue"}

#: A message carries their text, and Celery reads what is text already (celery.app.amqp.AMQP.as_task_v2).
_MOMENTS: Final = frozenset({"eta", "expires"})


class RelaxedFormals:
    """The relaxed formals of one stub method, kept while mypy keeps that method."""

    def __init__(self, definition: object, formals: tuple[list[Type], list[ArgKind], list[str | None]]) -> None:
        self.definition = definition
        self.formals = formals


def relax_options(context: MethodSigContext | FunctionSigContext, cache: dict[str, RelaxedFormals]) -> CallableType:
    """The stub's signature as Celery really takes it: any sequence and mapping, None, open-ended options."""
    default = context.default_signature
    definition = default.definition
    # Of ``chain.apply_async`` and ``chain(...).apply_async``, which are one method, the class's own takes ``self``.
    key = f"{default.name}/{default.arg_names[0]}" if default.arg_names else ""
    kept = cache.get(key)
    if kept is None or kept.definition is not definition or definition is None:
        kept = RelaxedFormals(definition, _relaxed(context.api, default))
        cache[key] = kept
    types, kinds, names = kept.formals
    call = context.context
    if not isinstance(call, CallExpr):
        return default.copy_modified(arg_types=types, arg_kinds=kinds, arg_names=names)
    if not _BUILTIN_OPTIONS.keys().isdisjoint(call.arg_names):
        types, kinds, names = _with_builtin_options(context.api, call, types, kinds, names)
    vague = {n for a, n in zip(call.args, call.arg_names, strict=True) if n in _MOMENTS and _is_no_moment(a)}
    if vague:
        given = dict(zip(default.arg_names, default.arg_types, strict=True))
        types = [
            UnionType.make_union([given[n], NoneType()]) if n in vague and n in given else type
            for n, type in zip(names, types, strict=True)
        ]
    if ARG_STAR2 in call.arg_kinds:
        splats = {id(a) for a, kind in zip(call.args, call.arg_kinds, strict=True) if kind.is_star()}
        # A splat reaches every formal; mypy would repeat one complaint for each of them.
        relaxed = [
            typeops.any_type() if any(id(a) in splats for a in arguments) else type
            for type, arguments in zip(types, context.args, strict=False)
        ]
        types = relaxed + types[len(relaxed) :]
    return default.copy_modified(arg_types=types, arg_kinds=kinds, arg_names=names)


def _is_no_moment(argument: Expression) -> bool:
    """Whether it is written text that begins with no year: ``dateutil.parser.isoparse`` reads no other."""
    return isinstance(argument, StrExpr) and not argument.value[:4].isdigit()


def _with_builtin_options(
    api: CheckerPluginInterface, call: CallExpr, types: list[Type], kinds: list[ArgKind], names: list[str | None]
) -> tuple[list[Type], list[ArgKind], list[str | None]]:
    given = [name for name in call.arg_names if name in _BUILTIN_OPTIONS and name not in names]
    builtin = [api.named_generic_type(f"builtins.{_BUILTIN_OPTIONS[name or '']}", []) for name in given]
    extra: list[Type] = [UnionType.make_union([type, NoneType()]) for type in builtin]
    last = len(names) - 1 if kinds[-1] == ARG_STAR2 else len(names)
    return (
        [*types[:last], *extra, *types[last:]],
        [*kinds[:last], *[ARG_NAMED_OPT] * len(given), *kinds[last:]],
        [*names[:last], *given, *names[last:]],
    )


def _relaxed(api: CheckerPluginInterface, default: CallableType) -> tuple[list[Type], list[ArgKind], list[str | None]]:
    anything = typeops.any_type()
    sequence = api.named_generic_type("typing.Sequence", [anything])
    mapping = api.named_generic_type("typing.Mapping", [api.named_generic_type("builtins.str", []), anything])
    types: list[Type] = []
    for name, type in zip(default.arg_names, default.arg_types, strict=True):
        if name == "args":
            types.append(UnionType.make_union([sequence, NoneType()]))
        elif name in ("kwargs", "headers"):
            types.append(UnionType.make_union([mapping, NoneType()]))
        elif name in ("link", "link_error"):
            types.append(_callbacks(api) or anything)
        elif name in _ENTITIES:
            entity = typeops.lookup_instance(api, _ENTITIES[name])
            types.append(UnionType.make_union([type, NoneType(), *([] if entity is None else [entity])]))
        elif name in ("time_limit", "soft_time_limit"):
            types.append(UnionType.make_union([api.named_generic_type("builtins.float", []), NoneType()]))
        elif name in _MOMENTS:
            types.append(UnionType.make_union([type, api.named_generic_type("builtins.str", []), NoneType()]))
        elif name in KNOWN_OPTIONS and not _allows_none(type):
            types.append(UnionType.make_union([type, NoneType()]))
        else:
            types.append(type)
    kinds = list(default.arg_kinds)
    names: list[str | None] = list(default.arg_names)
    if ARG_STAR2 not in kinds:
        types.append(anything)
        kinds.append(ARG_STAR2)
        names.append("options")
    return types, kinds, names


def _callbacks(api: CheckerPluginInterface) -> Type | None:
    """A signature, what JSON makes of one, or several (kombu.utils.functional.maybe_list, celery.canvas.maybe_signature)."""
    signature = typeops.lookup_instance(api, SIGNATURE_FULLNAME)
    if signature is None:
        return None
    abstract = typeops.lookup_instance(api, "celery.utils.abstract.CallableSignature")
    mapping = api.named_generic_type("typing.Mapping", [api.named_generic_type("builtins.str", []), typeops.any_type()])
    several = api.named_generic_type("typing.Sequence", [UnionType([signature, mapping])])
    return UnionType([signature, mapping, *([] if abstract is None else [abstract]), several, NoneType()])


def _allows_none(type: Type) -> bool:
    proper = get_proper_type(type)
    return isinstance(proper, NoneType) or (
        isinstance(proper, UnionType) and any(isinstance(get_proper_type(i), NoneType) for i in proper.items)
    )


def refuse_options(
    api: CheckerPluginInterface, call: CallExpr, signature: CallableType, callee: str, method: str
) -> CallableType:
    """Report options that were given to a method that has none; the signature that is left takes them, said as they are.

    mypy would report them after whatever is noted here, and a note stands below its error.
    """
    if ARG_STAR2 in signature.arg_kinds:
        return signature
    wrong = [
        (argument, name)
        for argument, name in zip(call.args, call.arg_names, strict=True)
        if name is not None and name in KNOWN_OPTIONS and name not in signature.arg_names
    ]
    for argument, name in wrong:
        api.fail(f'Unexpected keyword argument "{name}" for {show_callee(callee)}', argument, code=CALL_ARG)
        name_options(api, [name], signature, method, argument)
    return signature.copy_modified(
        arg_types=[*signature.arg_types, *(typeops.any_type() for _ in wrong)],
        arg_kinds=[*signature.arg_kinds, *(ARG_NAMED_OPT for _ in wrong)],
        arg_names=[*signature.arg_names, *(name for _, name in wrong)],
    )


_TAKES_NONE: Final = DIRECT_METHODS | {"s"}

#: Where the options belong, for the methods that take none.
_TAKES_OPTIONS: Final = {
    "delay_on_commit": "apply_async_on_commit()",
    "s": "set(), as in .s().set()",
    "si": "set(), as in .si().set()",
}


def name_options(
    api: CheckerPluginInterface, names: Iterable[str | None], signature: CallableType, method: str, context: Context
) -> None:
    """Name an option that was given to a method that has none, or that stands inside ``kwargs=``."""
    if ARG_STAR2 in signature.arg_kinds:
        return
    for name in names:
        if name not in KNOWN_OPTIONS or name in signature.arg_names:
            continue
        if method in _TAKES_NONE:
            where = (
                f"{_TAKES_OPTIONS.get(method, 'apply_async()')}, not of {method.replace('__call__', 'a plain call')}"
            )
            emit_note(f'"{name}" is an option of {where}' + ("()" if method != "__call__" else ""), api, context)
        else:
            emit_note(f'"{name}" is an option of {method}(): it stands beside kwargs=, not inside', api, context)


def check_unknown_options(
    context: MethodContext | FunctionContext,
    call: CallExpr,
    signature: CallableType | None,
    callee: str,
    known: Collection[str] = (),
) -> None:
    """Report an option that no one knows: spelled almost like a known one, or named like a parameter of the task.

    ``known`` are the options that the task's own class takes.
    """
    names = [name for name in call.arg_names if name is not None]
    if STAMPED_HEADERS in names or ANY_OPTION in known:
        return
    misspelt = misspelt_options(names, [*known, *filter(None, context.callee_arg_names)])
    for expression, name in zip(call.args, call.arg_names, strict=True):
        # Older stubs leave ``kwargs`` of signature() to their ``**starkwargs``.
        if name is None or name in ("args", "kwargs") or name in KNOWN_OPTIONS or name in context.callee_arg_names:
            continue
        message = f'Unexpected keyword argument "{name}" for {show_callee(callee)}'
        nearest = misspelt.get(name)
        if signature is not None and name in signature.arg_names:
            context.api.fail(message, expression, code=CALL_ARG)
            emit_note(f'"{name}" is a parameter of the task: it belongs inside kwargs=', context.api, expression)
        elif nearest:
            context.api.fail(f'{message}; did you mean "{nearest}"?', expression, code=CALL_ARG)


def check_set(context: MethodContext) -> Type:
    """``signature.set(...)``, which takes the options of ``apply_async``."""
    if isinstance(context.context, CallExpr):
        owner = typeops.find_instance(context.type, SIGNATURE_FULLNAME)
        name = "Signature" if owner is None else owner.type.name
        check_unknown_options(context, context.context, None, f"set of {name}")
    return context.default_return_type
