"""The documentation site builds without a warning, and a real browser shows it as a reader needs it.

Law: mkdocs builds it as a release does; Chromium reads it from a server on loopback. Two pictures of it stay in
``$CELERY_REGISTRY_ARTEFACTS``, where that is set.
"""

from __future__ import annotations

import functools
import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest
from browser import Page, chromium, open_browser

from celery_registry.contract.codes import Code

ROOT = Path(__file__).resolve().parents[2]
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    env = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    finished = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=300)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert not finished.stderr.strip(), finished.stderr
    return folder


class Links(HTMLParser):
    """The ids of a page, and what it links to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.targets: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.ids.update(filter(None, [values.get("id"), values.get("name") if tag == "a" else None]))
        self.targets += [value for key in ("href", "src") if (value := values.get(key))]


def test_every_link_and_anchor_of_the_built_site_is_there(site: Path) -> None:
    pages = {path: Links(path.read_text()) for path in site.rglob("*.html")}
    broken = []
    for path, links in pages.items():
        base = f"http://site/{path.relative_to(site).as_posix()}"
        for target in links.targets:
            url, anchor = urldefrag(urljoin(base, target))
            if urlsplit(url).netloc != "site":
                continue
            place = site / unquote(urlsplit(url).path).lstrip("/")
            place = place / "index.html" if place.is_dir() else place
            if path.name == "404.html" and not place.exists():
                continue  # Its links begin at the address under which the site is published.
            if not place.exists() or (anchor and place in pages and unquote(anchor) not in pages[place].ids):
                broken.append(f"{path.relative_to(site)}: {target}")
    assert len(pages) > 15
    assert broken == []


def test_every_code_has_an_anchor_to_which_a_message_can_link(site: Path) -> None:
    ids = Links((site / "codes" / "index.html").read_text()).ids
    assert [str(code) for code in Code if str(code) not in ids] == []


def test_the_words_for_the_tests_are_not_shown(site: Path) -> None:
    written = (ROOT / "docs" / "guard.md").read_text() + (ROOT / "docs" / "install.md").read_text()
    shown = (site / "guard" / "index.html").read_text() + (site / "install" / "index.html").read_text()
    assert re.search(r"```\w+ .*\brun\b", written)
    assert 'class="filename">celery_app.py</span>' in shown
    # A fence that Markdown cannot read is shown as text.
    assert "```" not in shown


def test_assistants_find_every_page(site: Path) -> None:
    listed = (site / "llms.txt").read_text()
    for page in (ROOT / "docs").rglob("*.md"):
        name = page.relative_to(ROOT / "docs").with_suffix("").as_posix()
        address = "index.md" if name == "index" else f"{name}/index.md"
        assert f"/celery-registry/{address})" in listed, f"llms.txt lacks {name}"
        assert (site / address).is_file()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    handler = functools.partial(_Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def page(address: str) -> Iterator[Page]:
    with open_browser() as browser:
        yield browser


@chromium
def test_a_browser_shows_every_page_without_an_error_and_asks_nobody_else(site: Path, address: str, page: Page) -> None:
    page.resize(**PHONE)
    for path in sorted(site.rglob("index.html")):
        page.visit(address + path.parent.relative_to(site).as_posix() + "/")
        wide = page.ask("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{path.relative_to(site)} is {wide} px wider than a phone"
    assert page.errors == []
    assert [url for url in page.requests if not url.startswith((address, "data:"))] == []


@chromium
def test_a_reader_searches_copies_and_reads_in_the_dark(address: str, page: Page, tmp_path: Path) -> None:
    page.resize(1280, 900)
    page.visit(address + "install/")
    assert page.ask("document.querySelectorAll('.md-clipboard, .md-code__button').length") > 0
    page.click(".md-search__input")
    page.type("bound method")
    page.wait("document.querySelectorAll('.md-search-result__item').length > 0")
    page.visit(address)
    page.picture(tmp_path / "light.png")
    page.click("label[for=__palette_1]")
    assert page.ask("document.body.dataset.mdColorScheme") == "slate"
    page.picture(tmp_path / "dark.png")
    assert (tmp_path / "light.png").read_bytes() != (tmp_path / "dark.png").read_bytes()
    if kept := os.environ.get("CELERY_REGISTRY_ARTEFACTS"):
        for picture in ("light.png", "dark.png"):
            shutil.copy(tmp_path / picture, Path(kept) / f"site-{picture}")
