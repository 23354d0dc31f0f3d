"""What flows from task to task in a canvas is an edge of the map, with the type that Celery really hands on.

Law: one program has them all; Celery runs it, and what its tasks were given is held against the map's words. What nobody
can tell from the text has no type.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cli.shop import run

TASKS = """
from typing import Any

from celery import Celery, Task, chain, chord, group

app = Celery("canvas", broker="memory://", backend="cache+memory://")
app.conf.task_always_eager = True
GIVEN: list[tuple[str, object]] = []


@app.task
def one(x: Any) -> int:
    GIVEN.append(("one", x))
    return 1


@app.task
def text(x: Any) -> str:
    GIVEN.append(("text", x))
    return "a"


@app.task
def total(x: Any) -> float:
    GIVEN.append(("total", x))
    return 0.5


@app.task
def end(*given: Any):
    GIVEN.append(("end", given[0] if given else None))


@app.task(pydantic=True)
def model(x: int) -> int:
    return x


class Quiet(Task):
    def on_success(self, retval, task_id, args, kwargs): ...


class Other(Task):
    def __call__(self, *args, **kwargs):
        return str(super().__call__(*args, **kwargs))


@app.task(base=Quiet)
def quiet(x: Any) -> int:
    return 1


@app.task(base=Other)
def other(x: Any) -> int:
    return 1


@app.task
async def later(x: Any) -> int: ...
"""
# A line of the program; then the task that is given something, by whom, how, and what. Lines with a type run, all first.
FLOWS = [
    ("chain(one.s(0), text.s())()", "text", ["one"], "chain: int"),
    ("chain([one.s(0), text.s()])()", "text", ["one"], "chain: int"),
    ("(one.s(0) | text.s() | total.s()).delay()", "total", ["text"], "chain: str"),
    ("(one.s(0).set(queue='a') | text.s().set(queue='b'))()", "text", ["one"], "chain: int"),
    ("chord([one.s(0), one.s(1)])(total.s())", "total", ["one"], "chord: list[int]"),
    ("chord([one.s(0), text.s(1)], body=total.s())()", "total", ["one", "text"], "chord: list[int | str]"),
    ("chord((one.s(n) for n in range(3)), total.s())()", "total", ["one"], "chord: list[int]"),
    ("chord(group(one.s(n) for n in range(3)))(total.s())", "total", ["one"], "chord: list[int]"),
    ("chord([chain(one.s(0), text.s()), text.s(1)])(total.s())", "total", ["text"], "chord: list[str]"),
    ("(group(one.s(0), one.s(1)) | total.s())()", "total", ["one"], "chord: list[int]"),
    ("chain(group(one.s(0), text.s(1)), total.s())()", "total", ["one", "text"], "chord: list[int | str]"),
    ("chain(group(one.s(0)), total.s())()", "total", ["one"], "chain: int"),
    ("chain(chord([one.s(0), one.s(1)], text.s()), total.s())()", "total", ["text"], "chain: str"),
    ("chain(one.s(0), group(text.s(), total.s()), end.s())()", "end", ["text", "total"], "chord: list[str | float]"),
    ("one.apply_async((0,), link=text.s())", "text", ["one"], "link: int"),
    ("one.apply_async((0,), link=[text.s(), total.s()])", "total", ["one"], "link: int"),
    ("chain(one.s(0), text.s()).apply_async(link=total.s())", "total", ["text"], "link: str"),
    ("chain(quiet.s(0), text.s())()", "text", ["quiet"], "chain: int"),
    # Nothing flows, or nobody can tell what.
    ("chain(one.s(0), end.si())()", "end", ["one"], "chain"),
    ("chain(one.s(0), end.signature(immutable=True))()", "end", ["one"], "chain"),
    ("chain(end.s(0), text.s())()", "text", ["end"], "chain"),
    ("chain(model.s(0), text.s())()", "text", ["model"], "chain"),
    ("chain(other.s(0), text.s())()", "text", ["other"], "chain"),
    ("chain(later.s(0), text.s())", "text", ["later"], "chain"),
    ("chord([one.s(0), end.s(1)])(total.s())", "total", ["end", "one"], "chord"),
    ("chord([one.s(0), *[one.s(1)]])(total.s())", "total", ["one"], "chord"),
    ("one.apply_async((0,), link_error=end.s())", "end", ["one"], "link_error"),
    ("one.s(0).on_error(end.s()).delay()", "end", ["one"], "link_error"),
    ("chain(one.s(0), text.s()).on_error(end.s())()", "end", ["one", "text"], "link_error"),
    ("chain(*[one.s(0)], text.s())()", "text", [], ""),
    ("chain(FIRST, text.s())()", "text", [], ""),
    ("list(others(one.s(0), text.s()))", "text", [], ""),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("flows")
    (folder / ".git").mkdir()
    (folder / "work.py").write_text(TASKS)
    lines = ["from itertools import chain as others", "from work import *", "FIRST = one.s(0)", "", ""]
    for number, (line, *_) in enumerate(FLOWS):
        lines += [f"def flow_{number}():", f"    {line}"]
    (folder / "flows.py").write_text("\n".join([*lines, ""]))
    return folder


@pytest.fixture(scope="module")
def document(folder: Path) -> dict[str, Any]:
    done = run(folder, "map")
    assert done.returncode == 0, done.stderr
    loaded: dict[str, Any] = json.loads(done.stdout)
    return loaded


def test_each_step_of_a_canvas_says_what_runs_before_it_and_what_it_is_given(document: dict[str, Any]) -> None:
    found: dict[tuple[str, str], tuple[list[str], set[str]]] = {}
    for task in document["tasks"]:
        for caller in task["callers"]:
            rows = caller["after"]
            words = {row["how"] if row["type"] is None else f"{row['how']}: {row['type']}" for row in rows}
            key = (caller["inside"], task["name"].removeprefix("work."))
            if rows or key not in found:
                found[key] = (sorted(row["task"].removeprefix("work.") for row in rows), words)
    for number, (line, taker, givers, words) in enumerate(FLOWS):
        assert found[f"flow_{number}", taker] == (givers, {words} - {""}), line


def test_celery_hands_on_what_the_map_says(folder: Path) -> None:
    program = """
import json, flows, work
def shape(value):
    if isinstance(value, (list, tuple)):
        return f"list[{' | '.join(dict.fromkeys(shape(item) for item in value))}]"
    return type(value).__name__
for number in range(int(input())):
    work.GIVEN.clear()
    getattr(flows, f"flow_{number}")()
    print(json.dumps([[name, shape(value)] for name, value in work.GIVEN]))
"""
    command = [sys.executable, "-W", "ignore", "-c", program]
    told = [(taker, words.partition(": ")[2]) for _, taker, _, words in FLOWS if ": " in words]
    given = f"{len(told)}\n"
    done = subprocess.run(
        command, cwd=folder, input=given, capture_output=True, text=True, timeout=120, env={**os.environ}
    )
    assert done.returncode == 0, done.stderr
    for (taker, type_), line, (text, *_) in zip(told, done.stdout.splitlines(), FLOWS, strict=False):
        # The last time: a task may stand in the header too.
        assert [taker, type_] in json.loads(line), text


def test_every_picture_has_the_edge_and_its_type(folder: Path) -> None:
    dot = run(folder, "map", "--format", "dot").stdout
    names = {line.split()[0]: line.partition('label="')[2][:-3] for line in dot.splitlines() if "shape=" in line}
    edges = {}
    for line in dot.splitlines():
        if "->" in line:
            source, _, target = line.split()[:3]
            edges[names[source], names[target]] = line.partition('label="')[2][:-3]
    assert edges["work.one", "work.text"] == "chain: int x8, chord: list[int], link: int x2"
    assert edges["work.one", "work.total"].startswith("chain: int x2, chord x2, chord: list[int | str] x2")
    assert edges["work.model", "work.text"] == "chain"
    assert edges["work.later", "work.text"] == "chain"
    assert '-->|"chord: list#91;str #124; float#93;"| n1\n' in run(folder, "map", "--format", "mermaid").stdout
    said = run(folder, "callers", "total").stdout
    assert "flows.py:15  s  in flows.flow_4  after work.one (chord: list[int])\n" in said
    catalogue = run(folder, "map", "--format", "markdown").stdout
    assert "* `flows.py:15 s in flows.flow_4 after work.one (chord: list[int])`\n" in catalogue


def test_the_documentation_draws_what_the_command_draws(tmp_path: Path) -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "map.md").read_text()
    (program,) = re.findall(r'```python title="shop/orders.py"\n(.*?)```', text, re.S)
    (picture,) = re.findall(r"```mermaid\n(.*?)```", text, re.S)
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").touch()
    (tmp_path / "shop" / "orders.py").write_text(program)
    assert run(tmp_path, "map", "--format", "mermaid").stdout == picture
    assert "after shop.orders.price (chord: list[int])" in run(tmp_path, "callers", "total").stdout
    assert "after shop.orders.price (chord: list[int])" in text
