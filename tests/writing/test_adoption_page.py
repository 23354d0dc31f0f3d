"""What ``docs/adoption.md`` shows of ``add`` and ``rename`` is what the commands do to the example project.

Law: the page's commands one after the other, their real changes and the lines for a person.
"""

from __future__ import annotations

import itertools
import shlex
import shutil
from pathlib import Path

from test_readme import EXAMPLE, ROOT, read_fences

from writing.shop import command


def test_the_commands_do_what_the_page_shows(tmp_path: Path) -> None:
    folder = tmp_path / "delivery"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".celery", ".mypy_cache*", "__pycache__"))
    fences = read_fences(ROOT / "docs" / "adoption.md")
    tried = []
    for fence, diff, text in zip(fences, fences[1:], fences[2:], strict=False):
        if (fence.language, diff.language) != ("console", "diff"):
            continue
        program, *arguments = shlex.split(fence.text.removeprefix("$ "))
        assert program == "celery-registry"
        done = command(folder, *arguments, "--yes")
        assert done.returncode == 0, done.stderr
        changes = itertools.filterfalse(lambda line: line.startswith("wrote "), done.stdout.splitlines())
        assert [line.rstrip() for line in changes] == [line.rstrip() for line in diff.text.splitlines()]
        assert done.stderr == text.text
        tried.append(arguments[0])
    assert tried == ["add", "rename"]
    assert "Success" in command(folder, "check", "--static").stdout
