"""An annotation's source text -> a mypy type, for functions that no symbol table holds.

Law: reads names that a module has and the few forms that need no more; for anything else it knows nothing.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mypy.nodes import TypeInfo
from mypy.types import AnyType, Instance, NoneType, TypeOfAny, UnionType

if TYPE_CHECKING:
    from mypy.nodes import MypyFile
    from mypy.types import Type

__all__ = ["read_annotation"]


def read_annotation(tree: MypyFile | None, text: str) -> Type | None:
    """The type that a text means in a module, None where that takes more than names, unions and type arguments."""
    if tree is None:
        return None
    try:
        return _read(tree, ast.parse(text, mode="eval").body)
    except (SyntaxError, ValueError):
        return None


def _read(tree: MypyFile, node: ast.expr) -> Type | None:
    if isinstance(node, ast.Constant):
        if node.value is None:
            return NoneType()
        return read_annotation(tree, node.value) if isinstance(node.value, str) else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _union(_read(tree, node.left), _read(tree, node.right))
    if isinstance(node, ast.Subscript):
        if isinstance(node.value, ast.Name) and node.value.id == "Optional":
            return _union(_read(tree, node.slice), NoneType())
        items = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        info = _class(tree, node.value)
        arguments = [_read(tree, item) for item in items]
        known = [argument for argument in arguments if argument is not None]
        if info is None or len(known) != len(arguments) or len(known) != len(info.type_vars):
            return None
        return None if info.has_type_var_tuple_type else Instance(info, known)
    info = _class(tree, node)
    if info is None or info.tuple_type is not None or info.typeddict_type is not None:
        return None
    return Instance(info, [AnyType(TypeOfAny.special_form) for _ in info.type_vars])


def _union(left: Type | None, right: Type | None) -> Type | None:
    return None if left is None or right is None else UnionType.make_union([left, right])


def _class(tree: MypyFile, node: ast.expr) -> TypeInfo | None:
    if not isinstance(node, ast.Name):
        return None
    symbol = tree.names.get(node.id)
    if symbol is None:
        builtins = tree.names.get("__builtins__")
        names = getattr(builtins.node, "names", None) if builtins is not None else None
        symbol = names.get(node.id) if names is not None else None
    found = symbol.node if symbol is not None else None
    if tree.fullname == "builtins" and not getattr(found, "fullname", "").startswith("builtins."):
        # What the stub imports for itself may have the name of a class of the user's.
        return None
    return found if isinstance(found, TypeInfo) else None
