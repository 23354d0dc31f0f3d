"""Every branch of the core is run by the core's own tests.

All modules of ``contract/`` count, also one that no test of the core imports. A rule that came with the tests of its front
may be two in a hundred behind.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_branch_coverage_of_the_contract_is_complete(tmp_path):
    data = f"--data-file={tmp_path / 'coverage'}"
    run = [sys.executable, "-m", "coverage", "run", data, "--branch", "--source=celery_registry.contract"]
    tests = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "tests/contract"]
    done = subprocess.run([*run, *tests], cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    report = [sys.executable, "-m", "coverage", "report", data, "--show-missing", "--skip-covered", "--fail-under=98"]
    done = subprocess.run(report, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
