"""The packages beside the tests of this folder can be imported; the files of installed packages are read once."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache of mypy's that holds installed packages alone."""
    from differential.replay import library_cache

    return library_cache(tmp_path_factory.mktemp("libraries"))


@pytest.fixture
def cache(libraries: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Makes a cache of one's own, with installed packages in it."""
    return lambda: Path(shutil.copytree(libraries, tmp_path_factory.mktemp("cache") / "mypy"))
