"""``--app`` adds what only the application knows: its payload verdicts and its routes.

Law: the commands run as users run them; without the option nothing is imported.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli.shop import run

APP = """
from datetime import timedelta
from celery import Celery
print("imported")
app = Celery("shop", broker="memory://")
app.conf.task_routes = {"cl*": {"queue": "slow"}}

@app.task(name="clean")
def clean(age: timedelta) -> int:
    return 1

@app.task(name="right")
def right(days: int) -> int:
    return days

clean.delay()
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    # What would be sent at its import is judged in the text alone.
    (tmp_path / "shop.py").write_text(APP.replace("clean.delay()", "def use() -> None:\n    clean.delay()"))
    return tmp_path


def test_the_application_adds_payload_verdicts_and_queues(shop: Path) -> None:
    plain, live = run(shop, "map", "shop.py"), run(shop, "map", "shop.py", "--app", "shop:app")
    assert (plain.returncode, live.returncode) == (0, 0), live.stderr
    before, after = ({t["name"]: t for t in json.loads(done.stdout)["tasks"]} for done in (plain, live))
    assert [f["code"] for f in before["clean"]["findings"]] == ["call-arg"]
    assert [f["code"] for f in after["clean"]["findings"]] == ["call-arg", "task-payload"]
    assert after["right"]["findings"] == before["right"]["findings"] == []
    assert (before["clean"]["queue"], after["clean"]["queue"], after["right"]["queue"]) == (None, "slow", "celery")
    shown = run(shop, "show", "clean", "shop.py", "--app", "shop:app").stdout
    assert "finding     task-payload: " in shown
    assert "queue       slow" in shown


def test_nothing_is_imported_unless_the_option_says_so(shop: Path) -> None:
    done = run(shop, "show", "clean", "shop.py", environment={"CELERY_APP": "shop:app"})
    assert (done.returncode, "imported" in done.stdout + done.stderr) == (0, False)


def test_an_application_that_is_not_there_is_one_line(shop: Path) -> None:
    done = run(shop, "map", "shop.py", "--app", "nowhere:app")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("celery-registry: ")
