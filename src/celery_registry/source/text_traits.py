"""What a file's text says before it is parsed: the names of bases and decorators, and whether it makes an application.

Law: bytes in, a guess out. Too many names do no harm; one too few would hide a class.
"""

from __future__ import annotations

import re

__all__ = ["bases_and_decorators", "is_of_django", "makes_app"]

# A pattern that begins with plain text is found many times faster.
_CLASS = re.compile(rb"class[ \t]+\w+[^(:\n]*\(([^)]*)\)")
_DECORATOR = re.compile(rb"\n[ \t]*@(?:[\w]+\.)*(\w+)")
#: Decorators of everybody's, which no program defines for its tasks.
_COMMON = frozenset({b"property", b"staticmethod", b"classmethod", b"override", b"dataclass", b"setter", b"fixture"})
_ALIAS = re.compile(rb" as (\w+)")
# ``app = Celery(...)``, ``return Celery(...)``; the class of a house may have another name that ends or begins so.
_APP = re.compile(rb"Celery\w*\(")
_MADE = re.compile(rb"[ \t]*(?:\w[\w.]*[ \t]*(?::[^=\n]+)?=|return\b)[ \t]*(?:\w+\.)*\w*")
_NAME = re.compile(rb"(?<![\w.])(?:\w+\.)*([A-Za-z_]\w*)")


def bases_and_decorators(text: bytes) -> tuple[str, ...]:
    """The last names of all bases of classes, and of all decorators after an ``@``, and what they are imported as."""
    names = {name for bases in _CLASS.findall(text) for name in _NAME.findall(bases)}
    names |= {b"@" + name for name in {*_DECORATOR.findall(text)} - _COMMON}
    if names and b" as " in text:
        for alias in _ALIAS.finditer(text):
            before = text[max(0, alias.start() - 80) : alias.start()].split()
            for mark in (b"", b"@"):
                if mark + alias.group(1) in names:
                    names.update(mark + name for name in before[-1:])
    return tuple(sorted(name.decode(errors="replace") for name in names))


def is_of_django(text: bytes) -> bool:
    """Whether a text names the variable that makes Celery's tasks those of Django (celery.fixups.django)."""
    return b"DJANGO_SETTINGS_MODULE" in text


def makes_app(text: bytes) -> bool:
    """Whether a text may make a Celery application."""
    for found in _APP.finditer(text):
        if _MADE.fullmatch(text, text.rfind(b"\n", 0, found.start()) + 1, found.start()):
            return True
    return False
