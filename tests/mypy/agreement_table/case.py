"""One row of the table: a right task, and its wrong twin.

Law: texts of Python and the names of problems (``contract.codes.PROBLEMS``). It runs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DOCUMENTED", "FEW", "KEYWORD", "MANY", "RESULT", "TYPE", "Case", "Side", "pair"]

MANY, FEW, KEYWORD = ("too-many-declared",), ("too-few-declared",), ("keyword-only-required",)
TYPE, RESULT, DOCUMENTED = ("parameter-type",), ("result-type",), ("documented-name",)


@dataclass(frozen=True)
class Side:
    """What one task looks like; ``None`` takes the case's own.

    ``problems`` are those mypy must report, ``boot`` those the guard must: the same unless something is
    unknown at boot. ``stock`` are the codes of mypy's own errors about this task's files.
    """

    declared: str | None = None
    actual: str | None = None
    documented: tuple[str, ...] | None = None
    problems: tuple[str, ...] = ()
    boot: tuple[str, ...] | None = None
    stock: tuple[str, ...] = ()
    register: str | None = None
    header: str | None = None

    @property
    def boot_problems(self) -> tuple[str, ...]:
        return self.problems if self.boot is None else self.boot


@dataclass(frozen=True)
class Case:
    """A row. ``declared`` is what stands between the brackets of ``Task[...]``.

    ``actual`` is the signature after the function's name, ``header`` what stands above the implementation and
    ``register`` how it is registered: texts in which ``{NAME}`` is the expression that names the task, ``{f}`` the
    function's name and ``{actual}`` the signature. ``name`` is the expression that gives the name, ``value`` the
    task's name, ``member`` what the enum has for it; in them ``{M}`` is the member, ``{K}`` the row's identifier
    and ``{MODULE}`` the implementation's module. ``annotation`` is the property's, ``body`` what it does, in which
    ``{asked}`` is the name it asks for.
    """

    id: str
    right: Side
    wrong: Side
    declared: str = "[int], int"
    actual: str = "(a: int) -> int"
    header: str = ""
    registry_header: str = ""
    register: str = "bound"
    name: str = "TaskName.{M}"
    value: str = "{K}"
    member: str | None = None
    asked: str = "TaskName.{M}"
    annotation: str = "Task[{declared}]"
    body: str = "return self._get_task_by_name({asked})"


def pair(
    id: str,
    declared: str,
    right: str,
    wrong: str,
    problems: tuple[str, ...],
    *,
    boot: tuple[str, ...] | None = None,
    **rest: str,
) -> Case:
    """A row whose two sides declare the same and do different things."""
    return Case(id, Side(actual=right), Side(actual=wrong, problems=problems, boot=boot), declared, **rest)
