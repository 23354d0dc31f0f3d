"""``apply_async(args=..., kwargs=...)`` and every other method that takes a task's arguments in containers.

Law: lets mypy judge the call that the arguments make. Where the text does not tell how many values or which names
there are, it checks no count.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mypy.errorcodes import ARG_TYPE
from mypy.nodes import (
    ARG_NAMED,
    ARG_NAMED_OPT,
    ARG_OPT,
    ARG_POS,
    ARG_STAR,
    ARG_STAR2,
    ConditionalExpr,
    DictExpr,
    DictionaryComprehension,
    LambdaExpr,
    ListComprehension,
    ListExpr,
    RefExpr,
    SetComprehension,
    SetExpr,
    TupleExpr,
    Var,
)
from mypy.subtypes import is_subtype
from mypy.types import AnyType, CallableType, Instance, UninhabitedType, UnionType, get_proper_type

from celery_registry.mypy import expressions, typeops

if TYPE_CHECKING:
    from mypy.checker import TypeChecker
    from mypy.nodes import Expression
    from mypy.plugin import CheckerPluginInterface
    from mypy.types import Type

    from celery_registry.mypy.checks.arguments import Arguments

__all__ = ["check_complete", "check_partial", "fits_partially"]


def check_complete(api: CheckerPluginInterface, callee: CallableType, call: Arguments) -> None:
    """Judge a call that must bring every argument itself."""
    if _plainly_fits(api, callee, call):
        return
    callee, call = _without_unknown_names(callee, call)
    shaped = _shaped(callee, call)
    _check_loose(api, shaped, call, _left_for(callee, call))
    expressions.check_arguments(api, shaped, call.expressions, call.kinds, call.names, call.context)


def _without_unknown_names(callee: CallableType, call: Arguments) -> tuple[CallableType, Arguments]:
    """The call without names, where a declaration has none: which parameters they mean, nobody here knows.

    ``Task[[int, str], None]`` says how many there are and of which types; the function is not seen.
    """
    strange = [name for name in call.names if name is not None and name not in callee.arg_names]
    if not strange or not typeops.has_unknown_names(callee):
        return callee, call
    rows = zip(call.expressions, call.kinds, call.names, strict=True)
    kept = [row for row in rows if row[2] is None or row[2] in callee.arg_names]
    return typeops.optional_positionals(callee), replace(
        call, expressions=[row[0] for row in kept], kinds=[row[1] for row in kept], names=[row[2] for row in kept]
    )


_LISTS = frozenset(
    {"builtins.list", "typing.Sequence", "typing.MutableSequence", "typing.Iterable", "typing.Collection"}
)
_MAPPINGS = frozenset({"builtins.dict", "typing.Mapping", "typing.MutableMapping"})

#: Expressions whose type is the one that was expected of them.
_DISPLAYS = (
    ConditionalExpr,
    DictExpr,
    DictionaryComprehension,
    LambdaExpr,
    ListComprehension,
    ListExpr,
    RefExpr,
    SetComprehension,
    SetExpr,
    TupleExpr,
)


def _plainly_fits(api: CheckerPluginInterface, callee: CallableType, call: Arguments) -> bool:
    """Whether plain values fill plain parameters: then a whole call need not be checked to see that it is right."""
    if call.open_positional or call.open_keyword or callee.variables:
        return False
    given: dict[int, Expression] = {}
    for position, (expression, kind, name) in enumerate(zip(call.expressions, call.kinds, call.names, strict=True)):
        if kind == ARG_NAMED:
            if name not in callee.arg_names:
                return False
            position = callee.arg_names.index(name)
        elif (
            kind != ARG_POS or position >= len(callee.arg_kinds) or callee.arg_kinds[position] not in (ARG_POS, ARG_OPT)
        ):
            return False
        if position in given:
            return False
        given[position] = expression
    chk = expressions.checker(api)
    for position, (target, kind) in enumerate(zip(callee.arg_types, callee.arg_kinds, strict=True)):
        value = given.get(position)
        if value is None:
            if kind.is_required():
                return False
        elif not _plainly_is(chk, value, target):
            return False
    return True


def _plainly_is(chk: TypeChecker, value: Expression, target: Type) -> bool:
    """Whether a value is of a type for certain; a display is where each of its items is."""
    if not isinstance(value, _DISPLAYS):
        return chk.has_type(value) and is_subtype(chk.lookup_type(value), target)
    # A display keeps the type that it was expected to have, its items' errors left unsaid.
    wanted = get_proper_type(target)
    if isinstance(wanted, AnyType):
        return True
    if not isinstance(wanted, Instance):
        return False
    if isinstance(value, ListExpr) and wanted.type.fullname in _LISTS:
        return all(_plainly_is(chk, item, wanted.args[0]) for item in value.items)
    if isinstance(value, ListComprehension) and wanted.type.fullname in _LISTS:
        return _plainly_is(chk, value.generator.left_expr, wanted.args[0])
    if isinstance(value, DictExpr) and wanted.type.fullname in _MAPPINGS:
        key, item = wanted.args
        return all(
            _plainly_is(chk, part, wanted if name is None else item) and (name is None or _plainly_is(chk, name, key))
            for name, part in value.items
        )
    return False


def check_partial(api: CheckerPluginInterface, callee: CallableType, call: Arguments) -> None:
    """Judge a signature that a chain or a later call may still complete, from the left and by keyword."""
    if not fits_partially(api, callee, call):
        check_complete(api, typeops.optional_positionals(callee), call)


def fits_partially(api: CheckerPluginInterface, callee: CallableType, call: Arguments) -> bool:
    """Whether something could complete a signature."""
    callee, call = _without_unknown_names(callee, call)
    # A chain prepends the previous result, ``clone`` any number of values (celery.canvas.Signature).
    for skipped in range(typeops.positional_count(callee) + 1):
        candidate = _shaped(typeops.optional_positionals(typeops.without_first(callee, skipped)), call)
        if expressions.fits_silently(api, candidate, call.expressions, call.kinds, call.names, call.context):
            return True
    return False


def _shaped(callee: CallableType, call: Arguments) -> CallableType:
    """Make room for what the text leaves open: names given by keyword are not filled by an open list as well."""
    if not call.open_positional and not call.open_keyword:
        return callee
    given = {name for name in call.names if name is not None}
    kinds = []
    for kind, name in zip(callee.arg_kinds, callee.arg_names, strict=True):
        if call.open_positional and name in given and kind in (ARG_POS, ARG_OPT):
            kind = ARG_NAMED if kind == ARG_POS else ARG_NAMED_OPT
        if kind == ARG_POS:
            kind = ARG_OPT
        elif kind == ARG_NAMED and name not in given:
            kind = ARG_NAMED_OPT
        kinds.append(kind)
    # Keyword parameters stand last in a callable.
    order = sorted(range(len(kinds)), key=lambda i: (kinds[i].is_named(), kinds[i] == ARG_STAR2))
    return callee.copy_modified(
        arg_types=[callee.arg_types[i] for i in order],
        arg_kinds=[kinds[i] for i in order],
        arg_names=[callee.arg_names[i] for i in order],
    )


def _check_loose(api: CheckerPluginInterface, callee: CallableType, call: Arguments, must: list[Type]) -> None:
    """Report one value type that no parameter can take; a wider type than the parameter's may still be right."""
    fixed = sum(kind is ARG_POS for kind in call.kinds)
    positional = [
        type
        for type, kind in zip(callee.arg_types, callee.arg_kinds, strict=True)
        if kind in (ARG_POS, ARG_OPT, ARG_STAR)
    ][fixed:]
    for element, expression in call.loose_values:
        if positional and not (_may_fit(element, positional[0]) and not _is_declared_object(element, expression)):
            _report_loose(api, expression, positional[0], callee)
    for element, expression in call.loose_keywords:
        wrong = next((target for target in must if not _may_fit(element, target)), None)
        if wrong is None and callee.arg_types and not any(_may_fit(element, target) for target in callee.arg_types):
            wrong = callee.arg_types[0]
        if wrong is not None:
            _report_loose(api, expression, wrong, callee, "**")


def _is_declared_object(element: Type, expression: Expression) -> bool:
    """Whether values were declared to be anything: ``list[object]``, which mypy does not take for ``*values`` either.

    Where mypy has joined the values of a display it may have made that of them itself.
    """
    proper = get_proper_type(element)
    if not isinstance(proper, Instance) or proper.type.fullname != "builtins.object":
        return False
    return isinstance(expression, RefExpr) and isinstance(expression.node, Var) and not expression.node.is_inferred


def _left_for(callee: CallableType, call: Arguments) -> list[Type]:
    """The types of the parameters that nothing but the one open mapping can fill."""
    if call.open_positional or len(call.loose_keywords) != 1 or not call.only_mapping:
        return []
    given = sum(kind is ARG_POS for kind in call.kinds)
    return [
        type
        for position, (type, kind, name) in enumerate(
            zip(callee.arg_types, callee.arg_kinds, callee.arg_names, strict=True)
        )
        if kind.is_required() and name is not None and name not in call.names and position >= given
    ]


def _may_fit(value: Type, target: Type) -> bool:
    if isinstance(get_proper_type(target), AnyType):
        return True
    return any(
        isinstance(item, (AnyType, UninhabitedType, UnionType))
        or is_subtype(item, target)
        or any(is_subtype(part, item) for part in typeops.union_items(target))
        for item in typeops.union_items(value)
    )


def _report_loose(
    api: CheckerPluginInterface,
    expression: Expression,
    target: Type,
    callee: CallableType,
    stars: str = "*",
) -> None:
    name = f' to "{callee.name}"' if callee.name else ""
    container = expressions.own_type_of(api, expression)
    api.fail(
        f'Argument{name} has incompatible type "{stars}{typeops.show(container, api)}"; expected "{typeops.show(target, api)}"',
        expression,
        code=ARG_TYPE,
    )
