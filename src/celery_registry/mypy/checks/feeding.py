"""What a signature is given besides its own arguments: the previous result, a later call's arguments, or nothing.

Law: follows an expression to the ``task.s(...)`` that stand in it, or in a local name used nowhere else, and lets mypy
judge each beside what it is given. What hides its signatures (another variable, a call of the user's) is no finding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy.nodes import (
    ARG_POS,
    ARG_STAR,
    CallExpr,
    ConditionalExpr,
    DictExpr,
    GeneratorExpr,
    ListComprehension,
    ListExpr,
    MemberExpr,
    NameExpr,
    OpExpr,
    RefExpr,
    TupleExpr,
)
from mypy.types import Instance, NoneType, TupleType, TypedDictType, get_proper_type

from celery_registry.mypy import expressions, typeops
from celery_registry.mypy.checks.arguments import Arguments, judged_value, read_arguments
from celery_registry.mypy.checks.containers import check_complete, check_partial, fits_partially
from celery_registry.mypy.facts.only_values import handed_on

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mypy.nodes import Context, Expression
    from mypy.plugin import CheckerPluginInterface
    from mypy.types import CallableType, Type

    from celery_registry.mypy.facts.signatures import Signatures

__all__ = [
    "check_fed",
    "check_given",
    "check_given_partly",
    "check_unfed",
    "check_values",
    "fits_values",
    "given_by_call",
    "signature_calls_of_errback",
    "written_arguments",
]

#: Methods of a signature that leave its arguments alone and give it back (celery.canvas.Signature).
_KEEPING = frozenset({"set", "on_error"})


def check_fed(api: CheckerPluginInterface, expression: Expression, fed: Type, signatures: Signatures) -> None:
    """Check what is fed one value before its own; ``Any`` for None, since a task may replace itself by another."""
    if isinstance(get_proper_type(fed), NoneType):
        fed = typeops.any_type()
    made = expression
    if isinstance(expression, NameExpr):
        made = handed_on(expressions.checker(api), expression) or expression
    for call in _signature_calls(made, into_chord=True):
        signature = _signature(api, call, signatures)
        if signature is None:
            continue
        for own in _own(api, call, signature):
            check_values(api, signature, [fed], own)


def check_values(api: CheckerPluginInterface, signature: CallableType, values: Sequence[Type], own: Arguments) -> None:
    """Check values of these types before a signature's own."""
    # What comes out of a message is new: a list of ints is a list of floats as well.
    sent = own.prepended([_as_display(value, own.context) for value in values])
    arriving = own.prepended([_as_display(_arriving(api, value), own.context) for value in values])
    for new in (sent, arriving):
        if expressions.fits_silently(api, signature, new.expressions, new.kinds, new.names, new.context):
            return
    check_complete(api, signature, own.prepended([expressions.temporary(value, own.context) for value in values]))


def fits_values(api: CheckerPluginInterface, signature: CallableType, values: Sequence[Type], own: Arguments) -> bool:
    """Whether values of these types fit before a signature's own."""
    new = own.prepended([_as_display(value, own.context) for value in values])
    return expressions.fits_silently(api, signature, new.expressions, new.kinds, new.names, new.context)


def signature_calls_of_errback(expression: Expression) -> Iterator[CallExpr]:
    """The ``task.s(...)`` that an errback is; nothing where it is a chain or a group of several."""
    if isinstance(expression, ConditionalExpr):
        yield from signature_calls_of_errback(expression.if_expr)
        yield from signature_calls_of_errback(expression.else_expr)
    elif isinstance(expression, CallExpr) and isinstance(expression.callee, MemberExpr):
        yield from _signature_calls(expression, into_chord=False)


def check_unfed(api: CheckerPluginInterface, expression: Expression, signatures: Signatures) -> None:
    """Check what nothing feeds: it must be complete."""
    check_given(api, expression, Arguments(expression), signatures)


def check_given(api: CheckerPluginInterface, expression: Expression, given: Arguments, signatures: Signatures) -> None:
    """Check what a later call completes: its values stand before a signature's own, its names replace them."""
    for call in _signature_calls(expression, into_chord=True):
        signature = _signature(api, call, signatures)
        if signature is not None:
            for own in _own(api, call, signature):
                check_complete(api, signature, _joined(given, own))


def check_given_partly(
    api: CheckerPluginInterface, expression: Expression, given: Arguments, signatures: Signatures
) -> None:
    """Check what ``signature.clone(args, kwargs)`` gives, which may be completed once more."""
    for call in _signature_calls(expression, into_chord=True):
        signature = _signature(api, call, signatures)
        if signature is not None:
            for own in _own(api, call, signature):
                check_partial(api, signature, _joined(given, own))


def given_by_call(api: CheckerPluginInterface, call: CallExpr, method: str) -> list[Arguments]:
    """What ``signature.delay(...)`` or ``signature.apply_async(args, kwargs)`` adds; nothing where that is hidden."""
    if method in ("delay", "__call__"):
        return [written_arguments(api, call)]
    if any(kind.is_star() for kind in call.arg_kinds):
        return []
    positional = expressions.written_argument(call, 0, "args")
    keywords = expressions.written_argument(call, 1, "kwargs")
    return read_arguments(api, positional, keywords, call)


def written_arguments(api: CheckerPluginInterface, call: CallExpr) -> Arguments:
    """The arguments of ``task.s(...)`` as they are written."""
    arguments = Arguments(call)
    for expression, kind, name in zip(call.args, call.arg_kinds, call.arg_names, strict=True):
        if kind.is_star():
            # How many values or which names there are, only some stars tell; a signature is partial anyway.
            known = isinstance(get_proper_type(expressions.type_of(api, expression)), TupleType)
            if not known:
                arguments.open_positional = arguments.open_keyword = True
                expression = expressions.temporary(typeops.any_type(), expression)
        else:
            expression = judged_value(api, expression)
        arguments.add(expression, kind, name)
    return arguments


def _signature_calls(expression: Expression, *, into_chord: bool) -> Iterator[CallExpr]:
    """The ``task.s(...)`` and ``task.signature(...)`` that stand first in an expression."""
    if isinstance(expression, ConditionalExpr):
        yield from _signature_calls(expression.if_expr, into_chord=into_chord)
        yield from _signature_calls(expression.else_expr, into_chord=into_chord)
    elif isinstance(expression, OpExpr) and expression.op == "|":
        yield from _signature_calls(expression.left, into_chord=into_chord)
    elif isinstance(expression, CallExpr) and isinstance(expression.callee, MemberExpr):
        name = expression.callee.name
        if name in ("s", "signature", "subtask"):
            yield expression
            return
        is_same = name in _KEEPING or (name == "clone" and not expression.args)
        if is_same and "immutable" not in expression.arg_names:
            yield from _signature_calls(expression.callee.expr, into_chord=into_chord)
    elif isinstance(expression, CallExpr) and isinstance(expression.callee, RefExpr) and expression.args:
        name = expression.callee.fullname
        if any(kind != ARG_POS for kind in expression.arg_kinds):
            return
        members = _members(expression)
        if name == "celery.canvas.group":
            firsts = members
        elif name == "celery.canvas.chain":
            firsts = members[:1]
        elif name == "celery.canvas.chord" and into_chord:
            # Each of the header is given what the chord is given (celery.canvas.chord.run).
            header = expression.args[0]
            is_group = isinstance(header, CallExpr) and getattr(header.callee, "fullname", "") == "celery.canvas.group"
            several = [header] if is_group else _of_each(header)
            firsts = list(header.items) if isinstance(header, (ListExpr, TupleExpr)) else several
        else:
            return
        for member in firsts:
            yield from _signature_calls(member, into_chord=into_chord)


def _members(call: CallExpr) -> list[Expression]:
    first = call.args[0]
    if len(call.args) == 1 and isinstance(first, (ListExpr, TupleExpr)):
        return list(first.items)
    return _of_each(first) or list(call.args)


def _of_each(expression: Expression) -> list[Expression]:
    """What a comprehension makes of each; nothing where it is none."""
    if isinstance(expression, ListComprehension):
        expression = expression.generator
    return [expression.left_expr] if isinstance(expression, GeneratorExpr) else []


def _signature(api: CheckerPluginInterface, call: CallExpr, signatures: Signatures) -> CallableType | None:
    immutable = expressions.written_argument(call, -1, "immutable")
    if immutable is not None or not isinstance(call.callee, MemberExpr):
        return None
    return signatures.of_call(api, expressions.type_of(api, call.callee.expr), call)


def _own(api: CheckerPluginInterface, call: CallExpr, signature: CallableType) -> list[Arguments]:
    """What a signature has of its own; nothing where that alone was reported already."""
    if isinstance(call.callee, MemberExpr) and call.callee.name == "s":
        own = [written_arguments(api, call)]
    elif any(kind.is_star() for kind in call.arg_kinds):
        return []
    else:
        positional = expressions.written_argument(call, 0, "args")
        keywords = expressions.written_argument(call, 1, "kwargs")
        own = read_arguments(api, positional, keywords, call)
    return [arguments for arguments in own if fits_partially(api, signature, arguments)]


def _joined(given: Arguments, own: Arguments) -> Arguments:
    joined = Arguments(own.context)
    joined.open_positional = given.open_positional or own.open_positional
    joined.open_keyword = given.open_keyword or own.open_keyword
    rows = list(zip(given.expressions, given.kinds, given.names, strict=True))
    replaced = {name for name in given.names if name is not None}
    hidden = ARG_STAR in given.kinds
    for expression, kind, name in zip(own.expressions, own.kinds, own.names, strict=True):
        if name in replaced or (hidden and name is None and kind in (ARG_POS, ARG_STAR)):
            continue
        rows.append((expression, kind, name))
    # Positional values stand first in a call.
    rows.sort(key=lambda row: row[2] is not None or (row[1].is_star() and row[1] != ARG_STAR))
    for row in rows:
        joined.add(*row)
    return joined


def _arriving(api: CheckerPluginInterface, type: Type) -> Type:
    """What JSON makes of a result on its way: a tuple arrives as a list, a key as a text, a ``TypedDict`` is a dictionary."""
    proper = get_proper_type(type)
    if isinstance(proper, TypedDictType):
        return api.named_generic_type("builtins.dict", [api.named_generic_type("builtins.str", []), typeops.any_type()])
    if isinstance(proper, TupleType):
        kinds = {_arriving(api, item) for item in proper.items}
        return api.named_generic_type("builtins.list", [kinds.pop() if len(kinds) == 1 else typeops.any_type()])
    if not isinstance(proper, Instance) or proper.type.fullname not in (
        "builtins.tuple",
        "builtins.list",
        "builtins.dict",
    ):
        return type
    items = [_arriving(api, item) for item in proper.args]
    if proper.type.fullname == "builtins.dict":
        return api.named_generic_type("builtins.dict", [api.named_generic_type("builtins.str", []), items[-1]])
    return api.named_generic_type("builtins.list", items)


def _as_display(type: Type, context: Context) -> Expression:
    """An expression of a type whose containers take what is expected of them."""
    proper = get_proper_type(type)
    display: Expression
    if isinstance(proper, Instance) and proper.type.fullname == "builtins.list" and len(proper.args) == 1:
        display = ListExpr([_as_display(proper.args[0], context)])
    elif isinstance(proper, Instance) and proper.type.fullname == "builtins.dict" and len(proper.args) == 2:
        key, value = proper.args
        display = DictExpr([(_as_display(key, context), _as_display(value, context))])
    else:
        return expressions.temporary(type, context)
    display.set_line(context)
    return display
