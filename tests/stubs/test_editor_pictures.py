"""The pictures of an editor: each is there, small, and shown. What they show is asked as text by test_language_servers."""

from __future__ import annotations

import pytest

from stubs.conformance_table import DOCUMENT
from stubs.editor_pictures import IMAGES, PICTURES

#: A page with pictures must load at once.
LARGEST_BYTES = 150_000


@pytest.mark.parametrize("name", PICTURES)
def test_each_picture_is_a_small_png_that_the_page_shows(name: str) -> None:
    image = IMAGES / f"editor-{name}.png"
    assert image.read_bytes().startswith(b"\x89PNG")
    assert image.stat().st_size <= LARGEST_BYTES
    assert f"](images/{image.name})" in DOCUMENT.read_text(encoding="utf-8")


def test_no_other_picture_lies_beside_them() -> None:
    drawn = {image.name for image in IMAGES.glob("editor-*")}
    assert drawn == {f"editor-{name}.png" for name in PICTURES}
