"""What the last run knew: with nothing changed since, its answers are this run's, and no index is needed.

Law: one record in mypy's cache directory. It holds for the same release, options, settings and files, each with the
same time of change and size; a record that cannot be read is treated as missing. It imports next to nothing, since it is
all that a run costs in which nothing has changed.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from celery_registry.mypy.facts.roots import Stamp, bases_of, roots_of, stamp_of, walk
from celery_registry.source.record import header_of, read_record, write_record

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from mypy.options import Options

__all__ = ["Digests", "LastRun", "read_last_run", "settings_stamps_of", "stamps_of", "write_last_run"]

# Raise it with every change of what a record holds, or of what a module's digest is made of.
_FORMAT = 5
_NAME = "celery_registry_last_run.bin"
# Most of mypy's modules are its own stubs, below this; no registry of the user's is used there.
_INSTALLED = f"{os.sep}site-packages{os.sep}"
_HEADER = header_of("run", _FORMAT)


class Digests(NamedTuple):
    """What each module's cached result depends on; most modules have nothing.

    ``elsewhere`` is what holds for the files under ``roots`` that are none of ``files``: a file that ``exclude`` names
    may be imported. ``settled`` says which file counts where a module has several (``twins``).
    """

    modules: dict[str, str]
    elsewhere: str | None
    files: Container[str]
    roots: Sequence[str]
    settled: Mapping[str, str]

    def agrees(self, module: str, path: str) -> bool:
        """Whether mypy's file for a module is the one that was counted; so for each that has no twin."""
        return module not in self.settled or self.settled[module] == os.path.abspath(path)

    def of(self, module: str, path: str) -> str | None:
        """The digest of a module that mypy found at this path."""
        digest = self.modules.get(module)
        if digest is not None or self.elsewhere is None or _INSTALLED in path:
            return digest
        absolute = os.path.abspath(path)
        is_ours = absolute not in self.files and any(absolute.startswith(root + os.sep) for root in self.roots)
        return self.elsewhere if is_ours else None


class LastRun(NamedTuple):
    """What a run leaves for the next one.

    ``settings`` is their digest; ``files`` have the time of change and size at which they were read, None where that
    cannot be relied on; ``state`` is that of the index, ``modules``, ``elsewhere`` and ``settled`` as in ``Digests``;
    ``written`` are those of ``names`` that each file writes.
    """

    settings: str
    files: dict[str, Stamp | None]
    state: bytes | None
    modules: dict[str, str]
    elsewhere: str | None
    names: tuple[str, ...]
    written: dict[str, tuple[str, ...]]
    settled: dict[str, str]

    def digests(self, options: Options) -> Digests:
        """The digests of a run in which no file has changed."""
        return Digests(self.modules, self.elsewhere, self.files, roots_of(options), self.settled)

    def still_has(self, path: str, stamp: Stamp | None) -> bool:
        """Whether a file is the one that was read."""
        return stamp is not None and self.files.get(path) == stamp


def read_last_run(options: Options) -> LastRun | None:
    """What the last run wrote, if it was under the same settings; never in the daemon, which runs on."""
    path = _path(options)
    if path is None:
        return None
    try:
        key, beside, *found = read_record(path, _HEADER)
        if key != _key(options) or any(stamp_of(name) != stamp for name, stamp in beside.items()):
            return None
        run = LastRun(*found)
        tables = (run.files, run.modules, run.written, run.settled)
        return run if all(isinstance(table, dict) for table in tables) else None
    except (AttributeError, TypeError, ValueError):
        return None


def write_last_run(options: Options, beside: Mapping[str, Stamp | None], run: LastRun) -> None:
    """Keep what this run knows; ``beside`` are ``settings_stamps_of`` and ``run.files`` are ``stamps_of``.

    Both were taken before the files were read: what changes afterwards is a change since this run. A file that has
    changed so lately that it may change again without a new time is read again by the next run. Raises ``OSError``
    where the cache directory cannot be written.
    """
    from celery_registry.source.cache import is_racy

    path = _path(options)
    if path is None:
        return
    now = time.time_ns()
    if any(stamp is not None and is_racy(stamp[0], now) for stamp in beside.values()):
        return
    files = {name: None if stamp is None or is_racy(stamp[0], now) else stamp for name, stamp in run.files.items()}
    record: Any = (_key(options), dict(beside), *run._replace(files=files))
    write_record(path, _HEADER, record)


def settings_stamps_of(options: Options) -> dict[str, Stamp | None]:
    """The files in which settings may stand, each with its time of change and size; None where there is no file."""
    from celery_registry.configuration_file import FILE_NAMES

    chosen = options.config_file or ""
    beside = [chosen, *(os.path.join(os.path.dirname(chosen), name) for name in FILE_NAMES)]
    return {name: stamp_of(name) for name in beside}


def stamps_of(options: Options) -> dict[str, Stamp | None]:
    """Every file of the program with its time of change and size."""
    return {path: stamp_of(path) for path in walk(options)}


def _path(options: Options) -> str | None:
    # Settings come from the file that names the plugin, or from one beside it.
    if options.fine_grained_incremental or options.cache_dir == os.devnull or not options.config_file:
        return None
    return os.path.join(options.cache_dir, _NAME)


def _key(options: Options) -> tuple[object, ...]:
    """What decides which files there are and what their modules are called."""
    return (
        os.getcwd(),
        os.path.abspath(options.config_file or ""),
        tuple(os.path.abspath(base) for base in bases_of(options)),
        tuple(roots_of(options)),
        tuple(options.exclude),
        options.namespace_packages,
        options.explicit_package_bases,
    )
