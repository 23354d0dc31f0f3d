"""One waiting message: which task it calls, and with how many and which arguments.

Law: bytes in, names and counts out. A body may come from anybody: nothing is unpickled, nothing is larger than its
bound, and no value is kept unless the user asked to see it. Sources: Celery documentation, *Message Protocol*.
"""

from __future__ import annotations

import base64
import binascii
import bz2
import importlib
import json
import lzma
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["LARGEST", "Call", "Message", "TooLarge", "read_arguments", "read_body", "read_envelope", "show_name"]

#: Bytes of a message, and of its body decompressed.
LARGEST: Final = 1024 * 1024
#: PyYAML needs seconds for a megabyte.
_LARGEST_YAML: Final = 128 * 1024
_DEEPEST: Final = 20
_MOST_CALLS: Final = 200
#: Values and characters of a body, each as often as it stands there: a list that YAML names ten times is ten lists.
_MOST_VALUES: Final = 400_000

_UNREADABLE_TYPES: Final = {
    "application/x-python-serialize": "is pickled, and nothing is unpickled here",
    "application/data": "is raw data",
    "application/text": "is raw text",
}


@dataclass(frozen=True)
class TooLarge:
    """A message that was not fetched because of its size in bytes."""

    size: int


@dataclass(frozen=True)
class Call:
    """One call that a message makes, or will make when its task is done.

    ``positional`` counts its positional arguments and ``keywords`` names the others; both None where only
    the name of the task is told. ``payload`` is the text of the arguments where the user asked for it.
    """

    task: str
    positional: int | None = None
    keywords: tuple[str, ...] | None = None
    payload: str | None = None


@dataclass(frozen=True)
class Message:
    """A message; ``unread`` says why its body could not be examined, ``calls`` what it asks for, its own call first."""

    calls: tuple[Call, ...] = ()
    id: str = ""
    eta: bool = False
    unread: str | None = None


class _Unread(Exception):
    """Why a body cannot be examined."""


def read_envelope(raw: bytes | TooLarge, *, payload: bool = False) -> Message:
    """A message as kombu's virtual transports (Redis, filesystem) keep it: JSON around an encoded body."""
    if isinstance(raw, TooLarge) or len(raw) > LARGEST:
        return Message(unread=f"is larger than {LARGEST} bytes")
    headers: Mapping[str, Any] = {}
    try:
        envelope = _mapping(_parse_json(raw), "is no message")
        headers = _mapping(envelope.get("headers") or {}, "has no headers")
        properties = _mapping(envelope.get("properties") or {}, "has no properties")
        body = envelope.get("body")
        if not isinstance(body, str):
            raise _Unread("has no body")
        content = body.encode("utf-8", "surrogatepass")
        if properties.get("body_encoding") == "base64":
            content = base64.b64decode(content, validate=False)
    except _Unread as reason:
        return _unread(headers, str(reason))
    except (ValueError, binascii.Error):
        return _unread(headers, "has a body that cannot be decoded")
    return read_body(content, str(envelope.get("content-type")), headers, payload=payload)


def read_body(content: bytes, content_type: str, headers: Mapping[str, Any], *, payload: bool = False) -> Message:
    """A message as AMQP brokers keep it: a body, its content type and headers."""
    try:
        if len(content) > LARGEST:
            raise _Unread(f"is larger than {LARGEST} bytes")
        body = _deserialize(_decompress(content, headers.get("compression")), content_type)
        calls = tuple(_calls(body, headers, payload))
    except _Unread as reason:
        return _unread(headers, str(reason))
    except Exception as error:  # a hostile body may break any decoder
        return _unread(headers, f"has a body that cannot be decoded ({type(error).__name__})")
    eta = headers.get("eta") if "task" in headers else _mapping(body, "").get("eta")
    identity = headers.get("id") if "task" in headers else _mapping(body, "").get("id")
    return Message(calls, _identity(identity), eta is not None)


def read_arguments(
    content: bytes, content_type: str, headers: Mapping[str, Any], largest: int
) -> tuple[str, Any, Any] | str:
    """The task of a message and its arguments, with kombu's own JSON types; a text that says why they cannot be read."""
    try:
        text = _decompress(content, headers.get("compression"), largest)
        if content_type in ("application/json", "None", ""):
            from kombu.utils.json import loads

            body = loads(text)
        else:
            body = _deserialize(text, content_type)
    except _Unread as reason:
        return str(reason)
    except Exception as error:  # a hostile body may break any decoder
        return f"has a body that cannot be decoded ({type(error).__name__})"
    task = headers.get("task") if "task" in headers else body.get("task") if isinstance(body, dict) else None
    if not isinstance(task, str) or not task:
        return "names no task"
    if isinstance(body, (list, tuple)) and len(body) == 3:
        return task, body[0], body[1]
    if isinstance(body, dict) and "args" in body:
        return task, body["args"], body.get("kwargs", {})
    return "has a body that is not (args, kwargs, embed)"


def show_name(name: str) -> str:
    """A name out of a message, for a terminal: short, and without control characters."""
    shown = "".join(character if character.isprintable() else "?" for character in name[:80])
    return shown if len(name) <= 80 else f"{shown}..."


def _unread(headers: Mapping[str, Any], reason: str) -> Message:
    """The headers of protocol 2 name the task even where the body cannot be read."""
    task = headers.get("task")
    calls = (Call(task),) if isinstance(task, str) else ()
    return Message(calls, _identity(headers.get("id")), headers.get("eta") is not None, reason)


def _identity(value: Any) -> str:
    return show_name(value) if isinstance(value, str) else ""


def _mapping(value: Any, otherwise: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _Unread(otherwise)
    return value


def _parse_json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise _Unread("is no JSON") from None


def _decompress(content: bytes, compression: Any, largest: int = LARGEST) -> bytes:
    """At most ``largest`` bytes, whatever a small body promises to become."""
    if compression is None:
        return content
    decoder: Any
    if compression in ("application/x-gzip", "gzip", "zlib"):
        decoder = zlib.decompressobj()
    elif compression in ("application/x-bz2", "bzip2", "bzip"):
        decoder = bz2.BZ2Decompressor()
    elif compression in ("application/x-lzma", "lzma", "xz"):
        decoder = lzma.LZMADecompressor(memlimit=64 * 1024 * 1024)
    else:
        raise _Unread(f"is compressed as {show_name(str(compression))}, which is not read here")
    text: bytes = decoder.decompress(content, largest + 1)
    if len(text) > largest:
        raise _Unread(f"is larger than {largest} bytes when decompressed")
    return text


def _deserialize(content: bytes, content_type: str) -> Any:
    if content_type in ("application/json", "None", ""):
        return _parse_json(content)
    if content_type == "application/x-msgpack":
        return _imported("msgpack").unpackb(content, raw=False)
    if content_type in ("application/x-yaml", "application/yaml"):
        if len(content) > _LARGEST_YAML:
            raise _Unread(f"is YAML of more than {_LARGEST_YAML} bytes")
        return _load_yaml(content)
    raise _Unread(_UNREADABLE_TYPES.get(content_type, f"has the content type {show_name(content_type)}"))


def _load_yaml(content: bytes) -> Any:
    """A body whose aliases stand for no more than a message may hold; a kilobyte may stand for a billion values."""
    yaml = _imported("yaml")
    loader = type("Loader", (yaml.SafeLoader,), {"flatten_mapping": _refuse_merge_keys})
    body = yaml.load(content, loader)
    if b"*" in content:
        _unfold(body)
    return body


def _refuse_merge_keys(loader: Any, node: Any) -> None:
    """They are copied while they are read, however many; no serializer writes them."""
    if any(key.tag == "tag:yaml.org,2002:merge" for key, _ in node.value):
        raise _Unread("has merge keys, which are not read here")


def _unfold(body: Any) -> None:
    left = _MOST_VALUES
    pending = [body]
    while pending:
        value = pending.pop()
        left -= 1
        if isinstance(value, (str, bytes)):
            left -= len(value)
        elif isinstance(value, dict):
            pending += value.keys()
            pending += value.values()
        elif isinstance(value, (list, set)):
            pending += value
        # One that holds itself never ends, and is too large as well.
        if left < 0 or len(pending) > _MOST_VALUES:
            raise _Unread(f"stands for more than {_MOST_VALUES} values")


def _imported(module: str) -> Any:
    """A package that only those need who send such messages."""
    try:
        return importlib.import_module(module)
    except ImportError:
        raise _Unread(f"needs the package {module}, which is not installed here") from None


# -- the calls of a message --------------------------------------------------------------------------------------


def _calls(body: Any, headers: Mapping[str, Any], payload: bool) -> Iterator[Call]:
    if "task" in headers:
        # Protocol 2: the headers name the task, the body is (args, kwargs, embed).
        if not isinstance(body, list) or len(body) != 3:
            raise _Unread("has a body that is not (args, kwargs, embed)")
        args, kwargs, embed = body
        yield _call(headers["task"], args, kwargs, payload)
    else:
        table = _mapping(body, "names no task")
        args, kwargs, embed = table.get("args", []), table.get("kwargs", {}), table
        yield _call(table.get("task"), args, kwargs, payload)
    if isinstance(embed, dict):
        for number, call in enumerate(_embedded(embed, payload)):
            if number >= _MOST_CALLS:
                raise _Unread(f"calls more than {_MOST_CALLS} other tasks")
            yield call


def _call(task: Any, args: Any, kwargs: Any, payload: bool, before: int = 0) -> Call:
    if not isinstance(task, str) or not task:
        raise _Unread("names no task")
    args, kwargs = [] if args is None else args, {} if kwargs is None else kwargs
    if not isinstance(args, list) or not isinstance(kwargs, dict) or not all(isinstance(key, str) for key in kwargs):
        raise _Unread("has arguments that are no list and no table")
    shown = show_name(repr((args, kwargs))) if payload else None
    return Call(task, len(args) + before, tuple(kwargs), shown)


def _embedded(embed: Mapping[str, Any], payload: bool) -> Iterator[Call]:
    """What is called later: the rest of a chain, callbacks, a chord's body; error callbacks by name alone."""
    for key in ("chain", "callbacks"):
        for signature in _listed(embed.get(key)):
            yield from _later(signature, payload, 0)
    yield from _later(embed.get("chord"), payload, 0)
    for signature in _listed(embed.get("errbacks")):
        if isinstance(signature, dict) and isinstance(signature.get("task"), str):
            yield Call(signature["task"])


def _later(signature: Any, payload: bool, depth: int) -> Iterator[Call]:
    if not isinstance(signature, dict):
        return
    if depth > _DEEPEST:
        raise _Unread("nests its calls too deep")
    kwargs = signature.get("kwargs")
    if signature.get("subtask_type") in ("chain", "group", "chord") and isinstance(kwargs, dict):
        inner = [*_listed(kwargs.get("tasks")), *_listed(kwargs.get("header")), kwargs.get("body")]
        for part in inner:
            for call in _later(part, payload, depth + 1):
                # Which of them gets the previous result depends on its place; the name is sure.
                yield Call(call.task)
        return
    if signature.get("subtask_type") is not None:
        yield Call(str(signature.get("task")))
        return
    # A signature that is not immutable gets the result of the task before it as its first argument.
    before = 0 if signature.get("immutable") else 1
    yield _call(signature.get("task"), signature.get("args"), kwargs, payload, before)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
