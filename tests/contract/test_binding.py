"""Arguments bind to a shape by the rules of a Python call: CPython itself is asked for each answer."""

import inspect

import pytest
from hypothesis import given, strategies as st

from celery_registry.contract.binding import bind_arguments, misfits
from celery_registry.contract.signature import Kind, Parameter, TaskSignature

KINDS = {
    inspect.Parameter.POSITIONAL_ONLY: Kind.POSITIONAL_ONLY,
    inspect.Parameter.POSITIONAL_OR_KEYWORD: Kind.POSITIONAL_OR_KEYWORD,
    inspect.Parameter.VAR_POSITIONAL: Kind.VAR_POSITIONAL,
    inspect.Parameter.KEYWORD_ONLY: Kind.KEYWORD_ONLY,
    inspect.Parameter.VAR_KEYWORD: Kind.VAR_KEYWORD,
}
HEADS = [
    "",
    "a",
    "a, b",
    "a, b=1",
    "a=1, b=2",
    "a, /",
    "a, /, b",
    "a, /, b=1",
    "*rest",
    "a, *rest",
    "a=1, *rest",
    "**more",
    "a, **more",
    "a, /, **more",
    "a, *, c",
    "a, *, c=1",
    "*, c",
    "a, b=1, *rest, c, d=2, **more",
]


def shape(head):
    namespace = {}
    exec(f"def function({head}): ...", namespace)
    function = namespace["function"]
    parameters = tuple(
        Parameter(p.name, KINDS[p.kind], p.default is p.empty and "VAR" not in p.kind.name)
        for p in inspect.signature(function).parameters.values()
    )
    return function, TaskSignature(parameters)


@given(st.sampled_from(HEADS), st.integers(0, 4), st.sets(st.sampled_from("abcdx")))
def test_arguments_bind_where_they_bind_in_cpython(head, positional, keywords):
    function, parameters = shape(head)
    try:
        # Signature.bind of Python 3.13.0 lets a missing positional-only parameter pass where there is **more.
        function(*range(positional), **dict.fromkeys(keywords))
    except TypeError:
        fits = False
    else:
        fits = True
    assert (bind_arguments(parameters, positional, sorted(keywords)) is None) is fits


@pytest.mark.parametrize(
    ("head", "positional", "keywords", "reason"),
    [
        ("a", 0, [], "missing a required argument: 'a'"),
        ("a", 2, [], "too many positional arguments"),
        ("a", 1, ["a"], "multiple values for argument 'a'"),
        ("a", 1, ["x"], "got an unexpected keyword argument 'x'"),
        ("a, /", 0, ["a"], "got an unexpected keyword argument 'a'"),
        ("a", 0, ["a"], None),
    ],
)
def test_the_reason_is_cpythons(head, positional, keywords, reason):
    assert bind_arguments(shape(head)[1], positional, keywords) == reason


def test_open_parameters_take_everything():
    assert bind_arguments(TaskSignature(None), 7, ["x"]) is None


@pytest.mark.parametrize(
    ("head", "positional", "keywords", "options", "found"),
    [
        ("a, b, *, c", 1, [], {"more_positional": True}, [("MISSING", "c")]),
        ("a, b, *, c", 1, [], {"more_keywords": True}, []),
        ("a, b, *, c", 0, ["x"], {"partial": True}, [("UNEXPECTED", "x")]),
        ("a, b", 3, ["b"], {}, [("TOO_MANY", None), ("MULTIPLE", "b")]),
        ("a, b", 0, [], {}, [("MISSING", "a"), ("MISSING", "b")]),
        ("a, b", 1, ["b"], {}, []),
    ],
)
def test_everything_that_does_not_fit_is_told_as_far_as_it_is_known(head, positional, keywords, options, found):
    told = [(m.kind.name, m.name) for m in misfits(shape(head)[1], positional, keywords, **options)]
    assert told == found
