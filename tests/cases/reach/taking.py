"""Puts another task where ``taken`` keeps one."""

from taken import TAKEN, sms

TAKEN["mail"] = sms
