"""Who is checked against an implementation that no import leads to.

Law: it tells the daemon to look at a target again when an implementation changes. It reads no types and never reports.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy.checker import TypeChecker

    from celery_registry.mypy.facts.program import Program

__all__ = ["remember_user"]


def remember_user(program: Program, chk: TypeChecker, name: str | None) -> None:
    """The target that is checked now uses what implements this task name."""
    if name is None:
        return
    target = chk.tscope.current_target()
    program.add_user(name, target)
    for registration in program.index.implementations(name, chk.tree.fullname):
        if registration.target is not None:
            chk.tree.plugin_deps.setdefault(f"<{registration.target}>", set()).add(target)
