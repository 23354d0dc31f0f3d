"""What the program says about tasks, as mypy's checks ask for it.

Law: answers of the index, remembered for as long as they hold. It never reports.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from celery_registry.mypy.facts.kept_index import KeptIndex

if TYPE_CHECKING:
    from celery_registry.source.model import Registration, RegistryProperty

__all__ = ["Program"]


class Program(KeptIndex):
    """The user's program."""

    _property_names: frozenset[str] | None = None

    def _drop_index(self) -> None:
        super()._drop_index()
        self._property_names = None

    @property
    def property_names(self) -> frozenset[str]:
        """The dotted names of all registry properties."""
        # mypy asks at every attribute.
        if self._property_names is None:
            self._property_names = self.lasting("property names", self._find_property_names)
        return self._property_names

    def _find_property_names(self) -> frozenset[str]:
        return frozenset(p.fullname for r in self.index.registries.values() for p in r.properties.values())

    @property
    def has_application_tasks(self) -> bool:
        """Whether ``@app.task`` registers anything: celery-types loses the parameters of such tasks alone."""
        from celery_registry.source.model import How

        return self.lasting("application tasks", lambda: any(r.how is How.APP_TASK for r in self.index.registrations))

    def concerns(self, module: str) -> bool:
        """Whether a module says anything about tasks by name: registers, declares or addresses one."""
        return module in self.concerned()

    def concerned(self) -> frozenset[str]:
        """The modules that say anything about tasks by name."""
        return self.lasting("concerned", self._concerned_modules)

    def _concerned_modules(self) -> frozenset[str]:
        index = self.index
        return frozenset(
            {
                *index.send_task_users(),
                *(registry.module for registry in index.registries.values()),
                *(enum.module for enum in index.enums.values()),
                *(r.module for r in index.registrations),
                *(r.target_module for r in index.registrations if r.target_module is not None),
                *(r.made_by[0].rpartition(".")[0] for r in index.registrations if r.made_by is not None),
            }
        )

    def addresses(self, module: str, name: str) -> bool:
        """Whether the text of a module gives this task name to a call."""
        return name in self.once(("addressed", module), lambda: self.index.names_addressed_by(module))

    @cached_property
    def _users(self) -> dict[str, set[str]]:
        return {}

    def add_user(self, name: str, target: str) -> None:
        """Remember that a target was checked against the implementation of a task name."""
        self._users.setdefault(name, set()).add(target)

    def users_of(self, names: Iterable[str]) -> set[str]:
        """The targets that were checked against the implementations of these names."""
        return {target for name in names for target in self._users.get(name, ())}

    def users(self) -> set[str]:
        """The targets that were checked against any implementation by its name."""
        return self.users_of(self._users)

    def everything_is_seen(self, asker: str) -> bool:
        """Whether a name that no registration has is really nobody's, asked by a module.

        So where the user says which modules implement tasks, or where every registration has a name that can be read.
        """
        return self.lasting(("seen", self._view_of(asker)), lambda: self._sees_everything(asker))

    def _sees_everything(self, asker: str) -> bool:
        registrations = self.index.seen_from(asker)
        if self._twins.leaves_out:
            return False
        if self._settings.task_modules:
            return True
        # What stands in a half-typed file cannot be known.
        is_whole = bool(registrations) and self.index.reads_everything
        return is_whole and all(r.task_name is not None for r in registrations)

    def registered_names(self, asker: str) -> frozenset[str]:
        """The names of all tasks that a module can mean."""
        return self.lasting(("registered", self._view_of(asker)), lambda: self._registered_names(asker))

    def _registered_names(self, asker: str) -> frozenset[str]:
        return frozenset(r.task_name for r in self.index.seen_from(asker) if r.task_name is not None)

    def _view_of(self, asker: str) -> str | None:
        """None for production, which sees one program."""
        return None if self.index.is_production(asker) else asker

    @property
    def injected_parameters(self) -> Mapping[str, tuple[str, ...]]:
        """Class or decorator -> the parameters that it supplies: as the settings say, and as task classes do that hand on all."""
        return self.lasting("injected", self._injected_parameters)

    def _injected_parameters(self) -> dict[str, tuple[str, ...]]:
        handing = {cls: added for r in self.index.registrations for cls, added in r.handed_on_by}
        return {**handing, **self._settings.injected_parameters}

    @property
    def own_options(self) -> Mapping[str, frozenset[str]]:
        """Class of tasks -> the options that it, or what stands beside it, knows besides Celery's."""
        return self.lasting("own options", self._own_options)

    def _own_options(self) -> dict[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for registration in self.index.registrations:
            for cls, _ in registration.handed_on_by if registration.own_options else ():
                found[cls] = found.get(cls, frozenset()).union(registration.own_options)
        return found

    def is_outside(self, cls: str) -> bool:
        """Whether a class, by its dotted name, is another package's; ``?`` may be any."""
        module = cls
        while "." in module:
            module = module.rpartition(".")[0]
            if module in self.index.modules:
                return False
        return cls != "?"

    def registration_of(self, target: str) -> Registration | None:
        """The one registration of a function under its own dotted name."""
        found = self.registrations_by_target().get(target, [])
        return found[0] if len(found) == 1 else None

    def registration_kept_in(self, variable: str) -> Registration | None:
        """The one registration whose task is the only value of a variable, by its dotted name."""
        return self.variables().get(variable)

    def variables(self) -> dict[str, Registration]:
        """Dotted name of a variable -> the registration whose task is its only value."""
        return self.lasting("variables", self._registrations_by_variable)

    def _registrations_by_variable(self) -> dict[str, Registration]:
        return {r.kept_in: r for r in self.index.registrations if r.kept_in is not None}

    def registrations_by_target(self) -> dict[str, list[Registration]]:
        """Dotted name of a function or class -> all its registrations."""
        return self.lasting("targets", self._registrations_by_target)

    def _registrations_by_target(self) -> dict[str, list[Registration]]:
        by_target: dict[str, list[Registration]] = {}
        for registration in self.index.registrations:
            if registration.target is not None:
                by_target.setdefault(registration.target, []).append(registration)
        for target, found in by_target.items():
            # What a test registers once more under an application of its own is the program's as before.
            by_target[target] = [r for r in found if self.index.is_production(r.module)] or found
        return by_target

    def bound_method_at(self, module: str, line: int) -> Registration | None:
        """The raw bound method that is registered at a line of a module."""
        return self.once("bound methods", self._bound_methods).get((module, line))

    def _bound_methods(self) -> dict[tuple[str, int], Registration]:
        return {(r.module, r.origin.line): r for r in self.index.registrations if r.bound_method}

    def property_of(self, registry: str, attribute: str) -> RegistryProperty | None:
        """A registry property by the dotted name that mypy has for its class."""
        return self.index.property_of(registry, attribute) or self.index.property_of(
            self.index_name(registry), attribute
        )
