"""The names of tasks that a program registers by way of its own functions."""

from enum import Enum


class TaskName(str, Enum):
    CALLED = "called"
    HOPPED = "hopped"
    NESTED = "nested"
    METHOD = "method"
    QUEUED = "queued"
    LATE = "late"
    ALIAS = "alias"
    QUIET = "quiet"
    NOBODY = "nobody"
