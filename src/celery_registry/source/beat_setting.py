"""What stands in a setting of beat itself and no scheduler can read: options in the place of keys, and a text as schedule.

Law: only dictionaries that are written where the setting is given, for a table of another name may be read by anybody. Where
the program has a scheduler or a class of entries of its own, each may take what it likes. It reads whole texts, for
``check`` alone.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Final

from celery_registry.contract.schedules import Entry, fault_of_schedule, faults_of_options, knows_scheduler
from celery_registry.contract.task import Origin
from celery_registry.source.syntax import last_name

if TYPE_CHECKING:
    from celery_registry.source.files import SourceFile
    from celery_registry.source.index import SourceIndex

__all__ = ["read_beat_setting"]

_SETTINGS: Final = frozenset({"beat_schedule", "celery_beat_schedule", "celerybeat_schedule"})
_WORDS: Final = re.compile(rb"(?i)beat_schedule\b")
_OWN_ENTRY: Final = re.compile(rb"\b(?:\w*ScheduleEntry|RedBeatSchedulerEntry|ModelEntry)\b")
#: ``beat_scheduler = "..."``, ``CELERY_BEAT_SCHEDULER``, ``CELERYBEAT_SCHEDULER``, ``conf["beat_scheduler"]``.
_SCHEDULER: Final = re.compile(rb"""(?i)beat_scheduler\b["'\]]*\s*[:=](?!=)[ \t(]*([^\n]*)""")
_TEXT: Final = re.compile(rb"""["']([\w.:]+)["']""")


def read_beat_setting(index: SourceIndex) -> list[Entry]:
    """The entries that the setting holds and beat cannot read, each with its faults alone, by file and line."""
    found: list[Entry] = []
    for module, file in index.modules.items():
        text = index.contents.text(file.path)
        if text is None or _OWN_ENTRY.search(text) is not None:
            return []
        for match in _SCHEDULER.finditer(text):
            name = _TEXT.match(match[1])
            if name is None or not knows_scheduler(name[1].decode()):
                return []
        mentions = len(_WORDS.findall(text)) if index.is_production(module) else 0
        tree = index.contents.tree(file.path) if mentions else None
        for node in () if tree is None else ast.walk(tree):
            for setting, value in _settings(node, mentions):
                found += _entries(setting, value, file)
    return found


def _settings(node: ast.AST, mentions: int) -> Iterator[tuple[ast.expr | None, ast.expr]]:
    """The dictionaries of entries with None, and single entries with their keys.

    A variable may be the setting of a module of settings; where it is mentioned again, it may be changed or another.
    """
    if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if isinstance(target, ast.Subscript) and _is_of_conf(target.value):
                yield target.slice, node.value
            elif _is_of_conf(target) or (isinstance(target, ast.Name) and _names_it(target.id) and mentions == 1):
                yield None, node.value
    elif isinstance(node, ast.Call) and _is_of_conf(node.func, {"update"}):
        yield from ((None, keyword.value) for keyword in node.keywords if _names_it(keyword.arg))


def _is_of_conf(node: ast.expr, names: Collection[str] = _SETTINGS) -> bool:
    """``app.conf.beat_schedule``."""
    return isinstance(node, ast.Attribute) and node.attr.lower() in names and last_name(node.value) == "conf"


def _names_it(name: str | None) -> bool:
    return name is not None and name.lower() in _SETTINGS


def _entries(key: ast.expr | None, value: ast.expr, file: SourceFile) -> Iterator[Entry]:
    if not isinstance(value, ast.Dict):
        return
    rows = zip(value.keys, value.values, strict=True) if key is None else [(key, value)]
    for name, entry in rows:
        if name is None or not isinstance(entry, ast.Dict):
            continue
        fields = {k.value: v for k, v in zip(entry.keys, entry.values, strict=True) if isinstance(k, ast.Constant)}
        if "task" not in fields or "schedule" not in fields:
            continue
        schedule = fields["schedule"]
        is_text = isinstance(schedule, ast.JoinedStr) or isinstance(getattr(schedule, "value", None), str)
        of_schedule = fault_of_schedule("text" if is_text else "")
        faults = (*faults_of_options(map(str, fields)), *([] if of_schedule is None else [of_schedule]))
        if faults:
            label = name.value if isinstance(name, ast.Constant) else ast.unparse(name)
            yield Entry(str(label), None, faults=faults, origin=Origin(file.path, entry.lineno, entry.col_offset))
