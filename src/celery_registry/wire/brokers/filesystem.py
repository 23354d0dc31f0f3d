"""Messages as files of kombu's filesystem transport.

Law: it lists and reads files; a file that is gone in the meantime was taken by a worker.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

from celery_registry.wire.message import LARGEST, Message, TooLarge, read_envelope

__all__ = ["FilesystemMessages"]


class FilesystemMessages:
    """The files from which the workers of a kombu channel take their messages."""

    def __init__(self, channel: Any) -> None:
        self._folder = str(channel.data_folder_in)

    def count(self, queues: Sequence[str]) -> int:
        """The number of files."""
        return sum(1 for _ in self._files(queues))

    def has_queue(self, queue: str) -> bool:
        """Only one with a message can be seen."""
        return any(True for _ in self._files([queue]))

    def read(self, queues: Sequence[str], *, payload: bool = False) -> Iterator[tuple[str, Message]]:
        """Every message, in no order."""
        for queue, path in self._files(queues):
            try:
                with open(path, "rb") as file:
                    raw = file.read(LARGEST + 1)
            except FileNotFoundError:
                continue
            yield (
                f'queue "{queue}"',
                read_envelope(TooLarge(len(raw)) if len(raw) > LARGEST else raw, payload=payload),
            )

    def _files(self, queues: Sequence[str]) -> Iterator[tuple[str, str]]:
        # <milliseconds>_<uuid>.<queue>.msg
        wanted = {f"{queue}.msg": queue for queue in queues}
        try:
            with os.scandir(self._folder) as entries:
                for entry in entries:
                    queue = wanted.get(entry.name.partition(".")[2])
                    if queue is not None and entry.is_file(follow_symlinks=False):
                        yield queue, entry.path
        except FileNotFoundError:
            return
