"""The map as an AsyncAPI 3.0 document: queues are channels, tasks operations, with JSON Schema of arguments and results.

Law: the map in, one JSON text out. A type that is not plain stays a name unless the map brings its schema: nothing is
imported to look into it.
Source: AsyncAPI Specification 3.0.0; Celery documentation, *Message Protocol: Version 2*.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any, Final

from celery_registry.contract.payload import WireType
from celery_registry.contract.signature import Kind, Parameter
from celery_registry.errors import ConfigurationError
from celery_registry.map.model import MappedTask, SystemMap
from celery_registry.wire.envelopes import ENVELOPED, envelope_of
from celery_registry.wire.wire_types import read_text

__all__ = ["render_asyncapi", "schema_of"]

_PLAIN: Final = {
    "None": "null",
    "bool": "boolean",
    "int": "integer",
    "float": "number",
    "str": "string",
}
_LISTS: Final = frozenset({"list", "Sequence", "Iterable", "Collection", "set", "frozenset", "deque"})
_MAPPINGS: Final = frozenset({"dict", "Mapping", "MutableMapping"})
_SAFE: Final = re.compile(r"[\w.-]+", re.ASCII)
_CONTENT: Final = {"json": "application/json", "yaml": "application/x-yaml", "msgpack": "application/x-msgpack"}
_RESULTS: Final = "results"


def render_asyncapi(system: SystemMap, title: str = "Tasks") -> str:
    """The document of every task; without a line end."""
    tasks = list(system.tasks.values())
    ids = {task.name: _id(task.name) for task in tasks}
    channels: dict[str, Any] = {}
    operations, messages = {}, {}
    for task in tasks:
        key, queue = ids[task.name], task.queue or "celery"
        channel = _id(queue if queue != _RESULTS else f"{queue}.queue")
        messages[key] = _message(task)
        operations[key] = _operation(task, key, channel)
        row = channels.setdefault(channel, {"address": queue, "messages": {}})
        row["messages"][key] = {"$ref": f"#/components/messages/{key}"}
        if "reply" in operations[key]:
            messages[f"{key}.result"] = {
                "title": f"What {task.name} returns",
                "contentType": "application/json",
                "payload": _schema_in(task, None, task.first.signature.result),
            }
            row = channels.setdefault(_RESULTS, {"address": None, "messages": {}})
            row["messages"][f"{key}.result"] = {"$ref": f"#/components/messages/{key}.result"}
    told = [task.digest for task in tasks]
    if system.definitions:
        told.append(json.dumps(system.definitions, sort_keys=True))
    digest = hashlib.sha256("".join(told).encode()).hexdigest()[:12]
    document = {
        "asyncapi": "3.0.0",
        # The version is that of the contracts: it changes with them alone.
        "info": {"title": title, "version": digest},
        "defaultContentType": "application/json",
        "channels": dict(sorted(channels.items())),
        "operations": operations,
        "components": {
            "messages": messages,
            **({"schemas": dict(sorted(system.definitions.items()))} if system.definitions else {}),
        },
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _id(name: str) -> str:
    """A key of the document: the name where it can be one, else what is left of it and a digest."""
    if _SAFE.fullmatch(name):
        return name
    left = "-".join(_SAFE.findall(name))[:40]
    return f"{left}-{hashlib.sha256(name.encode(errors='surrogatepass')).hexdigest()[:8]}".lstrip("-")


def _operation(task: MappedTask, key: str, channel: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "action": "receive",
        "title": task.name,
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{key}"}],
    }
    if task.docstring:
        found["description"] = task.docstring.strip()
    if task.first.ignores_result is not True and task.first.signature.result not in (None, "None"):
        found["reply"] = {
            "channel": {"$ref": f"#/channels/{_RESULTS}"},
            "messages": [{"$ref": f"#/channels/{_RESULTS}/messages/{key}.result"}],
        }
    return found


def _message(task: MappedTask) -> dict[str, Any]:
    return {
        "name": task.name,
        "title": f"{task.name}{task.shown_signature}",
        "contentType": _CONTENT.get(task.locked.serializer or "json", "application/json"),
        "headers": {
            "type": "object",
            "required": ["id", "task"],
            "properties": {"id": {"type": "string"}, "task": {"const": task.name}},
        },
        "payload": {
            "type": "array",
            "minItems": 3,
            "maxItems": 3,
            "items": [*_arguments(task), {"type": "object", "description": "callbacks, errbacks, chain, chord"}],
        },
    }


def _arguments(task: MappedTask) -> tuple[dict[str, Any], dict[str, Any]]:
    """The two parts of a message that the task's parameters tell: positional and keyword arguments."""
    parameters = task.first.signature.parameters
    if parameters is None:
        return {"type": "array"}, {"type": "object"}
    by_kind: dict[Kind, list[Parameter[str]]] = {kind: [] for kind in Kind}
    for parameter in parameters:
        by_kind[parameter.kind].append(parameter)
    places = [p for p in parameters if p.kind in (Kind.POSITIONAL_ONLY, Kind.POSITIONAL_OR_KEYWORD)]
    more, options = by_kind[Kind.VAR_POSITIONAL], by_kind[Kind.VAR_KEYWORD]

    def schema(parameter: Parameter[str]) -> dict[str, Any]:
        return _schema_in(task, parameter.name, parameter.type)

    given: dict[str, Any] = {"type": "array"}
    if places:
        given["items"] = [_titled(p.name, schema(p)) for p in places]
    given["additionalItems"] = schema(more[0]) if more else False
    if not places and not more:
        given = {"type": "array", "maxItems": 0}
    # What stands by position only must be there; every other one may come by its name.
    required = sum(p.required for p in by_kind[Kind.POSITIONAL_ONLY])
    if required:
        given["minItems"] = required
    named = [*by_kind[Kind.POSITIONAL_OR_KEYWORD], *by_kind[Kind.KEYWORD_ONLY]]
    keywords: dict[str, Any] = {
        "type": "object",
        "properties": {p.name: schema(p) for p in named if p.name is not None},
        "additionalProperties": schema(options[0]) if options else False,
    }
    only = [p.name for p in by_kind[Kind.KEYWORD_ONLY] if p.required and p.name is not None]
    if only:
        keywords["required"] = only
    return given, keywords


def _schema_in(task: MappedTask, name: str | None, text: str | None) -> dict[str, Any]:
    """The schema of a parameter, or without a name of the result: that of the application, else that of its text."""
    known = task.schemas.get(name)
    return schema_of(text) if known is None else dict(known)


def _titled(name: str | None, schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with a title; beside a reference nothing counts."""
    return {"title": name, "allOf": [schema]} if "$ref" in schema else {"title": name, **schema}


def schema_of(text: str | None) -> dict[str, Any]:
    """The JSON Schema of an annotation; a type that is not plain may be anything, and its text is the title."""
    if text is None:
        return {}
    try:
        return _schema(read_text(text))
    except ConfigurationError:
        return {"title": text}


def _schema(type_: WireType) -> dict[str, Any]:
    name = type_.fullname.rpartition(".")[2]
    if type_.fullname in ("Any", "object", "typing.Any"):
        return {}
    if name in _PLAIN:
        return {"type": _PLAIN[name]}
    if name in ENVELOPED:
        return envelope_of(name)
    arguments = type_.arguments
    if type_.fullname == "typing.Union":
        return {"anyOf": [_schema(member) for member in arguments]}
    if name == "Literal":
        return {"enum": [_literal(member.fullname) for member in arguments]}
    if name in _LISTS:
        return {"type": "array", **({"items": _schema(arguments[0])} if len(arguments) == 1 else {})}
    if name == "tuple":
        return _tuple(arguments)
    if name in _MAPPINGS:
        return {"type": "object", **({"additionalProperties": _schema(arguments[1])} if len(arguments) == 2 else {})}
    return {"title": str(type_)}


def _tuple(items: tuple[WireType, ...]) -> dict[str, Any]:
    if len(items) == 2 and items[1].fullname == "...":
        return {"type": "array", "items": _schema(items[0])}
    if not items:
        return {"type": "array"}
    return {"type": "array", "items": [_schema(item) for item in items], "minItems": len(items), "maxItems": len(items)}


def _literal(text: str) -> Any:
    if text in ("True", "False", "None"):
        return {"True": True, "False": False, "None": None}[text]
    try:
        return int(text)
    except ValueError:
        return text[1:-1] if text[:1] in "'\"" else text
