"""Which of several registrations of one task name a module means: a test its fake, a service its own task.

Law: paths in, a choice out. It knows where applications are made and which files are tests, and nothing of what tasks
take; where nobody can tell which one is meant, none is.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence

from celery_registry.source.model import How, Registration
from celery_registry.source.testing import may_be_tests

__all__ = ["Services"]


class Services:
    """The parts of one program.

    ``applications`` are the files that make a Celery application; ``area_of`` gives the test code that a path belongs
    to, ``base_of`` the directory from which the module at a path is imported.
    """

    def __init__(
        self,
        applications: Iterable[str],
        area_of: Callable[[str], str | None],
        base_of: Callable[[str], str | None],
    ) -> None:
        self._area_of, self._base_of = area_of, base_of
        self._at: dict[str, list[str]] = {}
        self._below: dict[str, set[str]] = {}
        for path in applications:
            if area_of(path) is None:
                folder = os.path.dirname(path)
                self._at.setdefault(folder, []).append(folder)
                for above in _with_parents(folder):
                    self._below.setdefault(above, set()).add(folder)
        self._homes: dict[str, frozenset[str]] = {}

    def home(self, path: str) -> frozenset[str]:
        """The folders of the applications that a file can belong to: the nearest, beside or above it, else below."""
        folder = os.path.dirname(path)
        if folder not in self._homes:
            self._homes[folder] = self._home_of(folder)
        return self._homes[folder]

    def _home_of(self, folder: str) -> frozenset[str]:
        for above in _with_parents(folder):
            if above in self._at:
                return frozenset({above})
            if above in self._below:
                return frozenset(self._below[above])
        return frozenset()

    def shares_tests(self, path: str, asker: str | None) -> bool:
        """Whether test code at a path is the asker's own."""
        area = self._area_of(path)
        own = None if asker is None else self._area_of(asker)
        if area is None or own is None:
            return False
        return _is_below(own, area) or _is_below(area, own)

    def is_production(self, path: str) -> bool:
        """Whether a file is no test code."""
        return self._area_of(path) is None

    def seen(self, registrations: Iterable[Registration], asker: str | None) -> list[Registration]:
        """The registrations that can be meant in a file: the program's, in test code also its own."""
        return [
            r for r in registrations if self.is_production(r.origin.path) or self.shares_tests(r.origin.path, asker)
        ]

    def meant(
        self,
        registrations: Sequence[Registration],
        asker: str | None,
        is_known: Callable[[frozenset[str]], bool],
        own: bool = False,
    ) -> tuple[Registration, ...]:
        """Those of the registrations of one name that are meant in a file; ``asker`` None is the program as a whole.

        ``is_known`` tells whether every name that the services at these places register can be read. ``own`` where the
        asker declares the task itself: then a fake beside it is the one that is meant, not also the program's.
        """
        tests = [r for r in registrations if self.shares_tests(r.origin.path, asker)]
        if tests and own:
            return tuple(tests)
        production = [r for r in registrations if self.is_production(r.origin.path)]
        # A module test_connection.py without tests is production, unless another one implements the task.
        production = [r for r in production if not may_be_tests(r.origin.path)] or production
        return (*self._of_service(production, asker, is_known), *tests)

    def _of_service(
        self, found: list[Registration], asker: str | None, is_known: Callable[[frozenset[str]], bool]
    ) -> list[Registration]:
        if asker is None or not found:
            return found
        mine = self.home(asker)
        homes = [self.home(r.origin.path) for r in found]
        nearest = [r for r, home in zip(found, homes, strict=True) if home == mine]
        if not nearest:
            nearest = [r for r, home in zip(found, homes, strict=True) if home & mine]
            if len({home for home in homes if home & mine}) > 1:
                # What stands above several services may run in each, and each has its own.
                return []
        if nearest:
            # A task that names its application is that application's, wherever it stands.
            base = self._base_of(asker)
            beside = [r for r in nearest if r.how is How.APP_TASK or self._base_of(r.origin.path) == base]
            return beside or nearest
        return found if len(set(homes)) == 1 and is_known(mine) else []


def _with_parents(folder: str) -> Iterable[str]:
    while True:
        yield folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return
        folder = parent


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
