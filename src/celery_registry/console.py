"""The console script ``celery-registry``.

Law: a probe's question is answered before anything is imported that it does not need; everything else is ``cli``'s.
"""

from __future__ import annotations

import os
import sys

from celery_registry.ready import DEFAULT_AGE, why_not_ready

__all__ = ["main"]


def main() -> None:
    """The console script: ``ready FILE [--max-age SECONDS]`` at once, everything else as the commands do it."""
    question = _question(sys.argv[1:])
    if question is None:
        # The commands take four times as long to import.
        import gc

        from celery_registry.cli import main as run_command

        # What is read is kept to the end: to look for garbage in it takes a third of the time of ``check``.
        gc.set_threshold(200_000)
        run_command()
        return
    try:
        reason = why_not_ready(*question)
    except OSError as error:
        print(f"celery-registry: {question[0]}: {error.strerror}", file=sys.stderr)
        sys.exit(2)
    if reason is not None:
        try:
            print(reason, flush=True)
        except OSError as error:
            print(f"celery-registry: standard output cannot be written: {error.strerror}", file=sys.stderr)
            # Python would try once more.
            os._exit(2)
    sys.exit(0 if reason is None else 1)


def _question(words: list[str]) -> tuple[str, float] | None:
    """The plain forms of the command; None for any other, also a wrong one."""
    if not words or words[0] != "ready":
        return None
    files, age = [], DEFAULT_AGE
    rest = iter(words[1:])
    for word in rest:
        name, equals, value = word.partition("=")
        if name == "--max-age":
            try:
                age = float(value if equals else next(rest, ""))
            except ValueError:
                return None
        elif word.startswith("-"):
            return None
        else:
            files.append(word)
    return (files[0], age) if len(files) == 1 and age > 0 else None
