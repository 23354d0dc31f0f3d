"""The guard: no process starts with a broken registry.

Law: the three functions users call. Nothing is read and no other module is loaded before the first check,
so that importing the guard costs next to nothing over ``import celery``. Celery, never mypy.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from os import PathLike
    from typing import Literal

    from celery import Celery
    from kombu import Queue

    from celery_registry.contract.codes import Code, Severity
    from celery_registry.contract.finding import Finding
    from celery_registry.guard.installation import Names, Registries

__all__ = ["check", "install", "verify"]


def install(
    app: Celery,
    registry: Registries = None,
    names: Names = None,
    *,
    strict: bool | None = None,
    severity: Mapping[str | Code, str | Severity] | None = None,
    external: Sequence[str] | None = None,
    park: str | Queue | None = None,
    validate: bool | Literal["send", "both"] = False,
    ready_file: str | PathLike[str] | None = None,
) -> None:
    """Stop every worker and beat of ``app`` that does not keep the contract, before it connects to the broker.

    ``registry`` is one registry class or several, ``names`` one enum of task names or several; either may be
    text, ``"module:Name"``, which is imported at the first check. ``strict`` also reports registered tasks that
    the enum does not name. What is left out is asked of the settings (``[tool.celery-registry]`` in pyproject.toml).
    ``severity`` sets a code to ``"error"`` (stops), ``"warning"`` (is logged) or
    ``"off"``. ``external`` are globs of names that other services implement.

    ``park`` names the durable queue that takes what a worker gets and cannot run, instead of losing it: an unknown
    task, arguments that do not bind, a body that cannot be decoded, and with ``validate`` an argument that is not of
    its annotated type. ``validate="send"`` checks each call of ``app`` before it is sent instead, ``"both"`` does both.

    ``ready_file`` is touched as long as a worker consumes, or beat sends: ``celery-registry ready FILE`` reads it.

    A process that refuses exits with status 78 (``EX_CONFIG`` of sysexits.h) and one message that lists
    everything; an embedded worker raises ``TaskContractError``. Raises ``ConfigurationError`` for an unknown
    code or severity. Calling it again for the same application replaces what was given before.
    """
    from celery_registry.guard import boot, installation

    given = installation.given_arguments(registry, names, strict, severity, external)
    app = installation.remember(app, given)
    boot.stand_guard(app)
    if park is not None or validate or "celery_registry.guard.parking" in sys.modules:
        from celery_registry.guard.parking import install_parking

        install_parking(app, park, validate)
    if ready_file is not None or "celery_registry.guard.readiness" in sys.modules:
        from celery_registry.guard.readiness import install_ready_file

        install_ready_file(app, ready_file)


def verify(
    app: Celery,
    registry: Registries = None,
    names: Names = None,
    *,
    strict: bool | None = None,
    severity: Mapping[str | Code, str | Severity] | None = None,
    external: Sequence[str] | None = None,
) -> None:
    """Check ``app`` now: for web processes, which only send tasks, and for tests.

    Imports the task modules of the application first (``imports``, ``include`` and autodiscovery), as a worker
    does. Arguments that are left out are those of ``install``. Raises ``TaskContractError`` with the text that
    a worker would stop with, and ``ConfigurationError`` for arguments that cannot be used; warnings are logged.
    """
    from celery_registry.guard import boot, installation

    given = installation.given_arguments(registry, names, strict, severity, external)
    boot.hold(installation.recall(app, given))


def check(
    app: Celery,
    registry: Registries = None,
    names: Names = None,
    *,
    strict: bool | None = None,
    severity: Mapping[str | Code, str | Severity] | None = None,
    external: Sequence[str] | None = None,
    payloads: bool = False,
) -> tuple[Finding, ...]:
    """Everything that is wrong with ``app``, as findings; the same checks as ``verify``.

    ``payloads`` also holds the types of the registered tasks to their serializers (``task-payload``).
    Imports the task modules first. Codes whose severity is ``"off"`` are left out; the severity of the others
    is the caller's to judge (``celery_registry.guard.severity``). Raises ``ConfigurationError``.
    """
    from celery_registry.guard import inspection, installation

    given = installation.given_arguments(registry, names, strict, severity, external)
    return inspection.inspect_app(installation.recall(app, given), payloads=payloads)
