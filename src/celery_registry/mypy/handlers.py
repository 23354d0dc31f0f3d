"""Dotted name -> handler: what is done when mypy meets a name of ours.

Law: it makes the handlers and hands them what they share; it is loaded when the first name has matched, since a run
in which nothing is checked must not pay for the checks.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from celery_registry.mypy.checks.agreement import Agreement
from celery_registry.mypy.checks.apply_async import check_containers, container_signature
from celery_registry.mypy.checks.bound_methods import check_partial_function, named_property, type_without_us
from celery_registry.mypy.checks.by_name import ByName, named_call_signature
from celery_registry.mypy.checks.callbacks import Callbacks
from celery_registry.mypy.checks.canvas import (
    any_signatures,
    check_chain,
    check_chord,
    check_chord_body,
    check_group,
    check_or,
    check_partial_signature,
    signature_of_task,
)
from celery_registry.mypy.checks.decorators import registering_signature
from celery_registry.mypy.checks.direct import direct_signature
from celery_registry.mypy.checks.django_tasks import sent_on_commit
from celery_registry.mypy.checks.errbacks import (
    check_callback,
    check_errback,
    check_given_errbacks,
    check_option_set,
)
from celery_registry.mypy.checks.groups import check_child, check_children, check_joined, chord_signature
from celery_registry.mypy.checks.items import check_items, check_items_of, items_signature
from celery_registry.mypy.checks.own_apps import of_any_application
from celery_registry.mypy.checks.periodic import check_periodic_task, crontab_signature, periodic_signature
from celery_registry.mypy.checks.registration import check_bound_method, mark_application, registered_type
from celery_registry.mypy.checks.replacements import check_added, check_replace
from celery_registry.mypy.checks.requests import chain_of_request
from celery_registry.mypy.checks.results import Results, abortable_signature
from celery_registry.mypy.checks.runs import check_clone, check_run
from celery_registry.mypy.checks.sent import answer_signature, typed_sends
from celery_registry.mypy.checks.typed_self import own_self, with_own_self
from celery_registry.mypy.checks.unseen import Unseen
from celery_registry.mypy.checks.untyped_self import UntypedSelf
from celery_registry.mypy.emit import Emitter, guarded
from celery_registry.mypy.facts.decorated import DecoratedFunctions
from celery_registry.mypy.facts.registry_class import TaskAnnotation
from celery_registry.mypy.facts.signatures import Signatures
from celery_registry.mypy.facts.statements import ValueUses
from celery_registry.mypy.sites import CallSites
from celery_registry.source import fullnames

if TYPE_CHECKING:
    from mypy.plugin import AnalyzeTypeContext, FunctionContext, FunctionSigContext, MethodContext, MethodSigContext
    from mypy.types import FunctionLike, Type

    from celery_registry.mypy.checks.options import RelaxedFormals
    from celery_registry.mypy.facts.program import Program
    from celery_registry.settings import Settings

__all__ = ["Handlers"]


class Handlers:
    """The handlers of one plugin, by the kind of hook."""

    def __init__(self, program: Program, settings: Settings) -> None:
        emitter = Emitter(settings)
        self.annotation = TaskAnnotation(program, settings.injected_parameters)
        self.task_type = partial(_task_type, annotation=self.annotation)
        formals: dict[str, RelaxedFormals] = {}
        report = None if settings.report is None else settings.path(settings.report)
        sites = CallSites(report)
        signatures = Signatures(program, sites)
        results = Results(emitter, signatures)
        decorated = DecoratedFunctions()
        registering = partial(registering_signature, decorated=decorated)
        by_name = ByName(program, emitter, signatures, sites)
        agreement = Agreement(program, emitter)
        self.method_signatures: dict[str, Callable[[MethodSigContext], FunctionLike]] = {
            **{
                name: _signature(name, partial(direct_signature, signatures=signatures))
                for name in fullnames.DIRECT_METHODS
            },
            **{name: _signature(name, partial(container_signature, cache=formals)) for name in fullnames.CONTAINERS},
            "is_aborted": _signature("is_aborted", abortable_signature),
        }
        self.exact_signatures: dict[str, Callable[[MethodSigContext], FunctionLike]] = {
            fullnames.SEND_TASK_FULLNAME: _signature("send_task", partial(named_call_signature, cache=formals)),
            fullnames.PERIODIC_TASK_FULLNAME: _signature("add_periodic_task", periodic_signature),
            fullnames.APP_TASK_FULLNAME: _signature("app.task", registering),
            fullnames.SENT_ANSWER_FULLNAME: _signature("sent.answer", answer_signature),
            **{
                name: _signature(method, partial(named_call_signature, cache=formals))
                for name, method in fullnames.CANVAS_RUNS
                if method in ("apply_async", "apply")
            },
            **dict.fromkeys(fullnames.CANVAS_SETS, _signature("set", partial(named_call_signature, cache=formals))),
        }
        self.methods: dict[str, Callable[[MethodContext], Type]] = {
            **{
                name: _result(name, partial(check_containers, method=name, signatures=signatures))
                for name in fullnames.CONTAINERS
            },
            **{
                name: _result(name, partial(check_items, method=name, signatures=signatures))
                for name in ("map", "starmap", "chunks")
            },
            "add_to_chord": _result("add_to_chord", partial(check_added, signatures=signatures)),
            "replace": _result("replace", partial(check_replace, signatures=signatures)),
            "s": _result("s", partial(check_partial_signature, signatures=signatures)),
            fullnames.GET_TASK_BY_NAME: _result("agreement", agreement),
        }
        if settings.request_handlers:
            here = _result("task()", results.check_sync_call)
            for name in ("__call__", "run", "apply"):
                self.methods[name] = _after(here, self.methods.get(name))
        self.exact_methods: dict[str, Callable[[MethodContext], Type]] = {
            **{
                f"celery.result.{name}.get": _result("get", results.check_get)
                for name in ("AsyncResult", "EagerResult")
            },
            fullnames.APP_TASK_FULLNAME: _result(
                "app.task",
                partial(
                    with_own_self,
                    handler=partial(check_bound_method, program=program, emitter=emitter),
                    decorated=decorated,
                ),
            ),
            fullnames.SEND_TASK_FULLNAME: _result("send_task", by_name.check_send_task),
            fullnames.APP_SIGNATURE_FULLNAME: _result("app.signature", by_name.check_signature),
            fullnames.TASKS_ITEM_FULLNAME: _after(
                _result("agreement", agreement.check_item), _result("app.tasks", by_name.task_of_item)
            ),
            fullnames.PERIODIC_TASK_FULLNAME: _result(
                "add_periodic_task", partial(check_periodic_task, signatures=signatures)
            ),
            fullnames.SENT_TO_FULLNAME: _result("sent.to", partial(typed_sends, signatures=signatures)),
            **{
                f"{fullnames.GROUP_RESULT_FULLNAME}.{name}": _result(name, check)
                for name, check in (
                    *((name, check_joined) for name in ("get", "join", "join_native")),
                    *((name, check_child) for name in ("__getitem__", "__iter__")),
                )
            },
            **dict.fromkeys(fullnames.CANVAS_SETS, _result("set", partial(check_option_set, signatures=signatures))),
            **{
                f"{base}.{name}": _result(name, partial(check, signatures=signatures))
                for base in fullnames.CANVAS
                for name, check in (
                    ("clone", check_clone),
                    ("link", check_callback),
                    ("link_error", check_errback),
                    ("on_error", check_errback),
                )
            },
            "celery.canvas.chord.__call__": _result("chord", partial(check_chord_body, signatures=signatures)),
            **{
                name: _result("canvas", partial(check_run, method=method, signatures=signatures))
                for name, method in fullnames.CANVAS_RUNS
            },
            **{
                f"{base}.{name}": _result("|", partial(check_or, signatures=signatures))
                for base in fullnames.CANVAS
                for name in ("__or__", "__ror__")
            },
        }
        shared_task: Callable[[FunctionContext], Type] = _result(
            "shared_task", partial(with_own_self, handler=registered_type, decorated=decorated)
        )
        on_commit = partial(sent_on_commit, program=program)
        shared_task = _changing(shared_task, on_commit)
        tasks = self.exact_methods[fullnames.APP_TASK_FULLNAME]
        self.exact_methods[fullnames.APP_TASK_FULLNAME] = _changing(tasks, on_commit)
        own = _result("self", UntypedSelf(signatures, decorated).check)
        shared_task = _after(own, shared_task)
        self.exact_methods[fullnames.APP_TASK_FULLNAME] = _after(own, self.exact_methods[fullnames.APP_TASK_FULLNAME])
        self.own_tasks: Callable[[MethodContext], Type] = _result("self", partial(own_self, decorated=decorated))
        signature: Callable[[FunctionContext], Type] = _result("signature", by_name.check_signature)
        self.property = guarded(
            "registry property",
            partial(named_property, annotation=self.annotation, signatures=signatures, uses=ValueUses()),
            lambda context: context.default_attr_type,
        )
        self.result_attribute = guarded("results", check_children, lambda context: context.default_attr_type)
        self.request_attribute = guarded("request", chain_of_request, lambda context: context.default_attr_type)
        self.callback = _signature("callback", Callbacks(signatures).signature)
        self.function_signatures: dict[str, Callable[[FunctionSigContext], FunctionLike]] = {
            "celery.canvas.chain": _signature("chain", any_signatures),
            fullnames.ASYNC_RESULT_FULLNAME: _signature("AsyncResult", of_any_application),
            "celery.canvas.chord": _signature("chord", chord_signature),
            **dict.fromkeys(fullnames.CANVAS_ITEMS, _signature("items", items_signature)),
            fullnames.CRONTAB_FULLNAME: _signature("crontab", crontab_signature),
            **dict.fromkeys(fullnames.SHARED_TASK_FULLNAMES, _signature("shared_task", registering)),
            "celery.canvas.signature": _signature("signature", signature_of_task),
            "celery.canvas.subtask": _signature("signature", signature_of_task),
            fullnames.SIGNATURE_FULLNAME: _signature("Signature", partial(named_call_signature, cache=formals)),
        }
        self.functions = {
            **dict.fromkeys(fullnames.SHARED_TASK_FULLNAMES, shared_task),
            **dict.fromkeys(fullnames.SIGNATURE_FULLNAMES, signature),
            fullnames.CELERY_FULLNAME: _result("Celery", mark_application),
            "functools.partial": guarded(
                "partial", partial(check_partial_function, signatures=signatures), type_without_us
            ),
            "celery.canvas.chain": _result("chain", partial(check_chain, signatures=signatures)),
            "celery.canvas.group": _result("group", check_group),
            **{
                name: _result("items", partial(check_items_of, method=method, signatures=signatures))
                for name, method in fullnames.CANVAS_ITEMS.items()
            },
            "celery.canvas.chord": _result("chord", partial(check_chord, signatures=signatures)),
        }
        errbacks: Callable[[Any], Any] = _result("link_error", partial(check_given_errbacks, signatures=signatures))
        for name in (
            *fullnames.SIGNATURE_FULLNAMES,
            *(f"celery.canvas.{word}" for word in ("chain", "group", "chord")),
        ):
            self.functions[name] = _after(errbacks, self.functions[name])
        for name in (fullnames.APP_SIGNATURE_FULLNAME, "celery.canvas.chord.__call__"):
            self.exact_methods[name] = _after(errbacks, self.exact_methods[name])
        unseen = Unseen(program, signatures)
        self.made = _result("made", unseen.made)
        registered: Callable[[MethodContext], Type] = _result("unseen task", unseen.registered)
        self.exact_methods[fullnames.CLASS_TASK_FULLNAME] = _result("register_task", unseen.instance)
        self.exact_methods[f"{fullnames.UNSEEN_DECORATOR_FULLNAME}.__call__"] = _after(own, registered)
        if settings.holds_payloads:
            self._add_payloads(program, emitter, signatures)

    def _add_payloads(self, program: Program, emitter: Emitter, signatures: Signatures) -> None:
        """What is asked for by a setting is loaded and run where it is set."""
        from celery_registry.mypy.checks.payload import Judge, Payloads
        from celery_registry.mypy.checks.payload_calls import PayloadCalls

        judge = Judge(program, emitter)
        payloads = Payloads(program, judge, emitter.settings.injected_parameters)
        calls = PayloadCalls(program, judge, signatures)
        for names, check in (
            (("delay", "delay_on_commit"), calls.check_delay),
            (("apply_async", "apply_async_on_commit"), calls.check_apply_async),
            ((fullnames.GET_TASK_BY_NAME,), payloads.check_property),
        ):
            for name in names:
                self.methods[name] = _after(_result("payload", check), self.methods.get(name))
        for fullname, exact in (
            (fullnames.APP_TASK_FULLNAME, payloads.check_registration),
            (fullnames.SEND_TASK_FULLNAME, calls.check_send_task),
        ):
            self.exact_methods[fullname] = _after(_result("payload", exact), self.exact_methods.get(fullname))
        for fullname in (*fullnames.SHARED_TASK_FULLNAMES, *fullnames.REGISTER_TASK_FULLNAMES):
            handler = _result("payload", payloads.check_registration)
            self.functions[fullname] = _after(handler, self.functions.get(fullname))


def _task_type(context: AnalyzeTypeContext, *, annotation: TaskAnnotation) -> Type:
    """mypy's own analysis, and what we attach to it; where that fails, mypy's own remains with its errors."""
    analyzed = annotation.analyze(context)
    attach: Callable[[AnalyzeTypeContext], Type] = guarded(
        "Task[...]", lambda context: annotation.attach(analyzed, context), lambda _: analyzed
    )
    return attach(context)


def _signature(name: str, handler: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return guarded(name, handler, lambda context: context.default_signature)


def _result(name: str, handler: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return guarded(name, handler, lambda context: context.default_return_type)


def _changing(handler: Callable[[Any], Any], change: Callable[[Any, Any], Any]) -> Callable[[Any], Any]:
    """A handler whose answer is changed by another."""

    def call(context: Any) -> Any:
        made = handler(context)
        return _result("made", lambda context: change(context, made))(context)

    return call


def _after(check: Callable[[Any], Any], handler: Callable[[Any], Any] | None) -> Callable[[Any], Any]:
    """A handler after which another looks at the same place, or that other alone."""
    if handler is None:
        return check

    def call(context: Any) -> Any:
        result = handler(context)
        check(context)
        return result

    return call
