"""The guides link to what is there, and the index names each of them.

Law: files and headings; what the pages say is run elsewhere.
"""

from __future__ import annotations

import re

import pytest

from guides.pages import GUIDES

PAGES = sorted(GUIDES.glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if target.startswith("http"):
            continue
        path, _, anchor = target.partition("#")
        linked = (page.parent / path).resolve() if path else page
        assert linked.exists(), f"{page.name} links to {target}"
        if anchor:
            headings = re.findall(r"^#+ (.*)$", linked.read_text(), re.M)
            slugs = [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]
            assert anchor in slugs, f"{page.name} links to {target}"


def test_the_index_names_every_guide() -> None:
    index = (GUIDES.parent / "index.md").read_text()
    assert [page.name for page in PAGES if f"(guides/{page.name})" not in index] == []
