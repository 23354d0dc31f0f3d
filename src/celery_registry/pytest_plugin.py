"""The pytest plugin: one fixture.

Law: pytest loads this module in every run of every project that installed us, so it imports nothing of
Celery's or ours before the fixture is called.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from celery import Celery

    from celery_registry.contract.finding import Finding

__all__ = ["CheckRegistry", "celery_registry_check"]


class CheckRegistry(Protocol):
    """What the fixture gives to a test."""

    def __call__(
        self,
        app: Celery | str | None = None,
        registry: Any = None,
        names: Any = None,
        *,
        strict: bool | None = None,
        severity: Mapping[str, str] | None = None,
        external: Sequence[str] | None = None,
    ) -> tuple[Finding, ...]:
        """Fail the test where the registry and the application disagree; return what is only a warning."""
        ...


@pytest.fixture
def celery_registry_check(request: pytest.FixtureRequest) -> Callable[..., tuple[Finding, ...]]:
    """Check the registry against the application in a test::

        def test_registry(celery_registry_check):
            celery_registry_check()

    Arguments are those of ``celery_registry.guard.check``; ``app`` may be a text as ``celery -A`` takes it.
    What is left out comes from ``guard.install`` and from the settings beside pytest's root directory.
    """
    root = request.config.rootpath

    def check(
        app: Celery | str | None = None,
        registry: Any = None,
        names: Any = None,
        *,
        strict: bool | None = None,
        severity: Mapping[str, str] | None = None,
        external: Sequence[str] | None = None,
    ) -> tuple[Finding, ...]:
        from celery_registry.cli.judgement import apply_baseline, judge_application
        from celery_registry.errors import ConfigurationError
        from celery_registry.report import render
        from celery_registry.settings import read_settings

        try:
            settings = read_settings(directory=root)
            report = judge_application(
                settings, app, registry, names, strict=strict, severity=severity, external=external
            )
            report = apply_baseline(report, settings)
        except ConfigurationError as error:
            pytest.fail(f"celery-registry: {error}", pytrace=False)
        if report.failed:
            pytest.fail(render(report), pytrace=False)
        return report.findings

    return check
