"""Calls that send what is no task: each wrong line with its right twins, and what Python says of it."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from celery_registry.cli.static import judge_source
from celery_registry.settings import Settings

TASKS = """
    from celery import Celery, shared_task
    from elsewhere import task_of

    app = Celery("shop", broker="memory://")


    @app.task
    def send_letter(to): ...


    def bare(to): ...


    @task_of
    def decorated(to): ...


    def given(to): ...


    registered = app.task(given)


    def handed(to): ...


    handlers = [handed]


    def twice(to): ...


    twice = shared_task(twice)


    def set_elsewhere(to): ...


    class Sender:
        def delay(self, to): ...


    sender = Sender()
    """
USE = """
    import celery
    import tasks
    import tasks as jobs
    from tasks import bare, decorated, given, handed, send_letter, sender, set_elsewhere, twice

    set_elsewhere.delay = print


    def missing_name(to):
        from tasks import send_leter

        send_leter.delay(to)  # ! module-lacks-task


    def use(to, bear, other):
        bare.delay(to)  # ! function-is-no-task
        bare.apply_async((to,), countdown=5)  # ! function-is-no-task
        tasks.bare.delay(to)  # ! function-is-no-task
        bare(to)
        decorated.delay(to)
        given.delay(to)
        handed.delay(to)
        twice.delay(to)
        set_elsewhere.delay(to)
        sender.delay(to)
        bear.delay(to)
        tasks.send_leter.delay(to)  # ! module-lacks-task
        jobs.send_leter.apply_async((to,))  # ! module-lacks-task
        tasks.send_letter.delay(to)
        tasks.nothing_like_it_at_all.delay(to)
        send_letter.dealy(to)  # ! task-lacks-method
        send_letter.async_apply((to,))  # ! task-lacks-method
        tasks.send_letter.apply_asnyc((to,))  # ! task-lacks-method
        send_letter.apply(args=(to,))
        other.async_apply((to,))
        sender.dealy(to)


    def canvases(to, chains, sig):
        from celery import chain, chord, group
        from elsewhere import group as ours

        chain(send_letter.s(to), send_letter.si(to)).dealy()  # ! task-lacks-method
        chain(send_letter.s(to), send_letter.si(to)).delay()
        celery.group(send_letter.s(to) for to in chains).aply_async(countdown=2)  # ! task-lacks-method
        celery.group(send_letter.s(to) for to in chains).apply_async(countdown=2)
        chord([send_letter.s(to)], send_letter.si(to)).async_apply()  # ! task-lacks-method
        send_letter.s(to).dealy()  # ! task-lacks-method
        tasks.send_letter.si(to).aply_async()  # ! task-lacks-method
        send_letter.s(to).delay()
        sender.s(to).dealy()
        send_letter(to).dealy()
        ours(send_letter.s(to)).dealy()
        chain(*chains).dealy()
        chain(sig, to).dealy()


    def joined(to, chains):
        from celery import chain, group

        chain(send_letter.s(to), [send_letter.si(to), send_letter.si(to)])  # ! chain-of-list
        chain(send_letter.s(to), [send_letter.si(x) for x in to], send_letter.s()).delay()  # ! chain-of-list
        celery.chain((send_letter.s(to),), send_letter.si(to))  # ! chain-of-list
        chain(send_letter.s(to), group([send_letter.si(to), send_letter.si(to)]))
        chain([send_letter.s(to), send_letter.si(to)])
        chain(*chains, [send_letter.s(to), send_letter.si(to)])
        chain(group(send_letter.s(to) for x in to), [send_letter.s(to)])
        chain(send_letter.s(to), [send_letter.si(to)], app=to)


    def ours(to, chain):
        chain(send_letter.s(to), [send_letter.si(to)])


    def another(to, group, chain, send_letter):
        group(send_letter.s(to)).dealy()
        chain(send_letter.s(to)).dealy()
        send_letter.s(to).dealy()
    """


def told(tmp_path: Path, **files: str) -> dict[int, str]:
    for name, text in files.items():
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(text))
    report = judge_source(Settings(), [str(tmp_path)])
    assert {Path(f.origin.path).name for f in report.findings} <= {"use.py"}
    return {f.origin.line: f.problem for f in report.findings}


def test_the_marked_lines_are_told_and_no_other(tmp_path: Path) -> None:
    lines = textwrap.dedent(USE).splitlines()
    marked = {n: line.partition("# ! ")[2] for n, line in enumerate(lines, 1) if "# !" in line}
    assert told(tmp_path, tasks=TASKS, use=USE) == marked


@pytest.mark.parametrize(
    "behind",
    [
        "globals()['send_leter'] = send_letter",
        "from elsewhere import *",
        "def __getattr__(name): ...",
        "send_leter = send_letter",
        "for function in (bare,):\n    function.delay = print",
        "setattr(bare, 'delay', print)",
    ],
)
def test_what_may_be_there_out_of_sight_is_not_missing(tmp_path: Path, behind: str) -> None:
    use = "import tasks\n\n\ndef use(to):\n    tasks.send_leter.delay(to)\n"
    text = textwrap.dedent(TASKS) + behind + "\n"
    found = told(tmp_path, tasks=text, use=use)
    assert found == ({5: "module-lacks-task"} if "bare" in behind and "setattr" not in behind else {})
    assert told(tmp_path, use="import tasks\n\n\ndef use(to):\n    tasks.bare.delay(to)\n") == (
        {} if "bare" in behind or behind.startswith(("globals", "def __getattr__")) else {5: "function-is-no-task"}
    )


@pytest.mark.parametrize("behind", ["chain.dealy = chain.delay", "setattr(chain, 'dealy', chain.delay)"])
def test_a_program_may_give_a_canvas_such_a_method(tmp_path: Path, behind: str) -> None:
    use = (
        "from celery import chain\nfrom tasks import send_letter\n\nchain(send_letter.s(1), send_letter.s()).dealy()\n"
    )
    assert told(tmp_path, tasks=TASKS, use=use) == {4: "task-lacks-method"}
    assert told(tmp_path, tasks=TASKS, use=use, more=f"from celery import chain\n\n{behind}\n") == {}


def test_who_asks_first_is_right(tmp_path: Path) -> None:
    use = """
        from tasks import bare

        def use(to):
            if hasattr(bare, "delay"):
                bare.delay(to)
        """
    assert told(tmp_path, tasks=TASKS, use=use) == {}


def test_python_says_so_too(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.py").write_text("def task_of(function):\n    return function\n")
    (tmp_path / "tasks.py").write_text(textwrap.dedent(TASKS))
    for line, error in {
        "tasks.bare.delay(1)": "AttributeError",
        "tasks.send_leter.delay(1)": "AttributeError",
        "from tasks import send_leter": "ImportError",
        "tasks.send_letter.dealy(1)": "AttributeError",
        "tasks.send_letter.s(1).dealy()": "AttributeError",
        "import celery; celery.chain(tasks.send_letter.s(1), tasks.send_letter.s(2)).dealy()": "AttributeError",
        "import celery; celery.chain(tasks.send_letter.s(1), [tasks.send_letter.s()])": "TypeError",
        "import celery; celery.chain([], tasks.send_letter.s(1))": "TypeError",
        "import celery; celery.chain(tasks.send_letter.s(1), [tasks.send_letter.si(2) for _ in '']).delay()": "TypeError",
        "import celery; celery.chain(tasks.send_letter.s(1)).dealy()": "AttributeError",
        "import celery; celery.group(tasks.send_letter.s(1)).aply_async()": "AttributeError",
        "import celery; celery.chord([tasks.send_letter.s(1)], tasks.send_letter.s()).async_apply()": "AttributeError",
    }.items():
        done = subprocess.run(
            [sys.executable, "-c", f"import tasks; {line}"], cwd=tmp_path, capture_output=True, text=True, timeout=60
        )
        assert error in done.stderr.splitlines()[-1]
