"""Whether the code of the checkout has moved on since a lock was written.

Law: a lock and source text in, sentences out. Only what the text surely tells is told: a name that is registered once,
a function that is gone from where the lock saw it, a new task where the program surely looks for its tasks.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from celery_registry.contract.lock import Lock, LockedTask
from celery_registry.contract.signature import Parameter, TaskSignature
from celery_registry.report.document import show_path
from celery_registry.source.aliases import read_aliases
from celery_registry.source.index import SourceIndex
from celery_registry.source.model import How, Registration
from celery_registry.source.project import Choices, read_project
from celery_registry.wire.task_lines import Places

__all__ = ["read_stale"]

#: The words of types that a lock and a source write alike, whatever a module imports.
_PLAIN: Final = frozenset({"None", "bool", "bytes", "dict", "float", "int", "list", "set", "str", "tuple"})


def read_stale(lock: Lock, root: Path, choices: Choices, was_there: Callable[[Path], bool]) -> Iterator[str]:
    """One sentence for each task that the files below ``root`` (its ``src``, where there is one) say otherwise.

    ``was_there`` tells whether a file that is not here is one of the older version's. Raises ``ConfigurationError`` as ``read_project`` does.
    """
    source = root / "src"
    index = read_project((str(source if source.is_dir() else root),), choices).index
    by_name: dict[str, list[Registration]] = {}
    nameless = False
    for registration in index.seen_from():
        nameless = nameless or registration.task_name is None
        if registration.task_name is not None:
            known = registration.without_injected(choices.injected_parameters)
            by_name.setdefault(registration.task_name, []).append(known)
    places = Places(root, was_there=was_there)
    written = {name: task for name, task in lock.tasks.items() if task.alias_of is None and task.implementation}
    lost = []
    for name, task in sorted(written.items()):
        found = by_name.get(name, [])
        if len(found) == 1 and (found[0].target == task.implementation or places.is_gone(str(task.implementation))):
            yield from _moved_on(task, found[0])
        elif not found and places.is_gone(str(task.implementation)):
            yield f'"{name}": {task.implementation} is no longer there'
        elif not found:
            lost.append(task)
    if not nameless and index.reads_everything:
        # What registers tasks out of sight does so with more than a few.
        seen = [name for name in written if name in by_name]
        bare = [task for task in lost if len(lost) <= len(seen) and places.is_bare(str(task.implementation))]
        yield from (f'"{task.name}": {task.implementation} is no task any more' for task in bare)
    yield from _new(lock, by_name, _Imported(lock, by_name, index, places))
    for alias in read_aliases(index):
        if alias.old not in lock.tasks and alias.new in by_name and alias.old not in by_name:
            yield f'"{alias.old}": the lock has no such name, an alias of "{alias.new}" in the code'


# -- what a task takes -------------------------------------------------------------------------------------------


def _moved_on(task: LockedTask, written: Registration) -> Iterator[str]:
    """A signature that changed; a class of the user's own may change it on its way."""
    there, here = task.signature, written.signature
    if there.parameters is None or here.parameters is None or written.base is not None or not written.typing:
        return
    place = f"{show_path(written.target_origin.path)}:{written.target_origin.line}"
    if [_shape(p) for p in there.parameters] != [_shape(p) for p in here.parameters]:
        yield f'"{task.name}": {_names(there)} there, {_names(here)} in {place}'
        return
    for before, after in zip(there.parameters, here.parameters, strict=True):
        if _differ(before.type, after.type):
            yield f'"{task.name}": {after.name} is "{before.type}" there, "{after.type}" in {place}'


def _differ(there: str | None, here: str | None) -> bool:
    """Whether two types of plain words are two."""
    if there is None or here is None or not {*_words(there), *_words(here)} <= _PLAIN:
        return False
    return _spelled(there) != _spelled(here)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d]\w*", text)


def _spelled(text: str) -> frozenset[str]:
    # The order of a union means nothing; what stands inside of brackets is compared as text.
    return frozenset(part.strip() for part in re.split(r"\|(?![^\[]*\])", text))


def _shape(parameter: Parameter[str]) -> tuple[object, ...]:
    return parameter.name, parameter.kind, parameter.required


def _names(signature: TaskSignature[str]) -> str:
    return f"({', '.join(p.name or '_' for p in signature.parameters or ())})"


# -- new tasks ---------------------------------------------------------------------------------------------------


class _Imported:
    """Which tasks the application of a lock surely has: those beside its own, and of the modules that these import or name."""

    def __init__(
        self, lock: Lock, by_name: Mapping[str, list[Registration]], index: SourceIndex, places: Places
    ) -> None:
        self._index, self._places = index, places
        self._known = [r for name in lock.tasks for r in by_name.get(name, [])]
        self._names = {name for name in lock.tasks if name in by_name}
        self._homes = {index.service_of(r.origin.path) for r in self._known}
        self._beside = {r.module for r in self._known}
        self._holders = {_holder(r) for r in self._known if r.how is How.REGISTER_TASK}
        self._apps = {places.application_of(r.origin, r.target_origin) for r in self._known if r.how is How.APP_TASK}

    @functools.cached_property
    def _reached(self) -> set[str]:
        """The modules of the lock's tasks, and what of the program is imported there or where it starts, at any depth."""
        applications = self._index.application_modules
        own = applications if len(applications) == 1 else frozenset[str]()
        return self._closure({*self._beside, *own, *self._start(own)})

    def _closure(self, modules: set[str]) -> set[str]:
        reached = set(modules)
        waiting = list(reached)
        while waiting:
            found = (self._index.imports_of(waiting.pop()) & self._index.modules.keys()) - reached
            reached |= found
            waiting += found
        return reached

    def _start(self, application: frozenset[str]) -> list[str]:
        """The one module that imports what the application alone would not have: that is where the program starts."""
        seen = self._closure(set(application))
        missing = {m for m in self._beside - seen if not self._is_quoted(m)}
        if not application or not missing:
            return []
        modules = [m for m in self._index.modules if self._index.is_production(m)]
        imported = {name for m in modules for name in self._index.imports_of(m)}
        starts = [m for m in modules if m not in imported and missing | application <= self._closure({m})]
        return starts if len(starts) == 1 else []

    def has(self, registration: Registration) -> bool:
        """Whether it is surely there: no other application's, under no condition, in no module that may be nobody's."""
        if self._places.is_conditional(registration.origin) or not self._is_of_the_application(registration):
            return False
        if self._is_declared(str(registration.task_name)):
            return True
        if registration.how is How.REGISTER_TASK:
            return _holder(registration) in self._holders
        if registration.module in self._beside:
            return True
        if self._index.service_of(registration.origin.path) not in self._homes:
            return False
        return registration.module in self._reached or self._is_quoted(registration.module)

    def _is_of_the_application(self, registration: Registration) -> bool:
        if registration.how is not How.APP_TASK:
            return True
        application = self._places.application_of(registration.origin, registration.target_origin)
        if registration.module in self._beside:
            return application in self._apps
        return len(self._index.application_modules) == 1

    def _is_declared(self, name: str) -> bool:
        """Whether a registry that has tasks of the lock has this one."""
        for registry in self._index.registries.values():
            declared = {p.task_name for p in registry.properties.values()}
            if name in declared and declared & self._names:
                return True
        return False

    def _is_quoted(self, module: str) -> bool:
        """Whether a text names the module, ``include=["shop.jobs"]``, or has the package looked through for its tasks."""
        ways = [rf"(['\"]){re.escape(module)}\1"]
        if module.endswith(".tasks"):
            ways.append(rf"autodiscover_tasks[^)]*['\"]{re.escape(module.removesuffix('.tasks'))}['\"]")
        quoted = re.compile("|".join(ways).encode())
        for other, file in self._index.modules.items():
            if other != module and self._index.is_production(other):
                try:
                    text = Path(file.path).read_bytes()
                except OSError:
                    continue
                if quoted.search(text):
                    return True
        return False


def _holder(registration: Registration) -> tuple[str, str]:
    """The module of a ``register_task`` and the class whose method it registers."""
    return registration.module, (registration.target or "").rpartition(".")[0]


def _new(lock: Lock, by_name: Mapping[str, list[Registration]], imported: _Imported) -> Iterator[str]:
    for name, found in sorted(by_name.items()):
        if name in lock.tasks or name.startswith("celery."):
            continue
        for registration in found:
            if registration.how is not How.CONTRACT and registration.target is not None and imported.has(registration):
                origin = registration.target_origin if registration.target_origin.path else registration.origin
                yield f'"{name}": the lock has no such task; it is new in {show_path(origin.path)}:{origin.line}'
                break
