"""What may stand in the files of a program that could not be read or parsed.

Law: texts in, asked for words alone: what may be there is taken to be there. What a program means is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from celery_registry.source.model import Registration

__all__ = ["UnreadTexts"]

#: What makes another class of every task, or lets callers give any arguments (celery.app.base).
_OF_ALL_TASKS: Final = re.compile(
    rb"task_cls|strict_typing|\bTask\s*=(?!=)|def Task\b|task_from_fun|subclass_with_self|\.typing\s*="
)


class UnreadTexts:
    """The texts of these files, None for one that the system does not give."""

    def __init__(self, texts: Sequence[bytes | None]) -> None:
        self._texts = [text for text in texts if text is not None]
        self._is_closed = None in texts
        self._changes_all = self._is_closed or any(map(_OF_ALL_TASKS.search, self._texts))

    def say(self, name: str) -> bool:
        """Whether a name may stand in one of them."""
        word = re.compile(rb"\b%s\b" % re.escape(name.encode(errors="surrogatepass")))
        return self._is_closed or any(map(word.search, self._texts))

    def may_change(self, registration: Registration) -> bool:
        """Whether one of them may put something else in the place of a task, or register its name once more."""
        if self._changes_all or not self._texts:
            return self._changes_all
        name = (registration.task_name or "").encode(errors="surrogatepass")
        target = (registration.target or "").rpartition(".")[2].encode()
        words = b"|".join(re.escape(word) for word in {target, name.rpartition(b".")[2]} if word) or b"(?!)"
        given = re.escape(name) if name else b"(?!)"
        defined = re.compile(
            rb"\b(?:def|class)\s+(?:%b)\b|\b(?:%b)\s*=(?!=)|setattr\([^)]*[\"'](?:%b)[\"']|\bname\s*=\s*[\"']%b[\"']"
            % (words, words, words, given)
        )
        return any(map(defined.search, self._texts))
