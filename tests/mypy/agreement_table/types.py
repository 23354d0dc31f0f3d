"""The rows about what each type accepts and what it may be used for.

Law: every wrong side has a right side beside it; what boot cannot know is said in ``boot``.
"""

from __future__ import annotations

from .case import FEW, RESULT, TYPE, Case, Side, pair

__all__ = ["TYPES"]

_CLASSES = """
class Base:
    pass


class Derived(Base):
    pass


class Other:
    pass
"""
_DICTS = """
class Order(TypedDict):
    id: int


class Parcel(TypedDict):
    weight: int


class BigOrder(Order):
    size: int
"""
_PROTOCOL = """
class Named(Protocol):
    name: str


class Person:
    name: str


class Thing:
    pass
"""
_MODEL = """
class Model(BaseModel):
    id: int
"""
#: What each type accepts and what it may be used for.
TYPES = [
    pair("parameter", "[int], int", "(a: int) -> int", "(a: str) -> int", TYPE),
    pair("parameter_second", "[int, str], int", "(a: int, b: str) -> int", "(a: int, b: bytes) -> int", TYPE),
    pair("parameter_wider", "[int], int", "(a: float) -> int", "(a: bool) -> int", TYPE),
    pair("parameter_object", "[int], int", "(a: object) -> int", "(a: list[int]) -> int", TYPE),
    pair("parameter_any", "[int], int", "(a: Any) -> int", "(a: str) -> int", TYPE),
    pair("parameter_optional", "[int | None], int", "(a: int | None) -> int", "(a: int) -> int", TYPE),
    pair("parameter_given_optional", "[int], int", "(a: Optional[int]) -> int", "(a: Optional[str]) -> int", TYPE),
    pair("parameter_union", "[int | str], int", "(a: Union[int, str, bytes]) -> int", "(a: int) -> int", TYPE),
    pair("parameter_of_union", "[int], int", "(a: int | str) -> int", "(a: bytes | str) -> int", TYPE),
    pair("parameter_sequence", "[list[int]], int", "(a: Sequence[int]) -> int", "(a: Sequence[str]) -> int", TYPE),
    pair("parameter_invariant", "[list[bool]], int", "(a: Sequence[int]) -> int", "(a: list[int]) -> int", TYPE),
    pair(
        "parameter_mapping",
        "[dict[str, int]], int",
        "(a: Mapping[str, float]) -> int",
        "(a: Mapping[int, int]) -> int",
        TYPE,
        boot=(),
    ),
    pair(
        "parameter_tuple", "[tuple[int, str]], int", "(a: tuple[int, str]) -> int", "(a: tuple[str, int]) -> int", TYPE
    ),
    pair("parameter_literal", '[Literal["a"]], int', "(a: str) -> int", '(a: Literal["b"]) -> int', TYPE),
    pair("parameter_of_literal", "[int], int", "(a: int) -> int", "(a: Literal[1, 2]) -> int", TYPE),
    pair(
        "parameter_alias",
        "[Names], int",
        "(a: list[str]) -> int",
        "(a: list[int]) -> int",
        TYPE,
        registry_header="Names = list[str]\n",
    ),
    pair(
        "parameter_new_type",
        "[{K}.UserId], int",
        "(a: int) -> int",
        "(a: str) -> int",
        TYPE,
        boot=(),
        header='UserId = NewType("UserId", int)\n',
    ),
    pair(
        "parameter_of_new_type",
        "[int], int",
        "(a: int) -> int",
        "(a: UserId) -> int",
        TYPE,
        header='UserId = NewType("UserId", int)\n',
    ),
    pair(
        "parameter_class", "[{K}.Derived], int", "(a: Base) -> int", "(a: Other) -> int", TYPE, header=_CLASSES, boot=()
    ),
    pair(
        "parameter_subclass",
        "[{K}.Base], int",
        "(a: Base) -> int",
        "(a: Derived) -> int",
        TYPE,
        header=_CLASSES,
        boot=(),
    ),
    pair(
        "parameter_typed_dict",
        "[{K}.Order], int",
        "(a: Order) -> int",
        "(a: Parcel) -> int",
        TYPE,
        boot=(),
        header=_DICTS,
    ),
    pair(
        "parameter_big_typed_dict",
        "[{K}.BigOrder], int",
        "(a: Order) -> int",
        "(a: dict[str, int]) -> int",
        TYPE,
        boot=(),
        header=_DICTS,
    ),
    pair(
        "parameter_typed_dict_mapping",
        "[{K}.Order], int",
        "(a: Mapping[str, object]) -> int",
        "(a: list[str]) -> int",
        TYPE,
        boot=(),
        header=_DICTS,
    ),
    Case(
        "protocol_refused",
        Side("[{K}.Person], int"),
        Side("[{K}.Thing], int", problems=TYPE, boot=()),
        actual="(a: Named) -> int",
        header=_PROTOCOL,
    ),
    pair(
        "parameter_generic",
        "[list[list[int]]], int",
        "(a: Iterable[Iterable[int]]) -> int",
        "(a: Iterable[Iterable[str]]) -> int",
        TYPE,
    ),
    pair(
        "type_variable",
        "[int], int",
        "(a: T) -> T",
        "(a: T, b: T) -> T",
        FEW,
        header='T = TypeVar("T")\n',
    ),
    pair(
        "type_variable_list",
        "[list[int]], int",
        "(a: Sequence[T]) -> T",
        "(a: Sequence[T]) -> str",
        RESULT,
        header='T = TypeVar("T")\n',
    ),
    pair("callable_result", "[], None", "() -> None", "() -> int", RESULT),
    pair("result", "[int], int", "(a: int) -> int", "(a: int) -> str", RESULT),
    pair("result_none", "[int], int", "(a: int) -> int", "(a: int) -> None", RESULT),
    pair("result_wider", "[int], float", "(a: int) -> int", "(a: int) -> str", RESULT),
    pair("result_narrower", "[int], bool", "(a: int) -> bool", "(a: int) -> int", RESULT),
    pair("result_any", "[int], Any", "(a: int) -> str", "(a: str) -> str", TYPE),
    pair("result_optional", "[int], int | None", "(a: int) -> int", "(a: int) -> str | None", RESULT),
    pair(
        "result_given_optional",
        "[int], Optional[int]",
        "(a: int) -> Optional[int]",
        "(a: int) -> Union[int, str]",
        RESULT,
    ),
    pair("result_not_optional", "[int], int", "(a: int) -> int", "(a: int) -> int | None", RESULT),
    pair("result_union", "[int], int | str", "(a: int) -> str", "(a: int) -> int | bytes", RESULT),
    pair(
        "result_class", "[int], {K}.Base", "(a: int) -> Derived", "(a: int) -> Other", RESULT, header=_CLASSES, boot=()
    ),
    pair(
        "result_subclass",
        "[int], {K}.Derived",
        "(a: int) -> Derived",
        "(a: int) -> Base",
        RESULT,
        header=_CLASSES,
        boot=(),
    ),
    pair(
        "result_typed_dict",
        "[int], {K}.Order",
        "(a: int) -> Order",
        "(a: int) -> Parcel",
        RESULT,
        boot=(),
        header=_DICTS,
    ),
    pair(
        "result_big_typed_dict",
        "[int], {K}.Order",
        "(a: int) -> BigOrder",
        "(a: int) -> int",
        RESULT,
        header=_DICTS,
        boot=(),
    ),
    pair(
        "result_protocol",
        "[int], {K}.Named",
        "(a: int) -> Person",
        "(a: int) -> Thing",
        RESULT,
        boot=(),
        header=_PROTOCOL,
    ),
    pair("result_list", "[int], list[int]", "(a: int) -> list[int]", "(a: int) -> list[str]", RESULT),
    pair(
        "result_sequence",
        "[int], Sequence[int]",
        "(a: int) -> tuple[int, ...]",
        "(a: int) -> tuple[str, ...]",
        RESULT,
        boot=(),
    ),
    pair("result_awaited", "[int], int", "(a: int) -> int", "(a: int) -> Awaitable[int]", RESULT, boot=()),
    pair(
        "pydantic",
        "[dict[str, Any]], int",
        "(a: Model) -> int",
        "(a: Model, b: Model) -> int",
        FEW,
        header=_MODEL,
        register="pydantic",
    ),
    pair(
        "pydantic_result",
        "[int], dict[str, Any]",
        "(a: int) -> Model",
        "(a: int, b: int) -> Model",
        FEW,
        header=_MODEL,
        register="pydantic",
    ),
]
