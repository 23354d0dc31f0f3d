"""``celery-registry check --static``: the source alone, nothing imported."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.shop import REGISTRY, TASKS, run, write_shop


def found(directory: Path, *arguments: str) -> list[tuple[str, str, str]]:
    """The findings as (task, problem, path:line)."""
    done = run(directory, "check", "--static", "--format", "json", *arguments)
    assert done.returncode in (0, 1), done.stderr
    document = json.loads(done.stdout)
    assert (done.returncode == 1) == bool(document["summary"]["errors"])
    return [
        (f["task"], f["problem"], f"{(f['origin'] or {}).get('path')}:{(f['origin'] or {}).get('line')}")
        for f in document["findings"]
    ]


def test_a_sound_project_is_clean_and_is_not_imported(tmp_path: Path) -> None:
    directory = write_shop(
        tmp_path, app="raise SystemExit('imported')\nfrom celery import Celery\napp = Celery('shop')\n"
    )
    done = run(directory, "check", "--static")
    assert (done.returncode, done.stdout) == (0, "Success: the registry and the application agree.\n"), done.stderr


@pytest.mark.parametrize(
    ("tasks", "registry", "expected"),
    [
        (TASKS.replace('name="send_email"', 'name="send_emial"'), REGISTRY, [("send_email", "name-not-registered", "shop/registry.py:13")]),
        (TASKS.replace("subject: str) ->", "subject: str, body: str) ->"), REGISTRY, [("send_email", "too-few-declared", "shop/registry.py:22")]),
        (TASKS.replace("subject: str) ->", "subject: str, body: str = '') ->"), REGISTRY, []),
        (TASKS, REGISTRY.replace("Task[[str, str], bool]", "Task[[str, str, str], bool]"), [("send_email", "too-many-declared", "shop/registry.py:22")]),
        (TASKS, REGISTRY.replace("Task[[str, str], bool]", "Task[[int, int], str]"), []),
        (TASKS, REGISTRY.replace('"send_email"\n', '"send_email"\n    REFUND = "refund"\n'), [("refund", "name-without-property", "shop/registry.py:14"), ("refund", "name-not-registered", "shop/registry.py:14")]),
        (TASKS, REGISTRY.replace("(TaskName.SEND_EMAIL)", "(TaskName.PING)").replace("Task[[str, str], bool]", "Task[[], str]"), [("send_email", "name-without-property", "shop/registry.py:13"), ("ping", "two-properties", "shop/registry.py:22")]),
        (TASKS + '\n\n@app.task(name="ping")\ndef again() -> str:\n    return "pong"\n', REGISTRY, [("ping", "two-implementations", "shop/tasks.py:17")]),
        (TASKS.replace("@app.task(name=\"ping\")\n", "") + '\n\nclass C:\n    def ping(self) -> str:\n        return ""\n\n    def register(self) -> None:\n        app.task(name="ping")(self.ping)\n', REGISTRY, [("ping", "bound-method", "shop/tasks.py:20")]),
        (TASKS + '\n\napp.conf.beat_schedule = {"often": {"task": "ping", "schedule": 1.0, "args": (1,)}}\n', REGISTRY, [("ping", "schedule-arguments", "shop/tasks.py:16")]),
        (TASKS + '\n\napp.conf.beat_schedule = {"often": {"task": "pign", "schedule": 1.0}}\n', REGISTRY, [("pign", "schedule-unknown-task", "shop/tasks.py:16")]),
        (TASKS + '\n\napp.conf.beat_schedule = {"often": {"task": "ping", "schedule": 1.0}}\n', REGISTRY, []),
    ],
)  # fmt: skip
def test_each_problem_is_found_at_its_line(
    tmp_path: Path, tasks: str, registry: str, expected: list[tuple[str, str, str]]
) -> None:
    assert found(write_shop(tmp_path, tasks=tasks, registry=registry)) == expected


def test_fakes_in_tests_are_no_implementations(tmp_path: Path) -> None:
    directory = write_shop(tmp_path)
    (directory / "tests").mkdir()
    (directory / "tests" / "fakes.py").write_text(TASKS)
    (directory / "test_shop.py").write_text(TASKS)
    assert found(directory) == []
    assert {problem for _, problem, _ in found(directory, "shop", "tests/fakes.py")} == {"two-implementations"}


def test_settings_decide_what_implements_and_what_is_external(tmp_path: Path) -> None:
    directory = write_shop(tmp_path, tasks=TASKS.replace('name="send_email"', 'name="mail"'))
    assert found(directory) != []
    (directory / "setup.cfg").write_text("[celery-registry]\nexternal = send_*\n")
    assert found(directory) == []
    (directory / "setup.cfg").write_text("[celery-registry]\nexternal = send_*\nstrict = on\n")
    assert found(directory) == [("mail", "task-not-declared", "shop/tasks.py:11")]
    assert found(directory, "--no-strict") == []
    (directory / "shop" / "old.py").write_text(TASKS)
    (directory / "setup.cfg").write_text("[celery-registry]\nexternal = send_*\ntask-modules = shop.tasks\n")
    assert found(directory) == []


def test_a_name_that_cannot_be_read_silences_what_it_makes_uncertain(tmp_path: Path) -> None:
    unknown = "\n\ndef register(name: str) -> None:\n    app.task(name=name)(ping)\n"
    directory = write_shop(tmp_path, tasks=TASKS.replace('name="send_email"', 'name="mail"') + unknown)
    assert found(directory) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "nowhere: there is no such file or directory"),
        (["--registry", "shop.registry:TaskRegistry"], 'registry "shop.registry.TaskRegistry": is not in the source; did you mean "shop.registry.TasksRegistry"?'),
        (["--names", "shop.registry.TasksName"], 'names "shop.registry.TasksName": is not in the source; did you mean "shop.registry.TaskName"?'),
        (["shop/app.py"], "no registry is in the source: a registry is a class whose properties return self._get_task_by_name(...)"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_and_status_two(tmp_path: Path, arguments: list[str], message: str) -> None:
    done = run(write_shop(tmp_path), "check", "--static", *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"celery-registry: {message}\n")


def test_paths_belong_to_static(tmp_path: Path) -> None:
    done = run(write_shop(tmp_path), "check", "shop")
    assert done.returncode == 2
    assert done.stderr == "celery-registry: paths are for --static: without it the application is imported, see --app\n"
