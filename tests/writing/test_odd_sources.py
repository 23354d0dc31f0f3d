"""``scaffold``, ``add`` and ``check --fix`` on sources that people really have and nobody would write down as an example.

Law: each program runs under Celery before and after, and every line that was there stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from writing.shop import command, run, write_files

REGISTRY = """from __future__ import annotations

from enum import Enum

from celery import Task

from celery_registry import BaseTasksRegistry

__all__ = ["Names", "Registry"]


class Names(str, Enum):
    PING = "ping"


class Registry(BaseTasksRegistry):
    @property
    def ping(self) -> Task[[], str]:
        return self._get_task_by_name(Names.PING)
"""
PING = '\n\n@app.task(name="ping")\ndef ping() -> str:\n    return ""\n'
#: Name -> the module of tasks, and what the registry declares of it when scaffold is done.
ODD: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "conditional": (
        "import sys\n\nfrom shop.app import app\n\nif sys.platform == 'win32':\n\n"
        '    @app.task(name="sync")\n    def sync(path: str) -> int:\n        return 1\n\nelse:\n\n'
        '    @app.task(name="sync")\n    def sync(path: str) -> int:\n        return 2\n' + PING,
        {},
    ),
    "star import": ("from shop.base import *  # noqa: F403\n" + PING + '\n\n@app.task(name="sync")\ndef sync(day: date) -> int:\n    return 1\n', {"sync": "[date], int"}),
    "__all__": ('from shop.app import app\n\n__all__ = ["ping"]\n' + PING + '\n\n@app.task(name="sync")\ndef sync(path: str) -> int:\n    return 1\n', {"sync": "[str], int"}),
    "stacked": (
        "import functools\n\nfrom shop.app import app\n\n\ndef kept(function):\n    @functools.wraps(function)\n    def inner(*args, **kwargs):\n"
        "        return function(*args, **kwargs)\n\n    return inner\n" + PING + '\n\n@app.task(name="sync")\n@kept\n@kept\ndef sync(path: str) -> int:\n    return 1\n',
        {},
    ),
    "in a function": ("from shop.app import app\n\n\ndef make() -> None:\n    @app.task(name=\"sync\")\n    def sync(path: str) -> int:\n        return 1\n\n\nmake()\n" + PING, {"sync": "[str], int"}),
    "tabs and a form feed": ('from shop.app import app\n\f\n' + PING.replace("    ", "\t") + '\n\n@app.task(name="sync")\ndef sync(path: str) -> int:\n\treturn 1\n', {"sync": "[str], int"}),
    "semicolons": ('from shop.app import app; X = 1\n' + PING + '\n\n@app.task(name="sync")\ndef sync(path: str) -> int: return 1\n', {"sync": "[str], int"}),
}  # fmt: skip
ENCODINGS = (("\n", "utf-8", ""), ("\r\n", "utf-8-sig", ""), ("\r\n", "cp1252", "# -*- coding: cp1252 -*-\n"), ("\n", "euc-jp", "# vim: set fileencoding=euc-jp :\n"))  # fmt: skip
RUN = "from shop.app import app; import shop.tasks, shop.registry; print(*sorted(str(n) for n in app.tasks if not n.startswith('celery.')))"


def write_program(folder: Path, tasks: str, newline: str, encoding: str, head: str) -> dict[str, bytes]:
    letter = "é" if encoding != "euc-jp" else "日本"
    texts = {
        "shop/app.py": 'from celery import Celery\n\napp = Celery("shop")\n',
        "shop/base.py": "from datetime import date\n\nfrom shop.app import app\n",
        "shop/registry.py": REGISTRY + f"    # {letter}\n",
        "shop/tasks.py": f"{tasks}# {letter}\n",
    }
    files = {name: (head + text).replace("\n", newline).encode(encoding) for name, text in texts.items()}
    write_files(folder, {"shop/__init__.py": b"", **files})
    return files


def lines_stay(before: bytes, after: bytes) -> bool:
    """Whether every line of one text is in the other, in that order."""
    mark = b"\xef\xbb\xbf"
    assert before.startswith(mark) is after.startswith(mark)
    there = iter(after.removeprefix(mark).splitlines(keepends=True))
    return all(line in there for line in before.removeprefix(mark).splitlines(keepends=True))


@pytest.mark.parametrize("layout", ENCODINGS, ids=lambda layout: layout[1])
@pytest.mark.parametrize("name", ODD)
def test_scaffold_add_and_fix_keep_every_line(tmp_path: Path, name: str, layout: tuple[str, str, str]) -> None:
    tasks, declared = ODD[name]
    before = write_program(tmp_path, tasks, *layout)
    done = command(tmp_path, "scaffold", "--yes", "--no-guard")
    assert done.returncode == 0, done.stderr
    registry = (tmp_path / "shop/registry.py").read_bytes()
    assert lines_stay(before["shop/registry.py"], registry)
    for task, shown in declared.items():
        assert f"def {task}(self) -> Task[{shown}]:" in registry.decode(layout[1]), registry.decode(layout[1])
    done = command(tmp_path, "add", "later", "at: datetime, what: str = 'x'", "--in", "shop.tasks", "--yes")
    assert done.returncode == 0, done.stderr
    for file, content in before.items():
        assert lines_stay(content, (tmp_path / file).read_bytes()), file
    static = command(tmp_path, "check", "--static")
    assert static.returncode == 0, static.stdout
    # What is right is left alone, and what is damaged by hand is what it was.
    right = (tmp_path / "shop/registry.py").read_bytes()
    (tmp_path / "shop/registry.py").write_bytes(right.replace(b"Task[[], str]", b"Task[[int, str], str]"))
    fixed = command(tmp_path, "check", "--static", "--fix", "--yes")
    assert (fixed.returncode, (tmp_path / "shop/registry.py").read_bytes()) == (0, right), fixed.stderr


def test_the_programs_still_run(tmp_path: Path) -> None:
    for number, name in enumerate(ODD):
        folder = tmp_path / str(number)
        write_program(folder, ODD[name][0], *ENCODINGS[number % len(ENCODINGS)])
        assert command(folder, "add", "later", "at: datetime", "--in", "shop.tasks", "--yes").returncode == 0
    program = "import subprocess, sys\nfor number in range(%d):\n    subprocess.run([sys.executable, '-c', %r], cwd=str(number), check=True)\n"
    done = run(tmp_path, "python", "-c", program % (len(ODD), RUN))
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.splitlines()) == {"later ping sync"}


@pytest.mark.parametrize("words", [("scaffold", "--no-guard"), ("add", "later", "at: int", "--in", "shop.tasks"), ("rename", "ping", "pong")])  # fmt: skip
def test_a_module_that_does_not_parse_is_named(tmp_path: Path, words: tuple[str, ...]) -> None:
    before = write_program(tmp_path, ODD["__all__"][0], *ENCODINGS[0])
    write_files(tmp_path, {"shop/broken.py": "from celery import shared_task\n@shared_task\ndef f(:\n"})
    done = command(tmp_path, *words, "--yes")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("celery-registry: shop/broken.py:3: ")
    assert {name: (tmp_path / name).read_bytes() for name in before} == before
    done = command(tmp_path, *words, "--yes", "--keep-going")
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("left out: shop/broken.py:3: ")
    assert {name: (tmp_path / name).read_bytes() for name in before} != before
