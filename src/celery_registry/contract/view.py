"""What the judge is shown of a program, whoever looks at it: source text, a live application, mypy.

Law: protocols. Places are methods, for they are asked only where there is something to say.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from celery_registry.contract.coverage import NameTable
from celery_registry.contract.rules import TypeRules
from celery_registry.contract.signature import TaskSignature
from celery_registry.contract.task import Origin, TaskImplementation

__all__ = ["Declared", "Implemented", "RegistryView", "View"]

T = TypeVar("T")


class Declared(Protocol[T]):
    """One property of a registry.

    ``unreadable`` is the text of an annotation that is no ``Task[[...], Result]``, None where it is one.
    """

    @property
    def name(self) -> str:
        """The name it asks for."""
        ...

    @property
    def attribute(self) -> str:
        """The property as the user writes it."""
        ...

    @property
    def signature(self) -> TaskSignature[T]:
        """How it is called and what comes back."""
        ...

    @property
    def documented(self) -> tuple[str, ...] | None:
        """The names in the docstring, None without any."""
        ...

    @property
    def unreadable(self) -> str | None:
        """The annotation that says nothing."""
        ...

    def place(self) -> Origin:
        """The line of the property."""
        ...


class Implemented(Protocol[T]):
    """One implementation of a task.

    ``hidden`` says why its signature cannot be known, ``unshown`` why nobody can know it at run time though the text
    tells. ``opaque`` says who may change what is passed, where the shown
    signature does not fit. ``counted`` is False where Celery holds callers to no number of arguments: ``typing=False``,
    or a ``Strategy`` of the task's own. ``overloaded``: its types are those of an overload, and not known.
    """

    @property
    def signature(self) -> TaskSignature[T]:
        """How it is called and what comes back."""
        ...

    @property
    def hidden(self) -> str | None:
        """Why the signature cannot be known."""
        ...

    @property
    def unshown(self) -> str | None:
        """Why a running process cannot know the signature."""
        ...

    @property
    def opaque(self) -> str | None:
        """Who may pass on something else."""
        ...

    @property
    def counted(self) -> bool:
        """Whether callers are held to the parameters."""
        ...

    @property
    def bound_method(self) -> bool:
        """Whether a bound method was registered as it is."""
        ...

    def is_overloaded(self) -> bool:
        """Whether its types are those of an overload, which nobody can tell from the definition below them."""
        ...

    def place(self) -> Origin:
        """The line of the implementation."""
        ...

    def registered_at(self) -> Origin:
        """The line to change where the registration itself is wrong."""
        ...


@dataclass(frozen=True)
class RegistryView(Generic[T]):
    """A registry: its name as the user writes it, its properties, and the enums that its names come from.

    ``asked`` are the names that it asks for elsewhere, in its ``__init__`` or by a descriptor; None where it asks and
    nobody can tell for which.
    """

    label: str
    declared: Sequence[Declared[T]]
    tables: Sequence[NameTable] = ()
    asked: Collection[str] | None = ()


class View(Protocol[T]):
    """One program, as one front sees it.

    ``tables`` are the enums that are judged, ``registered`` all names that are implemented. ``everything_is_known`` is
    False where a registration's name cannot be read: then any name may be implemented there.
    """

    @property
    def registries(self) -> Sequence[RegistryView[T]]:
        """The registries that are judged."""
        ...

    @property
    def tables(self) -> Sequence[NameTable]:
        """The enums that are judged."""
        ...

    @property
    def registered(self) -> Collection[str]:
        """The names that are implemented."""
        ...

    @property
    def everything_is_known(self) -> bool:
        """Whether no other name can be."""
        ...

    @property
    def strict(self) -> bool:
        """Whether each task needs a name in an enum."""
        ...

    @property
    def external(self) -> Sequence[str]:
        """Globs of names that other services implement."""
        ...

    @property
    def rules(self) -> TypeRules[T]:
        """How types are held against each other."""
        ...

    def implementations(self, name: str) -> Sequence[Implemented[T]]:
        """Those of one name; a live application has one at most."""
        ...

    def meant_by(self, declared: Declared[T]) -> Sequence[Implemented[T]]:
        """Those that a property means: of two services each has its own."""
        ...

    def rivals(self, names: Collection[str]) -> Iterable[Sequence[TaskImplementation[Any]]]:
        """The implementations that compete for one of the names, in groups."""
        ...

    def declared_elsewhere(self) -> Collection[str]:
        """The names with a property in a registry that is not judged; asked only where a name has none."""
        ...

    def is_imported(self, module: str) -> bool | None:
        """Whether the program imports a module, None where there is none of that name."""
        ...

    def is_old_name(self, name: str) -> bool:
        """Whether a registered name is kept alive for messages in flight alone, and is in no enum any more."""
        ...
