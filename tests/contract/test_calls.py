"""A call as text shows it: what cannot bind and what is of a plain wrong type is found, and nothing else."""

import pytest

from celery_registry.contract.calls import Argument, OneValue, TaskCall, judge_call
from celery_registry.contract.options import misspelt_options
from celery_registry.contract.signature import Kind, Parameter, TaskSignature
from celery_registry.contract.task import Origin

HERE = Origin("views.py", 3)
SEND = TaskSignature(
    (
        Parameter("to", type="str"),
        Parameter("copies", required=False, type="int | None"),
        Parameter("note", Kind.KEYWORD_ONLY, type="str"),
    )
)
ANY = TaskSignature(
    (Parameter("rest", Kind.VAR_POSITIONAL, False, "int"), Parameter("more", Kind.VAR_KEYWORD, False, "str"))
)


def value(type=None):
    return Argument(type, HERE)


def said(signature, *positional, **facts):
    keywords = facts.pop("keywords", {})
    call = TaskCall("send", '"delay" of "send"', signature, HERE, tuple(map(value, positional)), **facts)
    call = TaskCall(**{**vars(call), "keywords": {name: value(type) for name, type in keywords.items()}})
    return [finding.sentence for finding in judge_call(call)]


@pytest.mark.parametrize(
    ("positional", "keywords", "facts", "expected"),
    [
        (["str"], {"note": "str"}, {}, []),
        (["str", "bool"], {"note": None}, {}, []),
        ([None, "None"], {"note": "str"}, {}, []),
        (["str", "int", "int"], {"note": "str"}, {}, ['Too many arguments for "delay" of "send"']),
        ([], {}, {}, [
            'Missing positional argument "to" in call to "delay" of "send"',
            'Missing named argument "note" for "delay" of "send"',
        ]),
        (["str"], {"note": "str", "to": "str"}, {}, ['"delay" of "send" gets multiple values for keyword argument "to"']),
        (["str"], {"nte": "str"}, {}, ['Unexpected keyword argument "nte" for "delay" of "send"; did you mean "note"?']),
        (["int"], {"note": "bytes"}, {}, [
            'Argument 1 to "delay" of "send" has incompatible type "int"; expected "str"',
            'Argument "note" to "delay" of "send" has incompatible type "bytes"; expected "str"',
        ]),
        (["str", "str"], {"note": "str"}, {}, [
            'Argument 2 to "delay" of "send" has incompatible type "str"; expected "int | None"',
        ]),
        # Values before these decide where they stand; the rest may come later.
        (["int"], {}, {"partial": True}, []),
        ([], {"note": "int"}, {"partial": True}, [
            'Argument "note" to "delay" of "send" has incompatible type "int"; expected "str"',
        ]),
        ([], {}, {"more_positional": True, "more_keywords": True}, []),
    ],
)  # fmt: skip
def test_a_call_is_held_to_its_signature_in_mypys_words(positional, keywords, facts, expected):
    assert said(SEND, *positional, keywords=keywords, **facts) == expected


def test_what_takes_anything_is_held_to_its_types_alone():
    assert said(ANY, "int", "int", keywords={"x": "str"}) == []
    assert len(said(ANY, "int", "str", keywords={"x": "int"})) == 2
    assert said(TaskSignature(None), "int", keywords={"x": "int"}) == []


def test_a_misspelt_option_is_its_methods_and_one_value_is_no_list():
    taken = {"options": {"countdwn": "countdown"}, "taker": '"apply_async" of "send"', "keywords": {"note": "str"}}
    assert said(SEND, "str", **taken) == [
        'Unexpected keyword argument "countdwn" for "apply_async" of "send"; did you mean "countdown"?'
    ]
    (bare,) = said(SEND, bare=value("str"))
    assert bare == 'Argument "args" has incompatible type "str"; expected a list or tuple of arguments'
    single = (OneValue('"user.id", one value', "(user.id,)"), Origin("a.py", 1))
    assert said(SEND, single=single) == [
        'Argument "args" is "user.id", one value; expected a list or tuple of arguments'
    ]


def test_the_nearest_option_is_celerys_or_none():
    assert misspelt_options(["countdwn", "args", "countdown"]) == {"countdwn": "countdown"}
    assert misspelt_options(["kwarg", "kwargs"], ["kwargs"]) == {"kwarg": "kwargs"}
    assert misspelt_options(["MessageGroupId"]) == {}


def test_beside_stamped_headers_any_name_may_be_a_headers():
    assert misspelt_options(["a_header"]) == {"a_header": "headers"}
    assert misspelt_options(["a_header", "stamped_headers"]) == {}


def test_an_option_of_a_type_that_celery_refuses_is_told():
    given = {"countdown": value("str"), "eta": value("str"), "queue": value("int"), "expires": value()}
    facts = {"mistyped": given, "taker": '"apply_async" of "send"'}
    assert said(SEND, "str", keywords={"note": "str"}, **facts) == [
        'Argument "countdown" to "apply_async" of "send" has incompatible type "str"; expected "float | None"'
    ]
