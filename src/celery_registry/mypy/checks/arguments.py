"""``args=`` and ``kwargs=`` as they are written -> the arguments of one call.

Law: reads displays, variables, ternaries, comprehensions and splats; it notes what the text does not tell, and judges
nothing but that ``args=`` is no list or tuple at all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mypy.errorcodes import ARG_TYPE
from mypy.literals import literal_hash
from mypy.nodes import (
    ARG_NAMED,
    ARG_POS,
    ARG_STAR,
    ARG_STAR2,
    ArgKind,
    CallExpr,
    ConditionalExpr,
    DictExpr,
    DictionaryComprehension,
    ListComprehension,
    ListExpr,
    NameExpr,
    OpExpr,
    RefExpr,
    StarExpr,
    StrExpr,
    TupleExpr,
)
from mypy.types import (
    Instance,
    LiteralType,
    NoneType,
    TupleType,
    TypedDictType,
    UnionType,
    UnpackType,
    get_proper_type,
)

from celery_registry.mypy import expressions, typeops, unreliable_types

if TYPE_CHECKING:
    from mypy.nodes import Context, Expression
    from mypy.plugin import CheckerPluginInterface
    from mypy.types import ProperType, Type

__all__ = ["Arguments", "judged_value", "read_arguments"]

#: Expressions whose type depends on the type that is expected of them, which is ``Any`` in a container.
_INFERRED = (CallExpr, DictionaryComprehension, ListComprehension, OpExpr)


@dataclass
class Arguments:
    """The arguments of one call, as mypy's ``check_call`` takes them.

    ``open_positional`` and ``open_keyword``: there may be more values, or more names, than the text shows;
    ``loose_values`` and ``loose_keywords``: types of the values of which there are any number.
    """

    context: Context
    expressions: list[Expression] = field(default_factory=list)
    kinds: list[ArgKind] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    open_positional: bool = False
    open_keyword: bool = False
    loose_values: list[tuple[Type, Expression]] = field(default_factory=list)
    loose_keywords: list[tuple[Type, Expression]] = field(default_factory=list)
    only_mapping: bool = True
    """Whether there is one source of unknown names at most."""

    def add(self, expression: Expression, kind: ArgKind = ARG_POS, name: str | None = None) -> None:
        """Add one argument."""
        self.expressions.append(expression)
        self.kinds.append(kind)
        self.names.append(name)

    def open_positionals(self, expression: Expression, element: Type | None = None) -> None:
        """Any number of values, of a type where that is known."""
        self.open_positional = True
        if not self.loose_values and element is not None and all(kind is ARG_POS for kind in self.kinds):
            self.loose_values.append((element, expression))
        if ARG_STAR not in self.kinds:
            self.add(expressions.temporary(typeops.any_type(), expression), ARG_STAR)

    def open_keywords(self, expression: Expression, value: Type | None = None) -> None:
        """Any number of names, with values of a type where that is known."""
        self.only_mapping = not self.open_keyword
        self.open_keyword = True
        if value is not None:
            self.loose_keywords.append((value, expression))
        if ARG_STAR2 not in self.kinds:
            self.add(expressions.temporary(typeops.any_type(), expression), ARG_STAR2)

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
    if isinstance(positional, ConditionalExpr) and isinstance(keywords, ConditionalExpr):
        condition = literal_hash(positional.cond)
        if condition is not None and condition == literal_hash(keywords.cond):
            return [
                *read_arguments(api, positional.if_expr, keywords.if_expr, context),
                *read_arguments(api, positional.else_expr, keywords.else_expr, context),
            ]
    args_choices, kwargs_choices = _choices(api, positional), _choices(api, keywords)
    if len(args_choices) > 1 and len(kwargs_choices) > 1:
        # Nothing tells which go together: each is judged beside unknown others.
        return [
            *(_read(api, args, None, context, unknown=keywords) for args in args_choices),
            *(_read(api, None, kwargs, context, unknown=positional) for kwargs in kwargs_choices),
        ]
    return [_read(api, args, kwargs, context) for args in args_choices for kwargs in kwargs_choices]


def _read(
    api: CheckerPluginInterface,
    positional: Expression | None,
    keywords: Expression | None,
    context: Context,
    unknown: Expression | None = None,
) -> Arguments:
    call = Arguments(positional or keywords or context)
    if unknown is not None and positional is None:
        call.open_positionals(unknown)
    _read_positional(api, positional, call)
    _read_keywords(api, keywords, call)
    if unknown is not None and keywords is None:
        call.open_keywords(unknown)
    return call


def _choices(api: CheckerPluginInterface, expression: Expression | None) -> list[Expression | None]:
    if isinstance(expression, ConditionalExpr):
        return [*_choices(api, expression.if_expr), *_choices(api, expression.else_expr)]
    if isinstance(expression, RefExpr):
        type = get_proper_type(expressions.type_of(api, expression))
        if isinstance(type, UnionType):
            items = typeops.union_items(type)
            # Of several tuples each may belong to another task that the same loop calls.
            if len(items) == 1 and isinstance(items[0], TupleType):
                return [expressions.temporary(items[0], expression)]
    return [expression]


def _type(api: CheckerPluginInterface, expression: Expression) -> ProperType:
    if isinstance(expression, _INFERRED):
        return get_proper_type(expressions.own_type_of(api, expression))
    return get_proper_type(expressions.type_of(api, expression))


def _read_positional(api: CheckerPluginInterface, expression: Expression | None, call: Arguments) -> None:
    if expression is None:
        return
    if isinstance(expression, (TupleExpr, ListExpr)):
        for item in expression.items:
            if isinstance(item, StarExpr):
                _read_star(_type(api, item.expr), item.expr, call)
            elif ARG_STAR not in call.kinds:
                call.add(judged_value(api, item))
        return
    type = _type(api, expression)
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
    if unreliable_types.is_unreliable(api, expression):
        return expressions.temporary(typeops.any_type(), expression)
    return expression


def _read_star(type: ProperType, expression: Expression, call: Arguments) -> None:
    if isinstance(type, NoneType):
        return
    if isinstance(type, TupleType) and ARG_STAR not in call.kinds:
        for item in type.items:
            if isinstance(item, UnpackType):
                call.open_positionals(expression)
            elif ARG_STAR not in call.kinds:
                call.add(expressions.temporary(item, expression))
        return
    element = typeops.iterable_item(type) if isinstance(type, Instance) else None
    call.open_positionals(expression, _settled(element, expression))


def _settled(value: Type | None, expression: Expression) -> Type | None:
    """The type of the values in a container; None where it would be another if the parameter's were expected."""
    if value is None or not isinstance(expression, _INFERRED):
        return value
    items = typeops.union_items(value)
    return value if all(isinstance(item, (Instance, NoneType)) and not _is_generic(item) for item in items) else None


def _is_generic(type: ProperType) -> bool:
    return isinstance(type, Instance) and bool(type.args)


def _read_keywords(api: CheckerPluginInterface, expression: Expression | None, call: Arguments) -> None:
    if expression is None or (isinstance(expression, NameExpr) and expression.fullname == "builtins.None"):
        return
    if isinstance(expression, DictExpr):
        for key, value in expression.items:
            if key is None:
                _read_mapping(_type(api, value), value, call)
            elif isinstance(key, StrExpr):
                call.add(judged_value(api, value), ARG_NAMED, key.value)
            else:
                name = _literal_text(expressions.type_of(api, key))
                if name is None:
                    call.open_keywords(value)
                else:
                    call.add(judged_value(api, value), ARG_NAMED, name)
    elif isinstance(expression, CallExpr) and _is_dict_call(expression):
        for value, name in zip(expression.args, expression.arg_names, strict=True):
            call.add(judged_value(api, value), ARG_NAMED, name)
    else:
        _read_mapping(_type(api, expression), expression, call)


def _is_dict_call(call: CallExpr) -> bool:
    """``dict(a=1, b=2)``, which is the display with the same names."""
    return (
        isinstance(call.callee, RefExpr)
        and call.callee.fullname == "builtins.dict"
        and all(kind == ARG_NAMED for kind in call.arg_kinds)
    )


def _literal_text(type: Type) -> str | None:
    proper = get_proper_type(type)
    if isinstance(proper, Instance) and proper.last_known_value is not None:
        proper = proper.last_known_value
    if isinstance(proper, LiteralType) and isinstance(proper.value, str) and not proper.is_enum_literal():
        return proper.value
    return None


def _read_mapping(type: ProperType, expression: Expression, call: Arguments) -> None:
    if isinstance(type, NoneType):
        return
    if isinstance(type, TypedDictType):
        for name, item in type.items.items():
            if name in type.required_keys:
                call.add(expressions.temporary(item, expression), ARG_NAMED, name)
            else:
                call.open_keywords(expression)
        return
    value = typeops.mapping_value(type) if isinstance(type, Instance) else None
    call.open_keywords(expression, _settled(value, expression))
