"""A real headless Chromium, for the tests of what people look at.

Law: it opens, clicks and reads, and writes down what goes wrong. What a page should show is the tests' business.
"""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

__all__ = ["Page", "chromium", "open_browser"]

_PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
#: ``.ci/run`` installs it, and there a skipped test is a failure.
chromium = pytest.mark.skipif(_PROGRAM is None, reason="no Chromium is installed")

# Without these Chromium asks its maker for updates at every start.
_ALONE = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
]


class Page:
    """One page of the browser: what it asked for and what went wrong is in ``requests`` and ``errors``."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.requests: list[str] = []
        self.errors: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.errors.append(f"{page.url}: {error}"))
        page.on("requestfailed", self._failed)
        page.on("console", self._console)

    def _failed(self, request: Any) -> None:
        # What was still on its way when the next page was opened.
        if request.failure != "net::ERR_ABORTED":
            self.errors.append(f"{request.url}: {request.failure}")

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.errors.append(f"{self.page.url}: {message.type}: {message.text}")

    def visit(self, url: str) -> None:
        """Open an address and wait until it is loaded."""
        self.page.goto(url, wait_until="load")

    def resize(self, width: int, height: int) -> None:
        """Make the window this large, in CSS pixels."""
        self.page.set_viewport_size({"width": width, "height": height})

    def ask(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page."""
        return self.page.evaluate(expression)

    def wait(self, expression: str) -> None:
        """Wait until a JavaScript expression is true."""
        deadline = time.monotonic() + 30
        # wait_for_function evaluates text inside the page, which a page may forbid.
        while not self.ask(expression):
            assert time.monotonic() < deadline, f"never true: {expression}"
            self.page.wait_for_timeout(25)

    def fill(self, selector: str, text: str) -> None:
        """Write into a field."""
        self.page.fill(selector, text, timeout=30_000)

    def click(self, selector: str) -> None:
        """Click the first element that fits."""
        self.page.click(selector, timeout=30_000)

    def type(self, text: str) -> None:
        """Type into what has the focus, at a person's speed."""
        self.page.keyboard.type(text, delay=60)

    def press(self, key: str) -> None:
        """Press a key."""
        self.page.keyboard.press(key)

    def picture(self, path: Path) -> None:
        """Write what is seen to a PNG file."""
        self.page.screenshot(path=path)


@contextlib.contextmanager
def open_browser() -> Iterator[Page]:
    """A browser with one empty page, closed afterwards."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=_PROGRAM, args=_ALONE)
        try:
            yield Page(browser.new_page())
        finally:
            browser.close()
