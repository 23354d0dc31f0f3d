"""What the program's own functions make that mypy sees as ``Any``: applications, decorators and tasks.

Law: pure functions of the index; what mypy thinks of an expression is not asked here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from celery_registry.source.fullnames import APPLICATION_TASK_FULLNAME

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from celery_registry.mypy.facts.program import Program
    from celery_registry.source.model import Registration

__all__ = ["unseen_applications", "unseen_functions", "unseen_modules", "unseen_places", "unseen_registrations"]

#: Options that celery-types takes as Celery does; a task with another may be ``Any`` to mypy alone.
_NEVER_REFUSED: Final = frozenset({"base", "bind", "ignore_result", "max_retries", "name", "typing"})


def unseen_registrations(program: Program) -> tuple[Registration, ...]:
    """The registrations by way of a function of the program's own, or through an application that one made."""
    found = program.index.registrations
    return program.lasting("unseen", lambda: tuple(r for r in found if _is_unseen(r)))


def _is_unseen(registration: Registration) -> bool:
    return bool(registration.made_by is not None or registration.through is not None or registration.above)


def _lines(registration: Registration) -> Iterator[int]:
    yield registration.origin.line
    yield from (line for _, line in registration.above)


def unseen_functions(program: Program) -> frozenset[str]:
    """The dotted names of those functions."""
    return program.lasting("unseen functions", lambda: _functions(unseen_registrations(program)))


def _functions(found: tuple[Registration, ...]) -> frozenset[str]:
    making = (r.made_by[1] for r in found if r.made_by is not None)
    above = (name for r in found for name, _ in r.above)
    return frozenset({*making, *above, *(r.through for r in found if r.through is not None)})


def unseen_applications(program: Program) -> Mapping[str, frozenset[str]]:
    """Module -> the variables that keep what such a function returns: nothing but a ``Celery``."""
    return program.lasting("unseen applications", lambda: _applications(unseen_registrations(program)))


def _applications(found: tuple[Registration, ...]) -> dict[str, frozenset[str]]:
    told: dict[str, set[str]] = {}
    for variable in {r.made_by[0] for r in found if r.made_by is not None and r.tells_base}:
        module, _, name = variable.rpartition(".")
        told.setdefault(module, set()).add(name)
    return {module: frozenset(names) for module, names in told.items()}


def unseen_places(program: Program) -> frozenset[tuple[str, int]]:
    """The modules and lines of those registrations."""
    found = program.index.registrations
    return program.once(
        "unseen places",
        lambda: frozenset((r.module, line) for r in found if _is_unseen(r) for line in _lines(r)),
    )


def unseen_modules(program: Program) -> frozenset[str]:
    """The modules that register tasks which mypy sees or may see as ``Any``, or keep such an application."""
    return program.lasting("unseen modules", lambda: _modules(program))


def _modules(program: Program) -> frozenset[str]:
    of_open_tasks = (
        r.module
        for r in program.index.registrations
        if not _NEVER_REFUSED.issuperset(r.options)
        or (r.base is not None and not r.base.startswith("celery.") and program.is_outside(r.base))
        or APPLICATION_TASK_FULLNAME in r.supplied_by
    )
    own = (r.module for r in unseen_registrations(program))
    return frozenset({*own, *of_open_tasks, *unseen_applications(program)})
