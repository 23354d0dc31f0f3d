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
