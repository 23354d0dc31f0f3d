"""Celery signals of ours.

Law: names and what comes with them; who sends a signal is not known here.
"""

from __future__ import annotations

from typing import Final

from celery.utils.dispatch import Signal

__all__ = ["message_parked"]

#: Sent in the worker's main process after a message was put into the parking queue and acknowledged. The sender is the
#: worker's consumer; ``task`` is the name in the message (None where none could be read), ``id`` the id of the message,
#: ``reason`` one of ``unknown-task``, ``arguments``, ``undecodable``, ``content-type`` and ``types``, ``detail`` a short
#: text without payload, ``queue`` where the message came from and ``parked_in`` where it is now.
message_parked: Final = Signal(
    name="message_parked", providing_args=["task", "id", "reason", "detail", "queue", "parked_in"]
)
