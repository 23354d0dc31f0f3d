"""How tasks are used beside their arguments: each rule with its right twins, and what Celery itself does then."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from celery import Celery

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


    cache = {}
    cache.get("at the top of a module")


    class Cached:
        answers = {}
        answers.get("in a class")


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
    n = crontab(minutes=5)  # !: error crontab-unknown-field
    o = crontab(hour=3, minutes=5)  # !: error crontab-unknown-field
    p = s.crontab(minute=5, day="sun")  # !: error crontab-unknown-field
    v1 = crontab(minute=0, hour=25)  # !: error crontab-refused-value
    v2 = crontab(0, 3, 7)  # !: error crontab-refused-value
    v3 = crontab(minute="0 3 * * *")  # !: error crontab-refused-value
    v4 = crontab(minute="*/0")  # !: error crontab-refused-value
    v5 = crontab(hour=[1, 24])  # !: error crontab-refused-value
    v6 = crontab(minute="*/90"), crontab(0, "1, 2"), crontab(0, " 1 "), crontab(0, 0, "monday"), crontab(True)
    v7 = crontab(0, 0, "fri-mon"), crontab(0, [1, 2]), crontab(0, {1, 2}), crontab(0, hour=HOUR), crontab(0, 3, 6)
    q = crontab(minute=5, nowfun=None, app=None)
    r = other(minutes=5)
    t = crontab(hour="9-17", day_of_week="mon-fri")

    def inside():
        from celery.schedules import crontab as every

        return every(hour=3)  # !: warning crontab-every-minute

    def given(other_schedules, every_hour):
        from elsewhere import crontab as theirs

        return other_schedules.crontab(hour=3), every_hour(hour=3), theirs(hour=3)
    """


MEMBERS = """
    from enum import Enum

    from celery import chain, signature
    from tasks import add, app


    class TaskName(str, Enum):
        ADD = "tasks.add"
        OTHER = "tasks.add"
        same = "same"


    class Own(str, Enum):
        ADD = "tasks.add"

        @property
        def name(self) -> str:
            return self.value


    class Constants:
        ADD = "tasks.add"


    @app.task(name=TaskName.same)
    def same(x: int, y: int) -> int:
        return x


    def send(x: int, which: TaskName) -> None:
        app.signature(TaskName.ADD, args=(1, 2)).delay()  # !: error name-of-a-member
        signature(TaskName.ADD, args=(1, 2)).delay()  # !: error name-of-a-member
        signature(TaskName.OTHER, args=(1, 2)).delay()  # !: error name-of-a-member
        chain(add.si(1, 2), app.signature(TaskName.ADD, (1, 2), immutable=True))()  # !: error name-of-a-member
        app.signature(TaskName.ADD.value, args=(1, 2)).delay()
        app.signature(TaskName.same, args=(1, 2))
        app.signature(Own.ADD, args=(1, 2))
        app.signature(Constants.ADD, args=(1, 2)).delay()
        app.signature(which, args=(1, 2))
        app.send_task(TaskName.ADD, args=(1, 2))
    """


TRANSACTIONS = """
    from functools import partial

    from django.db import transaction
    from django.db.transaction import atomic
    from tasks import add


    @transaction.atomic
    def decorated() -> None:
        add.delay(1, 2)


    def view(session) -> None:
        with transaction.atomic():
            add.delay(1, 2)  # !: warning sent-in-transaction
            add.apply_async((1, 2))  # !: warning sent-in-transaction
            add.delay_on_commit(1, 2)
            transaction.on_commit(partial(add.delay, 1, 2))
            transaction.on_commit(lambda: add.delay(1, 2))
            add.delay(1, 2)  # celery-registry: ignore[task-transaction]
            add.apply((1, 2))

            def later():
                add.delay(1, 2)

            transaction.on_commit(later)
        with open("x"), atomic(durable=True):
            if session:
                add.delay(1, 2)  # !: warning sent-in-transaction
        add.delay(1, 2)
        with session.atomic():
            add.delay(1, 2)
    """


def test_a_send_inside_a_transaction_is_told_where_it_is_asked_for(tmp_path: Path) -> None:
    assert told(tmp_path, TRANSACTIONS) == {}
    asked = Settings(severity={"task-transaction": "warning"})
    assert told(tmp_path, TRANSACTIONS, asked) == marked(TRANSACTIONS)


DJANGO = """
import django
from celery import Celery
from django.conf import settings
from django.core.management import call_command
from django.db import transaction

databases = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
settings.configure(DATABASES=databases, INSTALLED_APPS=["django.contrib.contenttypes"])
django.setup()
from django.contrib.contenttypes.models import ContentType as Row

call_command("migrate", verbosity=0)
app = Celery("orders", broker="memory://")


@app.task
def ship(row: int) -> None: ...


def order(send) -> None:
    try:
        with transaction.atomic():
            row = Row.objects.create(app_label="shop", model="order")
            send(row.pk)
            raise LookupError
    except LookupError:
        pass


def waiting() -> int:
    with app.connection_for_read() as connection:
        return connection.SimpleQueue("celery").qsize()


order(lambda row: transaction.on_commit(lambda: ship.delay(row)))
right = waiting()
order(lambda row: ship.delay(row))
print(right, waiting(), Row.objects.filter(app_label="shop").count())
"""


def test_what_is_sent_inside_a_transaction_is_sent_although_it_is_rolled_back(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", DJANGO], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.stdout.split() == ["0", "1", "0"], done.stderr


def test_tasks_that_nothing_names_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = ["from celery import shared_task"]
    for name, option in (
        ("called", ""), ("scheduled", ""), ("routed", ""), ("by_name", '(name="own.name")'), ("through_getattr", ""),
        ("idle", ""), ("idle_too", '(name="own.quiet")'),
    ):  # fmt: skip
        lines += ["", "", f"@shared_task{option}", f"def {name}() -> None: ..."]
    (tmp_path / "tasks.py").write_text("\n".join(lines))
    (tmp_path / "use.py").write_text(
        "import tasks\n\ntasks.called.delay()\ngetattr(tasks, 'through_getattr')\n"
        "app.send_task('own.name')\ntask_routes = {'tasks.routed': {'queue': 'q'}}\n"
        "beat_schedule = {'x': {'task': 'tasks.scheduled', 'schedule': 1.0}}\n"
    )
    report = judge_source(Settings(), [str(tmp_path)], unused=True)
    assert not report.findings
    told = capsys.readouterr().err.splitlines()
    assert told[0].startswith("2 tasks are named nowhere")
    assert [line.split()[0] for line in told[1:]] == ["tasks.idle", "own.quiet"]


JOBS = "from celery import shared_task\n\n\n@shared_task\ndef add() -> None: ...\n"
LOOKED_FOR = {"app.py": "from celery import Celery\n\napp = Celery('shop')\napp.autodiscover_tasks(['shop'])\n"}
#: Files beside ``shop/jobs.py``, and whether its tasks are missing from a worker of ``app``.
DISCOVERIES: dict[str, tuple[dict[str, str], bool]] = {
    "nothing": ({}, True),
    "the name of the package is misspelt": ({"app.py": LOOKED_FOR["app.py"].replace("'shop'])", "'shop.job'])")}, True),
    "who sends does not work": ({"web.py": "from shop.jobs import add\nadd.delay()\n"}, True),
    "tasks": ({"shop/tasks.py": JOBS.replace("add", "more")}, False),
    "the package imports it": ({"shop/__init__.py": "from . import jobs\n"}, False),
    "the application's module imports it": ({"app.py": LOOKED_FOR["app.py"] + "import shop.jobs\n"}, False),
    "what the module imports does": (
        {"app.py": LOOKED_FOR["app.py"] + "import more\n", "more.py": "def late():\n    from shop import jobs\n"},
        False,
    ),
    "related_name": ({"app.py": LOOKED_FOR["app.py"].replace("'])", "'], related_name='jobs')")}, False),
    "the module itself": ({"app.py": LOOKED_FOR["app.py"].replace("'shop'])", "'shop.jobs'])")}, False),
    "include": ({"app.py": LOOKED_FOR["app.py"] + "app.conf.include = ['shop.jobs']\n"}, False),
    "what include names imports it": (
        {
            "app.py": LOOKED_FOR["app.py"] + "app.conf.include = ['shop.orders']\n",
            "shop/orders.py": "from shop.jobs import add\n",
        },
        False,
    ),
    "what include names does not": (
        {"app.py": LOOKED_FOR["app.py"] + "app.conf.include = ['shop.orders']\n", "shop/orders.py": "import json\n"},
        True,
    ),
    "a worker may start where the application is imported": (
        {"worker.py": "from app import app\nimport shop.jobs\n"},
        False,
    ),
    "packages that nobody can tell": ({"more.py": "from app import app\napp.autodiscover_tasks()\n"}, False),
    "under Django somebody imports it": ({"web.py": "import django\nfrom shop.jobs import add\n"}, False),
    "under Django nobody does": ({"web.py": "import django\n"}, True),
}
DISCOVER = """
import sys
from app import app
from celery.signals import import_modules
import_modules.send(sender=app)
for name in app.conf.include or ():
    __import__(name)
print([name for name in app.tasks if name.endswith("add")])
"""


@pytest.mark.parametrize("case", DISCOVERIES)
def test_a_module_that_discovery_misses_is_named(tmp_path: Path, case: str) -> None:
    files, missed = DISCOVERIES[case]
    for name, text in {"shop/__init__.py": "", "shop/jobs.py": JOBS, **LOOKED_FOR, **files}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    report = judge_source(Settings(), [str(tmp_path)])
    found = [(f.problem, Path(f.origin.path).name, Path(f.other.path).name) for f in report.findings if f.other]
    assert found == ([("discovery-misses", "app.py", "jobs.py")] if missed else [])
    assert not report.failed
    if "that nobody can tell" not in case and "Django somebody" not in case and "what the module" not in case:
        app = "worker" if case.startswith("a worker") else "app"
        done = subprocess.run(
            [sys.executable, "-c", DISCOVER.replace("from app", f"from {app}")],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.stdout == ("[]\n" if missed else "['shop.jobs.add']\n") or case == "tasks", done.stderr


@pytest.mark.parametrize("text", [RESULTS, BOUND, CRONTABS, MEMBERS], ids=["results", "bound", "crontabs", "members"])
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
from enum import Enum
from celery import Celery
from celery.schedules import crontab

class Names(str, Enum):
    ADD = "proof.add"


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
    told["member"] = failure(app.signature(Names.ADD, args=(1, 2)).delay)
    told["sent"] = app.signature(Names.ADD).task
    told["crontab"] = failure(lambda: crontab(minutes=5))
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
    assert told["member"].startswith("AttributeError")
    assert told["sent"] == "ADD"
    assert told["crontab"].startswith("TypeError")


ENTRIES = """
    from celery import Celery

    app, other = Celery("entries"), Celery("other")

    @app.task
    def ping(n: int = 1) -> int:
        return n

    def named(late: bool, n: int) -> None:
        app.add_periodic_task(10, ping.s(), name="first")
        app.add_periodic_task(20, ping.s(), name="second")
        other.add_periodic_task(20, ping.s(), name="second")
        app.add_periodic_task(30, ping.s(2), name="first")  # !: warning schedule-replaced
        if late:
            app.add_periodic_task(40, ping.s(), name="third")
        else:
            app.add_periodic_task(50, ping.s(), name="third")

    def nameless(n: int) -> None:
        app.add_periodic_task(10, ping.s(1))
        app.add_periodic_task(10, ping.s(2))
        app.add_periodic_task(10, ping.s(n=1))
        app.add_periodic_task(10, ping.s(n))
        app.add_periodic_task(20, ping.s(n))
        app.add_periodic_task(20, ping.s(), args=(3,))
        app.add_periodic_task(20, ping.s(), args=(4,))
        app.add_periodic_task(20, ping.s(1), name="other")
        app.add_periodic_task(20, ping.s(1), queue="slow")  # !: warning schedule-replaced
        app.add_periodic_task(schedule=30, sig=ping.s(2))  # !: warning schedule-replaced
    """


def test_an_entry_that_takes_the_place_of_another_is_told(tmp_path: Path) -> None:
    assert told(tmp_path, ENTRIES) == marked(ENTRIES)


def test_celery_keeps_one_entry_for_a_name(tmp_path: Path) -> None:
    """What is told is lost, and nothing else is."""
    text = textwrap.dedent(ENTRIES)
    space: dict[str, object] = {"__name__": "entries"}
    exec(compile(text, "entries.py", "exec"), space)
    named, nameless, app = space["named"], space["nameless"], space["app"]
    assert callable(named)
    assert callable(nameless)
    assert isinstance(app, Celery)
    named(True, 1)
    assert sorted(app.conf.beat_schedule) == ["first", "second", "third"]
    app.conf.beat_schedule.clear()
    nameless(5)
    # Of ping(n) there is one too: what n is, the text does not tell.
    assert len(app.conf.beat_schedule) == 7
