"""Tests of code that sends tasks: what was sent, without a broker and with nothing mocked away.

Law: public names only. Celery really routes, signs and encodes each message, which ends in a broker inside this
process; what a worker would refuse is refused here. No test framework is known; the fixture is the pytest plugin's.
"""

from __future__ import annotations

from celery_registry.testing.recorder import record
from celery_registry.testing.sends import Send, Sends
from celery_registry.testing.sent import SentTasks

__all__ = ["Send", "Sends", "SentTasks", "record"]
