"""``check --deploy``: what nobody consumes or sends is told, what is right or unclear is not, and real workers agree."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from brokers import Broker
from click.testing import CliRunner

from celery_registry.cli import registry
from celery_registry.deployment.files import read_deployment
from cli.shop import run

APP = """import os
from celery import Celery

app = Celery("shop", broker=os.environ.get("SHOP_BROKER", "memory://"), include=["shop.tasks"])
app.conf.task_routes = {"shop.tasks.send_*": {"queue": "mail"}}
app.conf.beat_schedule = {"clean": {"task": "shop.tasks.clean", "schedule": 3600.0}}
"""
TASKS = """from shop.celery import app


@app.task
def send_email(to: str) -> None: ...


@app.task
def send_sms(to: str) -> None: ...


@app.task(queue="slow")
def report() -> None: ...


@app.task
def clean() -> None: ...


@app.task
def debug() -> None: ...


def caller() -> None:
    report.delay()
"""
RIGHT = {
    "compose.yaml": """services:
  redis: {image: redis}
  web: {build: ., command: gunicorn shop.wsgi}
  worker: {build: ., command: "celery -A shop worker -Q celery,mail"}
  slow: {build: ., command: [sh, -c, "exec celery -A shop.celery:app worker -Q ${SLOW:-slow}"]}
  beat: {build: ., command: celery -A shop beat}
""",
}
WORKER = "celery -A shop worker -Q celery,mail"
BEAT = "  beat: {build: ., command: celery -A shop beat}\n"
UNIT = "[Service]\nExecStart=celery -A shop beat\nEnvironmentFile=/etc/"
POD = """---
kind: Pod
metadata: {{name: beat, namespace: {}}}
spec: {{containers: [{{name: beat, image: shop, args: [celery, -A, shop, beat], envFrom: [{{configMapRef: {{name: {}}}}}]}}]}}
"""
NO_MAIL, NO_BEAT, TWO = "queue-without-worker", "schedule-without-beat", "two-beats"


def write(folder: Path, files: dict[str, str], app: str = APP, tasks: str = TASKS) -> list[str]:
    (folder / "shop").mkdir(exist_ok=True)
    for name, text in {"__init__": "", "celery": app, "tasks": tasks}.items():
        (folder / "shop" / f"{name}.py").write_text(text)
    for name, text in files.items():
        (folder / name).write_text(text)
    return [word for name in files for word in ("--deploy", name)]


def found(folder: Path, arguments: list[str], *more: str) -> list[tuple[str, str]]:
    done = run(folder, "check", *arguments, *more, "--format", "json")
    assert done.returncode in (0, 1), done.stderr
    rows = json.loads(done.stdout)["findings"]
    return [(row["problem"], row["task"]) for row in rows if row["code"] == "task-deploy"]


def changed(old: str, new: str) -> dict[str, str]:
    assert old in RIGHT["compose.yaml"]
    return {"compose.yaml": RIGHT["compose.yaml"].replace(old, new)}


def test_a_queue_that_nobody_consumes_is_told_once_with_its_place(tmp_path: Path) -> None:
    done = run(tmp_path, "check", *write(tmp_path, changed("celery,mail", "celery,mial")))
    assert done.returncode == 1
    assert (
        'error [task-deploy] Task "shop.tasks.send_email" (and 1 more) goes to the queue "mail", which no worker of '
        'compose.yaml consumes; did you mean "mial"?' in done.stdout
    )
    assert "at        shop/tasks.py:5 (send_email)" in done.stdout
    assert "and at    compose.yaml:4" in done.stdout
    assert done.stderr == "compose.yaml: 2 workers, 1 beat\n"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (RIGHT, []),
        (changed("-Q ${SLOW:-slow}", "-Q other"), [(NO_MAIL, "shop.tasks.report")]),
        (changed(" -Q celery,mail", ""), [(NO_MAIL, "shop.tasks.send_email")]),
        (changed("-Q celery,mail", "-Q mail"), [(NO_MAIL, "shop.tasks.clean")]),
        (changed("celery -A shop beat", "sleep 1"), [(NO_BEAT, "beat")]),
        (changed(WORKER, f"{WORKER} -B"), [(TWO, "beat")]),
        (changed("celery -A shop beat}", "celery -A shop beat, scale: 2}"), [(TWO, "beat")]),
        (changed(BEAT, f"{BEAT}  other: {{build: ., command: celery -A shop beat}}\n"), [(TWO, "other")]),
        (changed(BEAT, f"{BEAT}  other: {{build: ., command: celery -A shop beat, profiles: [debug]}}\n"), []),
        (changed(BEAT, f"{BEAT}  other: {{build: ., command: celery -A shop beat, env_file: other.env}}\n"), []),
        (changed(BEAT, f"{BEAT}  other: {{build: ., command: celery --config=other -A shop beat}}\n"), []),
        ({"a.service": f"{UNIT}a\n", "b.service": f"{UNIT}a\n"}, [(TWO, "b.service")]),
        ({"a.service": f"{UNIT}a\n", "b.service": f"{UNIT}b\n"}, []),
        ({"k.yaml": POD.format("eu", "one") + POD.format("eu", "one")}, [(TWO, "beat")]),
        ({"k.yaml": POD.format("eu", "one") + POD.format("us", "one")}, []),
        ({"k.yaml": POD.format("eu", "one") + POD.format("eu", "two")}, []),
        ({**changed("  beat: {build: ., command: celery -A shop beat}\n", ""), "Procfile": "beat: celery -A shop beat\n"}, []),
        ({"Procfile": f"w: {WORKER},slow -B\n"}, []),
        ({"w.service": f"[Service]\nExecStart={WORKER} \\\n  -B\n", "Procfile": "slow: celery -A shop worker -Q slow\n"}, []),
    ],
)  # fmt: skip
def test_each_fault_and_its_right_twin(tmp_path: Path, files: dict[str, str], expected: list[tuple[str, str]]) -> None:
    assert found(tmp_path, write(tmp_path, files)) == expected


def test_the_application_itself_says_the_same_where_it_is_asked(tmp_path: Path) -> None:
    for files, expected in ((RIGHT, []), (changed("-Q celery,mail", "-Q mail"), [(NO_MAIL, "shop.tasks.clean")])):
        assert found(tmp_path, write(tmp_path, files), "--app", "shop.celery:app") == expected


def test_an_entry_that_chooses_its_queue_sends_nothing_to_the_default_one(tmp_path: Path) -> None:
    app = APP.replace("3600.0", '3600.0, "options": {"queue": "mail"}')
    arguments = write(tmp_path, changed("-Q celery,mail", "-Q mail"), app)
    assert found(tmp_path, arguments, "--app", "shop.celery:app") == []


@pytest.mark.parametrize(
    "files",
    [
        changed("gunicorn shop.wsgi", "./start.sh"),
        changed("image: redis", "image: shop/worker"),
        changed("-Q ${SLOW:-slow}", "-Q $$QUEUES"),
        {**RIGHT, "more.yaml": "services:\n  more: {build: .}\n"},
        {**RIGHT, "chart.yaml": "kind: Deployment\nspec: {{ .Values.spec }}\n"},
    ],
)
def test_where_something_cannot_be_read_nothing_is_missing(tmp_path: Path, files: dict[str, str]) -> None:
    broken = {name: text.replace("celery,mail", "celery") for name, text in files.items()}
    arguments = write(tmp_path, {k: v.replace("celery -A shop beat", "sleep 1") for k, v in broken.items()})
    done = run(tmp_path, "check", *arguments)
    assert done.returncode == 0, done.stdout
    assert "what nobody consumes is not told" in done.stderr
    # Whose queues are unknown is a worker all the same, and no beat.
    assert ("no beat" in done.stdout) == ("$$QUEUES" in str(files))


@pytest.mark.parametrize(
    ("app", "tasks"),
    [
        (APP.replace("app.conf.task_routes = {", "app.conf.task_routes = route_by_tenant or {"), TASKS.replace('queue="slow"', "")),
        (APP.replace('"queue": "mail"', '"queue": os.environ["MAIL"]'), TASKS.replace('queue="slow"', "queue=SLOW")),
        (APP.replace("app.conf.task_routes", "OLD") + 'app.conf.task_default_queue = os.environ["Q"]\n', TASKS.replace('queue="slow"', "")),
        (APP.replace("app.conf.task_routes", "OLD"), TASKS.replace('@app.task(queue="slow")', "@app.task").replace(".delay()", '.apply_async(queue="mail")')),
    ],
)  # fmt: skip
def test_where_the_program_does_not_tell_a_queue_nothing_is_missing(tmp_path: Path, app: str, tasks: str) -> None:
    files = {"Procfile": "worker: celery -A shop worker -Q nothing -B\n"}
    told = found(tmp_path, write(tmp_path, files, app, tasks))
    assert [task for _, task in told if task != "shop.tasks.clean"] == [], told


UNROUTED = APP.replace('app.conf.task_routes = {"shop.tasks.send_*": {"queue": "mail"}}\n', "")
PLAIN = TASKS.replace('queue="slow"', "")
SENT = "report.delay()"
#: What hides a queue, or may: the application, the tasks, and the text of a module ``shop.more``.
HIDDEN = {
    "a decorator with more options": (UNROUTED, TASKS.replace('queue="slow"', "**OPTIONS"), ""),
    "a loaded configuration": (UNROUTED + "app.conf.update(load())\n", PLAIN, ""),
    "a spread configuration": (UNROUTED + "app.conf.update(**load())\n", PLAIN, ""),
    "a module that is not read": (UNROUTED + 'app.config_from_object("celeryconfig")\n', PLAIN, ""),
    "an object that is made": (UNROUTED + "app.config_from_object(make())\n", PLAIN, ""),
    "an instance that is made elsewhere": (UNROUTED + "from shop.more import settings\napp.config_from_object(settings)\n", PLAIN, "settings = make()\n"),
    "a module that takes everything": (UNROUTED + 'app.config_from_object("shop.more")\n', PLAIN, "from elsewhere import *\n"),
    "the environment": (UNROUTED + 'app.config_from_envvar("CONFIG")\n', PLAIN, ""),
    "routes under another name": (UNROUTED, PLAIN, "from elsewhere import ROUTES as task_routes\n"),
    "routes of elsewhere": (UNROUTED, PLAIN, "from elsewhere import task_routes\n"),
    "a router": (UNROUTED, PLAIN, "def task_routes(name, *args, **kwargs): ...\n"),
    "options of a call": (UNROUTED, PLAIN.replace(SENT, "report.apply_async(**options())"), ""),
    "options in a table": (UNROUTED, PLAIN.replace(SENT, 'report.apply_async(**{"queue": "nothing"})'), ""),
    "options of a signature": (UNROUTED, PLAIN.replace(SENT, "report.s().set(**options()).delay()"), ""),
    "the options of an entry": (UNROUTED.replace("3600.0", '3600.0, "options": {"queue": "nothing"}'), PLAIN, ""),
    "an entry with unknown options": (UNROUTED.replace("3600.0", '3600.0, "options": OPTIONS'), PLAIN, ""),
    "an entry that is spread": (UNROUTED.replace("3600.0", "3600.0, **MORE"), PLAIN, ""),
    "a task class of the application": (UNROUTED + "app.Task = Own\n", PLAIN, ""),
    "annotations": (UNROUTED + 'app.conf.task_annotations = {"*": {"queue": "nothing"}}\n', PLAIN, ""),
    "an application with more options": (UNROUTED.replace('Celery("shop"', 'Celery("shop", **make()'), PLAIN, ""),
    "an application with its own messages": (UNROUTED.replace("import Celery", "import Celery as Base\n\n\nclass Celery(Base):\n    def send_task(self): ..."), PLAIN, ""),
    "settings of Django that are not read": (UNROUTED + 'app.config_from_object("django.conf:settings", namespace="CELERY")\n', PLAIN, ""),
}  # fmt: skip
#: The same where the text does tell.
TOLD = {
    "a module that is read": (UNROUTED + 'app.config_from_object("shop.more")\n', PLAIN, 'timezone = "UTC"\n'),
    "a class that is read": (UNROUTED + "from shop.more import Config\napp.config_from_object(Config)\n", PLAIN, "class Config:\n    timezone = 'UTC'\n"),
    "another setting": (UNROUTED + 'app.conf.update({"timezone": "UTC"}, enable_utc=True)\n', PLAIN, ""),
    "annotations without a queue": (UNROUTED + 'app.conf.task_annotations = {"*": {"rate_limit": "1/s"}}\n', PLAIN, ""),
    "arguments of the task": (UNROUTED, PLAIN.replace(SENT, "report.delay(**arguments())"), ""),
    "options of an entry": (UNROUTED.replace("3600.0", '3600.0, "options": {"expires": 60}'), PLAIN, ""),
}  # fmt: skip


@pytest.mark.parametrize(("name", "expected"), [*((name, False) for name in HIDDEN), *((name, True) for name in TOLD)])
def test_the_default_queue_is_only_told_where_nothing_else_may_be_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, expected: bool
) -> None:
    app, tasks, more = (HIDDEN | TOLD)[name]
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"Procfile": "worker: celery -A shop worker -Q nothing -B\n"}, app, tasks)
    (tmp_path / "shop" / "more.py").write_text(more)
    done = CliRunner().invoke(registry, ["check", "--deploy", "Procfile", "--format", "json"])
    rows = [row for row in json.loads(done.stdout)["findings"] if row["code"] == "task-deploy"]
    if name == "a decorator with more options":
        # Beat sends the other one.
        assert [row["task"] for row in rows] == ["shop.tasks.clean"]
        return
    assert bool(rows) == expected, rows
    assert all(row["problem"] == NO_MAIL for row in rows)


def test_the_first_table_of_routes_that_has_a_task_decides(tmp_path: Path) -> None:
    two = '[{"shop.tasks.send_*": {"queue": "celery"}}, {"shop.tasks.send_email": {"queue": "mial"}}]'
    app = APP.replace('{"shop.tasks.send_*": {"queue": "mail"}}', two)
    files = {"Procfile": "worker: celery -A shop worker -Q celery,slow -B\n"}
    assert found(tmp_path, write(tmp_path, files, app)) == []
    swapped = app.replace("send_email", "send_X").replace("send_*", "send_email").replace("send_X", "send_*")
    assert found(tmp_path, write(tmp_path, files, swapped)) == [(NO_MAIL, "shop.tasks.send_sms")]


def test_another_application_does_not_have_the_task(tmp_path: Path) -> None:
    for name in ("billing", "orders"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("")
        (tmp_path / name / "app.py").write_text(
            f'from celery import Celery\n\napp = Celery("{name}")\n\n\n@app.task(queue="{name}")\ndef run_{name}(): ...\n'
        )
    wrong = "a: celery -A billing.app worker -Q billing,orders\nb: celery -A orders.app worker -Q other\n"
    (tmp_path / "Procfile").write_text(wrong)
    assert found(tmp_path, ["--deploy", "Procfile"]) == [("queue-of-another-app", "orders.app.run_orders")]
    (tmp_path / "Procfile").write_text(wrong.replace("other", "orders"))
    assert found(tmp_path, ["--deploy", "Procfile"]) == []
    # The other service is deployed by other files.
    (tmp_path / "Procfile").write_text("a: celery -A billing.app worker -Q billing\n")
    assert found(tmp_path, ["--deploy", "Procfile"]) == []


def test_a_scheduler_that_keeps_beats_apart_may_run_twice(tmp_path: Path) -> None:
    twice = changed("celery -A shop beat}", 'celery -A shop beat -S "redbeat.RedBeatScheduler", scale: 2}')
    assert found(tmp_path, write(tmp_path, twice)) == []


def test_a_file_that_is_none_is_exit_status_2(tmp_path: Path) -> None:
    write(tmp_path, {"compose.yaml": "services: ["})
    for name in ("compose.yaml", "missing.service"):
        done = run(tmp_path, "check", "--deploy", name)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


# -- real workers ------------------------------------------------------------------------------------------------

REAL = {
    "wrong": {
        "compose.yaml": "services:\n  worker: {build: ., command: celery -A shop worker -Q celery}\n",
        "Procfile": "slow: sh -c 'exec celery -A shop worker -Q ${SLOW:-slow}'\nbeat: celery -A shop beat\n",
    },
    "right": {
        "compose.yaml": "services:\n  worker: {build: ., command: 'celery -A shop worker -Q celery,mail'}\n",
        "Procfile": "slow: sh -c 'exec celery -A shop worker -Q ${SLOW:-slow}'\nbeat: celery -A shop beat\n",
    },
}
SEND = "from shop.tasks import *\nfor task in (clean, report): task.delay()\nfor task in (send_email, send_sms): task.delay('a')\n"


@contextmanager
def started(folder: Path, url: str) -> Iterator[None]:
    """The workers of the files in ``folder``, with the options that were read."""
    processes, unread = read_deployment([folder / "compose.yaml", folder / "Procfile"])
    assert unread == []
    with ExitStack() as stack:
        for process in processes:
            if process.is_worker:
                command = [
                    "-A",
                    str(process.app),
                    "worker",
                    "-Q",
                    ",".join(process.queues or ()),
                    "-n",
                    f"{process.name}@%h",
                ]
                worker = subprocess.Popen(
                    [sys.executable, "-m", "celery", *command, "-P", "solo", "--without-gossip", "--without-mingle"],
                    cwd=folder,
                    env={**os.environ, "SHOP_BROKER": url},
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
                stack.callback(worker.wait, 60)
                stack.callback(worker.kill)
        yield


@pytest.mark.parametrize("kind", REAL)
def test_what_is_said_of_two_files_is_what_their_workers_do(tmp_path: Path, redis_broker: Broker, kind: str) -> None:
    arguments = write(tmp_path, REAL[kind])
    told = found(tmp_path, arguments)
    assert told == ([(NO_MAIL, "shop.tasks.send_email")] if kind == "wrong" else [])
    url = redis_broker.url.removesuffix("/0") + "/11"
    broker = Broker(url)
    with started(tmp_path, url):
        environment = {**os.environ, "SHOP_BROKER": url}
        subprocess.run([sys.executable, "-c", SEND], cwd=tmp_path, env=environment, check=True, timeout=120)
        left = 2 if kind == "wrong" else 0
        end = time.monotonic() + 120
        while time.monotonic() < end and [broker.count(q) for q in ("celery", "slow", "mail")] != [0, 0, left]:
            time.sleep(0.1)
        # Nobody comes for them later either.
        time.sleep(1)
        assert [broker.count(queue) for queue in ("celery", "slow", "mail")] == [0, 0, left]
    broker.drain("mail")
