"""The map as one HTML page that needs nothing else: data, script, style and the graph library are in it.

Law: the map in, one text out, put together by a Jinja2 template. What the program says goes in as JSON alone; the page's
script turns it into text and never into markup. The page may run what stands in it and ask nobody for anything.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from importlib.resources import files
from typing import Any, Final

from celery_registry.errors import ConfigurationError
from celery_registry.map.data import describe_map
from celery_registry.map.graph import read_boxes, read_edges
from celery_registry.map.model import SystemMap
from celery_registry.report.document import path_in_repository, show_path

__all__ = ["check_source_url", "render_page"]

_BRACES: Final = re.compile(r"\{[^{}]*\}|[{}]")
#: Addresses that a browser would run.
_RUNNABLE: Final = frozenset({"javascript", "data", "vbscript", "blob"})


def check_source_url(template: str) -> str:
    """The template of a link to a line; raises ``ConfigurationError`` where it is none."""
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", template)
    unknown = sorted(set(_BRACES.findall(template)) - {"{path}", "{line}"})
    if "{path}" not in template or unknown:
        wrong = f"{unknown[0]} stands for nothing" if unknown else "it has no {path}"
        raise ConfigurationError(f"--source-url: {wrong}; write {{path}} and {{line}}")
    if scheme is None or scheme[1].lower() in _RUNNABLE:
        raise ConfigurationError("--source-url: must be an address such as https://example.org/{path}#L{line}")
    return template


def render_page(system: SystemMap, *, source_url: str | None = None, title: str = "Task map") -> str:
    """The whole page, without a line end; raises ``ConfigurationError`` where Jinja2 is not installed."""
    try:
        from jinja2 import Environment, StrictUndefined
    except ModuleNotFoundError:
        raise ConfigurationError(
            'map writes its page with the package jinja2: install "celery-registry[map]"'
        ) from None
    library, script = _asset("cytoscape.min.js").strip(), _asset("page.js").strip()
    template = Environment(autoescape=True, undefined=StrictUndefined).from_string(_asset("page.html"))
    return template.render(
        title=title,
        style=_asset("page.css").strip(),
        library=library,
        script=script,
        script_hashes=" ".join(f"'sha256-{_hash(each)}'" for each in (library, script)),
        data=_data(system, source_url),
    )


def _asset(name: str) -> str:
    return (files("celery_registry.map") / "assets" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    # The line ends around a script are part of it.
    return base64.b64encode(hashlib.sha256(f"\n{text}\n".encode()).digest()).decode()


def _data(system: SystemMap, source_url: str | None) -> str:
    """The map as JSON, a task to a line; nothing in it can end the script element or be read as markup."""
    document: dict[str, Any] = describe_map(system)
    for row, task in zip(document["tasks"], system.tasks.values(), strict=True):
        for each, registration in zip(row["implementations"], task.registrations, strict=True):
            each["module"] = registration.target_module or registration.module
    root = path_in_repository(".")
    document["root"] = "" if root == "." else f"{root}/"
    document["source_url"] = source_url
    document["graph"] = _graph(system)
    lines = []
    for key, value in document.items():
        inside = ",\n".join(_json(each) for each in value) if isinstance(value, list) else None
        lines.append(f"{_json(key)}:" + (_json(value) if inside is None else f"[{inside}]"))
    return "{" + ",\n".join(lines) + "}"


def _json(value: Any) -> str:
    text = json.dumps(value, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _graph(system: SystemMap) -> dict[str, Any]:
    edges = read_edges(system)
    boxes = read_boxes(system, edges)
    number = {box: place for place, box in enumerate(boxes)}
    modules = {show_path(c.origin.path): c.module for task in system.tasks.values() for c in task.callers}
    return {
        "boxes": [[box.sort, box.text, *([modules[box.text]] if box.sort == "file" else [])] for box in boxes],
        "edges": [[number[source], number[target], words] for (source, target), words in edges.items()],
    }
