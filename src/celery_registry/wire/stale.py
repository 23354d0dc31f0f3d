"""Whether the code of the checkout has moved on since a lock was written.

Law: a lock and source text in, sentences out. Only what the text surely tells is told: one registration of a name
whose function is the one that the lock names, and a function that is gone from the file where the lock saw it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from celery_registry.contract.lock import Lock, LockedTask
from celery_registry.contract.signature import Parameter, TaskSignature
from celery_registry.report.document import show_path
from celery_registry.source.files import find_files
from celery_registry.source.index import SourceIndex
from celery_registry.source.model import Registration
from celery_registry.wire.task_lines import Places

__all__ = ["read_stale"]


def read_stale(lock: Lock, root: Path, injected: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """One sentence for each task of ``lock`` that the files below ``root`` (its ``src``, where there is one) say otherwise.

    ``injected`` maps a base class or decorator to parameters that it supplies itself, which no lock has.
    """
    source = root / "src"
    index = SourceIndex.build(find_files([source if source.is_dir() else root]))
    by_name: dict[str, list[Registration]] = {}
    for registration in index.registrations:
        by_name.setdefault(registration.task_name or "", []).append(registration)
    supplied = {name for names in injected.values() for name in names}
    places = Places(root)
    for name, task in sorted(lock.tasks.items()):
        if task.alias_of is not None or task.implementation is None:
            continue
        written = by_name.get(name, [])
        if len(written) == 1 and written[0].target == task.implementation:
            yield from _moved_on(task, written[0], supplied)
        elif not written and places.is_gone(task.implementation):
            yield f'"{name}": {task.implementation} is no longer there'


def _moved_on(task: LockedTask, written: Registration, supplied: set[str]) -> Iterator[str]:
    """A signature that changed; a class of the user's own may change it on its way."""
    there, here = task.signature, written.signature
    if there.parameters is None or here.parameters is None or written.base is not None or not written.typing:
        return
    if supplied.intersection(parameter.name for parameter in here.parameters):
        return
    if [_shape(p) for p in there.parameters] != [_shape(p) for p in here.parameters]:
        origin = written.target_origin
        yield f'"{task.name}": {_names(there)} there, {_names(here)} in {show_path(origin.path)}:{origin.line}'


def _shape(parameter: Parameter[str]) -> tuple[object, ...]:
    return parameter.name, parameter.kind, parameter.required


def _names(signature: TaskSignature[str]) -> str:
    return f"({', '.join(p.name or '_' for p in signature.parameters or ())})"
