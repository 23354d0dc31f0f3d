"""An application and the source around it, in one report.

Law: it decides which of the two is believed where both see something, and knows no rule. What is registered the
application knows; who calls it, and on which line something stands, only the text.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import click

from celery_registry.cli.application import named_app
from celery_registry.cli.application_check import hold_application
from celery_registry.cli.seen import show_unused, tell_unread
from celery_registry.cli.static import SourceFindings, judge_around
from celery_registry.contract.finding import Finding
from celery_registry.contract.names import show_place
from celery_registry.contract.routes import Route, compare_routes
from celery_registry.errors import ConfigurationError
from celery_registry.report import Report
from celery_registry.report.document import show_path
from celery_registry.source.project import Project, read_projects
from celery_registry.source.suppressions import is_suppressed

if TYPE_CHECKING:
    from celery_registry.guard.installation import Installation
    from celery_registry.guard.view import AppView
    from celery_registry.settings import Settings

__all__ = ["judge_program"]

#: Of these problems a registered name is the answer.
_UNKNOWN_NAMES: Final = frozenset({"name-not-registered", "schedule-unknown-task"})
_MISSING: Final = _UNKNOWN_NAMES | {"route-unknown-task"}
#: What a task that takes any number of arguments cannot have.
_COUNTED: Final = frozenset(
    {"call-too-many", "call-multiple", "call-unexpected", "call-missing", "call-missing-named", "call-type"}
    | {"errback-too-many", "errback-missing"}
)


def judge_program(
    settings: Settings,
    app_name: str | None,
    registry: Sequence[str],
    names: Sequence[str],
    *,
    strict: bool | None,
    severity: Mapping[str, str],
    external: Sequence[str],
    payloads: bool,
    unused: bool,
) -> Report:
    """Check an application as ``judge_application`` does, and the source in the working directory beside it.

    What of the source cannot be looked at is said on standard error. Raises as ``judge_application`` does.
    """
    held = hold_application(
        settings,
        app_name,
        registry,
        names,
        strict=strict,
        severity=severity,
        external=external,
        discover=True,
        payloads=payloads,
    )
    shown = f"the application {named_app(app_name, settings)}"
    try:
        project = _source_of(held.installation, named_app(app_name, settings), settings)
        if unused:
            click.echo(show_unused(project.index), err=True)
        source = judge_around(project, held.installation, others=held.discovered)
    except ConfigurationError as error:
        if unused:
            raise
        click.echo(f"no call was looked at: {error}", err=True)
        told = [f for f in held.report.findings if not is_suppressed(f.origin, str(f.code))]
        return replace(held.report, findings=tuple(told), looked_at=f"{shown} alone, and at no call")
    unread = tell_unread([project])
    knows = _Knowledge(held.installation)
    live = [_placed(finding, project, knows) for finding in held.report.findings]
    findings = _merge(live, source.told, source.accepted, knows)
    report = Report.judge(findings, held.report.severities, _words(held.report.held, source))
    files = f"; {len(unread)} could not be read, and no call in {'it' if len(unread) == 1 else 'them'} was looked at"
    looked_at = f"{shown} and {source.looked_at}{files if unread else ''}"
    return replace(report, looked_at=looked_at, unseen=source.unseen, unread=unread)


def _words(held: str, source: SourceFindings) -> str:
    """What agrees, with the calls that fit."""
    first, semicolon, rest = held.partition(";")
    if source.calls:
        one = source.calls == 1
        first += ", and " + (
            "the call that could be judged fits" if one else f"the {source.calls} calls that could be judged fit"
        )
    elif source.unjudged:
        first += ", and no call could be judged"
    if semicolon and source.registries:
        rest = " the registry that the application does not import agrees with the source"
    return f"{first}{semicolon}{rest}"


# -- which source -------------------------------------------------------------------------------------------------------


def _source_of(installation: Installation, named: str | None, settings: Settings) -> Project:
    """The source of the working directory. Raises ``ConfigurationError`` where it is not that of the application."""
    projects = read_projects((), settings)
    module = (named or "").partition(":")[0]
    modules = {module, f"{module}.celery", module.rpartition(".")[0]}
    tasks = installation.app.tasks.items()
    modules.update(type(task).__module__ for name, task in tasks if not name.startswith("celery."))
    loaded = [getattr(sys.modules.get(name), "__file__", None) for name in modules if name]
    files = {os.path.realpath(file) for file in loaded if file}
    for project in projects:
        paths = {file.path for file in project.index.modules.values()}
        if any(os.path.realpath(path) in files and project.owns(path) for path in paths):
            return project
    shown = " and the ".join(project.looked_at for project in projects)
    raise ConfigurationError(f"the source of {named} is not in the {shown}: `celery-registry check PATHS` reads others")


def _placed(finding: Finding, project: Project, knows: _Knowledge) -> Finding:
    """A name that the application lacks, with the file that registers it: then no other name is meant."""
    if finding.problem not in _MISSING or not project.index.is_registered(finding.task):
        return finding
    paths = {registration.origin.path for registration in project.index.implementations(finding.task)}
    if len(paths) != 1 or not (path := paths.pop()):
        return replace(finding, facts={**finding.facts, "nearest": ""})
    shown = show_place(show_path(path), knows.has_imported(path))
    return replace(finding, facts={**finding.facts, "nearest": shown})


# -- one report ----------------------------------------------------------------------------------------------------------


class _Knowledge:
    """What a live application knows that the text only guesses."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation

    @cached_property
    def _view(self) -> AppView:
        from celery_registry.guard.view import AppView

        return AppView(self._installation)

    @cached_property
    def _entries(self) -> set[tuple[str, str | None]]:
        from celery_registry.guard.schedule import read_schedule

        return {(entry.key, entry.task) for entry in read_schedule(self._installation.app)}

    @cached_property
    def _routes(self) -> set[tuple[str, str]]:
        from celery_registry.guard.routes import read_routes

        return {(route.setting, route.text) for route in read_routes(self._installation.app)}

    @cached_property
    def _imported(self) -> set[str]:
        files = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
        return {os.path.realpath(file) for file in files if isinstance(file, str)}

    def has_imported(self, path: str) -> bool:
        """Whether the process has imported a file."""
        return os.path.realpath(path) in self._imported

    def denies(self, finding: Finding) -> bool:
        """Whether the application shows that a finding of the source is none."""
        registered: Any = self._view.registered
        problem, task, facts = finding.problem, finding.task, finding.facts
        if problem in _UNKNOWN_NAMES and task in registered:
            return True
        if problem in _COUNTED and task in registered:
            return not self._view.implementations(task)[0].counted
        if problem.startswith("schedule-"):
            # It has looked at this entry itself, also where the text does not show its key.
            return any(facts["entry"] in ("", key) and name in (None, task) for key, name in self._entries)
        if problem == "route-unknown-task":
            route = Route(facts["setting"], task, finding.origin)
            looked_at = (route.setting, route.text) in self._routes
            return looked_at or not list(compare_routes([route], registered, self._installation.external))
        if problem == "route-unknown-queue":
            # It has all queues, and has looked at each place that names one.
            return True
        if problem == "discovery-misses" and finding.other is not None:
            return self.has_imported(finding.other.path)
        return False


def _merge(
    live: Iterable[Finding], told: Iterable[Finding], accepted: Iterable[Finding], knows: _Knowledge
) -> list[Finding]:
    """The findings of both, each once; of what both see the text has the line, and the comment that accepts it."""
    left, hidden = list(told), list(accepted)
    found = []
    for finding in live:
        twin = _take(finding, left)
        if twin is None and _take(finding, hidden) is not None:
            continue
        if twin is not None and twin.origin.path:
            finding = replace(finding, origin=twin.origin, other=twin.other)
        if not is_suppressed(finding.origin, str(finding.code)):
            found.append(finding)
    return [*found, *(finding for finding in left if not knows.denies(finding))]


def _take(finding: Finding, others: list[Finding]) -> Finding | None:
    """The same finding among others, taken out of them."""
    for is_twin in (_is_same, _is_known_otherwise):
        for other in others:
            if other.problem == finding.problem and is_twin(finding, other):
                others.remove(other)
                return other
    return None


def _is_same(one: Finding, other: Finding) -> bool:
    if one.problem == "schedule-entry":
        # Of an entry that beat cannot read, the two may not call the task alike.
        return one.facts == other.facts
    return one.task == other.task and all(one.facts.get(name) == other.facts.get(name) for name in ("entry", "setting"))


def _is_known_otherwise(one: Finding, other: Finding) -> bool:
    """An entry whose key the text does not show, or that ``add_periodic_task`` calls after its signature."""
    if not one.problem.startswith("schedule-"):
        return False
    if one.problem == "schedule-entry":
        return one.facts["entry"] == other.facts["entry"]
    return one.task == other.task and (one.facts["entry"].endswith(")") or not other.facts["entry"])
