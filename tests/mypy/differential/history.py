"""A project under edits, and the way back.

Law: decides which edit a number stands for; what an edit does is not its business.
"""

from __future__ import annotations

import random

from . import controller_edits, file_edits, registry_edits
from .state import CALLERS, Project, declare, new_call, new_task
from .table import EDITS

__all__ = ["History"]

#: Their import fills the table.
ROOMS = (controller_edits, registry_edits, file_edits)


class History:
    """A project and what it was before each edit that has not been taken back."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.earlier: list[Project] = []

    def step(self, number: int) -> str | None:
        """Apply the edit that a number stands for."""
        rng = random.Random(number)
        # Beside an error in the syntax mypy says nothing else.
        chance = 0.0 if self.project.broken is not None else rng.random()
        if chance < 0.35 and self.earlier:
            self.project = self.earlier.pop()
            return "take back the last edit"
        before = self.project.copy()
        if chance < 0.4:
            did: str | None = _mend_everything(self.project, rng)
        else:
            names = list(EDITS)
            name = rng.choices(names, [EDITS[n][0] for n in names])[0]
            did = EDITS[name][1](self.project, rng)
            did = None if did is None else f"{name}: {did}"
        if did is None:
            self.project = before
        else:
            self.earlier.append(before)
        return did


def _mend_everything(project: Project, rng: random.Random) -> str:
    """Everything agrees again, whatever was wrong."""
    project.broken, project.computed = None, False
    project.severity = {}
    project.tasks = [task for task in project.tasks if task.implementation is not None]
    while len(project.tasks) < 2:
        project.modules = project.modules or [f"tasks.late_{project.next()}"]
        project.tasks.append(new_task(project.next(), project.modules[0], len(project.tasks), rng))
    values: set[str] = set()
    for task in project.tasks:
        assert task.implementation is not None
        if task.value in values:
            task.value = f"{task.key}.v{project.next()}"
        values.add(task.value)
        task.member, task.attribute, task.named_by = task.key.upper(), task.attribute or task.key, "member"
        task.implementation.named_by, task.implementation.option, task.implementation.again = "member", "", False
        if task.implementation.style == "raw_method":
            task.implementation.style = "register_task"
        task.implementation.params.sort(key=lambda p: p.default)
        declare(task)
        task.fields = ["done"]
    project.calls = [c for m in CALLERS if (c := new_call(project, m, rng)) is not None]
    return "mend everything"
