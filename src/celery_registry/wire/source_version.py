"""What one version of the source says of its tasks, for a comparison with another version.

Law: an index in, a lock out with what of it nobody can be sure of. A name is judged only where both versions surely tell
what it takes; everything else is left out and said. It never learns what a change means.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from celery_registry.contract.lock import Lock, LockedTask
from celery_registry.contract.signature import TaskSignature
from celery_registry.contract.task import Origin
from celery_registry.errors import ConfigurationError
from celery_registry.settings import Settings, read_settings
from celery_registry.source.aliases import AliasCall, hides_aliases, read_aliases
from celery_registry.source.model import Registration
from celery_registry.source.project import read_project
from celery_registry.wire.static_lock import literal_option, read_locked_task
from celery_registry.wire.tree import Trees

__all__ = ["SourceVersion", "default_source", "read_version"]


@dataclass(frozen=True)
class SourceVersion:
    """One version.

    ``lock``: its tasks. ``twice``: names with more than one implementation, of which nobody can tell which one runs.
    ``nameless``: what is registered under a name that the text does not tell. ``unread``: files that could not be read,
    and why. ``places``: where each implementation stands; ``inside``: its file and the name in there. ``automatic``: the tasks that
    are named after their module. ``hides_aliases``: an alias whose names the text does not tell.
    ``consulted``: the files that were read to find all this. Paths are those of the repository.
    """

    lock: Lock
    looked_at: str
    twice: frozenset[str] = frozenset()
    nameless: frozenset[tuple[str, str]] = frozenset()
    unread: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, Origin] = field(default_factory=dict)
    inside: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    automatic: frozenset[str] = frozenset()
    hides_aliases: bool = False
    consulted: frozenset[str] = frozenset()


def default_source(trees: Trees, commits: Sequence[str | None]) -> tuple[str, ...]:
    """Where the source is when nobody says so: ``src`` where every version has one, else where we stand."""
    for commit in commits:
        trees.show(commit)
        if not (trees.root / trees.inside / "src").is_dir():
            return (".",)
    return ("src",)


def read_version(
    trees: Trees,
    commit: str | None,
    label: str,
    paths: tuple[str, ...],
    fallback: Settings | None = None,
    cache: str | None = None,
) -> tuple[SourceVersion, Settings]:
    """A commit, or the working tree, read with its own settings; ``trees`` shows it afterwards.

    Settings that cannot be read are the ``fallback``, where there is one: nobody can mend an old commit. Raises
    ``ConfigurationError``, with the ``label`` in front, as ``read_settings`` and ``read_project`` do.
    """
    trees.show(commit)
    with trees.entered() as here:
        try:
            settings = _settings(here, fallback)
            return _read(trees, settings, paths, cache), settings
        except ConfigurationError as error:
            raise ConfigurationError(f"{label}: {error}") from None


def _settings(here: Path, fallback: Settings | None) -> Settings:
    try:
        return read_settings(directory=here)
    except ConfigurationError:
        if fallback is None:
            raise
        return fallback


def _read(trees: Trees, settings: Settings, paths: tuple[str, ...], cache: str | None) -> SourceVersion:
    project = read_project(paths, settings, cache)
    index = project.index
    named: dict[str, list[Registration]] = {}
    nameless = set()
    for registration in index.seen_from():
        if registration.task_name is None:
            nameless.add(_inside(registration, trees))
        else:
            named.setdefault(registration.task_name, []).append(
                registration.without_injected(settings.injected_parameters)
            )
    twice = {name for name, found in named.items() if len({r.signature for r in found}) > 1}
    tasks = {name: _locked(name, found[0]) for name, found in named.items()}
    tasks |= {alias.old: _old_name(alias, tasks) for alias in read_aliases(index) if alias.old not in tasks}
    places = {name: _place(found[0], trees) for name, found in named.items()}
    return SourceVersion(
        lock=Lock(tasks),
        looked_at=project.looked_at,
        twice=frozenset(twice),
        nameless=frozenset(nameless),
        unread={trees.original(u.path): f"{u.reason}" for u in index.unread},
        places=places,
        inside={name: _inside(found[0], trees) for name, found in named.items()},
        automatic=frozenset(name for name, found in named.items() if name == found[0].target),
        hides_aliases=hides_aliases(index),
        consulted=frozenset(trees.original(index.modules[m].path) for m in index.consulted if m in index.modules),
    )


def _locked(name: str, registration: Registration) -> LockedTask:
    options = registration.options
    return replace(
        read_locked_task(name, registration),
        queue=literal_option(options.get("queue")) or None,
        # Whether there is a result backend is not in the text.
        results=options.get("ignore_result") == "False",
    )


def _old_name(alias: AliasCall, tasks: Mapping[str, LockedTask]) -> LockedTask:
    same = alias.new in tasks and not alias.adapted
    return LockedTask(alias.old, tasks[alias.new].signature if same else TaskSignature(None), alias_of=alias.new)


def _place(registration: Registration, trees: Trees) -> Origin:
    origin = registration.target_origin if registration.target_origin.path else registration.origin
    return replace(origin, path=trees.original(origin.path)) if origin.path else origin


def _inside(registration: Registration, trees: Trees) -> tuple[str, str]:
    """The file of what runs, and its name in there."""
    target, module = registration.target or "", registration.target_module or ""
    return _place(registration, trees).path or "", target.removeprefix(f"{module}.")
