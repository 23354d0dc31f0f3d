"""Which file counts where several have one module name: two services of a repository that are both called ``app``.

Law: mypy's own choice, as far as it has been met, decides; files and that choice in, the files of one program out.
Where nothing has been met every file stays, and of two for one module the first path counts. A program in which each
module has one file pays for nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from celery_registry.source.wanted import file_says_something

if TYPE_CHECKING:
    from celery_registry.source.files import SourceFile

__all__ = ["Twins"]


class Twins:
    """The choice so far.

    From ``bases`` mypy imports in every run; ``settled`` is what an earlier run left; ``is_production`` tells of a path
    that it is no test code.
    """

    def __init__(
        self, bases: Iterable[str], settled: Mapping[str, str] | None, is_production: Callable[[str], bool]
    ) -> None:
        self._bases = frozenset(os.path.abspath(base) for base in bases)
        self._is_production = is_production
        self._met = {module: path for module, path in (settled or {}).items() if path}
        self._by_module: dict[str, list[SourceFile]] = {}
        self._dropped: dict[str, SourceFile] = {}
        self.chosen: Sequence[SourceFile] = ()
        """One file for each module, and none of a program that mypy does not read."""
        self.settled: dict[str, str] = {}
        """Every module that has several files -> the one that mypy has, empty where that is not known."""
        self.leaves_out = False
        """Whether there is another program that may register tasks, and was left out."""
        self.turns = 0
        """How often ``settled`` has been made."""

    @property
    def unsettled(self) -> list[str]:
        """The modules for which it is not known which file mypy has."""
        return [module for module, path in self.settled.items() if not path]

    def choose(self, files: Iterable[SourceFile]) -> None:
        """Choose among these files by what has been met."""
        found = list(files)
        self._by_module, self._dropped, self.settled, self.leaves_out, self.chosen = {}, {}, {}, False, found
        if len({file.module for file in found}) < len(found):
            for file in sorted(found):
                self._by_module.setdefault(file.module, []).append(file)
            self._settle()

    def meet(self, module: str, path: str, anew: bool) -> bool:
        """Take note of the file that mypy has for a module; true where that was not known.

        ``anew`` where what was met before may be another run's: then nothing of the programs beside this one stays.
        """
        if not self._by_module:
            return False
        path = os.path.abspath(path)
        found = self._by_module.get(module, ())
        mine = next((file for file in found if file.path == path), None)
        if mine is None or (self.settled[module] == path if len(found) > 1 else path not in self._dropped):
            return False
        if anew:
            rivals = {file.base for file in found if file.base != mine.base} - self._bases
            self._met = {m: p for m, p in self._met.items() if self._base(m, p) not in rivals}
        self._met[module] = path
        self._settle()
        return True

    def _base(self, module: str, path: str) -> str | None:
        return next((file.base for file in self._by_module.get(module, ()) if file.path == path), None)

    def _settle(self) -> None:
        met = {base for module, path in self._met.items() if (base := self._base(module, path)) is not None}
        others, packages = self._others(met)
        chosen, settled = [], {}
        self._dropped = {}
        for module, found in self._by_module.items():
            wanted = self._wanted(found, met)
            if len(found) > 1:
                settled[module] = wanted[0].path if wanted else ""
            if not wanted and module.partition(".")[0] not in packages:
                wanted = [file for file in found if not _nearest(file.path, others, met | self._bases)]
            chosen += wanted[:1]
            if others or packages:
                self._dropped.update({file.path: file for file in found if file not in wanted[:1]})
        self.chosen, self.settled = chosen, settled
        self.turns += 1
        self.leaves_out = any(self._counts(file) and not self._is_copy(file) for file in self._dropped.values())

    def _wanted(self, found: Sequence[SourceFile], met: set[str]) -> list[SourceFile]:
        """Those of the files of one module that mypy has, as far as is known."""
        path = self._met.get(found[0].module)
        return [file for file in found if file.path == path] or [file for file in found if file.base in met]

    def _others(self, met: set[str]) -> tuple[set[str], set[str]]:
        """The bases of programs that mypy does not read, and the packages that it has from elsewhere, whole."""
        others: set[str] = set()
        packages: set[str] = set()
        for module, found in self._by_module.items():
            wanted = self._wanted(found, met)
            # Two files setup.py, or two folders of tests, tell nothing about two programs.
            if len(found) == 1 or not wanted or not any(self._counts(file) for file in found):
                continue
            others |= {file.base for file in found if file.base is not None} - met
            top = module.partition(".")[0]
            if any(file.is_package and file.base == wanted[0].base for file in self._by_module.get(top, ())):
                packages.add(top)
        return others - self._bases, packages

    def _counts(self, file: SourceFile) -> bool:
        return self._is_production(file.path) and file_says_something(file.path)

    def _is_copy(self, file: SourceFile) -> bool:
        """Whether a file is what a build has left of one that counts."""
        return any(
            other.path != file.path and other.path not in self._dropped and _read(other.path) == _read(file.path)
            for other in self._by_module[file.module]
        )


def _nearest(path: str, others: set[str], kept: set[str] | frozenset[str]) -> bool:
    """Whether the directory of a program that is left out is the nearest one above a path."""
    while others and os.path.dirname(path) != path:
        path = os.path.dirname(path)
        if path in kept or path in others:
            return path not in kept
    return False


def _read(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None
