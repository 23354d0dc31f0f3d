"""Settings that name a class, an enum or a parameter that is not there: told in one line by each front that can know."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .program import FRONTS, TAIL, module

_TENANT = """
class Tenant(Task[..., Any]):
    abstract = True
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return super().__call__(*args, tenant=1, **kwargs)

@app.task(name='ping', base=Tenant)
def ping(to: str, tenant: int) -> None: ...
"""
_ENUM = 'registry = ["work.TasksRegistry"]\nnames = ["work.TaskName"]\n'
_RIGHT = _ENUM + 'injected-parameters = { "work.Tenant" = ["tenant"] }'
#: Setting -> the text that every front tells, None where it is right. For what it is said to supply no worker is refused.
PROGRAMS: dict[str, tuple[str, str | None]] = {
    "right": (_RIGHT, None),
    "a registry": (_RIGHT.replace("TasksRegistry", "TaskRegistry"), 'TasksRegistry"'),
    "an enum": (_RIGHT.replace("work.TaskName", "work.TaskNames"), 'TaskName"'),
    "a class that supplies": (_RIGHT.replace("work.Tenant", "work.Tennant"), 'did you mean "work.Tenant"'),
    "a parameter": (_RIGHT.replace('["tenant"]', '["tennant"]'), 'did you mean "tenant"?'),
    # What is not read, and what nobody takes yet.
    "another package": (_RIGHT.replace("}", ', "billing.base.Tenant" = ["tenant"] }'), None),
    "one more parameter": (_RIGHT.replace('["tenant"]', '["tenant", "request"]'), None),
}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("settings")
    for name, (settings, _) in PROGRAMS.items():
        place = folder / name
        place.mkdir()
        text = module(_TENANT, {"ping": "Task[[str], None]"})
        # There the code names no class: a worker holds itself to what the settings say.
        given = name in ("a registry", "an enum")
        (place / "work.py").write_text(text.replace(TAIL, "\nguard.install(app)\n") if given else text)
        (place / "pyproject.toml").write_text(
            f'[tool.mypy]\nplugins = ["celery_registry.mypy"]\n[tool.celery-registry]\napp = "work:app"\n{settings}\n'
        )
    return folder


@pytest.mark.parametrize("front", FRONTS)
def test_each_front_tells_what_names_nothing(front: str, written: Path, tmp_path: Path) -> None:
    rows = [
        {"directory": str(written / name), "app": "work:app", "paths": ["."], "base": ".", "cache": str(tmp_path)}
        for name in PROGRAMS
    ]
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("fronts.py")), front],
        input=json.dumps(rows),
        env={**os.environ, "PYTHONWARNINGS": "ignore", "MYPY_FORCE_COLOR": "0"},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout.splitlines()[-1])
    for (name, (_, told)), answer in zip(PROGRAMS.items(), answers, strict=True):
        text = answer["text"]
        if told is None:
            assert not answer["codes"], (name, text)
            assert "names nothing" not in text, (name, text)
            assert "supplies no" not in text, (name, text)
        else:
            assert told in text, (name, text)
            assert front != "mypy" or len(text.splitlines()) == 1, (name, text)


#: What does not judge tells it too, and does its work all the same.
_COMMANDS = (["lock", "--static", "--output", "static.lock"], ["lock", "--output", "app.lock"], ["stubs"])
_IN_ONE_PROCESS = """
import os, sys, warnings
warnings.simplefilter("ignore")
from celery_registry.cli import registry
import celery_registry.cli.lock, celery_registry.stubs.commands
sys.path.insert(0, os.getcwd())
for arguments in {commands!r}:
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        print("$", *arguments, file=sys.stderr)
        registry.main(arguments)
    _, status = os.waitpid(child, 0)
    print("=", os.waitstatus_to_exitcode(status), file=sys.stderr)
"""


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_command_that_does_not_judge_tells_it_and_goes_on(name: str, written: Path) -> None:
    told = PROGRAMS[name][1]
    done = subprocess.run(
        [sys.executable, "-c", _IN_ONE_PROCESS.format(commands=[list(each) for each in _COMMANDS])],
        cwd=written / name,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    answers = done.stderr.split("$ ")[1:]
    assert len(answers) == len(_COMMANDS), done.stderr
    for answer in answers:
        assert "= 0" in answer.splitlines(), answer
        warned = [line for line in answer.splitlines() if line.startswith("celery-registry: pyproject.toml: ")]
        assert bool(warned) == (told is not None), answer
        assert told is None or told in "\n".join(warned), answer


def test_doctor_tells_it_too(written: Path) -> None:
    for name in ("right", "an enum"):
        told = PROGRAMS[name][1]
        done = subprocess.run(
            [sys.executable, "-c", "from celery_registry.cli import main; main()", "doctor", "--no-daemon"],
            cwd=written / name,
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert ("names nothing" in done.stderr) == (told is not None), done.stderr
