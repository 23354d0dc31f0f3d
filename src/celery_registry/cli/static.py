"""``check --static``: what the source alone tells.

Law: it brings the index and the comparisons together; types are unknown, so shapes alone can disagree.
"""

from __future__ import annotations
