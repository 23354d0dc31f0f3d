"""The plugin: dotted name -> handler, and nothing else.

Law: no look-up, no allocation and no judgement before a name has matched; mypy asks here about every call.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from mypy.plugin import Plugin

from celery_registry.mypy import fullnames
from celery_registry.mypy.checks.apply_async import check_containers, container_signature
from celery_registry.mypy.checks.direct import check_direct_options, direct_signature
from celery_registry.mypy.emit import guarded
from celery_registry.mypy.facts.program import Program
from celery_registry.mypy.facts.registry_class import TaskAnnotation

if TYPE_CHECKING:
    from mypy.options import Options
    from mypy.plugin import AnalyzeTypeContext, MethodContext, MethodSigContext
    from mypy.types import FunctionLike, Type

    from celery_registry.mypy.checks.options import RelaxedFormals

__all__ = ["CeleryRegistryPlugin"]


class CeleryRegistryPlugin(Plugin):
    """What mypy loads for ``plugins = celery_registry.mypy``."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self._annotation = TaskAnnotation(Program(options))
        formals: dict[str, RelaxedFormals] = {}
        relax = partial(container_signature, cache=formals)
        self._method_signatures: dict[str, Callable[[MethodSigContext], FunctionLike]] = {
            **{name: _signature_guard(name, direct_signature) for name in fullnames.DIRECT_METHODS},
            **{name: _signature_guard(name, relax) for name in fullnames.CONTAINER_METHODS},
        }
        self._methods: dict[str, Callable[[MethodContext], Type]] = {
            **{
                name: _return_guard(name, partial(check_containers, method=name))
                for name in fullnames.CONTAINER_METHODS
            },
            "delay": _return_guard("delay", check_direct_options),
        }

    def get_type_analyze_hook(self, fullname: str) -> Callable[[AnalyzeTypeContext], Type] | None:
        """``Task[...]`` in an annotation."""
        if fullname == fullnames.TASK_FULLNAME and not self._annotation.busy:
            return self._annotation
        return None

    def get_method_signature_hook(self, fullname: str) -> Callable[[MethodSigContext], FunctionLike] | None:
        """Handlers by the method's own name: the receiver may be any subclass of ``Task``."""
        return self._method_signatures.get(fullname[fullname.rfind(".") + 1 :])

    def get_method_hook(self, fullname: str) -> Callable[[MethodContext], Type] | None:
        """As above."""
        return self._methods.get(fullname[fullname.rfind(".") + 1 :])


def _signature_guard(name: str, handler: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return guarded(name, handler, lambda context: context.default_signature)


def _return_guard(name: str, handler: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return guarded(name, handler, lambda context: context.default_return_type)
