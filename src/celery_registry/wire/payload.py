"""What a serializer does to a task's parameters and result.

Law: signatures over runtime hints in, findings out. The verdict on a type is ``contract.payload``'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from celery_registry.contract.finding import Finding
from celery_registry.contract.payload import Fate, is_dumped, payload_verdict
from celery_registry.contract.task import TaskContract, TaskImplementation
from celery_registry.wire.wire_types import read_hint

__all__ = ["check_payload"]


def check_payload(
    task: TaskContract[Any] | TaskImplementation[Any],
    *,
    serializer: str = "json",
    result_serializer: str | None = "json",
    pydantic: bool = False,
) -> tuple[Finding, ...]:
    """Parameters and the result that cannot cross the wire, or arrive as something else.

    ``task`` is what a registry property declares or what is registered, types as runtime hints (a text is read by
    its names alone, so only builtins are known in it). ``result_serializer`` is None where results are ignored.
    ``pydantic``: Celery dumps and makes the models. A serializer that is not json, msgpack, yaml or pickle gives no finding, and neither does a type that is not known.
    """
    findings = []
    for takes, hint, by in _places(task, serializer, result_serializer):
        type = read_hint(hint)
        verdict = payload_verdict(type, by)
        if verdict.fate in (Fate.REJECTED, Fate.CHANGED) and not is_dumped(
            type, pydantic=pydantic, returned=takes == "returns"
        ):
            facts = {
                "takes": takes,
                "declared": str(type),
                "serializer": by,
                "blamed": verdict.type,
                "becomes": verdict.becomes,
            }
            problem = "payload-rejected" if verdict.fate is Fate.REJECTED else "payload-changed"
            findings.append(Finding(problem, task.name, facts, task.origin))
    return tuple(findings)


def _places(
    task: TaskContract[Any] | TaskImplementation[Any], serializer: str, result_serializer: str | None
) -> Iterator[tuple[str, Any, str]]:
    for position, parameter in enumerate(task.signature.parameters or (), 1):
        if parameter.type is not None:
            yield f"takes {parameter.name or f'parameter {position}'} as", parameter.type, serializer
    if result_serializer is not None and task.signature.result is not None:
        yield "returns", task.signature.result, result_serializer
