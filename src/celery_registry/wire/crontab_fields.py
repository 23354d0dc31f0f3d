"""What Celery refuses in the fields of a ``crontab``.

Law: Celery itself is asked, for its releases differ; it is imported when there is something to ask.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["refused_fields"]


def refused_fields(fields: Mapping[str, object]) -> dict[str, str]:
    """The fields whose value Celery takes for none of theirs, each with what it says."""
    if not fields:
        return {}
    from celery.schedules import ParseException, crontab

    found = {}
    for name, value in fields.items():
        try:
            # A program may have written anything.
            crontab(**{name: value})  # type: ignore[arg-type]
        except (ParseException, TypeError, ValueError) as error:
            found[name] = " ".join(str(error).split()).rstrip(".")
    return found
