"""Everything the guard checks, in the order a person reads it.

Law: readers on one side, ``contract`` on the other, and what lies between. It decides nothing itself.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from celery_registry.contract.accepted import compare_serializers
from celery_registry.contract.codes import Severity
from celery_registry.contract.finding import Finding
from celery_registry.contract.judge import Judge
from celery_registry.contract.names import begins_as_none
from celery_registry.contract.routes import Route, compare_queues, compare_routes, is_sent_elsewhere, judge_routers
from celery_registry.contract.schedules import Entry, compare_schedule
from celery_registry.guard.aliases import inspect_aliases
from celery_registry.guard.app_reader import AppReader
from celery_registry.guard.imports import failed_imports, import_task_modules, passed_over
from celery_registry.guard.installation import Installation
from celery_registry.guard.other_services import names_of_others
from celery_registry.guard.routes import read_queue_uses, read_queues, read_routers, read_routes, routes_by_code
from celery_registry.guard.schedule import read_schedule
from celery_registry.guard.serializers import read_accepted, read_serializer_uses
from celery_registry.guard.severity import severity_of
from celery_registry.guard.view import AppView

__all__ = ["inspect_app", "inspect_registered"]

#: A task is named that another service of the program may have.
_UNKNOWN: Final = frozenset({"schedule-unknown-task", "route-unknown-task"})
#: A task is wanted that is not there: what Celery passes over may be why.
_MISSING: Final = _UNKNOWN | {"name-not-registered"}


def inspect_app(
    installation: Installation, *, payloads: bool = False, reader: AppReader | None = None
) -> tuple[Finding, ...]:
    """Import the task modules of the application as a worker does, then hold it to its registries and names.

    ``reader`` reads the tasks, for whoever asks it more. Returns all findings whose severity is not ``off``. Raises
    ``ConfigurationError`` for arguments that name nothing.
    """
    import_task_modules(installation.app)
    return inspect_registered(installation, payloads=payloads, reader=reader)


def inspect_registered(
    installation: Installation, *, payloads: bool = False, consumes: bool = False, reader: AppReader | None = None
) -> tuple[Finding, ...]:
    """The same for what is registered now, in a process that has imported its task modules.

    ``consumes`` says that this application's own workers take what it sends: a worker that boots, or whoever asks for
    ``payloads``.
    """
    with _collector_paused():
        found = tuple(_findings(installation, consumes or payloads, reader))
        findings = (*failed_imports(installation.app), *found)
        if any(finding.problem in _MISSING for finding in found):
            findings = (*passed_over(installation.app), *findings)
        if payloads:
            # Not at boot, which must cost nothing: the tables are loaded when somebody asks.
            from celery_registry.guard.payloads import inspect_payloads

            findings = (*findings, *inspect_payloads(installation))
    severities = installation.severities
    return tuple(f for f in findings if severity_of(f, severities) is not Severity.OFF)


def _findings(installation: Installation, consumes: bool, reader: AppReader | None) -> Iterator[Finding]:
    """All of them; what the readers keep is released at the end."""
    app, external = installation.app, installation.external
    view = AppView(installation, reader)
    yield from Judge(view).findings()
    members = {member: name for table in view.tables for member, name in table.members.items()}
    entries = list(read_schedule(app))
    routes = list(read_routes(app))
    others = _of_other_services(entries, routes, view)

    def by_name(known: Sequence[str]) -> Iterator[Finding]:
        others_too = [*known, *others]
        yield from compare_schedule(
            entries, view.registered, view.scheduled, view.rules, others_too, members, view.is_imported
        )
        yield from compare_routes(routes, view.registered, known, view.is_imported)

    found = list(by_name(external))
    if any(finding.problem in _UNKNOWN for finding in found):
        # Settings that several services share name the tasks of all.
        found = list(by_name([*external, *names_of_others(app)]))
    yield from found
    yield from judge_routers(read_routers(app))
    queues = read_queues(app)
    if queues is not None:
        yield from compare_queues(read_queue_uses(app), queues, sure=not app.conf.task_create_missing_queues)
    if consumes:
        # An application that only sends may send to workers of another service, which accept something else.
        yield from compare_serializers(read_serializer_uses(app), read_accepted(app))
    yield from inspect_aliases(app)


def _of_other_services(entries: Sequence[Entry], routes: Sequence[Route], view: AppView) -> list[str]:
    """The tasks that begin as nothing does that is registered here: a scheduler sends by name what another service has.

    What no queue is named for goes to the workers of this application, which have to know it; unless it has no task at all.
    """
    unknown = [entry for entry in entries if entry.task is not None and entry.task not in view.registered]
    if not unknown:
        return []
    own = {name.partition(".")[0] for name in view.registered}
    own |= {type(task).__module__.partition(".")[0] for task in view.registered.values()}
    anywhere = own <= {"celery"} or routes_by_code(view.app)
    return [
        entry.task
        for entry in unknown
        if entry.task is not None
        and begins_as_none(entry.task, own)
        and (anywhere or is_sent_elsewhere(entry.task, entry.options, routes))
    ]


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Thousands of objects are made here and dropped at once; collecting them would walk the whole application."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
