"""Real workers and beats: a broken registry stops them before they touch a message; a healthy one does not."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from brokers import Broker

from guard.project import MESSAGES, Project, write_project

POOLS = ("prefork", "solo", "threads")
QUIET = ("--without-gossip", "--without-mingle")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return write_project(tmp_path)


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

    @pytest.mark.parametrize(
        "command",
        [
            ("-m", "celery", "-A", "proj", "worker", "--detach", "-P", "solo", "-f", "worker.log"),
            (
                "-m",
                "celery",
                "-A",
                "proj",
                "multi",
                "start",
                "one",
                "-P",
                "solo",
                "--logfile=worker.log",
                "--pidfile=%n.pid",
            ),
        ],
        ids=["--detach", "celery multi"],
    )
    def test_in_the_background_tells_its_log_file(self, project: Project, command: tuple[str, ...]) -> None:
        project.enqueue()
        # The launcher has gone before the worker looks at anything.
        assert project.run(*command, faults="missing").returncode == 0
        log = project.root / "worker.log"
        deadline = time.monotonic() + 30
        while not (log.exists() and "TaskName.SEND_EMAIL, function" in log.read_text()):
            assert time.monotonic() < deadline, "nothing was logged"
            time.sleep(0.1)
        assert_refused(log.read_text())
        assert project.waiting() == MESSAGES

    def test_is_not_stopped_by_a_warning(self, project: Project) -> None:
        ids = project.enqueue(1)
        output = project.run_until(
            project.answered(ids), "worker", "-P", "solo", "-l", "INFO", *QUIET, faults="missing lenient"
        )
        assert "warning [task-unregistered]" in output
        assert output.count("celery-registry:") == 1


class TestHealthyWorker:
    @pytest.mark.parametrize("pool", POOLS)
    def test_boots_and_answers_and_says_nothing_of_the_guard(self, project: Project, pool: str) -> None:
        ids = project.enqueue()
        output = project.run_until(project.answered(ids), "worker", "-P", pool, "-c", "1", "-l", "INFO", *QUIET)
        assert "celery-registry" not in output

    def test_with_processes_that_are_spawned_boots_and_answers(self, project: Project) -> None:
        text = (project.root / "proj.py").read_text()
        spawn = 'import billiard\n\nbilliard.set_start_method("spawn", force=True)\n'
        (project.root / "proj.py").write_text(text.replace("import os\n", f"import os\n\n{spawn}", 1))
        ids = project.enqueue(1)
        output = project.run_until(project.answered(ids), "worker", "-c", "1", *QUIET)
        assert "celery-registry" not in output


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
    finished = project.celery("worker", "-c", "1", "--purge", faults="missing count")
    assert finished.returncode == 78, finished.stderr
    assert_refused(finished.stderr)
    assert broker.count("celery") == MESSAGES
    assert broker.unacknowledged("celery") == 0
    assert broker.drain("celery") == [False] * MESSAGES

    ids = project.enqueue()
    output = project.run_until(project.answered(ids), "worker", "-c", "1", *QUIET)
    assert "celery-registry" not in output
