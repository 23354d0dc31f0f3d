"""The public names are there, lazily, and typed: mypy without the plugin and pyright agree on a program that uses them all.

Law: a name is public where the package's ``__init__`` or the guard's says so; everything else may change.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import celery_registry
import celery_registry.guard

SOURCE = Path(celery_registry.__file__).parents[1]
SAMPLE = Path(__file__).with_name("public_api_sample.py")
# Every public name, where it is defined.
PUBLIC = {
    *(f"{celery_registry._MODULE_OF[name]}.{name}" for name in celery_registry.__all__ if name != "__version__"),
    *(f"celery_registry.guard.{name}" for name in celery_registry.guard.__all__),
}
MISTAKE = '\n\nregister_task(Celery("sample"), "add", add).delay(1, "2")\n'


def pyright(cwd: Path, *options: str) -> tuple[int, str]:
    """Pyright as it is packaged with its own Node: nothing is downloaded."""
    env = {**os.environ, "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1", "PYTHONPATH": str(SOURCE)}
    env["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), env.get("PATH", "")))
    command = [sys.executable, "-m", "pyright", *options]
    finished = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=180)
    return finished.returncode, finished.stdout + finished.stderr


@pytest.mark.parametrize("name", celery_registry.__all__)
def test_a_public_name_can_be_imported(name: str) -> None:
    assert getattr(celery_registry, name) is not None
    assert name in dir(celery_registry)


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'BaseTaskRegistry'"):
        _ = celery_registry.BaseTaskRegistry


def test_the_sample_uses_every_public_name() -> None:
    used = {node.id for node in ast.walk(ast.parse(SAMPLE.read_text())) if isinstance(node, ast.Name)}
    public = {name for name in celery_registry.__all__ if not name.startswith("__")}
    assert public - used == set()


@pytest.mark.parametrize(("more", "status"), [("", 0), (MISTAKE, 1)], ids=["right", "wrong"])
def test_mypy_without_the_plugin_knows_right_from_wrong(tmp_path: Path, more: str, status: int) -> None:
    (tmp_path / "mypy.ini").write_text("[mypy]\nstrict = True\n")
    (tmp_path / "sample.py").write_text(SAMPLE.read_text() + more)
    command = [sys.executable, "-m", "mypy", "--config-file", "mypy.ini", "sample.py"]
    finished = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=180)
    assert finished.returncode == status, finished.stdout + finished.stderr
    assert finished.stdout.count("[arg-type]") == status


@pytest.mark.parametrize(("more", "status"), [("", 0), (MISTAKE, 1)], ids=["right", "wrong"])
def test_pyright_knows_right_from_wrong(tmp_path: Path, more: str, status: int) -> None:
    (tmp_path / "sample.py").write_text(SAMPLE.read_text() + more)
    (tmp_path / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict", "reportMissingTypeStubs": false}')
    found, output = pyright(tmp_path)
    assert found == status, output
    assert output.count("reportArgumentType") == status


def test_pyright_knows_the_type_of_every_public_symbol(tmp_path: Path) -> None:
    _, output = pyright(tmp_path, "--verifytypes", "celery_registry", "--ignoreexternal", "--outputjson")
    symbols = {s["name"]: s for s in json.loads(output)["typeCompleteness"]["symbols"]}
    assert symbols.keys() >= PUBLIC
    members = {name for name in symbols if any(name == public or name.startswith(f"{public}.") for public in PUBLIC)}
    unknown = {name: symbols[name]["diagnostics"] for name in members if not symbols[name]["isTypeKnown"]}
    assert unknown == {}
