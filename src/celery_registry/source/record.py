"""A record that one run leaves for the next: a line that says who wrote it, a digest, and marshalled values.

Law: bytes on disk, whole or not at all. What they mean is its reader's business, and what cannot be read is as good as
nothing: a cache directory is one that others may write.
"""

from __future__ import annotations

import contextlib
import hashlib
import marshal
import os
import sys
from typing import Any

from celery_registry import __version__

__all__ = ["digest_of", "header_of", "read_record", "write_record"]


def header_of(kind: str, number: int) -> bytes:
    """The first line: another release, Python or ``number`` of the form reads nothing of it."""
    return f"celery-registry {__version__} {kind} {number} {sys.implementation.cache_tag} {sys.hexversion:x}\n".encode()


def digest_of(content: bytes | memoryview) -> bytes:
    """A short digest of bytes."""
    return hashlib.blake2b(content, digest_size=16).digest()


def read_record(path: str, header: bytes) -> Any:
    """The values of a record with this header; None where there is none."""
    try:
        with open(path, "rb") as file:
            content = file.read()
        start = len(header)
        body = memoryview(content)[start + 16 :]
        if not content.startswith(header) or content[start : start + 16] != digest_of(body):
            return None
        return marshal.loads(body)
    except (OSError, ValueError, EOFError, TypeError, MemoryError):
        # A record may lie about its size.
        return None


def write_record(path: str, header: bytes, values: Any) -> None:
    """Write a record; another process sees all of it or nothing. Raises ``OSError`` where the directory cannot be written."""
    import tempfile

    body = marshal.dumps(values)
    directory = os.path.dirname(path)
    os.makedirs(directory, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{os.path.basename(path)}.", dir=directory)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(header + digest_of(body) + body)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
