"""Tasks that no file of the program names beside their own definition.

Law: words, not meanings: a name that stands anywhere else, in a call, a string, a schedule, a route or an import, is used.
It judges nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from celery_registry.source.index import SourceIndex
    from celery_registry.source.model import Registration

__all__ = ["unused_tasks"]

_WORD = re.compile(rb"\w+")


def unused_tasks(index: SourceIndex) -> list[Registration]:
    """The tasks of the program that nothing in it calls, schedules, routes or names, by place."""
    tasks = {r.target: r for r in index.seen_from() if r.target is not None and r.target_module is not None}
    words = {target.rpartition(".")[2].encode() for target in tasks}
    # The last part of a name of its own may be what is sent.
    words |= {part.encode() for r in tasks.values() if r.task_name for part in r.task_name.split(".")[-1:]}
    counted: Counter[bytes] = Counter()
    texts: list[bytes] = []
    for module, file in index.modules.items():
        if not index.is_production(module):
            continue
        text = index.contents.text(file.path)
        if text is None:
            # What cannot be read may name any of them.
            return []
        texts.append(text)
        counted.update(word for word in _WORD.findall(text) if word in words)
    found = [r for target, r in tasks.items() if counted[target.rpartition(".")[2].encode()] < 2 and _is_own(r, texts)]
    return sorted(found, key=lambda r: r.target_origin)


def _is_own(registration: Registration, texts: list[bytes]) -> bool:
    """Whether the name that a task is given stands at its registration alone."""
    name, target = registration.task_name, registration.target or ""
    if name is None or name == target:
        return True
    return sum(text.count(name.encode()) for text in texts) < 2
