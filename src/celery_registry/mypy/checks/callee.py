"""What a message calls a method of a task: ``"delay" of "send_email"``, where stock mypy says ``"delay" of "Task"``.

Law: words alone, and the stub's own where nothing tells which task it is. It never learns what is right or wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from celery_registry.mypy import attachments, expressions, task_methods
from celery_registry.source.fullnames import TASK_FULLNAME, UNSEEN_TASK_FULLNAME

if TYPE_CHECKING:
    from mypy.nodes import Expression
    from mypy.types import CallableType, Instance

__all__ = ["callee_name", "renamed", "show_callee"]


def callee_name(stub: str, task: Instance, written: Expression, known: CallableType | None = None) -> str:
    """``delay of Task``, the stub's name of a method, with the task in place of the class.

    ``known`` has the parameters of that task, and its name where they came from a function or a property.
    """
    method, _, cls = stub.partition(" of ")
    if task_methods.overrides(task.type, method) is not None:
        return stub
    name = _task_name(task, written, known)
    if name is None or not name.isidentifier():
        return f"{method} of {cls or 'Task'}"
    # A call of the task is written as one of the function.
    return name if method == "__call__" else f"{method} of {name}"


def renamed(default: CallableType, task: Instance, name: str) -> CallableType:
    """The stub's callable under another name; what is ours alone is said to be defined where Celery's own is."""
    if task.type.fullname != UNSEEN_TASK_FULLNAME or default.name is None:
        return default.copy_modified(name=name)
    celerys = next((base for base in task.type.mro if base.fullname == TASK_FULLNAME), None)
    symbol = None if celerys is None else celerys.names.get(default.name.partition(" of ")[0])
    return default.copy_modified(name=name, definition=None if symbol is None else symbol.node)


def show_callee(name: str) -> str:
    """The same as mypy prints it."""
    return f'"{name}"'.replace(" of ", '" of "')


def _task_name(task: Instance, written: Expression, known: CallableType | None) -> str | None:
    attached = attachments.attached_signature(task)
    if attached is not None and attached.name is not None:
        return attached.name
    if known is not None and known.name != expressions.shown_name(written):
        # Of ``self`` it is the function around.
        return known.name
    return expressions.task_name(written)
