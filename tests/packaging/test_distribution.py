"""What people install is what was tested: built, checked, and used from a clean environment.

Law: the wheel and the sdist alone; nothing of the checkout is imported by what runs here.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*command: str | Path, cwd: Path) -> str:
    env = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHONPATH", "PYTEST", "COVERAGE"))}
    finished = subprocess.run(list(map(str, command)), cwd=cwd, env=env, capture_output=True, text=True, timeout=600)
    assert finished.returncode == 0, f"{command}\n{finished.stdout}\n{finished.stderr}"
    return finished.stdout


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sdist of the tracked files, and the wheel that is built from the sdist."""
    source = tmp_path_factory.mktemp("source") / "celery-registry"
    listed = run(
        "git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT
    )
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, source / name)
    run(sys.executable, "-m", "build", "--outdir", source / "dist", source, cwd=source)
    return source / "dist"


def the(dist: Path, pattern: str) -> Path:
    (found,) = dist.glob(pattern)
    return found


@pytest.fixture(scope="module")
def clean(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with the wheel and what its extra for mypy asks for, and nothing else."""
    folder = tmp_path_factory.mktemp("clean") / "venv"
    run(sys.executable, "-m", "venv", folder, cwd=folder.parent)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    wheel = the(dist, "*.whl")
    run(
        python,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "install",
        "--quiet",
        f"{wheel}[compatible-mypy]",
        cwd=folder,
    )
    return python


def test_the_files_are_fit_for_the_package_index(dist: Path) -> None:
    said = run(sys.executable, "-m", "twine", "check", "--strict", *dist.iterdir(), cwd=dist)
    assert said.count("PASSED") == 2
    run(sys.executable, "-m", "check_wheel_contents", the(dist, "*.whl"), cwd=dist)


def test_the_index_page_has_no_link_that_only_works_in_the_checkout() -> None:
    readme = (ROOT / "README.md").read_text()
    links = re.findall(r"\]\(([^)\s]+)\)", re.sub(r"^```.*?^```$", "", readme, flags=re.M | re.S))
    assert links
    assert [link for link in links if "://" not in link and not link.startswith("#")] == []


def test_the_metadata_is_complete(dist: Path, clean: Path) -> None:
    ask = (
        "from importlib.metadata import metadata; [print(f'{k}: {v}') for k, v in metadata('celery-registry').items()]"
    )
    said = run(clean, "-c", ask, cwd=dist)
    for key in (
        "Author",
        "Keywords",
        "License-Expression",
        "Requires-Python",
        "Project-URL",
        "Description-Content-Type",
    ):
        assert re.search(rf"^{key}: \S", said, re.M), key
    required = re.findall(r"^Requires-Dist: (.*)$", said, re.M)
    assert not [line for line in required if "<" in line and "python_version" not in line], "no release is capped"


def test_the_steps_of_the_readme_work_from_the_wheel(clean: Path, tmp_path: Path) -> None:
    """mypy's verdict on the quickstart is its comments', and importing it sends nothing: there is no broker."""
    readme = (ROOT / "README.md").read_text()
    steps = readme.partition("## In your project")[2]
    blocks = re.findall(r"^( *)```python([^\n]*)\n(.*?)^\1```", steps, re.M | re.S)
    text = "\n\n".join(re.sub(rf"^{indent}", "", body, flags=re.M) for indent, _, body in blocks)
    (tmp_path / "calculator.py").write_text(text)
    (tmp_path / "mypy.ini").write_text("[mypy]\nstrict = True\nplugins = celery_registry.mypy\n")
    run(clean, "-c", "import calculator", cwd=tmp_path)
    finished = subprocess.run(
        [clean, "-m", "mypy", "calculator.py"], cwd=tmp_path, capture_output=True, text=True, timeout=300
    )
    promised = [n for n, line in enumerate(text.splitlines(), 1) if "# error: " in line]
    assert promised
    assert [int(n) for n in re.findall(r"^calculator\.py:(\d+): error: ", finished.stdout, re.M)] == promised
    assert "not installed" not in run(clean, "-m", "celery", "registry", "--version", cwd=tmp_path)


def test_the_sdist_runs_its_own_tests(dist: Path, tmp_path: Path) -> None:
    """In this environment, and without a repository around it; those of the core are enough to see that all is there."""
    with tarfile.open(the(dist, "*.tar.gz")) as archive:
        archive.extractall(tmp_path, **({"filter": "data"} if sys.version_info >= (3, 12) else {}))
    (source,) = tmp_path.iterdir()
    assert (source / "tests" / "run.py").is_file()
    assert (source / "examples" / "demo.py").is_file()
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-n",
        "0",
        "tests/contract",
        "tests/report",
    ]
    env = {**os.environ, "PYTHONPATH": str(source / "src")}
    finished = subprocess.run(command, cwd=source, env=env, capture_output=True, text=True, timeout=300)
    assert finished.returncode == 0, finished.stdout[-3000:]
    assert re.search(r"\d+ passed", finished.stdout)
