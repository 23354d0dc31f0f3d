"""The rows about number, order, kinds, defaults and names of parameters.

Law: every wrong side has a right side beside it; what boot cannot know is said in ``boot``.
"""

from __future__ import annotations

from .case import DOCUMENTED, FEW, KEYWORD, MANY, RESULT, TYPE, Case, Side, pair

__all__ = ["SHAPES"]

#: Number, order, kinds, defaults and names of parameters.
SHAPES = [
    pair("number_less", "[int, str], int", "(a: int, b: str) -> int", "(a: int) -> int", MANY),
    pair("number_more", "[int], int", "(a: int) -> int", "(a: int, b: str) -> int", FEW),
    pair("number_none", "[], int", "() -> int", "(a: int) -> int", FEW),
    pair("number_of_none", "[int], int", "(a: int) -> int", "() -> int", MANY),
    pair("shorter_list", "[int], int", '(a: int, b: str = "x") -> int', "(a: int, b: str) -> int", FEW),
    pair("shorter_empty_list", "[], int", "(a: int = 1) -> int", "(a: int) -> int", FEW),
    pair(
        "two_missing", "[int], int", "(a: int, b: int = 1, c: int = 2) -> int", "(a: int, b: int, c: int) -> int", FEW
    ),
    pair("order", "[int, str], int", "(a: int, b: str) -> int", "(a: str, b: int) -> int", TYPE * 2),
    pair("type_and_number", "[int, str], int", "(a: int, b: str) -> int", "(a: str) -> int", MANY + TYPE),
    pair("keyword_only", "[int], int", "(a: int, *, b: int = 1) -> int", "(a: int, *, b: int) -> int", KEYWORD),
    pair("keyword_only_open", "..., int", "(a: int, *, b: int) -> int", "(a: int, *, b: int) -> str", RESULT),
    pair("positional_only", "[int], int", "(a: int, /) -> int", "(a: str, /) -> int", TYPE),
    pair("positional_only_number", "[int, int], int", "(a: int, /, b: int) -> int", "(a: int, /) -> int", MANY),
    pair("args", "[int, int], int", "(*a: int) -> int", "(*a: str) -> int", TYPE * 2),
    pair("args_after", "[int, str], int", "(a: int, *b: str) -> int", "(a: int, *b: int) -> int", TYPE),
    pair("args_and_required", "[int], int", "(a: int, *b: str) -> int", "(a: int, b: int, *c: str) -> int", FEW),
    pair("kwargs", "[int], int", "(a: int, **b: str) -> int", "(a: str, **b: str) -> int", TYPE),
    pair("kwargs_alone", "[], int", "(**b: str) -> int", "(a: int, **b: str) -> int", FEW),
    pair(
        "everything",
        "[int], int",
        "(a: int, b: int = 1, *c: int, d: int = 2, **e: int) -> int",
        "(a: int, b: int, *c: int, d: int, **e: int) -> int",
        FEW + KEYWORD,
    ),
    pair("open", "..., int", "(a: str, *b: int, c: str, **d: str) -> int", "(a: str) -> str", RESULT),
    Case(
        "unannotated",
        Side(actual="(a, b=1)", stock=("no-untyped-def",)),
        Side(actual="(a)", problems=MANY, stock=("no-untyped-def",)),
        "[int, str], int",
    ),
    Case(
        "documented",
        Side(documented=("a", "b")),
        Side(documented=("a", "days"), problems=DOCUMENTED),
        "[int, int], int",
        "(a: int, b: int) -> int",
    ),
    Case(
        "documented_optional",
        Side(documented=("a", "b")),
        Side(documented=("a", "c"), problems=DOCUMENTED),
        "[int], int",
        "(a: int, b: int = 1) -> int",
    ),
    Case(
        "documented_open",
        Side(documented=("a", "anything"), actual="(a: int, **b: int) -> int"),
        Side(documented=("a", "anything"), problems=DOCUMENTED),
    ),
    Case(
        "documented_keyword_only",
        Side(documented=("a", "b")),
        Side(documented=("self", "b"), problems=DOCUMENTED),
        "[int], int",
        "(a: int, *, b: int = 1) -> int",
    ),
]
