"""Every way to register a task, one row each.

Law: a table and what is asked of it; whoever looks for tasks, in bytes, in a tree or among names, reads it here, so that
a new form is one row.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

from celery_registry.source.fullnames import OLD_TASK_FULLNAMES, REGISTER_TASK_FULLNAMES, SHARED_TASK_FULLNAMES
from celery_registry.source.model import How

__all__ = ["VERBS", "Verb", "function_verb", "method_verb", "patterns", "registering_words"]


class Verb(NamedTuple):
    """One form: the last name that is written, and how a task gets its name there.

    ``functions`` are the dotted names of a function; none where it is a method of an application.
    ``takes_class``: it is given a task class, or an instance of one, not a function.
    """

    word: str
    how: How
    functions: frozenset[str] = frozenset()
    takes_class: bool = False


#: The first row of a word counts where a receiver, or a dotted name, fits several.
VERBS: Final[list[Verb]] = [
    Verb("task", How.APP_TASK),
    Verb("periodic_task", How.APP_TASK),
    # The words of the old ones are those of the methods above.
    Verb("shared_task", How.SHARED_TASK, SHARED_TASK_FULLNAMES | OLD_TASK_FULLNAMES),
    Verb("register_task", How.REGISTER_TASK, REGISTER_TASK_FULLNAMES),
    Verb("register_task", How.TASK_CLASS, takes_class=True),
]


def registering_words() -> frozenset[str]:
    """The last names of all forms."""
    return frozenset(verb.word for verb in VERBS)


def function_verb(fullname: str) -> Verb | None:
    """The function of this dotted name."""
    return next((verb for verb in VERBS if fullname in verb.functions), None)


def method_verb(word: str) -> Verb | None:
    """The method of an application that makes a task of a function."""
    return next((v for v in VERBS if v.word == word and not v.functions and not v.takes_class), None)


def patterns() -> tuple[re.Pattern[bytes], ...]:
    """What a text says that uses any of the forms; each begins with plain text, which ``re`` finds fastest."""
    return _patterns(tuple(VERBS))


@cache
def _patterns(verbs: tuple[Verb, ...]) -> tuple[re.Pattern[bytes], ...]:
    tails: dict[str, list[str]] = {}
    for verb in verbs:
        word = verb.word if verb.functions or verb.takes_class else rf"\.{verb.word}"
        # A method's name may be the beginning of another.
        end = "" if verb.functions or verb.takes_class else r"\b"
        tails.setdefault(verb.word[-3:], []).append(f"(?<={word}){end}")
    return tuple(re.compile(f"{tail}(?:{'|'.join(sorted(set(rows)))})".encode()) for tail, rows in tails.items())
