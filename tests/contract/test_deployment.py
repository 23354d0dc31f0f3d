"""Processes and tasks in, findings out: what nobody consumes, beats too many or none, and silence where it is unclear."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from celery_registry.contract.deployment import CeleryProcess, Deployed, RoutedTask, judge_deployment
from celery_registry.contract.task import Origin

SHOP, OTHER = frozenset({"shop"}), frozenset({"other"})
HOMES = {"shop": SHOP, "other": OTHER}


def process(name: str = "w", app: str | None = "shop", **more: Any) -> CeleryProcess:
    return CeleryProcess(name, Origin("compose.yaml", 3), app, **{"is_worker": True, "is_beat": False, **more})


def deployed(*processes: CeleryProcess, **more: Any) -> Deployed:
    given = {
        "tasks": [RoutedTask("report", "slow", Origin("tasks.py", 1), SHOP)],
        "declared": ("celery",),
        "scheduled": [],
        "home_of": HOMES.get,
        "complete": True,
        **more,
    }
    return Deployed("compose.yaml", processes, **given)


def found(*processes: CeleryProcess, **more: Any) -> list[tuple[str, str]]:
    return [(finding.problem, finding.task) for finding in judge_deployment(deployed(*processes, **more))]


MISSING = [("queue-without-worker", "report")]


@pytest.mark.parametrize(
    ("processes", "expected"),
    [
        ([process(queues=("slow",))], []),
        ([process()], MISSING),
        ([process(queues=("slow",), excluded=("slow",))], MISSING),
        ([process(), process("two", queues=("slow",))], []),
        ([process(queues=None)], []),
        ([process(), process("two", app=None)], []),
        ([process(), process("two", app="elsewhere")], []),
        ([process(app="other")], []),
        ([process(), process("two", app="other", queues=("slow",))], [("queue-of-another-app", "report")]),
        ([process("b", is_worker=False, is_beat=True)], []),
        ([], []),
    ],
)
def test_a_queue_is_missing_only_where_everything_is_known(
    processes: list[CeleryProcess], expected: list[tuple[str, str]]
) -> None:
    assert found(*processes) == expected
    assert found(*processes, complete=False) == []


def test_what_nobody_can_tell_is_no_queue() -> None:
    assert found(process(), declared=None) == []
    assert found(process(), tasks=[RoutedTask("report", None, Origin(), SHOP)]) == []


def test_a_queue_is_told_once() -> None:
    tasks = [RoutedTask(name, "slow", Origin(), SHOP) for name in ("a", "b", "c")]
    (finding,) = judge_deployment(deployed(process(), tasks=tasks))
    assert (
        finding.sentence == 'Task "a" (and 2 more) goes to the queue "slow", which no worker of compose.yaml consumes'
    )


BEAT = process("b", is_worker=False, is_beat=True)


@pytest.mark.parametrize(
    ("processes", "expected"),
    [
        ([BEAT], []),
        ([BEAT, process("w", is_beat=True)], ["w"]),
        ([replace(BEAT, copies=2)], ["b"]),
        ([BEAT, replace(BEAT, name="two", setting=(("DJANGO_SETTINGS_MODULE", "other"),))], []),
        ([BEAT, replace(BEAT, name="two", app="other")], []),
        ([BEAT, replace(BEAT, name="two", app=None)], []),
        ([BEAT, replace(BEAT, name="two", scheduler="django")], ["two"]),
        ([BEAT, replace(BEAT, name="two", scheduler="redbeat.RedBeatScheduler")], []),
    ],
)
def test_two_beats_send_each_entry_twice(processes: list[CeleryProcess], expected: list[str]) -> None:
    told = [("two-beats", name) for name in expected]
    assert found(*processes, tasks=[]) == told
    # Both are there, whatever else cannot be read.
    assert found(*processes, tasks=[], complete=False) == told
    assert found(*processes, tasks=[], many_beats=True) == []


def test_a_schedule_needs_a_beat_of_its_own_part_of_the_program() -> None:
    entry = (Origin("app.py", 4), SHOP)
    assert found(process(), tasks=[], scheduled=[entry, entry]) == [("schedule-without-beat", "beat")]
    assert found(process(is_beat=True), tasks=[], scheduled=[entry]) == []
    assert found(process(), tasks=[], scheduled=[(Origin(), OTHER)]) == []
    assert found(process(), tasks=[], scheduled=[]) == []
