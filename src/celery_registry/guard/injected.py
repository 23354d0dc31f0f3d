"""Names in settings, above all in ``injected-parameters``, that name nothing in the running program.

Law: it tells what is certain, imports nothing, and stops nobody: a worker of another service may share the settings.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterable, Iterator
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

from celery import Task

from celery_registry.contract.injected import Supplier, show_misnamed, unknown_parameters
from celery_registry.contract.signature import Kind
from celery_registry.guard.app_reader import AppReader
from celery_registry.guard.installation import Installation
from celery_registry.guard.wrappers import read_wrapping

__all__ = ["misnamed_class", "misnamed_injections"]

_OPEN = (Kind.VAR_POSITIONAL, Kind.VAR_KEYWORD)
_NOT_THE_USERS = ("celery.", "builtins.", "typing.")


def misnamed_injections(installation: Installation, reader: AppReader) -> Iterator[str]:
    """One line for each class, decorator or parameter that is not there; what ``reader`` has read is not read again."""
    if not installation.injected:
        return
    served = list(_served(installation, reader))
    for name, listed in installation.injected.items():
        text = misnamed_class("injected-parameters", name)
        if text is not None:
            yield text
            continue
        supplier = _supplier(name, served)
        if supplier is not None:
            yield from unknown_parameters(supplier, listed)


def misnamed_class(setting: str, name: str) -> str | None:
    """What is said of a name in a setting whose module is loaded and has no such attribute."""
    module, attribute = _split(name)
    if module is None:
        return None
    try:
        getattr(module, attribute)
    except AttributeError:
        where = getattr(module, "__path__", None)
        if where is not None and PathFinder.find_spec(f"{module.__name__}.{attribute}", where) is not None:
            return None
    except Exception:  # a module may have a __getattr__ of its own
        return None
    else:
        return None
    near = [f"{module.__name__}.{n}" for n, v in vars(module).items() if isinstance(v, type) or inspect.isfunction(v)]
    return show_misnamed(setting, name, f'"{module.__name__}"', near)


def _split(name: str) -> tuple[ModuleType | None, str]:
    """The loaded module in which a dotted name must be, and its first part in there."""
    parts = name.split(".")
    for end in range(len(parts) - 1, 0, -1):
        module = sys.modules.get(".".join(parts[:end]))
        if isinstance(module, ModuleType):
            return module, parts[end]
    return None, name


def _served(installation: Installation, reader: AppReader) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Each task that something supplies parameters to: the dotted names of all that may, and what it takes as written."""
    for task in installation.app.tasks.values():
        if str(task.name).startswith("celery."):
            continue
        # The first is the task itself: Celery makes a class of each function.
        classes = (f"{base.__module__}.{base.__qualname__}" for base in type(task).__mro__[1:])
        run = inspect.getattr_static(type(task), "run", Task.run)
        run = getattr(run, "__func__", run)
        sources = (*classes, *read_wrapping(run).decorators)
        if not installation.injected.keys().isdisjoint(sources):
            yield sources, reader.read(task).taken


def _supplier(name: str, served: Iterable[tuple[tuple[str, ...], Any]]) -> Supplier | None:
    """The class or decorator with what its tasks take; None where one of them takes what cannot be read."""
    taken: set[str] = set()
    others: set[str] = set()
    for sources, parameters in served:
        if name not in sources:
            continue
        if parameters is None or any(p.kind in _OPEN for p in parameters):
            return None
        taken.update(p.name for p in parameters)
        others.update(s for s in sources if not s.startswith(_NOT_THE_USERS))
    texts = {_text_of(_split(other)[0]) for other in others}
    return Supplier(name, taken, frozenset(re.findall(r"\w+", "\n".join(texts))))


def _text_of(module: ModuleType | None) -> str:
    try:
        return Path(str(getattr(module, "__file__", None))).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
