"""The call sites that mypy showed us, and which of them were really checked: the ``report`` setting.

Law: writes one line of JSON for a call site as it is seen, since mypy ends without telling its plugins. It never
decides whether a call is right.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy.checker import TypeChecker
    from mypy.nodes import Context

__all__ = ["CallSites"]


class CallSites:
    """Where the report goes; without a path nothing is written and nothing is computed."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._seen: set[tuple[str, int, int, str]] = set()
        # A worker of mypy's parallel mode adds to the report that its coordinator began.
        if path is not None and not any("build_worker" in argument for argument in sys.argv):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("")

    def record(self, chk: TypeChecker, call: Context, method: str, reason: str | None) -> None:
        """Note one call site; ``reason`` says why it was not checked, None where it was."""
        if self._path is None:
            return
        site = (chk.path, call.line, call.column + 1, method)
        if site in self._seen:
            return
        self._seen.add(site)
        row = {"path": site[0], "line": site[1], "column": site[2], "method": method, "checked": reason is None}
        if reason is not None:
            row["reason"] = reason
        # A line is shorter than what the system appends in one piece, so processes may share the file.
        with self._path.open("a", encoding="utf-8") as report:
            report.write(json.dumps(row) + "\n")
