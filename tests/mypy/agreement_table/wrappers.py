"""The rows about what stands between the function and its registration.

Law: every wrong side has a right side beside it; what boot cannot know is said in ``boot``.
"""

from __future__ import annotations

from .case import FEW, MANY, RESULT, TYPE, Case, Side

__all__ = ["WRAPPERS"]

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

_GIVING_BACK = """
KEPT: list[object] = []


def kept(task: R) -> R:
    KEPT.append(task)
    return task
"""
_ABOVE = """
@kept
@app.task(name={NAME})
def {f}{actual}:
    raise SystemExit
"""
_CALLED = """
def {f}{actual}:
    raise SystemExit


{f}_task = app.task({f}, name={NAME})
"""

#: What stands between the function and its registration.
WRAPPERS = [
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
        Side("[int, int], int", actual="(a: int | str) -> int | str", problems=MANY),
        register=_OVERLOADED,
    ),
    # At runtime nothing is left of the parameters; all say so, and mypy what it sees of a type.
    Case(
        "bare_decorator",
        Side(problems=("hidden-signature",)),
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
        Side(actual="(session: str, a: int) -> int", problems=("hidden-signature",)),
        Side(actual="(session: str, a: str) -> int", problems=TYPE, boot=("hidden-signature",)),
        header=_INJECTED,
        register=_UNDER.replace("{decorator}", "@injected"),
    ),
    Case(
        "injecting_wraps_decorator",
        Side(actual="(session: str, a: int) -> int"),
        Side(actual="(session: str, a: str) -> int", problems=TYPE),
        header=_WRAPS_INJECTED,
        register=_UNDER.replace("{decorator}", "@injected"),
    ),
    Case("keywords", Side(), Side(actual="(a: str) -> int", problems=TYPE), register=_KEYWORDS),
    Case(
        "decorator_above",
        Side(),
        Side(actual="(a: str) -> int", problems=TYPE),
        header=_GIVING_BACK,
        register=_ABOVE,
    ),
    Case("called_with_name", Side(), Side(actual="(a: str) -> int", problems=TYPE), register=_CALLED),
    Case("async", Side("[int], Awaitable[int]"), Side("[int, int], Awaitable[int]", problems=MANY), register=_ASYNC),
    Case(
        "text_annotation",
        Side(actual='(a: "Later") -> "Later"'),
        Side(actual='(a: "str") -> "Later"', problems=TYPE, boot=()),
        "[{K}.Later], {K}.Later",
        header=_FORWARD,
    ),
]
