"""The five ways to run mypy over one new folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from differential.processes import Forked
from differential.ways import Ways


@pytest.fixture
def ways(tmp_path: Path, libraries: Path) -> Iterator[Ways]:
    """They are stopped at the end of the test."""
    started = Ways(tmp_path / "project", tmp_path / "caches", libraries, Forked)
    yield started
    started.stop()
