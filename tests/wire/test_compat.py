"""``compat`` compares revisions or files, finds lines, recognises renames, and refuses nonsense in one line."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from celery_registry.contract.change import RULES, Order
from celery_registry.contract.codes import Code
from celery_registry.contract.lock import Lock, LockedTask
from celery_registry.contract.lock_text import parse_lock
from celery_registry.contract.signature import Parameter, TaskSignature
from celery_registry.errors import ConfigurationError
from celery_registry.wire.compat import compare_locks
from celery_registry.wire.compat_formats import render_comparison
from celery_registry.wire.revision import read_lock_text
from celery_registry.wire.type_rules import TextRules
from celery_registry.wire.wire_types import read_text
from wire.program import run_command, run_git

NAME = "celery-registry.lock"
TASKS = """from celery import Celery

app = Celery("proj")


@app.task(name="send_email")
def send_email(to: str, subject: str): ...


class Controller:
    @app.task(name="cleanup")
    def cleanup(days_old: int = 7): ...
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with a first version committed, and a second one in the working tree."""
    (tmp_path / "tasks.py").write_text(TASKS)
    assert run_command(tmp_path, "lock", "-A", "tasks:app").returncode == 0
    run_git(tmp_path, "init")
    run_git(tmp_path, "add", ".")
    run_git(tmp_path, "commit", "-m", "one")
    run_git(tmp_path, "tag", "v1")
    changed = TASKS.replace("subject: str)", "subject: str, locale: str)").replace("days_old: int = 7", "")
    (tmp_path / "tasks.py").write_text(changed)
    assert run_command(tmp_path, "lock", "-A", "tasks:app").returncode == 0
    return tmp_path


TEXT = """\
send_email: breaking  (tasks.py:7)
  gained a required parameter locale
    messages queued before the deploy lack locale and fail on new workers
    old workers do not know locale
    -> give locale a default now, deploy the workers first, and make it required one release later

cleanup: producers first  (tasks.py:12)
  lost the optional parameter days_old
    messages that carry days_old fail on new workers
    -> deploy the producers first, let the queues drain, then deploy the workers

v1 -> celery-registry.lock: 1 breaking, 1 producers first; 0 unchanged. Deploy: no order of deploy keeps every message.
"""


def test_a_revision_is_compared_with_the_working_tree_and_each_change_has_its_line(repository: Path) -> None:
    done = run_command(repository, "compat", "v1")
    assert (done.returncode, done.stdout, done.stderr) == (1, TEXT, "")


def test_two_revisions_two_files_and_a_subfolder_are_the_same(repository: Path) -> None:
    run_git(repository, "commit", "-am", "two")
    (repository / "old.lock").write_text(read_lock_text("v1", repository / NAME).text)
    (repository / "below").mkdir()
    orders = []
    for folder, arguments in (
        (repository, ("v1", "HEAD")),
        (repository, ("HEAD~1", "main")),
        (repository, ("old.lock", NAME)),
        (repository / "below", ("v1", "HEAD", "--lock", f"../{NAME}")),
    ):
        done = run_command(folder, "compat", *arguments, "--format", "json")
        assert done.returncode == 1, done.stderr
        orders.append([(task["task"], task["order"]) for task in json.loads(done.stdout)["tasks"]])
    assert orders == [[("send_email", "breaking"), ("cleanup", "producers first")]] * 4
    same = run_command(repository, "compat", "HEAD")
    assert (same.returncode, same.stdout) == (
        0,
        "HEAD -> celery-registry.lock: no task changed; 2 unchanged. Deploy: deploy in any order.\n",
    )


def test_github_annotations_and_markdown_say_the_same(repository: Path) -> None:
    github = run_command(repository, "compat", "v1", "--format", "github").stdout.splitlines()
    assert github[0].startswith(
        '::error title=task-incompatible%3A breaking,file=tasks.py,line=7::Task "send_email" gained a required parameter'
    )
    assert github[1].startswith("::warning title=task-incompatible%3A producers first,file=tasks.py,line=12::")
    output = repository / "comment.md"
    assert run_command(repository, "compat", "v1", "--format", "markdown", "--output", str(output)).returncode == 1
    assert "| `send_email` | breaking | gained a required parameter locale |" in output.read_text()


@pytest.mark.parametrize(
    ("deploy", "statuses"),
    [
        ("any", (0, 0, 0, 1)),
        ("workers-first", (0, 0, 1, 1)),
        ("producers-first", (0, 1, 0, 1)),
        ("rolling", (0, 1, 1, 1)),
    ],
)
def test_the_exit_status_follows_the_order_in_which_a_project_deploys(
    tmp_path: Path, deploy: str, statuses: tuple[int, ...]
) -> None:
    template = '{{"format": 1, "tasks": {{"a": {{"parameters": [{}]}}}}}}'
    (tmp_path / "base").write_text(template.format('"x = ..."'))
    changed = ('"x = ..."', '"x = ...", "y = ..."', "", '"y"')
    found = []
    for parameters in changed:
        (tmp_path / "head").write_text(template.format(parameters))
        found.append(run_command(tmp_path, "compat", "base", "head", "--deploy", deploy).returncode)
    assert tuple(found) == statuses


# -- what cannot be compared -------------------------------------------------------------------------------------


def test_a_revision_without_a_lock_is_one_line(repository: Path) -> None:
    run_git(repository, "rm", "--cached", NAME)
    run_git(repository, "commit", "-m", "without")
    done = run_command(repository, "compat", "HEAD", "--lock", NAME)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f'celery-registry: there is no {NAME} at "HEAD": commit one with celery-registry lock first\n'
    )


def test_a_folder_without_git_and_one_without_a_lock_are_one_line(tmp_path: Path) -> None:
    done = run_command(tmp_path, "compat", "v1", NAME)
    assert (done.returncode, done.stderr) == (
        2,
        'celery-registry: "v1" is no lock file, and there is no git repository here\n',
    )
    (tmp_path / "base").write_text('{"format": 1}')
    done = run_command(tmp_path, "compat", "base")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert f"{NAME}: there is no such lock file" in done.stderr


HOSTILE = ["--output=x", "-h", "--", "", " ", "HEAD^{tree}", "HEAD:tasks.py", "@{-1}", "a..b", "x\ny", "$(touch x)",
           "v1;touch x", "..", "/dev/null", "x" * 5000, "\x1b[2J"]  # fmt: skip


def refusal(revision: str, lock: Path) -> str | None:
    """Why a revision cannot be read; None where it can."""
    try:
        text = read_lock_text(revision, lock)
        parse_lock(text.text, text.label)
    except ConfigurationError as refused:
        return str(refused)
    return None


def test_a_revision_that_is_none_is_one_line_and_changes_nothing(repository: Path) -> None:
    before = {path: path.read_bytes() for path in repository.iterdir() if path.is_file()}
    for revision in HOSTILE:
        said = refusal(revision, repository / NAME)
        assert said is not None, revision
        assert said.isprintable()
    assert {path: path.read_bytes() for path in repository.iterdir() if path.is_file()} == before


def test_an_option_in_the_place_of_a_revision_is_one_line(repository: Path) -> None:
    done = run_command(repository, "compat", "--", "--output=stolen")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == 'celery-registry: "--output=stolen" is no lock file and no git revision\n'
    assert not (repository / "stolen").exists()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(revision=st.text(max_size=12))
def test_any_text_as_a_revision_is_read_or_refused(tmp_path: Path, revision: str) -> None:
    said = refusal(revision, tmp_path / NAME)
    assert said is None or said.isprintable()


# -- the comparison ----------------------------------------------------------------------------------------------


def lock(*tasks: LockedTask, **more: tuple[str, ...]) -> Lock:
    return Lock({task.name: task for task in tasks}, **more)


def task(name: str, *parameters: str, **more: object) -> LockedTask:
    return LockedTask(name, TaskSignature(tuple(Parameter(p) for p in parameters)), **more)  # type: ignore[arg-type]


def rules(base: Lock, head: Lock) -> dict[str, list[str]]:
    return {t.task: [change.rule for change in t.changes] for t in compare_locks(base, head).tasks}


def test_a_rename_is_recognised_by_its_implementation() -> None:
    base = lock(task("mail", "to", implementation="app.send"))
    assert rules(base, lock(task("send", "to", implementation="app.send"))) == {"mail": ["task-renamed"]}
    assert rules(base, lock(task("zzz", "a", implementation="app.other"))) == {
        "mail": ["task-removed"],
        "zzz": ["task-added"],
    }


def test_a_rename_is_recognised_by_its_looks_where_nothing_else_looks_alike() -> None:
    base = lock(task("send_mail", "to", "body"))
    assert rules(base, lock(task("send_email", "to", "body"))) == {"send_mail": ["task-renamed"]}
    two = lock(task("send_email", "to", "body"), task("send_mails", "to", "body"))
    assert rules(base, two) == {
        "send_mail": ["task-removed"],
        "send_email": ["task-added"],
        "send_mails": ["task-added"],
    }


def test_a_namespace_in_common_makes_no_rename() -> None:
    """A task that goes and one that comes in the same module, with the same parameters, are two tasks."""
    base = lock(task("readthedocs.projects.tasks.remove_dirs", "paths"))
    head = lock(task("readthedocs.projects.tasks.utils.store_build_artifacts", "paths"))
    assert "task-renamed" not in str(rules(base, head))
    near = lock(task("readthedocs.projects.tasks.utils.remove_dir", "paths"))
    assert "task-renamed" in str(rules(base, near))


def test_a_renamed_task_that_changed_too_tells_both() -> None:
    base = lock(task("mail", "to", implementation="app.send"))
    head = lock(task("send", "to", "locale", implementation="app.send"))
    assert rules(base, head) == {"mail": ["task-renamed", "parameter-added-required"]}


def test_an_alias_keeps_old_messages_and_its_end_is_a_removal() -> None:
    base = lock(task("mail", "to"))
    head = lock(task("send", "to", "locale"), task("mail", "to", alias_of="send"))
    assert rules(base, head) == {"mail": ["task-renamed-with-alias"]}
    assert compare_locks(base, head).order is Order.WORKERS_FIRST
    later = lock(task("send", "to", "locale"))
    assert rules(head, later) == {"mail": ["task-removed"]}
    assert compare_locks(head, later).order is Order.PRODUCERS_FIRST


def test_contradicting_orders_of_two_tasks_leave_none() -> None:
    base = lock(task("a", "x"), task("gone"))
    comparison = compare_locks(base, lock(task("a", "x"), task("new", "y")))
    assert [t.order for t in comparison.tasks] == [Order.PRODUCERS_FIRST, Order.WORKERS_FIRST]
    assert comparison.order is Order.BREAKING


def test_changes_are_findings_with_their_code() -> None:
    (found,) = compare_locks(lock(task("a", "x")), lock(task("a", "x", "y"))).tasks
    (finding,) = found.findings
    assert finding.code is Code.INCOMPATIBLE
    assert finding.sentence == (
        'Task "a" gained a required parameter y: messages queued before the deploy lack y and fail on new workers; '
        "old workers do not know y (breaking)"
    )


def test_an_unchanged_project_has_nothing_to_tell() -> None:
    both = lock(task("a", "x"), task("b"))
    comparison = compare_locks(both, both)
    assert (comparison.tasks, comparison.unchanged, comparison.order) == ((), 2, Order.COMPATIBLE)


@pytest.mark.parametrize(
    ("target", "value", "verdict"),
    [
        ("int", "int", "yes"),
        ("float", "int", "yes"),
        ("int", "float", "no"),
        ("int | None", "int", "yes"),
        ("int", "Optional[int]", "no"),
        ("Any", "Whatever", "yes"),
        ("str", "Whatever", "unknown"),
        ("Email", "Mail", "unknown"),
        ("models.User", "User", "yes"),
        ("list[int]", "list[str]", "no"),
        ("list", "list[str]", "yes"),
        ("Sequence[int]", "list[int]", "yes"),
        ("list[int]", "tuple[int, ...]", "yes"),
        ("Mapping[str, int]", "dict[str, int]", "yes"),
        ("dict[str, int]", "dict[str, str]", "no"),
        ("str", "Literal['a', 'b']", "yes"),
        ("Literal['a', 'b']", "Literal['a']", "yes"),
        ("Literal['a']", "str", "no"),
        ("int", "Literal['a']", "no"),
        ("UUID", "str", "no"),
        ("date", "datetime", "yes"),
        ("datetime", "date", "no"),
        ("str | Mail", "int", "unknown"),
    ],
)
def test_types_are_judged_by_their_texts_alone(target: str, value: str, verdict: str) -> None:
    assert TextRules().accepts(read_text(target), read_text(value)).value == verdict


def test_the_documentation_shows_the_table_of_rules() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "compat.md").read_text()
    rows = [line for line in page.partition("## The rules")[2].splitlines() if line.startswith("| `")]
    assert [row.split("`")[1] for row in rows] == list(RULES)
    for name, rule in RULES.items():
        (row,) = [row for row in rows if row.startswith(f"| `{name}` |")]
        assert f"| {rule.order.value} |" in row, name
        assert rule.remedy.replace("{", "").replace("}", "").replace("|", "\\|") in row, name


def test_in_a_shallow_clone_it_says_how_deep_to_fetch(
    repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    run_git(repository, "commit", "-am", "two")
    run_git(repository, "commit", "--allow-empty", "-m", "three")
    clone = tmp_path_factory.mktemp("clone")
    run_git(clone, "clone", "--depth=1", f"file://{repository}", ".")
    for revision, told in (
        ("HEAD~2", "git fetch --depth=3, or fetch-depth: 3 of actions/checkout"),
        ("HEAD^", "git fetch --depth=2, or fetch-depth: 2 of actions/checkout"),
        ("v0", "git fetch --unshallow --tags, or fetch-depth: 0 of actions/checkout"),
    ):
        done = run_command(clone, "compat", revision)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == f'celery-registry: "{revision}" is not in this shallow clone: {told}\n'
    run_git(clone, "fetch", "--depth=3")
    assert run_command(clone, "compat", "HEAD~2").returncode == run_command(repository, "compat", "HEAD~2").returncode


# -- the checkout ------------------------------------------------------------------------------------------------


def test_a_lock_that_the_code_has_left_behind_is_told(tmp_path: Path) -> None:
    (tmp_path / "tasks.py").write_text(TASKS)
    assert run_command(tmp_path, "lock", "-A", "tasks:app").returncode == 0
    run_git(tmp_path, "init")
    run_git(tmp_path, "add", ".")
    run_git(tmp_path, "commit", "-m", "one")
    fresh = run_command(tmp_path, "compat", "HEAD")
    assert (fresh.returncode, fresh.stderr) == (0, "")
    text = TASKS.replace("subject: str)", "subject: str, cc: str)").replace("def cleanup(", "def clean_up(")
    (tmp_path / "tasks.py").write_text(text.replace('name="cleanup"', 'name="clean_up"'))
    stale = run_command(tmp_path, "compat", "HEAD")
    assert stale.returncode == 1
    lines = stale.stderr.splitlines()
    assert lines == [
        f'celery-registry: {NAME} is not what the code says: "cleanup": tasks.Controller.cleanup is no longer there',
        f'celery-registry: {NAME} is not what the code says: "send_email": (to, subject) there, (to, subject, cc) in tasks.py:7',
        f'celery-registry: {NAME} is not what the code says: "clean_up": the lock has no such task; it is new in tasks.py:12',
        "celery-registry: write it again: celery-registry lock",
    ]
    assert stale.stdout.endswith("unchanged. The lock is not what the code says: write it again before you deploy.\n")
    # Two revisions, or two files, are about no checkout.
    (tmp_path / "other.lock").write_text((tmp_path / NAME).read_text())
    assert run_command(tmp_path, "compat", "HEAD", "other.lock").returncode == 0
    assert run_command(tmp_path, "compat", "HEAD", "HEAD").returncode == 0


def test_what_the_text_cannot_tell_is_not_stale(tmp_path: Path) -> None:
    """A wrapper, a class of the user's own, a fake beside it, a task of a file that is not here, an alias."""
    (tmp_path / "tasks.py").write_text(
        TASKS
        + "\n\nclass Own(app.Task):\n    def __call__(self, *args, **kwargs): return self.run(1, *args)\n\n\n"
        + '@app.task(name="own", base=Own)\ndef own(first, second): ...\n\n\n'
        + "from celery_registry import alias\n"
        + 'alias(app, old="mail", new="send_email")\n'
    )
    (tmp_path / "test_fake.py").write_text(
        'from celery import Celery\nfake = Celery("fake")\n@fake.task(name="send_email")\ndef send_email(): ...\n'
    )
    (tmp_path / "gone.py").write_text('from tasks import app\n@app.task(name="gone")\ndef gone(a): ...\n')
    done = run_command(tmp_path, "lock", "-A", "gone:app")
    assert done.returncode == 0, done.stderr
    (tmp_path / "gone.py").unlink()
    assert run_command(tmp_path, "compat", NAME).stderr == ""


STALE = """
from celery import Celery, shared_task

app = Celery("shop", broker="memory://")


@app.task
def send(to: str, copies: int = 1) -> None: ...


@shared_task
def clean(days: int) -> None: ...
"""


def test_new_gone_and_changed_tasks_are_told_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "tasks.py").write_text(STALE)
    (tmp_path / "old.py").write_text("from tasks import app\n\n\n@app.task\ndef old(): ...\n")
    (tmp_path / "main.py").write_text("from tasks import app\nimport old\n")
    assert run_command(tmp_path, "lock", "-A", "main:app").returncode == 0
    run_git(tmp_path, "init")
    run_git(tmp_path, "add", ".")
    run_git(tmp_path, "commit", "-m", "one")

    def told(**files: str | None) -> list[str]:
        """What is said once the files are written, or taken away; then they are as they were."""
        for name, text in files.items():
            path = tmp_path / f"{name}.py"
            path.unlink() if text is None else path.write_text(text)
        done = run_command(tmp_path, "compat", "HEAD")
        run_git(tmp_path, "stash", "-u")
        lines = [line.partition("says: ")[2] for line in done.stderr.splitlines() if "says: " in line]
        assert done.returncode == bool(lines), done.stderr
        assert ("deploy in any order" in done.stdout) is not bool(lines)
        return lines

    new = '\n\n@app.task(name="new")\ndef new(x: int) -> None: ...\n'
    module = f"from tasks import app\n{new}"
    assert told(tasks=STALE + new) == ['"new": the lock has no such task; it is new in tasks.py:16']
    assert told(tasks=STALE.replace("to: str", "to: int")) == ['"tasks.send": to is "str" there, "int" in tasks.py:8']
    assert told(tasks=STALE.replace("@shared_task\n", "")) == ['"tasks.clean": tasks.clean is no task any more']
    assert told(tasks=STALE.replace("(days: int)", "()")) == ['"tasks.clean": (days) there, () in tasks.py:12']
    assert told(old=None, main="from tasks import app\n") == ['"old.old": old.old is no longer there']
    assert told(jobs=module, tasks=f"{STALE}\n\nimport jobs\n") == [
        '"new": the lock has no such task; it is new in jobs.py:5'
    ]
    start = "from tasks import app\nimport old, jobs\n"
    assert told(jobs=module, main=start) == ['"new": the lock has no such task; it is new in jobs.py:5']
    # Nobody knows at which of two the program starts that wrote the lock.
    assert told(jobs=module, web=start) == []
    assert told(jobs=module, main=start, web="from tasks import app\nimport old\n") == []
    assert told(jobs=module, tasks=STALE.replace('"memory://"', '"memory://", include=["jobs"]')) == [
        '"new": the lock has no such task; it is new in jobs.py:5'
    ]
    # A module that nobody imports, another application's task, one under a condition, a fake: nobody's business.
    assert told(jobs=module) == []
    assert told(tasks=STALE + new.replace("app.task", "other.task") + '\nother = Celery("other")\n') == []
    under = "\nif False:\n\n    @app.task\n    def debug() -> None: ...\n"
    assert told(tasks=STALE + under) == []
    assert told(test_tasks=module) == []
    # The same in other words.
    assert told(tasks=STALE.replace("copies: int = 1", "copies: int = 2 - 1")) == []
    assert told(tasks=STALE.replace("app.task", 'app.task(name="tasks.send")')) == []


# -- many tasks --------------------------------------------------------------------------------------------------


def many(namespace: str, count: int) -> Lock:
    """Tasks that all look alike."""
    names = [f"{namespace}.task_{number}" for number in range(count)]
    return Lock({name: LockedTask(name, task("x", "a", "b").signature, implementation=name) for name in names})


def test_a_namespace_that_moves_is_renames_in_near_linear_time() -> None:
    started = time.process_time()
    comparison = compare_locks(many("shop.tasks", 20_000), many("shop.jobs", 20_000))
    assert time.process_time() - started < 30
    assert {change.rule for each in comparison.tasks for change in each.changes} == {"task-renamed"}
    assert comparison.tasks[7].changes[0].facts["new"] == comparison.tasks[7].task.replace("tasks", "jobs")


def test_what_a_person_reads_is_cut_with_a_count() -> None:
    comparison = compare_locks(many("shop.tasks", 1_000), many("shop.jobs", 1_000))
    for format in ("text", "markdown"):
        document = render_comparison(comparison, "a", "b", format)
        assert len(document) < 100_000
        assert "and 800 more tasks that changed; --format json lists all" in document
    assert len(json.loads(render_comparison(comparison, "a", "b", "json"))["tasks"]) == 1_000


def test_one_end_of_a_name_in_two_namespaces_is_told_apart() -> None:
    base = lock(task("a.x.send", "to"), task("a.y.send", "to"))
    head = lock(task("b.x.send", "to"), task("b.y.send", "to"))
    assert rules(base, head) == {"a.x.send": ["task-renamed"], "a.y.send": ["task-renamed"]}
    # Which of the two it became, nobody can tell.
    head = lock(task("b.x.send", "to"), task("c.x.send", "to"))
    assert "task-renamed" not in str(rules(lock(task("a.x.send", "to")), head))
