"""Fixtures of the guard's tests: modules made of text, and nothing left behind in Celery."""

from __future__ import annotations

import itertools
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from celery import _state, signals

Load = Callable[..., ModuleType]

_NUMBERS = itertools.count()


@pytest.fixture(autouse=True)
def _untouched_celery() -> Iterator[None]:
    """Shared tasks and autodiscovery of one test are not those of the next."""
    shared = set(_state._on_app_finalizers)
    apps = set(_state._get_active_apps())
    waiting = list(signals.import_modules.receivers or ())
    yield
    _state._on_app_finalizers.clear()
    _state._on_app_finalizers.update(shared)
    signals.import_modules.receivers = waiting
    # A shared task is handed to every finalized application that is still alive.
    for app in set(_state._get_active_apps()) - apps:
        app.close()


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Load]:
    """Write a text as a module under a name of its own, and import it."""
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)

    def load_text(text: str, name: str | None = None) -> ModuleType:
        name = name or f"guarded_{next(_NUMBERS)}"
        path = tmp_path / (name.replace(".", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        module = ModuleType(name) if name in sys.modules else None
        assert module is None, f"{name} is imported already"
        import importlib

        importlib.invalidate_caches()
        return importlib.import_module(name)

    yield load_text
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", None) or "").startswith(str(tmp_path)):
            del sys.modules[name]
