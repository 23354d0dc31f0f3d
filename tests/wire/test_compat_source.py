"""``compat`` where no lock is committed: both versions are read from git, alike, and what nobody can tell is said."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from celery_registry.errors import ConfigurationError
from celery_registry.wire.acceptance import read_acceptances
from wire.program import run_command, run_git

TASKS = """from celery import Celery

app = Celery("proj")


@app.task
def send_email(to: str, subject: str): ...


@app.task(name="cleanup")
def cleanup(days_old: int = 7): ...
"""
CHANGED = TASKS.replace("subject: str)", "subject: str, locale: str)")
SAID = "celery-registry: no celery-registry.lock on both sides: the source is compared\n"


def commit(folder: Path, subject: str, **files: str | None) -> None:
    """Write files (``__`` is a slash, None removes) and commit all of them."""
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/').replace('INIT', '__init__')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink() if text is None else path.write_text(text)
    run_git(folder, "add", "-A")
    run_git(folder, "commit", "--allow-empty", "-m", subject)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    run_git(folder, "init")
    commit(folder, "one", shop__INIT="", shop__tasks=TASKS)
    run_git(folder, "tag", "v1")
    return folder


def verdicts(folder: Path, *arguments: str) -> dict[str, list[str]]:
    """Task -> the rules of its changes."""
    done = run_command(folder, "compat", *arguments, "--format", "json")
    assert done.returncode in (0, 1), done.stderr
    return {task["task"]: [change["rule"] for change in task["changes"]] for task in json.loads(done.stdout)["tasks"]}


def test_two_versions_of_the_source_are_compared_and_each_change_has_its_line(repository: Path) -> None:
    (repository / "shop" / "tasks.py").write_text(CHANGED)
    done = run_command(repository, "compat", "v1")
    assert (done.returncode, done.stderr) == (1, SAID)
    first, *rest = done.stdout.splitlines()
    assert first == "shop.tasks.send_email: breaking  (shop/tasks.py:7)"
    assert "  gained a required parameter locale" in rest
    assert rest[-1].startswith("v1 -> working tree: 1 breaking; 1 unchanged.")
    commit(repository, "two")
    for arguments in (("v1", "HEAD"), ("HEAD~1", "main"), ("v1",)):
        assert verdicts(repository, *arguments) == {"shop.tasks.send_email": ["parameter-added-required"]}
    clean = run_command(repository, "compat", "HEAD")
    assert clean.returncode == 0
    assert "no task changed; 2 unchanged" in clean.stdout
    github = run_command(repository, "compat", "v1", "--format", "github").stdout
    assert "file=shop/tasks.py,line=7::" in github


def test_a_lock_on_both_sides_is_what_is_compared_and_on_one_it_is_not(repository: Path) -> None:
    assert run_command(repository, "lock", "-A", "shop.tasks:app").returncode == 0
    commit(repository, "with a lock")
    (repository / "shop" / "tasks.py").write_text(CHANGED)
    assert run_command(repository, "compat", "v1").stderr == SAID
    assert verdicts(repository, "v1") == {"shop.tasks.send_email": ["parameter-added-required"]}
    locked = run_command(repository, "compat", "HEAD")
    assert "HEAD -> celery-registry.lock: no task changed" in locked.stdout
    assert "is not what the code says" in locked.stderr
    # Asked for by name, a lock that is not there is an error.
    assert run_command(repository, "compat", "v1", "--lock", "celery-registry.lock").returncode == 2


def test_what_is_no_part_of_a_version_does_not_matter(repository: Path, tmp_path: Path) -> None:
    """A submodule, links, a device, an ignored copy, names that are no text: both sides are read alike."""
    other = tmp_path / "other"
    other.mkdir()
    run_git(other, "init")
    commit(other, "one", jobs=TASKS.replace('"cleanup"', '"other"'))
    run_git(repository, "-c", "protocol.file.allow=always", "submodule", "add", str(other), "vendored")
    (repository / "outside").symlink_to(other)
    (repository / "absolute.py").symlink_to(other / "jobs.py")
    (repository / "round").symlink_to(".")
    (repository / "dangling.py").symlink_to("nowhere.py")
    os.mkfifo(repository / "pipe.py")
    (repository / ".gitignore").write_text("build/\npipe.py\n")
    (repository / "build").mkdir()
    (repository / "build" / "copy.py").write_text(TASKS.replace("days_old", "days"))
    (repository / "shop" / "Ünïcode name.py").write_text("")
    commit(repository, "odd")
    assert verdicts(repository, "v1") == {}
    assert verdicts(repository, "v1", "HEAD") == {}
    (repository / "shop" / "new.py").write_text(
        'from shop.tasks import app\n\n\n@app.task(name="new")\ndef new(): ...\n'
    )
    # What is not added yet is part of the working tree all the same.
    assert verdicts(repository, "HEAD") == {"new": ["task-added"]}


def test_a_link_inside_of_the_repository_is_followed_from_a_subfolder(repository: Path) -> None:
    (repository / "backend").mkdir()
    (repository / "backend" / "shop").symlink_to("../shop")
    commit(repository, "linked")
    (repository / "shop" / "tasks.py").write_text(CHANGED)
    assert verdicts(repository / "backend", "HEAD") == {"shop.tasks.send_email": ["parameter-added-required"]}


def test_each_side_has_its_own_settings(repository: Path) -> None:
    settings = '[tool.celery-registry]\ntask-modules = ["shop.*"]\n'
    (repository / "pyproject.toml").write_text(settings)
    commit(repository, "settings", old__tasks=TASKS.replace('"cleanup"', '"gone"').replace("send_email", "gone_too"))
    assert verdicts(repository, "v1", "HEAD") == {}
    (repository / "pyproject.toml").write_text(settings.replace("shop", "nothing"))
    commit(repository, "bad settings")
    done = run_command(repository, "compat", "HEAD~1")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "no task is registered in the 3 files under . in the working tree" in done.stderr
    (repository / "pyproject.toml").write_text("[tool.celery-registry]\nnonsense = 1\n")
    done = run_command(repository, "compat", "HEAD~1")
    assert (done.returncode, done.stdout) == (2, "")
    assert 'the working tree: pyproject.toml: unknown setting "nonsense"' in done.stderr
    # Nobody can mend what is committed.
    commit(repository, "worse")
    (repository / "pyproject.toml").unlink()
    assert run_command(repository, "compat", "HEAD").returncode == 0


def test_a_version_before_the_first_task_has_nothing_in_flight(tmp_path: Path) -> None:
    run_git(tmp_path, "init")
    commit(tmp_path, "nothing", readme="")
    done = run_command(tmp_path, "compat", "HEAD")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "no task is registered in the 1 file under ." in done.stderr
    (tmp_path / "tasks.py").write_text(TASKS)
    done = run_command(tmp_path, "compat", "HEAD")
    assert done.returncode == 0
    assert "no task is registered in the 1 file under . at HEAD: nothing of it is in flight" in done.stderr
    done = run_command(tmp_path, "compat", "HEAD", "HEAD")
    assert done.returncode == 2


def test_what_cannot_be_compared_is_one_line(repository: Path, tmp_path: Path) -> None:
    apart = tmp_path / "apart"
    apart.mkdir()
    commit(repository, "two")
    clone = tmp_path / "clone"
    run_git(tmp_path, "clone", "--depth=1", f"file://{repository}", str(clone))
    for folder, arguments, told in (
        (apart, ("v1",), '"v1" is no lock file, and there is no git repository here'),
        (repository, ("v9",), '"v9" is no lock file and no git revision'),
        (repository, ("v1", "v9"), '"v9" is no lock file and no git revision'),
        (clone, ("HEAD~1",), '"HEAD~1" is not in this shallow clone: git fetch --depth=2'),
        (repository, ("v1", "--path", "nowhere"), "the working tree: nowhere: there is no such file or directory"),
        (repository, ("--history", "v1"), '--history: "v1" is no span of commits; write REV..REV'),
        (repository, ("--history", "v1..v9"), '"v9" is no lock file and no git revision'),
        (repository, ("v1", "--history", "v1..HEAD"), "--history takes neither BASE nor --format github"),
    ):
        done = run_command(folder, "compat", *arguments)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), arguments
        assert told in done.stderr, arguments


# -- what the text does not tell ---------------------------------------------------------------------------------

QUIET = {
    "a decorator of the house": (
        TASKS,
        TASKS.replace('@app.task(name="cleanup")', 'from house import instrumented\n\n\n@instrumented("cleanup")'),
    ),
    "a name that is computed": (TASKS, TASKS.replace('name="cleanup"', "name=compute()")),
    "two implementations": (
        TASKS,
        CHANGED + '\n\nif app.conf.old:\n    @app.task(name="proj.send")\n    def a(x): ...\nelse:\n'
        '    @app.task(name="proj.send")\n    def a(x, y): ...\n',
    ),
    "a queue that a setting names": (
        TASKS.replace('name="cleanup"', 'name="cleanup", queue="slow"'),
        TASKS.replace('name="cleanup"', 'name="cleanup", queue=app.conf.slow'),
    ),
    "a result that nobody surely reads": (
        TASKS.replace("= 7)", "= 7) -> int"),
        TASKS.replace("= 7)", "= 7) -> str"),
    ),
    "an alias": (
        TASKS,
        TASKS.replace('"cleanup"', '"clean"')
        + '\n\nfrom celery_registry import alias\n\nalias(app, old="cleanup", new="clean")\n',
    ),
    "an alias under another name": (
        TASKS,
        TASKS.replace('"cleanup"', '"clean"')
        + '\n\nfrom celery_registry import alias as keep\n\nkeep(app, old="cleanup", new="clean")\n',
    ),
    "an alias of a name that the text does not tell": (
        TASKS,
        TASKS.replace('"cleanup"', '"clean"')
        + '\n\nimport celery_registry\n\ncelery_registry.alias(app, old=input(), new="clean")\n',
    ),
    "a decorator that hides the parameters": (
        TASKS,
        TASKS.replace("def cleanup(days_old: int = 7)", "@hidden\ndef cleanup(days: int)"),
    ),
    "a class of the settings' own": (
        TASKS.replace("def cleanup(", "def cleanup(session, "),
        TASKS.replace('name="cleanup"', 'name="cleanup", base=Session').replace(
            "def cleanup(", "def cleanup(session, "
        ),
    ),
}


@pytest.mark.parametrize("case", QUIET)
def test_nothing_breaks_where_the_text_does_not_tell(tmp_path: Path, case: str) -> None:
    before, after = QUIET[case]
    run_git(tmp_path, "init")
    commit(tmp_path, "one", tasks=before)
    commit(tmp_path, "two", tasks=after)
    told = {name: rules for name, rules in verdicts(tmp_path, "HEAD~1", "HEAD").items() if name != "tasks.send_email"}
    harmless = {"task-renamed-with-alias", "task-added"}
    assert {rule for rules in told.values() for rule in rules} <= harmless, told


def test_a_module_that_is_only_named_anew_is_no_rename(tmp_path: Path) -> None:
    """Where a package becomes one, our reading of its modules' names changes, and nobody knows what Celery said before."""
    run_git(tmp_path, "init")
    commit(tmp_path, "one", app__jobs__tasks=TASKS)
    commit(tmp_path, "two", app__jobs__INIT="")
    assert verdicts(tmp_path, "HEAD~1", "HEAD") == {}
    commit(tmp_path, "three", app__jobs__tasks=None, app__work__tasks=TASKS, app__work__INIT="")
    assert list(verdicts(tmp_path, "HEAD~1", "HEAD").values()) == [["task-renamed"]]


def test_a_file_that_cannot_be_read_is_said_and_its_tasks_are_left_out(repository: Path) -> None:
    commit(repository, "old", shop__old="from shop.tasks import app\n\n@app.task\ndef old(x\n    pass\n")
    commit(repository, "new", shop__old="from shop.tasks import app\n\n@app.task\ndef old(x, y):\n    pass\n")
    done = run_command(repository, "compat", "HEAD~1")
    assert done.returncode == 0
    assert "no task changed; 2 unchanged" in done.stdout
    assert "shop/old.py cannot be read: " in done.stderr
    assert "its tasks are left out" in done.stderr


# -- accepted breaks ---------------------------------------------------------------------------------------------

ROW = """[[accept]]
task = "shop.tasks.send_email"
rule = "parameter-added-required"
reason = "nobody sends it yet"
expires = 2999-12-31
"""
ACCEPTED = "celery-registry-accepted.toml"


def test_a_known_break_is_accepted_until_its_day_and_listed_in_every_format(repository: Path) -> None:
    (repository / "shop" / "tasks.py").write_text(CHANGED)
    (repository / ACCEPTED).write_text(ROW)
    text = run_command(repository, "compat", "v1")
    assert (text.returncode, text.stderr) == (0, SAID)
    assert "accepted until 2999-12-31: gained a required parameter locale\n    nobody sends it yet" in text.stdout
    assert "1 accepted; 1 unchanged" in text.stdout
    (task,) = json.loads(run_command(repository, "compat", "v1", "--format", "json").stdout)["tasks"]
    assert task["changes"] == []
    assert task["accepted"] == [
        {
            "rule": "parameter-added-required",
            "order": "breaking",
            "title": "gained a required parameter locale",
            "reason": "nobody sends it yet",
            "expires": "2999-12-31",
        }
    ]
    github = run_command(repository, "compat", "v1", "--format", "github").stdout
    assert github.startswith("::notice title=task-incompatible%3A accepted,file=shop/tasks.py,line=7::")
    markdown = run_command(repository, "compat", "v1", "--format", "markdown").stdout
    assert "| accepted until 2999-12-31 | gained a required parameter locale | nobody sends it yet |" in markdown
    # Another rule of the same task still counts, and a glob is one row for many.
    (repository / "shop" / "tasks.py").write_text(CHANGED.replace("to: str", "whom: str"))
    assert run_command(repository, "compat", "v1").returncode == 1
    (repository / ACCEPTED).write_text(
        ROW.replace("shop.tasks.send_email", "shop.*") + ROW.replace("added-required", "renamed")
    )
    assert run_command(repository, "compat", "v1").returncode == 0


def test_a_row_that_is_past_its_day_counts_no_more_and_one_without_use_is_said(repository: Path) -> None:
    (repository / "shop" / "tasks.py").write_text(CHANGED)
    (repository / ACCEPTED).write_text(ROW.replace("2999-12-31", '"2020-01-01"') + ROW.replace("send_email", "nobody"))
    done = run_command(repository, "compat", "v1")
    assert done.returncode == 1
    assert done.stderr.splitlines()[1:] == [
        f"celery-registry: {ACCEPTED}: accept 1 (shop.tasks.send_email, parameter-added-required) ended on 2020-01-01: "
        "the change counts again",
        f"celery-registry: {ACCEPTED}: accept 2 (shop.tasks.nobody, parameter-added-required) accepts nothing here: "
        "remove it once the deploy is over",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (ROW.replace("expires = 2999-12-31\n", ""), "accept 1: expires is missing"),
        (ROW.replace("2999-12-31", '"soon"'), "accept 1: expires must be a date such as 2030-12-31"),
        (ROW.replace("2999-12-31", "2999-12-31T00:00:00"), "accept 1: expires must be a date"),
        (ROW.replace("parameter-added-required", "parameter-aded-required"), 'there is no rule "parameter-aded-required"; did you'),
        (ROW.replace("reason", "raeson"), 'accept 1: unknown key "raeson"; did you mean "reason"?'),
        (ROW.replace('"nobody sends it yet"', '""'), "accept 1: reason must be a text of one line"),
        (ROW.replace("[[accept]]", "[[acept]]"), 'unknown key "acept"; write [[accept]]'),
        ("accept = 1\n", "accept must be rows"),
        ("[[accept", "is not valid TOML"),
    ],
)  # fmt: skip
def test_a_row_that_is_none_is_one_line(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / ACCEPTED).write_text(text)
    with pytest.raises(ConfigurationError) as refused:
        read_acceptances(tmp_path / ACCEPTED)
    assert str(refused.value).startswith(f"{tmp_path / ACCEPTED}: ")
    assert told in str(refused.value)
    assert str(refused.value).isprintable()


def test_a_file_of_accepted_breaks_that_cannot_be_used_is_exit_status_2(repository: Path) -> None:
    (repository / ACCEPTED).write_text("[[accept")
    for arguments in ((), ("--accept", "nowhere.toml")):
        done = run_command(repository, "compat", "v1", *arguments)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


# -- history -----------------------------------------------------------------------------------------------------


def test_a_history_names_the_commits_that_broke(repository: Path) -> None:
    commit(repository, "a parameter", shop__tasks=CHANGED)
    commit(repository, "nothing of tasks", shop__other="x = 1\n")
    commit(repository, "unreadable", shop__tasks=CHANGED + "def (")
    commit(repository, "a default", shop__tasks=CHANGED.replace("= 7", "= 8"))
    commit(repository, "renamed", shop__tasks=CHANGED.replace('"cleanup"', '"clean"'))
    done = run_command(repository, "compat", "--history", "v1..HEAD", "--format", "json")
    assert done.returncode == 1, done.stderr
    document = json.loads(done.stdout)
    assert (document["looked-at"], document["base"], document["head"]) == (5, "v1", "HEAD")
    assert [
        (row["subject"], [(task["task"], task["changes"][0]["rule"]) for task in row["tasks"]])
        for row in document["commits"]
    ] == [
        ("a parameter", [("shop.tasks.send_email", "parameter-added-required")]),
        ("renamed", [("cleanup", "task-renamed")]),
    ]
    assert "shop/tasks.py cannot be read" in done.stderr
    text = run_command(repository, "compat", "--history", "v1..")
    assert text.stdout.splitlines()[0].endswith(" a parameter")
    assert text.stdout.splitlines()[-1] == ("v1 -> HEAD: 5 commits, 2 changed a task, 2 broke messages in flight.")
    markdown = run_command(repository, "compat", "--history", "v1..", "--format", "markdown").stdout
    assert "| `cleanup` | breaking | was renamed to clean |" in markdown
    (repository / ACCEPTED).write_text(
        ROW + ROW.replace("shop.tasks.send_email", "cleanup").replace("parameter-added-required", "task-renamed")
    )
    clean = run_command(repository, "compat", "--history", "v1..HEAD")
    assert (clean.returncode, clean.stdout) == (
        0,
        "v1 -> HEAD: 5 commits, 2 changed a task, 0 broke messages in flight.\n",
    )
