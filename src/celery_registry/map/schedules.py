"""The schedule of the source beside that of the live application: one entry for both where they are one.

Law: entries in, a map with them out. The application says when; the source says where.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from celery_registry.map.model import Beat, Holder, SystemMap

__all__ = ["with_live_schedule"]


def with_live_schedule(system: SystemMap, live: Iterable[Beat]) -> SystemMap:
    """The same map, with the entries that the application and its database have.

    An entry of the source that the application has too keeps its place; one that it lacks is ``Holder.NOBODY``'s.
    """
    entries = list(live)
    places = list(system.beats)
    found = _pairs(places, entries)
    beats = [
        replace(beat, holder=Holder.NOBODY) if index not in found else _joined(beat, entries[found[index]])
        for index, beat in enumerate(places)
        # Of which entry it is the place, the text does not tell: a loop makes the key.
        if beat.key
    ]
    taken = set(found.values())
    beats += _placed([entry for index, entry in enumerate(entries) if index not in taken], places)
    by_task: dict[str | None, list[Beat]] = defaultdict(list)
    for beat in beats:
        by_task[beat.task].append(beat)
    tasks = {name: replace(task, beats=tuple(by_task[name])) for name, task in system.tasks.items()}
    return replace(system, tasks=tasks, beats=tuple(beats))


def _pairs(places: list[Beat], entries: list[Beat]) -> dict[int, int]:
    """Which place of the source is which entry: by key, and for ``add_periodic_task`` without a name by what it does."""
    by_key, by_task = defaultdict(list), defaultdict(list)
    for index, beat in enumerate(places):
        by_key[beat.key].append(index)
        by_task[beat.task].append(index)
    found: dict[int, int] = {}
    taken: set[int] = set()
    for same in (_one_key_and_time, _one_key, _one_task_and_time, _one_task):
        for number, entry in enumerate(entries):
            near = by_key[entry.key] if same in (_one_key_and_time, _one_key) else by_task[entry.task]
            place = next((i for i in near if i not in found and same(places[i], entry)), None)
            if number not in taken and place is not None:
                found[place] = number
                taken.add(number)
    return found


def _one_key_and_time(beat: Beat, entry: Beat) -> bool:
    return _one_key(beat, entry) and _is_as_timed(beat, entry)


def _one_key(beat: Beat, entry: Beat) -> bool:
    return beat.key == entry.key and beat.task in (None, entry.task)


def _one_task_and_time(beat: Beat, entry: Beat) -> bool:
    return _one_task(beat, entry) and _is_as_timed(beat, entry)


def _one_task(beat: Beat, entry: Beat) -> bool:
    # Celery names it by the signature as it prints it, the source by the signature as it is written.
    return beat.key.endswith(")") and entry.holder is Holder.APPLICATION and beat.task == entry.task is not None


def _is_as_timed(beat: Beat, entry: Beat) -> bool:
    if beat.timing is None or entry.timing is None:
        return False
    written, live = beat.timing, entry.timing
    known = written.seconds is not None or written.crontab is not None
    return known and (written.seconds, written.crontab) == (live.seconds, live.crontab)


def _placed(entries: list[Beat], places: list[Beat]) -> list[Beat]:
    """Entries without a place; where one place alone makes entries of their task under any key, it is theirs."""
    loops: dict[str | None, list[Beat]] = defaultdict(list)
    for beat in places:
        if not beat.key:
            loops[beat.task].append(beat)
    return [
        replace(entry, origin=loops[entry.task][0].origin)
        if entry.holder is Holder.APPLICATION and entry.task is not None and len(loops[entry.task]) == 1
        else entry
        for entry in entries
    ]


def _joined(beat: Beat, entry: Beat) -> Beat:
    timing = entry.timing or beat.timing
    if timing is not None and beat.timing is not None and _is_as_timed(beat, entry):
        timing = replace(timing, text=beat.timing.text)
    return Beat(beat.key, entry.task, beat.origin, timing, entry.holder)
