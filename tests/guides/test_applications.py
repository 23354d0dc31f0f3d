"""Each guide is a small application that works: its tests pass, a worker answers a request, mypy has nothing to say.

Law: the commands are those of the page's last console block, in their order: what needs no broker, the workers, the tests
with them. The broker is a folder, and a Redis server where ``CI`` is set.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from brokers import Broker

from guides.pages import read_blocks, write_project

PAGES = ["django", "fastapi", "flask", "scripts", "monorepo"]
BROKERS = ["folder", "redis"] if os.environ.get("CI") else ["folder"]
#: What the shop's image leaves out of the repository of two services.
BILLINGS_OWN = ("tasks.py", "celery.py")


def commands(page: str) -> list[list[str]]:
    """The commands of the page's last console block."""
    text = [block.text for block in read_blocks(page) if block.language == "console"][-1]
    return [shlex.split(line.removeprefix("$ ")) for line in text.splitlines()]


def workers(page: str) -> list[list[str]]:
    return [command for command in commands(page) if command[0] == "celery"]


def command_line(command: list[str]) -> list[str]:
    if command[0] == "celery-registry":
        return [sys.executable, "-c", "from celery_registry.cli import main; main()", *command[1:]]
    return [sys.executable, *(command[1:] if command[0] == "python" else ["-m", *command])]


def run(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(
        command_line(command), cwd=folder, env=environment, capture_output=True, text=True, timeout=180
    )
    assert done.returncode == 0, f"{shlex.join(command)}\n{done.stdout}{done.stderr}"
    # Django below Python 3.12 ends well where it found no test.
    assert "Ran 0 tests" not in done.stderr, shlex.join(command)


def environment_of(**more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "CELERY_", "DJANGO_"))}
    return {**kept, "PYTHONPATH": ".", "PYTEST_ADDOPTS": "-p no:cacheprovider -p no:xdist -q", **more}


@pytest.fixture(scope="session")
def projects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {page: write_project(page, tmp_path_factory.mktemp(page)) for page in PAGES}


@pytest.fixture
def deployed(page: str, projects: dict[str, Path], tmp_path: Path) -> dict[str, Path]:
    """Where each application of a page runs: the shop of the two services has none of billing's own code."""
    project = projects[page]
    if page != "monorepo":
        return {command[command.index("-A") + 1]: project for command in workers(page)}
    shop = tmp_path / "shop"
    shutil.copytree(project, shop, ignore=shutil.ignore_patterns("__pycache__", ".celery", ".mypy_cache"))
    for name in BILLINGS_OWN:
        (shop / "billing" / name).unlink()
    (project / ".celery").mkdir(exist_ok=True)
    (shop / ".celery").symlink_to(project / ".celery")
    return {"billing": project, "shop": shop}


@pytest.fixture(params=BROKERS)
def environment(request: pytest.FixtureRequest, page: str) -> dict[str, str]:
    if request.param == "folder":
        return environment_of()
    broker: Broker = request.getfixturevalue("redis_broker")
    url = f"{broker.url.rpartition('/')[0]}/{PAGES.index(page) + 1}"
    return environment_of(CELERY_BROKER_URL=url, CELERY_RESULT_BACKEND=url)


@pytest.fixture
def running(
    page: str, deployed: dict[str, Path], environment: dict[str, str], tmp_path: Path
) -> Iterator[dict[str, Path]]:
    """The page's workers, each in one process: what pool they have is not what is tested here."""
    started = []
    try:
        for command in workers(page):
            name = command[command.index("-A") + 1]
            with (tmp_path / f"{name}.log").open("wb") as log:
                line = [*command_line(command), "--pool", "solo", "--without-gossip", "--without-mingle"]
                started.append(subprocess.Popen(line, cwd=deployed[name], env=environment, stdout=log, stderr=log))
        yield deployed
    finally:
        for process in started:
            process.kill()
            process.wait(timeout=60)
        for log_file in tmp_path.glob("*.log"):
            print(log_file.read_text())


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_tests_need_no_broker(page: str, projects: dict[str, Path]) -> None:
    nowhere = environment_of(CELERY_BROKER_URL="amqp://127.0.0.1:1//", CELERY_RESULT_BACKEND="redis://127.0.0.1:1/0")
    before = commands(page)[: commands(page).index(workers(page)[0])]
    assert before, page
    for command in before:
        run(command, projects[page], nowhere)


@pytest.mark.parametrize("page", PAGES)
def test_a_request_reaches_the_worker_and_its_answer_comes_back(
    page: str, environment: dict[str, str], running: dict[str, Path]
) -> None:
    run(commands(page)[-1], list(running.values())[-1], environment)


@pytest.mark.parametrize("page", PAGES)
def test_mypy_and_the_commands_find_nothing_wrong(
    page: str, projects: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> None:
    cache = tmp_path_factory.getbasetemp() / "guides_mypy_cache"
    run(["mypy", "--cache-dir", str(cache), "."], projects[page], environment_of())
    for worker in workers(page):
        application = f"{worker[worker.index('-A') + 1]}.celery:app"
        run(["celery-registry", "check", "--app", application], projects[page], environment_of())
    run(["celery-registry", "check", "--static"], projects[page], environment_of())


def test_a_renamed_parameter_is_an_error_in_the_other_service(
    projects: dict[str, Path], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    project = tmp_path / "monorepo"
    shutil.copytree(projects["monorepo"], project, ignore=shutil.ignore_patterns("__pycache__", ".celery"))
    tasks = project / "billing" / "tasks.py"
    tasks.write_text(tasks.read_text().replace("pence", "amount"))
    cache = tmp_path_factory.getbasetemp() / "guides_mypy_cache"
    with pytest.raises(AssertionError, match=r'shop/web.py:\d+: error: Unexpected keyword argument "pence"'):
        run(["mypy", "--cache-dir", str(cache), "."], project, environment_of())
    with pytest.raises(AssertionError, match=r"(?s)billing\.lock.*-.*pence"):
        run(commands("monorepo")[0], project, environment_of())
