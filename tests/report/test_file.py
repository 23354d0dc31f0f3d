"""``--output`` writes where it is told: links, devices, modes, owners, a full disk."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from celery_registry.errors import ConfigurationError
from celery_registry.report.file import write_text


def test_a_new_file_is_for_whom_the_umask_says(tmp_path: Path) -> None:
    write_text(tmp_path / "a", "text\n")
    (tmp_path / "plain").write_text("")
    assert (tmp_path / "a").read_bytes() == b"text\n"
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_link_keeps_its_place_and_its_target_gets_the_text(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "target").write_text("old")
    (tmp_path / "link").symlink_to("there/target")
    (tmp_path / "dangling").symlink_to("there/new")
    for link, target in (("link", "target"), ("dangling", "new")):
        write_text(tmp_path / link, "text")
        assert (tmp_path / link).is_symlink()
        assert (tmp_path / "there" / target).read_text() == "text"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["dangling", "link", "new", "target", "there"]


def test_a_loop_of_links_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(ConfigurationError, match="/a: cannot be written: "):
        write_text(tmp_path / "a", "text")


def test_mode_and_owner_stay(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("old")
    path.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(path, 1234, 1235)
    before = path.stat()
    write_text(path, "text")
    after = path.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert path.read_text() == "text"


def test_a_device_and_a_pipe_are_written_to_and_stay(tmp_path: Path) -> None:
    write_text(Path("/dev/null"), "text")
    assert Path("/dev/null").is_char_device()
    with pytest.raises(ConfigurationError, match=r"^/dev/full: cannot be written: No space left on device$"):
        write_text(Path("/dev/full"), "text")
    assert Path("/dev/full").is_char_device()
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    write_text(pipe, "text")
    reader.join(30)
    assert (read, pipe.is_fifo()) == (["text"], True)


def test_standard_output_is_written_to_whatever_is_behind_it(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; from celery_registry.report.file import write_text\n"
        "print('first', flush=True); write_text(Path('/dev/stdout'), 'text')"
    )
    piped = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (piped.stdout, piped.stderr) == ("first\ntext", "")
    with (tmp_path / "out").open("w") as file:
        subprocess.run([sys.executable, "-c", code], stdout=file, check=True, timeout=60)
    assert (tmp_path / "out").read_text() == "first\ntext"


def test_a_full_disk_is_named_and_leaves_what_was_there(tmp_path: Path) -> None:
    """The limit of a process on the size of its files stands for the disk."""
    (tmp_path / "a").write_text("old")
    code = (
        "import resource, signal, sys; from pathlib import Path; from celery_registry.report.file import write_text\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))\n"
        "try: write_text(Path('a'), 'x' * 100_000)\n"
        "except Exception as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "a: cannot be written: File too large\n"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_text() == "old"
