"""What makes mypy look again: dependencies between modules, and the daemon's triggers.

Law: it tells mypy which modules and targets belong together through task names, since no import says so. It judges
nothing. All it hands out is a pure function of the sources and the settings, so that every process agrees.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mypy.nodes import GDEF, SymbolTableNode, Var

from celery_registry.mypy.descriptions import describe_registration, digest_value, grouped
from celery_registry.mypy.facts.unseen import unseen_modules, unseen_registrations
from celery_registry.mypy.facts.users import RAW_METHODS
from celery_registry.source.fullnames import UNSEEN_MODULE
from celery_registry.source.model import How

if TYPE_CHECKING:
    from mypy.nodes import MypyFile

    from celery_registry.mypy.digests import ModuleDigests
    from celery_registry.mypy.facts.program import Program
    from celery_registry.source.model import Registration, Registry

__all__ = ["Metadata"]

#: As strong as a top-level ``import X`` (mypy.build.PRI_MED).
_PRIORITY: Final = 10
#: Fires when a module that says nothing about tasks itself has changed their names.
_NAMES: Final = "<celery-registry names>"


class Metadata:
    """The answers to ``get_additional_deps``."""

    def __init__(self, program: Program, digests: ModuleDigests) -> None:
        self._program = program
        self._digests = digests

    def additional_deps(self, file: MypyFile) -> list[tuple[int, str, int]]:
        """The modules that implement what a module names; in the daemon also the triggers the other way round."""
        module = file.fullname
        if self._program.is_daemon:
            self._add_names_trigger(file)
        if not self._program.concerns(module) and module not in self._program.lasting("bases", self._modules_of_bases):
            return []
        index = self._program.index
        meant = [r for name in index.names_addressed_by(module) for r in index.implementations(name, module)]
        for registry in index.registries.values():
            if registry.module == module:
                meant += [r for declared in registry.properties.values() for r in index.implementations_of(declared)]
        if self._program.is_daemon:
            self._add_triggers(file)
        targets = {
            target
            for registration in meant
            for target in (registration.module, registration.target_module)
            if target is not None and target != module and target in index.modules
        }
        if module in unseen_modules(self._program):
            targets.add(UNSEEN_MODULE)
        if targets:
            # A script beside the sources may be nothing that mypy can import in this run, and the daemon looks up every
            # dependency again, also one of ours that was deleted: mypy would report it at this line.
            file.ignored_lines.setdefault(-1, ["import-not-found", "unused-ignore"])
        return [(_PRIORITY, target, -1) for target in sorted(targets)]

    def _modules_of_bases(self) -> frozenset[str]:
        """The modules of the classes that tasks get."""
        return frozenset(r.base.rpartition(".")[0] for r in self._program.index.registrations if r.base is not None)

    def _add_triggers(self, file: MypyFile) -> None:
        """An edit that moves a registration fires for every property and every caller of that task name."""
        index = self._program.index
        own = [r for r in index.registrations if file.fullname in (r.module, r.target_module)]
        # Whoever calls a task itself depends on its name already.
        for target, registrations in grouped((r.target, r) for r in own).items():
            names_of_target = sorted(r.task_name or "" for r in registrations)
            described_target = self._digests.targets_of(registrations[0].target_module or "").get(target)
            _add_trigger(file, digest_value([target, names_of_target, described_target]), {f"<{target}>"})
        for registration in (r for r in own if r.kept_in is not None):
            stamp = digest_value(["kept", self._digests.describe_kept(registration)])
            _add_trigger(file, stamp, {f"<{registration.kept_in}>"})
        enums = [e for e in index.enums.values() if e.module == file.fullname]
        registries = [r for r in index.registries.values() if r.module == file.fullname]
        # What a task's class says about the wire is said in the class's own module.
        based = [r for r in index.registrations if (r.base or "").rpartition(".")[0] == file.fullname]
        if not own and not enums and not registries and not based:
            return
        for name, registrations in grouped((r.task_name, r) for r in (*own, *based)).items():
            self._add_trigger_of_name(file, name, registrations)
        nameless = [describe_registration(r) for r in (*own, *based) if r.task_name is None]
        described = nameless, [self._digests.describe_sharing(r) for r in registries]
        stamp = digest_value([*described, [sorted(e.members.items()) for e in enums]])
        values = {value for e in enums for value in e.members.values() if value is not None}
        targets = {*self._program.users_of(values), *(r.module for r in based if r.module != file.fullname)}
        for registry in index.registries.values():
            shares = any(e.fullname in registry.enums for e in enums)
            properties = [p for p in registry.properties.values() if shares or p.task_name in values]
            targets.update(p.fullname for p in properties)
            if properties or own or based:
                targets.add(_first_property(registry))
        for registry in registries:
            targets.update(_first_property(r) for r in self._digests.sharing(registry) if r.module != file.fullname)
            file.plugin_deps.setdefault(_NAMES, set()).update(p.fullname for p in registry.properties.values())
        _add_trigger(file, stamp, targets)

    def _add_trigger_of_name(self, file: MypyFile, name: str, registrations: list[Registration]) -> None:
        """What a module says about one name concerns the properties and the callers of this name alone."""
        by_name, of_every_name = self._program.lasting("properties by name", self._properties_by_name)
        targets = {*self._program.users_of([name]), *by_name.get(name, ()), *of_every_name}
        _add_trigger(file, digest_value([name, [describe_registration(r) for r in registrations]]), targets)
        for registration in registrations:
            if registration.target is not None:
                file.plugin_deps.setdefault(f"<{registration.target}>", set()).update(targets)

    def _properties_by_name(self) -> tuple[dict[str, list[str]], set[str]]:
        """The properties of each name, and those at which something is said that any name may change."""
        registries = self._program.index.registries.values()
        by_name = grouped((p.task_name, p.fullname) for r in registries for p in r.properties.values())
        # The message about a name that nobody implements proposes those that are registered.
        missing = (names for name, names in by_name.items() if not self._program.index.implementations(name))
        # Names that come or go are judged at the first property.
        return by_name, {_first_property(r) for r in registries}.union(*missing)

    def _add_names_trigger(self, file: MypyFile) -> None:
        """An edit of a constant, or of what hands it on, fires where it changed names that other modules give."""
        if file.fullname in self._program.index.consulted:
            whole, by_module = self._program.lasting("names by module", self._digest_names)
            elsewhere = whole - by_module.get(file.fullname, 0)
            # A registration whose name cannot be read may be that of any name.
            stamp = f"{elsewhere:x} {self._program.everything_is_seen(file.fullname)}"
            _add_trigger(file, stamp, {_NAMES, *self._program.users()})
            # A class of tasks, and what gives it to them, may stand anywhere: a call is checked by what they do.
            stamp, targets = self._program.lasting("classes of tasks", self._digest_classes)
            _add_trigger(file, f"classes {stamp}", targets)
            stamp, targets = self._program.lasting("the unseen", self._digest_unseen)
            _add_trigger(file, f"unseen {stamp}", targets)
        if file.fullname in self._program.index.modules:
            _add_trigger(file, f"raw {self._program.lasting('raw stamp', self._digests.raw_stamp)}", {RAW_METHODS})

    def _digest_classes(self) -> tuple[str, set[str]]:
        """What the classes of all tasks do to their arguments, and the functions of those tasks."""
        rows = [
            (r.target, r.base, r.tells_base, r.changed_by, r.handed_on_by, r.onward, r.own_options)
            for r in self._program.index.registrations
            if r.target is not None
            and (r.how is How.TASK_CLASS or r.base is not None or not r.tells_base or r.changed_by or r.handed_on_by)
        ]
        targets = {f"<{row[0]}>" for row in rows}
        if self._program.index.has_django_tasks:
            # A project becomes Django's, or ceases to be, by a word anywhere.
            targets |= {f"<{r.target}>" for r in self._program.index.registrations if r.target is not None}
        return digest_value([*rows, self._program.index.has_django_tasks]), targets

    def _digest_unseen(self) -> tuple[str, set[str]]:
        """What the program's own functions make that mypy sees as ``Any``, and the modules that ask them for it."""
        rows = [
            (r.target, r.tells_base, r.hidden, r.through, r.made_by, [name for name, _ in r.above])
            for r in unseen_registrations(self._program)
        ]
        return digest_value(rows), set(unseen_modules(self._program))

    def _digest_names(self) -> tuple[int, dict[str, int]]:
        """All names, and what a function of the program adds to them, as one sum; and the part that a module gives itself."""
        index = self._program.index
        rows = [
            ({r.module, r.target_module}, digest_value([r.task_name, r.module, r.target, r.bind, r.hidden]))
            for r in index.registrations
        ]
        rows += [({e.module}, digest_value([e.fullname, sorted(e.members.items())])) for e in index.enums.values()]
        by_module: dict[str, int] = {}
        for modules, digest in rows:
            for module in filter(None, modules):
                by_module[module] = by_module.get(module, 0) + int(digest, 16)
        return sum(int(digest, 16) for _, digest in rows), by_module


def _first_property(registry: Registry) -> str:
    """Where what is wrong with a registry as a whole is found: a property of its own, not of a base."""
    own = [p for p in registry.properties.values() if p.registry == registry.fullname]
    return min(own or registry.properties.values(), key=lambda p: (p.origin.line, p.attribute)).fullname


def _add_trigger(file: MypyFile, stamp: str, targets: set[str]) -> None:
    """The daemon fires for names that come or go: this one does when the stamp has changed or the file is gone."""
    # With "@" in it the name stays when the daemon analyses the top level of the module again (mypy.server.aststrip).
    name = f"<celery-registry@{stamp}>"
    hidden = Var(name)
    hidden._fullname = f"{file.fullname}.{name}"
    file.names[name] = SymbolTableNode(GDEF, hidden, module_public=False, module_hidden=True, no_serialize=True)
    for trigger in (f"<{file.fullname}.{name}>", f"<{file.fullname}>"):
        file.plugin_deps.setdefault(trigger, set()).update(targets)
