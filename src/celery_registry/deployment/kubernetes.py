"""Kubernetes manifests: what the containers of a Deployment and its kin run.

Law: the fields of a pod's containers (Kubernetes API, *Container v1 core*). A Job ends, so it consumes nothing for long.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from celery_registry.contract.task import Origin
from celery_registry.deployment.started import Started
from celery_registry.deployment.variables import UNKNOWN, expand_kubernetes
from celery_registry.deployment.yaml_documents import line_of

__all__ = ["read_manifest"]

_RUNS: Final = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Pod"})


def read_manifest(path: Path, text: str, document: Mapping[str, Any]) -> Iterator[Started]:
    """The containers of one document."""
    kind = document.get("kind")
    if kind == "List":
        for item in document.get("items") or ():
            if isinstance(item, dict):
                yield from read_manifest(path, text, item)
    if kind not in _RUNS:
        return
    spec = _table(document.get("spec"))
    pod = spec if kind == "Pod" else _table(_table(spec.get("template")).get("spec"))
    copies = spec.get("replicas", 1)
    for container in pod.get("containers") or ():
        if not isinstance(container, dict) or copies == 0:
            continue
        name = str(container.get("name") or _table(document.get("metadata")).get("name") or kind)
        environment = _environment(container)
        words = [
            expand_kubernetes(str(word), environment)
            for key in ("command", "args")
            for word in container.get(key) or ()
        ]
        yield Started(
            name,
            Origin(str(path), line_of(text, name, "name")),
            tuple(words),
            environment,
            # A container that is given no command runs what its image says.
            str(container.get("image") or "") if not words else None,
            copies if isinstance(copies, int) else 1,
            apart=(str(_table(document.get("metadata")).get("namespace") or ""), *_referred(container)),
        )


def _environment(container: Mapping[str, Any]) -> dict[str, str]:
    values: dict[str, str] = {}
    for row in container.get("env") or ():
        if isinstance(row, dict) and "name" in row:
            raw = row.get("value")
            values[str(row["name"])] = UNKNOWN if "valueFrom" in row else expand_kubernetes(str(raw or ""), values)
    return values


def _referred(container: Mapping[str, Any]) -> tuple[str, ...]:
    """Where the values come from that do not stand here."""
    rows = [row["valueFrom"] for row in container.get("env") or () if isinstance(row, dict) and "valueFrom" in row]
    return tuple(str(each) for each in (*(container.get("envFrom") or ()), *rows))


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
