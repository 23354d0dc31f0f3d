"""A registry in a process that has the code and has not imported it yet: web, manage.py, tests, scripts, threads.

Law: real Django in processes of its own, real imports, and no task module that somebody else has imported already.
"""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import threading
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from celery import Celery, _state, signals

from celery_registry import BaseTasksRegistry, TaskNotFoundError

SITE = {
    "settings.py": """
        SECRET_KEY = "x"
        USE_TZ = True
        ALLOWED_HOSTS = ["*"]
        ROOT_URLCONF = "urls"
        INSTALLED_APPS = ["orders", "mail"]
        DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
        DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
        CELERY_BROKER_URL = "memory://"
        CELERY_RESULT_BACKEND = "cache+memory://"
    """,
    "site_celery.py": """
        import os
        from celery import Celery
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
        app = Celery("site")
        app.config_from_object("django.conf:settings", namespace="CELERY")
        app.autodiscover_tasks()
    """,
    "site_tasks.py": """
        from celery_registry import BaseTasksRegistry, remote_tasks
        from site_celery import app

        class TasksRegistry(BaseTasksRegistry):
            @property
            def ship(self):
                return self._get_task_by_name("orders.tasks.ship")

            @property
            def mail(self):
                return self._get_task_by_name("mail.tasks.mail")

            @property
            def lost(self):
                return self._get_task_by_name("orders.tasks.shop")

            @property
            def charge(self):
                return self._get_task_by_name("billing.charge")

        registry = TasksRegistry(app)
        remote_tasks(app, names=["billing.*"])

        def waiting():
            with app.connection_for_read() as connection:
                return connection.SimpleQueue("celery").get(timeout=5).headers["task"]
    """,
    "urls.py": """
        from django.http import HttpResponse
        from django.urls import path
        from site_tasks import registry

        def order(request, order_id):
            return HttpResponse(registry.ship.delay(order_id=order_id).id)

        urlpatterns = [path("order/<int:order_id>/", order)]
    """,
    "manage.py": """
        import os, sys
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
        from django.core.management import execute_from_command_line
        execute_from_command_line(sys.argv)
    """,
    "orders/__init__.py": "",
    "orders/tasks.py": """
        from celery import shared_task
        import orders.models

        @shared_task
        def ship(order_id: int) -> str:
            return f"order {order_id}"
    """,
    "orders/models.py": """
        from django.db import models

        class Order(models.Model):
            name = models.CharField(max_length=10)
    """,
    "orders/management/__init__.py": "",
    "orders/management/commands/__init__.py": "",
    "orders/management/commands/send.py": """
        from django.core.management.base import BaseCommand
        from site_tasks import registry, waiting

        class Command(BaseCommand):
            def handle(self, **options):
                registry.ship.delay(order_id=2)
                print(waiting())
    """,
    "orders/tests.py": """
        from django.test import TestCase, override_settings
        from site_tasks import app, registry, waiting

        class OrderTest(TestCase):
            def test_a_request(self):
                assert self.client.get("/order/3/").status_code == 200
                assert waiting() == "orders.tasks.ship"

            def test_on_commit(self):
                from celery.contrib.django.task import DjangoTask
                assert isinstance(registry.ship, DjangoTask)
                with self.captureOnCommitCallbacks(execute=True):
                    registry.ship.delay_on_commit(4)
                assert waiting() == "orders.tasks.ship"
                with self.captureOnCommitCallbacks(execute=True):
                    registry.charge.delay_on_commit(5)
                assert waiting() == "billing.charge"
    """,
    "test_with_pytest.py": """
        import django
        django.setup()
        from site_tasks import app, registry

        def test_it():
            app.conf.task_always_eager = True
            assert registry.ship.delay(order_id=5).get() == "order 5"
    """,
    "mail/__init__.py": "",
    "mail/tasks.py": """
        from celery import shared_task

        @shared_task
        def mail(to: str) -> None: ...
    """,
}
CLIENT = """
import django
django.setup()
from django.test import Client
from site_tasks import waiting
assert Client().get("/order/1/").status_code == 200
print(waiting())
"""

Write = Callable[..., None]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    pytest.importorskip("django", reason="pip install django")
    write_files(tmp_path, SITE)
    return tmp_path


def write_files(folder: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")


def run(site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "settings", "PYTHONPATH": str(site)}
    return subprocess.run(
        [sys.executable, *arguments], cwd=site, env=environment, capture_output=True, text=True, timeout=120
    )


def ends_well(site: Path, *arguments: str) -> str:
    finished = run(site, *arguments)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


def test_a_request_sends_a_task_that_only_workers_import(site: Path) -> None:
    assert ends_well(site, "-c", CLIENT) == "orders.tasks.ship\n"


def test_a_management_command_sends_it(site: Path) -> None:
    assert ends_well(site, "manage.py", "send") == "orders.tasks.ship\n"


def test_the_tests_of_the_project_send_and_run_it(site: Path) -> None:
    pytest.importorskip("celery.contrib.django.task", reason="DjangoTask came with Celery 5.4")
    # Below Python 3.12 a run without a test ends well, too.
    assert "Ran 2 tests" in run(site, "manage.py", "test").stderr
    told = ends_well(site, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:celery", "test_with_pytest.py")
    assert "1 passed" in told


def test_it_is_there_while_django_calls_ready(site: Path) -> None:
    write_files(
        site,
        {
            "mail/apps.py": """
                from django.apps import AppConfig

                class MailConfig(AppConfig):
                    name = "mail"

                    def ready(self):
                        from site_tasks import registry
                        self.seen = [registry.ship.name, registry.mail.name]
            """
        },
    )
    program = "import django; django.setup(); from django.apps import apps; print(*apps.get_app_config('mail').seen)"
    assert ends_well(site, "-c", program) == "orders.tasks.ship mail.tasks.mail\n"
    assert ends_well(site, "-c", CLIENT) == "orders.tasks.ship\n"


def test_a_question_before_django_knows_its_applications_says_so_and_the_next_one_is_answered(site: Path) -> None:
    write_files(
        site,
        {
            "mail/__init__.py": """
                from celery_registry import TaskNotFoundError
                from site_tasks import registry
                try:
                    registry.ship
                except TaskNotFoundError as error:
                    told = error
            """
        },
    )
    program = (
        "import django; django.setup(); import mail; print(mail.told); "
        "print(type(mail.told.__cause__).__name__); "
        "from site_tasks import registry; print(registry.ship.name)"
    )
    told, cause, name = ends_well(site, "-c", program).splitlines()
    assert "while another import or the setup of Django or Celery was under way" in told
    assert cause in ("RuntimeError", "AppRegistryNotReady")
    assert name == "orders.tasks.ship"


def test_a_worker_boots_though_its_task_modules_ask_for_each_others_tasks(site: Path) -> None:
    asked = "\nfrom site_tasks import registry\nlater = registry.{}\n"
    write_files(site, {"orders/tasks.py": textwrap.dedent(SITE["orders/tasks.py"]) + asked.format("mail.s('a')")})
    program = "from site_celery import app; app.loader.import_default_modules(); import orders.tasks; print(orders.tasks.later)"
    assert ends_well(site, "-c", program) == "mail.tasks.mail('a')\n"


def test_an_error_says_what_was_imported_and_what_to_write(site: Path) -> None:
    program = "import django; django.setup(); from site_tasks import registry; registry.lost"
    told = run(site, "-c", program).stderr
    assert told.splitlines()[-1] == (
        "celery_registry.errors.TaskNotFoundError: no task named 'orders.tasks.shop' is registered; "
        "the nearest registered names: 'orders.tasks.ship'; "
        "the task modules of 'site' were imported (orders.tasks, mail.tasks) and none registers it. "
        "Name the module that registers it in the setting `imports` or in app.autodiscover_tasks(), "
        "and for a task of another service write celery_registry.remote_tasks (docs/processes.md)"
    )


# -- one process, plain modules ----------------------------------------------------------------------------------


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Write modules that nobody has imported; nothing of them is left behind."""
    monkeypatch.syspath_prepend(tmp_path)
    shared, waiting = set(_state._on_app_finalizers), list(signals.import_modules.receivers or ())

    def write_modules(**texts: str) -> None:
        write_files(tmp_path, {f"{name}.py": text for name, text in texts.items()})

    yield write_modules
    _state._on_app_finalizers.clear()
    _state._on_app_finalizers.update(shared)
    signals.import_modules.receivers = waiting
    for name in [n for n, m in sys.modules.items() if str(getattr(m, "__file__", "")).startswith(str(tmp_path))]:
        del sys.modules[name]


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Iterator[Celery]:
    # `shared_task` registers with every finalized app of the process, and two tests here use one name: an app that
    # another file left open would take the first and warn of the second.
    monkeypatch.setattr(_state, "_apps", weakref.WeakSet())
    app = Celery("plain", broker="memory://", set_as_current=False)
    yield app
    app.close()


class Registry(BaseTasksRegistry):
    @property
    def one(self):
        return self._get_task_by_name("one")

    @property
    def two(self):
        return self._get_task_by_name("two")


REGISTERS = """
from celery import shared_task

@shared_task(name="{0}")
def {0}(): ...
"""


def in_threads(*questions: Callable[[], object]) -> list[object]:
    """What each question answers or raises, all asked at once."""
    answers: list[object] = [None] * len(questions)

    def ask(place: int) -> None:
        try:
            answers[place] = questions[place]()
        except Exception as error:
            answers[place] = error

    threads = [threading.Thread(target=ask, args=(place,), daemon=True) for place in range(len(questions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(40)
    assert not any(thread.is_alive() for thread in threads), "they wait for each other"
    return answers


def test_many_threads_import_once_and_all_get_their_task(app: Celery, write: Write) -> None:
    write(slow_tasks="import time\ntime.sleep(0.3)\n" + REGISTERS.format("one"))
    app.conf.imports = ["slow_tasks"]
    runs = []
    signals.import_modules.connect(lambda **_: runs.append(1), sender=app, weak=False)
    registry = Registry(app)
    assert [task.name for task in in_threads(*[lambda: registry.one] * 8)] == ["one"] * 8
    assert [type(answer) for answer in in_threads(*[lambda: registry.two] * 3)] == [TaskNotFoundError] * 3
    assert len(runs) == 1


def test_threads_that_wait_for_a_failing_import_share_its_failure_and_the_next_question_tries_again(
    app: Celery, write: Write
) -> None:
    write(broken_tasks="import time\ntime.sleep(0.3)\nraise OSError('no database')\n")
    app.conf.imports = ["broken_tasks"]
    runs = []
    signals.import_modules.connect(lambda **_: runs.append(1), sender=app, weak=False)
    registry = Registry(app)
    answers = in_threads(*[lambda: registry.one] * 4)
    assert [type(answer) for answer in answers] == [TaskNotFoundError] * 4
    assert len(runs) == 1
    told = answers[0]
    assert isinstance(told, TaskNotFoundError)
    assert isinstance(told.__cause__, OSError)
    assert "importing the task modules of 'plain' failed in broken_tasks (OSError: no database)" in str(told)
    write(broken_tasks=REGISTERS.format("one"))
    assert registry.one.name == "one"


def test_a_thread_that_holds_a_module_the_other_waits_for_is_no_deadlock(app: Celery, write: Write) -> None:
    """One thread imports the task modules, which need ``held``; the other imports ``held``, which asks for a task."""
    write(
        first_tasks="import meeting\nmeeting.started.set()\nmeeting.holding.wait(20)\nimport held\n"
        + REGISTERS.format("one"),
        second_tasks=REGISTERS.format("two"),
        held="import meeting\nmeeting.started.wait(20)\nmeeting.holding.set()\nasked = meeting.registry.two.name\n",
        meeting="import threading\nstarted, holding = threading.Event(), threading.Event()\n",
    )
    app.conf.imports = ["first_tasks", "second_tasks"]
    import importlib

    registry = importlib.import_module("meeting").registry = Registry(app)
    answers = in_threads(lambda: registry.one.name, lambda: importlib.import_module("held").asked)
    assert answers == ["one", "two"]


def test_a_handler_of_finalize_gets_its_task_while_another_thread_imports(app: Celery, write: Write) -> None:
    """``on_after_finalize`` runs under Celery's own lock, which a task module that looks at ``app.tasks`` needs."""
    write(
        early_tasks="import meeting\nmeeting.started.set()\nlist(meeting.app.tasks)\n" + REGISTERS.format("one"),
        meeting="import threading\nstarted = threading.Event()\n",
    )
    app.conf.imports = ["early_tasks"]
    import importlib

    meeting = importlib.import_module("meeting")
    meeting.app, registry, asked = app, Registry(app), []
    app.on_after_finalize.connect(lambda **_: asked.append(registry.one.name), weak=False)
    assert in_threads(lambda: registry.one.name, lambda: registry.one.name) == ["one", "one"]
    assert asked == ["one"]


def test_what_was_there_is_never_looked_for(app: Celery, write: Write) -> None:
    write(never_tasks="raise AssertionError\n")
    app.conf.imports = ["never_tasks"]
    app.task(name="one", shared=False)(lambda_free)
    assert Registry(app).one.name == "one"
    assert "never_tasks" not in sys.modules


def lambda_free() -> None: ...


def test_a_child_of_a_process_that_was_importing_does_its_own_import(app: Celery, write: Write) -> None:
    from celery_registry import task_modules

    write(forked_tasks=REGISTERS.format("one"))
    app.conf.imports = ["forked_tasks"]
    state = task_modules._state_of(app)
    state.pid, state.thread = -1, -1
    assert Registry(app).one.name == "one"
