"""Whatever bytes wait in a queue, reading them gives names and counts, within bounds, and never an exception."""

from __future__ import annotations

import bz2
import json
import lzma
import time
import tracemalloc
import zlib
from base64 import b64encode
from typing import Any

import pytest
from celery import Celery, chord, group
from hypothesis import given, settings, strategies as st
from kombu import serialization

from celery_registry.contract.signature import Kind, Parameter, TaskSignature
from celery_registry.wire.message import LARGEST, Call, Message, TooLarge, read_body, read_envelope, show_name
from celery_registry.wire.preflight import Preflight

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["task", "id", "args", "kwargs", "chain", "chord", "callbacks", "errbacks", "subtask_type", "body"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)
TYPES = st.sampled_from(
    ["application/json", "application/x-yaml", "application/x-msgpack", "application/data", "x", ""]
)


def sound(message: Message) -> None:
    """What a message says can be counted and shown."""
    preflight = Preflight({"send": TaskSignature((Parameter("a"),))})
    preflight.add("place", message)
    for finding in preflight.findings:
        assert finding.sentence.isprintable()
    for misfit in preflight.misfits:
        assert all(sample.isprintable() for sample in misfit.samples)


@settings(max_examples=150, deadline=None)
@given(raw=st.binary(max_size=60) | VALUES.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_a_message_or_a_reason(raw: bytes) -> None:
    sound(read_envelope(raw, payload=True))


@settings(max_examples=300, deadline=None)
@given(
    body=st.binary(max_size=60) | VALUES.map(lambda value: json.dumps(value).encode()),
    content_type=TYPES,
    headers=st.dictionaries(st.sampled_from(["task", "id", "eta", "compression"]), VALUES, max_size=4),
)
def test_any_body_under_any_headers_is_a_message_or_a_reason(
    body: bytes, content_type: str, headers: dict[str, Any]
) -> None:
    sound(read_body(body, content_type, headers, payload=True))


@settings(max_examples=150, deadline=None)
@given(embed=VALUES)
def test_any_rest_of_a_workflow_is_read_or_refused(embed: Any) -> None:
    sound(read_body(json.dumps([[], {}, embed]).encode(), "application/json", {"task": "send"}))


@pytest.mark.parametrize(
    ("compression", "compress"),
    [
        ("application/x-gzip", zlib.compress),
        ("application/x-bz2", bz2.compress),
        ("application/x-lzma", lzma.compress),
    ],
)
def test_a_small_body_that_becomes_a_large_one_is_stopped_at_the_bound(compression: str, compress: Any) -> None:
    small = compress(b'[["a"], {}, {}]')
    headers = {"task": "send", "compression": compression}
    assert read_body(small, "application/json", headers).calls == (Call("send", 1, ()),)
    bomb = compress(b" " * (LARGEST * 20))
    assert read_body(bomb, "application/json", headers).unread == (f"is larger than {LARGEST} bytes when decompressed")


def test_a_message_that_was_not_fetched_for_its_size_is_told() -> None:
    assert read_envelope(TooLarge(10**9)).unread == f"is larger than {LARGEST} bytes"


def test_a_workflow_without_end_is_refused() -> None:
    deep: Any = {"task": "celery.chain", "subtask_type": "chain", "kwargs": {"tasks": []}}
    for _ in range(100):
        deep = {"task": "celery.chain", "subtask_type": "chain", "kwargs": {"tasks": [deep]}}
    wide = [{"task": "send", "args": [], "kwargs": {}}] * 1000
    for embed, said in (
        ({"chain": [deep]}, "nests its calls too deep"),
        ({"chain": wide}, "calls more than 200 other"),
    ):
        message = read_body(json.dumps([[], {}, embed]).encode(), "application/json", {"task": "send"})
        assert message.unread is not None
        assert said in message.unread


def nested(line: str, levels: int = 18) -> str:
    """A list of ten that YAML names ten times in the next one, and so on."""
    lines = ["a0: &a0 []"]
    lines += [line.format(new=level, old=level - 1) for level in range(1, levels)]
    return "\n".join(lines)


LISTS = nested("a{new}: &a{new} [" + ", ".join(["*a{old}"] * 10) + "]")
GROUPS = nested(
    "a{new}: &a{new} {{task: celery.group, subtask_type: group, kwargs: {{tasks: ["
    + ", ".join(["*a{old}"] * 10)
    + "]}}}}"
)
MERGED = nested("a{new}: &a{new} {{<<: [" + ", ".join(["*a{old}"] * 10) + "]}}").replace("a0: &a0 []", "a0: &a0 {x: 1}")
BOMBS = {
    "shared lists": (f"{LISTS}\ntask: send\nargs: [*a17]\nkwargs: {{}}\n", "stands for more than 400000 values"),
    "a shared text": ("task: send\nargs: [&a " + "x" * 400 + ", " + "*a, " * 2000 + "*a]\n", "stands for more than 400000 values"),
    "groups in groups": (f"{GROUPS}\ntask: send\nargs: []\nkwargs: {{}}\nchord: *a17\n", "stands for more than 400000 values"),
    "a list in itself": ("task: send\nargs: &a [*a]\nkwargs: {}\n", "stands for more than 400000 values"),
    "merged tables": (f"{MERGED}\ntask: send\nargs: [*a17]\n", "has merge keys, which are not read here"),
}  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_yaml_that_stands_for_more_than_it_is_is_refused_at_once(bomb: str) -> None:
    text, told = BOMBS[bomb]
    started = time.process_time()
    tracemalloc.start()
    message = read_body(text.encode(), "application/x-yaml", {}, payload=True)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert message.unread == told
    assert time.process_time() - started < 10
    assert peak < 40_000_000


def test_yaml_that_names_a_value_twice_is_read() -> None:
    text = "task: send\nargs: [&a {b: [1, 2]}, *a]\nkwargs: {one: *a}\n"
    assert read_body(text.encode(), "application/x-yaml", {}).calls == (Call("send", 2, ("one",)),)


def sent(protocol: int, serializer: str, *options: Any, **more: Any) -> Message:
    """A message as Celery itself makes it."""
    app = Celery("m", broker="memory://", set_as_current=False)
    app.conf.task_protocol = protocol
    made = app.amqp.create_task_message("one", "send", ("a", 2), {"to": "b"}, **more)
    content_type, encoding, body = serialization.dumps(made.body, serializer)
    content = body.encode() if isinstance(body, str) else body
    envelope = {
        "body": b64encode(content).decode(),
        "content-type": content_type,
        "content-encoding": encoding,
        "headers": made.headers,
        "properties": {"body_encoding": "base64"},
    }
    return read_envelope(json.dumps(envelope, default=str).encode())


@pytest.mark.parametrize("protocol", [1, 2])
@pytest.mark.parametrize("serializer", ["json", "yaml", "msgpack"])
def test_both_protocols_and_every_safe_serializer_are_read(protocol: int, serializer: str) -> None:
    message = sent(protocol, serializer)
    assert message == Message((Call("send", 2, ("to",)),), "one")


@pytest.mark.parametrize("protocol", [1, 2])
def test_an_eta_is_seen_in_both_protocols(protocol: int) -> None:
    assert sent(protocol, "json", countdown=60).eta


def test_a_group_and_a_chord_in_the_rest_of_a_chain_tell_their_names() -> None:
    app = Celery("m", broker="memory://", set_as_current=False)
    work = chord(group(app.signature("one"), app.signature("two")), app.signature("three"))
    embed = {"chain": [json.loads(json.dumps(work)), json.loads(json.dumps(app.signature("four", args=(1,))))]}
    message = read_body(json.dumps([[], {}, embed]).encode(), "application/json", {"task": "send"})
    assert {call.task for call in message.calls} == {"send", "one", "two", "three", "four"}
    assert Call("four", 2, ()) in message.calls


def test_what_is_remembered_of_a_hostile_queue_is_bounded() -> None:
    preflight = Preflight({})
    for number in range(5_000):
        preflight.add("place", Message((Call(f"task{number}" * 50, 0, ()),), str(number)))
    assert preflight.misfitting == 5_000
    assert len(preflight.misfits) == 501
    assert sum(misfit.count for misfit in preflight.misfits) == 5_000


def test_a_keyword_that_is_no_name_is_no_text_for_the_terminal() -> None:
    preflight = Preflight({"send": TaskSignature((Parameter("a", Kind.KEYWORD_ONLY, False),))})
    preflight.add("place", Message((Call("send", 0, ("\x1b[2J\n" + "x" * 500,)),)))
    (finding,) = preflight.findings
    assert finding.sentence.isprintable()
    assert len(finding.sentence) < 250


def test_a_name_is_shown_short_and_without_control_characters() -> None:
    assert show_name("a\x1b[2J\nb") == "a?[2J?b"
    assert show_name("x" * 100) == "x" * 80 + "..."
