"""The catalogue and the page stand in a site of MkDocs and in one of Sphinx, made by their own commands with warnings as errors.

Law: what ``docs/map.md`` says of either is what is run here.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

from cli.shop import run

DOCS = Path(__file__).resolve().parents[2] / "docs" / "map.md"
SOURCE = textwrap.dedent(
    '''
    from celery import shared_task

    @shared_task
    def send(to: str) -> None:
        """Send `it` to *somebody*, <b>now</b>.

        >>> {{ page }} ``` :ref:`x` [[link]] 'unclosed
        Args:
            to: Whom.
        """

    @shared_task(name="odd |*name*| `x` {y} <b>")
    def odd(a: int) -> int:
        return a
    '''
)


def made(folder: Path, *command: str) -> None:
    """Run a command of Python's; it must succeed."""
    env = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    whole = [sys.executable, "-m", *command]
    finished = subprocess.run(whole, cwd=folder, env=env, capture_output=True, text=True, timeout=300)
    assert finished.returncode == 0, finished.stdout + finished.stderr


def shop(folder: Path) -> None:
    """A program whose catalogue and page were written as the page of the map says."""
    (folder / "tasks.py").write_text(SOURCE)
    (folder / "docs").mkdir()
    section = DOCS.read_text().partition("## In your documentation")[2].partition("\n## ")[0]
    commands = re.findall(r"^\$ celery-registry (map .*)$", section, re.M)
    assert len(commands) == 4
    for command in commands:
        done = run(folder, *command.split(), "tasks.py")
        assert (done.returncode, done.stdout) == (0, ""), done.stderr


def check_catalogue(page: str) -> None:
    """The catalogue as HTML says what the source says, as text."""
    shown = re.sub(r"<[^>]*>", "", page)
    for text in ("tasks.send(to: str) -&gt; None", "&lt;b&gt;now&lt;/b&gt;", "{{ page }} ``` :ref:`x` [[link]]"):
        assert text in shown
    assert "odd |*name*| `x` {y} &lt;b&gt;(a: int) -&gt; int" in shown


def test_a_site_of_mkdocs_has_the_catalogue_and_the_page(tmp_path: Path) -> None:
    shop(tmp_path)
    (links,) = re.findall(r'```markdown title="docs/index.md"\n(.*?)```', DOCS.read_text(), re.S)
    (tmp_path / "docs" / "index.md").write_text(f"# Shop\n\n{links}")
    (tmp_path / "mkdocs.yml").write_text("site_name: Shop\ntheme: mkdocs\n")
    made(tmp_path, "mkdocs", "build", "--strict", "--quiet")
    check_catalogue((tmp_path / "site" / "tasks" / "index.html").read_text())
    page = (tmp_path / "site" / "task-map.html").read_bytes()
    assert page == (tmp_path / "docs" / "task-map.html").read_bytes()
    assert 'href="task-map.html"' in (tmp_path / "site" / "index.html").read_text()


def test_a_site_of_sphinx_has_the_catalogue_and_the_page(tmp_path: Path) -> None:
    shop(tmp_path)
    docs = tmp_path / "docs"
    text = DOCS.read_text()
    (configuration,) = re.findall(r'```python title="docs/conf.py"[^\n]*\n(.*?)```', text, re.S)
    (index,) = re.findall(r'```rst title="docs/index.rst"\n(.*?)```', text, re.S)
    (link,) = re.findall(r'`(<a href="task-map.html.*?</a>)`', text)
    (docs / "conf.py").write_text(configuration)
    (docs / "index.rst").write_text(f"{index}   more\n")
    (docs / "more.md").write_text(f"# More\n\n{link}\n")
    made(tmp_path, "sphinx", "-W", "--keep-going", "-q", "-b", "html", "docs", "site")
    check_catalogue((tmp_path / "site" / "tasks.html").read_text())
    assert (tmp_path / "site" / "task-map.html").read_bytes() == (docs / "task-map.html").read_bytes()
    # The page of Sphinx itself is still there, and both pages lead to the map.
    said = (tmp_path / "site" / "index.html").read_text()
    assert 'href="tasks.html"' in said
    assert 'href="task-map.html"' in said
    assert link in (tmp_path / "site" / "more.html").read_text()
