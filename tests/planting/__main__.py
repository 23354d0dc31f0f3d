"""``python -m planting FOLDER [--mypy]``: how many planted mistakes are reported, by kind.

Law: it prints numbers and the places that were missed; the project itself is not changed.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from .mistakes import MISTAKES
from .planting import Planter


def main() -> None:
    """Run from ``tests``."""
    parser = argparse.ArgumentParser(prog="planting", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("paths", nargs="*", default=["."], help="what to read in the folder")
    parser.add_argument("--mypy", action="store_true", help="ask mypy with the plugin, too: minutes, not seconds")
    parser.add_argument("--missed", type=int, default=10, help="how many places that were missed are shown")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="planting-") as directory:
        planter = Planter(given.folder.resolve(), Path(directory), tuple(given.paths))
        sites = planter.sites()
        print(f"{len(sites)} calls are checked")
        for kind in MISTAKES:
            found = planter.run(kind, sites, mypy=given.mypy)
            for name, each in found.items():
                number = len(each.planted)
                share = 100 * len(each.reported) / number if number else 100.0
                print(f"{kind:<8} {name:<6} {len(each.reported):>4} of {number:>4} reported  {share:.1f} %")
                for planted in each.missed(kind)[: given.missed]:
                    print(f"    {Path(planted.path).relative_to(planter.copy)}:{planted.first}")
            if "mypy" in found:
                told = found["mypy"].reported
                both = told & found["check"].reported
                print(f"{kind:<8} check of those that mypy reports: {len(both)} of {len(told)}")
        if given.mypy:
            print(f"{len(planter.checked or ())} calls are checked by mypy")


if __name__ == "__main__":
    main()
