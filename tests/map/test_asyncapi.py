"""The AsyncAPI document is valid by the specification's own schema, and its schemas fit what Celery really sends.

Law: the schema is that of the package @asyncapi/specs, with its licence beside it; the messages are made by Celery.
"""

from __future__ import annotations

import json
import textwrap
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cli.shop import run
from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError
from kombu.utils.json import dumps

from celery_registry.map.asyncapi import schema_of
from celery_registry.wire.envelopes import envelope_of

ROOT = Path(__file__).resolve().parents[2]
SPECIFICATION = Draft7Validator(json.loads((Path(__file__).parent / "asyncapi" / "3.0.0.json").read_text()))
HOSTILE = 'a "b"/~1 </script>#%20\u202e'

PROGRAM = f"""
from typing import Any, Literal
from celery import Celery
app = Celery("shop")

@app.task(name="send", queue="mail")
def send(to: str, copies: int = 1, *, urgent: bool) -> list[int]:
    '''Send it.'''

@app.task(name="results", queue="results", serializer="yaml")
def results(first: int | None, /, *rest: float, **more: str) -> dict[str, Any]: ...

@app.task(name={HOSTILE!r}, queue={HOSTILE!r}, ignore_result=True)
def odd() -> int: ...

@app.task
def unnamed(order: "Order") -> None: ...

@app.task(name="open")
def opened(*args, **kwargs): ...
"""


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("asyncapi")
    (folder / "shop.py").write_text(textwrap.dedent(PROGRAM), encoding="utf-8")
    done = run(folder, "map", "shop.py", "--format", "asyncapi", "--title", "The shop")
    assert done.returncode == 0, done.stderr
    again = run(
        folder, "map", "shop.py", "--format", "asyncapi", "--title", "The shop", environment={"PYTHONHASHSEED": "3"}
    )
    assert again.stdout == done.stdout
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def resolve(document: dict[str, Any], reference: str) -> Any:
    value: Any = document
    for part in reference.removeprefix("#/").split("/"):
        value = value[part]
    return value


def test_it_is_valid_by_the_schema_of_the_specification(document: dict[str, Any]) -> None:
    SPECIFICATION.validate(document)
    broken = json.loads(json.dumps(document))
    broken["operations"]["send"]["action"] = "run"
    with pytest.raises(ValidationError):
        SPECIFICATION.validate(broken)


def test_the_example_project_is_valid() -> None:
    done = run(ROOT / "examples" / "delivery_project", "map", "src", "--format", "asyncapi")
    found = json.loads(done.stdout)
    SPECIFICATION.validate(found)
    assert sorted(found["operations"]) == ["cleanup_sessions", "ping", "send_email"]


def test_every_reference_leads_to_its_message(document: dict[str, Any]) -> None:
    assert {c["address"] for c in document["channels"].values()} == {"mail", "results", HOSTILE, "celery", None}
    for operation in document["operations"].values():
        (message,) = operation["messages"]
        found = resolve(document, resolve(document, message["$ref"])["$ref"])
        assert found["name"] == operation["title"]
        assert message["$ref"].startswith(operation["channel"]["$ref"] + "/")
        if "reply" in operation:
            assert "payload" in resolve(document, resolve(document, operation["reply"]["messages"][0]["$ref"])["$ref"])
    titles = [operation["title"] for operation in document["operations"].values()]
    assert sorted(titles) == sorted(["send", "results", HOSTILE, "open", "shop.unnamed"])
    assert document["operations"]["send"]["description"] == "Send it."
    assert [k for k, o in document["operations"].items() if "reply" in o] == ["results", "send"]


@pytest.mark.parametrize(
    ("name", "args", "kwargs", "fits"),
    [
        ("send", ("a",), {"urgent": True}, True),
        ("send", (), {"to": "a", "copies": 2, "urgent": True}, True),
        ("send", ("a",), {}, False),
        ("send", (1,), {"urgent": True}, False),
        ("send", ("a", 1, 2), {"urgent": True}, False),
        ("send", ("a",), {"urgent": True, "more": 1}, False),
        ("results", (None, 1.5, 2), {"x": "y"}, True),
        ("results", (), {}, False),
        ("results", (1,), {"x": 1}, False),
        ("open", (1, "a"), {"b": None}, True),
    ],
)
def test_the_schema_fits_the_body_that_celery_makes(
    document: dict[str, Any], name: str, args: tuple[Any, ...], kwargs: dict[str, Any], fits: bool
) -> None:
    from celery import Celery

    with Celery("sender", set_as_current=False) as app:
        message = app.amqp.as_task_v2("an-id", name, args, kwargs)
    body = json.loads(json.dumps(message.body))
    described = document["components"]["messages"][name]
    assert Draft7Validator(described["payload"]).is_valid(body) is fits
    assert Draft7Validator(described["headers"]).is_valid(json.loads(json.dumps(message.headers, default=str)))


@pytest.mark.parametrize(
    ("text", "schema"),
    [
        ("int", {"type": "integer"}),
        ("Optional[str]", {"anyOf": [{"type": "string"}, {"type": "null"}]}),
        (
            "list[dict[str, float]]",
            {"type": "array", "items": {"type": "object", "additionalProperties": {"type": "number"}}},
        ),
        ("tuple[int, ...]", {"type": "array", "items": {"type": "integer"}}),
        ("Literal['a', 1, None]", {"enum": ["a", 1, None]}),
        ("datetime.datetime", envelope_of("datetime")),
        ("Any", {}),
        ("shop.Order", {"title": "Order"}),
        ("not a type", {"title": "not a type"}),
        (None, {}),
    ],
)
def test_a_type_has_its_schema(text: str | None, schema: dict[str, Any]) -> None:
    assert schema_of(text) == schema
    Draft7Validator.check_schema(schema)


@pytest.mark.parametrize(
    "value",
    [
        datetime(2026, 1, 31, 10),
        date(2026, 1, 31),
        time(10, 30),
        Decimal("1.50"),
        UUID("12345678123456781234567812345678"),
        b"abc",
        b"\xff",
    ],
)
def test_what_json_has_no_type_for_is_described_as_kombu_writes_it(value: object) -> None:
    described = Draft7Validator(schema_of(type(value).__name__))
    assert described.is_valid(json.loads(dumps(value)))
    assert not described.is_valid(str(value))
