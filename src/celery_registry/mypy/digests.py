"""What a module's cached result depends on besides its own text and its imports, as digests for mypy's cache.

Law: pure functions of the index and the settings, so that every process agrees; it judges nothing. Where a module's
digest changes, mypy checks it again and all that import it: nothing belongs in one that does not change its errors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from celery_registry.mypy.descriptions import (
    describe_registration,
    describe_shape,
    describe_target,
    digest_value,
    grouped,
)
from celery_registry.mypy.facts.json_types import registered_json_types
from celery_registry.mypy.facts.last_run import Digests, LastRun
from celery_registry.mypy.facts.task_names import complete_names
from celery_registry.mypy.facts.written_names import find_written_names

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from celery_registry.mypy.facts.program import Program
    from celery_registry.source.model import Registration, Registry, RegistryProperty

__all__ = ["ModuleDigests"]


class ModuleDigests:
    """The answers to ``report_config_data``; ``before`` is what the last run left, ``keep`` leaves it for the next."""

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

    def of(self, module: str, path: str) -> object:
        """What a module's cached result depends on besides its own text and its imports; None for most modules."""
        if self._program.is_daemon:
            return self._digest_of(module) if self._program.concerns(module) else None
        return self._program.once(("digests", self._program.turns), self._digests).of(module, path)

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
        self._keep(LastRun("", files, state, found, elsewhere, names, written, program.settled))
        return Digests(found, elsewhere, files, program.roots, program.settled)

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
            facts.append([name, [describe_shape(r) for r in index.implementations(name, module)]])
            complete = complete_names(self._program, self._names)
            if complete is not None:
                # The message about a name that is in no enum proposes one that is.
                facts.append(name in complete or index.may_register(name) or sorted(complete))
        targets = self.targets_of(module)
        facts += [*targets.values(), index.has_django_tasks] if targets else []
        facts += self._program.lasting("wire options", self._wire_options).get(module, ())
        facts += self._program.lasting("raw methods", self._raw_methods).get(module, ())
        if self._holds_payloads:
            # A class that is registered with kombu anywhere decides what is said of a class here.
            facts += sorted(registered_json_types(self._program))
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

    def _raw_methods(self) -> dict[str, list[object]]:
        """What is said where a bound method is registered, by module: a base class says it for the classes of others."""
        said: dict[str, list[object]] = {}
        for r in self._program.index.registrations:
            if r.bound_method:
                row = ["raw", r.task_name, r.target_origin.label or r.target, r.typing, r.options.get("name")]
                said.setdefault(r.module, []).append(row)
        return said

    def raw_stamp(self) -> str:
        """A word for what is said of all bound methods that are registered."""
        return digest_value(sorted(self._program.lasting("raw methods", self._raw_methods).items()))

    def targets_of(self, module: str) -> dict[str, object]:
        """What direct callers see of the tasks that are written in a module."""
        return self._program.lasting(("described targets", module), lambda: self._describe_targets(module))

    def _describe_targets(self, module: str) -> dict[str, object]:
        by_module = self._program.lasting("registrations by module", self._group_registrations)
        found: dict[str, object] = {}
        for target, registrations in sorted(grouped((r.target or "", r) for r in by_module.get(module, ())).items()):
            # Of a function inside a function mypy's cache says nothing either.
            rebound = bool(target) and self._program.index.is_rebound(module, target[len(module) + 1 :])
            found[target] = [target, rebound, [describe_target(r) for r in registrations]]
        for registration in self._program.lasting("variables by module", self._group_variables).get(module, ()):
            found[registration.kept_in or ""] = self.describe_kept(registration)
        return found

    def _group_variables(self) -> dict[str, list[Registration]]:
        return grouped((r.module, r) for _, r in sorted(self._program.variables().items()))

    def describe_kept(self, registration: Registration) -> object:
        """What callers see of a task by the variable that keeps it: its function may be another module's."""
        return [registration.kept_in, registration.target, describe_target(registration)]

    def _group_registrations(self) -> dict[str, list[Registration]]:
        registrations = self._program.index.registrations
        return grouped((r.module if r.target is None else r.target_module, r) for r in registrations)

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
        registered = self._program.registered_names(registry.module)
        missing = sorted(values - registered)
        if missing:
            # The message about such a name proposes those that are registered.
            missing += sorted(registered)
        sharing = self.describe_sharing(registry)
        return [registry.fullname, rows, members, missing, sharing, self._program.everything_is_seen(registry.module)]

    def _describe_declared(
        self, declared: RegistryProperty, describe: Callable[[Registration], object]
    ) -> tuple[object, object]:
        """The names that a declaration documents, and who implements it."""
        found = self._program.index.implementations_of(declared)
        documented = None if declared.documented is None else list(declared.documented)
        return documented, [describe(r) for r in found]

    def sharing(self, registry: Registry) -> list[Registry]:
        """The registries that take names from one enum with this one, itself among them."""
        return [r for r in self._program.index.registries.values() if set(r.enums) & set(registry.enums)]

    def describe_sharing(self, registry: Registry) -> object:
        """What decides which registry answers for a name that no property has."""
        sharing = self.sharing(registry)
        names = {p.task_name or "" for r in sharing for p in r.properties.values()}
        return [sorted(r.fullname for r in sharing), sorted(names)]
