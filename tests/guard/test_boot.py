"""Real workers and beats: a broken registry stops them before they touch a message; a healthy one does not."""

from __future__ import annotations

import time
from pathlib import Path

import psutil
import pytest
from brokers import Broker, Tally
from kombu import Connection, Queue

from guard.project import MESSAGES, Project, write_project

POOLS = ("prefork", "solo", "threads")
QUIET = ("--without-gossip", "--without-mingle")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return write_project(tmp_path)


#: Commands that return at once; both leave ``worker.pid`` and ``worker.log``.
BACKGROUND = {
    "--detach": ("-A", "proj", "worker", "--detach", "-P", "solo", "-f", "worker.log", "--pidfile=worker.pid"),
    "celery multi": (
        *("-A", "proj", "multi", "start", "worker", "-P", "solo", "-l", "INFO"),
        *("--logfile=%n.log", "--pidfile=%n.pid"),
    ),
}


def assert_refused(output: str) -> None:
    """One block that tells all, and no traceback."""
    assert output.count("celery-registry:") == 1, output
    assert "does not start" in output
    assert "[task-unregistered]" in output
    assert 'No task is registered as "send_email" (TaskName.SEND_EMAIL)' in output
    assert "proj.py:16 (TaskName.SEND_EMAIL)" in output
    assert "Traceback" not in output, output


class TestWorkerThatRefuses:
    @pytest.mark.parametrize("pool", POOLS)
    def test_ends_with_status_78_and_leaves_the_queue_alone(self, project: Project, pool: str) -> None:
        project.enqueue()
        finished = project.celery("worker", "-P", pool, "-c", "1", "--purge", *QUIET, faults="missing")
        assert finished.returncode == 78, finished.stderr
        assert_refused(finished.stderr)
        assert project.waiting() == MESSAGES

    def test_tells_all_faults_at_once_grouped_by_task(self, project: Project) -> None:
        finished = project.celery("worker", "-P", "solo", faults="missing count import")
        assert finished.returncode == 78
        assert_refused(finished.stderr)
        assert "3 problems in 3 tasks" in finished.stderr
        assert 'Task "add" declares 2 parameters, but add_one accepts at most 1' in finished.stderr
        assert "ModuleNotFoundError: No module named 'a_package_that_is_not_there'" in finished.stderr
        assert "broken.py:1" in finished.stderr

    def test_with_embedded_beat_sends_no_tick(self, project: Project) -> None:
        finished = project.celery("worker", "-B", "-c", "1", *QUIET, faults="missing", beat="1")
        assert finished.returncode == 78
        assert_refused(finished.stderr)
        assert project.waiting() == 0

    def test_with_a_log_file_tells_the_log_and_the_terminal(self, project: Project) -> None:
        finished = project.celery("worker", "-P", "solo", "-f", "worker.log", faults="missing")
        assert finished.returncode == 78
        assert_refused(finished.stderr)
        assert_refused((project.root / "worker.log").read_text())

    def test_started_by_worker_main_ends_with_status_78(self, project: Project) -> None:
        finished = project.run("main.py", "worker", "-P", "solo", faults="missing")
        assert finished.returncode == 78, finished.stderr
        assert_refused(finished.stderr)
        assert "worker_main returned" not in finished.stdout

    def test_whose_processes_would_be_spawned_ends_with_status_78(self, project: Project) -> None:
        project.spawn()
        project.enqueue()
        finished = project.celery("worker", "-c", "1", *QUIET, faults="missing")
        assert finished.returncode == 78, finished.stderr
        assert_refused(finished.stderr)
        assert project.waiting() == MESSAGES

    @pytest.mark.parametrize("command", BACKGROUND.values(), ids=BACKGROUND)
    def test_in_the_background_tells_its_log_file(self, project: Project, command: tuple[str, ...]) -> None:
        project.enqueue()
        # The launcher has gone before the worker looks at anything.
        assert project.run("-m", "celery", *command, faults="missing").returncode == 0
        log = project.root / "worker.log"
        deadline = time.monotonic() + 30
        while not (log.exists() and "TaskName.SEND_EMAIL, function" in log.read_text()):
            assert time.monotonic() < deadline, "nothing was logged"
            time.sleep(0.1)
        assert_refused(log.read_text())
        assert project.waiting() == MESSAGES

    @pytest.mark.parametrize("place", ["install", "settings"])
    def test_is_not_stopped_by_a_warning(self, project: Project, place: str) -> None:
        if place == "settings":
            text = '[tool.celery-registry.severity]\ntask-unregistered = "warning"\n'
            (project.root / "pyproject.toml").write_text(text)
        faults = "missing lenient" if place == "install" else "missing"
        ids = project.enqueue(1)
        output = project.run_until(project.answered(ids), "worker", "-P", "solo", "-l", "INFO", *QUIET, faults=faults)
        assert "warning [task-unregistered]" in output
        assert output.count("celery-registry:") == 1


#: What a person may write by mistake, and what they are told.
BAD_SETTINGS = {
    "an unknown key": (
        "[tool.celery-registry]\nstrikt = true\n",
        'pyproject.toml: unknown setting "strikt"; did you mean "strict"?',
    ),
    "an unknown severity": (
        '[tool.celery-registry.severity]\ntask-route = "loud"\n',
        'pyproject.toml: severity: the severity of task-route must be "error", "warning" or "off", not "loud"',
    ),
    "a table that is not closed": ("[tool.celery-registry\n", "pyproject.toml: is not valid TOML: "),
}
GOOD_SETTINGS = '[tool.celery-registry]\nstrict = true\n\n[tool.celery-registry.severity]\ntask-route = "warning"\n'


class TestSettingsThatCannotBeRead:
    @pytest.mark.parametrize("mistake", BAD_SETTINGS)
    @pytest.mark.parametrize("faults", ["", "missing import"], ids=["healthy", "broken"])
    def test_stop_a_worker_with_one_line_and_status_78(self, project: Project, mistake: str, faults: str) -> None:
        text, sentence = BAD_SETTINGS[mistake]
        (project.root / "pyproject.toml").write_text(text)
        project.enqueue()
        finished = project.celery("worker", "-P", "solo", "--purge", *QUIET, faults=faults)
        assert finished.returncode == 78, finished.stderr
        assert f"celery-registry: this worker does not start: {sentence}" in finished.stderr
        assert len(finished.stderr.strip().splitlines()) == 1, finished.stderr
        assert project.waiting() == MESSAGES

    def test_stop_beat_before_its_first_tick(self, project: Project) -> None:
        text, sentence = BAD_SETTINGS["an unknown key"]
        (project.root / "pyproject.toml").write_text(text)
        finished = project.celery("beat", "--max-interval", "1", beat="1")
        assert finished.returncode == 78, finished.stderr
        assert f"celery-registry: this beat does not start: {sentence}" in finished.stderr
        assert "Traceback" not in finished.stderr
        assert project.waiting() == 0

    def test_stop_nobody_once_they_are_right(self, project: Project) -> None:
        (project.root / "pyproject.toml").write_text(GOOD_SETTINGS)
        ids = project.enqueue(1)
        output = project.run_until(project.answered(ids), "worker", "-P", "solo", "-l", "INFO", *QUIET)
        assert "celery-registry" not in output


class TestHealthyWorker:
    @pytest.mark.parametrize("pool", POOLS)
    def test_boots_and_answers_and_says_nothing_of_the_guard(self, project: Project, pool: str) -> None:
        ids = project.enqueue()
        output = project.run_until(project.answered(ids), "worker", "-P", pool, "-c", "1", "-l", "INFO", *QUIET)
        assert "celery-registry" not in output

    def test_with_processes_that_are_spawned_boots_and_answers(self, project: Project) -> None:
        project.spawn()
        ids = project.enqueue(1)
        output = project.run_until(project.answered(ids), "worker", "-c", "1", *QUIET)
        assert "celery-registry" not in output

    def test_started_by_worker_main_boots_and_answers(self, project: Project) -> None:
        ids = project.enqueue(1)
        output = project.python_until(project.answered(ids), "main.py", "worker", "-P", "solo", *QUIET)
        assert "celery-registry" not in output

    def test_with_embedded_beat_answers_its_ticks(self, project: Project) -> None:
        results = project.root / "results"
        output = project.run_until(lambda: any(results.iterdir()), "worker", "-B", "-c", "1", *QUIET, beat="1")
        assert "celery-registry" not in output

    @pytest.mark.parametrize("command", BACKGROUND.values(), ids=BACKGROUND)
    def test_in_the_background_boots_and_answers(self, project: Project, command: tuple[str, ...]) -> None:
        ids = project.enqueue(1)
        assert project.run("-m", "celery", *command).returncode == 0
        answered, deadline = project.answered(ids), time.monotonic() + 45
        while not answered() and time.monotonic() < deadline:
            time.sleep(0.1)
        worker = psutil.Process(int((project.root / "worker.pid").read_text()))
        worker.terminate()
        worker.wait(30)
        assert answered()
        assert "celery-registry" not in (project.root / "worker.log").read_text()


class TestBeat:
    def test_that_refuses_ends_with_status_78_before_its_first_tick(self, project: Project) -> None:
        finished = project.celery("beat", "--max-interval", "1", faults="missing", beat="1")
        assert finished.returncode == 78, finished.stderr
        assert_refused(finished.stderr)
        assert project.waiting() == 0

    def test_that_is_healthy_ticks(self, project: Project) -> None:
        output = project.run_until(lambda: project.waiting() > 2, "beat", "--max-interval", "1", beat="1")
        assert "celery-registry" not in output


@pytest.mark.parametrize("name", ["redis_broker", "rabbitmq_broker"])
def test_on_a_broker_nothing_is_delivered_to_a_worker_that_refuses(
    name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    broker: Broker = request.getfixturevalue(name)
    project = write_project(tmp_path, broker.url)
    project.enqueue()
    before = broker.tally("celery")
    assert before == Tally(messages=MESSAGES, ready=MESSAGES, unacknowledged=0)
    finished = project.celery("worker", "-c", "1", "--purge", faults="missing count")
    assert finished.returncode == 78, finished.stderr
    assert_refused(finished.stderr)
    assert broker.tally("celery") == before
    assert broker.drain("celery") == [False] * MESSAGES

    ids = project.enqueue()
    output = project.run_until(project.answered(ids), "worker", "-c", "1", *QUIET)
    assert "celery-registry" not in output


@pytest.mark.parametrize("name", ["redis_broker", "rabbitmq_broker"])
def test_the_tally_sees_a_message_that_somebody_took_and_gave_back(
    name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    broker: Broker = request.getfixturevalue(name)
    write_project(tmp_path, broker.url).enqueue(2)
    with Connection(broker.url) as connection:
        taken = Queue("celery", channel=connection.default_channel).get()
        assert taken is not None
        assert broker.tally("celery") == Tally(messages=2, ready=1, unacknowledged=1)
        taken.requeue()
    assert broker.tally("celery") == Tally(messages=2, ready=2, unacknowledged=0)
    assert sorted(broker.drain("celery")) == [False, True]
