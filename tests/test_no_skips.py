"""Where the build machine runs the tests, a skipped test is a failed test.

Law: the plugin is judged by what a real pytest says about small files.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# The other plugins of the environment only cost time here.
PLAIN = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}

SKIPS = {
    "a call": "import pytest\ndef test_it():\n    pytest.skip('no server')\n",
    "a mark": "import pytest\n@pytest.mark.skipif(True, reason='no server')\ndef test_it():\n    assert True\n",
    "a fixture": "import pytest\n@pytest.fixture\ndef server():\n    pytest.skip('no server')\ndef test_it(server):\n    assert True\n",
    "a missing module": "import pytest\npytest.importorskip('no_such_server', reason='no server')\n",
}


def run(path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Pytest in the checkout, where ``tests.no_skips`` is found, as ``tests/run.py`` starts it."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        *options,
        "--rootdir",
        str(path.parent),
        "-c",
        "/dev/null",
    ]
    return subprocess.run([*command, str(path)], cwd=ROOT, env=PLAIN, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("text", SKIPS.values(), ids=SKIPS.keys())
def test_a_skip_fails_with_its_reason(tmp_path: Path, text: str) -> None:
    path = tmp_path / "test_skipped.py"
    path.write_text(text)
    assert run(path).returncode in (0, 5)
    refused = run(path, "-p", "tests.no_skips")
    assert refused.returncode not in (0, 5)
    assert "a test may not be skipped here" in refused.stdout
    assert "no server" in refused.stdout


def test_a_test_that_passes_still_passes(tmp_path: Path) -> None:
    path = tmp_path / "test_fine.py"
    path.write_text(
        "import pytest\n@pytest.mark.xfail\ndef test_known():\n    assert False\ndef test_fine():\n    assert True\n"
    )
    assert run(path, "-p", "tests.no_skips").returncode == 0
