"""The edges are the calls: as many as mypy sees in the example project, and no place is left out in silence.

Law: mypy's own report, made by a real run, is what the map is held to.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

from cli.shop import run

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "delivery_project"
PROGRAM = ["src", "calls_right.py", "calls_wrong.py", "retries.py"]

RETRIES = """
from celery import Task, shared_task


@shared_task(bind=True)
def load(self: Task[[str], int], url: str) -> int:
    try:
        return len(url)
    except ValueError as error:
        raise self.retry(exc=error)
    except KeyError:
        raise self.retry(args=(url,), countdown=3)
    except OSError:
        self.retry()
        raise


@shared_task
def poll(url: str) -> None:
    raise poll.retry()


@shared_task(bind=True)
def untyped(self, url: str) -> None:
    raise self.retry()  # no site of mypy's


class Client:
    def retry(self) -> None: ...


def fetch(client: Client) -> None:
    client.retry()
"""


def test_every_site_that_mypy_reports_is_an_edge_and_every_edge_such_a_site(tmp_path: Path) -> None:
    folder = tmp_path / "example"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    (folder / "retries.py").write_text(RETRIES)
    config = folder / "mypy.ini"
    config.write_text(config.read_text() + "\n[celery-registry]\nreport = sites.jsonl\n")
    command = [sys.executable, "-m", "mypy", f"--cache-dir={tmp_path / 'cache'}", *PROGRAM]
    finished = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600, env={**os.environ})
    assert finished.returncode == 1, finished.stdout + finished.stderr
    rows = [json.loads(line) for line in (folder / "sites.jsonl").read_text().splitlines()]
    seen = {(row["path"], row["line"], row["column"], row["method"]): row["checked"] for row in rows}
    document = json.loads(run(folder, "map", *PROGRAM).stdout)
    edges = {
        (caller["path"], caller["line"], caller["column"], caller["method"]): caller["checked"]
        for task in document["tasks"]
        for caller in task["callers"]
    }
    assert len(edges) >= 20
    # A ``self`` without a type is Any to mypy, which asks no plugin about a method of it. The map knows it by its place.
    ours = next(n for n, line in enumerate(RETRIES.splitlines(), 1) if line.endswith("# no site of mypy's"))
    assert edges.keys() - seen.keys() == {("retries.py", ours, 11, "retry")}
    assert edges.items() - seen.items() == {(("retries.py", ours, 11, "retry"), True)}
    retries = [n for n, line in enumerate(RETRIES.splitlines(), 1) if re.search(r"(self|poll)\.retry\(", line)]
    assert sorted(line for path, line, _, _ in edges if path == "retries.py") == retries
    assert len(retries) == 5
    # Only a type tells that a container gives a registry. The map says so of that line, and makes nothing of it.
    left = {(place["path"], place["line"]) for row in document["unseen"] for place in row["places"]}
    assert left == {(path, line) for path, line, _, _ in seen.keys() - edges.keys()}
    assert left == {("src/delivery/http/views.py", 28)}


def test_a_task_that_takes_anything_by_name_holds_its_callers_in_both(tmp_path: Path) -> None:
    source = """
        from celery import Celery
        app = Celery("shop")

        @app.task
        def by_name(**kwargs): ...

        @app.task
        def by_place(*args): ...

        def use() -> None:
            by_name.delay(job=1)
            by_place.delay(1)
            by_name(job=1)
            by_name.delay(1)
            by_place.delay(job=1)
    """
    (tmp_path / "shop.py").write_text(textwrap.dedent(source))
    config = "[mypy]\nplugins = celery_registry.mypy\n[celery-registry]\nreport = sites.jsonl\n"
    (tmp_path / "mypy.ini").write_text(config)
    command = [sys.executable, "-m", "mypy", f"--cache-dir={tmp_path / 'cache'}", "shop.py"]
    finished = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600)
    wrong = [line.partition(": error:")[0] for line in finished.stdout.splitlines() if ": error:" in line]
    assert wrong == ["shop.py:15", "shop.py:16"], finished.stdout + finished.stderr
    rows = [json.loads(line) for line in (tmp_path / "sites.jsonl").read_text().splitlines()]
    sites = {(row["line"], row["column"], row["method"].strip("_"), row["checked"]) for row in rows}
    document = json.loads(run(tmp_path, "map", "shop.py").stdout)
    edges = {
        (caller["line"], caller["column"], caller["method"] or "call", caller["checked"])
        for task in document["tasks"]
        for caller in task["callers"]
    }
    assert edges == sites
    assert len(edges) == 5


def test_the_calls_of_a_file_that_cannot_be_parsed_are_told_to_be_unknown(tmp_path: Path) -> None:
    files = {
        "shop/__init__.py": "",
        "shop/tasks.py": "from celery import shared_task\n@shared_task\ndef send(to: str) -> None: ...\n",
        "shop/views.py": "from shop.tasks import send\nsend.delay('a')\nthis is no Python of today\n",
        "shop/right.py": "from shop.tasks import send\nsend.delay('a')\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    document = json.loads(run(tmp_path, "map").stdout)
    (task,) = document["tasks"]
    assert [caller["path"] for caller in task["callers"]] == ["shop/right.py"]
    reason = "this Python cannot parse the file, so none of its calls is known"
    assert document["unseen"] == [{"reason": reason, "places": [{"path": "shop/views.py", "line": 1}]}]
