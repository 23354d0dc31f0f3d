"""``apply_async(args=..., kwargs=...)`` and every other method that takes a task's arguments in containers.

Law: turns what the user wrote into the arguments of one call and lets mypy judge that call. Where the text does
not tell how many values or which names there are, it checks no count.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mypy.errorcodes import ARG_TYPE
from mypy.nodes import (
    ARG_NAMED,
    ARG_NAMED_OPT,
    ARG_OPT,
    ARG_POS,
    ARG_STAR,
    ARG_STAR2,
    ArgKind,
    ConditionalExpr,
    DictExpr,
    DictionaryComprehension,
    LambdaExpr,
    ListComprehension,
    ListExpr,
    NameExpr,
    SetComprehension,
    SetExpr,
    StarExpr,
    StrExpr,
    TupleExpr,
)
from mypy.subtypes import is_subtype
from mypy.types import (
    AnyType,
    CallableType,
    Instance,
    LiteralType,
    NoneType,
    TupleType,
    TypedDictType,
    UninhabitedType,
    UnionType,
    UnpackType,
    get_proper_type,
)

from celery_registry.mypy import typeops

if TYPE_CHECKING:
    from mypy.checker import TypeChecker
    from mypy.nodes import Context, Expression
    from mypy.plugin import CheckerPluginInterface
    from mypy.types import ProperType, Type

__all__ = ["Arguments", "check_complete", "check_partial", "judged_value", "read_arguments"]


@dataclass
class Arguments:
    """The arguments of one call, as mypy's ``check_call`` takes them.

    ``open_positional`` and ``open_keyword``: there may be more values, or more names, than the text shows;
    ``loose_values``: types of the values of which there are any number.
    """

    context: Context
    expressions: list[Expression] = field(default_factory=list)
    kinds: list[ArgKind] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    open_positional: bool = False
    open_keyword: bool = False
    loose_values: list[tuple[Type, Expression]] = field(default_factory=list)
    loose_keywords: list[tuple[Type, Expression]] = field(default_factory=list)

    def add(self, expression: Expression, kind: ArgKind = ARG_POS, name: str | None = None) -> None:
        """Add one argument."""
        self.expressions.append(expression)
        self.kinds.append(kind)
        self.names.append(name)

    def prepended(self, expressions: list[Expression]) -> Arguments:
        """The same arguments after some positional ones."""
        return Arguments(
            self.context,
            [*expressions, *self.expressions],
            [ARG_POS] * len(expressions) + self.kinds,
            [*(None for _ in expressions), *self.names],
            self.open_positional,
            self.open_keyword,
            self.loose_values,
            self.loose_keywords,
        )


def read_arguments(
    api: CheckerPluginInterface,
    positional: Expression | None,
    keywords: Expression | None,
    context: Context,
) -> list[Arguments]:
    """The call, or calls where a ternary chooses between displays, that ``args=`` and ``kwargs=`` make."""
    positional_choices = _choices(positional)
    keyword_choices = _choices(keywords)
    calls = []
    for args in positional_choices:
        for kwargs in keyword_choices:
            call = Arguments(args or kwargs or context)
            # Two choices that depend on one condition must not be crossed.
            if len(positional_choices) > 1 and len(keyword_choices) > 1:
                call.open_positional = call.open_keyword = True
            _read_positional(api, args, call)
            _read_keywords(api, kwargs, call)
            calls.append(call)
    return calls


def _choices(expression: Expression | None) -> list[Expression | None]:
    if isinstance(expression, ConditionalExpr):
        return [*_choices(expression.if_expr), *_choices(expression.else_expr)]
    return [expression]


def _read_positional(api: CheckerPluginInterface, expression: Expression | None, call: Arguments) -> None:
    if expression is None:
        return
    if isinstance(expression, (TupleExpr, ListExpr)):
        for item in expression.items:
            if isinstance(item, StarExpr):
                _read_star(typeops.type_of(api, item.expr), item.expr, call)
            else:
                call.add(judged_value(api, item))
        return
    type = get_proper_type(typeops.type_of(api, expression))
    if isinstance(type, Instance) and type.type.fullname in ("builtins.str", "builtins.bytes"):
        api.fail(
            f'Argument "args" has incompatible type "{type.type.name}"; expected a list or tuple of arguments',
            expression,
            code=ARG_TYPE,
        )
        call.open_positional = call.open_keyword = True
        return
    _read_star(type, expression, call)


def judged_value(api: CheckerPluginInterface, expression: Expression) -> Expression:
    """What is judged for a value: the expression, or ``Any`` where mypy knows better than the program runs."""
    if typeops.is_misread(api, expression):
        return typeops.temporary(typeops.any_type(), expression)
    return expression


def _read_star(type: Type, expression: Expression, call: Arguments) -> None:
    proper = get_proper_type(type)
    if isinstance(proper, NoneType):
        return
    if isinstance(proper, TupleType):
        for item in proper.items:
            if isinstance(item, UnpackType):
                _open_positional(call, None, expression)
            else:
                call.add(typeops.temporary(item, expression))
        return
    _open_positional(call, _element(proper), expression)


def _element(type: ProperType) -> Type | None:
    """The one type of the values in a list, a homogeneous tuple or a sequence; None where it is not known."""
    if isinstance(type, Instance) and type.type.fullname in (
        "builtins.list",
        "builtins.tuple",
        "typing.Sequence",
        "typing.MutableSequence",
        "typing.Iterable",
    ):
        return type.args[0] if type.args else None
    return None


def _open_positional(call: Arguments, element: Type | None, expression: Expression) -> None:
    call.open_positional = True
    if not call.loose_values and element is not None and all(k is ARG_POS for k in call.kinds):
        call.loose_values.append((element, expression))
    call.add(typeops.temporary(typeops.any_type(), expression), ARG_STAR)


def _read_keywords(api: CheckerPluginInterface, expression: Expression | None, call: Arguments) -> None:
    if expression is None:
        return
    if isinstance(expression, DictExpr):
        for key, value in expression.items:
            if key is None:
                _read_mapping(typeops.type_of(api, value), value, call)
            elif isinstance(key, StrExpr):
                call.add(judged_value(api, value), ARG_NAMED, key.value)
            else:
                name = _literal_text(typeops.type_of(api, key))
                if name is None:
                    _open_keyword(call, value)
                else:
                    call.add(judged_value(api, value), ARG_NAMED, name)
        return
    if isinstance(expression, NameExpr) and expression.fullname == "builtins.None":
        return
    _read_mapping(typeops.type_of(api, expression), expression, call)


def _literal_text(type: Type) -> str | None:
    proper = get_proper_type(type)
    if isinstance(proper, Instance) and proper.last_known_value is not None:
        proper = proper.last_known_value
    if isinstance(proper, LiteralType) and isinstance(proper.value, str) and not proper.is_enum_literal():
        return proper.value
    return None


def _read_mapping(type: Type, expression: Expression, call: Arguments) -> None:
    proper = get_proper_type(type)
    if isinstance(proper, NoneType):
        return
    if isinstance(proper, TypedDictType):
        for name, item in proper.items.items():
            if name in proper.required_keys:
                call.add(typeops.temporary(item, expression), ARG_NAMED, name)
            else:
                _open_keyword(call, expression)
        return
    if (
        isinstance(proper, Instance)
        and proper.type.fullname in ("builtins.dict", "typing.Mapping", "typing.MutableMapping")
        and len(proper.args) == 2
    ):
        call.loose_keywords.append((proper.args[1], expression))
    _open_keyword(call, expression)


def _open_keyword(call: Arguments, expression: Expression) -> None:
    call.open_keyword = True
    if ARG_STAR2 not in call.kinds:
        call.add(typeops.temporary(typeops.any_type(), expression), ARG_STAR2)


def check_complete(api: CheckerPluginInterface, callee: CallableType, call: Arguments) -> None:
    """Judge a call that must bring every argument itself."""
    if _plainly_fits(api, callee, call):
        return
    callee = _shaped(callee, call)
    _check_loose(api, callee, call)
    typeops.check_arguments(api, callee, call.expressions, call.kinds, call.names, call.context)


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
    chk = typeops.checker(api)
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
    # A chain prepends the previous result, ``clone`` any number of values (celery.canvas.Signature).
    for skipped in range(typeops.positional_count(callee) + 1):
        candidate = typeops.optional_positionals(typeops.without_first(callee, skipped))
        if typeops.fits_silently(api, _shaped(candidate, call), call.expressions, call.kinds, call.names, call.context):
            return
    check_complete(api, typeops.optional_positionals(callee), call)


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


def _check_loose(api: CheckerPluginInterface, callee: CallableType, call: Arguments) -> None:
    """Report one value type that no parameter can take; a wider type than the parameter's may still be right."""
    fixed = sum(kind is ARG_POS for kind in call.kinds)
    positional = [
        type
        for type, kind in zip(callee.arg_types, callee.arg_kinds, strict=True)
        if kind in (ARG_POS, ARG_OPT, ARG_STAR)
    ][fixed:]
    for element, expression in call.loose_values:
        if positional and not any(_may_fit(element, target) for target in positional[:1]):
            _report_loose(api, expression, element, positional[0], callee)
    targets = list(callee.arg_types)
    for element, expression in call.loose_keywords:
        if targets and not any(_may_fit(element, target) for target in targets):
            _report_loose(api, expression, element, targets[0], callee)


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
    api: CheckerPluginInterface, expression: Expression, element: Type, target: Type, callee: CallableType
) -> None:
    name = f' to "{callee.name}"' if callee.name else ""
    container = typeops.type_of(api, expression)
    api.fail(
        f'Argument{name} has incompatible type "*{typeops.show(container, api)}"; expected "{typeops.show(target, api)}"',
        expression,
        code=ARG_TYPE,
    )
