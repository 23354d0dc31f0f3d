"""A value expression as plain data: what a name, a string or a call looks like in the source.

Law: one ``ast`` expression in, nested tuples out (they can be marshalled and compared). Nothing is resolved here.

The first item of a value is its tag::

    ("s", text)               a string                ("k", constant)          None, a bool or a number
    ("n", dotted)             ``a.b.c``               (".", base, attribute)   ``f().a``
    ("+", left, right)        ``a + b``               ("f", parts)             an f-string
    ("c", callee, args, kw)   a call                  ("i", base, index)       ``a[b]``
    ("t", items)              a tuple or a list       ("*", value)             ``*value``
    ("l",)                    a lambda                ("d", items)             a dictionary of a few options
    ("new", cls)              an instance of a class  ("fn",)                  the function that a decorator stands on
    ("?",)                    anything else
"""

from __future__ import annotations

import ast
from typing import Any, Literal

__all__ = [
    "UNKNOWN",
    "Attribute",
    "Call",
    "FString",
    "Item",
    "Mention",
    "Name",
    "String",
    "Sum",
    "Value",
    "callee_of",
    "last_part",
    "owner_of_name",
    "read_value",
    "roots_of",
]

# The tags as types: mypy knows after ``value[0] == "c"`` that the value is a call. For marshal they are plain tuples.
String = tuple[Literal["s"], str]
Constant = tuple[Literal["k"], bool | int | None]
Name = tuple[Literal["n"], str]
Attribute = tuple[Literal["."], "Value", str]
Sum = tuple[Literal["+"], "Value", "Value"]
FString = tuple[Literal["f"], tuple["Value", ...]]
Call = tuple[Literal["c"], "Value", tuple["Value", ...], tuple[tuple[str | None, "Value"], ...]]
Item = tuple[Literal["i"], "Value", "Value"]
Items = tuple[Literal["t"], tuple["Value", ...]]
Starred = tuple[Literal["*"], "Value"]
Lambda = tuple[Literal["l"]]
Options = tuple[Literal["d"], tuple[tuple[str, "Value"], ...]]
Instance = tuple[Literal["new"], "Value"]
Decorated = tuple[Literal["fn"]]
Unknown = tuple[Literal["?"]]
Value = (
    String
    | Constant
    | Name
    | Attribute
    | Sum
    | FString
    | Call
    | Item
    | Items
    | Starred
    | Lambda
    | Options
    | Instance
    | Decorated
    | Unknown
)
#: What registers, where it is no call: ``late = app.task``.
Mention = tuple[Literal["m"], Value]

UNKNOWN: Unknown = ("?",)

#: What is nested deeper names no task.
_DEEPEST = 100
_depth = 0


def read_value(node: ast.expr | None) -> Value:
    """The value of an expression; ``UNKNOWN`` where its kind says nothing about names."""
    if node is None:
        return UNKNOWN
    global _depth
    reader = _READERS.get(type(node))
    if reader is None or _depth > _DEEPEST:
        return UNKNOWN
    _depth += 1
    try:
        value: Value = reader(node)
    finally:
        _depth -= 1
    return value


def callee_of(value: Value) -> Value:
    """What is called, through calls of calls: ``a.b`` of ``a.b(1)(2)``; the value itself where it is no call."""
    while value[0] == "c":
        value = value[1]
    return value


def owner_of_name(value: Value | None) -> Value | None:
    """The value whose ``name`` this is: ``task`` of ``task.name``; None for any other."""
    if value is None or value[0] not in ("n", "."):
        return None
    if value[0] == ".":
        return value[1] if value[2] == "name" else None
    head, _, attribute = value[1].rpartition(".")
    return ("n", head) if head and attribute == "name" else None


def last_part(value: Value) -> str:
    """The last name of ``a.b.c`` or of ``f().c``; nothing for other values."""
    if value[0] == "n":
        name: str = value[1]
        return name.rpartition(".")[2]
    if value[0] == ".":
        attribute: str = value[2]
        return attribute
    return ""


def roots_of(value: Any, found: set[str] | None = None) -> set[str]:
    """The first names of all dotted names inside a value: what its meaning depends on."""
    names = set() if found is None else found
    if isinstance(value, tuple) and value:
        if value[0] == "n" and len(value) == 2 and isinstance(value[1], str):
            names.add(value[1].partition(".")[0])
        else:
            for item in value:
                roots_of(item, names)
    return names


def _constant(node: Any) -> Value:
    value = node.value
    if isinstance(value, str):
        return ("s", value)
    if value is None or isinstance(value, (bool, int)):
        return ("k", value)
    return UNKNOWN


def _attribute(node: Any) -> Value:
    base = read_value(node.value)
    if base[0] == "n":
        return ("n", f"{base[1]}.{node.attr}")
    return (".", base, node.attr)


def _addition(node: Any) -> Value:
    if isinstance(node.op, ast.Add):
        return ("+", read_value(node.left), read_value(node.right))
    return UNKNOWN


def _f_string(node: Any) -> Value:
    parts: list[Value] = []
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            # -1 is no conversion, 115 is !s; a format specification may change the text.
            plain = part.format_spec is None and part.conversion in (-1, 115)
            parts.append(read_value(part.value) if plain else UNKNOWN)
        else:
            parts.append(read_value(part))
    return ("f", tuple(parts))


def _call(node: Any) -> Value:
    return (
        "c",
        read_value(node.func),
        tuple(read_value(arg) for arg in node.args),
        tuple((keyword.arg, read_value(keyword.value)) for keyword in node.keywords),
    )


#: A dictionary with more keys is no set of options.
_FEW = 12


def _dictionary(node: Any) -> Value:
    # ``**OTHER`` has no key.
    keys: list[Any] = ["**" if key is None else getattr(key, "value", None) for key in node.keys]
    known = all(isinstance(key, str) and (key == "**" or key.isidentifier()) for key in keys)
    if not 0 < len(keys) <= _FEW or not known:
        return UNKNOWN
    return ("d", tuple((key, read_value(item)) for key, item in zip(keys, node.values, strict=True)))


_READERS: dict[type, Any] = {
    ast.Constant: _constant,
    ast.Name: lambda node: ("n", node.id),
    ast.Attribute: _attribute,
    ast.BinOp: _addition,
    ast.JoinedStr: _f_string,
    ast.Call: _call,
    ast.Subscript: lambda node: ("i", read_value(node.value), read_value(node.slice)),
    ast.Tuple: lambda node: ("t", tuple(read_value(item) for item in node.elts)),
    ast.List: lambda node: ("t", tuple(read_value(item) for item in node.elts)),
    ast.Starred: lambda node: ("*", read_value(node.value)),
    ast.NamedExpr: lambda node: read_value(node.value),
    ast.Dict: _dictionary,
    ast.Lambda: lambda node: ("l",),
}
