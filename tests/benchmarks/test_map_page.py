"""The benchmark of the page runs and counts what it wrote. No test here looks at a time."""

from __future__ import annotations

from pathlib import Path

from browser import chromium

from .map_page import measure, write_program


@chromium
def test_a_small_program_is_measured(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    write_program(tmp_path, tasks=20, callers=60)
    found = measure(tmp_path)
    assert found.callers == 60
    assert 400_000 < found.size < 600_000
    assert min(found.written, found.paint, found.filter, found.drawn) > 0
