"""Drifts in made-up programs are mended to the byte; a run that is killed leaves all files old or all new.

Law: a few seeds of ``drift_search``, and processes that end themselves at every step on the file system.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from writing.drift_search import make_case, search


def test_every_drift_is_mended_and_no_other_byte_changes(tmp_path: Path) -> None:
    told: list[str] = []
    planted, failed = search(0, 50, tmp_path, told.append)
    assert failed == 0, "\n".join(told)
    # Kind, form, and layout of the file.
    assert len(planted) >= 90
    assert len({kind for kind, _, _ in planted}) == 9


#: Runs the command again and again, each time with a step on the file system more before it is killed, and says after
#: each time how the command ended and what the next one leaves.
KILLED = """
import contextlib, io, json, os, sys
from pathlib import Path
from celery_registry.changes import finish_changes
from celery_registry.cli import registry
wrong = json.loads(sys.stdin.read())
def counted(real, left):
    def step(*arguments, **options):
        left[0] -= 1
        if left[0] < 0:
            os._exit(9)
        return real(*arguments, **options)
    return step
def run(steps, *arguments):
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    left = [steps]
    for name in ("open", "replace", "unlink", "fsync", "chmod"):
        setattr(os, name, counted(getattr(os, name), left))
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        registry.main(["check", "--static", *arguments])
def plant():
    for name, text in wrong.items():
        Path(name).write_bytes(text.encode("latin-1"))
plant()
with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    # Everything is imported once.
    registry.main(["check", "--static", "--diff"])
for steps in range(100):
    plant()
    ended = run(steps, "--fix", "--yes")
    finish_changes()
    texts = {name: Path(name).read_bytes().decode("latin-1") for name in wrong}
    print(json.dumps([ended, texts, sorted(os.listdir("shop")), os.listdir()]))
    if not ended:
        break
"""


def test_a_kill_while_it_mends_leaves_all_old_or_all_new(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    cases = map(make_case, range(100))
    case = next(c for c in cases if all(c.right[f"shop/{name}.py"] != c.wrong[f"shop/{name}.py"] for name in ("registry", "tasks")))  # fmt: skip
    right, wrong = (
        {name: text.decode("latin-1") for name, text in files.items()} for files in (case.right, case.wrong)
    )
    command = [sys.executable, "-W", "ignore", "-c", KILLED]
    done = subprocess.run(command, cwd=tmp_path, input=json.dumps(wrong), capture_output=True, text=True, check=True, timeout=300)  # fmt: skip
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    for steps, (ended, there, inside, around) in enumerate(rows):
        assert ended in (0, 9)
        assert there in (right, wrong), f"half written after {steps} steps"
        assert inside == ["__init__.py", "models.py", "registry.py", "tasks.py"], f"left behind after {steps} steps"
        assert around == ["shop"], f"left behind after {steps} steps"
    seen = ["new" if there == right else "old" for _, there, _, _ in rows]
    assert (seen[0], seen[-1], rows[-1][0]) == ("old", "new", 0)
    # Some were killed when every new file was there.
    assert seen.count("new") > 3
