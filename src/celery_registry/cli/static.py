"""``check`` of source text: what it tells without an application, a registry or a type checker.

Law: it chooses the registries and enums that are judged; the view shows them to the judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from celery_registry.cli.seen import looked_at, show_unseen, show_unused, tell_unread
from celery_registry.contract.calls import judge_call
from celery_registry.contract.coverage import judge_name
from celery_registry.contract.names import show_nearest
from celery_registry.contract.schedules import judge_replaced
from celery_registry.contract.task import LAMBDA
from celery_registry.contract.usage import (
    judge_binding,
    judge_crontab,
    judge_discovery,
    judge_given,
    judge_lambda,
    judge_member,
    judge_run_here,
    judge_sent,
    judge_unsent,
)
from celery_registry.errors import ConfigurationError
from celery_registry.report import Report
from celery_registry.source.app_settings import read_app_settings
from celery_registry.source.periodic_keys import replaced_entries
from celery_registry.source.project import read_projects
from celery_registry.source.setting_names import misnamed_settings
from celery_registry.source.suppressions import is_suppressed
from celery_registry.source.view import SourceView
from celery_registry.wire.crontab_fields import refused_fields

if TYPE_CHECKING:
    from celery_registry.contract.finding import Finding
    from celery_registry.contract.schedules import Entry
    from celery_registry.guard.installation import Installation
    from celery_registry.settings import Settings
    from celery_registry.source.index import SourceIndex
    from celery_registry.source.model import NameEnum, Registry
    from celery_registry.source.project import Project

__all__ = ["SourceFindings", "judge_around", "judge_index", "judge_source"]


def judge_source(
    settings: Settings,
    paths: Sequence[str] = (),
    registries: Sequence[str] = (),
    names: Sequence[str] = (),
    *,
    strict: bool | None = None,
    unused: bool = False,
) -> Report:
    """Check the Python files under ``paths`` (default: ``src`` where there is one, else the working directory).

    ``registries`` and ``names`` are dotted names, ``module:Class`` too; without them every registry that the files
    hold is checked. ``unused`` tells on standard error which tasks nothing names. Raises ``ConfigurationError`` for a path or a name that is not there.
    """
    projects = read_projects(paths, settings)
    unread = tell_unread(projects)
    misnamed = () if unread else misnamed_settings(projects[0].index, {}, settings.injected_parameters)
    for text in misnamed:
        # What is there in one service is missing in none.
        if all(text in misnamed_settings(p.index, {}, settings.injected_parameters) for p in projects[1:]):
            raise settings.mistake(text)
    chosen = [name.replace(":", ".") for name in registries or settings.registry]
    complete = [name.replace(":", ".") for name in names or settings.names]
    indexes = [project.index for project in projects]
    for name in chosen:
        # What is not found may be in what could not be read.
        if not unread and all(index.named_registry(name) is None for index in indexes):
            _refuse_unknown(name, "registry", [index.registries for index in indexes])
    for name in complete:
        if not unread and not any(name in index.enums or index.enum(name) is not None for index in indexes):
            _refuse_unknown(name, "names", [index.enums for index in indexes])
    if not unread and not settings.locks and not any(index.registrations for index in indexes):
        # A service that only sends registers nothing.
        projects[0].refuse_nothing()
    if unused:
        for index in indexes:
            click.echo(show_unused(index), err=True)
    report = _together(projects, [_judge_project(p, settings, chosen, complete, strict) for p in projects])
    return replace(report, unread=unread)


def _judge_project(
    project: Project, settings: Settings, chosen: Sequence[str], names: Sequence[str], strict: bool | None
) -> Report:
    index = project.index
    registries = [each for name in chosen or index.registries if (each := index.named_registry(name)) is not None]
    complete = _enums(index, names)
    view = _view(index, settings, registries, complete, strict, named=bool(chosen))
    # Of several services, one may not have all that are named.
    report = _judge(view, index, settings, complete if len(complete) == len(names) else ())
    return replace(report, looked_at=looked_at(project, len(view.entries)), unseen=show_unseen(project))


def _together(projects: Sequence[Project], reports: Sequence[Report]) -> Report:
    """The reports of several programs as one; of what they share, what each of them says."""
    first = reports[0]
    if len(reports) == 1:
        return first
    found = [f for p, report in zip(projects, reports, strict=True) for f in report.findings if p.owns(f.origin.path)]
    shared = [f for f in first.findings if not any(p.owns(f.origin.path) for p in projects)]
    others = [{(f.problem, f.task, f.origin) for f in report.findings} for report in reports[1:]]
    found += [f for f in shared if all((f.problem, f.task, f.origin) in each for each in others)]
    held = {report.held for report in reports}
    words = max(held, key=len) if len(held) > 1 else held.pop()
    unseen = "\n".join(dict.fromkeys(report.unseen for report in reports))
    together = Report.judge(found, first.severities, words)
    return replace(together, looked_at="; ".join(report.looked_at for report in reports), unseen=unseen)


def judge_index(
    index: SourceIndex,
    settings: Settings,
    registries: Sequence[Registry] | None = None,
    names: Sequence[NameEnum] = (),
    *,
    strict: bool | None = None,
) -> Report:
    """What the index alone tells; without ``registries`` each of the index is judged."""
    chosen = list(index.registries.values()) if registries is None else registries
    return _judge(_view(index, settings, chosen, names, strict), index, settings, names)


@dataclass(frozen=True)
class SourceFindings:
    """What a source tells: the findings to tell, those that a comment on their line accepts, and what was looked at.

    ``calls`` counts the calls that were held to something, ``unjudged`` the others, ``registries`` the registries.
    """

    told: tuple[Finding, ...]
    accepted: tuple[Finding, ...]
    looked_at: str
    unseen: str
    calls: int
    unjudged: int
    registries: int


def judge_around(project: Project, installation: Installation, *, others: bool) -> SourceFindings:
    """What the source around an application tells beside it; see ``judge_source``.

    The registries that the application is held to are its own business, and so are all where ``others`` is False.
    """
    index = project.index
    held = {f"{cls.__module__}.{cls.__qualname__}" for cls in installation.registry_classes()}
    beside = [registry for name, registry in index.registries.items() if name not in held] if others else []
    view = SourceView(index, beside, [], strict=False, external=installation.external, injected=installation.injected)
    named = [f"{cls.__module__}.{cls.__qualname__}" for cls in installation.name_classes()]
    complete = _enums(index, named)
    names = complete if len(complete) == len(named) else []

    def is_registered(name: str) -> bool:
        return name in installation.app.tasks or index.is_registered(name) or not index.reads_everything

    found = list(_findings(view, index, names, is_registered))
    accepted = [finding for finding in found if is_suppressed(finding.origin, str(finding.code))]
    report = Report.judge([finding for finding in found if finding not in accepted], installation.severities)
    return SourceFindings(
        _told_once(report.findings, view.entries),
        tuple(accepted),
        looked_at(project, len(view.entries)),
        show_unseen(project),
        len(index.calls.calls),
        index.calls.unseen.total(),
        len(beside),
    )


def _enums(index: SourceIndex, names: Sequence[str]) -> list[NameEnum]:
    return [enum for name in names if (enum := index.enums.get(name) or index.enum(name)) is not None]


def _view(
    index: SourceIndex,
    settings: Settings,
    registries: Sequence[Registry],
    names: Sequence[NameEnum],
    strict: bool | None,
    *,
    named: bool = False,
) -> SourceView:
    return SourceView(
        index,
        registries,
        names,
        strict=settings.strict if strict is None else strict,
        external=settings.external,
        injected=settings.injected_parameters,
        named=named,
    )


def _judge(view: SourceView, index: SourceIndex, settings: Settings, names: Sequence[NameEnum]) -> Report:
    told = [f for f in _findings(view, index, names, index.may_register) if not is_suppressed(f.origin, str(f.code))]
    unseen = not index.calls.calls and index.calls.unseen.total()
    found = "no call could be judged, and nothing else wrong was found" if unseen else "nothing wrong was found"
    held = None if view.registries else f"{found}; there is no registry to compare with"
    if held is None and any(r.task_name is None for r in index.seen_from()):
        held = "the registry and the application agree, as far as names can be read"
    report = Report.judge(told, settings.severities, held)
    return replace(report, findings=_told_once(report.findings, view.entries))


def _findings(
    view: SourceView, index: SourceIndex, names: Sequence[NameEnum], is_registered: Callable[[str], bool]
) -> Iterator[Finding]:
    yield from view.findings()
    yield from _of_calls(index, names, view.external, is_registered)


def _of_calls(
    index: SourceIndex, names: Sequence[NameEnum], external: Sequence[str], is_registered: Callable[[str], bool]
) -> Iterator[Finding]:
    for call in (*index.calls.calls, *index.calls.shapes):
        yield from judge_call(call)
    written = {value for enum in names for value in enum.members.values()}
    # Of an enum with a value that cannot be read nobody knows which names it has.
    known = {value for value in written if value is not None} if names and None not in written else None
    for name, place in index.calls.addressed:
        finding = judge_name(name, known, [enum.fullname for enum in names], external, place, is_registered)
        if finding is not None:
            yield finding
    yield from _usage(index)


def _told_once(findings: Sequence[Finding], entries: Sequence[Entry]) -> tuple[Finding, ...]:
    """A signature that ``add_periodic_task`` is given is a call too: where the entry does not fit, that is told."""
    told = {finding.origin for finding in findings if finding.problem == "schedule-arguments"}
    twice = {entry.call for entry in entries if entry.origin in told}
    return tuple(finding for finding in findings if finding.origin not in twice)


def _usage(index: SourceIndex) -> Iterator[Finding]:
    """What is wrong with the use of tasks, beside their arguments."""
    for sent in index.calls.sent:
        yield from judge_sent(sent)
    for unsent in index.calls.unsent:
        yield from judge_unsent(unsent)
    for run in index.calls.run_here:
        yield from judge_run_here(run)
    # A class of the tasks may have a serializer.
    if index.calls.given and (index.calls.says_json or not read_app_settings(index).is_mentioned("task_cls")):
        for given in index.calls.given:
            yield from judge_given(given)
    for missed in index.calls.undiscovered:
        yield from judge_discovery(missed)
    for named in index.calls.members:
        finding = judge_member(named)
        if finding is not None:
            yield finding
    for crontab in index.calls.crontabs:
        yield from judge_crontab(crontab, refused_fields(crontab.doubtful))
    for entry in replaced_entries(index):
        yield judge_replaced(entry)
    for registration in index.seen_from():
        if registration.hidden == LAMBDA:
            yield from judge_lambda(registration.label or "lambda", registration.origin)
    for registration, function, written in index.bound_tasks():
        yield from judge_binding(registration.label or function, function, written, registration.target_origin)


def _refuse_unknown(name: str, what: str, there: Sequence[Mapping[str, object]]) -> None:
    """Raise ``ConfigurationError`` where none of several programs has what is named."""
    if not any(name in each for each in there):
        near = [known for each in there for known in each]
        raise ConfigurationError(f'{what} "{name}": is not in the source{show_nearest(name, near)}')
