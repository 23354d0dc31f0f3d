"""The page opens from a file in a real browser, finds, filters and follows, asks nobody, and shows hostile text as text.

Law: the commands write the page as users have it written; Chromium reads it from ``file://``.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import Page, chromium, open_browser
from cli.shop import run

HOSTILE = '</script><img src=x onerror="document.title=1"> "quoted" `ticks` \u202eright to left\x1b[31m &amp;'

FILES = {
    "shop/__init__.py": "",
    "shop/app.py": """
        from celery import Celery
        from celery.schedules import crontab, solar
        app = Celery("shop")
        EVERY_MINUTE = crontab()
        app.conf.beat_schedule = {
            "nightly": {"task": "clean", "schedule": crontab(minute=0, hour="0"), "args": (1,)},
            "weekly": {"task": "clean", "schedule": crontab(0, 0, "sun"), "args": (7,)},
            "first": {"task": "clean", "schedule": crontab(minute=0, hour="0,6", day_of_month=1), "args": (30,)},
            "often": {"task": "shop.tasks.send", "schedule": 60 * 5, "args": ("a",)},
            "ever": {"task": "shop.tasks.send", "schedule": EVERY_MINUTE, "args": ("b",)},
            "odd": {"task": "shop.tasks.send", "schedule": solar("sunset", 1, 2), "args": ("c",)},
        }
        app.conf.task_routes = {"cle*": {"queue": "slow"}}
        """,
    "shop/tasks.py": f"""
        from celery import shared_task
        from shop.app import app

        @app.task(name="clean", queue="slow", serializer="json", max_retries=3)
        def clean(days: int, *, hard: bool = False) -> int:
            \"\"\"Throw away what is old.\"\"\"
            send.delay("done")
            return 1

        @shared_task
        def send(to: str) -> None: ...

        from typing import Literal

        @shared_task(name={HOSTILE!r})
        def hostile(a: int) -> Literal[{HOSTILE!r}]:
            {HOSTILE!r}

        @app.task(name="wrong", queue="fast")
        def wrong(a: int) -> None: ...
        """,
    "shop/views.py": """
        from shop.app import app
        from shop.tasks import clean, hostile, send, wrong

        def post(arguments, anything):
            clean.apply_async((1,), countdown=3)
            clean.apply_async(*arguments)
            hostile.delay(1)
            wrong.delay()
            app.send_task("bill", (1,))
            anything.delay(3)

        from celery import chain
        def chained(): return chain(hostile.s(1), send.s(), clean.s())

        from celery_registry import alias
        alias(app, old="wipe </script>", new="clean", expires="2027-01-31")
        """,
    "billing.lock": json.dumps({"format": 1, "tasks": {"bill": {"parameters": ["order: int"], "queue": "money"}}}),
    "pyproject.toml": '[tool.celery-registry]\ncontracts = ["billing.lock"]\n',
}
SOURCE = "https://example.org/blob/main/{path}#L{line}"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    (folder / ".git").mkdir()
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(textwrap.dedent(text), encoding="utf-8")
    done = run(folder, "map", "--output", "site/", "--source-url", SOURCE)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Page]:
    with open_browser() as opened:
        yield opened


@pytest.fixture
def page(shop: Path, browser: Page) -> Iterator[Page]:
    """The page, newly opened; whatever a test does with it, it asks for nothing and has nothing to complain of."""
    browser.requests.clear()
    browser.errors.clear()
    browser.visit("about:blank")
    browser.visit((shop / "site" / "index.html").as_uri())
    browser.wait(drawn(1))
    yield browser
    assert browser.errors == []
    assert [url for url in browser.requests if not url.startswith("about:")] == [
        (shop / "site" / "index.html").as_uri()
    ]


def drawn(times: int) -> str:
    return f"Number(document.getElementById('graph').dataset.drawn) >= {times}"


def listed(page: Page) -> list[str]:
    found: list[str] = page.ask("[...document.querySelectorAll('#tasks li bdi')].map((e) => e.innerText)")
    return found


def text_of(page: Page, selector: str) -> str:
    return str(page.ask(f"document.querySelector({json.dumps(selector)}).innerText"))


def boxes(page: Page) -> list[str]:
    found: list[str] = page.ask("document.getElementById('graph')._cyreg.cy.nodes().map((n) => n.data('label')).sort()")
    return found


SHOWN_HOSTILE = HOSTILE.replace("\u202e", "\\u{202e}").replace("\x1b", "\\u{1b}")
ENTRIES = ["ever", "first", "nightly", "odd", "often", "weekly"]
NAMES = [SHOWN_HOSTILE, "bill", "clean", "shop.tasks.send", "wrong"]


@chromium
def test_the_page_lists_every_task_and_says_how_many(page: Page) -> None:
    assert listed(page) == NAMES
    assert text_of(page, "#count") == "5 tasks"
    assert text_of(page, "#summary") == "5 tasks, 9 callers, 6 schedules, 1 finding"
    assert text_of(page, "#rest").splitlines()[0] == "Calls of which nobody can tell the task"
    assert "shop/views.py:11" in text_of(page, "#rest")


@chromium
def test_text_and_the_other_filters_choose_tasks(page: Page) -> None:
    page.fill("#text", "THROW old")
    assert listed(page) == ["clean"]
    assert text_of(page, "#count") == "1 of 5 tasks"
    page.fill("#text", "wipe")
    assert listed(page) == ["clean"]
    page.fill("#text", "")
    for field, value, expected in (
        ("queue", "money", ["bill"]),
        ("part", "billing", ["bill"]),
        ("part", "shop.tasks", [name for name in NAMES if name != "bill"]),
        ("code", "call-arg", ["wrong"]),
        ("calls", "scheduled", ["clean", "shop.tasks.send"]),
        ("calls", "unchecked", ["clean"]),
        ("calls", "uncalled", []),
    ):
        page.page.select_option(f"#{field}", value)
        assert listed(page) == expected, (field, value)
        page.click("button[type=reset]")
        page.wait("document.querySelectorAll('#tasks li').length === 5")


@chromium
def test_a_task_shows_all_that_the_map_has_of_it(page: Page) -> None:
    page.click("#tasks li:nth-child(3) a")
    page.wait("document.querySelector('#detail h2')?.innerText === 'clean'")
    said = text_of(page, "#detail")
    for part in (
        "clean(days: int, *, hard: bool = ...) -> int",
        "Throw away what is old.",
        "shop.tasks.clean shop/tasks.py:6",
        "app.task shop/tasks.py:5",
        "queue\nslow",
        "serializer\njson",
        "max_retries = 3",
        "task_routes: cle* shop/app.py:14",
        "Called by: 3 callers, 2 checked",
        "Old names\nName\tKept until\tArguments\tPlace\nwipe </script>\t2027-01-31\tthe same\tshop/views.py:17",
        "not checked: its arguments are unpacked into the call",
        "nightly\tcrontab(minute=0, hour='0')\tshop/app.py:7",
    ):
        assert part in said, said
    digest = next(t["digest"] for t in json.loads(run_map(page))["tasks"] if t["name"] == "clean")
    assert f"digest\n{digest}" in said
    rows = page.ask("[...document.querySelectorAll('#detail tbody tr')].map((r) => r.innerText.split('\\t'))")
    assert rows[0] == ["shop/views.py:6", "apply_async", "shop.views.post", "checked"]
    links = page.ask("[...document.querySelectorAll('#detail a[rel]')].map((a) => a.href)")
    assert "https://example.org/blob/main/shop/tasks.py#L6" in links
    assert "https://example.org/blob/main/shop/views.py#L6" in links
    # What it calls leads to that task.
    page.click("#detail a:not([rel])")
    page.wait("document.querySelector('#detail h2')?.innerText === 'shop.tasks.send'")


def run_map(page: Page) -> str:
    folder = Path(page.page.url.removeprefix("file://").partition("#")[0]).parent.parent
    return run(folder, "map").stdout


@chromium
def test_a_finding_is_told_with_its_line_and_hint(page: Page) -> None:
    page.click("#tasks li:nth-child(5) a")
    page.wait("document.querySelector('#detail h2')?.innerText === 'wrong'")
    said = text_of(page, "#detail")
    assert 'call-arg Missing positional argument "a" in call to "delay" of "wrong"' in said
    assert "shop/views.py:9" in said


@chromium
def test_a_click_in_the_graph_leads_to_the_task(page: Page) -> None:
    assert boxes(page) == sorted([*NAMES, "billing", *ENTRIES, "shop/views.py", "wipe </script>"])
    at = page.ask(
        "(() => { const n = document.getElementById('graph')._cyreg.cy.nodes().filter((n) => n.data('label') === 'clean');"
        " const p = n.renderedPosition(), b = document.getElementById('graph').getBoundingClientRect();"
        " return [b.x + p.x, b.y + p.y]; })()"
    )
    page.page.mouse.click(*at)
    page.wait("document.querySelector('#detail h2')?.innerText === 'clean'")
    page.wait(drawn(2))
    near = ["clean", "first", "nightly", "weekly", "shop.tasks.send", "shop/views.py", "wipe </script>"]
    assert boxes(page) == sorted(near)
    assert page.ask("decodeURIComponent(location.hash)") == "#task=clean"
    page.ask("history.back()")
    page.wait("document.querySelector('#detail h2') === null")


@chromium
def test_what_flows_in_a_canvas_is_on_its_edge_and_beside_the_call(page: Page) -> None:
    page.click("#tasks li:nth-child(4) a")
    page.wait("document.querySelector('#detail h2')?.innerText === 'shop.tasks.send'")
    page.wait(drawn(2))
    type_ = f"Literal[{HOSTILE!r}]".replace("\u202e", "\\u{202e}")
    edges = page.ask(
        "document.getElementById('graph')._cyreg.cy.edges()"
        ".map((e) => [e.source().data('label'), e.target().data('label'), e.data('label')])"
    )
    assert [SHOWN_HOSTILE, "shop.tasks.send", f"chain: {type_}"] in edges
    assert ["shop.tasks.send", "clean", "chain: None"] in edges
    rows = page.ask("[...document.querySelectorAll('#detail tbody tr')].map((r) => r.innerText)")
    (row,) = [row for row in rows if row.startswith("shop/views.py:14")]
    assert f"s\nafter {SHOWN_HOSTILE} (chain: {type_})" in row
    assert page.ask("document.querySelectorAll('img').length") == 0
    # The task before it is a link.
    page.click("#detail tbody td:nth-child(2) a")
    page.wait("document.querySelector('#detail h2')?.innerText !== 'shop.tasks.send'")
    assert text_of(page, "#detail h2") == SHOWN_HOSTILE
    assert "clean\tchain: None" not in text_of(page, "#detail")
    assert "shop.tasks.send\tchain" in text_of(page, "#detail")


@chromium
def test_the_week_shows_what_starts_when_and_what_starts_at_once(page: Page) -> None:
    page.wait("document.querySelector('#week table') !== null")
    rows = page.ask("[...document.querySelectorAll('#week table')[0].rows].map((r) => r.innerText.split('\\t'))")
    assert rows[0][1:] == ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    assert rows[1] == ["00:00", "2", "2", "2", "2", "2", "2", "3"]
    assert rows[7] == ["06:00", "1", "1", "1", "1", "1", "1", "1"]
    assert [row for row in rows[2:7] if any(row[1:])] == []
    page.click("#week tr:nth-child(1) td:nth-child(8) button")
    said = text_of(page, "#week")
    assert "Sunday 00:00\nnightly clean crontab(minute=0, hour='0') shop/app.py:7" in said
    assert "first clean crontab(minute=0, hour='0,6', day_of_month=1) (not every week) shop/app.py:9" in said
    (herd,) = page.ask("[...document.querySelectorAll('#week table')[1].tBodies[0].rows].map((r) => r.innerText)")
    assert herd.split("\t")[:3] == ["00:00", "Sunday", "3"]
    for part in (
        "Every minute\never shop.tasks.send EVERY_MINUTE",
        "often shop.tasks.send 60 * 5 shop/app.py:10, 12 an hour",
        "When, the text does not tell\nodd",
    ):
        assert part in said, said


@chromium
def test_hostile_text_is_text(page: Page) -> None:
    page.click("#tasks li:nth-child(1) a")
    page.wait("document.querySelector('#detail h2') !== null")
    assert text_of(page, "#detail h2") == SHOWN_HOSTILE
    assert text_of(page, "#detail pre") == SHOWN_HOSTILE
    assert page.ask("document.querySelectorAll('img').length") == 0
    assert page.ask("document.title").startswith(SHOWN_HOSTILE)


@chromium
def test_the_keyboard_is_enough(page: Page) -> None:
    page.press("/")
    assert page.ask("document.activeElement.id") == "text"
    page.type("send")
    assert listed(page) == ["shop.tasks.send"]
    page.fill("#text", "")
    page.page.focus("#tasks li:nth-child(2) a")
    page.press("ArrowDown")
    page.press("Enter")
    page.wait("document.querySelector('#detail h2')?.innerText === 'clean'")
    assert page.ask("document.activeElement.id") == "detail"
    assert text_of(page, "#tasks a[aria-current]").startswith("clean")
    # Every control has a name, headings and tables are real ones.
    assert page.ask("[...document.querySelectorAll('input, select')].every((e) => e.labels.length === 1)") is True
    assert page.ask("[...document.querySelectorAll('button')].every((e) => e.innerText.trim() !== '')") is True
    assert page.ask("[...document.querySelectorAll('th')].every((e) => e.scope)") is True
    assert page.ask("document.querySelectorAll('h1').length") == 1
    before = page.ask("document.getElementById('graph')._cyreg.cy.zoom()")
    page.page.focus("#closer")
    page.press("Enter")
    assert page.ask("document.getElementById('graph')._cyreg.cy.zoom()") > before


@chromium
def test_dark_narrow_and_on_paper(page: Page) -> None:
    page.page.emulate_media(color_scheme="dark")
    assert page.ask("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 26)"
    page.page.emulate_media(media="print", color_scheme="dark")
    assert page.ask("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.ask("getComputedStyle(document.getElementById('filters')).display") == "none"
    page.page.emulate_media(media="screen", color_scheme="light")
    page.resize(390, 844)
    page.click("#tasks li:nth-child(3) a")
    page.wait("document.querySelector('#detail h2')?.innerText === 'clean'")
    assert page.ask("document.documentElement.scrollWidth") <= 390
    page.resize(1280, 720)


# -- the file --------------------------------------------------------------------------------------------------------


def test_the_same_source_gives_the_same_page_and_check_holds_it(shop: Path, tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere"
    shutil.copytree(shop, copy, ignore=shutil.ignore_patterns("site"))
    arguments = ("map", "--output", "site", "--source-url", SOURCE, "--format", "html")
    (copy / "site").mkdir()
    done = run(copy, *arguments, environment={"PYTHONHASHSEED": "7"})
    assert done.returncode == 0, done.stderr
    page = copy / "site" / "index.html"
    assert page.read_bytes() == (shop / "site" / "index.html").read_bytes()
    assert run(copy, *arguments, "--check").returncode == 0
    tasks = copy / "shop" / "tasks.py"
    tasks.write_text(tasks.read_text().replace("to: str", "address: str"))
    stale = run(copy, *arguments, "--check")
    assert stale.returncode == 1
    assert "address: str" in stale.stdout
    assert page.read_bytes() == (shop / "site" / "index.html").read_bytes()


def test_nothing_of_the_program_stands_in_the_markup(shop: Path) -> None:
    text = (shop / "site" / "index.html").read_text()
    inside = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)
    (data,) = inside
    assert json.loads(data)["tasks"][0]["name"] == HOSTILE
    assert not re.search("[<>&]", data)
    assert HOSTILE not in text
    licence = "Permission is hereby granted, free of charge"
    assert text.count(licence) == 1, "the licence of the library stays with it"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--source-url", "https://example.org/"], "--source-url: it has no {path}; write {path} and {line}"),
        (["--source-url", "https://e.org/{path}#{row}"], "--source-url: {row} stands for nothing"),
        (["--source-url", "javascript:{path}"], "--source-url: must be an address"),
        (["--source-url", "{path}"], "--source-url: must be an address"),
        (["--output", "shop/", "--format", "dot"], "is a directory: give a file for --format dot"),
        (["--output", "billing.lock/"], "billing.lock: cannot be made"),
    ],
)
def test_what_cannot_be_done_is_said(shop: Path, arguments: list[str], said: str) -> None:
    done = run(shop, "map", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_without_jinja_the_page_says_what_to_install_and_the_rest_works(shop: Path, tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['jinja2'] = None; from celery_registry.console import main; sys.argv[0] = 'x'; main()"
    )
    env = {k: v for k, v in os.environ.items() if k != "CELERY_APP"}

    def command(*arguments: str) -> Any:
        whole = [sys.executable, "-c", program, *arguments]
        return subprocess.run(whole, cwd=shop, env=env, capture_output=True, text=True, timeout=120)

    done = command("map", "--output", str(tmp_path / "page.html"))
    said = 'celery-registry: map writes its page with the package jinja2: install "celery-registry[map]"\n'
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said)
    assert command("map", "--output", str(tmp_path / "map.json")).returncode == 0
