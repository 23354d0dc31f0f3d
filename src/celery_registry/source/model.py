"""What the index knows about a program: registrations, registries and enums of task names.

Law: resolved facts with their places, types as source text. How they are found is ``index``'s business.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from celery_registry.contract.signature import TaskSignature
from celery_registry.contract.task import Origin
from celery_registry.source.annotation import read_task_annotation

__all__ = ["How", "NameEnum", "Registration", "Registry", "RegistryProperty", "ScheduleEntry"]


class How(enum.Enum):
    """The way in which a task gets its name."""

    APP_TASK = "app.task"
    SHARED_TASK = "shared_task"
    REGISTER_TASK = "register_task"
    TASK_CLASS = "class"
    CONTRACT = "contract"


@dataclass(frozen=True)
class Registration:
    """One place where an implementation is registered under a task name.

    ``task_name``: the resolved name; None where the text does not tell (then it is nobody's implementation).
    ``target``: dotted name of the function, method or class that runs (``delivery.tasks.email.EmailController.send``),
    None where it cannot be followed. ``module``: where the registration itself stands, as ``origin`` says.
    ``signature``: the caller's view (no ``self``, no task of ``bind=True``), types as source text; its ``parameters``
    are None where ``hidden`` says why the signature cannot be read (an unknown decorator, a lambda, a target in no file).
    ``bound_method``: a raw bound method given to ``app.task`` or ``shared_task`` (not to ``register_task``).
    ``serializer``: its own one, from an option or its class; None where it says nothing, ``?`` where the text does not
    tell or its class may change the arguments. ``ignores_result``: what ``ignore_result`` is, None where the text does not tell.
    ``supplied_by``: the dotted names of the task's classes and of the decorators below the registration, which may supply
    parameters themselves. ``unwrapped`` says which wrapper stands before it that shows nothing of it at run time, though
    its annotations may. ``hidden_by``: where decorators alone hide the signature, their dotted names, and ``below`` is
    what they hide. ``typing`` is False where Celery holds callers to no number of arguments.
    ``changed_by``: the dotted names of the task's classes that may change what a call is given, ``?`` for one that the text
    does not tell; ``handed_on_by`` those that hand all of it on, each with the parameters that it adds; ``own_options``: the
    options that these know besides Celery's, ``*`` for any. ``tells_base`` is False where
    ``base`` is a guess, since nobody can tell which application registers the task.
    ``through`` is the dotted name of the program's own function that stands where a verb of Celery's would; ``made_by``
    are those of the variable that keeps the application, and of the program's function that returns it.
    ``above`` are the decorators above the registration, each by its dotted name and line, where all give back the task.
    ``kept_in`` is the dotted name of the variable at the top of a module that has the task for its only value.
    ``onward`` is the method that the ``run`` of a class gives all its arguments to, and what that leaves to a caller;
    ``method`` is what runs of a class.
    ``how`` is ``CONTRACT`` for a task of another service, of which a lock tells: it has no ``target``, and its ``module``
    is empty. ``target_origin``: the line of the implementation's ``def`` or ``class``; its label is ``target`` without the module.
    """

    task_name: str | None
    how: How
    module: str
    origin: Origin
    target: str | None
    target_module: str | None
    target_origin: Origin
    signature: TaskSignature[str]
    hidden: str | None = None
    bound_method: bool = False
    bind: bool = False
    base: str | None = None
    typing: bool = True
    pydantic: bool = False
    docstring: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    serializer: str | None = None
    ignores_result: bool | None = False
    supplied_by: tuple[str, ...] = ()
    unwrapped: str | None = None
    hidden_by: tuple[str, ...] = ()
    below: TaskSignature[str] | None = None
    changed_by: tuple[str, ...] = ()
    handed_on_by: tuple[tuple[str, tuple[str, ...]], ...] = ()
    own_options: tuple[str, ...] = ()
    tells_base: bool = True
    through: str | None = None
    made_by: tuple[str, str] | None = None
    kept_in: str | None = None
    above: tuple[tuple[str, int], ...] = ()
    onward: tuple[str, TaskSignature[str]] | None = None
    method: str = "run"

    def as_called(self) -> Registration:
        """The same with the parameters that a call must fit where ``run`` itself would take anything."""
        if self.onward is None:
            return self
        method, signature = self.onward
        return replace(self, onward=None, method=method, signature=signature)

    @property
    def label(self) -> str | None:
        """What the task is called: its name, else the dotted name of what runs; None where the text tells neither."""
        return self.task_name or self.target

    def seen_through(self, injected: Mapping[str, Sequence[str]]) -> Registration:
        """The same with its signature, where the settings say of each decorator that hides it what it supplies."""
        if self.below is None or not self.hidden_by or not all(name in injected for name in self.hidden_by):
            return self
        return replace(self, hidden=None, signature=self.below)

    def without_injected(self, injected: Mapping[str, Sequence[str]]) -> Registration:
        """The same without the parameters that a base class or a decorator supplies; the settings say which."""
        names = {name for source in self.supplied_by for name in injected.get(source, ())}
        parameters = self.signature.parameters
        if not names or parameters is None:
            return self
        kept = tuple(p for p in parameters if p.name not in names)
        return replace(self, signature=TaskSignature(kept, self.signature.result))


@dataclass(frozen=True)
class RegistryProperty:
    """One property of a registry: ``return self._get_task_by_name(<name>)``.

    ``annotation``: its text, empty where there is none. ``documented``: parameter name -> description from the docstring's
    Google-style ``Args:`` section, None without such a section. ``name_fullname``: the dotted name of the enum member
    or constant that gives the task name (``delivery.tasks.registry.TaskName.PING``), None for a literal. ``unreadable``
    says what stands there where that is Celery's ``Task`` alone, or nothing.
    """

    registry: str
    attribute: str
    task_name: str | None
    name_fullname: str | None
    annotation: str
    documented: Mapping[str, str] | None
    docstring: str | None
    origin: Origin
    unreadable: str | None = None

    @property
    def fullname(self) -> str:
        """The dotted name of the property."""
        return f"{self.registry}.{self.attribute}"

    @property
    def declared(self) -> TaskSignature[str] | None:
        """What ``Task[[...], R]`` promises, types as source text; None for a bare ``Task`` or anything else."""
        read = read_task_annotation(self.annotation)
        return None if read is None else read[1]


@dataclass(frozen=True)
class Registry:
    """A class with at least one registry property; ``properties`` include the inherited ones, nearest base first.

    ``asked`` are the names that it asks for elsewhere; None where it asks and the text does not tell for which.
    """

    fullname: str
    module: str
    properties: Mapping[str, RegistryProperty]
    enums: tuple[str, ...]
    origin: Origin
    asked: frozenset[str] | None = frozenset()


@dataclass(frozen=True)
class NameEnum:
    """An enum, or a class of string constants, whose members name tasks; values are None where they cannot be resolved.

    ``aliases`` are members that are written as another member: ``OLD = NEW``.
    """

    fullname: str
    module: str
    members: Mapping[str, str | None]
    origins: Mapping[str, Origin]
    is_enum: bool
    aliases: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ScheduleEntry:
    """One entry of a beat schedule written as a dictionary.

    ``args_count`` and ``kwargs_names`` are None where the text does not tell how many or which. ``faults`` say what beat
    cannot read, in a few words each.
    """

    key: str
    task_name: str | None
    args_count: int | None
    kwargs_names: tuple[str, ...] | None
    origin: Origin
    faults: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    types: tuple[tuple[int | str, str], ...] = ()
