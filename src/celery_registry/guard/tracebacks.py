"""An exception of the user's code in one line: what it says and where it was raised.

Law: tracebacks in, texts and places out. It never decides what an exception means for the process.
"""

from __future__ import annotations

import traceback
from types import TracebackType

from celery_registry.contract.task import Origin

__all__ = ["place_of", "reason_of", "show_error"]


def show_error(error: BaseException) -> str:
    """One line: the exception as Python's last line shows it, and the place."""
    step, place = error.__traceback__, ""
    while step is not None:
        place = f" ({step.tb_frame.f_code.co_filename}:{step.tb_lineno})"
        step = step.tb_next
    if isinstance(error, SyntaxError) and error.filename:
        place = f" ({error.filename}:{error.lineno})"
    return reason_of(error) + place


def reason_of(error: BaseException) -> str:
    """The exception as the last line of its traceback shows it, on one line."""
    try:
        text = traceback.format_exception_only(type(error), error)[-1]
    except Exception:  # its own __str__ fails
        text = type(error).__name__
    return " ".join(text.split())


def place_of(error: BaseException) -> Origin:
    """The last line of a module body that was running."""
    place = Origin()
    step: TracebackType | None = error.__traceback__
    while step is not None:
        frame = step.tb_frame
        if frame.f_code.co_name == "<module>":
            name = str(frame.f_globals.get("__name__", ""))
            place = Origin(frame.f_code.co_filename, step.tb_lineno, 0, name)
        step = step.tb_next
    if isinstance(error, SyntaxError) and error.filename:
        place = Origin(error.filename, error.lineno or 0)
    return place
