"""The map holds what the source says of each task, no more and no less, and the same source gives the same bytes.

Law: the commands run as users run them; what calls there are is counted by the index, and by hand in the programs here.
"""

from __future__ import annotations

import json
import shutil
import textwrap
from pathlib import Path
from typing import Any

import pytest
from cli.shop import run
from mypy_cases import CASES

from celery_registry.map.index_reader import read_map
from celery_registry.source.files import find_files
from celery_registry.source.index import SourceIndex

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "delivery_project"
HOSTILE = '</script><b>"quoted" `ticks` | pipe \\ \u202eright to left\x1b[31m'

FILES = {
    "shop/__init__.py": "",
    "shop/app.py": """
        from celery import Celery
        from celery.schedules import crontab
        app = Celery("shop")
        app.conf.beat_schedule = {"nightly": {"task": "clean", "schedule": crontab(hour=0), "args": (1,)}}
        app.conf.task_routes = {"cle*": {"queue": "slow"}}
        """,
    "shop/tasks.py": """
        from celery import shared_task
        from shop.app import app

        @app.task(name="clean", queue="slow", serializer="json")
        def clean(days: int, *, hard: bool = False) -> int:
            \"\"\"Throw away what is old.\"\"\"
            send.delay("done")
            return 1

        @shared_task
        def send(to: str) -> None: ...

        @app.task(typing=False, name="loose")
        def loose(a: int) -> None: ...

        @shared_task
        def alone() -> None: ...
        """,
    "shop/views.py": """
        from celery import chain
        from shop.app import app
        from shop.tasks import clean, loose, send

        class View:
            def post(self, arguments, anything):
                clean.apply_async((1,), countdown=3)
                clean.apply_async(*arguments)
                chain(clean.si(1), send.s("a"))()
                app.send_task("clean", (2,))
                loose.delay(1, 2)
                anything.delay(3)

        send("here")
        """,
    "tests/test_views.py": """
        from shop.tasks import send
        def test_send(): send.delay("test")
        """,
}


def write(folder: Path, files: dict[str, str] = FILES) -> Path:
    (folder / ".git").mkdir(exist_ok=True)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("map"))


@pytest.fixture(scope="module")
def document(shop: Path) -> dict[str, Any]:
    done = run(shop, "map")
    assert done.returncode == 0, done.stderr
    loaded: dict[str, Any] = json.loads(done.stdout)
    return loaded


def tasks(document: dict[str, Any]) -> dict[str, Any]:
    return {task["name"]: task for task in document["tasks"]}


def callers(task: dict[str, Any]) -> list[tuple[str, int, str | None, bool, str | None]]:
    return [(c["path"], c["line"], c["method"], c["checked"], c["inside"]) for c in task["callers"]]


def test_each_task_has_every_call_of_it_and_no_other(document: dict[str, Any]) -> None:
    found = tasks(document)
    assert sorted(found) == ["clean", "loose", "shop.tasks.alone", "shop.tasks.send"]
    views, inside = "shop/views.py", "View.post"
    assert callers(found["clean"]) == [
        (views, 8, "apply_async", True, inside),
        (views, 9, "apply_async", False, inside),
        (views, 10, "si", True, inside),
        (views, 11, "send_task", True, inside),
    ]
    assert callers(found["shop.tasks.send"]) == [
        ("shop/tasks.py", 8, "delay", True, "clean"),
        (views, 10, "s", True, inside),
        (views, 15, None, True, None),
    ]
    assert callers(found["loose"]) == [(views, 12, "delay", False, inside)]
    assert callers(found["shop.tasks.alone"]) == []
    assert [c["by_name"] for c in found["clean"]["callers"]] == [False, False, False, True]
    assert found["clean"]["callers"][1]["reason"] == "its arguments are unpacked into the call"
    assert found["loose"]["callers"][0]["reason"] == "the task has typing = False"
    assert document["unseen"] == [
        {"reason": "nothing says which task this is", "places": [{"path": views, "line": 13}]}
    ]


def test_a_task_has_its_places_schedule_and_options(document: dict[str, Any]) -> None:
    clean = tasks(document)["clean"]
    assert clean["signature"] == "(days: int, *, hard: bool = ...) -> int"
    assert clean["docstring"] == "Throw away what is old."
    assert (clean["queue"], clean["serializer"], clean["elsewhere"], clean["named"]) == ("slow", "json", False, True)
    (implementation,) = clean["implementations"]
    assert (implementation["target"], implementation["path"], implementation["line"]) == (
        "shop.tasks.clean",
        "shop/tasks.py",
        6,
    )
    crontab = {"minute": None, "hour": [0], "day_of_week": None, "day_of_month": None, "month_of_year": None}
    timing = {"text": "crontab(hour=0)", "seconds": None, "timezone": None, "crontab": crontab}
    assert clean["schedules"] == [
        {"key": "nightly", "path": "shop/app.py", "line": 5, "timing": timing, "holder": None}
    ]
    assert document["schedules"] == [{"task": "clean", **clean["schedules"][0]}]
    assert clean["routes"] == [{"setting": "task_routes", "pattern": "cle*", "path": "shop/app.py", "line": 6}]
    assert tasks(document)["shop.tasks.alone"]["queue"] is None


def test_the_digest_changes_with_the_contract_and_not_with_a_line(tmp_path: Path, document: dict[str, Any]) -> None:
    moved = {**FILES, "shop/tasks.py": "\n\n\n" + textwrap.dedent(FILES["shop/tasks.py"])}
    changed = {**FILES, "shop/tasks.py": FILES["shop/tasks.py"].replace("days: int,", "days: int, more: int,")}
    digests = []
    for number, files in enumerate((moved, changed)):
        folder = tmp_path / str(number)
        folder.mkdir()
        digests.append(tasks(json.loads(run(write(folder, files), "map").stdout))["clean"]["digest"])
    assert digests[0] == tasks(document)["clean"]["digest"] != digests[1]


@pytest.mark.parametrize("folder", sorted(p for p in CASES.iterdir() if p.is_dir()), ids=lambda path: path.name)
def test_every_judged_call_is_an_edge_and_every_checked_edge_a_judged_call(folder: Path) -> None:
    index = SourceIndex.build(find_files([folder], bases=[folder]))
    judged = sorted((call.task, call.origin) for call in index.calls.calls)
    system = read_map(index)
    edges = [(t.name, c.origin, c.unchecked) for t in system.tasks.values() for c in t.callers]
    assert sorted((name, origin) for name, origin, unchecked in edges if unchecked is None) == judged
    assert len(edges) == len(index.calls.callers)


def test_the_example_agrees_with_a_search_of_its_text(tmp_path: Path) -> None:
    done = run(EXAMPLE, "map", "src")
    found = tasks(json.loads(done.stdout))
    assert sorted(found) == ["cleanup_sessions", "ping", "send_email"]
    path = EXAMPLE / "src/delivery/http/orders.py"
    line = next(n for n, text in enumerate(path.read_text().splitlines(), 1) if "send_email.delay(" in text)
    (caller,) = found["send_email"]["callers"]
    assert (caller["path"], caller["line"], caller["inside"]) == (
        "src/delivery/http/orders.py",
        line,
        "OrderController.create_order",
    )
    assert found["ping"]["properties"][0]["name"] == "delivery.tasks.registry.TasksRegistry.ping"


def test_tasks_of_another_service_come_from_its_lock(tmp_path: Path) -> None:
    lock = {"format": 1, "tasks": {"bill": {"parameters": ["order: int"], "queue": "money", "serializer": "msgpack"}}}
    (tmp_path / "billing.lock").write_text(json.dumps(lock, indent=2))
    (tmp_path / "pyproject.toml").write_text('[tool.celery-registry]\ncontracts = ["billing.lock"]\n')
    write(tmp_path, {"a.py": 'from celery import Celery\napp = Celery("a")\napp.send_task("bill", (1,))\n'})
    done = run(tmp_path, "map")
    assert done.returncode == 0, done.stderr
    bill = tasks(json.loads(done.stdout))["bill"]
    assert (bill["elsewhere"], bill["queue"], bill["serializer"]) == (True, "money", "msgpack")
    assert callers(bill) == [("a.py", 3, "send_task", True, None)]


# -- other ways to call ---------------------------------------------------------------------------------------------

OTHER_WAYS = """
import inspect
import subprocess
from celery import Celery, signature

app = Celery("ways")

@app.task(name="send")
def send(to: str) -> None: ...

@app.task(name="inspect")
def inspect_it(path: str) -> None: ...

def ways(frame, pool) -> None:
    send.map(["a"])
    send.starmap([("a",)])
    send.chunks([("a",)], 2)
    send.run("a")
    signature("send", ("a",))
    signature("send", ("a", "b"))
    subprocess.run(["send"])
    frame.map(send)
    pool.starmap(send, [])
    inspect.signature(send)
"""
OWN_SIGNATURE = """
from celery import Celery
from inspect import signature as described

app = Celery("own")

@app.task(name="signature")
def signature(text: str) -> None: ...

signature("send")
described("send", 2)
"""


def test_map_chunks_run_and_the_function_signature_are_calls(tmp_path: Path) -> None:
    folder = write(tmp_path, {"ways.py": OTHER_WAYS})
    document = json.loads(run(folder, "map").stdout)
    reason = "map, starmap, chunks and run are not held to the parameters of a task"
    said = [(c["method"], c["kind"], c["reason"]) for c in tasks(document)["send"]["callers"]]
    assert said == [
        *[(method, "call", reason) for method in ("map", "starmap", "chunks", "run")],
        *[("signature", "name", None)] * 2,
    ]
    assert tasks(document)["inspect"]["callers"] == []
    assert document["unseen"] == []
    (finding,) = tasks(document)["send"]["findings"]
    assert (finding["code"], OTHER_WAYS.splitlines()[finding["line"] - 1].strip()) == (
        "call-arg",
        'signature("send", ("a", "b"))',
    )


def test_a_task_that_is_called_signature_is_called_as_any_other(tmp_path: Path) -> None:
    document = json.loads(run(write(tmp_path, {"own.py": OWN_SIGNATURE}), "map").stdout)
    (caller,) = tasks(document)["signature"]["callers"]
    assert (caller["method"], caller["kind"], caller["checked"]) == (None, "call", True)
    assert document["findings"] == []


# -- retries and old names -------------------------------------------------------------------------------------------

KEPT = """
from celery import Celery, Task, shared_task
from celery_registry import alias

app = Celery("kept")

class Base(Task):
    abstract = True

class Own(Task):
    abstract = True
    def retry(self, *args, **kwargs): ...

@app.task(bind=True, name="load")
def load(self, url: str) -> None:
    try:
        self.retry(kwargs={"url": url})
    except ValueError as error:
        raise self.retry(exc=error)

@app.task(bind=True, base=Base, name="based")
def based(self, url: str) -> None:
    raise self.retry()

@app.task(bind=True, base=Own, name="own")
def own(self, url: str) -> None:
    raise self.retry()

@shared_task(name="poll")
def poll(url: str) -> None:
    raise poll.retry()

def send(session) -> None:
    app.send_task("fetch", ("a",))
    session.retry()

alias(app, old="fetch", new="load", expires="2027-01-31")
alias(app, old="download", new="fetch", adapt=lambda url: (url,))
alias(app, old="here", new="there")
alias(app, old="there", new="here")
"""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("kept"), {"kept.py": KEPT})


def line_of(text: str) -> int:
    return next(number for number, line in enumerate(KEPT.splitlines(), 1) if text in line)


def test_a_retry_is_a_call_of_the_task_around_it_bare_or_not(kept: Path) -> None:
    found = tasks(json.loads(run(kept, "map").stdout))
    said = {
        name: [(c["kind"], c["method"], c["inside"], c["reason"]) for c in t["callers"]] for name, t in found.items()
    }
    retry = ("retry", "retry")
    assert said == {
        "load": [
            (*retry, "load", None),
            (*retry, "load", None),
            ("name", "send_task", "send", "it sends an old name, which an alias keeps"),
        ],
        "based": [(*retry, "based", None)],
        "own": [(*retry, "own", "a class of its own may change the arguments")],
        "poll": [(*retry, "poll", None)],
    }
    # Nobody calls what only calls itself.
    listed = run(kept, "list", "--uncalled").stdout.splitlines()
    assert [line.partition("(")[0] for line in listed] == ["based", "own", "poll"]


def test_an_old_name_is_on_the_map_with_its_day_and_leads_to_its_task(kept: Path) -> None:
    document = json.loads(run(kept, "map").stdout)
    first, second = line_of('old="fetch"'), line_of('old="download"')
    assert tasks(document)["load"]["aliases"] == [
        {"name": "download", "path": "kept.py", "line": second, "new": "fetch", "expires": None, "adapted": True},
        {"name": "fetch", "path": "kept.py", "line": first, "new": "load", "expires": "2027-01-31", "adapted": False},
    ]
    assert document["unseen"] == []
    for command in (["callers", "download"], ["show", "load"]):
        said = run(kept, *command).stdout
        assert "3 callers, 2 checked, 2 old names" in said
        assert f"kept.py:{first}  alias  fetch  until 2027-01-31\n" in said
        assert f"kept.py:{second}  alias  download  with other arguments\n" in said
    assert f"* `kept.py:{first} alias fetch until 2027-01-31`" in run(kept, "map", "--format", "markdown").stdout
    mermaid = run(kept, "map", "--format", "mermaid").stdout
    assert '  n0>"download"]' in mermaid
    assert mermaid.count('|"alias"|') == 2
    assert '[label="retry x2"];' in run(kept, "map", "--format", "dot").stdout


# -- the commands ----------------------------------------------------------------------------------------------------


def test_show_and_callers_say_the_same_to_a_person(shop: Path) -> None:
    shown, listed = run(shop, "show", "clean"), run(shop, "callers", "clean")
    assert (shown.returncode, listed.returncode) == (0, 0), shown.stderr + listed.stderr
    assert "clean(days: int, *, hard: bool = ...) -> int" in shown.stdout
    assert "runs        shop.tasks.clean  shop/tasks.py:6" in shown.stdout
    assert listed.stdout.splitlines() == [
        "clean: 4 callers, 3 checked, 1 schedule",
        "shop/views.py:8  apply_async  in shop.views.View.post",
        "shop/views.py:9  apply_async  in shop.views.View.post  (not checked: its arguments are unpacked into the call)",
        "shop/views.py:10  si  in shop.views.View.post",
        "shop/views.py:11  send_task  in shop.views.View.post",
        "shop/app.py:5  beat  nightly  crontab(hour=0)",
    ]
    assert listed.stderr.startswith("1 call is in no list, for nobody can tell the task")


@pytest.mark.parametrize("name", ["shop.tasks.send", "send", "tasks.send"])
def test_the_end_of_a_dotted_name_finds_a_task(shop: Path, name: str) -> None:
    done = run(shop, "callers", name)
    assert done.stdout.startswith("shop.tasks.send: 3 callers"), done.stderr


@pytest.mark.parametrize(
    ("name", "said"),
    [("claen", 'no task is called "claen"; did you mean "clean"?'), ("end", 'no task is called "end"')],
)
def test_a_name_that_nobody_has_is_one_line(shop: Path, name: str, said: str) -> None:
    done = run(shop, "show", name)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"celery-registry: {said}\n")


def test_a_name_that_two_tasks_have_is_asked_for_whole(tmp_path: Path) -> None:
    text = "from celery import shared_task\n@shared_task\ndef send(): ...\n"
    done = run(write(tmp_path, {"a.py": text, "b.py": text}), "show", "send")
    assert (done.returncode, done.stderr) == (
        2,
        'celery-registry: "send" may be a.send or b.send: give the whole name\n',
    )


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], ["clean", "loose", "shop.tasks.alone", "shop.tasks.send"]),
        (["--match", "THROW"], ["clean"]),
        (["--queue", "sl*"], ["clean"]),
        (["--queue", "fast"], []),
        (["--uncalled"], ["shop.tasks.alone"]),
        (["--unchecked"], ["clean", "loose"]),
        (["--unchecked", "--queue", "slow"], ["clean"]),
    ],
)
def test_list_has_filters(shop: Path, arguments: list[str], expected: list[str]) -> None:
    text = run(shop, "list", *arguments)
    assert [line.partition("(")[0] for line in text.stdout.splitlines()] == expected, text.stderr
    data = run(shop, "list", "--format", "json", *arguments)
    assert [task["name"] for task in json.loads(data.stdout)["tasks"]] == expected


@pytest.mark.parametrize("format_name", ["json", "mermaid", "dot", "markdown"])
def test_the_same_source_gives_the_same_bytes_anywhere(shop: Path, tmp_path: Path, format_name: str) -> None:
    copy = tmp_path / "elsewhere"
    shutil.copytree(shop, copy)
    texts = [
        run(folder, "map", "--format", format_name, environment={"PYTHONHASHSEED": seed}).stdout
        for folder, seed in ((shop, "1"), (copy, "2"))
    ]
    assert texts[0] == texts[1] != ""


def test_check_holds_the_file_against_the_code(tmp_path: Path) -> None:
    folder = write(tmp_path)
    arguments = ("map", "--format", "markdown", "--output", "tasks.md")
    missing = run(folder, *arguments, "--check")
    assert (missing.returncode, (folder / "tasks.md").exists()) == (1, False)
    assert run(folder, *arguments).returncode == 0
    fresh = run(folder, *arguments, "--check")
    assert (fresh.returncode, fresh.stdout) == (0, "")
    before = (folder / "tasks.md").read_bytes()
    path = folder / "shop/tasks.py"
    path.write_text(path.read_text().replace("to: str", "address: str"))
    stale = run(folder, *arguments, "--check")
    assert stale.returncode == 1
    assert "+`shop.tasks.send(address: str) -> None`" in stale.stdout
    assert (folder / "tasks.md").read_bytes() == before
    assert run(folder, "map", "--check").returncode == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["map", "nowhere"], "nowhere: there is no such file"), (["list", "empty.py"], "no task is registered")],
)
def test_what_cannot_be_read_is_one_line(tmp_path: Path, arguments: list[str], said: str) -> None:
    (tmp_path / "empty.py").write_text("")
    done = run(tmp_path, *arguments)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert said in done.stderr


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    text = f"from celery import shared_task\n@shared_task(name={HOSTILE!r})\ndef send():\n    {HOSTILE!r}\n"
    folder = write(tmp_path, {"a.py": text})
    assert json.loads(run(folder, "map").stdout)["tasks"][0]["name"] == HOSTILE
    for command in (["list"], ["show", "send"], ["map", "--format", "markdown"], ["map", "--format", "dot"]):
        said = run(folder, *command).stdout
        assert "\x1b" not in said, command
        assert "\u202e" not in said, command
    (label,) = [line for line in run(folder, "map", "--format", "mermaid").stdout.splitlines() if "n0" in line]
    assert label.startswith('  n0(["')
    assert label.endswith('"])')
    assert not set('<>"`|\\\x1b\u202e') & set(label[7:-3])


def test_nothing_is_imported(tmp_path: Path) -> None:
    text = "from celery import shared_task\n@shared_task\ndef send(): ...\nraise SystemExit('imported')\n"
    done = run(write(tmp_path, {"a.py": text}), "list")
    assert (done.returncode, done.stdout) == (0, "a.send()  [no callers]\n"), done.stderr


def test_a_project_with_a_package_of_its_own_name_is_read_from_either_path(tmp_path: Path) -> None:
    package = tmp_path / "shop" / "shop"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "app.py").write_text('from celery import Celery\napp = Celery("shop")\n')
    (package / "tasks.py").write_text("from shop.app import app\n@app.task\ndef send(): ...\n")
    for path in ("shop", "."):
        done = run(tmp_path / "shop", "list", path)
        assert (done.returncode, done.stdout) == (0, "shop.tasks.send()  [no callers]\n"), done.stderr


def test_a_neighbour_with_the_name_of_the_package_is_not_its_package(tmp_path: Path) -> None:
    package = tmp_path / "mine" / "shop"
    package.mkdir(parents=True)
    (tmp_path / "shop").mkdir()
    (package / "__init__.py").touch()
    (package / "app.py").write_text('from celery import Celery\napp = Celery("shop")\n')
    (package / "tasks.py").write_text("from shop.app import app\n@app.task\ndef send(): ...\n")
    for path in ("shop", "."):
        done = run(tmp_path / "mine", "list", path)
        assert (done.returncode, done.stdout) == (0, "shop.tasks.send()  [no callers]\n"), done.stderr
