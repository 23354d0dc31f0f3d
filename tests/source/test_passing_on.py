"""Decorators without annotations that hand everything on are read; any other hides the parameters."""

from __future__ import annotations

import ast
import textwrap

import pytest

from celery_registry.source.passing_on import GIVES_RESULT, MAKES_PASSING, PASSES_ON, passing_flags

DECORATOR = """
def decorator(f):
    @functools.wraps(f)
    def wrapper(*args, **kwargs):
{body}
    return wrapper
"""

PASSING = [
    "return f(*args, **kwargs)",
    "with lock:\n    return f(*args, **kwargs)",
    "if args:\n    print(args[0], kwargs.get('n'))\nreturn f(*args, **kwargs)",
    "result = f(*args, **kwargs)\nlog(f.__name__, result)\nreturn result",
    "try:\n    return f(*args, **kwargs)\nexcept Exception:\n    log(f.__name__)\n    raise",
]
OTHER = [
    "return f(1, *args, **kwargs)",
    "return f(*args, db=1, **kwargs)",
    "return f(*args)",
    "kwargs['n'] = 1\nreturn f(*args, **kwargs)",
    "del kwargs['n']\nreturn f(*args, **kwargs)",
    "kwargs.pop('n', None)\nreturn f(*args, **kwargs)",
    "kwargs.update(n=1)\nreturn f(*args, **kwargs)",
    "args = args[1:]\nreturn f(*args, **kwargs)",
    "options = kwargs\noptions['n'] = 1\nreturn f(*args, **kwargs)",
    "change(kwargs)\nreturn f(*args, **kwargs)",
    "return run(f, *args, **kwargs)",
    "f(*args, **kwargs)\nreturn run(f)",
    "return lambda: f(*args, **kwargs)",
    "pass",
]


def flags(text: str) -> list[str]:
    node = ast.parse(textwrap.dedent(text)).body[-1]
    assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    return passing_flags(node)


def decorator(body: str) -> str:
    return DECORATOR.format(body=textwrap.indent(body, " " * 8))


@pytest.mark.parametrize("body", PASSING)
def test_the_same_call_passes_everything_on(body):
    assert flags(decorator(body)) == [PASSES_ON, GIVES_RESULT]


@pytest.mark.parametrize("body", OTHER)
def test_any_other_call_hides_the_parameters(body):
    assert flags(decorator(body)) == []


def test_a_result_of_its_own_is_the_decorators():
    assert flags(decorator("f(*args, **kwargs)\nreturn 1")) == [PASSES_ON]
    assert flags(decorator("result = f(*args, **kwargs)\nresult = 1\nreturn result")) == [PASSES_ON]


def test_a_function_that_makes_one_passes_on_when_it_is_called():
    inner = textwrap.indent(decorator("return f(*args, **kwargs)"), " " * 4)
    assert flags(f"def named(label):{inner}    return decorator") == [MAKES_PASSING, GIVES_RESULT]


def test_what_is_not_written_in_this_way_says_nothing():
    plain = decorator("return f(*args, **kwargs)")
    assert flags(plain.replace("@functools.wraps(f)", "@other(f)")) == []
    assert flags(plain.replace("    @functools.wraps(f)\n", "")) == []
    assert flags(plain.replace("(*args, **kwargs):", "(first, *args, **kwargs):")) == []
    assert flags(plain.replace("return wrapper", "return other")) == []
    assert flags(plain.replace("decorator(f)", "decorator(f, g)")) == []
    assert flags(plain.replace("def decorator", "async def decorator")) == []
