"""What makes mypy look again: dependencies between modules, cache data, and the daemon's triggers.

Law: it tells mypy which modules and targets hang together through task names, since no import says so. It judges
nothing. All it hands out is a pure function of the sources and the settings, so that every process agrees.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from mypy.nodes import GDEF, SymbolTableNode, Var

from celery_registry.mypy.descriptions import describe_registration, describe_shape, describe_target, digest_value
from celery_registry.mypy.facts.last_run import Digests, LastRun
from celery_registry.mypy.facts.task_names import complete_names
from celery_registry.mypy.facts.taught import taught_classes
from celery_registry.mypy.facts.written_names import find_written_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from mypy.nodes import MypyFile

    from celery_registry.mypy.facts.program import Program
    from celery_registry.source.model import Registration, Registry, RegistryProperty

__all__ = ["Metadata"]

T = TypeVar("T")

#: As strong as a top-level ``import X`` (mypy.build.PRI_MED).
_PRIORITY: Final = 10
#: Fires when a module that says nothing about tasks itself has changed their names.
_NAMES: Final = "<celery-registry names>"


class Metadata:
    """The answers to ``report_config_data`` and ``get_additional_deps``."""

    def __init__(
        self,
        program: Program,
        before: LastRun | None,
        keep: Callable[[LastRun], None],
        holds_payloads: bool = False,
        names: Sequence[str] = (),
    ) -> None:
        self._program = program
        self._before = before
        self._keep = keep
        self._holds_payloads = holds_payloads
        self._names = names

    def config_data(self, module: str, path: str) -> object:
        """What a module's cached result depends on besides its own text and its imports; None for most modules."""
        if self._program.is_daemon:
            return self._digest_of(module) if self._program.concerns(module) else None
        return self._program.once("digests", self._digests).of(module, path)

    def _digests(self) -> Digests:
        """The digest of every module that has one, handed on for the next run."""
        program, before = self._program, self._before
        files = program.files
        state = program.index.state
        properties = self._properties_by_attribute()
        names = tuple(sorted(properties))
        same = {path for path, stamp in files.items() if before is not None and before.still_has(path, stamp)}
        written: dict[str, tuple[str, ...]] = {}
        if before is not None and before.names == names:
            written = {path: before.written[path] for path in same if path in before.written}
        written.update(find_written_names(files.keys() - written.keys(), names))
        if before is None or before.state != state or self._holds_payloads:
            same = set()
        found = {}
        for module, file in program.index.modules.items():
            if before is not None and file.path in same:
                digest = before.modules.get(module)
            else:
                digest = self._digest_of_uses(module, written.get(file.path, ()))
            if digest is not None:
                found[module] = digest
        elsewhere = before.elsewhere if before is not None and same else self._digest_of_properties(names)
        self._keep(LastRun("", files, state, found, elsewhere, names, written))
        return Digests(found, elsewhere, files, program.roots)

    def _digest_of_uses(self, module: str, attributes: Sequence[str]) -> str | None:
        digest = self._digest_of(module) if self._program.concerns(module) else None
        return digest_value([digest, self._digest_of_properties(attributes)]) if attributes else digest

    def _digest_of_properties(self, attributes: Sequence[str]) -> str | None:
        """What uses of registry properties depend on, by the names of the attributes."""
        described = self._program.once("described properties", dict[str, str])
        for attribute in attributes:
            if attribute not in described:
                properties = self._properties_by_attribute()[attribute].values()
                described[attribute] = digest_value(
                    [[p.fullname, p.task_name, *self._describe_declared(p, describe_registration)] for p in properties]
                )
        return digest_value([described[attribute] for attribute in attributes]) if attributes else None

    def _properties_by_attribute(self) -> dict[str, dict[str, RegistryProperty]]:
        return self._program.lasting("properties by attribute", self._group_properties)

    def _group_properties(self) -> dict[str, dict[str, RegistryProperty]]:
        found: dict[str, dict[str, RegistryProperty]] = {}
        for registry in self._program.index.registries.values():
            for attribute, declared in registry.properties.items():
                found.setdefault(attribute, {})[declared.fullname] = declared
        return found

    def _digest_of(self, module: str) -> str | None:
        index = self._program.index
        facts: list[object] = [self._describe_registry(r) for r in index.registries.values() if r.module == module]
        for name in sorted(index.names_addressed_by(module)):
            facts.append([name, [describe_shape(r) for r in index.implementations(name)]])
            complete = complete_names(self._program, self._names)
            if complete is not None:
                # The message about a name that is in no enum proposes one that is.
                facts.append(name in complete or sorted(complete))
        facts += self._targets_of(module).values()
        facts += self._program.lasting("wire options", self._wire_options).get(module, ())
        if self._holds_payloads:
            # What kombu is taught anywhere decides what is said of a class here.
            facts += sorted(taught_classes(self._program))
        if not facts:
            return None
        return digest_value(facts)

    def _wire_options(self) -> dict[str, list[object]]:
        """What registrations say about the wire, by module: no type of the module tells it to those who call them."""
        said: dict[str, list[object]] = {}
        for r in self._program.index.registrations:
            if r.serializer is not None or r.ignores_result is not False:
                said.setdefault(r.module, []).append(["wire", r.target, r.serializer, r.ignores_result])
        return said

    def additional_deps(self, file: MypyFile) -> list[tuple[int, str, int]]:
        """The modules that implement what a module names; in the daemon also the triggers the other way round."""
        module = file.fullname
        if self._program.is_daemon:
            self._program.refresh(file.path)
            self._add_names_trigger(file)
        if not self._program.concerns(module) and module not in self._program.lasting("bases", self._modules_of_bases):
            return []
        index = self._program.index
        names = set(index.names_addressed_by(module))
        for registry in index.registries.values():
            if registry.module == module:
                names.update(p.task_name for p in registry.properties.values() if p.task_name is not None)
        if self._program.is_daemon:
            self._add_triggers(file)
        targets = {
            target
            for name in names
            for registration in index.implementations(name)
            for target in (registration.module, registration.target_module)
            if target is not None and target != module and target in index.modules
        }
        if self._program.is_daemon and targets:
            # The daemon looks every dependency up again, and would report one of ours that was deleted, at this line.
            file.ignored_lines.setdefault(-1, ["import-not-found", "unused-ignore"])
        return [(_PRIORITY, target, -1) for target in sorted(targets)]

    def _modules_of_bases(self) -> frozenset[str]:
        """The modules of the classes that tasks get."""
        return frozenset(r.base.rpartition(".")[0] for r in self._program.index.registrations if r.base is not None)

    def _add_triggers(self, file: MypyFile) -> None:
        """An edit that moves a registration fires for every property and every caller of that task name."""
        index = self._program.index
        own = [r for r in index.registrations if file.fullname in (r.module, r.target_module)]
        # Whoever calls a task itself hangs on its name already.
        for target, registrations in _grouped((r.target, r) for r in own).items():
            names_of_target = sorted(r.task_name or "" for r in registrations)
            described_target = self._targets_of(registrations[0].target_module or "").get(target)
            _add_trigger(file, digest_value([target, names_of_target, described_target]), {f"<{target}>"})
        enums = [e for e in index.enums.values() if e.module == file.fullname]
        registries = [r for r in index.registries.values() if r.module == file.fullname]
        # What a task's class says about the wire is said in the class's own module.
        based = [r for r in index.registrations if (r.base or "").rpartition(".")[0] == file.fullname]
        if not own and not enums and not registries and not based:
            return
        for name, registrations in _grouped((r.task_name, r) for r in (*own, *based)).items():
            self._add_trigger_of_name(file, name, registrations)
        nameless = [describe_registration(r) for r in (*own, *based) if r.task_name is None]
        described = nameless, [self._describe_sharing(r) for r in registries]
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
            targets.update(_first_property(r) for r in self._sharing(registry) if r.module != file.fullname)
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
        by_name = _grouped((p.task_name, p.fullname) for r in registries for p in r.properties.values())
        # The message about a name that nobody implements proposes those that are registered.
        missing = (names for name, names in by_name.items() if not self._program.index.implementations(name))
        # Names that come or go are judged at the first property.
        return by_name, {_first_property(r) for r in registries}.union(*missing)

    def _targets_of(self, module: str) -> dict[str, object]:
        """What direct callers see of the tasks that are written in a module."""
        return self._program.lasting("described targets", self._describe_targets).get(module, {})

    def _describe_targets(self) -> dict[str, dict[str, object]]:
        index, found = self._program.index, dict[str, dict[str, object]]()
        for target, registrations in sorted(self._program.registrations_by_target().items()):
            module = registrations[0].target_module
            if module is not None:
                rebound = index.is_rebound(module, target[len(module) + 1 :])
                row = [target, rebound, [describe_target(r) for r in registrations]]
                found.setdefault(module, {})[target] = row
        # Of a function inside a function mypy's cache says nothing either.
        nameless = _grouped((r.module, describe_registration(r)) for r in index.registrations if r.target is None)
        for module, rows in nameless.items():
            found.setdefault(module, {})[""] = rows
        return found

    def _add_names_trigger(self, file: MypyFile) -> None:
        """An edit of a constant, or of what hands it on, fires where it changed names that other modules give."""
        if file.fullname in self._program.index.consulted:
            whole, by_module = self._program.lasting("names by module", self._digest_names)
            elsewhere = whole - by_module.get(file.fullname, 0)
            # A registration whose name cannot be read may be that of any name.
            stamp = f"{elsewhere:x} {self._program.everything_is_seen()}"
            _add_trigger(file, stamp, {_NAMES, *self._program.users()})

    def _digest_names(self) -> tuple[int, dict[str, int]]:
        """The names of all registrations and members as one sum, and the part of it that a module gives itself."""
        index = self._program.index
        rows = [
            ({r.module, r.target_module}, digest_value([r.task_name, r.module, r.target])) for r in index.registrations
        ]
        rows += [({e.module}, digest_value([e.fullname, sorted(e.members.items())])) for e in index.enums.values()]
        by_module: dict[str, int] = {}
        for modules, digest in rows:
            for module in filter(None, modules):
                by_module[module] = by_module.get(module, 0) + int(digest, 16)
        return sum(int(digest, 16) for _, digest in rows), by_module

    def _describe_registry(self, registry: Registry) -> object:
        index = self._program.index
        rows = []
        for attribute, declared in sorted(registry.properties.items()):
            rows.append(
                [attribute, declared.task_name, declared.registry, *self._describe_declared(declared, describe_shape)]
            )
        members: list[tuple[str, list[tuple[str, str]]]] = [
            (name, sorted((member, value or "") for member, value in index.enums[name].members.items()))
            for name in registry.enums
            if name in index.enums
        ]
        values = {value for _, pairs in members for _, value in pairs}
        missing = sorted(value for value in values if not index.implementations(value))
        if missing:
            # The message about such a name proposes those that are registered.
            missing += sorted({r.task_name for r in index.registrations if r.task_name is not None})
        sharing = self._describe_sharing(registry)
        return [registry.fullname, rows, members, missing, sharing, self._program.everything_is_seen()]

    def _describe_declared(
        self, declared: RegistryProperty, describe: Callable[[Registration], object]
    ) -> tuple[object, object]:
        """The names that a declaration documents, and who implements it."""
        found = self._program.index.implementations(declared.task_name) if declared.task_name is not None else ()
        documented = None if declared.documented is None else list(declared.documented)
        return documented, [describe(r) for r in found]

    def _sharing(self, registry: Registry) -> list[Registry]:
        """The registries that take names from one enum with this one, itself among them."""
        return [r for r in self._program.index.registries.values() if set(r.enums) & set(registry.enums)]

    def _describe_sharing(self, registry: Registry) -> object:
        """What decides which registry answers for a name that no property has."""
        sharing = self._sharing(registry)
        names = {p.task_name or "" for r in sharing for p in r.properties.values()}
        return [sorted(r.fullname for r in sharing), sorted(names)]


def _grouped(pairs: Iterable[tuple[str | None, T]]) -> dict[str, list[T]]:
    """Values by their key, in order; those that have none are left out."""
    found: dict[str, list[T]] = {}
    for key, value in pairs:
        if key is not None:
            found.setdefault(key, []).append(value)
    return found


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
