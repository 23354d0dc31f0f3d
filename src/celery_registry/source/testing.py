"""Which files are test code, and which test code belongs together.

Law: by the conventions of pytest and unittest and by what the user names; paths in, areas out. No file is opened: who
has read one says whether there are tests in it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

__all__ = ["Areas", "may_be_tests", "says_tests"]

_FOLDERS = frozenset({"test", "tests"})
#: pytest's ``python_files`` and unittest's and Django's patterns.
_FILES = re.compile(r"(?:test_\w*|\w*_test|\w*_tests|tests?)\.py")
# A task may be called test_connection, and stand in a module of this name.
_TESTS = re.compile(
    rb"^[ \t]*(?:import|from)[ \t]+(?:[\w., \t]*\b)?(?:pytest|unittest|hypothesis)\b"
    rb"|\bclass[ \t]+(?:Test\w*|\w+\([^)\n]*TestCase\b)"
    rb"|(?:\A|^(?![ \t]*@[^\n]*ask)[^\n]*\n)[ \t]*(?:async[ \t]+)?def[ \t]+test",
    re.MULTILINE,
)


def may_be_tests(path: str) -> bool:
    """Whether a file has the name of one with tests in it."""
    return _FILES.fullmatch(os.path.basename(path)) is not None


def says_tests(text: bytes) -> bool:
    """Whether there are tests in the text of a file that has such a name."""
    return _TESTS.search(text) is not None


class Areas:
    """The test code below some roots.

    ``named`` are the user's: globs of paths relative to ``directory``, of a file or of a folder above it.
    """

    def __init__(self, roots: Iterable[str], named: Iterable[str] = (), directory: str | None = None) -> None:
        self._roots = sorted({os.path.abspath(root) for root in roots}, key=len, reverse=True)
        self._named = tuple(glob.replace(os.sep, "/").strip("/").removeprefix("./") for glob in named)
        self._directory = os.path.abspath(directory or os.curdir)
        self._folders: dict[str, str | None] = {}

    def of(self, path: str, has_tests: bool = True) -> str | None:
        """The folder whose test code a file belongs to, None where it is none.

        ``has_tests`` is asked only of a file whose name alone says that it may hold tests (``may_be_tests``).
        """
        folder, name = os.path.split(path)
        area = self._of_folder(folder)
        if area is not None:
            return area
        if name == "conftest.py" or (has_tests and may_be_tests(name)) or self._is_named(path):
            return folder
        return None

    def _of_folder(self, folder: str) -> str | None:
        if folder not in self._folders:
            self._folders[folder] = None
            parent, name = os.path.split(folder)
            if parent != folder and folder not in self._roots:
                above = self._of_folder(parent)
                if above is None and (name in _FOLDERS or self._is_named(folder)) and self._below_root(folder):
                    above = folder
                self._folders[folder] = above
        return self._folders[folder]

    def _below_root(self, folder: str) -> bool:
        return any(folder.startswith(root.rstrip(os.sep) + os.sep) for root in self._roots)

    def _is_named(self, path: str) -> bool:
        if not self._named:
            return False
        shown = os.path.relpath(path, self._directory).replace(os.sep, "/")
        return any(fnmatchcase(shown, glob) for glob in self._named)
