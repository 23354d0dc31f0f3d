"""Who is checked against an implementation that no import leads to.

Law: it tells the daemon to look at a target again when an implementation changes. It reads no types and never reports.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mypy.checker import TypeChecker

    from celery_registry.mypy.facts.program import Program

__all__ = ["RAW_METHODS", "remember_raw_site", "remember_task", "remember_user"]

#: Fires when another bound method is registered anywhere: a class of another module may have it registered by its base.
RAW_METHODS: Final = "<celery-registry raw methods>"


def remember_user(program: Program, chk: TypeChecker, name: str | None) -> None:
    """The target that is checked now uses what implements this task name."""
    if name is None:
        return
    target = chk.tscope.current_target()
    program.add_user(name, target)
    for registration in program.index.implementations(name, chk.tree.fullname):
        if registration.target is not None:
            chk.tree.plugin_deps.setdefault(f"<{registration.target}>", set()).add(target)


def remember_task(chk: TypeChecker, target: str | None) -> None:
    """The target that is checked now uses a function that it does not name itself."""
    if target is not None:
        chk.tree.plugin_deps.setdefault(f"<{target}>", set()).add(chk.tscope.current_target())


def remember_raw_site(program: Program, chk: TypeChecker) -> None:
    """The target that is checked now registers a method, of a class that is made elsewhere perhaps."""
    if program.is_daemon:
        chk.tree.plugin_deps.setdefault(RAW_METHODS, set()).add(chk.tscope.current_target())
