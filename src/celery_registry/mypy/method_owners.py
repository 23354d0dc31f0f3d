"""Whose a method is that mypy asks about: Celery's own on a task or an application, or somebody else's.

Law: mypy asks one plugin alone, so what is another's is not taken from it. A class is asked for its bases, and the file of
one below ``Celery`` for what it may do to its tasks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from mypy.nodes import TypeInfo

from celery_registry.source.fullnames import CELERY_FULLNAME, GET_TASK_BY_NAME, TASK_FULLNAME

if TYPE_CHECKING:
    from mypy.nodes import MypyFile, SymbolTableNode

__all__ = ["MethodOwners", "method_of"]


class MethodOwners:
    """Looks up classes by name; ``modules`` gives those that mypy has by now."""

    def __init__(
        self,
        lookup: Callable[[str], SymbolTableNode | None],
        modules: Callable[[], Mapping[str, MypyFile]],
    ) -> None:
        self._lookup, self._modules = lookup, modules
        self._words_of_tasks: dict[str, bool] = {}

    def is_of_task(self, fullname: str) -> bool:
        """Whether a method's name means one of Celery's ``Task``, or of a registry."""
        if method_of(fullname) == GET_TASK_BY_NAME:
            return True
        symbol = self._lookup(fullname[: fullname.rfind(".")])
        info = None if symbol is None else symbol.node
        return isinstance(info, TypeInfo) and info.has_base(TASK_FULLNAME)

    def is_of_application(self, fullname: str) -> bool:
        """Whether a method is Celery's own, asked for by the name of a subclass of ``Celery``."""
        info = self._application(fullname)
        # What the others are given names a task, of which the index knows what its class does.
        return info is not None and (method_of(fullname) != "task" or not self._sets_up_tasks(info))

    def makes_own_tasks(self, fullname: str) -> bool:
        """Whether it is ``task`` of a subclass of ``Celery`` that may give its tasks a class of its own."""
        return method_of(fullname) == "task" and self._application(fullname) is not None

    def _application(self, fullname: str) -> TypeInfo | None:
        symbol = self._lookup(fullname[: fullname.rfind(".")])
        info = None if symbol is None else symbol.node
        if not isinstance(info, TypeInfo) or not info.has_base(CELERY_FULLNAME):
            return None
        home = info.get_containing_type_info(method_of(fullname))
        return info if home is not None and home.fullname.startswith("celery.") else None

    def _sets_up_tasks(self, info: TypeInfo) -> bool:
        """Whether a subclass of ``Celery`` may give its tasks a class of its own where only its text tells."""
        for base in info.mro:
            if base.fullname.startswith(("celery.", "builtins.")):
                continue
            tree = self._modules().get(base.module_name)
            path = None if tree is None else tree.path
            if base.module_name not in self._words_of_tasks:
                self._words_of_tasks[base.module_name] = _says_own_tasks(path)
            if self._words_of_tasks[base.module_name]:
                return True
        return False


def method_of(fullname: str) -> str:
    """The last part of a dotted name."""
    return fullname[fullname.rfind(".") + 1 :]


def _says_own_tasks(path: str | None) -> bool:
    """Whether a file speaks of a task class, or of unchecked arguments, of an application; True where it cannot be read."""
    try:
        with open(path or "", "rb") as file:
            text = file.read()
    except OSError:
        return True
    return any(word in text for word in (b"task_cls", b"strict_typing", b".Task =", b"def Task", b" Task ="))
