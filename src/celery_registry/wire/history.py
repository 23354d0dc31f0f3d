"""The commits of a history, each against the one before it: which of them broke messages in flight.

Law: commits in, comparisons out, one for each commit that changed a task. A commit that cannot be read is said, and the
next one is held against the last that could. What a change means is ``compat``'s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from celery_registry.errors import ConfigurationError
from celery_registry.source.wanted import says_something
from celery_registry.wire.compat import Comparison
from celery_registry.wire.git import list_commits
from celery_registry.wire.source_compat import compare_versions
from celery_registry.wire.source_version import SourceVersion, default_source, read_version
from celery_registry.wire.tree import Trees

__all__ = ["Step", "walk_history"]


@dataclass(frozen=True)
class Step:
    """One commit: what it changed, None where it could not be read; ``said`` is what of it nobody can tell."""

    commit: str
    day: str
    subject: str
    comparison: Comparison | None
    said: tuple[str, ...] = ()


def walk_history(
    trees: Trees, first: str, last: str, paths: tuple[str, ...], told: Callable[[int, int], None]
) -> Iterator[Step]:
    """The commits behind ``first`` up to ``last`` along first parents that changed a task, oldest first.

    ``told`` hears after each commit how many of how many are done. Raises ``ConfigurationError`` where ``first`` itself
    cannot be read.
    """
    commits = list_commits(first, last, trees.top)
    paths = paths or default_source(trees, [last, first])
    cache = str(trees.root / ".git" / "cache")
    heard: set[str] = set()
    before, settings = read_version(trees, first, first[:12], paths, cache=cache)
    previous = first
    for number, (commit, day, subject) in enumerate(commits, 1):
        told(number, len(commits))
        changes, previous = trees.changes(previous, commit), commit
        if not any(_may_matter(trees, before, name, text) for name, text in changes.items()):
            continue
        try:
            after, settings = read_version(trees, commit, commit[:12], paths, settings, cache)
        except ConfigurationError as error:
            yield Step(commit, day, subject, None, (str(error),))
            continue
        if not _is_same(before, after):
            comparison, said = compare_versions(before, after, trees)
            yield Step(commit, day, subject, comparison, tuple(s for s in said if s not in heard))
            heard.update(said)
        before = after


def _may_matter(trees: Trees, before: SourceVersion, name: str, text: bytes | None) -> bool:
    """Whether a file that changed may say something about tasks: most commits of a program do not."""
    if str(trees.top / name) not in before.consulted and not {"test", "tests"}.isdisjoint(_below(trees, name)):
        return False
    base = name.rpartition("/")[2]
    is_module = name.endswith(".py") and base != "__init__.py"
    return not is_module or str(trees.top / name) in before.consulted or (text is not None and says_something(text))


def _below(trees: Trees, name: str) -> list[str]:
    """The folders of a file, from where we stand."""
    return name.removeprefix(f"{trees.inside}/").split("/")[:-1]


def _is_same(before: SourceVersion, after: SourceVersion) -> bool:
    return before.lock == after.lock
