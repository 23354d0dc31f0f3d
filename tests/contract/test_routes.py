"""Routes, annotations and queues that name nothing are found; what may name something is not."""

import cProfile
import re
from typing import Any

import pytest

from celery_registry.contract.routes import (
    QueueUse,
    Route,
    Router,
    compare_queues,
    compare_routes,
    is_sent_elsewhere,
    judge_routers,
)
from celery_registry.contract.schedules import Entry, compare_schedule

TASKS = ["mail.send", "mail.drop", "celery.ping"]


@pytest.mark.parametrize(
    ("setting", "pattern", "external", "found"),
    [
        ("task_routes", "mail.send", (), False),
        ("task_routes", "mail.sent", (), True),
        ("task_routes", "mail.*", (), False),
        ("task_routes", "mali.*", (), True),
        ("task_routes", "celery.backend_cleanup", (), False),
        ("task_routes", "other.work", ("other.*",), False),
        ("task_routes", "oth*", ("other.*",), False),
        ("task_routes", re.compile(r"mail\..*"), (), False),
        ("task_routes", re.compile(r"mali\..*"), (), True),
        # What another service has cannot be listed.
        ("task_routes", re.compile(r"mali\..*"), ("other.*",), False),
        # Another service has them, and this program sends them by name.
        ("task_routes", "billing.refund", (), False),
        ("task_routes", "billing.*", (), False),
        ("task_routes", re.compile(r"^billing\..*"), (), False),
        ("task_routes", "billing", (), True),
        ("task_annotations", "*", (), False),
        ("task_annotations", "mail.*", (), True),
    ],
)
def test_a_route_that_matches_no_task_is_found(setting, pattern, external, found):
    route = Route(setting, pattern)
    findings = list(compare_routes([route], TASKS, external))
    assert [finding.problem for finding in findings] == ["route-unknown-task"] * found
    assert all(route.text in finding.sentence for finding in findings)


def test_the_nearest_task_is_named_and_is_never_celerys():
    first, second = compare_routes([Route("task_routes", "mail.sent"), Route("task_routes", "celerx.ping")], TASKS)
    assert '"mail.send"' in first.sentence + first.hint
    assert "celery.ping" not in second.sentence + second.hint


def test_a_queue_that_nobody_has_is_found():
    uses = [QueueUse("The route of mail.send", "mail.send", "hevy"), QueueUse("The default", "mail.send", "heavy")]
    (finding,) = compare_queues(uses, ["heavy", "celery"])
    assert (finding.problem, finding.facts["queue"]) == ("route-unknown-queue", "hevy")
    assert '"heavy"' in finding.sentence + finding.hint


@pytest.mark.parametrize(
    ("queues", "used", "told"),
    [
        (["heavy"], ["hevy"], ["hevy"]),
        (["mail.heavy"], ["mail.haevy"], ["mail.haevy"]),
        # Each of these may be a queue that a worker makes.
        (["mail_1"], ["mail_2"], []),
        (["slow"], ["low"], []),
        (["heavy"], ["light"], []),
        (["heavy.a"], ["hevy.b"], []),
        (["reports"], ["report", "report"], []),
    ],
)
def test_where_a_worker_may_make_queues_only_a_slip_of_the_pen_is_told(queues, used, told):
    uses = [QueueUse(f"Task {number}", "ping", queue) for number, queue in enumerate(used)]
    assert [finding.facts["queue"] for finding in compare_queues(uses, queues, sure=False)] == told
    assert [finding.facts["queue"] for finding in compare_queues(uses, queues)] == used


@pytest.mark.parametrize(
    ("text", "lengths", "found"),
    [
        ("app.*", (5, 1), True),
        ("app.*", None, True),
        ("ab", (2, 2), False),
        ("app.*", (2, 2), False),
        ("app.*", (None, 2), False),
        ("app.routers.route", None, False),
    ],
)
def test_an_item_of_task_routes_that_is_no_table_and_no_router_is_found(text, lengths, found):
    findings = list(judge_routers([Router(text, lengths)]))
    assert [finding.problem for finding in findings] == ["route-unreadable"] * found


@pytest.mark.parametrize(
    ("setting", "pattern", "leads"),
    [
        ("task_routes", "mail.send", True),
        ("task_routes", "mail.*", True),
        ("task_routes", "other.*", False),
        ("task_routes", re.compile(r"mail\..*"), True),
        ("task_routes", re.compile(r"other\..*"), False),
        ("task_annotations", "mail.send", False),
    ],
)
def test_a_route_leads_what_it_matches(setting: str, pattern: str | re.Pattern[str], leads: bool) -> None:
    assert Route(setting, pattern).leads("mail.send") is leads


@pytest.mark.parametrize(
    ("options", "routes", "elsewhere"),
    [
        ((), [], False),
        (("expires",), [Route("task_routes", "mail.*")], False),
        (("queue",), [], True),
        ((), [Route("task_routes", "billing.*")], True),
    ],
)
def test_a_task_is_sent_elsewhere_where_a_queue_is_chosen_for_it(
    options: tuple[str, ...], routes: list[Route], elsewhere: bool
) -> None:
    assert is_sent_elsewhere("billing.charge", options, routes) is elsewhere


def test_thousands_of_wrong_names_take_near_linear_time():
    """A module that is not imported costs each of its routes and entries its task."""

    def steps(number: int) -> int:
        known = [f"shop.module{i}.send_email" for i in range(number)]
        routes = [Route("task_routes", f"shop.module{i}.send_emial", queue=f"q{i}") for i in range(number)]
        queues = [QueueUse("the route", f"task{i}", f"queue{i}") for i in range(number)]
        entries = [Entry(f"entry{i}", f"shop.module{i}.send_emial") for i in range(number)]
        rules: Any = None
        with cProfile.Profile() as profile:
            assert len(list(compare_routes(routes, known))) == number
            assert len(list(compare_queues(queues, [f"heap{i}" for i in range(20)]))) == number
            assert len(list(compare_schedule(entries, known, lambda name: None, rules))) == number
        return sum(entry.callcount for entry in profile.getstats())

    assert steps(600) < 2.6 * steps(300)
