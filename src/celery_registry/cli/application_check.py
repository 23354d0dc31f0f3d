"""One application, held to its registries and judged by the settings.

Law: settings fill what the caller left out, ``guard.install`` what the settings left out; the guard finds. No rule
is known here, and no layout.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from celery_registry.baseline import read_baseline
from celery_registry.cli.application import import_classes, imported, load_app, own_output
from celery_registry.contract.codes import Code, Severity
from celery_registry.errors import ConfigurationError
from celery_registry.report import Report

if TYPE_CHECKING:
    from pathlib import Path

    from celery import Celery

    from celery_registry.guard.installation import Installation
    from celery_registry.settings import Settings

__all__ = ["Held", "apply_baseline", "hold_application", "judge_application", "misnamed_in_application"]

_WHICH_REGISTRY: Final = "which registry? Give one (registry=..., a class or MODULE:CLASS), or the setting registry = [...], or call guard.install"


@dataclass(frozen=True)
class Held:
    """An application with what it was held to, and what was found.

    ``discovered``: nobody named a registry or an enum, and those that the program imports were taken.
    """

    installation: Installation
    report: Report
    discovered: bool


def judge_application(
    settings: Settings,
    app: Celery | str | None = None,
    registry: Any = None,
    names: Any = None,
    *,
    strict: bool | None = None,
    severity: Mapping[str, str] | None = None,
    external: Sequence[str] | None = None,
    discover: bool = False,
    payloads: bool = False,
) -> Report:
    """Check an application as a worker would, without a broker.

    What is given here stands over what ``guard.install`` was given, and that over the settings. ``app``, ``registry``
    and ``names`` may be texts, which are imported. Where neither a registry nor an enum is known, ``discover`` takes
    every class of the imported program that extends ``BaseTasksRegistry``, and where there is none the schedules,
    routes and imports are what is checked. ``payloads`` asks for ``task-payload`` too.

    Raises ``ConfigurationError`` for what cannot be imported or used.
    """
    held = hold_application(
        settings,
        app,
        registry,
        names,
        strict=strict,
        severity=severity,
        external=external,
        discover=discover,
        payloads=payloads,
    )
    return held.report


def hold_application(
    settings: Settings,
    app: Celery | str | None,
    registry: Any,
    names: Any,
    *,
    strict: bool | None,
    severity: Mapping[str, str] | None,
    external: Sequence[str] | None,
    discover: bool,
    payloads: bool,
) -> Held:
    """``judge_application``, with what the application was held to."""
    from celery_registry.guard.app_reader import AppReader
    from celery_registry.guard.injected import misnamed_injections
    from celery_registry.guard.inspection import inspect_app
    from celery_registry.guard.installation import given_arguments, recall

    application = load_app(app, settings) if app is None or isinstance(app, str) else app
    severities = None if severity is None else dict[str | Code, str | Severity](severity.items())
    given = given_arguments(registry or None, names or None, strict, severities, external or None)
    installed = recall(application, given, settings)
    registries, enums = _classes(installed.registries, "registry"), _classes(installed.names, "names")
    discovered = not registries and not enums
    if discovered:
        registries = _discover_registries(application) if discover else ()
        if not registries and not discover:
            raise ConfigurationError(_WHICH_REGISTRY)
    judged = replace(installed, registries=registries, names=enums)
    with own_output():
        reader = AppReader(installed.injected)
        findings = inspect_app(judged, payloads=payloads, reader=reader)
        misnamed = next(misnamed_injections(installed, reader), None)
    if misnamed is not None:
        raise settings.mistake(misnamed)
    words = None if registries else _held_without_registry(application, bool(enums), bool(findings))
    return Held(judged, Report.judge(findings, installed.severities, words), discovered)


def misnamed_in_application(app: Celery, settings: Settings) -> Iterator[str]:
    """A line for each name of the settings that names nothing, for a command that can do without it."""
    from celery_registry.guard.app_reader import AppReader
    from celery_registry.guard.injected import misnamed_class, misnamed_injections
    from celery_registry.guard.installation import given_arguments, recall

    installed = recall(app, given_arguments(None, None, None, None, None), settings)
    named = [("registry", name) for name in settings.registry] + [("names", name) for name in settings.names]
    found = [misnamed_class(setting, name) for setting, name in named]
    found += misnamed_injections(installed, AppReader(installed.injected))
    yield from (f"celery-registry: {settings.mistake(text)}" for text in found if text is not None)


def _held_without_registry(app: Celery, named: bool, found: bool) -> str:
    """What was checked then, for a line that must not speak of a registry. Raises where nothing was, and nothing found."""
    tasks = sum(not str(name).startswith("celery.") for name in app.tasks)
    if named:
        return "the names and the application agree; there is no registry"
    if not tasks and not found:
        raise ConfigurationError(
            "the application has no task and there is no registry, so nothing was checked: are its task modules named "
            "in `include`, `imports` or autodiscover_tasks?"
        )
    counted = f"{tasks} task" + "s" * (tasks != 1)
    return f"the imports, schedules and routes of {counted} hold; there is no registry to compare with"


def apply_baseline(report: Report, settings: Settings, path: Path | None = None) -> Report:
    """Hide what the baseline at ``path``, or that of the settings, accepts."""
    if path is None and settings.baseline is not None:
        path = settings.path(settings.baseline)
    return report if path is None else report.accept(read_baseline(path))


def _classes(given: Any, what: str) -> tuple[type[Any], ...]:
    several = (given,) if isinstance(given, (str, type)) else tuple(given)
    return tuple(each if isinstance(each, type) else import_classes([each], what)[0] for each in several)


def _discover_registries(app: Celery) -> tuple[type[Any], ...]:
    """Every class of the imported program that extends ``BaseTasksRegistry``."""
    from celery_registry.guard.imports import import_task_modules
    from celery_registry.guard.registry_reader import imported_registries

    # As the guard does it: a module that cannot be imported is a finding, with a registry and without. One that ends the
    # process leaves nothing to judge.
    with imported("the task modules"):
        stopped = import_task_modules(app)
        if isinstance(stopped, SystemExit):
            raise stopped
    # A class made inside a function is somebody's experiment.
    return tuple(cls for cls in imported_registries() if "<locals>" not in cls.__qualname__)
