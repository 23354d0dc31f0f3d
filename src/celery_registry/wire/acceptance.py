"""Known breaks that a team has accepted, each with its task, rule, reason and last day.

Law: the text of one file in, rows out, and a comparison without what they accept. Every mistake is one line that names the
file and the row; a row never outlives its day.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

from celery_registry.configuration_file import toml_reader
from celery_registry.contract.change import RULES, Order
from celery_registry.contract.names import show_nearest
from celery_registry.errors import ConfigurationError
from celery_registry.wire.compat import AcceptedChange, Comparison, count_orders, worst_first

__all__ = ["Acceptance", "accept_changes", "read_acceptances"]

_KEYS: Final = ("task", "rule", "reason", "expires")


@dataclass(frozen=True)
class Acceptance:
    """One row: ``task`` is a name or a glob, ``rule`` one of ``contract.change.RULES``; it counts until the end of ``expires``."""

    label: str
    task: str
    rule: str
    reason: str
    expires: datetime.date

    def covers(self, task: str, rule: str) -> bool:
        """Whether this row is about a change."""
        return rule == self.rule and (task == self.task or fnmatchcase(task, self.task))


def read_acceptances(path: Path) -> tuple[Acceptance, ...]:
    """The rows of a file; raises ``ConfigurationError``, one line, where it cannot be read or a row is none."""
    tomllib = toml_reader()
    if tomllib is None:
        raise ConfigurationError(f"{path}: reading it on Python 3.10 needs the package tomli")
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationError(f"{path}: there is no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: cannot be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path}: is not valid TOML: {error}") from None
    for key in document:
        if key != "accept":
            raise ConfigurationError(f'{path}: unknown key "{key}"; write [[accept]]')
    rows = document.get("accept", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ConfigurationError(f"{path}: accept must be rows: write [[accept]]")
    return tuple(_row(row, f"{path}: accept {number}") for number, row in enumerate(rows, 1))


def _row(row: Mapping[str, Any], label: str) -> Acceptance:
    for key in row:
        if key not in _KEYS:
            raise ConfigurationError(f'{label}: unknown key "{key}"{show_nearest(key, _KEYS)}')
    for key in _KEYS:
        if key not in row:
            raise ConfigurationError(f"{label}: {key} is missing; a row has {', '.join(_KEYS)}")
    for key in _KEYS[:3]:
        value = row[key]
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            raise ConfigurationError(f"{label}: {key} must be a text of one line")
    if row["rule"] not in RULES:
        raise ConfigurationError(f'{label}: there is no rule "{row["rule"]}"{show_nearest(row["rule"], RULES)}')
    return Acceptance(label, row["task"], row["rule"], row["reason"].strip(), _day(row["expires"], label))


def _day(value: object, label: str) -> datetime.date:
    if isinstance(value, str):
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            pass
    elif isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    raise ConfigurationError(f"{label}: expires must be a date such as 2030-12-31")


def accept_changes(
    comparison: Comparison, rows: Sequence[Acceptance], today: datetime.date
) -> tuple[Comparison, list[str]]:
    """The comparison without what the rows accept, and a sentence for each row that is past its day or accepts nothing."""
    used: Counter[str] = Counter()
    tasks = []
    for task in comparison.tasks:
        left, accepted = [], []
        for change in task.changes:
            found = [row for row in rows if row.covers(task.task, change.rule)]
            used.update(row.label for row in found)
            valid = [row for row in found if row.expires >= today]
            if valid and change.order is not Order.COMPATIBLE:
                accepted.append(AcceptedChange(change, valid[0].reason, valid[0].expires.isoformat()))
            else:
                left.append(change)
        tasks.append(replace(task, changes=tuple(left), accepted=tuple(accepted)))
    said = []
    for row in rows:
        if not used[row.label]:
            said.append(f"{row.label} ({row.task}, {row.rule}) accepts nothing here: remove it once the deploy is over")
        elif row.expires < today:
            said.append(f"{row.label} ({row.task}, {row.rule}) ended on {row.expires}: the change counts again")
    return replace(comparison, tasks=worst_first(tasks), by_order=count_orders(tasks)), said
