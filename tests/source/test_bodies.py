"""Hiding the bodies that tell nothing changes no fact."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from celery_registry.source.bodies import hide_bodies, telling_places
from celery_registry.source.reader import read_file

QUIET = b'''
def send(to: str) -> int:
    """Send it."""
    total = 0
    for part in to:
        total += len(part)
    return total


class Sender:
    def __init__(self, size: int) -> None:
        self.size = size

    def clean(
        self,
        days: int = 3,
    ) -> None:
        print(days)
'''


def hidden(text: bytes) -> tuple[bytes, int]:
    """The text that is parsed, and how many bodies it lacks."""
    shorter, heads = hide_bodies(text, telling_places(text))
    return shorter, len(heads)


def whole(text: bytes) -> object:
    """The facts without hiding: the ``\\f`` at the end of the text forbids it and means nothing to Python."""
    return read_file(text + b"\n# \f\n", "m", False)


def test_a_body_without_a_telling_word_is_hidden() -> None:
    """Its lines are still there, so that every other line keeps its number."""
    shorter, count = hidden(QUIET)
    assert count == 2
    assert b"total" not in shorter
    assert b"print" not in shorter
    assert b"Send it." in shorter
    assert b"self.size = size" in shorter
    assert shorter.count(b"\n") == QUIET.count(b"\n")
    ast.parse(shorter)
    assert read_file(QUIET, "m", False) == whole(QUIET)


@pytest.mark.parametrize(
    "body",
    [
        b"    @app.task\n    def inner(x: int) -> None: ...\n",
        b"    app.send_task('x')\n",
        b"    raise NotImplementedError\n",
        b"    from shop import app\n",
        b"    'said in one line'\n",
        b"    # a comment\n    r'said in one line'\n",
        b"    '''said\n    so'''\n    return 1\n",
        b'    x = """\n  text"""\n    return x\n',
        b"    return 1 + \\\n  2\n",
    ],
)
def test_a_body_that_may_hold_a_fact_stays(body: bytes) -> None:
    """A registration, a name, an abstract function, an import, a documentation string, text that looks like code."""
    text = b"def make(app):\n" + body + b"\n\nz = 1\n"
    assert hidden(text)[1] == 0
    assert read_file(text, "m", False) == whole(text)


@pytest.mark.parametrize(
    "text",
    [
        b'TEXT = """\ndef example():\n    x = 1\n"""\n\n\ndef real(a: int):\n    return a\n',
        b"def f():\n    x = [\n1,\n]\n    return x\n",
        b"def f(a: dict,  # like this:\n      b: int):\n    return a\n",
        b"def f():\n    x = 1\n# a comment\n    return x\n",
        b"if True:\n    def f():\n\t    return 1\nelse:\n    f = None\n",
        b"class A:\n    def f(self): return 1\n    def g(self):\n        return 2\n",
        b"def f():\n    x = 1",
        b'def f():\n    """Said\n  further left."""\n    x = 1\n    return x\n',
        b"def f():\n    x = 1\n    return x  # task\ny = 2\n",
        b"class A:\n    async  def f(\n        self,\n    ) -> None:\n        await x\n    asyncdef = 1\n",
        b"def f(x=lambda: 1, y={1:\n 2}):\n    return x\n",
        b"def\\\n f():\n    return 1\n",
        b"def f(): return {1:\n  2}\n",
    ],
)
def test_text_that_only_looks_like_a_function_is_read_as_it_is(text: bytes) -> None:
    """Whatever was hidden by mistake is noticed, and the text itself is read."""
    assert read_file(text, "m", False) == whole(text)


def test_a_coroutine_and_a_head_over_several_lines_are_hidden_as_well() -> None:
    text = b"class A:\n    async  def f(\n        self,\n        x: int,\n    ) -> None:\n        await self.g(x)\n"
    shorter, count = hidden(text)
    assert count == 1
    assert b"await" not in shorter
    assert read_file(text, "m", False) == whole(text)


def test_two_processes_give_the_rows_in_the_same_order() -> None:
    """What a warm run hangs on is a digest of the rows: the order of a set must not be in it."""
    text = "def f():\n    global a, b, c, d, e, g, h\n    a = b = c = d = e = g = h = 1\n"
    program = f"from celery_registry.source.reader import read_file; print(*read_file({text.encode()!r}, 'm', False)['bindings'])"
    orders = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3", "4")
    }
    assert orders == {"f a b c d e g h\n"}


def test_the_standard_library_is_read_the_same() -> None:
    """The facts of some hundred real modules do not change."""
    root = Path(sysconfig.get_paths()["stdlib"])
    files = [*root.glob("*.py"), *(root / "asyncio").glob("*.py"), *(root / "email").glob("*.py")]
    differing = []
    count = 0
    for path in sorted(files):
        text = path.read_bytes()
        count += hidden(text)[1]
        if read_file(text, "m", False) != whole(text):
            differing.append(path.name)
    assert count > 1000
    assert differing == []
