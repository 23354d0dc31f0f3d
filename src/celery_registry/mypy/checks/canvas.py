"""``.s()`` and what is built of it: ``|``, ``chain``, ``chord``, ``link``.

Law: a signature alone is partial. Only the place that uses it tells what will be fed to it, so the check stands there
(Celery documentation, *Canvas: Designing Work-flows*).
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from mypy.nodes import (
    ARG_POS,
    ARG_STAR,
    CallExpr,
    GeneratorExpr,
    ListComprehension,
    ListExpr,
    MemberExpr,
    OpExpr,
    TupleExpr,
)
from mypy.types import CallableType, Instance, NoneType, UnionType, get_proper_type

from celery_registry.mypy import attachments, expressions, typeops
from celery_registry.mypy.checks.containers import check_partial
from celery_registry.mypy.checks.feeding import check_fed, check_unfed, written_arguments
from celery_registry.mypy.checks.groups import (
    fed_by_group,
    gives_group,
    group_result,
    number_word,
    of_chord,
    words_of_last,
)
from celery_registry.mypy.checks.items import item_type
from celery_registry.mypy.checks.known_results import certain_type, known_result, typed
from celery_registry.mypy.checks.options import name_options
from celery_registry.source.fullnames import GROUP_FULLNAME, SIGNATURE_FULLNAME, TASK_FULLNAME

if TYPE_CHECKING:
    from mypy.nodes import Expression
    from mypy.plugin import CheckerPluginInterface, FunctionContext, FunctionSigContext, MethodContext
    from mypy.types import FunctionLike, Type

    from celery_registry.mypy.facts.signatures import Signatures

__all__ = [
    "any_signatures",
    "check_chain",
    "check_chord",
    "check_chord_body",
    "check_group",
    "check_link",
    "check_or",
    "check_partial_signature",
    "fed_by",
    "signature_of_task",
]


def check_partial_signature(context: MethodContext, signatures: Signatures) -> Type:
    """``task.s(...)``: what is given must fit somewhere; the rest may come later."""
    call = context.context
    signature = signatures.of_call(context.api, context.type, call)
    if signature is not None and isinstance(call, CallExpr):
        check_partial(context.api, signature, written_arguments(context.api, call))
        name_options(context.api, call.arg_names, signature, "s", call)
        return typed(context, context.default_return_type, signature.ret_type)
    return context.default_return_type


def check_or(context: MethodContext, signatures: Signatures) -> Type:
    """``left | right``: the result of the left side is the first argument of the right side.

    mypy asks for ``left.__or__`` and, where that has an error, for ``right.__ror__`` as well, and shows the first
    error only if both have one: so both variants look at the same two operands.
    """
    operation = context.context
    if not isinstance(operation, OpExpr):
        return context.default_return_type
    left = get_proper_type(certain_type(context.api, operation.left))
    right = get_proper_type(certain_type(context.api, operation.right))
    if not _is_signature(left) or not _is_signature(right):
        return context.default_return_type
    fed = fed_by(left)
    if fed is not None:
        check_fed(context.api, operation.right, _unless_ended(fed, operation.left, signatures), signatures)
    default = get_proper_type(context.default_return_type)
    # celery-types says what a group and a chord give; for the rest it is dict's own ``|``.
    chain = typeops.lookup_instance(context.api, "celery.canvas.chain")
    plain = isinstance(default, Instance) and default.type.fullname == SIGNATURE_FULLNAME
    chained = default if _is_signature(default) and not (plain and _is_expected(context, chain)) else chain
    if not isinstance(chained, Instance):
        return context.default_return_type
    result = attachments.result_of(right)
    if result is None:
        return chained
    # ``group | group`` is a chord, whose body stays a group.
    unrolled = not _is_group(left)
    words = words_of_last(right, unrolled=unrolled)
    return attachments.attach_result(chained, fed_by_group(right, result) if unrolled else result, words)


def check_chain(context: FunctionContext, signatures: Signatures) -> Type:
    """``chain(a, b, c)``: each task is fed what the one before it returns."""
    links = _signatures(context)
    for before, after in itertools.pairwise(links):
        type = certain_type(context.api, before)
        fed = fed_by(type)
        if fed is not None:
            fed = _unless_ended(fed_by_group(type, fed), before, signatures)
            check_fed(context.api, after, fed, signatures)
    default = get_proper_type(context.default_return_type)
    if not links or not isinstance(default, Instance):
        return context.default_return_type
    last = certain_type(context.api, links[-1])
    result = attachments.result_of(last)
    if result is None:
        return default
    # A chain of one group is that group.
    words = words_of_last(last, unrolled=True)
    return attachments.attach_result(default, fed_by_group(last, result), words)


def check_group(context: FunctionContext) -> Type:
    """``group(a, b)``: running it gives the list of the results."""
    default = get_proper_type(context.default_return_type)
    call = context.context
    if not isinstance(default, Instance) or not isinstance(call, CallExpr):
        return context.default_return_type
    _refuse_lists_beside_others(context, call)
    members = _signatures(context)
    if not members:
        item = _listed(context.api, call.args[0]) if len(call.args) == 1 else None
        result = attachments.result_of(item) if item is not None and _is_signature(item) else None
        return default if result is None else attachments.attach_result(default, _list_of(context.api, [result]))
    results = [known_result(context.api, member) for member in members]
    return attachments.attach_result(default, _list_of(context.api, results), number_word(len(members)))


def _refuse_lists_beside_others(context: FunctionContext, call: CallExpr) -> None:
    """``group([a, b], c)``: Celery takes one list of signatures, or signatures, and breaks where such a group is run."""
    signature = typeops.lookup_instance(context.api, SIGNATURE_FULLNAME)
    if signature is None or len(call.args) < 2 or any(kind != ARG_POS for kind in call.arg_kinds):
        return
    several = CallableType(
        [signature], [ARG_STAR], [None], NoneType(), typeops.function_type(context.api), name="group"
    )
    for member in call.args:
        if isinstance(member, (ListExpr, TupleExpr, GeneratorExpr, ListComprehension)):
            expressions.check_arguments(context.api, several, [member], [ARG_POS], [None], member)


def check_chord(context: FunctionContext, signatures: Signatures) -> Type:
    """``chord(header, body)``: the body is fed the list of the header's results."""
    call = context.context
    if isinstance(call, CallExpr):
        header = expressions.written_argument(call, 0, "header")
        body = expressions.written_argument(call, 1, "body")
        results = None if header is None else _header_results(context.api, header)
        default = get_proper_type(context.default_return_type)
        if results is not None:
            if body is not None:
                check_fed(context.api, body, results, signatures)
            elif isinstance(default, Instance):
                return attachments.attach_result(default, results)
        if body is not None and isinstance(default, Instance):
            type = certain_type(context.api, body)
            result = attachments.result_of(type)
            if result is not None:
                return attachments.attach_result(default, result, words_of_last(type, unrolled=False))
    return context.default_return_type


def check_chord_body(context: MethodContext, signatures: Signatures) -> Type:
    """``chord(header)(body)``, which runs at once, and ``chord(header, body)()``."""
    call, maker = context.context, get_proper_type(context.type)
    if not isinstance(call, CallExpr) or not isinstance(maker, Instance):
        return context.default_return_type
    made = call.callee if isinstance(call.callee, CallExpr) else None
    body = expressions.written_argument(call, 0, "body")
    fed = attachments.result_of(maker)
    if made is not None:
        check_unfed(context.api, made, signatures)
    if body is None:
        return of_chord(_given(context, maker) if not call.args else context.default_return_type)
    if fed is not None and made is not None and len(made.args) == 1:
        check_fed(context.api, body, fed, signatures)
    ends = get_proper_type(certain_type(context.api, body))
    return of_chord(_given(context, ends) if isinstance(ends, Instance) else context.default_return_type)


def _given(context: MethodContext, canvas: Instance) -> Type:
    """What a run gives that ends in this."""
    default, result = context.default_return_type, attachments.result_of(canvas)
    default = typed(context, default, result)
    return group_result(context.api, default, result) if gives_group(canvas) else default


def check_link(api: CheckerPluginInterface, call: CallExpr, result: Type, signatures: Signatures) -> None:
    """``apply_async(link=task.s())``: the callback is fed the result."""
    link = expressions.written_argument(call, -1, "link")
    for callback in link.items if isinstance(link, (ListExpr, TupleExpr)) else [link]:
        if callback is not None:
            check_fed(api, callback, result, signatures)


def signature_of_task(context: FunctionSigContext) -> FunctionLike:
    """``signature(task, args=...)`` takes a task as ``Signature(task)`` does (celery.canvas.signature hands it on)."""
    default, task = context.default_signature, typeops.lookup_instance(context.api, TASK_FULLNAME)
    if task is None or not default.arg_types:
        return default
    return default.copy_modified(arg_types=[UnionType([default.arg_types[0], task]), *default.arg_types[1:]])


def any_signatures(context: FunctionSigContext) -> FunctionLike:
    """``chain([a, b])`` as Celery takes it; celery-types knows ``chain(a, b)`` alone."""
    default = context.default_signature
    signature = typeops.lookup_instance(context.api, SIGNATURE_FULLNAME)
    if signature is not None and context.args and len(context.args[0]) == 1:
        several = context.api.named_generic_type("typing.Iterable", [signature])
        return default.copy_modified(arg_types=[UnionType([signature, several]), *default.arg_types[1:]])
    return default


def _unless_ended(fed: Type, link: Expression, signatures: Signatures) -> Type:
    """What a link hands on, without the None that it returns where it may have set ``self.request.chain = None``."""
    while isinstance(link, OpExpr):
        link = link.right
    if not isinstance(get_proper_type(fed), UnionType) or not isinstance(link, CallExpr):
        return fed
    if not isinstance(link.callee, MemberExpr) or not signatures.may_end_chain(link.callee.expr):
        return fed
    return UnionType.make_union([item for item in typeops.union_items(fed) if not isinstance(item, NoneType)])


def _is_expected(context: MethodContext, chain: Instance | None) -> bool:
    """Whether a chain is expected, as where ``c = chain(...)`` goes on: ``c = c | task.s()`` is one at run time."""
    contexts = expressions.checker(context.api).expr_checker.type_context
    wanted = get_proper_type(contexts[-1]) if contexts and contexts[-1] is not None else None
    return chain is not None and isinstance(wanted, Instance) and wanted.type is chain.type


def _is_group(type: Type) -> bool:
    proper = get_proper_type(type)
    return isinstance(proper, Instance) and proper.type.fullname == GROUP_FULLNAME


def _is_signature(type: Type) -> bool:
    proper = get_proper_type(type)
    return isinstance(proper, Instance) and proper.type.has_base(SIGNATURE_FULLNAME)


def fed_by(signature: Type) -> Type | None:
    """What a signature hands to the next one: its result, of a group the list of results."""
    proper = get_proper_type(signature)
    if not isinstance(proper, Instance):
        return None
    if isinstance(get_proper_type(result := attachments.result_of(proper) or typeops.any_type()), NoneType):
        # Celery feeds None too, but the parameter may be there for other callers.
        return typeops.any_type()
    return result


def _signatures(context: FunctionContext) -> list[Expression]:
    """The members of ``chain(a, b)`` or ``chain([a, b])``; none where a star or a variable hides them."""
    call = context.context
    if not isinstance(call, CallExpr) or any(kind != ARG_POS for kind in call.arg_kinds):
        return []
    members = list(call.args)
    if len(members) == 1 and isinstance(members[0], (ListExpr, TupleExpr)):
        members = list(members[0].items)
    for member in members:
        if not _is_signature(expressions.type_of(context.api, member)):
            return []
    return members


def _header_results(api: CheckerPluginInterface, header: Expression) -> Type | None:
    # mypy has looked at it with signatures of any result in mind.
    type = get_proper_type(expressions.own_type_of(api, header))
    if isinstance(header, (ListExpr, TupleExpr)):
        return _list_of(api, [known_result(api, item) for item in header.items])
    if isinstance(type, Instance) and type.type.fullname == GROUP_FULLNAME:
        return known_result(api, header)
    item = _listed(api, header)
    return None if item is None else _list_of(api, [attachments.result_of(item)])


def _listed(api: CheckerPluginInterface, several: Expression) -> Type | None:
    """The signature in several of them; into a list that has a name, others may be put."""
    item = item_type(expressions.own_type_of(api, several))
    if item is None or isinstance(several, (GeneratorExpr, ListComprehension)):
        return item
    return attachments.without_result(item)


def _list_of(api: CheckerPluginInterface, results: list[Type | None]) -> Type:
    unknown = typeops.any_type()
    first = results[0] if results else None
    same = first is not None and all(other == first for other in results)
    return api.named_generic_type("builtins.list", [first if same and first is not None else unknown])
