"""What the text of a schedule says is what Celery's own objects say.

Law: each text is evaluated with Celery, and read as source.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import celery
import pytest
from celery.schedules import crontab, schedule

from celery_registry.contract.task import Origin
from celery_registry.source.timing import Timing, read_timings

FIELDS = ("minute", "hour", "day_of_week", "day_of_month", "month_of_year")


def read(tmp_path: Path, text: str, before: str = "") -> Timing:
    path = tmp_path / "beat.py"
    path.write_text(f'{before}\nENTRY = {{"task": "a", "schedule": {text}}}\n')
    line = before.count("\n") + 2
    (timing,) = read_timings([Origin(str(path), line, 8)]).values()
    return timing


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_of_a_crontab_is_what_celery_makes_of_it(tmp_path: Path, field: str) -> None:
    weekday = ["mon", "sunday", "mon-fri", "fri-mon", "sat,sun", "thu-sat/2"] if field == "day_of_week" else []
    # Celery before 5.5 knows months by their numbers alone; what it refuses never runs, however it is read.
    named = field == "month_of_year" and celery.VERSION[:2] >= (5, 5)
    month = ["jan", "december", "nov-feb"] if named else []
    texts = ["*", "*/2", "*/15", "1", "1-3", "5-2", "1-5/2", "1,2", "*/4,3", " 1 , 2 ", "3-6/2,1", *weekday, *month]
    wrong = ["60", "", "x", "1-", "1/5", "*/0", "-1", "1;2", *(["7", "8-9"] if field == "day_of_week" else [])]
    for text in texts:
        timing = read(tmp_path, f"crontab({field}={text!r})")
        made = crontab(**{field: text})
        assert timing.crontab == {name: tuple(sorted(getattr(made, name))) for name in FIELDS}, text
    for text in wrong:
        with pytest.raises(Exception, match=r"."):
            crontab(**{field: text})
        assert read(tmp_path, f"crontab({field}={text!r})").crontab is None, text


@pytest.mark.parametrize(
    "text",
    ["crontab()", "crontab(0, 4)", "crontab(minute=30, hour=[1, 2])", "schedules.crontab('0', '*/3', 'mon')"],
)
def test_a_crontab_is_read_however_it_is_written(tmp_path: Path, text: str) -> None:
    made = eval(text.replace("schedules.", ""), {"crontab": crontab})
    assert read(tmp_path, text).crontab == {name: tuple(sorted(getattr(made, name))) for name in FIELDS}


@pytest.mark.parametrize(
    "text", ["30", "30.5", "60 * 60", "timedelta(hours=1, minutes=30)", "timedelta(1)", "schedule(run_every=10)"]
)
def test_an_interval_is_read_in_seconds(tmp_path: Path, text: str) -> None:
    made = eval(text, {"timedelta": timedelta, "schedule": schedule})
    seconds = (
        schedule(made).run_every.total_seconds() if not isinstance(made, schedule) else made.run_every.total_seconds()
    )
    assert read(tmp_path, text) == Timing(text, seconds=seconds)


def test_a_name_that_is_assigned_once_is_followed(tmp_path: Path) -> None:
    once = "NIGHT = crontab(hour=0)\n"
    assert read(tmp_path, "NIGHT", once).crontab == read(tmp_path, "crontab(hour=0)").crontab
    for twice in (f"{once}NIGHT = crontab(hour=1)\n", f"{once}for NIGHT in ():\n    pass\n"):
        assert read(tmp_path, "NIGHT", twice) == Timing("NIGHT")


@pytest.mark.parametrize(
    "text",
    ["solar('sunset', 1, 2)", "every(5)", "SETTING", "timedelta(**given)", "crontab(**given)", "1 / 0", "60 * n"],
)
def test_what_the_text_does_not_tell_stays_text(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) == Timing(text)


def test_a_file_that_cannot_be_read_has_no_timing(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text('{"schedule": 1')
    places = [Origin(str(tmp_path / name), 1, 0) for name in ("bad.py", "none.py")]
    assert read_timings(places) == {}
