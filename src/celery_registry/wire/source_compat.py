"""Two versions of the source: what changed for each task, and what of it nobody can tell.

Law: versions in, a comparison and sentences out. Where the text of one version does not surely say what a task takes, the
task is left out of both: a change that may be none is never told. The verdicts are ``compat``'s.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Iterator
from dataclasses import replace

from celery_registry.contract.task import Origin
from celery_registry.report.document import show_path
from celery_registry.source.syntax import read_tree
from celery_registry.wire.compat import Comparison, compare_locks
from celery_registry.wire.source_version import SourceVersion
from celery_registry.wire.tree import Trees

__all__ = ["compare_versions"]

_Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
#: How many names are listed in one sentence.
_SHOWN = 5


def compare_versions(base: SourceVersion, head: SourceVersion, trees: Trees) -> tuple[Comparison, list[str]]:
    """Hold ``head``, which ``trees`` still shows, against ``base``; the sentences say what was left out."""
    before, after, said = dict(base.lock.tasks), dict(head.lock.tasks), []
    for path, reason in {**base.unread, **head.unread}.items():
        said.append(f"{show_path(path)} cannot be read: {reason}; its tasks are left out")
        for version, tasks in ((base, before), (head, after)):
            for name in [name for name in tasks if name in version.inside and version.inside[name][0] == path]:
                del tasks[name]
    unsure = base.twice | head.twice
    if unsure & (before.keys() | after.keys()):
        said.append(_left_out(unsure, "registered more than once, with different parameters"))
    for old, new in _named_anew(base, head):
        # The file and the function are where they were: only our reading of the module's name has changed.
        if old in before and new in after:
            before[new] = replace(before.pop(old), name=new, implementation=after[new].implementation)
    hidden = {name for name in after if base.inside.get(name) is None and head.inside.get(name) in base.nameless}
    gone = before.keys() - after.keys()
    hidden |= {name for name in gone if _may_still_be_there(name, base, head, trees)}
    if hidden - unsure:
        said.append(_left_out(hidden - unsure, "registered in a way that the text of one version does not tell"))
    for name in unsure | hidden:
        before.pop(name, None)
        after.pop(name, None)
    compared = compare_locks(replace(base.lock, tasks=before), replace(head.lock, tasks=after))
    stands = {task.implementation: name for name, task in after.items()}
    placed = tuple(
        replace(task, origin=head.places.get(stands.get(task.implementation, task.task), Origin()))
        for task in compared.tasks
    )
    return replace(compared, tasks=placed), said


def _left_out(names: Iterable[str], why: str) -> str:
    listed = sorted(names)
    more = f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
    verb = "is" if len(listed) == 1 else "are"
    return f"{', '.join(listed[:_SHOWN])}{more} {verb} left out: {why}"


def _named_anew(base: SourceVersion, head: SourceVersion) -> Iterator[tuple[str, str]]:
    """The tasks that are named after their modules, and stand where they stood under another name: that one, this one."""
    here = {head.inside[name]: name for name in head.automatic if name not in base.lock.tasks}
    for name in base.automatic:
        now = here.get(base.inside[name])
        if now is not None and name not in head.lock.tasks:
            yield name, now


def _may_still_be_there(name: str, base: SourceVersion, head: SourceVersion, trees: Trees) -> bool:
    """Whether a task that is no longer seen may be registered all the same."""
    place = base.inside.get(name)
    if head.hides_aliases or place in head.nameless:
        return True
    return place is not None and place not in head.inside.values() and _is_decorated(*place, trees)


def _is_decorated(path: str, inside: str, trees: Trees) -> bool:
    """Whether a function is where it was, below a decorator that may register it."""
    around: ast.AST | None = read_tree(os.path.join(trees.root, os.path.relpath(path, trees.top)))
    for part in inside.split("."):
        found = [] if around is None else [n for n in ast.walk(around) if isinstance(n, _Definition) and n.name == part]
        around = found[-1] if found else None
    return isinstance(around, _Definition) and bool(around.decorator_list)
