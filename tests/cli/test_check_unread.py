"""``check`` where a file of the program cannot be parsed: it is named, the rest is judged, and nothing is green."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from cli.shop import REGISTRY, TASKS, run, write_shop

CALLER = "from shop.tasks import send_email\n\n\ndef ask() -> None:\n    send_email.delay({arguments})\n"
RIGHT, WRONG = CALLER.format(arguments='"a", "b"'), CALLER.format(arguments='"a"')
#: As Python 2 has it.
BROKEN = "from shop.app import app\n\n\n@app.task(name='{name}')\ndef {function}(to): ...\n\n\nprint app\n"
OLD = BROKEN.format(name="old", function="old")


def write(directory: Path, tasks: str = TASKS, **files: str) -> Path:
    write_shop(directory, tasks=tasks, registry="")
    for name, text in files.items():
        (directory / "shop" / f"{name}.py").write_text(text)
    return directory


def problems(directory: Path, *arguments: str) -> list[str]:
    """What is found; the run says that it is no verdict, whatever that is."""
    done = run(directory, "check", "--static", "--format", "json", *arguments)
    assert done.returncode == 2, done.stdout + done.stderr
    document = json.loads(done.stdout)
    assert document["unread"]
    text = run(directory, "check", "--static", *arguments)
    assert text.returncode == 2
    assert "Success" not in text.stdout
    assert "could not be read." in text.stdout
    return [finding["problem"] for finding in document["findings"]]


def test_what_is_wrong_elsewhere_is_told_and_the_file_is_named(tmp_path: Path) -> None:
    directory = write(tmp_path, old=OLD, calls=WRONG)
    done = run(directory, "check", "--static")
    assert done.stderr.startswith("shop/old.py:8: is not valid Python "), done.stderr
    assert done.stderr.count("shop/old.py") == 1
    assert done.stdout.endswith("Found 1 error and 0 warnings. This is no verdict: 1 file could not be read.\n")
    assert problems(directory) == ["call-missing"]


def test_a_right_program_is_not_called_right(tmp_path: Path) -> None:
    directory = write(tmp_path, old=OLD, calls=RIGHT)
    done = run(directory, "check", "--static")
    assert done.stdout.endswith("Found nothing in what could be read. This is no verdict: 1 file could not be read.\n")
    assert problems(directory) == []
    (directory / "shop" / "old.py").unlink()
    assert run(directory, "check", "--static").returncode == 0


@pytest.mark.parametrize("body", ['print "done"', "return (1", 'return send_email.delay("a"'])
def test_a_file_that_is_broken_inside_a_function_is_not_called_right(body: str, tmp_path: Path) -> None:
    old = f"from shop.app import app\nfrom shop.tasks import send_email\n\n\n@app.task\ndef old(to):\n    {body}\n"
    done = run(write(tmp_path, old=old, calls=RIGHT), "check", "--static")
    assert done.stderr.startswith("shop/old.py:7: is not valid Python "), done.stderr
    assert done.stdout.endswith("Found nothing in what could be read. This is no verdict: 1 file could not be read.\n")
    assert done.returncode == 2


@pytest.mark.parametrize(("calls", "found"), [(WRONG, 1), (RIGHT, 0)])
def test_every_format_says_so(calls: str, found: int, tmp_path: Path) -> None:
    directory = write(tmp_path, old=OLD, calls=calls)

    def shown(name: str) -> str:
        done = run(directory, "check", "--static", "--format", name)
        assert done.returncode == 2, name
        assert "shop/old.py" in done.stderr
        return done.stdout

    document = json.loads(shown("json"))
    assert len(document["findings"]) == found
    (unread,) = document["unread"]
    assert (unread["origin"]["path"], unread["origin"]["line"]) == ("shop/old.py", 8)
    assert unread["reason"].startswith("is not valid Python ")
    lines = shown("github").splitlines()
    assert len(lines) == found + 1
    assert lines[0].startswith("::error title=unread,file=shop/old.py,line=8,col=1::This file is not valid Python ")
    (sarif,) = json.loads(shown("sarif"))["runs"]
    (invocation,) = sarif["invocations"]
    assert (len(sarif["results"]), invocation["executionSuccessful"]) == (found, False)
    assert len(invocation["toolExecutionNotifications"]) == 1
    assert [row["check_name"] for row in json.loads(shown("gitlab"))] == ["call-arg"] * found + ["unread"]
    (suite,) = ElementTree.fromstring(shown("junit").partition("\n")[2])
    assert {name: suite.get(name) for name in ("tests", "failures", "errors")} == {
        "tests": str(found + 1),
        "failures": str(found),
        "errors": "1",
    }


SCHEDULE = """
from shop.app import app

app.conf.beat_schedule = {"often": {"task": "NAME", "schedule": 1.0, "args": (1,)}}
app.conf.task_routes = {"NAME": {"queue": "slow"}}
"""
ENUM = """
from enum import Enum


class TaskName(str, Enum):
    PING = "ping"
    SEND_EMAIL = "send_email"
    OLD = "old"
"""


@pytest.mark.parametrize("name", ["old", "shop.old.old", "sned_email"])
def test_any_name_may_be_registered_there(name: str, tmp_path: Path) -> None:
    directory = write(tmp_path, old=OLD, schedule=SCHEDULE.replace("NAME", name))
    assert problems(directory) == []
    # What is known is still held to its parameters.
    (directory / "shop" / "schedule.py").write_text(SCHEDULE.replace("NAME", "send_email"))
    assert problems(directory) == ["schedule-arguments"]


def test_nothing_is_called_missing_or_unused(tmp_path: Path) -> None:
    directory = write(tmp_path, old=OLD, registry=REGISTRY.replace('"send_email"\n', '"send_email"\n    OLD = "old"\n'))
    (directory / "shop" / "extra.py").write_text(ENUM.replace("PING", "PONG").replace('"ping"', '"pong"'))
    assert problems(directory, "--strict") == []
    assert problems(directory, "--names", "shop.extra:TaskName", "--strict") == []
    (directory / "shop" / "sends.py").write_text("from shop.app import app\n\napp.send_task('older')\n")
    assert problems(directory, "--names", "shop.extra:TaskName") == []
    # What names something in the file, too.
    assert problems(directory, "--registry", "shop.old:Registry", "--names", "shop.old:Names") == []
    unused = run(directory, "check", "--static", "--unused").stderr
    assert "Which tasks are named nowhere nobody can tell: not every file could be read." in unused
    # Both sides of a drift are in files that can be read.
    drift = REGISTRY.replace("Task[[str, str], bool]", "Task[[str], bool]")
    assert problems(write(directory, registry=drift)) == ["too-few-declared"]


#: How a call comes by a task that the file has, or may have.
BEHIND = {
    "import": "from shop.old import send_email\n",
    "module": "import shop.old\n\nsend_email = shop.old.send_email\n",
    "substitute": "try:\n    from shop.old import send_email\nexcept ImportError:\n    from shop.tasks import send_email\n",
    "handed on": "from shop.hands import send_email\n",
    "star": "from shop.tasks import send_email\nfrom shop.old import *\n",
    "star of a star": "from shop.tasks import send_email\nfrom shop.stars import *\n",
    "name": "from shop.app import app\n\napp.send_task('old', ('a', 'b'))\n",
}


@pytest.mark.parametrize("way", BEHIND)
def test_a_call_of_what_the_file_may_have_is_not_judged(way: str, tmp_path: Path) -> None:
    calls = BEHIND[way] + "\n\ndef ask() -> None:\n    send_email.delay()\n    send_email.delay_on()\n"
    directory = write(tmp_path, old=OLD + "\n\nfrom shop.things import *\n", calls=calls)
    (directory / "shop" / "hands.py").write_text("from shop.old import send_email\n")
    (directory / "shop" / "stars.py").write_text("from shop.old import *\n")
    assert problems(directory) == []


#: What the file may do to a task of another.
CHANGED = {
    "registers it again": BROKEN.format(name="send_email", function="other"),
    "defines it again": BROKEN.format(name="another", function="send_email"),
    "puts another in its place": OLD + "\nimport shop.tasks\nshop.tasks.send_email = old\n",
    "gives all tasks another class": OLD + "\nother = Celery(task_cls='shop.odd:Task')\n",
    "looks at no arguments": OLD + "\nother = Celery(strict_typing=False)\n",
}


@pytest.mark.parametrize("change", CHANGED)
def test_a_task_that_the_file_may_change_is_held_to_nothing(change: str, tmp_path: Path) -> None:
    drift = REGISTRY.replace("Task[[str, str], bool]", "Task[[str], bool]")
    directory = write(tmp_path, old=CHANGED[change], calls=WRONG, registry=drift)
    (directory / "shop" / "schedule.py").write_text(SCHEDULE.replace("NAME", "send_email"))
    assert problems(directory) == []
    (directory / "shop" / "old.py").write_text(OLD)
    assert sorted(problems(directory)) == ["call-missing", "schedule-arguments", "too-few-declared"]


def test_an_application_in_the_file_is_any(tmp_path: Path) -> None:
    """Where it is made is what Python 2 cannot say: whether there are tasks at all is not known."""
    directory = write(tmp_path, app="from celery import Celery\n\napp = Celery('shop')\nprint app\n", calls=RIGHT)
    assert problems(directory) == []
    package = write(tmp_path, app="from celery import Celery\n\napp = Celery('shop')\n", calls=WRONG)
    (package / "shop" / "__init__.py").write_text("from .tasks import task\nprint task\n")
    assert problems(package) == ["call-missing"]


def test_nothing_is_written(tmp_path: Path) -> None:
    drift = REGISTRY.replace("Task[[str, str], bool]", "Task[[str], bool]")
    directory = write(tmp_path, old=OLD, registry=drift)
    for arguments in (["--fix", "--yes"], ["--diff"], ["--baseline", "known.json", "--write-baseline"]):
        done = run(directory, "check", "--static", *arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.endswith("celery-registry: nothing is written where a file could not be read\n")
    assert (directory / "shop" / "registry.py").read_text() == drift
    assert not (directory / "known.json").exists()
    # Nobody knows whether a row of the baseline has gone.
    (directory / "shop" / "old.py").unlink()
    assert run(directory, "check", "--static", "--baseline", "known.json", "--write-baseline").returncode == 0
    write(directory, old=OLD, registry=REGISTRY)
    assert "No longer found" not in run(directory, "check", "--static", "--baseline", "known.json").stdout


def test_beside_an_application_the_rest_is_judged_too(tmp_path: Path) -> None:
    for calls, found in ((WRONG, ["call-missing"]), (RIGHT, [])):
        directory = write(tmp_path, old=OLD, calls=calls)
        done = run(directory, "check", "--app", "shop.app:app", "--format", "json")
        assert done.returncode == 2, done.stderr
        assert done.stderr.startswith("shop/old.py:8: is not valid Python ")
        assert [finding["problem"] for finding in json.loads(done.stdout)["findings"]] == found
        assert "Success" not in run(directory, "check", "--app", "shop.app:app").stdout


def test_of_several_services_each_is_judged(tmp_path: Path) -> None:
    for service, files in {"a": {"old": OLD, "calls": WRONG}, "b": {"calls": WRONG}}.items():
        (tmp_path / service).mkdir()
        write(tmp_path / service, **files)
    assert problems(tmp_path, "a", "b") == ["call-missing", "call-missing"]


def test_some_files_are_named_and_all_are_counted(tmp_path: Path) -> None:
    directory = write(tmp_path, **{f"old{i}": OLD for i in range(7)})
    done = run(directory, "check", "--static")
    assert done.stderr.count(": is not valid Python") == 5
    assert "\n... and 2 more\n" in done.stderr
    assert done.stdout.endswith("This is no verdict: 7 files could not be read.\n")
