"""The map as data for programs: one JSON object, described in ``docs/map.md``.

Law: keys of the same ``schema`` number are only added. Paths are as the user would type them; nothing depends on the day,
the machine or our version.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from celery_registry.contract.finding import Finding
from celery_registry.contract.task import Origin
from celery_registry.map.model import Beat, MappedTask, SystemMap
from celery_registry.map.why import read_steps
from celery_registry.report.document import show_path
from celery_registry.source.aliases import AliasCall
from celery_registry.source.calls import Caller
from celery_registry.source.crontabs import is_every
from celery_registry.source.timing import Timing
from celery_registry.wire.compat import TaskChanges

__all__ = ["SCHEMA", "describe_map", "describe_task", "render_json"]

SCHEMA: Final = 1


def render_json(system: SystemMap) -> str:
    """The whole map; without a line end."""
    return json.dumps(describe_map(system), indent=2, ensure_ascii=False)


def describe_map(system: SystemMap) -> dict[str, Any]:
    """The map as tables and lists of plain values."""
    return {
        "schema": SCHEMA,
        "tasks": [describe_task(task) for task in system.tasks.values()],
        "schedules": [{"task": beat.task, **_beat(beat)} for beat in system.beats],
        "unseen": [{"reason": why, "places": [_place(o) for o in places]} for why, places in system.unseen.items()],
        "findings": [{"task": finding.task, **_finding(finding)} for finding in system.findings],
        "base": system.base,
        "gone": [{"task": change.task, **_change(change)} for change in system.gone],
        # A map of the code alone is the same bytes whoever runs.
        **({} if system.fleet is None else {"fleet": system.fleet.describe()}),
    }


def describe_task(task: MappedTask) -> dict[str, Any]:
    """One task of the map."""
    first = task.first
    parameters = first.signature.parameters
    return {
        "name": task.name,
        "named": task.is_named,
        "elsewhere": task.is_elsewhere,
        "service": task.service,
        "signature": task.shown_signature,
        "parameters": None
        if parameters is None
        else [{"name": p.name, "kind": p.kind.value, "required": p.required, "type": p.type} for p in parameters],
        "result": first.signature.result,
        "hidden": first.hidden,
        "docstring": task.docstring,
        "queue": task.queue,
        "serializer": task.locked.serializer if task.is_elsewhere else first.serializer,
        "ignores_result": first.ignores_result,
        "options": dict(sorted(first.options.items())),
        "digest": task.digest,
        "implementations": [
            {
                "target": row.target,
                "how": row.how.value,
                **_place(row.target_origin),
                "registered": _place(row.origin),
            }
            for row in task.registrations
        ],
        "properties": [
            {"name": row.fullname, "annotation": row.annotation, **_place(row.origin)} for row in task.properties
        ],
        "callers": [_caller(caller) for caller in task.callers],
        "schedules": [_beat(beat) for beat in task.beats],
        "aliases": [_alias(alias) for alias in task.aliases],
        "routes": [{"setting": row.setting, "pattern": row.text, **_place(row.origin)} for row in task.routes],
        "findings": [_finding(finding) for finding in task.findings],
        "members": [{"name": name, **_place(origin)} for name, origin in task.members],
        "why": [
            {"text": step.text, **({} if step.origin is None else _place(step.origin))} for step in read_steps(task)
        ],
        "change": None if task.change is None else _change(task.change),
    }


def _caller(caller: Caller) -> Mapping[str, Any]:
    return {
        **_place(caller.origin),
        "column": caller.origin.column + 1,
        "kind": caller.kind,
        "module": caller.module,
        "inside": caller.inside or None,
        "method": caller.method or None,
        "by_name": caller.by_name,
        "checked": caller.unchecked is None,
        "reason": caller.unchecked,
        "after": [{"task": row.task, "how": row.how, "type": row.type} for row in caller.after],
    }


def _alias(alias: AliasCall) -> Mapping[str, Any]:
    place = _place(alias.origin)
    return {"name": alias.old, **place, "new": alias.new, "expires": alias.expires, "adapted": alias.adapted}


def _beat(beat: Beat) -> Mapping[str, Any]:
    return {
        "key": beat.key,
        **({"path": None, "line": None} if beat.origin is None else _place(beat.origin)),
        "timing": None if beat.timing is None else _timing(beat.timing),
        "holder": None if beat.holder is None else beat.holder.value,
    }


def _timing(timing: Timing) -> Mapping[str, Any]:
    crontab = timing.crontab
    return {
        "text": timing.text,
        "seconds": timing.seconds,
        # Every value of a field is nothing to tell.
        "crontab": crontab
        and {name: None if is_every(name, values) else list(values) for name, values in crontab.items()},
        "timezone": timing.timezone,
    }


def _change(change: TaskChanges) -> Mapping[str, Any]:
    return {
        "order": change.order.value,
        "changes": [
            {"title": c.title, "order": c.order.value, "reasons": list(c.reasons), "remedy": c.remedy}
            for c in change.changes
        ],
    }


def _finding(finding: Finding) -> Mapping[str, Any]:
    return {
        "code": str(finding.code),
        "sentence": finding.sentence,
        "hint": finding.hint,
        **_place(finding.origin),
    }


def _place(origin: Origin) -> Mapping[str, Any]:
    return {"path": show_path(origin.path), "line": origin.line}
