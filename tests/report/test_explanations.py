"""The examples of the explanations are true: mypy and the guard see the wrong one and accept its right twin."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from celery_registry.cli.static import judge_source
from celery_registry.contract.codes import Code
from celery_registry.contract.explanations import EXPLANATIONS, PREAMBLE
from celery_registry.settings import Settings

#: One process, and a fork for each example: tasks are shared between all applications of a process.
CHECK = """
import importlib, json, os, sys
from celery_registry import guard
for name in sys.argv[1:]:
    reading, writing = os.pipe()
    if os.fork() == 0:
        try:
            example = importlib.import_module(name)
            registry, names = getattr(example, "TasksRegistry", None), getattr(example, "TaskName", None)
            found = guard.check(example.app, registry, names, strict="undeclared" in name)
            os.write(writing, json.dumps([str(finding.code) for finding in found]).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        print(json.dumps({name: json.loads(answer.read() or "null")}))
    os.wait()
"""

CODES = {who: [code for code in Code if who in EXPLANATIONS[code].reported_by] for who in ("mypy", "boot", "check")}
#: The example is an import that fails, which the text does not tell; tests/cli has what check tells of this code.
CODES["check"].remove(Code.IMPORT)


def write_examples(directory: Path, codes: list[Code]) -> list[str]:
    """A module for each example and for its right twin, under task names of its own."""
    modules = []
    for code in codes:
        for kind, text in (("wrong", EXPLANATIONS[code].wrong), ("right", EXPLANATIONS[code].mended)):
            module = f"{str(code).replace('-', '_')}_{kind}"
            own = re.sub(r'"(ping|pong|pign|send_email)"', rf'"\1-{code}-{kind}"', text)
            (directory / f"{module}.py").write_text(f"{PREAMBLE}\n\n{own}")
            modules.append(module)
    return modules


@pytest.fixture(scope="module")
def boot(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Module -> the codes that the guard finds in it."""
    directory = tmp_path_factory.mktemp("boot")
    command = [sys.executable, "-c", CHECK, *write_examples(directory, CODES["boot"])]
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=True)
    found: dict[str, list[str]] = {}
    for line in done.stdout.splitlines():
        found.update(json.loads(line))
    return found


@pytest.fixture(scope="module")
def mypy(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Module -> the codes that mypy finds in it."""
    directory = tmp_path_factory.mktemp("mypy")
    modules = write_examples(directory, CODES["mypy"])
    (directory / "mypy.ini").write_text(
        "[mypy]\nplugins = celery_registry.mypy\n\n[celery-registry]\nstrict = yes\nrequest-handlers = *sync_call*\n"
        "task-serializer = json\n"
    )
    command = [sys.executable, "-m", "mypy", "--strict", "--no-pretty", "--cache-dir", str(directory / "cache"), "."]
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    found: dict[str, list[str]] = {module: [] for module in modules}
    # A warning is a note, which has no code of mypy's.
    told = r"^(\w+)\.py:\d+(?::\d+)?: (?:error|note): .*[\[(]([\w-]+)[\])]$"
    for module, code in re.findall(told, done.stdout, re.MULTILINE):
        found[module].append(code)
    return found


@pytest.mark.parametrize("code", CODES["boot"], ids=str)
def test_the_guard_sees_the_wrong_example_and_accepts_its_right_twin(boot: dict[str, list[str]], code: Code) -> None:
    module = str(code).replace("-", "_")
    assert set(boot[f"{module}_wrong"]) == {code.value}
    assert boot[f"{module}_right"] == []


@pytest.mark.parametrize("code", CODES["mypy"], ids=str)
def test_mypy_sees_the_wrong_example_and_accepts_its_right_twin(mypy: dict[str, list[str]], code: Code) -> None:
    module = str(code).replace("-", "_")
    assert set(mypy[f"{module}_wrong"]) == {code.value}
    assert mypy[f"{module}_right"] == []


@pytest.mark.parametrize("code", CODES["check"], ids=str)
def test_check_without_mypy_sees_the_wrong_example_and_accepts_its_right_twin(tmp_path: Path, code: Code) -> None:
    for text, codes in ((EXPLANATIONS[code].wrong, {code}), (EXPLANATIONS[code].mended, set())):
        (tmp_path / "example.py").write_text(f"{PREAMBLE}\n\n{text}")
        report = judge_source(Settings(severity={str(code): "error"}, strict=code is Code.UNDECLARED), [str(tmp_path)])
        assert {finding.code for finding in report.findings} == codes
