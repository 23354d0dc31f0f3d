"""What mkdocs does to the pages that the tests read too.

Law: it takes the tests' own words out of fences; what a page says stays as it is written.
"""

from __future__ import annotations

import re

# ```python title="x.py" alone  ->  ```python title="x.py"
_FENCE = re.compile(r"^(?P<head> *```\w+)(?P<words>[^\n`]*)$", re.M)
_OPTION = re.compile(r' \w+="[^"]*"')


def on_page_markdown(markdown: str, **_: object) -> str:
    """The page without what its fences tell ``tests/test_readme.py``."""
    return _FENCE.sub(lambda fence: fence["head"] + "".join(_OPTION.findall(fence["words"])), markdown)
