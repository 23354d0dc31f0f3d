"""Each guide is a small application that works: its tests pass, a worker answers a request, mypy has nothing to say.

Law: the commands are those of the page's console block, in their order: the tests without a broker, the worker, the tests
with it. The broker is a folder, and a Redis server where ``CI`` is set.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from brokers import Broker

from guides.pages import read_blocks, write_project

PAGES = ["django", "fastapi", "flask", "scripts"]
BROKERS = ["folder", "redis"] if os.environ.get("CI") else ["folder"]
SCRIPTS = Path(sys.executable).parent


def commands(page: str) -> tuple[list[str], list[str], list[str]]:
    """The last console block of the page: the tests, the worker, the tests with the worker."""
    text = [block.text for block in read_blocks(page) if block.language == "console"][-1]
    tests, worker, answers = (shlex.split(line.removeprefix("$ ")) for line in text.splitlines())
    return tests, worker, answers


def run(command: list[str], project: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command_line(command), cwd=project, env=environment, capture_output=True, text=True, timeout=180
    )


def command_line(command: list[str]) -> list[str]:
    program = command[1:] if command[0] == "python" else ["-m", *command]
    return [sys.executable, "-W", "error::DeprecationWarning:shop", *program]


def environment_of(**more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "CELERY_", "DJANGO_"))}
    return {**kept, "PYTHONPATH": ".", "PYTEST_ADDOPTS": "-p no:cacheprovider -p no:xdist -q", **more}


@pytest.fixture(scope="session")
def projects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {page: write_project(page, tmp_path_factory.mktemp(page)) for page in PAGES}


@pytest.fixture(params=BROKERS)
def environment(request: pytest.FixtureRequest) -> dict[str, str]:
    if request.param == "folder":
        return environment_of()
    broker: Broker = request.getfixturevalue("redis_broker")
    return environment_of(CELERY_BROKER_URL=broker.url, CELERY_RESULT_BACKEND=broker.url)


@pytest.fixture
def worker(page: str, projects: dict[str, Path], environment: dict[str, str]) -> Iterator[None]:
    """The page's worker, in one process: what it runs is not what is tested here."""
    _, command, _ = commands(page)
    log = projects[page] / "worker.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command_line(command), "--pool", "solo", "--without-gossip", "--without-mingle"],
            cwd=projects[page],
            env=environment,
            stdout=output,
            stderr=output,
        )
    try:
        yield
    finally:
        for member in [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]:
            member.kill()
        process.wait(timeout=60)
        print(log.read_text())


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_tests_need_no_broker(page: str, projects: dict[str, Path]) -> None:
    tests, _, _ = commands(page)
    nowhere = environment_of(CELERY_BROKER_URL="amqp://127.0.0.1:1//", CELERY_RESULT_BACKEND="redis://127.0.0.1:1/0")
    done = run(tests, projects[page], nowhere)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES)
def test_a_request_reaches_the_worker_and_its_answer_comes_back(
    page: str, projects: dict[str, Path], environment: dict[str, str], worker: None
) -> None:
    _, _, answers = commands(page)
    done = run(answers, projects[page], environment)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES)
def test_mypy_and_the_commands_find_nothing_wrong(
    page: str, projects: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> None:
    project = projects[page]
    cache = tmp_path_factory.getbasetemp() / "guides_mypy_cache"
    done = run(["mypy", "--cache-dir", str(cache), "."], project, environment_of())
    assert done.returncode == 0, done.stdout + done.stderr
    for command in (["check"], ["check", "--static"]):
        program = ["python", "-c", "from celery_registry.cli import main; main()", *command]
        done = run(program, project, environment_of())
        assert done.returncode == 0, done.stdout + done.stderr
