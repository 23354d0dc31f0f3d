"""What Celery gives an errback (celery.backends.base.Backend._call_task_errbacks).

Law: numbers of values in, numbers out, and the rule in words. Which types they have, and whether they fit, others know.
"""

from __future__ import annotations

from typing import Final

__all__ = ["FAILURE", "IDENTITY", "errback_rule", "given_to_errback"]

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


def errback_rule(positional: int, given: tuple[int, ...]) -> str:
    """What Celery gives, for whoever wrote an errback that is not made for it; ``given`` is ``given_to_errback``'s."""
    if positional > 1 and given == (IDENTITY,):
        return (
            "an errback with bind=True is given the task's id alone; "
            "(request, exc, traceback) is for one without bind=True that takes more than one argument"
        )
    return "an errback is given the task's id or, where it takes more than one argument, (request, exc, traceback)"
