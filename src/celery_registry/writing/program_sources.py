"""The texts of a program's modules, each read once.

Law: a module's name in, its text or its names out; and the other way, what a file would be called.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from pathlib import Path

from celery_registry.errors import ConfigurationError
from celery_registry.source.files import SourceFile
from celery_registry.source.module_scope import ModuleScope
from celery_registry.writing.source_text import SourceText

__all__ = ["ProgramSources"]


class ProgramSources:
    """The modules of one program."""

    def __init__(self, modules: Mapping[str, SourceFile]) -> None:
        self.modules = modules

    @functools.cache  # noqa: B019  # Lives as long as one plan.
    def source_of(self, module: str) -> SourceText | None:
        """The text of a module of the program, None where it is none or cannot be parsed."""
        file = self.modules.get(module)
        if file is None:
            return None
        try:
            source = SourceText(Path(file.path))
            _ = source.tree
        except ConfigurationError:
            return None
        return source

    @functools.cache  # noqa: B019  # As above.
    def scope_of(self, module: str) -> ModuleScope | None:
        """The names of a module of the program."""
        source = self.source_of(module)
        file = self.modules.get(module)
        return None if source is None or file is None else ModuleScope(module, source.tree, is_package=file.is_package)

    def planned(self, module: str, source: SourceText) -> Callable[[str], ModuleScope | None]:
        """As ``scope_of``, with a module as it is going to be."""
        file = self.modules.get(module)
        scope = ModuleScope(module, source.tree, is_package=file is not None and file.is_package)
        return lambda wanted: scope if wanted == module else self.scope_of(wanted)

    def read(self, module: str) -> SourceText:
        """The text of a module; raises ``ConfigurationError`` where it cannot be parsed."""
        source = self.source_of(module)
        if source is None:
            source = SourceText(Path(self.modules[module].path))
            _ = source.tree
        return source

    def base_of(self, module: str) -> Path:
        """The directory from which a module is imported."""
        file = self.modules[module]
        depth = module.count(".") + (1 if file.is_package else 0)
        return Path(file.path).parents[depth]

    def module_of(self, path: Path) -> str:
        """What a file beside the program's is called when it is imported."""
        place = path.resolve().with_suffix("")
        bases = {self.base_of(module).resolve() for module in self.modules}
        near = [base for base in bases if base in place.parents]
        if not near:
            return place.name
        # The nearest base would name a part of a package, so the farthest that starts at one is meant.
        packages = [base for base in near if not (base / "__init__.py").is_file()]
        return ".".join(place.relative_to(max(packages or near, key=lambda base: len(base.parts))).parts)
