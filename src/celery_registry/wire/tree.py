"""One version of the source in a folder of its own: a commit, or the working tree as git sees it.

Law: git's files in, a temporary folder out, with what the source reader opens and nothing else: Python, our settings and
what they name. Submodules, links that lead out of the repository and ignored files are in no version, so that two
versions are read alike. What the texts say is never asked.
"""

from __future__ import annotations

import contextlib
import os
import posixpath
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Final, NamedTuple

from celery_registry.configuration_file import FILE_NAMES
from celery_registry.errors import ConfigurationError
from celery_registry.source.files import SKIPPED
from celery_registry.wire.git import ask_git

__all__ = ["Entry", "Trees"]

#: What is beside Python: how a virtual environment is told, and the settings.
_MARKS: Final = frozenset({"pyvenv.cfg", "__init__.pyi"})
_LINK: Final = "120000"
_FILES: Final = ("100644", "100755", "100664")
#: Bytes; what is larger holds data (``source.program``).
_LARGEST: Final = 16_000_000


class Entry(NamedTuple):
    """One file of a version; ``blob`` is its id, empty where it stands in the working tree."""

    mode: str
    blob: str
    changed: float = 0


class Trees:
    """The versions of one repository, one at a time in ``root``; ``top`` is the repository, ``inside`` where we stand in it.

    A context manager: the folder goes with it. Raises ``ConfigurationError`` where there is no working tree.
    """

    def __init__(self, start: Path) -> None:
        found = ask_git(["rev-parse", "--show-toplevel", "--show-prefix"], start)
        top, _, prefix = os.fsdecode(found.stdout).partition("\n")
        if found.returncode or not top:
            raise ConfigurationError("there is no git repository with a working tree here")
        self.top = Path(top)
        self.inside = prefix.strip("\n").strip("/")
        self._written: dict[str, Entry] = {}
        self._batch: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Trees:
        # The working directory has no links in its name.
        self.root = Path(tempfile.mkdtemp(prefix="celery-registry-")).resolve()
        # Settings are looked for up to the root of a repository.
        (self.root / ".git").mkdir()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._batch is not None and self._batch.stdin is not None and self._batch.stdout is not None:
            self._batch.stdin.close()
            self._batch.stdout.close()
            self._batch.wait()
        shutil.rmtree(self.root, ignore_errors=True)

    def show(self, commit: str | None) -> bool:
        """Write a commit, or the working tree, into ``root``; whether anything is not as it was there before."""
        return self._write(self._commit(commit) if commit is not None else self._working_tree())

    def changes(self, older: str, newer: str) -> dict[str, bytes | None]:
        """What the files are that two commits have otherwise: the new text, None where the file is gone.

        Of files that are in no version nothing is said.
        """
        listed = ask_git(["diff-tree", "-r", "-z", "--no-renames", "--no-commit-id", older, newer], self.top)
        if listed.returncode:
            raise ConfigurationError(f"git cannot compare {older[:12]} and {newer[:12]}: {_one_line(listed.stderr)}")
        fields = listed.stdout.split(b"\0")
        found = {}
        for words, name in zip(fields[::2], map(os.fsdecode, fields[1::2]), strict=False):
            _, mode, _, blob, _ = words.decode("ascii", "replace").split(" ")
            if _is_plain(name) and (_is_source(name) or self._may_set(name)):
                found[name] = self._blob(blob) if mode in _FILES else None
        return found

    @contextlib.contextmanager
    def entered(self) -> Iterator[Path]:
        """The same place as ours in the version that is shown, as the working directory."""
        before, place = os.getcwd(), self.root / self.inside
        place.mkdir(parents=True, exist_ok=True)
        os.chdir(place)
        try:
            yield place
        finally:
            os.chdir(before)

    def original(self, path: str) -> str:
        """Where a file of the version stands in the repository."""
        return (
            os.path.join(self.top, os.path.relpath(path, self.root))
            if path.startswith(f"{self.root}{os.sep}")
            else path
        )

    # -- what there is -----------------------------------------------------------------------------------------------

    def _commit(self, commit: str) -> dict[str, Entry]:
        listed = ask_git(["ls-tree", "-r", "-z", "--full-tree", commit], self.top)
        if listed.returncode:
            raise ConfigurationError(f"git cannot list {commit[:12]}: {_one_line(listed.stderr)}")
        found = {}
        for line in listed.stdout.split(b"\0"):
            words, _, name = line.partition(b"\t")
            mode, _, rest = words.decode("ascii", "replace").partition(" ")
            if name:
                found[os.fsdecode(name)] = Entry(mode, rest.rpartition(" ")[2])
        return self._chosen(found)

    def _working_tree(self) -> dict[str, Entry]:
        listed = ask_git(["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--full-name"], self.top)
        if listed.returncode:
            raise ConfigurationError(f"git cannot list the working tree: {_one_line(listed.stderr)}")
        found = {}
        for name in {os.fsdecode(each) for each in listed.stdout.split(b"\0") if each}:
            try:
                status = os.lstat(self.top / name)
            except (OSError, ValueError):
                continue
            if stat.S_ISLNK(status.st_mode):
                found[name] = Entry(_LINK, "", status.st_mtime)
            elif stat.S_ISREG(status.st_mode):
                found[name] = Entry(_FILES[0], "", status.st_mtime)
        return self._chosen(found)

    def _chosen(self, there: Mapping[str, Entry]) -> dict[str, Entry]:
        files = {name: entry for name, entry in there.items() if entry.mode in _FILES and _is_plain(name)}
        settings = {name: entry for name, entry in files.items() if self._may_set(name)}
        chosen = {name: entry for name, entry in files.items() if _is_source(name)} | settings
        said = b"\n".join(self._read(settings))
        if b"contracts" in said:
            named = (name for name in files if os.fsencode(posixpath.basename(name)) in said)
            chosen |= {name: files[name] for name in named}
        folders = {folder for name in chosen for folder in _above(name)}
        for name, entry in there.items():
            if entry.mode != _LINK or not _is_plain(name) or any(folder in there for folder in _above(name)):
                continue
            target = self._target(name, entry)
            if target in chosen or target in folders:
                chosen[name] = entry
        return chosen

    def _may_set(self, name: str) -> bool:
        folder, _, base = name.rpartition("/")
        return base in FILE_NAMES and (not folder or f"{self.inside}/".startswith(f"{folder}/"))

    def _target(self, name: str, link: Entry) -> str:
        """What a link leads to, from the top of the repository."""
        text = next(iter(self._read({name: link})), b"")
        return posixpath.normpath(posixpath.join(posixpath.dirname(name), os.fsdecode(text)))

    # -- its files ---------------------------------------------------------------------------------------------------

    def _write(self, wanted: dict[str, Entry]) -> bool:
        gone = [name for name, entry in self._written.items() if wanted.get(name) != entry]
        for name in gone:
            with contextlib.suppress(OSError):
                os.unlink(self.root / name)
            self._empty(posixpath.dirname(name))
        new = {name: entry for name, entry in wanted.items() if self._written.get(name) != entry}
        # A link stands where no file is below it, so nothing is written through one.
        ordered = dict(sorted(new.items(), key=lambda item: item[1].mode == _LINK))
        for (name, entry), content in zip(ordered.items(), self._read(ordered), strict=True):
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if entry.mode == _LINK:
                os.symlink(os.fsdecode(content), path)
            else:
                path.write_bytes(content)
        self._written = wanted
        return bool(gone or new)

    def _empty(self, folder: str) -> None:
        while folder:
            try:
                os.rmdir(self.root / folder)
            except OSError:
                return
            folder = posixpath.dirname(folder)

    def _read(self, entries: Mapping[str, Entry]) -> Iterator[bytes]:
        for name, entry in entries.items():
            try:
                yield self._blob(entry.blob) if entry.blob else self._content(self.top / name, entry)
            except OSError as error:
                raise ConfigurationError(f"{name}: cannot be read: {error}") from None

    @staticmethod
    def _content(path: Path, entry: Entry) -> bytes:
        return os.fsencode(os.readlink(path)) if entry.mode == _LINK else path.read_bytes()

    def _blob(self, blob: str) -> bytes:
        """The content of a blob; one process answers for all of them."""
        if self._batch is None:
            self._batch = subprocess.Popen(
                ["git", "cat-file", "--batch"], cwd=self.top, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
        assert self._batch.stdin is not None
        assert self._batch.stdout is not None
        self._batch.stdin.write(f"{blob}\n".encode())
        self._batch.stdin.flush()
        head = self._batch.stdout.readline().split()
        if len(head) != 3 or head[1] != b"blob":
            raise ConfigurationError(f"git has lost {blob[:12]}: git fetch --refetch, or a clone that is not partial")
        return _exactly(self._batch.stdout, int(head[2]))


def _exactly(stream: IO[bytes], size: int) -> bytes:
    content = stream.read(size + 1)[:size]
    # Nobody wrote a module as large; its end keeps the reader from taking it for one.
    return content if size <= _LARGEST else content[:_LARGEST]


def _is_source(name: str) -> bool:
    base = posixpath.basename(name)
    return (name.endswith(".py") or base in _MARKS) and not any(
        part.startswith(".") or part in SKIPPED for part in name.split("/")
    )


def _is_plain(name: str) -> bool:
    """A path that stays below the root, as git itself would write it."""
    parts = name.split("/")
    return not any(part in ("", ".", "..") or part.lower() == ".git" for part in parts)


def _above(name: str) -> Iterable[str]:
    folder = posixpath.dirname(name)
    while folder:
        yield folder
        folder = posixpath.dirname(folder)


def _one_line(text: bytes) -> str:
    return " ".join(text.decode("utf-8", "replace").split())[:200]
