"""What mypy looks at again after an edit: those whom it concerns, and nobody else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from differential.processes import New
from differential.small_program import PROGRAM, Edit, replace
from differential.ways import write_files

CALLERS = {
    "shop/first_calls.py": """from shop.registry import FirstRegistry


def clean(first: FirstRegistry) -> None:
    first.clean.delay(3)


def ping(first: FirstRegistry) -> None:
    first.ping.delay()
""",
    "shop/ping_calls.py": """from shop.registry import FirstRegistry


def ping(first: FirstRegistry) -> None:
    first.ping.delay()
""",
    "shop/second_calls.py": """from shop.second import SecondRegistry


def send(second: SecondRegistry) -> None:
    second.send.delay(to="me")
""",
    "shop/direct_calls.py": """from shop.controllers import Controller


def clean(controller: Controller) -> int:
    return controller.clean(3)
""",
}
BODY = replace("shop/controllers.py", 'return "pong"', 'return "ping" + "pong"')


def rename(files: dict[str, str]) -> None:
    replace("shop/controllers.py", "days_old", "days")(files)


def log_of_edit(edit: Edit, folder: Path, module: str, *command: str) -> str:
    """What mypy says with ``-v`` when it is run after the edit of a program that it has seen."""
    files = {**PROGRAM, **CALLERS}
    write_files(folder, files, 1)
    first = New().run(module, [*command], folder)
    edit(files)
    write_files(folder, files, 2)
    second = New().run(module, [*command], folder)
    assert (first.returncode, second.returncode) == (0, 0), first.stdout + second.stdout
    return second.stdout + second.stderr


@pytest.mark.parametrize(
    ("edit", "expected"),
    [(rename, {"controllers", "registry", "first_calls", "other_calls", "direct_calls"}), (BODY, {"controllers"})],
    ids=["rename", "body"],
)
def test_a_warm_run_reads_the_modules_of_the_callers_alone(edit: Edit, expected: set[str], tmp_path: Path) -> None:
    """Not the calls by another name or property, nor those of the other registry, nor another controller."""
    log = log_of_edit(edit, tmp_path / "project", "mypy", "-v", "--cache-dir", str(tmp_path / "cache"), "shop")
    assert set(re.findall(r"Parsing shop/(\w+)\.py", log)) == expected


@pytest.mark.parametrize(
    ("edit", "expected"),
    [(rename, {"first_calls.clean", "other_calls.call", "direct_calls.clean"}), (BODY, set())],
    ids=["rename", "body"],
)
def test_the_daemon_checks_the_functions_of_the_callers_alone(edit: Edit, expected: set[str], tmp_path: Path) -> None:
    """A function beside a caller is not checked again, nor the other properties of the registry."""
    status = ["--status-file", str(tmp_path / "status.json")]
    command = [*status, "run", "--timeout", "900", "--", "shop", "-v"]
    try:
        log = log_of_edit(edit, tmp_path / "project", "mypy.dmypy", *command)
    finally:
        New().run("mypy.dmypy", [*status, "stop"], tmp_path / "project")
    checked = set(re.findall(r"process: shop\.(\S+)", log))
    assert {target for target in checked if "calls" in target} == expected
    assert {target for target in checked if "registry" in target} <= {"registry.FirstRegistry.clean"}
    assert bool(checked) == bool(expected), checked
