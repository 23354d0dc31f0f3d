"""A file that is replaced as a whole.

Law: a path and a text; it never learns what the text says.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from celery_registry.errors import ConfigurationError

__all__ = ["write_text"]


def write_text(path: Path, text: str) -> None:
    """Replace a file as a whole: whoever reads it sees the old text or the new one.

    Raises ``ConfigurationError`` where the place cannot be written.
    """
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        # mkstemp makes files for the owner alone.
        umask = os.umask(0)
        os.umask(umask)
        Path(temporary).chmod(0o666 & ~umask)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise ConfigurationError(f"{path}: cannot be written: {error.strerror or error}") from None
