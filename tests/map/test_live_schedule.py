"""The week of the live application: what a loop makes, what the settings decide, and the rows of django-celery-beat.

Law: a real Django project with a real database; the commands run as users run them, Chromium reads the page.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import Page, chromium, open_browser
from cli.shop import run

FILES = {
    "settings.py": """
        SECRET_KEY = "x"
        USE_TZ = True
        TIME_ZONE = CELERY_TIMEZONE = "Europe/Berlin"
        INSTALLED_APPS = ["django_celery_beat", "shop"]
        DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}}
        DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
        CELERY_BROKER_URL = "memory://"
        CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
        """,
    "shop/__init__.py": "",
    "shop/celery.py": """
        import os
        from datetime import datetime, timedelta, timezone
        from celery import Celery
        from celery.schedules import BaseSchedule, crontab, schedule
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
        import django
        django.setup()
        app = Celery("shop")
        app.config_from_object("django.conf:settings", namespace="CELERY")
        app.autodiscover_tasks()
        HOURS = (2, 3)

        class FullMoon(BaseSchedule):
            pass

        class Rare(crontab):
            def is_due(self, last_run_at):
                return False, 60

        app.conf.beat_schedule = {
            "nightly": {"task": "clean", "schedule": crontab(minute=0, hour=min(HOURS)), "args": (1,)},
            "plain": {"task": "clean", "schedule": crontab(minute=0, hour=4), "args": (1,)},
            "also in the database": {"task": "clean", "schedule": timedelta(minutes=5), "args": (1,)},
            "moon": {"task": "clean", "schedule": FullMoon(), "args": (1,)},
            "rare": {"task": "clean", "schedule": Rare(), "args": (1,)},
            "elsewhere": {"task": "clean", "schedule": crontab(0, nowfun=lambda: datetime.now(timezone.utc)), "args": (1,)},
        }
        for hour in HOURS:
            app.conf.beat_schedule[f"loop {hour}"] = {"task": "clean", "schedule": crontab(0, hour), "args": (1,)}

        @app.task(name="send")
        def send(to: str) -> None: ...

        @app.on_after_finalize.connect
        def add(sender, **kwargs):
            sender.add_periodic_task(90.0, send.s("a"))
            sender.add_periodic_task(schedule(timedelta(hours=1)), send.s("b"), name="hourly")
        """,
    "shop/tasks.py": """
        from celery import shared_task

        @shared_task(name="clean")
        def clean(days: int) -> None: ...
        """,
    "shop/old.py": """
        from celery.schedules import crontab
        from shop.celery import app

        def use_the_old_schedule():
            app.conf.beat_schedule = {"left": {"task": "clean", "schedule": crontab(0, 5), "args": (1,)}}
        """,
}

ROWS = """
from datetime import datetime, timezone
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django_celery_beat.models import ClockedSchedule, CrontabSchedule, IntervalSchedule, PeriodicTask, SolarSchedule
day = IntervalSchedule.objects.create(every=1, period="days")
own = CrontabSchedule.objects.create(minute="0", hour="2", day_of_week="mon-fri", timezone="Europe/Berlin")
utc = CrontabSchedule.objects.create(minute="30", hour="2", timezone="UTC")
sun = SolarSchedule.objects.create(event="sunset", latitude="52.5", longitude="13.4")
once = ClockedSchedule.objects.create(clocked_time=datetime(2030, 1, 1, tzinfo=timezone.utc))
def add(name, enabled=True, **schedule):
    PeriodicTask.objects.create(name=name, task="clean", args="[1]", enabled=enabled, **schedule)
add("row: daily", interval=day)
add("row: workdays", crontab=own)
add("row: of utc", crontab=utc)
add("row: sunset", solar=sun)
add("row: once", clocked=once, one_off=True)
add("row: off", enabled=False, interval=day)
# The scheduler has written this one itself.
add("also in the database", interval=day)
PeriodicTask.objects.create(name="row: lost", task="nobody.has_it", interval=day)
"""

ENVIRONMENT = {"DJANGO_SETTINGS_MODULE": "settings"}
EVERY = {"minute": None, "hour": None, "day_of_week": None, "day_of_month": None, "month_of_year": None}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("week")
    (folder / ".git").mkdir()
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(textwrap.dedent(text))
    environment = {**os.environ, **ENVIRONMENT}
    command = [sys.executable, "-W", "ignore", "-c", ROWS]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def document(shop: Path) -> dict[str, Any]:
    done = run(shop, "map", "shop", "--app", "shop.celery:app", environment=ENVIRONMENT)
    assert done.returncode == 0, done.stderr
    again = run(shop, "map", "shop", "--app", "shop.celery:app", environment={**ENVIRONMENT, "PYTHONHASHSEED": "3"})
    assert (again.stdout, again.stderr) == (done.stdout, "")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_each_entry_says_when_and_who_has_it(document: dict[str, Any]) -> None:
    found = {
        row["key"]: (row["task"], row["holder"], (row["path"] or "-").removeprefix("shop/"), row["timing"])
        for row in document["schedules"]
    }

    def at(text: str, timezone: str | None = None, **fields: list[int]) -> dict[str, Any]:
        return {"text": text, "seconds": None, "crontab": {**EVERY, **fields}, "timezone": timezone}

    def every(text: str, seconds: float) -> dict[str, Any]:
        return {"text": text, "seconds": seconds, "crontab": None, "timezone": None}

    def text(text: str) -> dict[str, Any]:
        return {"text": text, "seconds": None, "crontab": None, "timezone": None}

    two, three, workdays = [2], [3], [1, 2, 3, 4, 5]
    rows = ("clean", "database", "-")
    here = ("clean", "application", "celery.py")
    nothing = {"minute": [0]}
    assert found == {
        # What the text does not tell, and the application does.
        "nightly": (*here, at("crontab(minute=0, hour=2)", **nothing, hour=two)),
        "plain": (*here, at("crontab(minute=0, hour=4)", **nothing, hour=[4])),
        "also in the database": (*here, every("timedelta(minutes=5)", 300)),
        "moon": (*here, text("<shop.celery.FullMoon object>")),
        "rare": (*here, text(found["rare"][3]["text"])),
        "elsewhere": (*here, at(found["elsewhere"][3]["text"], "that of its nowfun", **nothing)),
        # One place makes both.
        "loop 2": (*here, at("crontab(minute=0, hour=2)", **nothing, hour=two)),
        "loop 3": (*here, at("crontab(minute=0, hour=3)", **nothing, hour=three)),
        "send.s('a')": ("send", "application", "celery.py", every("90.0", 90)),
        "hourly": ("send", "application", "celery.py", every("schedule(timedelta(hours=1))", 3600)),
        "left": ("clean", "nobody", "old.py", at("crontab(0, 5)", **nothing, hour=[5])),
        "row: daily": (*rows, every("every 1 day, 0:00:00", 86400)),
        "row: workdays": (
            *rows,
            at("crontab(minute='0', hour='2', day_of_week='mon-fri')", **nothing, hour=two, day_of_week=workdays),
        ),
        "row: of utc": (*rows, at("crontab(minute='30', hour='2')", "UTC", minute=[30], hour=two)),
        "row: sunset": (*rows, text(found["row: sunset"][3]["text"])),
        "row: once": (*rows, text("clocked(2030-01-01 00:00:00+00:00)")),
        "row: lost": ("nobody.has_it", "database", "-", every("every 1 day, 0:00:00", 86400)),
    }
    assert found["row: sunset"][3]["text"].startswith("solar(sunset, 52.5")
    assert "object at" not in json.dumps(document)
    tasks = {task["name"]: task for task in document["tasks"]}
    assert [row["key"] for row in tasks["send"]["schedules"]] == ["send.s('a')", "hourly"]
    assert len(tasks["clean"]["schedules"]) == len(found) - 3


def test_the_terminal_says_the_same(shop: Path) -> None:
    lines = run(shop, "show", "clean", "shop", "--app", "shop.celery:app", environment=ENVIRONMENT).stdout.splitlines()
    assert "  in the database  beat  row: of utc  crontab(minute='30', hour='2'), time zone: UTC" in lines
    assert "  shop/old.py:6  beat  left  crontab(0, 5)  (not in the application)" in lines
    assert "  shop/celery.py:27  beat  plain  crontab(minute=0, hour=4)" in [
        re.sub(r":2\d", ":27", each) for each in lines
    ]


def test_the_source_alone_tells_less_and_nobody_is_asked(shop: Path) -> None:
    document = json.loads(run(shop, "map", "shop").stdout)
    keys = {row["key"]: row for row in document["schedules"]}
    assert {row["holder"] for row in document["schedules"]} == {None}
    assert keys["nightly"]["timing"]["crontab"] is None
    assert not any(key.startswith(("row", "loop 2")) for key in keys)


def test_a_database_without_the_tables_is_one_line(shop: Path) -> None:
    database = shop / "db.sqlite3"
    database.rename(shop / "away")
    try:
        done = run(shop, "map", "shop", "--app", "shop.celery:app", environment=ENVIRONMENT)
    finally:
        database.unlink(missing_ok=True)
        (shop / "away").rename(database)
    assert done.returncode == 0
    assert done.stderr == (
        "celery-registry: the rows of django-celery-beat cannot be read: no such table: django_celery_beat_periodictask\n"
    )
    assert "loop 3" in {row["key"] for row in json.loads(done.stdout)["schedules"]}


@pytest.fixture(scope="module")
def page(shop: Path) -> Iterator[Page]:
    done = run(shop, "map", "shop", "--app", "shop.celery:app", "--output", "site/", environment=ENVIRONMENT)
    assert done.returncode == 0, done.stderr
    with open_browser() as page:
        page.visit((shop / "site" / "index.html").as_uri())
        yield page


@chromium
def test_the_week_has_what_starts_when_and_lists_what_has_no_fixed_time(page: Page) -> None:
    page.wait("document.querySelector('#week table') !== null")
    rows = page.ask("[...document.querySelectorAll('#week table')[0].rows].map((r) => r.innerText.split('\\t'))")
    assert rows[1 + 2] == ["02:00", "3", "3", "3", "3", "3", "2", "2"]
    assert rows[1 + 3] == ["03:00", *["1"] * 7]
    assert rows[1 + 5] == ["05:00", *[""] * 7]
    said = page.ask("document.querySelector('#week').innerText")
    assert "row: of utc clean crontab(minute='30', hour='2'), time zone: UTC in the database" in said
    lists = page.ask(
        "Object.fromEntries([...document.querySelectorAll('#week h3')].map((h) => "
        "[h.innerText, h.nextElementSibling.innerText.split('\\n').length]))"
    )
    assert lists["In a time zone of their own"] == 2
    assert lists["At other times"] == 4
    assert lists["In the source, and not in the application"] == 1
    assert page.errors == []
