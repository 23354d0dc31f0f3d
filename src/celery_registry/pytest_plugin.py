"""The pytest plugin: its fixtures.

Law: pytest loads this module in every run of every project that installed us, so it imports nothing of
Celery's or ours before the fixture is called.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from celery import Celery

    from celery_registry.contract.finding import Finding
    from celery_registry.testing import SentTasks

__all__ = ["CheckRegistry", "celery_registry_app", "celery_registry_check", "celery_registry_sent"]


#: The command's own words name an option, which pytest has not.
_WHICH_APP = (
    'which application? Say app = "module:attribute" in the settings beside pytest\'s root directory, or override this fixture: '
    "return the application from a fixture celery_registry_app in conftest.py (or name it: celery_registry_check(app))"
)


class CheckRegistry:
    """What the fixture gives to a test; the settings are those beside ``root``.

    ``find_app`` gives the application of a test that names none; without it the setting ``app`` does.
    """

    def __init__(self, root: Path, find_app: Callable[[], Celery | str] | None = None) -> None:
        self._root, self._find_app = root, find_app

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
        from celery_registry.cli.application_check import apply_baseline, judge_application
        from celery_registry.errors import ConfigurationError
        from celery_registry.report import render
        from celery_registry.settings import read_settings

        if app is None and self._find_app is not None:
            app = self._find_app()
        try:
            settings = read_settings(directory=self._root)
            report = judge_application(
                settings, app, registry, names, strict=strict, severity=severity, external=external
            )
            report = apply_baseline(report, settings)
        except ConfigurationError as error:
            pytest.fail(f"celery-registry: {error}", pytrace=False)
        if report.failed:
            pytest.fail(render(report), pytrace=False)
        return report.findings


@pytest.fixture
def celery_registry_check(request: pytest.FixtureRequest) -> CheckRegistry:
    """Check the registry against the application in a test::

        def test_registry(celery_registry_check):
            celery_registry_check()

    Arguments are those of ``celery_registry.guard.check``; ``app`` may be a text as ``celery -A`` takes it, and is the
    application of the fixture ``celery_registry_app`` where it is left out. What else is left out comes from ``guard.install`` and from the settings beside pytest's root directory. The application alone
    is asked, as a worker does when it boots; calls are left to ``celery-registry check`` and mypy.
    """
    # Asked for when it is called: a test that names its application needs no other.
    return CheckRegistry(request.config.rootpath, lambda: request.getfixturevalue("celery_registry_app"))


@pytest.fixture
def celery_registry_app(request: pytest.FixtureRequest) -> Celery:
    """The application that the other fixtures use: that of the setting ``app``, unless a project overrides this."""
    from celery_registry.cli.application import load_app, names_app
    from celery_registry.errors import ConfigurationError
    from celery_registry.settings import read_settings

    try:
        settings = read_settings(directory=request.config.rootpath)
        if not names_app(None, settings):
            pytest.fail(f"celery-registry: fixture celery_registry_app: {_WHICH_APP}", pytrace=False)
        return load_app(None, settings)
    except ConfigurationError as error:
        pytest.fail(f"celery-registry: fixture celery_registry_app: {error}", pytrace=False)


@pytest.fixture
def celery_registry_sent(celery_registry_app: Celery) -> Iterator[SentTasks]:
    """What the application sends during the test; nothing leaves the process::

        def test_an_order_sends_a_mail(celery_registry_sent):
            place_order("a@b.c")
            celery_registry_sent.to(registry.send_email).one_with(to="a@b.c", subject="Your order")

    See ``celery_registry.testing.record``.
    """
    from celery_registry.testing import record

    with record(celery_registry_app) as sent:
        yield sent
