"""``show --why`` says how the index came to what runs, and ``--base`` what changed since a revision.

Law: the commands run as users run them, ``--base`` in a real git repository.
"""

from __future__ import annotations

import json
import os
import subprocess
import textwrap
from pathlib import Path

import pytest
from browser import chromium, open_browser
from cli.shop import run

FILES = {
    "shop/__init__.py": "",
    "shop/registry.py": """
        from enum import Enum
        from celery import Task
        from celery_registry import BaseTasksRegistry

        class Names(str, Enum):
            SEND = "send"

        class Registry(BaseTasksRegistry):
            @property
            def send(self) -> Task[[str], None]:
                return self._get_task_by_name(Names.SEND)
        """,
    "shop/tasks.py": """
        from celery import Celery, shared_task
        from shop.registry import Names
        app = Celery("shop")

        @app.task(name=Names.SEND, bind=True)
        def send(self, to: str) -> None: ...

        @shared_task
        def plain(a: int) -> None: ...

        @app.task(name="loose", typing=False)
        def loose(a: int) -> None: ...

        loose.delay(1, 2)
        """,
}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "shop").mkdir()
    for name, text in FILES.items():
        (tmp_path / name).write_text(textwrap.dedent(text))
    return tmp_path


def git(folder: Path, *arguments: str) -> None:
    who = {f"GIT_{role}_{what}": "a@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    subprocess.run(["git", *arguments], cwd=folder, env={**os.environ, **who}, check=True, capture_output=True)


def test_each_step_has_its_place(shop: Path) -> None:
    done = run(shop, "show", "send", "--why")
    assert done.stdout.splitlines() == [
        "send(to: str) -> None",
        "",
        '  1  shop.registry.Names.SEND is "send"  shop/registry.py:7',
        "  2  shop.registry.Registry.send asks for it by shop.registry.Names.SEND  shop/registry.py:11",
        "  3  and promises Task[[str], None]",
        "  4  a decorator of an application registers it  shop/tasks.py:6",
        "  5  what runs is shop.tasks.send  shop/tasks.py:7",
        "  6  bind = True: the first parameter is the task itself, no caller gives it",
        "  7  callers are held to (to: str) -> None",
    ], done.stderr
    plain = run(shop, "show", "plain", "--why").stdout
    assert "shared_task registers it, for every application  shop/tasks.py:9" in plain


def test_a_call_that_is_not_checked_has_its_reason(shop: Path) -> None:
    said = run(shop, "show", "loose", "--why").stdout
    assert "typing = False: Celery holds callers to nothing" in said
    assert said.endswith("Not checked:\n  shop/tasks.py:15  delay  in shop.tasks: the task has typing = False\n")


@chromium
def test_what_changed_since_a_revision_stands_beside_each_task(shop: Path) -> None:
    git(shop, "init", "-q")
    git(shop, "add", ".")
    git(shop, "commit", "-qm", "first")
    path = shop / "shop" / "tasks.py"
    path.write_text(path.read_text().replace("to: str", "to: str, copies: int").replace('"loose"', '"looser"'))
    done = run(shop, "map", "--base", "HEAD")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    tasks = {task["name"]: task for task in document["tasks"]}
    change = tasks["send"]["change"]
    assert change["order"] == "breaking"
    assert [each["title"] for each in change["changes"]] == ["gained a required parameter copies"]
    assert tasks["shop.tasks.plain"]["change"] is None
    assert document["base"] == "HEAD"
    compat = json.loads(run(shop, "compat", "HEAD", "--format", "json").stdout)
    changed = {task["task"] for task in compat["tasks"]}
    assert changed == {n for n, t in tasks.items() if t["change"]} | {row["task"] for row in document["gone"]}
    assert (
        "change      breaking: gained a required parameter copies" in run(shop, "show", "send", "--base", "HEAD").stdout
    )
    assert run(shop, "map", "--base", "HEAD", "--output", "site/").returncode == 0
    with open_browser() as page:
        page.visit((shop / "site" / "index.html").as_uri())
        page.page.select_option("#change", "breaking")
        assert page.ask("[...document.querySelectorAll('#tasks li bdi')].map((e) => e.innerText)") == ["send"]
        page.click("#tasks a")
        page.wait("document.querySelector('#detail h2')?.innerText === 'send'")
        said = page.ask("document.getElementById('detail').innerText")
        assert "Changed since HEAD" in said
        assert "breaking gained a required parameter copies" in said
        bad = page.ask("getComputedStyle(document.querySelector('#detail .breaking')).color")
        assert bad == "rgb(179, 38, 30)"
        assert page.errors == []
    wrong = run(shop, "map", "--base", "nowhere")
    assert (wrong.returncode, wrong.stdout, wrong.stderr.count("\n")) == (2, "", 1)
