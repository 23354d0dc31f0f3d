"""How tasks are used beside their arguments: each rule with its right twins, and what Celery itself does then."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from celery_registry.cli.static import judge_source
from celery_registry.settings import Settings

TASKS = """
    from celery import Celery, chain, shared_task
    from celery.result import allow_join_result
    from celery.schedules import crontab

    app = Celery("shop", broker="memory://", backend="cache+memory://")


    @app.task
    def add(x: int, y: int) -> int:
        return x + y


    @app.task(ignore_result=True)
    def log(line: str) -> str:
        return line
    """


def told(tmp_path: Path, text: str, settings: Settings | None = None, **files: str) -> dict[int, list[str]]:
    """Line of ``use.py`` -> the findings, as severity and code."""
    for name, content in {"tasks": TASKS, "use": text, **files}.items():
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(content))
    report = judge_source(settings or Settings(), [str(tmp_path)])
    found: dict[int, list[str]] = {}
    for finding in report.findings:
        assert Path(finding.origin.path).name == "use.py", finding
        found.setdefault(finding.origin.line, []).append(f"{report.severity(finding).value} {finding.problem}")
    return found


def marked(text: str) -> dict[int, list[str]]:
    """What the comments of a text promise: ``# !: warning result-in-task``."""
    lines = textwrap.dedent(text).splitlines()
    return {n: [line.partition("# !: ")[2]] for n, line in enumerate(lines, 1) if "# !: " in line}


RESULTS = """
    from celery import shared_task
    from celery.result import allow_join_result
    from tasks import add, app, log


    @app.task
    def report() -> None:
        add.delay(1, 2).get()  # !: warning result-in-task
        add.apply_async((1, 2)).get(timeout=3)  # !: warning result-in-task
        late = add.delay(1, 2)
        late.get(propagate=False)  # !: warning result-in-task
        add.delay(1, 2).get()  # celery-registry: ignore[task-deadlock]
        add.delay(1, 2).get(disable_sync_subtasks=False)
        with allow_join_result():
            add.delay(1, 2).get()
            late.wait()  # !: warning result-in-task
        add.apply((1, 2)).get()
        add.delay(1, 2).id
        two = add.delay(1, 2)
        two = {}
        two.get("id")
        three = {}
        three.get("id")

        def later():
            add.delay(1, 2).get()

        log.delay("x").get()  # !: error ignored-result


    def view(cache) -> None:
        add.delay(1, 2).get()
        cache.get(add.delay(1, 2))
        log.delay("x").get()  # !: error ignored-result
        log.apply_async(("x",)).get(timeout=1)  # !: error ignored-result
        log.apply_async(("x",), ignore_result=False).get()
        add.apply_async((1, 2), ignore_result=True).get()  # !: error ignored-result
        add.apply_async((1, 2), ignore_result=bool(cache)).get()
        log.apply_async(("x",), **cache).get()
        done = log.delay("x")
        done.get()  # !: error ignored-result
        log.delay("x").get()  # celery-registry: ignore[task-ignored-result]
        log.delay("x").id
    """
BOUND = """
    import functools
    from celery import shared_task
    from tasks import app


    @app.task(bind=True)
    def none(): ...  # !: error bound-without-self


    @shared_task(bind=True)
    def named(*, key: str): ...  # !: error bound-without-self


    @shared_task(bind=True)
    def options(**options: str): ...  # !: error bound-without-self


    @app.task(bind=True)
    def accepted(): ...  # celery-registry: ignore[task-bind]


    @app.task(bind=True)
    def right(self): ...


    @app.task(bind=True)
    def other(task, key: str): ...


    @app.task(bind=True)
    def rest(*args): ...


    @app.task
    def unbound(): ...


    def adds(function):
        @functools.wraps(function)
        def run(self, *args):
            return function(*args)

        return run


    @app.task(bind=True)
    @adds
    def wrapped(): ...
    """
CRONTABS = """
    import celery.schedules
    from celery import schedules as s
    from celery.schedules import crontab
    from elsewhere import crontab as other

    a = crontab(hour=3)  # !: warning crontab-every-minute
    b = crontab(day_of_week="sun", hour="*/4")  # !: warning crontab-every-minute
    c = celery.schedules.crontab(day_of_month=1)  # !: warning crontab-every-minute
    d = s.crontab(hour=3)  # !: warning crontab-every-minute
    e = crontab(hour=3, minute=0)
    f = crontab()
    g = crontab(0, 3)
    h = crontab(hour="*")
    i = crontab(hour=3, minute="*")
    j = crontab(**options)
    k = other(hour=3)
    l = crontab(hour=3)  # celery-registry: ignore[task-schedule]
    m = crontab(minute="*/5", hour=3)
    """


@pytest.mark.parametrize("text", [RESULTS, BOUND, CRONTABS], ids=["results", "bound", "crontabs"])
def test_the_marked_lines_are_told_and_their_right_twins_are_not(tmp_path: Path, text: str) -> None:
    assert told(tmp_path, text) == marked(text)


def test_a_warning_fails_nothing(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(textwrap.dedent(TASKS) + "\nevery_night = crontab(hour=3)\n")
    report = judge_source(Settings(), [str(tmp_path)])
    assert [finding.problem for finding in report.findings] == ["crontab-every-minute"]
    assert not report.failed


#: What each rule says happens, happening.
PROOF = """
import json, os, subprocess, sys
from celery import Celery
from celery.schedules import crontab

here = os.getcwd()
app = Celery("proof", broker="filesystem://", backend=f"file://{here}/results")
app.conf.broker_transport_options = {"data_folder_in": f"{here}/queue", "data_folder_out": f"{here}/queue"}


@app.task
def add(x, y):
    return x + y


@app.task(ignore_result=True)
def log(line):
    return line


@app.task
def report():
    return add.delay(1, 2).get(timeout=20)


@app.task
def allowed():
    return add.delay(1, 2).get(timeout=0.2, disable_sync_subtasks=False)


@app.task(bind=True)
def none():
    return 1


def failure(call):
    try:
        call()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    told = {"minutes": len(crontab(hour=3).minute), "once": len(crontab(hour=3, minute=0).minute)}
    os.makedirs("queue")
    os.makedirs("results")
    command = [sys.executable, "-m", "celery", "-A", "proof", "worker", "--pool", "solo", "--without-gossip"]
    worker = subprocess.Popen([*command, "--without-mingle", "--without-heartbeat"], stderr=subprocess.DEVNULL)
    try:
        told["right"] = add.delay(1, 2).get(timeout=60)
        told["ignored"] = log.delay("x").get(timeout=60)
        told["in a task"] = failure(lambda: report.delay().get(timeout=60))
        # The only worker waits for itself.
        told["blocked"] = failure(lambda: allowed.delay().get(timeout=60))
        told["bound"] = failure(lambda: none.delay().get(timeout=60))
    finally:
        worker.terminate()
        worker.wait()
    print(json.dumps(told))
"""


def test_celery_does_what_the_rules_say(tmp_path: Path) -> None:
    (tmp_path / "proof.py").write_text(PROOF)
    done = subprocess.run([sys.executable, "proof.py"], cwd=tmp_path, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert (told["minutes"], told["once"], told["right"], told["ignored"]) == (60, 1, 3, None)
    assert told["in a task"].startswith("RuntimeError: Never call result.get() within a task!")
    assert told["blocked"].startswith("TimeoutError")
    assert told["bound"].startswith("TypeError")
