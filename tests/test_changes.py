"""Files that change together: after a failure or a kill at any moment they are all old, or all new.

Law: real files, and real processes that kill themselves.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from celery_registry.changes import JOURNAL, Change, finish_changes, text_on_disk, write_changes
from celery_registry.errors import ConfigurationError

#: Ends the process at its n-th step on the file system, as a kill does: nothing is cleaned up.
KILLED = """
import os, sys
from pathlib import Path
from celery_registry import changes
steps = int(sys.argv[1])
def counted(real):
    def step(*arguments, **options):
        global steps
        steps -= 1
        if steps < 0:
            os._exit(9)
        return real(*arguments, **options)
    return step
for name in ("open", "replace", "unlink", "fsync", "chmod"):
    setattr(os, name, counted(getattr(os, name)))
changes.write_changes([changes.Change(Path(f"{name}.py"), f"old {name}".encode(), f"new {name}".encode()) for name in "abc"])
"""


def write_old(folder: Path) -> None:
    for name in "abc":
        (folder / f"{name}.py").write_text(f"old {name}")


def words(folder: Path) -> set[str]:
    return {(folder / f"{name}.py").read_text().partition(" ")[0] for name in "abc"}


def test_a_kill_at_any_moment_leaves_all_old_or_all_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    seen: list[set[str]] = []
    for steps in range(100):
        write_old(tmp_path)
        done = subprocess.run([sys.executable, "-c", KILLED, str(steps)], cwd=tmp_path, check=False)
        finish_changes()
        seen.append(words(tmp_path))
        assert len(seen[-1]) == 1, f"half written after {steps} steps"
        assert sorted(os.listdir(tmp_path)) == ["a.py", "b.py", "c.py"], f"left behind after {steps} steps"
        if done.returncode == 0:
            break
    assert done.returncode == 0
    assert seen[0] == {"old"}
    assert seen[-1] == {"new"}
    # Some kills came when every new file was there: those were finished.
    assert seen.count({"new"}) > 3


def test_a_failure_half_way_puts_everything_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_old(tmp_path)
    (tmp_path / "src").mkdir()
    changes = [Change(Path(f"{name}.py"), f"old {name}".encode(), b"new") for name in "abc"]
    # The last file cannot be written: a directory stands in its place.
    with pytest.raises(ConfigurationError, match="src: cannot be read"):
        write_changes([*changes, Change(Path("src"), None, b"text")])
    real = os.replace

    def fail(source: str, target: str) -> None:
        if Path(target).name == "c.py":
            raise PermissionError(13, "Permission denied")
        real(source, target)

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(ConfigurationError, match=r"c\.py: cannot be written: Permission denied; nothing was changed"):
        write_changes(changes)
    assert words(tmp_path) == {"old"}
    assert sorted(os.listdir(tmp_path)) == ["a.py", "b.py", "c.py", "src"]


def test_what_was_edited_in_between_is_not_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_old(tmp_path)
    (tmp_path / "b.py").write_text("edited")
    with pytest.raises(ConfigurationError, match=r"b\.py: has changed meanwhile; nothing was changed"):
        write_changes([Change(Path(f"{name}.py"), f"old {name}".encode(), b"new") for name in "abc"])
    assert (tmp_path / "a.py").read_text() == "old a"


def test_modes_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    script = tmp_path / "a.py"
    script.write_text("old")
    script.chmod(0o755)
    write_changes([Change(Path("a.py"), b"old", b"new"), Change(Path("sub/b.py"), None, b"new")])
    assert script.stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "sub/b.py").read_bytes() == b"new"
    assert not (tmp_path / JOURNAL).exists()


def test_of_a_link_the_target_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "real").mkdir()
    (tmp_path / "real/a.py").write_text("old")
    (tmp_path / "a.py").symlink_to("real/a.py")
    write_changes([Change(Path("a.py"), b"old", b"new")])
    assert (tmp_path / "a.py").is_symlink()
    assert (tmp_path / "real/a.py").read_text() == "new"


def test_another_run_is_waited_for_and_nonsense_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert finish_changes() == []
    (tmp_path / JOURNAL).write_text("nonsense")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        finish_changes()
    (tmp_path / JOURNAL).write_text(f'{{"process": {os.getppid()}, "ready": true, "files": []}}')
    with pytest.raises(ConfigurationError, match="is writing files here"):
        finish_changes()


@pytest.mark.parametrize("kind", ["a pipe", "a device", "a directory"])
def test_only_a_regular_file_is_read(kind: str, tmp_path: Path) -> None:
    """Whoever opens a pipe that nobody writes to waits for ever."""
    path = tmp_path / "mypy.ini"
    if kind == "a pipe":
        os.mkfifo(path)
    elif kind == "a device":
        path.symlink_to("/dev/zero")
    else:
        path.mkdir()
    with pytest.raises(ConfigurationError, match=r"mypy\.ini: cannot be read: it is no regular file$"):
        text_on_disk(path)
    (tmp_path / "real.ini").write_text("[mypy]\n")
    (tmp_path / "link.ini").symlink_to("real.ini")
    assert text_on_disk(tmp_path / "link.ini") == "[mypy]\n"
