"""What Celery gives an errback (celery.backends.base.Backend._call_task_errbacks).

Law: numbers of values in, numbers out. Which types they have, and whether they fit, others know.
"""

from __future__ import annotations

from typing import Final

__all__ = ["FAILURE", "IDENTITY", "given_to_errback"]

#: The id of the task; or the request, the exception and the traceback.
IDENTITY: Final = 1
FAILURE: Final = 3


def given_to_errback(positional: int, *, any_number: bool, has_own: bool, bound: bool | None) -> tuple[int, ...]:
    """How many values Celery may give an errback, the likelier number first.

    ``positional`` is how many it takes, ``any_number`` that it takes any. ``has_own``: some are written already, which
    releases see differently. ``bound`` is ``bind=True``, None where nobody can tell.
    """
    several = any_number or positional > 1
    if has_own or bound is None:
        return (FAILURE, IDENTITY) if several else (IDENTITY, FAILURE)
    return (FAILURE,) if several and not bound else (IDENTITY,)
