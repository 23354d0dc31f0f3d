"""``celery-registry check``: real runs over a small real project."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from cli.shop import APP, REGISTRY, TASKS, run, run_celery, write_shop

CHOSEN = ("--app", "shop.app:app", "--registry", "shop.registry:TasksRegistry", "--names", "shop.registry:TaskName")
LOOKED_AT = "Looked at the application shop.app:app and 4 files under .: 2 tasks, no calls, no schedule entries, 1 registry.\n\n"
UNREGISTERED = TASKS.replace('name="send_email"', 'name="send_emial"')


def test_a_sound_project_is_clean(tmp_path: Path) -> None:
    done = run(write_shop(tmp_path), "check", *CHOSEN)
    assert (done.returncode, done.stdout) == (0, f"{LOOKED_AT}Success: the registry and the application agree.\n"), (
        done.stderr
    )
    assert done.stderr == ""


def test_a_missing_registration_is_told_with_its_neighbour(tmp_path: Path) -> None:
    done = run(write_shop(tmp_path, tasks=UNREGISTERED), "check", *CHOSEN)
    assert done.returncode == 1, done.stderr
    assert (
        '    error [task-unregistered] No task is registered as "send_email" (TaskName.SEND_EMAIL)'
        '; did you mean "send_emial"?\n'
    ) in done.stdout
    assert done.stdout.endswith("\nFound 1 error and 0 warnings.\n")


def test_celery_runs_the_same_command(tmp_path: Path) -> None:
    directory = write_shop(tmp_path, tasks=UNREGISTERED)
    ours = run(directory, "check", *CHOSEN)
    theirs = run_celery(directory, "-A", "shop.app:app", "registry", "check", *CHOSEN[2:])
    assert (theirs.returncode, theirs.stdout) == (1, ours.stdout), theirs.stderr


def test_the_settings_stand_in_for_the_options(tmp_path: Path) -> None:
    directory = write_shop(tmp_path, tasks=UNREGISTERED)
    (directory / "pyproject.toml").write_text(
        "[tool.celery-registry]\napp = 'shop.app:app'\nregistry = ['shop.registry.TasksRegistry']\n"
        "names = ['shop.registry.TaskName']\n"
    )
    done = run(directory, "check")
    assert (done.returncode, done.stdout) == (1, run(directory, "check", *CHOSEN).stdout)


def test_registry_and_names_given_to_guard_install_are_known(tmp_path: Path) -> None:
    installed = APP + (
        "\nfrom celery_registry import guard\n"
        'guard.install(app, registry="shop.registry:TasksRegistry", names="shop.registry:TaskName")\n'
    )
    directory = write_shop(tmp_path, tasks=UNREGISTERED, app=installed)
    done = run(directory, "check", "--app", "shop.app:app")
    assert (done.returncode, done.stdout) == (1, run(directory, "check", *CHOSEN).stdout), done.stderr


def test_without_any_settings_the_registries_of_the_program_are_found(tmp_path: Path) -> None:
    drifted = REGISTRY.replace("Task[[str, str], bool]", "Task[[str], bool]")
    assert run(write_shop(tmp_path), "check", "--app", "shop.app").returncode == 0
    done = run(write_shop(tmp_path, registry=drifted), "check", "--app", "shop.app")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "[task-signature]" in done.stdout


def test_severity_decides_between_stop_tell_and_silence(tmp_path: Path) -> None:
    directory = write_shop(tmp_path, tasks=UNREGISTERED)
    for severity, status, found in (
        ("warning", 0, "0 errors and 1 warning."),
        ("off", 0, "Success"),
        ("error", 1, "1 error"),
    ):
        (directory / "setup.cfg").write_text(f"[celery-registry]\nseverity = task-unregistered: {severity}\n")
        done = run(directory, "check", *CHOSEN)
        assert (done.returncode, found in done.stdout) == (status, True), done.stdout + done.stderr


def test_strict_also_reports_tasks_that_no_name_stands_for(tmp_path: Path) -> None:
    directory = write_shop(tmp_path, tasks=TASKS + '\n\n@app.task(name="refund")\ndef refund() -> None: ...\n')
    assert run(directory, "check", *CHOSEN).returncode == 0
    done = run(directory, "check", *CHOSEN, "--strict")
    assert (done.returncode, "[task-undeclared]" in done.stdout) == (1, True), done.stderr
    (directory / "setup.cfg").write_text("[celery-registry]\nstrict = yes\n")
    assert run(directory, "check", *CHOSEN).returncode == 1
    (directory / "setup.cfg").write_text("[celery-registry]\nstrict = yes\nexternal = ref*\n")
    assert run(directory, "check", *CHOSEN).returncode == 0


def test_a_baseline_accepts_what_is_there_and_nothing_else(tmp_path: Path) -> None:
    directory = write_shop(tmp_path, tasks=UNREGISTERED)
    written = run(directory, "check", *CHOSEN, "--baseline", "known.json", "--write-baseline")
    assert (written.returncode, written.stderr) == (0, "known.json: 1 accepted\n")
    assert json.loads((directory / "known.json").read_text()) == {
        "schema": 1,
        "accepted": [{"task": "send_email", "code": "task-unregistered", "problem": "name-not-registered"}],
    }
    accepted = run(directory, "check", *CHOSEN, "--baseline", "known.json")
    assert accepted.returncode == 0
    assert (
        accepted.stdout == f"{LOOKED_AT}Success: the registry and the application agree, 1 accepted by the baseline.\n"
    )

    # Lines move: the baseline does not care.
    write_shop(
        tmp_path,
        tasks=UNREGISTERED,
        registry="\n" * 7 + REGISTRY.lstrip().replace("from __future__", "from __future__"),
    )
    assert run(directory, "check", *CHOSEN, "--baseline", "known.json").returncode == 0

    # Another finding is not accepted.
    write_shop(tmp_path, tasks=UNREGISTERED.replace('name="ping"', 'name="pong"'))
    other = run(directory, "check", *CHOSEN, "--baseline", "known.json")
    assert (other.returncode, "1 error and 0 warnings, 1 accepted" in other.stdout) == (1, True)

    # What is mended is told, and does not fail.
    write_shop(tmp_path)
    stale = run(directory, "check", *CHOSEN, "--baseline", "known.json")
    assert stale.returncode == 0
    assert "No longer found" in stale.stdout
    assert "send_email [task-unregistered] name-not-registered" in stale.stdout
    run(directory, "check", *CHOSEN, "--baseline", "known.json", "--write-baseline")
    assert json.loads((directory / "known.json").read_text())["accepted"] == []


def test_the_baseline_may_be_a_setting(tmp_path: Path) -> None:
    directory = write_shop(tmp_path, tasks=UNREGISTERED)
    (directory / "setup.cfg").write_text("[celery-registry]\nbaseline = known.json\n")
    missing = run(directory, "check", *CHOSEN)
    assert missing.returncode == 2
    assert missing.stderr.endswith("known.json: there is no such baseline; create it with --write-baseline\n")
    assert run(directory, "check", *CHOSEN, "--write-baseline").returncode == 0
    assert run(directory / "shop", "check", *CHOSEN, environment={"PYTHONPATH": str(directory)}).returncode == 0


def test_every_format_comes_out_of_the_command(tmp_path: Path) -> None:
    directory = write_shop(tmp_path, tasks=UNREGISTERED)
    document = json.loads(run(directory, "check", *CHOSEN, "--format", "json").stdout)
    assert [finding["code"] for finding in document["findings"]] == ["task-unregistered"]
    assert run(directory, "check", *CHOSEN, "--format", "github").stdout.startswith("::error ")
    sarif = json.loads(run(directory, "check", *CHOSEN, "--format", "sarif").stdout)
    assert [result["ruleId"] for result in sarif["runs"][0]["results"]] == ["task-unregistered"]
    done = run(directory, "check", *CHOSEN, "--format", "junit", "--output", "out.xml")
    assert (done.returncode, done.stdout) == (1, "")
    assert ElementTree.parse(directory / "out.xml").find("testsuite/testcase/failure") is not None


def test_what_the_application_prints_does_not_spoil_the_document(tmp_path: Path) -> None:
    directory = write_shop(tmp_path, tasks='print("hello")\n' + TASKS, app='print("hello")\n' + APP)
    done = run(directory, "check", *CHOSEN, "--format", "json")
    assert json.loads(done.stdout)["findings"] == []
    assert done.stderr.count("hello") == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--app", "shop.app:ap"], 'application "shop.app:ap": module "shop.app" has no attribute "ap"; did you mean "app"?'),
        (["--app", "shop.app:zzz"], 'application "shop.app:zzz": module "shop.app" has no attribute "zzz"; applications there: app'),
        (["--app", "shop.ap:app"], 'application "shop.ap:app": there is no module "shop.ap" (searched from {here})'),
        (["--app", "nothing"], 'application "nothing": there is no module "nothing" (searched from {here})'),
        (["--app", "shop.registry"], 'application "shop.registry": module "shop.registry" has no Celery application'),
        (["--app", "shop.registry:TaskName"], 'application "shop.registry:TaskName": is not a Celery application, but a class'),
        (["--payloads"], "--payloads asks the application for its serializers: give --app, without --static and PATHS"),
        ([*CHOSEN[:2], "--registry", "shop.registry:TaskRegistry"], 'registry "shop.registry:TaskRegistry": "shop.registry" has no class "TaskRegistry"; did you mean "TasksRegistry" or "BaseTasksRegistry"?'),
        ([*CHOSEN[:2], "--registry", "shop.nothing:R"], 'registry "shop.nothing:R": there is no module "shop.nothing" (searched from {here})'),
        ([*CHOSEN[:2], "--registry", "TasksRegistry"], 'registry "TasksRegistry": write module:Class'),
        ([*CHOSEN[:2], "--names", "shop.tasks:ping"], 'names "shop.tasks:ping": is not a class'),
        ([*CHOSEN, "--write-baseline"], 'which baseline? Give --baseline FILE, or the setting baseline = "FILE"'),
        ([*CHOSEN, "--output", "no/such/place"], "no/such/place: cannot be written: No such file or directory"),
        ([*CHOSEN, "--config-file", "none.toml"], "none.toml: there is no such file"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_and_status_two(tmp_path: Path, arguments: list[str], message: str) -> None:
    done = run(write_shop(tmp_path), "check", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"celery-registry: {message.format(here=tmp_path)}\n"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("app", "\nimport nothing_like_it\n", 'application "shop.app:app": shop/app.py:2: ModuleNotFoundError: No module named'),
        ("app", APP + "\n1 / 0\n", 'application "shop.app:app": shop/app.py:6: ZeroDivisionError: division by zero'),
        ("app", "def (\n", 'application "shop.app:app": SyntaxError: '),
        ("registry", "\n\nraise ValueError('two\\nlines')\n", 'registry "shop.registry:TasksRegistry": shop/registry.py:3: ValueError: two lines'),
    ],
)  # fmt: skip
def test_a_module_that_fails_is_one_line_with_its_place(tmp_path: Path, name: str, text: str, message: str) -> None:
    directory = write_shop(tmp_path)
    (directory / "shop" / f"{name}.py").write_text(text)
    done = run(directory, "check", *CHOSEN)
    assert done.returncode == 2
    assert done.stderr.startswith(f"celery-registry: {message}")
    assert done.stderr.count("\n") == 1


def test_a_broken_baseline_is_one_line(tmp_path: Path) -> None:
    directory = write_shop(tmp_path)
    for text, reason in (
        ("{", "cannot be read as a baseline: "),
        ("[]", 'is not a baseline: it must be an object with "schema": 1'),
        ('{"schema": 1}', 'is not a baseline: "accepted" must be a list'),
        ('{"schema": 1, "accepted": [{"task": 3}]}', 'every row needs the texts "task", "code" and "problem"'),
    ):
        (directory / "known.json").write_text(text)
        done = run(directory, "check", *CHOSEN, "--baseline", "known.json")
        assert done.returncode == 2
        assert done.stderr.startswith(f"celery-registry: known.json: {reason}")
        assert done.stderr.count("\n") == 1


def test_machines_are_told_paths_from_the_root_of_the_repository(tmp_path: Path) -> None:
    """GitHub and code scanning know no working directory; a service of a monorepo is checked in its own."""
    (tmp_path / ".git").mkdir()
    service = tmp_path / "services" / "mail"
    service.mkdir(parents=True)
    write_shop(service, tasks=UNREGISTERED)
    (service / ".git").rmdir()
    shown = run(service, "check", *CHOSEN, "--format", "github").stdout
    assert "file=services/mail/shop/registry.py,line=" in shown
    document = json.loads(run(service, "check", *CHOSEN, "--format", "sarif").stdout)["runs"][0]
    assert document["originalUriBaseIds"] == {"%SRCROOT%": {"uri": f"{tmp_path.as_uri()}/"}}
    (location,) = document["results"][0]["locations"]
    artifact = location["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": "services/mail/shop/registry.py", "uriBaseId": "%SRCROOT%"}
    # A person is told what they can type.
    assert "        at        shop/registry.py:" in run(service, "check", *CHOSEN).stdout


def test_without_a_registry_the_rest_is_checked_and_no_registry_is_spoken_of(tmp_path: Path) -> None:
    schedule = "\napp.conf.beat_schedule = {'tick': {'task': 'pnig', 'schedule': 1}}\n"
    plain = TASKS.replace("import shop.registry\n", "")
    looked_at = LOOKED_AT.replace("1 registry", "no registries")
    done = run(write_shop(tmp_path, tasks=plain, registry=""), "check", "--app", "shop.app:app")
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        f"{looked_at}Success: the imports, schedules and routes of 2 tasks hold; there is no registry to compare with.\n",
        "",
    )
    done = run(write_shop(tmp_path, tasks=plain), "check", "--app", "shop.app:app")
    assert (done.returncode, done.stdout) == (
        0,
        f"{LOOKED_AT}Success: the imports, schedules and routes of 2 tasks hold; "
        "the registry that the application does not import agrees with the source.\n",
    )
    wrong = run(write_shop(tmp_path, tasks=plain, app=APP + schedule), "check", "--app", "shop.app:app")
    assert wrong.returncode == 1, wrong.stderr
    assert 'did you mean "ping"?' in wrong.stdout
    nothing = run(
        write_shop(tmp_path, tasks=plain, app=APP.replace(', include=["shop.tasks"]', "")),
        "check",
        "--app",
        "shop.app:app",
    )
    assert (nothing.returncode, nothing.stdout) == (2, "")
    assert "the application has no task and there is no registry, so nothing was checked" in nothing.stderr
