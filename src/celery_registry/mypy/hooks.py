"""The plugin: dotted name -> handler, and nothing else.

Law: no look-up, no allocation and no judgement before a name has matched; mypy asks here about every call.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from mypy.plugin import Plugin

from celery_registry import __version__
from celery_registry.errors import ConfigurationError
from celery_registry.mypy import fullnames
from celery_registry.mypy.checks.agreement import Agreement
from celery_registry.mypy.checks.apply_async import check_containers, container_signature
from celery_registry.mypy.checks.bound_methods import check_partial_function, named_property
from celery_registry.mypy.checks.by_name import ByName, named_call_signature
from celery_registry.mypy.checks.canvas import (
    any_signatures,
    check_chain,
    check_chord,
    check_chord_body,
    check_group,
    check_items,
    check_or,
    check_partial_signature,
    check_periodic_task,
    periodic_signature,
    typed_result,
)
from celery_registry.mypy.checks.direct import direct_signature
from celery_registry.mypy.checks.registration import check_bound_method, mark_application, registered_type
from celery_registry.mypy.checks.results import Results
from celery_registry.mypy.emit import Emitter, guarded
from celery_registry.mypy.facts.program import Program
from celery_registry.mypy.facts.registry_class import TaskAnnotation
from celery_registry.mypy.facts.signatures import Signatures
from celery_registry.mypy.facts.statements import ValueUses
from celery_registry.mypy.metadata import Metadata
from celery_registry.mypy.sites import CallSites
from celery_registry.settings import Settings, read_settings

if TYPE_CHECKING:
    from mypy.nodes import MypyFile
    from mypy.options import Options
    from mypy.plugin import (
        AnalyzeTypeContext,
        AttributeContext,
        FunctionContext,
        FunctionSigContext,
        MethodContext,
        MethodSigContext,
        ReportConfigContext,
    )
    from mypy.types import FunctionLike, Type

    from celery_registry.mypy.checks.options import RelaxedFormals

__all__ = ["CeleryRegistryPlugin"]


class CeleryRegistryPlugin(Plugin):
    """What mypy loads for ``plugins = celery_registry.mypy``."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        settings = _settings(options)
        # mypy's cache and its daemon hang on this name, which they read after they have made the plugin.
        sys.modules["celery_registry.mypy"].__dict__["__version__"] = f"{__version__}+{settings.digest()}"
        program = Program(options, settings.task_modules)
        emitter = Emitter(settings)
        self._metadata = Metadata(program)
        self._program = program
        self._annotation = TaskAnnotation(program)
        self._analyze_task = guarded("Task[...]", self._annotation, self._annotation.default)

        formals: dict[str, RelaxedFormals] = {}
        results = Results(emitter)
        report = None if settings.report is None else settings.path(settings.report)
        signatures = Signatures(program, settings.injected_parameters, CallSites(report))
        by_name = ByName(program, emitter)
        self._method_signatures: dict[str, Callable[[MethodSigContext], FunctionLike]] = {
            **{
                name: _signature(name, partial(direct_signature, signatures=signatures))
                for name in fullnames.DIRECT_METHODS
            },
            **{name: _signature(name, partial(container_signature, cache=formals)) for name in fullnames.CONTAINERS},
        }
        self._exact_signatures: dict[str, Callable[[MethodSigContext], FunctionLike]] = {
            fullnames.SEND_TASK_FULLNAME: _signature("send_task", partial(named_call_signature, cache=formals)),
            fullnames.PERIODIC_TASK_FULLNAME: _signature("add_periodic_task", periodic_signature),
        }
        self._methods: dict[str, Callable[[MethodContext], Type]] = {
            **{
                name: _result(name, partial(check_containers, method=name, signatures=signatures, results=results))
                for name in fullnames.CONTAINERS
            },
            **{
                name: _result(name, partial(check_items, method=name, signatures=signatures))
                for name in ("map", "starmap", "chunks")
            },
            "s": _result("s", partial(check_partial_signature, signatures=signatures)),
            **({"__call__": _result("task()", results.check_sync_call)} if settings.request_handlers else {}),
            fullnames.GET_TASK_BY_NAME: _result("agreement", Agreement(program, emitter)),
        }
        self._exact_methods: dict[str, Callable[[MethodContext], Type]] = {
            **{
                f"celery.result.{name}.get": _result("get", results.check_get)
                for name in ("AsyncResult", "EagerResult")
            },
            fullnames.APP_TASK_FULLNAME: _result(
                "app.task", partial(check_bound_method, program=program, emitter=emitter)
            ),
            fullnames.SEND_TASK_FULLNAME: _result("send_task", by_name.check_send_task),
            fullnames.APP_SIGNATURE_FULLNAME: _result("app.signature", by_name.check_signature),
            fullnames.TASKS_ITEM_FULLNAME: _result("app.tasks", by_name.task_of_item),
            fullnames.PERIODIC_TASK_FULLNAME: _result(
                "add_periodic_task", partial(check_periodic_task, signatures=signatures)
            ),
            "celery.canvas.chord.__call__": _result("chord", partial(check_chord_body, signatures=signatures)),
            **{name: _result("canvas", typed_result) for name in fullnames.CANVAS_RUNS},
            **{
                f"{base}.{name}": _result("|", partial(check_or, signatures=signatures))
                for base in fullnames.CANVAS
                for name in ("__or__", "__ror__")
            },
        }
        shared_task: Callable[[FunctionContext], Type] = _result("shared_task", registered_type)
        signature: Callable[[FunctionContext], Type] = _result("signature", by_name.check_signature)
        self._property = guarded(
            "registry property",
            partial(named_property, signatures=signatures, uses=ValueUses()),
            lambda context: context.default_attr_type,
        )
        self._chain_signature = _signature("chain", any_signatures)
        self._functions = {
            **dict.fromkeys(fullnames.SHARED_TASK_FULLNAMES, shared_task),
            **dict.fromkeys(fullnames.SIGNATURE_FULLNAMES, signature),
            fullnames.CELERY_FULLNAME: _result("Celery", mark_application),
            "functools.partial": _result("partial", partial(check_partial_function, signatures=signatures)),
            "celery.canvas.chain": _result("chain", partial(check_chain, signatures=signatures)),
            "celery.canvas.group": _result("group", check_group),
            "celery.canvas.chord": _result("chord", partial(check_chord, signatures=signatures)),
        }

    def report_config_data(self, ctx: ReportConfigContext) -> object:
        """What a module's cached result hangs on besides its text."""
        try:
            return self._metadata.config_data(ctx.id)
        except Exception:  # A module that we cannot describe is one that we do not check either.
            return None

    def get_additional_deps(self, file: MypyFile) -> list[tuple[int, str, int]]:
        """The modules that implement what a module names."""
        try:
            return self._metadata.additional_deps(file)
        except Exception:  # As above.
            return []

    def get_type_analyze_hook(self, fullname: str) -> Callable[[AnalyzeTypeContext], Type] | None:
        """``Task[...]`` in an annotation."""
        if fullname == fullnames.TASK_FULLNAME and not self._annotation.busy:
            return self._analyze_task
        return None

    def get_method_signature_hook(self, fullname: str) -> Callable[[MethodSigContext], FunctionLike] | None:
        """Handlers by the method's own name, since the receiver may be any subclass; then those of one method."""
        handler = self._method_signatures.get(fullname[fullname.rfind(".") + 1 :])
        if handler is None and fullname.startswith("celery."):
            return self._exact_signatures.get(fullname)
        return handler

    def get_method_hook(self, fullname: str) -> Callable[[MethodContext], Type] | None:
        """As above; a method called ``signature`` is the application's before it is a task's."""
        handler = self._methods.get(fullname[fullname.rfind(".") + 1 :])
        if fullname.startswith("celery."):
            return self._exact_methods.get(fullname, handler)
        # mypy asks one plugin only, so what its own plugin handles must not be taken from it.
        return None if handler is not None and fullname.startswith("functools.") else handler

    def get_attribute_hook(self, fullname: str) -> Callable[[AttributeContext], Type] | None:
        """The properties of registries."""
        return self._property if fullname in self._program.property_names else None

    def get_function_signature_hook(self, fullname: str) -> Callable[[FunctionSigContext], FunctionLike] | None:
        """Handlers of exactly one function."""
        return self._chain_signature if fullname == "celery.canvas.chain" else None

    def get_function_hook(self, fullname: str) -> Callable[[FunctionContext], Type] | None:
        """Handlers of exactly one function."""
        return self._functions.get(fullname)


def _settings(options: Options) -> Settings:
    """The user's settings; a mistake in them is one line, and no run."""
    try:
        return read_settings(options.config_file)
    except ConfigurationError as error:
        # mypy shows a traceback of its own for every other exception in a plugin's constructor.
        print(error, file=sys.stderr)
        raise SystemExit(2) from None


def _signature(name: str, handler: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return guarded(name, handler, lambda context: context.default_signature)


def _result(name: str, handler: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return guarded(name, handler, lambda context: context.default_return_type)
