"""A small program on disk, indexed."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from celery_registry.source.files import find_files
from celery_registry.source.index import SourceIndex

IndexOf = Callable[..., SourceIndex]


@pytest.fixture
def index_of(tmp_path: Path) -> IndexOf:
    """Write files (path -> text) and index them."""
    root = tmp_path / "src"

    def build(files: Mapping[str, str], *, cache_dir: Path | None = None, app_main: str | None = None) -> SourceIndex:
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text), encoding="utf-8")
        return SourceIndex.build(find_files([root], bases=[root]), cache_dir, app_main=app_main)

    return build
