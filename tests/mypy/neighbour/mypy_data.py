"""mypy's own test data with the plugin on: nothing that mypy says in programs without tasks may change.

    python -m tests.mypy.neighbour.mypy_data --mypy-data DIR [pytest arguments]

``DIR`` is the unpacked source distribution of the installed mypy (``pip download --no-binary mypy --no-deps mypy==...``).
Cases that fail with the plugin are run once more without it; the exit status is 1 where one of them passes then.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

#: Collected by pytest with mypy's own harness, which the wheel brings along.
SUITE = """
import os
from mypy import build
from mypy.test import testcheck

stock = build.build

def build_with_plugin(sources, options, **more):
    if os.environ["PLUGIN"]:
        options.plugins.insert(0, os.environ["PLUGIN"])
        # Without a file mypy loads no plugin.
        options.config_file = options.config_file or os.environ["CONFIG"]
    return stock(sources=sources, options=options, **more)

build.build = build_with_plugin

class TestMypysData(testcheck.TypeCheckSuite):
    pass
"""
_FAILED = re.compile(r"^(?:FAILED|ERROR) \S*test_suite\.py::(\S+)", re.MULTILINE)


def run_cases(data: Path, plugin: str, arguments: list[str], only: set[str] | None = None) -> tuple[set[str], str]:
    """The names of the cases that fail, and pytest's last line."""
    with tempfile.TemporaryDirectory() as folder:
        suite = Path(folder) / "test_suite.py"
        suite.write_text(SUITE)
        config = Path(folder) / "mypy.ini"
        config.write_text("[mypy]\n")
        selection = [] if only is None else [f"{suite}::{name}" for name in sorted(only)]
        command = [sys.executable, "-m", "pytest", "-c", os.devnull, "--rootdir", folder, "-p", "no:cacheprovider"]
        command += ["-p", "mypy.test.data", "-p", "no:celery_registry", "-q", "--tb=no", "-rfE", *arguments]
        finished = subprocess.run(
            [*command, *(selection or [str(suite)])],
            cwd=folder,
            env={
                **os.environ,
                "MYPY_TEST_PREFIX": str(data),
                "PLUGIN": plugin,
                "CONFIG": str(config),
                "PYTHONWARNINGS": "ignore",
            },
            capture_output=True,
            text=True,
        )
    if finished.returncode not in (0, 1):
        sys.exit(finished.stdout[-3000:] + finished.stderr[-3000:])
    return set(_FAILED.findall(finished.stdout)), finished.stdout.strip().splitlines()[-1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mypy-data", type=Path, required=True, metavar="DIR", help="mypy's unpacked source")
    options, arguments = parser.parse_known_args()
    data = options.mypy_data.absolute()
    if not (data / "test-data" / "unit").is_dir():
        parser.error(f"{data} has no test-data/unit")
    failed, summary = run_cases(data, "celery_registry.mypy", arguments)
    print(f"with the plugin:    {summary}")
    ours: set[str] = set()
    if failed:
        without, summary = run_cases(data, "", arguments, failed)
        print(f"of these without:   {summary}")
        ours = failed - without
    print(f"differ: {len(ours)}")
    for name in sorted(ours):
        print(f"  {name}")
    return 1 if ours else 0


if __name__ == "__main__":
    sys.exit(main())
