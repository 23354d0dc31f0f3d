"""What is said of ``injected-parameters`` at boot only warns: it ends no process, whatever it looks at."""

import logging
import sys
import types
from pathlib import Path

import pytest
from celery import Celery, Task

from celery_registry import guard


@pytest.mark.parametrize(("place", "warnings"), [("base.py", 1), ("no\0path", 0)])
def test_a_module_without_a_place_ends_nothing(
    place: str, warnings: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    module = types.ModuleType("injected_base")
    module.__file__ = place
    base = type("Base", (Task,), {"abstract": True, "__module__": "injected_base"})
    module.Base = base  # type: ignore[attr-defined]  # a module made here has what it is given
    monkeypatch.setitem(sys.modules, "injected_base", module)
    (tmp_path / "pyproject.toml").write_text(
        '[tool.celery-registry.injected-parameters]\n"injected_base.Base" = ["tenent"]\n'
    )
    (tmp_path / "base.py").write_text("tenant = 1\n")
    monkeypatch.chdir(tmp_path)
    app = Celery("injected", set_as_current=False)

    @app.task(base=base, name="injected.send")
    def send(tenant: str) -> None: ...

    with caplog.at_level(logging.WARNING, "celery.worker"):
        guard.verify(app)
    assert len([r for r in caplog.records if "tenent" in r.getMessage()]) == warnings
