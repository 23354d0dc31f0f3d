"""A project's files -> the stubs that belong to it.

Law: it reads the user's sources through the index and says which file should hold which text. It writes nothing.
"""

from __future__ import annotations

import enum
import functools
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from celery_registry.changes import show_reason
from celery_registry.errors import ConfigurationError
from celery_registry.settings import Settings
from celery_registry.source.files import SourceFile
from celery_registry.source.index import SourceIndex
from celery_registry.source.model import Registration, Registry
from celery_registry.source.project import read_project
from celery_registry.source.setting_names import misnamed_lines
from celery_registry.source.syntax import parse_module, show_no_python
from celery_registry.source.unread import TOO_DEEP
from celery_registry.stubs.render import MARK, TASKS_MARK, ModuleSource, StubRequest, render_shared, render_stub
from celery_registry.stubs.shapes import Shape
from celery_registry.stubs.stub_files import StubPlan

__all__ = ["DEFAULT_OUTPUT", "Layout", "NothingToStub", "is_generated", "plan_stubs"]

_DEFAULTS: Final = Settings()
#: The module in which several stubs of one package find the shapes of their tasks.
_SHARED: Final = "_celery_task_shapes"
#: PEP 561: the rest of the package is where it always was.
_PARTIAL: Final = "partial\n"
#: The header of a stub is no longer than this, in characters.
_HEAD: Final = 1000


class NothingToStub(ConfigurationError):
    """No registry, no plain task that was asked for, and no stub of ours on disk."""


class Layout(enum.Enum):
    """Where a stub stands: in a stub package, beside its module, or in a tree of plain packages."""

    OVERRIDES = "overrides"
    BESIDE = "beside"
    TYPINGS = "typings"


#: The directory that each layout writes to, relative to the project; None is beside the module.
DEFAULT_OUTPUT: Final[Mapping[Layout, str | None]] = {
    Layout.OVERRIDES: "typeshed_overrides",
    Layout.BESIDE: None,
    Layout.TYPINGS: "typings",
}


def plan_stubs(
    paths: Sequence[str],
    layout: Layout,
    output: Path | None,
    cache_dir: Path | None = None,
    sender: str | None = None,
    choices: Settings = _DEFAULTS,
    tasks: bool | None = None,
) -> StubPlan:
    """Read the project and say what its stubs are.

    ``sender`` is an alias of ``Celery`` in a registry's module, by its name or dotted name. ``tasks``: modules of plain
    tasks get stubs too; None where those that are on disk say it. Raises ``NothingToStub``, and ``ConfigurationError``
    where a module cannot be read.
    """
    project = read_project(paths, choices, cache_dir)
    project.refuse_unread()
    index = project.index
    by_module: dict[str, list[Registry]] = {}
    for registry in index.registries.values():
        if registry.module in index.modules:
            by_module.setdefault(registry.module, []).append(registry)
    generated = set(_generated(paths, output))
    if tasks is None:
        tasks = any(_has_tasks(path) for path in generated)
    plain: dict[str, list[Registration]] = {}
    for task in index.plain_tasks() if tasks else ():
        plain.setdefault(task.target_module or task.module, []).append(task)
    sources = _Sources(index)
    on_commit = any(_uses_django(index.imports_of(module)) for module in index.modules)
    contents: dict[Path, str] = {}
    sender_module = _sender_module(sender, by_module, sources)
    regular = {module for module, file in index.modules.items() if file.is_package}
    shared = _shared_modules(plain, sender_module, regular)
    shapes: dict[str, set[Shape]] = {}
    for module in sorted({*by_module, *plain}):
        source = sources.read(module)
        assert source is not None
        request = StubRequest(
            source=source,
            registries=by_module.get(module, ()),
            implementations=index.implementations_of,
            source_of=sources.of,
            enums=tuple(index.enums.values()) if module == sender_module else (),
            sender=None if sender is None or module != sender_module else sender.rpartition(".")[2],
            on_commit=on_commit,
            tasks=plain.get(module, ()),
            shared=shared.get(module),
        )
        try:
            rendered = render_stub(request)
        except RecursionError:
            raise ConfigurationError(f"{index.modules[module].path}: {TOO_DEEP}") from None
        for name, text in rendered.texts.items():
            contents.update(_place(_file_of(name, index.modules[module]), text, layout, output))
        if request.shared is not None:
            shapes.setdefault(request.shared, set()).update(rendered.shapes)
            text = render_shared(shapes[request.shared])
            contents.update(_place(_shared_file(request.shared, index.modules[module]), text, layout, output))
    stale = tuple(sorted(generated - set(contents)))
    sources.refuse_unreadable(stale)
    if not by_module and not plain and not stale:
        missing = "no registry and no plain task" if tasks else "no registry"
        raise NothingToStub(
            f"{missing} in the {project.looked_at}: "
            "a registry is a class whose properties return self._get_task_by_name(...); "
            + (
                f"a plain task is a function of a module, below @app.task or @shared_task{_own_classes(index)}"
                if tasks
                else "plain tasks get stubs with --tasks"
            )
        )
    return StubPlan(dict(sorted(contents.items())), stale, output, tuple(misnamed_lines(index, choices)))


def _own_classes(index: SourceIndex) -> str:
    """Why tasks that are there are not plain: the classes that they have."""
    bases = sorted({r.base.rpartition(".")[2] for r in index.registrations if r.base not in (None, "?")})
    return f", and of no class of its own: {', '.join(bases)}" if bases else ""


def _has_tasks(path: Path) -> bool:
    try:
        return TASKS_MARK in path.read_text(encoding="utf-8")[:_HEAD].splitlines()
    except (OSError, UnicodeDecodeError):
        return False


def _uses_django(imports: Iterable[str]) -> bool:
    # Celery itself makes every task a DjangoTask in a Django project (celery.fixups.django).
    return any(name == "django" or name.startswith("django.") for name in imports)


def _file_of(module: str, home: SourceFile) -> SourceFile:
    """The source file that a stub stands for; a part of a registry has none, and stands beside its registry's."""
    if module == home.module:
        return home
    return SourceFile(module, os.path.join(os.path.dirname(home.path), f"{module.rpartition('.')[2]}.py"))


def _shared_modules(plain: Mapping[str, object], sender_module: str | None, regular: set[str]) -> dict[str, str]:
    """Module of plain tasks -> the module of its package that has their shapes: a checker then reads them once.

    In a namespace package, one without ``__init__.py``, pyright finds no module that stands in the stubs alone.
    """
    tops = Counter(module.partition(".")[0] for module in plain if "." in module)
    return {
        module: f"{top}.{_SHARED}"
        for module in plain
        if tops[top := module.partition(".")[0]] > 1 and top in regular and module != sender_module
    }


def _shared_file(name: str, home: SourceFile) -> SourceFile:
    """The source file that it would be: at the top of the package in which the module is."""
    folder = os.path.dirname(home.path)
    for _ in range(home.module.count(".") - (not home.is_package)):
        folder = os.path.dirname(folder)
    return SourceFile(name, os.path.join(folder, f"{_SHARED}.py"))


def _place(file: SourceFile, text: str, layout: Layout, output: Path | None) -> Iterator[tuple[Path, str]]:
    if output is None:
        yield Path(os.path.relpath(file.path)).with_suffix(".pyi"), text
        return
    top, *rest = file.module.split(".")
    if layout is Layout.OVERRIDES:
        package = output / f"{top}-stubs"
        yield package / "py.typed", _PARTIAL
    else:
        package = output / top
    if file.is_package or (layout is Layout.OVERRIDES and not rest):
        yield package.joinpath(*rest, "__init__.pyi"), text
    else:
        yield package.joinpath(*rest).with_suffix(".pyi"), text


def _generated(paths: Sequence[str], output: Path | None) -> Iterator[Path]:
    """The generated files that are on disk."""
    roots = [Path(path) for path in paths] if output is None else [output]
    for root in roots:
        for stub in root.rglob("*.pyi") if root.is_dir() else ():
            if stub.is_file() and is_generated(stub):
                yield stub if output is not None else Path(os.path.relpath(stub))
                marker = stub.parent
                while output is not None and marker != output:
                    if (marker / "py.typed").is_file() and marker.name.endswith("-stubs"):
                        yield marker / "py.typed"
                    marker = marker.parent


def is_generated(path: Path) -> bool:
    """Whether a file is one of ours."""
    try:
        with path.open(encoding="utf-8") as file:
            return file.readline().rstrip("\n") == MARK
    except (OSError, UnicodeDecodeError):
        return False


def _sender_module(sender: str | None, registries: Mapping[str, object], sources: _Sources) -> str | None:
    if sender is None:
        return None
    module, _, name = sender.rpartition(".")
    for candidate in [module] if module else sorted(registries):
        source = sources.of(candidate) if candidate in registries else None
        if source is not None and name in source.scope.names:
            return candidate
    raise ConfigurationError(
        f"--send-task {sender}: no module with a registry defines it; write {name or 'App'} = Celery in one"
    )


class _Sources:
    """The modules' texts, each read once."""

    def __init__(self, index: SourceIndex) -> None:
        self._files = index.modules

    @functools.cache  # noqa: B019  # Lives as long as one plan.
    def of(self, module: str) -> ModuleSource | None:
        """The module, None where it is not the program's or cannot be parsed."""
        if module not in self._files:
            return None
        try:
            source = self.read(module)
        except (ConfigurationError, SyntaxError, ValueError):
            return None
        return source

    def read(self, module: str) -> ModuleSource:
        """The module of a registry; raises ``ConfigurationError`` where it cannot be read."""
        file = self._files[module]
        try:
            source = ModuleSource(module, _decoded(Path(file.path).read_bytes()), file.is_package)
        except (OSError, UnicodeDecodeError, SyntaxError) as error:
            raise ConfigurationError(f"{os.path.relpath(file.path)}: cannot be read: {show_reason(error)}") from None
        try:
            _ = source.tree
        except SyntaxError as error:
            place = f"{os.path.relpath(file.path)}:{error.lineno}"
            raise ConfigurationError(f"{place}: {show_no_python(error)}") from None
        return source

    def refuse_unreadable(self, stale: Iterable[Path]) -> None:
        """Raise ``ConfigurationError`` where a stub lost its registry only because its module is not Python now."""
        names = {path.stem for path in stale} | {path.parent.name for path in stale}
        for module, file in self._files.items():
            if module.rpartition(".")[2] not in names and not any(n == f"{module}-stubs" for n in names):
                continue
            try:
                parse_module(Path(file.path).read_bytes())
            except SyntaxError as error:
                place = f"{os.path.relpath(file.path)}:{error.lineno}"
                raise ConfigurationError(f"{place}: {show_no_python(error)}") from None
            except (OSError, ValueError) as error:
                raise ConfigurationError(
                    f"{os.path.relpath(file.path)}: cannot be read: {show_reason(error)}"
                ) from None


def _decoded(text: bytes) -> str:
    import io
    import tokenize

    encoding, _ = tokenize.detect_encoding(io.BytesIO(text).readline)
    return text.decode(encoding)
