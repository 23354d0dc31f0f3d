"""Sends every call that the tasks of ``proj`` allow, by position and by keyword; later reads what came back.

Law: it runs in a process of its own, with one version of the project; it knows tasks by what Celery says of them.
"""

from __future__ import annotations

import inspect
import itertools
import json
import sys
from collections.abc import Iterator
from typing import Any

import proj  # type: ignore[import-not-found]

from celery_registry.wire.alias import Alias


def calls(function: Any) -> Iterator[tuple[list[Any], dict[str, Any]]]:
    """All and only the required arguments, by position and by keyword, with a value of every member of a type."""
    parameters = [p for p in inspect.signature(function).parameters.values() if p.name != "self"]
    kinds = {p.kind for p in parameters}
    single = [p for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    for values in itertools.product(*[_values(p) for p in single]):
        chosen = list(zip(single, values, strict=True))
        for given in (chosen, [pair for pair in chosen if pair[0].default is inspect.Parameter.empty]):
            by_place = [value for p, value in given if p.kind is not p.KEYWORD_ONLY]
            yield by_place, {p.name: value for p, value in given if p.kind is p.KEYWORD_ONLY}
            only_place = [value for p, value in given if p.kind is p.POSITIONAL_ONLY]
            yield only_place, {p.name: value for p, value in given if p.kind is not p.POSITIONAL_ONLY}
        by_place = [value for p, value in chosen if p.kind is not p.KEYWORD_ONLY]
        rest = {p.name: value for p, value in chosen if p.kind is p.KEYWORD_ONLY}
        if inspect.Parameter.VAR_POSITIONAL in kinds:
            yield [*by_place, "more"], rest
        if inspect.Parameter.VAR_KEYWORD in kinds:
            yield by_place, {**rest, "extra": "more"}


def _values(parameter: inspect.Parameter) -> list[Any]:
    if parameter.annotation is parameter.empty:
        return [parameter.name]
    return [proj.SAMPLES[member] for member in proj.members(parameter.annotation)]


def send() -> dict[str, Any]:
    """Message ids by task, each with the call, and the id of the last message of each queue."""
    sent: dict[str, dict[str, str]] = {}
    for name, task in sorted(proj.app.tasks.items()):
        if name.startswith("celery.") or name == "sentinel" or isinstance(task, Alias):
            continue
        for args, kwargs in calls(task.run):
            sent.setdefault(name, {})[task.apply_async(args, kwargs).id] = repr((args, kwargs))
    return {"sent": sent, "ends": {queue: proj.sentinel.apply_async(queue=queue).id for queue in proj.QUEUES}}


def read(sent: dict[str, dict[str, str]]) -> list[str]:
    """The ids of messages whose result is none that this version knows."""
    wrong = []
    for name, messages in sent.items():
        task = proj.app.tasks[name]
        hint = inspect.signature(task.run).return_annotation
        for message in messages if hint is not inspect.Signature.empty and not task.ignore_result else ():
            found = task.AsyncResult(message)
            if found.successful() and not proj.arrives(found.result, hint):
                wrong.append(message)
    return wrong


if __name__ == "__main__":
    print(json.dumps(send() if sys.argv[1] == "send" else read(json.load(sys.stdin))))
