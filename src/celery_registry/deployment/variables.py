"""``${NAME:-default}`` and its relatives, as a shell, compose, systemd and Kubernetes put values in their place.

Law: text and values in, text out. What nobody can tell is one mark in the text, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

__all__ = ["UNKNOWN", "expand", "expand_kubernetes", "is_known", "read_env_file"]

#: Stands for what only the running system knows; no file has it.
UNKNOWN: Final = "\ue000"

_COMMAND: Final = re.compile(r"\$\([^()]*\)|`[^`]*`")
_VARIABLE: Final = re.compile(r"\$(?:\$|[@*#?!]|(\w+)|\{(\w+)(?:(:?[-+?=])((?:[^{}]|\{[^{}]*\})*))?\})")
_KUBERNETES: Final = re.compile(r"\$(?:\$|\((\w+)\))")
_ENV_LINE: Final = re.compile(r"\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$")


def is_known(text: str) -> bool:
    """Whether every part of a text could be told."""
    return UNKNOWN not in text


def expand(text: str, values: Mapping[str, str], *, dollars: bool = False) -> str:
    """The text with its variables replaced; ``dollars`` where ``$$`` is one dollar, as in compose.

    A default stands where there is no value; what a command would print is not known.
    """

    def replaced(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if name is None:
            return "$" if dollars and found[0] == "$$" else found[0] if dollars else UNKNOWN
        value, sign, other = values.get(name), found[3] or "", found[4] or ""
        if "+" in sign:
            return expand(other, values, dollars=dollars) if value else "" if value is not None else UNKNOWN
        if value is None or (not value and sign.startswith(":")):
            return expand(other, values, dollars=dollars) if sign.endswith(("-", "=")) else UNKNOWN
        return value

    return _VARIABLE.sub(replaced, text if dollars else _COMMAND.sub(UNKNOWN, text))


def expand_kubernetes(text: str, values: Mapping[str, str]) -> str:
    """``$(NAME)``; one without a value stays as it is written."""
    return _KUBERNETES.sub(lambda found: "$" if found[1] is None else values.get(found[1], UNKNOWN), text)


def read_env_file(text: str) -> dict[str, str]:
    """The lines ``NAME=value`` of a file."""
    values = {}
    for line in text.splitlines():
        found = None if line.lstrip().startswith("#") else _ENV_LINE.match(line)
        if found:
            value = found[2]
            quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
            values[found[1]] = value[1:-1] if quoted else re.sub(r"\s+#.*$", "", value)
    return values
