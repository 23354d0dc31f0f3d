"""The rows about parameters and results, and those about where and how a task is registered.

Law: every wrong side has a right side beside it; what boot cannot know is said in ``boot``.
"""

from __future__ import annotations

from .case import Case, Side
from .registrations import WAYS_TO_NAME, WAYS_TO_REGISTER

__all__ = ["DECLARATIONS", "NAMES", "REGISTRATIONS", "SHAPES", "TYPES"]

MANY, FEW, KEYWORD = ("too-many-declared",), ("too-few-declared",), ("keyword-only-required",)
TYPE, RESULT, DOCUMENTED = ("parameter-type",), ("result-type",), ("documented-name",)


def _case(id: str, declared: str, right: str, wrong: str, problems: tuple[str, ...], **rest: object) -> Case:
    """A row whose two sides declare the same and do different things."""
    boot = rest.pop("boot", None)
    stock = rest.pop("stock", ())
    return Case(id, Side(actual=right), Side(actual=wrong, problems=problems, boot=boot, stock=stock), declared, **rest)  # type: ignore[arg-type]


#: Number, order, kinds, defaults and names of parameters.
SHAPES = [
    _case("number_less", "[int, str], int", "(a: int, b: str) -> int", "(a: int) -> int", MANY),
    _case("number_more", "[int], int", "(a: int) -> int", "(a: int, b: str) -> int", FEW),
    _case("number_none", "[], int", "() -> int", "(a: int) -> int", FEW),
    _case("number_of_none", "[int], int", "(a: int) -> int", "() -> int", MANY),
    _case("shorter_list", "[int], int", '(a: int, b: str = "x") -> int', "(a: int, b: str) -> int", FEW),
    _case("shorter_empty_list", "[], int", "(a: int = 1) -> int", "(a: int) -> int", FEW),
    _case(
        "two_missing", "[int], int", "(a: int, b: int = 1, c: int = 2) -> int", "(a: int, b: int, c: int) -> int", FEW
    ),
    _case("order", "[int, str], int", "(a: int, b: str) -> int", "(a: str, b: int) -> int", TYPE * 2),
    _case("type_and_number", "[int, str], int", "(a: int, b: str) -> int", "(a: str) -> int", MANY + TYPE),
    _case("keyword_only", "[int], int", "(a: int, *, b: int = 1) -> int", "(a: int, *, b: int) -> int", KEYWORD),
    _case("keyword_only_open", "..., int", "(a: int, *, b: int) -> int", "(a: int, *, b: int) -> str", RESULT),
    _case("positional_only", "[int], int", "(a: int, /) -> int", "(a: str, /) -> int", TYPE),
    _case("positional_only_number", "[int, int], int", "(a: int, /, b: int) -> int", "(a: int, /) -> int", MANY),
    _case("args", "[int, int], int", "(*a: int) -> int", "(*a: str) -> int", TYPE * 2),
    _case("args_after", "[int, str], int", "(a: int, *b: str) -> int", "(a: int, *b: int) -> int", TYPE),
    _case("args_and_required", "[int], int", "(a: int, *b: str) -> int", "(a: int, b: int, *c: str) -> int", FEW),
    _case("kwargs", "[int], int", "(a: int, **b: str) -> int", "(a: str, **b: str) -> int", TYPE),
    _case("kwargs_alone", "[], int", "(**b: str) -> int", "(a: int, **b: str) -> int", FEW),
    _case(
        "everything",
        "[int], int",
        "(a: int, b: int = 1, *c: int, d: int = 2, **e: int) -> int",
        "(a: int, b: int, *c: int, d: int, **e: int) -> int",
        FEW + KEYWORD,
        boot=KEYWORD,
    ),
    _case("open", "..., int", "(a: str, *b: int, c: str, **d: str) -> int", "(a: str) -> str", RESULT),
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
_DECORATOR = """
def timed(function: Callable[P, R]) -> Callable[P, R]:
    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        return function(*args, **kwargs)

    return run
"""
_BARE = """
def bare(function: Callable[P, R]) -> Callable[P, R]:
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        return function(*args, **kwargs)

    return run
"""
_UNDER = """
{decorator}
def {f}{actual}:
    raise SystemExit


register_task(app, {NAME}, {f})
"""
_OVERLOADED = """
@overload
def {f}(a: int) -> int: ...
@overload
def {f}(a: str) -> str: ...
def {f}{actual}:
    raise SystemExit


register_task(app, {NAME}, {f})
"""


#: What each type accepts and what it may be used for.
TYPES = [
    _case("parameter", "[int], int", "(a: int) -> int", "(a: str) -> int", TYPE),
    _case("parameter_second", "[int, str], int", "(a: int, b: str) -> int", "(a: int, b: bytes) -> int", TYPE),
    _case("parameter_wider", "[int], int", "(a: float) -> int", "(a: bool) -> int", TYPE),
    _case("parameter_object", "[int], int", "(a: object) -> int", "(a: list[int]) -> int", TYPE),
    _case("parameter_any", "[int], int", "(a: Any) -> int", "(a: str) -> int", TYPE),
    _case("parameter_optional", "[int | None], int", "(a: int | None) -> int", "(a: int) -> int", TYPE),
    _case("parameter_given_optional", "[int], int", "(a: Optional[int]) -> int", "(a: Optional[str]) -> int", TYPE),
    _case("parameter_union", "[int | str], int", "(a: Union[int, str, bytes]) -> int", "(a: int) -> int", TYPE),
    _case("parameter_of_union", "[int], int", "(a: int | str) -> int", "(a: bytes | str) -> int", TYPE),
    _case("parameter_sequence", "[list[int]], int", "(a: Sequence[int]) -> int", "(a: Sequence[str]) -> int", TYPE),
    _case("parameter_invariant", "[list[bool]], int", "(a: Sequence[int]) -> int", "(a: list[int]) -> int", TYPE),
    _case(
        "parameter_mapping",
        "[dict[str, int]], int",
        "(a: Mapping[str, float]) -> int",
        "(a: Mapping[int, int]) -> int",
        TYPE,
        boot=(),
    ),
    _case(
        "parameter_tuple", "[tuple[int, str]], int", "(a: tuple[int, str]) -> int", "(a: tuple[str, int]) -> int", TYPE
    ),
    _case("parameter_literal", '[Literal["a"]], int', "(a: str) -> int", '(a: Literal["b"]) -> int', TYPE),
    _case("parameter_of_literal", "[int], int", "(a: int) -> int", "(a: Literal[1, 2]) -> int", TYPE),
    _case(
        "parameter_alias",
        "[Names], int",
        "(a: list[str]) -> int",
        "(a: list[int]) -> int",
        TYPE,
        registry_header="Names = list[str]\n",
    ),
    _case(
        "parameter_new_type",
        "[{K}.UserId], int",
        "(a: int) -> int",
        "(a: str) -> int",
        TYPE,
        boot=(),
        header='UserId = NewType("UserId", int)\n',
    ),
    _case(
        "parameter_of_new_type",
        "[int], int",
        "(a: int) -> int",
        "(a: UserId) -> int",
        TYPE,
        header='UserId = NewType("UserId", int)\n',
    ),
    _case(
        "parameter_class", "[{K}.Derived], int", "(a: Base) -> int", "(a: Other) -> int", TYPE, header=_CLASSES, boot=()
    ),
    _case(
        "parameter_subclass",
        "[{K}.Base], int",
        "(a: Base) -> int",
        "(a: Derived) -> int",
        TYPE,
        header=_CLASSES,
        boot=(),
    ),
    _case(
        "parameter_typed_dict",
        "[{K}.Order], int",
        "(a: Order) -> int",
        "(a: Parcel) -> int",
        TYPE,
        boot=(),
        header=_DICTS,
    ),
    _case(
        "parameter_big_typed_dict",
        "[{K}.BigOrder], int",
        "(a: Order) -> int",
        "(a: dict[str, int]) -> int",
        TYPE,
        boot=(),
        header=_DICTS,
    ),
    _case(
        "parameter_typed_dict_mapping",
        "[{K}.Order], int",
        "(a: Mapping[str, object]) -> int",
        "(a: list[str]) -> int",
        TYPE,
        boot=(),
        header=_DICTS,
    ),
    _case("parameter_protocol", "[{K}.Person], int", "(a: Named) -> int", "(a: Person) -> int", (), header=_PROTOCOL),
    Case(
        "protocol_refused",
        Side("[{K}.Person], int"),
        Side("[{K}.Thing], int", problems=TYPE, boot=()),
        actual="(a: Named) -> int",
        header=_PROTOCOL,
    ),
    _case(
        "parameter_generic",
        "[list[list[int]]], int",
        "(a: Iterable[Iterable[int]]) -> int",
        "(a: Iterable[Iterable[str]]) -> int",
        TYPE,
    ),
    _case(
        "type_variable",
        "[int], int",
        "(a: T) -> T",
        "(a: B) -> B",
        TYPE + RESULT,
        boot=(),
        header='T = TypeVar("T")\nB = TypeVar("B", bound=str)\n',
    ),
    _case(
        "type_variable_list",
        "[list[int]], int",
        "(a: Sequence[T]) -> T",
        "(a: Sequence[T]) -> str",
        RESULT,
        header='T = TypeVar("T")\n',
    ),
    _case("callable_result", "[], None", "() -> None", "() -> int", RESULT),
    _case("result", "[int], int", "(a: int) -> int", "(a: int) -> str", RESULT),
    _case("result_none", "[int], int", "(a: int) -> int", "(a: int) -> None", RESULT),
    _case("result_wider", "[int], float", "(a: int) -> int", "(a: int) -> str", RESULT),
    _case("result_narrower", "[int], bool", "(a: int) -> bool", "(a: int) -> int", RESULT),
    _case("result_any", "[int], Any", "(a: int) -> str", "(a: str) -> str", TYPE),
    _case("result_optional", "[int], int | None", "(a: int) -> int", "(a: int) -> str | None", RESULT),
    _case(
        "result_given_optional",
        "[int], Optional[int]",
        "(a: int) -> Optional[int]",
        "(a: int) -> Union[int, str]",
        RESULT,
    ),
    _case("result_not_optional", "[int], int", "(a: int) -> int", "(a: int) -> int | None", RESULT),
    _case("result_union", "[int], int | str", "(a: int) -> str", "(a: int) -> int | bytes", RESULT),
    _case(
        "result_class", "[int], {K}.Base", "(a: int) -> Derived", "(a: int) -> Other", RESULT, header=_CLASSES, boot=()
    ),
    _case(
        "result_subclass",
        "[int], {K}.Derived",
        "(a: int) -> Derived",
        "(a: int) -> Base",
        RESULT,
        header=_CLASSES,
        boot=(),
    ),
    _case(
        "result_typed_dict",
        "[int], {K}.Order",
        "(a: int) -> Order",
        "(a: int) -> Parcel",
        RESULT,
        boot=(),
        header=_DICTS,
    ),
    _case(
        "result_big_typed_dict",
        "[int], {K}.Order",
        "(a: int) -> BigOrder",
        "(a: int) -> int",
        RESULT,
        header=_DICTS,
        boot=(),
    ),
    _case(
        "result_protocol",
        "[int], {K}.Named",
        "(a: int) -> Person",
        "(a: int) -> Thing",
        RESULT,
        boot=(),
        header=_PROTOCOL,
    ),
    _case("result_list", "[int], list[int]", "(a: int) -> list[int]", "(a: int) -> list[str]", RESULT),
    _case(
        "result_sequence",
        "[int], Sequence[int]",
        "(a: int) -> tuple[int, ...]",
        "(a: int) -> tuple[str, ...]",
        RESULT,
        boot=(),
    ),
    _case("result_awaited", "[int], int", "(a: int) -> int", "(a: int) -> Awaitable[int]", RESULT, boot=()),
    _case(
        "pydantic",
        "[dict[str, Any]], int",
        "(a: Model) -> int",
        "(a: Model, b: Model) -> int",
        FEW,
        header=_MODEL,
        register="pydantic",
    ),
    _case(
        "pydantic_result",
        "[int], dict[str, Any]",
        "(a: int) -> Model",
        "(a: int, b: int) -> Model",
        FEW,
        header=_MODEL,
        register="pydantic",
    ),
    Case(
        "wrapped",
        Side(actual="(a: int) -> int"),
        Side(actual="(a: int, b: int) -> int", problems=FEW),
        header=_DECORATOR,
        register=_UNDER.replace("{decorator}", "@timed"),
    ),
    Case(
        "wrapped_type",
        Side(actual="(a: int) -> int"),
        Side(actual="(a: str) -> str", problems=TYPE + RESULT),
        header=_DECORATOR,
        register=_UNDER.replace("{decorator}", "@timed"),
    ),
    Case(
        "wrapped_shared_task",
        Side(actual="(a: int) -> int"),
        Side(actual="(a: str) -> int", problems=TYPE),
        header=_DECORATOR,
        register="\n@shared_task(name={NAME})\n@timed\ndef {f}{actual}:\n    raise SystemExit\n",
    ),
    Case(
        "overloaded",
        Side(actual="(a: int | str) -> int | str"),
        Side("[bytes], int", actual="(a: int | str) -> int | str", problems=(), boot=()),
        register=_OVERLOADED,
    ),
]

_PLAIN = """
def plain(function):
    def run(*args, **kwargs):
        return function(*args, **kwargs)

    return run
"""
_INJECTED = """
def injected(function: Callable[Concatenate[str, P], R]) -> Callable[P, R]:
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        return function("x", *args, **kwargs)

    return run
"""
_WRAPS_INJECTED = _INJECTED.replace("    def run", "    @functools.wraps(function)\n    def run")
_PARTIAL = """
def {f}{actual}:
    raise SystemExit


register_task(app, {NAME}, functools.partial({f}, 1))
"""
_KEYWORDS = """
def {f}{actual}:
    raise SystemExit


register_task(app=app, name={NAME}, function={f})
"""
_ASYNC = """
@app.task(name={NAME})
async def {f}{actual}:
    raise SystemExit
"""
_FORWARD = """
class Later(TypedDict):
    id: int
"""

#: What stands between the function and its registration.
WRAPPERS = [
    # At runtime nothing is left of the parameters; that the guard cannot know is all that it says.
    Case(
        "bare_decorator",
        Side(boot=("hidden-signature",)),
        Side(actual="(a: str) -> int", problems=TYPE, boot=("hidden-signature",)),
        header=_BARE,
        register=_UNDER.replace("{decorator}", "@bare"),
    ),
    Case(
        "plain_decorator",
        Side(problems=(), header="", register="function"),
        Side(problems=("hidden-signature",), stock=("no-untyped-def", "no-untyped-def", "untyped-decorator")),
        header=_PLAIN,
        register=_UNDER.replace("{decorator}", "@plain"),
    ),
    Case(
        "injecting_decorator",
        Side(actual="(session: str, a: int) -> int", boot=("hidden-signature",)),
        Side(actual="(session: str, a: str) -> int", problems=TYPE, boot=("hidden-signature",)),
        header=_INJECTED,
        register=_UNDER.replace("{decorator}", "@injected"),
    ),
    Case(
        "injecting_wraps_decorator",
        Side(actual="(session: str, a: int) -> int", boot=("hidden-signature",)),
        Side(actual="(session: str, a: str) -> int", problems=TYPE, boot=("hidden-signature",)),
        header=_WRAPS_INJECTED,
        register=_UNDER.replace("{decorator}", "@injected"),
    ),
    Case(
        "partial",
        Side(actual="(first: int, a: int) -> int"),
        Side(actual="(first: int, a: int, b: int) -> int", problems=FEW),
        register=_PARTIAL,
    ),
    Case("keywords", Side(), Side(actual="(a: str) -> int", problems=TYPE), register=_KEYWORDS),
    Case("async", Side("[int], Awaitable[int]"), Side("[int, int], Awaitable[int]", problems=MANY), register=_ASYNC),
    Case(
        "text_annotation",
        Side(actual='(a: "Later") -> "Later"'),
        Side(actual='(a: "str") -> "Later"', problems=TYPE, boot=()),
        "[{K}.Later], {K}.Later",
        header=_FORWARD,
    ),
]


def _declaration(id: str, **changed: str) -> list[Case]:
    number = Side(actual="(a: int, b: int) -> int", problems=FEW)
    other = Side(actual="(a: str) -> str", problems=TYPE + RESULT)
    return [
        Case(f"{id}_number", Side(), number, **changed),  # type: ignore[arg-type]
        Case(f"{id}_type", Side(), other, **changed),  # type: ignore[arg-type]
    ]


#: How the property is written.
DECLARATIONS = [
    *_declaration("plain"),
    *_declaration("text", annotation='"Task[{declared}]"'),
    *_declaration("qualified", annotation="celery.Task[{declared}]"),
    *_declaration("qualified_in_full", annotation="celery.app.task.Task[{declared}]"),
    *_declaration("alias", registry_header="IntTask = Task[[int], int]\n", annotation="IntTask"),
    *_declaration("keyword", body="return self._get_task_by_name(name={asked})"),
    *_declaration("variable", body="task = self._get_task_by_name({asked})\nreturn task"),
    *_declaration("annotated_variable", body="task: Task[{declared}] = self._get_task_by_name({asked})\nreturn task"),
    *_declaration("value", asked="TaskName.{M}.value"),
    *_declaration(
        "subclass",
        registry_header="class OwnTask(Task[P, R]):\n    pass\n",
        annotation="OwnTask[{declared}]",
        body="return self._get_task_by_name({asked})  # type: ignore[return-value]",
    ),
]

_SIDES = {
    "number": ("[int], int", Side(actual="(a: int, b: int) -> int", problems=FEW)),
    "type": ("[int], int", Side(actual="(a: str) -> int", problems=TYPE)),
    "result": ("[int], int", Side(actual="(a: int) -> str", problems=RESULT)),
}
_DEFAULT = frozenset({"app_task_default", "app_task_default_called", "shared_task_default"})


def _registration(way: str, mistake: str) -> Case:
    declared, wrong = _SIDES[mistake]
    value = "{MODULE}.{f}" if way in _DEFAULT else "{K}"
    return Case(f"{way}_{mistake}", Side(), wrong, declared, register=way, value=value)


#: Every way to register against every sort of mistake.
REGISTRATIONS = [
    _registration(way, mistake) for way in WAYS_TO_REGISTER if way != "raw_bound" for mistake in _SIDES
] + [Case("raw_bound", Side(register="bound"), Side(problems=("bound-method",)), register="raw_bound")]


def _named(way: str, place: str) -> Case:
    header, name, value, member = WAYS_TO_NAME[way]
    wrong = Side(actual="(a: str, b: int) -> int", problems=FEW + TYPE)
    if place == "property":
        return Case(f"{way}_property", Side(), wrong, registry_header=header, asked=name, value=value, member=member)
    return Case(f"{way}_{place}", Side(), wrong, header=header, name=name, value=value, member=member, register=place)


#: Every way to give a name, in registrations of several kinds and in the property.
NAMES = [
    _named(way, place)
    for way in WAYS_TO_NAME
    for place in ("bound", "app_task", "shared_task", "class", "property")
    # In the registry's module ``__name__`` is another one.
    if not (way == "module_name" and place == "property")
]
