"""A signature is edited without knowing what its types mean."""

from celery_registry.contract.signature import Kind, Parameter, TaskSignature

TO = Parameter("to", type="str")
COPIES = Parameter("copies", required=False, type="int")
REST = Parameter("rest", Kind.VAR_POSITIONAL, required=False)
DRY = Parameter("dry", Kind.KEYWORD_ONLY)
MORE = Parameter("more", Kind.VAR_KEYWORD, required=False)
FULL = TaskSignature((TO, COPIES, REST, DRY, MORE), "bool")


def test_the_parts_of_a_signature_are_found_by_kind():
    assert FULL.positional == (TO, COPIES)
    assert FULL.keyword_only == (DRY,)
    assert FULL.var_positional is REST
    assert FULL.var_keyword is MORE
    assert FULL.names == ("to", "copies", "dry")


def test_open_parameters_have_no_parts():
    signature = TaskSignature(None, "bool")
    assert signature.positional == signature.keyword_only == signature.names == ()
    assert signature.var_positional is None
    assert signature.without_first() is signature
    assert signature.with_names(["to"]) is signature
    assert signature.map(len) == TaskSignature(None, 4)


def test_a_leading_parameter_is_dropped_but_never_a_star():
    assert FULL.without_first().positional == (COPIES,)
    assert TaskSignature((REST, DRY)).without_first(2).parameters == (REST, DRY)
    assert TaskSignature(()).without_first().parameters == ()


def test_names_go_to_unnamed_positional_parameters_in_order():
    unnamed = TaskSignature((Parameter(None, type="str"), Parameter("copies", type="int")))
    assert unnamed.with_names(["to", "number", "surplus"]).names == ("to", "copies")


def test_a_map_changes_types_and_keeps_what_has_none():
    mapped = FULL.map(str.upper)
    assert [p.type for p in mapped.parameters] == ["STR", "INT", None, None, None]
    assert mapped.result == "BOOL"
    assert TaskSignature(()).map(str.upper).result is None
