"""Two environments: one has the workers' project, the other Celery and the client that the first one writes.

Law: a real wheel, real checkers, real workers on Redis and RabbitMQ. The second environment sees the packages that are
installed for the tests, and nothing of the workers' project.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from brokers import Broker

PROJECT = {
    "billing/__init__.py": "",
    "billing/celery.py": """
        import os
        from celery import Celery
        from celery_registry import guard

        app = Celery("billing", broker=os.environ.get("BROKER"), backend=os.environ.get("BACKEND"))
        app.conf.task_routes = {"billing.*": {"queue": "billing"}}
        app.conf.imports = ["billing.tasks"]
        app.conf.broker_connection_retry_on_startup = True
        guard.install(app)
    """,
    "billing/money.py": """
        from __future__ import annotations

        from dataclasses import dataclass
        from enum import Enum
        from typing import Annotated, TypedDict

        from pydantic import BaseModel, Field

        import celery_registry.stubs  # What a worker needs, and its clients do not.


        # What customers pay in.
        class Currency(str, Enum):
            EUR = "eur"
            USD = "usd"


        class Receipt(TypedDict):
            order_id: int
            currency: Currency  # as it was asked for
            cents: int


        @dataclass
        class Note:
            text: str


        class Street(BaseModel):
            name: str
            number: Annotated[int, Field(gt=0)] = 1


        # Where a parcel goes.
        class Address(BaseModel):
            street: Street
            zip_code: str = Field(pattern="^[0-9]+$")


        class Ledger:
            def __init__(self) -> None: ...
    """,
    "billing/registry.py": """
        from __future__ import annotations

        from enum import Enum
        from typing import TYPE_CHECKING

        from celery import Task

        from celery_registry import BaseTasksRegistry

        if TYPE_CHECKING:
            from billing.money import Address, Currency, Ledger, Receipt


        class TaskName(str, Enum):
            CHARGE = "billing.charge"
            DOUBLE = "billing.double"
            BOOK = "billing.book"
            SHIP = "billing.ship"


        class TasksRegistry(BaseTasksRegistry):
            @property
            def charge(self) -> Task[[int, int], Receipt]:
                \"\"\"Charge an order.\"\"\"
                return self._get_task_by_name(TaskName.CHARGE)

            @property
            def double(self) -> Task[[int], int]:
                return self._get_task_by_name(TaskName.DOUBLE)

            @property
            def book(self) -> Task[[list[Ledger]], None]:
                return self._get_task_by_name(TaskName.BOOK)

            @property
            def ship(self) -> Task[[Address], str]:
                return self._get_task_by_name(TaskName.SHIP)
    """,
    "billing/tasks.py": """
        from billing.celery import app
        from billing.money import Address, Currency, Ledger, Receipt


        @app.task(name="billing.charge")
        def charge(order_id: int, cents: int, *, currency: str = "eur") -> Receipt:
            return Receipt(order_id=order_id, currency=Currency(currency), cents=cents)


        @app.task(name="billing.double")
        def double(number: int) -> int:
            return 2 * number


        @app.task(name="billing.book")
        def book(ledgers: list[Ledger]) -> None: ...


        @app.task(name="billing.ship", pydantic=True)
        def ship(address: Address) -> str:
            return address.street.name


        @app.task(name="billing.internal")
        def internal() -> None: ...
    """,
}
SAMPLE = """
from celery import Celery
from celery.result import AsyncResult
from typing_extensions import assert_type

from billing_client import TasksRegistry, connect
from billing_client.types import Currency, Receipt

app = Celery("web")
connect(app)
registry = TasksRegistry(app)
assert_type(registry.charge.delay(1, 2), AsyncResult[Receipt])
registry.charge.delay(order_id=1, cents=2, currency=Currency.EUR)
registry.charge.apply_async((1, 2), countdown=3)
assert_type(registry.double.delay(number=2).get(), int)
registry.double.s(2)
registry.charge.delay(order=1, cents=2)  # wrong
registry.charge.delay(1)  # wrong
registry.double.delay("2")  # wrong
registry.charge.delay(1, 2).get()["order"]  # wrong
"""
PRODUCER = """
import json, sys
from celery import Celery, chain, group, signature
from billing_client import TaskName, TasksRegistry, connect
from billing_client.types import Address, Street
from celery_registry import guard

app = Celery("web", broker=sys.argv[1], backend=sys.argv[2])
connect(app)
registry = TasksRegistry(app)
guard.verify(app, registry=TasksRegistry, names=TaskName)
answers = [
    registry.charge.delay(order_id=7, cents=150, currency="usd").get(timeout=60),
    chain(registry.double.s(2), registry.double.s()).apply_async().get(timeout=60),
    group(registry.double.s(1), registry.double.s(number=5)).apply_async().get(timeout=60),
    signature(json.loads(json.dumps(dict(registry.double.s(21)))), app=app).delay().get(timeout=60),
    list(registry.double.chunks([(1,), (2,)], 2).apply_async().get(timeout=60)),
]
answers.append(registry.ship.delay(Address(street=Street(name="Elm"), zip_code="12").model_dump()).get(timeout=60))
try:
    registry.charge.delay(7)
except TypeError as error:
    answers.append(str(error).partition(";")[0])
assert "billing" not in sys.modules
print(json.dumps(answers))
"""
DRIFT = """
import pathlib, shutil
import billing_client
shutil.copytree(pathlib.Path(billing_client.__file__).parent, "billing_client")
lock = pathlib.Path("billing_client/celery-registry.lock")
lock.write_text(lock.read_text().replace('"number: int"', '"number: str", "factor: int"'))
"""


def write_files(folder: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")


def run(*command: str | Path, cwd: Path, status: int = 0, **variables: str) -> str:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHONPATH", "PYTEST"))}
    finished = subprocess.run(
        list(map(str, command)), cwd=cwd, env={**environment, **variables}, capture_output=True, text=True, timeout=240
    )
    assert finished.returncode == status, f"{command}\n{finished.stdout}\n{finished.stderr}"
    return finished.stdout + finished.stderr


def write_client(project: Path, *options: str, status: int = 0) -> str:
    program = "from celery_registry.cli import main; main()"
    command = ("client", "--app", "billing.celery:app", "--output", "billing-client", *options, "billing")
    # Without a result backend the contract would say that nobody can read a result.
    return run(sys.executable, "-c", program, *command, cwd=project, status=status, BACKEND="cache+memory://")


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workers")
    write_files(folder, PROJECT)
    (folder / "told").write_text(write_client(folder))
    return folder


@pytest.fixture(scope="session")
def python(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of the second environment."""
    folder = tmp_path_factory.mktemp("web")
    run(sys.executable, "-m", "venv", "--without-pip", folder / "venv", cwd=folder)
    python = folder / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip())
    (site / "installed.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")
    build = f"import hatchling.build; print(hatchling.build.build_wheel({str(folder)!r}))"
    wheel = run(sys.executable, "-c", build, cwd=project / "billing-client").split()[-1]
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python)
    run(*pip, "install", "-q", "--no-index", "--no-deps", folder / wheel, cwd=folder)
    return python


def test_the_client_is_what_its_users_need_and_nothing_of_the_workers(project: Path) -> None:
    told = (project / "told").read_text()
    assert "billing.money.Ledger becomes Any: it is no TypedDict, dataclass, NamedTuple, enum or Pydantic model" in told
    package = project / "billing-client" / "src" / "billing_client"
    types = (package / "types.py").read_text()
    assert "# What customers pay in.\nclass Currency(str, Enum):" in types
    assert "currency: Currency  # as it was asked for" in types
    assert "# Where a parcel goes.\nclass Address(BaseModel):" in types
    assert "number: Annotated[int, Field(gt=0)] = 1" in types
    assert '"pydantic>=2"' in (project / "billing-client" / "pyproject.toml").read_text()
    assert "Ledger" not in types
    assert "Note" not in types
    registry = (package / "registry.py").read_text()
    assert "def book(self) -> Task[[list[Any]], None]:" in registry
    assert '"""Charge an order.' in registry
    assert (
        "def delay(self, order_id: int, cents: int, *, currency: str = ...)" in (package / "registry.pyi").read_text()
    )
    lock = json.loads((package / "celery-registry.lock").read_text())
    assert sorted(lock["tasks"]) == ["billing.book", "billing.charge", "billing.double", "billing.ship"]
    assert lock["tasks"]["billing.charge"]["queue"] == "billing"
    for path in (project / "billing-client").rglob("*.*"):
        assert path.suffix == ".lock" or not re.search(r"^\s*(from|import) billing\b", path.read_text(), re.M), path
    version = re.search(
        r'^version = "0\.1\.0\+([0-9a-f]{12})"$', (project / "billing-client/pyproject.toml").read_text(), re.M
    )
    assert version is not None


def test_check_tells_a_client_that_is_behind(project: Path, tmp_path: Path) -> None:
    write_files(tmp_path, PROJECT)
    write_client(tmp_path)
    write_client(tmp_path, "--check")
    tasks = tmp_path / "billing" / "tasks.py"
    tasks.write_text(tasks.read_text().replace("number", "value"))
    told = write_client(tmp_path, "--check", status=1)
    assert '-        "number: int"' in told
    assert '+        "value: int"' in told
    assert "-version = " in told
    tasks.write_text(tasks.read_text().replace('"billing.double"', '"billing.triple"'))
    assert "nobody registers billing.double" in write_client(tmp_path, status=2)


def test_checkers_know_right_from_wrong_in_the_second_environment(python: Path, tmp_path: Path) -> None:
    (tmp_path / "sample.py").write_text(SAMPLE)
    wrong = [number for number, line in enumerate(SAMPLE.splitlines(), 1) if line.endswith("# wrong")]
    for plugins in ("", "plugins = celery_registry.mypy\n"):
        (tmp_path / "mypy.ini").write_text(f"[mypy]\nstrict = True\n{plugins}")
        mypy = (
            sys.executable,
            "-m",
            "mypy",
            "--python-executable",
            python,
            "--cache-dir",
            tmp_path / "cache",
            "sample.py",
        )
        found = run(*mypy, cwd=tmp_path, status=1)
        assert [int(n) for n in re.findall(r"^sample\.py:(\d+): error", found, re.M)] == wrong, found
    (tmp_path / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict", "reportMissingTypeStubs": false}')
    pyright = (sys.executable, "-m", "pyright", "--pythonpath", python, "sample.py")
    found = run(*pyright, cwd=tmp_path, status=1, PYRIGHT_PYTHON_IGNORE_WARNINGS="1")
    lines = {int(n) for n in re.findall(r"sample\.py:(\d+):\d+ - error", found)}
    assert sorted(lines) == wrong, found


@contextmanager
def worker(project: Path, broker: str, backend: str) -> Iterator[None]:
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "billing.celery",
        "worker",
        "-P",
        "solo",
        "-Q",
        "billing",
        "-l",
        "INFO",
    ]
    log = project / "worker.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=project, env={**os.environ, "BROKER": broker, "BACKEND": backend}, stdout=output, stderr=output
        )
    try:
        deadline = time.monotonic() + 90
        while " ready." not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(60)


@pytest.mark.parametrize("kind", ["redis", "rabbitmq"])
def test_a_worker_answers_what_the_second_environment_sends(
    kind: str, project: Path, python: Path, redis_broker: Broker, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    broker = redis_broker.url if kind == "redis" else request.getfixturevalue("rabbitmq_broker").url
    backend = redis_broker.url.removesuffix("/0") + "/7"
    (tmp_path / "producer.py").write_text(PRODUCER)
    with worker(project, broker, backend):
        printed = run(python, "-W", "error", "producer.py", broker, backend, cwd=tmp_path)
        if kind == "redis":
            assert_workers_are_held_to_the_contract(python, broker, tmp_path)
    assert json.loads(printed) == [
        {"order_id": 7, "currency": "usd", "cents": 150},
        8,
        [2, 10],
        42,
        [[2, 4]],
        "Elm",
        "billing.charge() missing a required argument: 'cents'",
    ]


def assert_workers_are_held_to_the_contract(python: Path, broker: str, folder: Path) -> None:
    (folder / "web.py").write_text(
        f"from celery import Celery\nfrom billing_client import connect\napp = Celery('web', broker={broker!r})\nconnect(app)\n"
    )
    ask = ("-c", "from celery_registry.cli import main; main()", "workers", "--app", "web:app", "--timeout", "5")
    assert "1 of 1 worker has the same tasks as this code" in run(python, *ask, cwd=folder)
    run(python, "-c", textwrap.dedent(DRIFT), cwd=folder)
    told = run(python, *ask, cwd=folder, status=1)
    assert "billing.double is different" in told
    assert "(number: str, factor: int) -> int" in told
    assert "(number: int) -> int" in told
    assert "billing.charge" not in told


def test_a_client_that_has_drifted_refuses_at_verify(python: Path, tmp_path: Path) -> None:
    """Its registry is of one day and its contract of another."""
    run(python, "-c", textwrap.dedent(DRIFT), cwd=tmp_path)
    program = (
        "import sys; sys.path.insert(0, '.'); from celery import Celery; from billing_client import TasksRegistry, connect; "
        "from celery_registry import guard; app = Celery('web'); connect(app); guard.verify(app, registry=TasksRegistry)"
    )
    told = run(python, "-c", program, cwd=tmp_path, status=1)
    assert 'Task "billing.double" declares 1 parameter, but billing.double also requires "factor"' in told
    assert 'declares parameter 1 as "int", but billing.double takes "number" as "str"' in told
    (tmp_path / "web.py").write_text(
        "from celery import Celery\nfrom billing_client import connect\napp = Celery('web')\nconnect(app)\n"
    )
    check = ("-c", "from celery_registry.cli import main; main()", "check", "--app", "web:app")
    told = run(python, *check, "--registry", "billing_client:TasksRegistry", cwd=tmp_path, status=1)
    assert told.count("error [task-signature]") == 2, told
