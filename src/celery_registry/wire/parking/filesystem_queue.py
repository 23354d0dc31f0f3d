"""The parking queue as files of kombu's filesystem transport.

Law: a message is sent back by three renames, each of which is whole and can be done again; whoever comes after a death in
between finishes it. Source of the names: kombu's filesystem transport.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from celery_registry.wire.parking.envelope import HEADER, Content, read_parked, restored
from celery_registry.wire.parking.queue import LARGEST_SHOWN, Entry, NotSent
from celery_registry.wire.parking.virtual_envelope import envelope_text, read_envelope_content

__all__ = ["FilesystemQueue"]

#: A message on its way back: no worker takes a file with this ending.
_ON_ITS_WAY: Final = ".returning"


class FilesystemQueue:
    """The files ``<time>_<id>.<queue>.msg`` of one queue, through a kombu channel."""

    def __init__(self, channel: Any, name: str) -> None:
        self._folder = Path(channel.data_folder_out)
        self._target = Path(channel.data_folder_in)
        self._name = name
        self._lock = _locked(self._folder / f".{name}.lock")
        if self._lock is not None:
            self._finish()

    def count(self) -> int:
        """The number of files."""
        return len(self._files())

    def read(self) -> Iterator[Entry]:
        """Every message, the oldest first."""
        for path in self._files():
            try:
                size = path.stat().st_size
                raw = path.read_bytes() if size <= LARGEST_SHOWN else b""
            except FileNotFoundError:
                continue
            yield Entry(read_envelope_content(raw), size, path)

    def send_back(self, entry: Entry, content: Content, queue: str, exchange: str, routing_key: str) -> None:
        """Claim the file, write it without our header, give it its new name."""
        if self._lock is None:
            raise NotSent("another replay is at work")
        if os.sep in queue or queue in ("", ".", ".."):
            raise NotSent(f'"{queue}" is no queue of this broker')
        path: Path = entry.handle
        claimed = path.with_name(f"{path.name.partition('.')[0]}.{queue}{_ON_ITS_WAY}")
        try:
            os.rename(path, claimed)
        except FileNotFoundError:
            raise NotSent("somebody else took it") from None
        self._send(claimed, content, exchange, routing_key)

    def remove(self, entry: Entry) -> bool:
        """Delete the file."""
        try:
            os.remove(entry.handle)
        except FileNotFoundError:
            return False
        return True

    def _send(self, claimed: Path, content: Content, exchange: str, routing_key: str) -> None:
        text = envelope_text(claimed.read_bytes(), content, exchange, routing_key)
        fresh = claimed.with_name(claimed.name + ".new")
        with open(fresh, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, claimed)
        self._publish(claimed)

    def _publish(self, claimed: Path) -> None:
        os.rename(claimed, self._target / (claimed.name.removesuffix(_ON_ITS_WAY) + ".msg"))

    def _finish(self) -> None:
        """What somebody began to send back and did not live to."""
        for claimed in sorted(self._folder.glob(f"*{_ON_ITS_WAY}")):
            content = read_envelope_content(claimed.read_bytes())
            parked = None if content is None else read_parked(content.headers)
            if content is not None and parked is not None:
                self._send(claimed, restored(content, parked), parked.exchange, parked.routing_key)
            elif content is not None and HEADER not in content.headers:
                self._publish(claimed)

    def _files(self) -> list[Path]:
        try:
            names = sorted(os.listdir(self._folder))
        except FileNotFoundError:
            return []
        ending = f"{self._name}.msg"
        return [self._folder / name for name in names if name.partition(".")[2] == ending]


def _locked(path: Path) -> Any:
    """The open file whose lock this process holds for as long as it is open; None where another one holds it."""
    try:
        file = open(path, "ab")  # noqa: SIM115 - closing it would let the lock go
    except FileNotFoundError:
        return None
    try:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except ImportError:  # Windows
        return file
    except OSError:
        file.close()
        return None
    return file
