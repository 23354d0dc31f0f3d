"""What runs several tasks at once: how many members a group has, and the ``GroupResult`` that it gives.

Law: celery-types says ``AsyncResult``, Celery gives a ``GroupResult`` (celery.canvas.group.apply_async). Where the user
has written an ``AsyncResult`` down, as celery-types had it, that stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy.nodes import ARG_NAMED_OPT, CallExpr, MemberExpr
from mypy.types import AnyType, Instance, NoneType, UnionType, get_proper_type

from celery_registry.mypy import attachments, expressions, typeops
from celery_registry.mypy.checks.known_results import certain_type
from celery_registry.source.fullnames import ASYNC_RESULT_FULLNAME, GROUP_FULLNAME, GROUP_RESULT_FULLNAME

if TYPE_CHECKING:
    from mypy.plugin import AttributeContext, CheckerPluginInterface, FunctionSigContext, MethodContext
    from mypy.types import FunctionLike, Type

__all__ = [
    "check_child",
    "check_children",
    "check_joined",
    "chord_signature",
    "fed_by_group",
    "gives_group",
    "group_result",
    "known_children",
    "number_word",
    "of_chord",
    "words_of_last",
]

#: What is attached to a group of which the text tells how many members it has, and to a chain that ends in one.
_GROUPS = frozenset({GROUP_FULLNAME, "celery.canvas.chunks"})
_ONE, _SEVERAL = "one member", "several members"
#: What is attached to what a chord gives.
_CHORD = "result of a chord"
_CHAIN = "result of a chain"


def chord_signature(context: FunctionSigContext) -> FunctionLike:
    """``chord(header, interval=15)``: how its body is waited for (celery.canvas._chord.run), as ``chord(header)(body, ...)``."""
    default = context.default_signature
    types = {"interval": "builtins.float", "max_retries": "builtins.int"}
    more = {name: type for name, type in types.items() if name not in default.arg_names}
    given = [UnionType([context.api.named_generic_type(type, []), NoneType()]) for type in more.values()]
    return default.copy_modified(
        arg_types=[*default.arg_types, *given],
        arg_kinds=[*default.arg_kinds, *[ARG_NAMED_OPT] * len(more)],
        arg_names=[*default.arg_names, *more],
    )


def number_word(count: int) -> tuple[str, ...]:
    """What to attach to a group with so many members."""
    return () if not count else (_ONE,) if count == 1 else (_SEVERAL,)


def gives_group(canvas: Instance) -> bool | None:
    """Whether running this gives a ``GroupResult``; None where the text does not tell."""
    if canvas.type.fullname in _GROUPS:
        return True
    if attachments.marked_word(canvas, _SEVERAL) is not None:
        return True
    return None if attachments.marked_word(canvas, GROUP_FULLNAME) is not None else False


def words_of_last(link: Type, *, unrolled: bool) -> tuple[str, ...]:
    """What to attach to a chain or chord that ends in this."""
    proper = get_proper_type(link)
    if not isinstance(proper, Instance):
        return ()
    if attachments.marked_word(proper, _SEVERAL) is not None:
        return (_SEVERAL,)
    if attachments.marked_word(proper, _ONE) is not None and unrolled:
        return ()
    # A group of so many members as there are at run time, or what ends in one.
    open_ended = proper.type.fullname == GROUP_FULLNAME or attachments.marked_word(proper, GROUP_FULLNAME) is not None
    return (GROUP_FULLNAME,) if open_ended else ()


def of_chord(type: Type) -> Type:
    """The result of a chord's body, which remembers that its parent is the header's ``GroupResult``."""
    proper = typeops.find_instance(type, ASYNC_RESULT_FULLNAME)
    return type if proper is None else attachments.mark(proper, _CHORD)


def of_chain(type: Type) -> Type:
    """The result of a chain's call, which celery-types leaves open: its parents are results (*Canvas: Chains*)."""
    proper = typeops.find_instance(type, ASYNC_RESULT_FULLNAME)
    return type if proper is None else attachments.mark(proper, _CHAIN)


def fed_by_group(signature: Type, result: Type) -> Type:
    """What a link of a chain hands on: a group of one member is unrolled (celery.canvas._chain.prepare_steps)."""
    proper = get_proper_type(signature)
    listed = get_proper_type(result)
    if not isinstance(proper, Instance) or proper.type.fullname != GROUP_FULLNAME:
        return result
    if attachments.marked_word(proper, _ONE) is None or not isinstance(listed, Instance) or not listed.args:
        return result
    return listed.args[0]


def group_result(api: CheckerPluginInterface, default: Type, children: Type | None) -> Type:
    """A ``GroupResult`` that remembers the list of its children's results, where no ``AsyncResult`` is expected."""
    chk = expressions.checker(api)
    wanted = chk.expr_checker.type_context[-1] if chk.expr_checker.type_context else None
    if wanted is not None and _wants_other(wanted):
        return default
    made = typeops.lookup_instance(api, GROUP_RESULT_FULLNAME)
    if made is not None and made.type.get("join") is None:
        # An older celery-types declares the class and nothing in it.
        made = None
    if made is None:
        return default
    return made if children is None else attachments.attach_result(made, children)


def _wants_other(wanted: Type) -> bool:
    """Whether what is expected is an ``AsyncResult`` and no ``GroupResult``."""
    items = [get_proper_type(item) for item in typeops.union_items(wanted)]
    named = [item.type for item in items if isinstance(item, Instance)]
    is_group = any(info.has_base("celery.result.ResultSet") or info.fullname in _ANY_RESULT for info in named)
    return not is_group and any(info.has_base(ASYNC_RESULT_FULLNAME) for info in named)


_ANY_RESULT = frozenset({"builtins.object", "celery.result.ResultBase"})


def known_children(type: Type) -> Type | None:
    """The result of one child of a ``GroupResult``, None where it is not known."""
    proper = get_proper_type(type)
    if not isinstance(proper, Instance) or not proper.type.has_base(GROUP_RESULT_FULLNAME):
        return None
    listed = get_proper_type(attachments.result_of(proper) or typeops.any_type())
    if (
        not isinstance(listed, Instance)
        or len(listed.args) != 1
        or isinstance(get_proper_type(listed.args[0]), AnyType)
    ):
        return None
    return listed.args[0]


def check_joined(context: MethodContext) -> Type:
    """``get``, ``join`` and ``join_native``: the list of the results."""
    call = context.context
    receiver = call.callee.expr if isinstance(call, CallExpr) and isinstance(call.callee, MemberExpr) else None
    child = known_children(context.type if receiver is None else certain_type(context.api, receiver))
    return context.default_return_type if child is None else context.api.named_generic_type("builtins.list", [child])


def check_child(context: MethodContext) -> Type:
    """``result[0]``: the result of one member."""
    return _with_child(context.default_return_type, known_children(context.type))


def check_children(context: AttributeContext) -> Type:
    """``results``, ``children`` and ``id``: there are some, in whatever Celery made; ``parent`` of a chord: its header."""
    default = get_proper_type(context.default_attr_type)
    if attachments.marked_word(context.type, _CHAIN) is not None:
        return context.default_attr_type if context.is_lvalue else typeops.any_type()
    if attachments.marked_word(context.type, _CHORD) is not None:
        header = typeops.lookup_instance(context.api, GROUP_RESULT_FULLNAME)
        # With task_always_eager, as in tests, there is none.
        if context.is_lvalue or header is None or header.type.get("join") is None:
            return context.default_attr_type
        return UnionType([attachments.attach_result(header, typeops.any_type()), typeops.any_type()])
    if not context.is_lvalue and isinstance(default, UnionType) and _is_text_or_none(default):
        # What Celery makes has an id, and ``GroupResult.restore`` wants one.
        return default.items[0]
    # Of a union mypy names the whole, not the member that it looks at.
    made_by = next((i for i in typeops.union_items(context.type) if attachments.result_of(i) is not None), None)
    if context.is_lvalue or not isinstance(default, UnionType) or made_by is None:
        return context.default_attr_type
    items = [item for item in default.items if not isinstance(get_proper_type(item), NoneType)]
    made = get_proper_type(items[0]) if len(items) == 1 else None
    if not isinstance(made, Instance) or len(made.args) != 1:
        return context.default_attr_type
    return made.copy_modified(args=[_with_child(made.args[0], known_children(made_by))])


def _is_text_or_none(type: UnionType) -> bool:
    first, *rest = (get_proper_type(item) for item in type.items)
    is_text = isinstance(first, Instance) and first.type.fullname == "builtins.str"
    return is_text and len(rest) == 1 and isinstance(rest[0], NoneType)


def _with_child(type: Type, child: Type | None) -> Type:
    """``AsyncResult[Any]``, or an iterator of it -> that of the child."""
    proper = get_proper_type(type)
    if child is None or not isinstance(proper, Instance) or len(proper.args) != 1:
        return type
    inside = get_proper_type(proper.args[0])
    if isinstance(inside, AnyType) and proper.type.has_base(ASYNC_RESULT_FULLNAME):
        return proper.copy_modified(args=[child])
    return proper.copy_modified(args=[_with_child(inside, child)])
