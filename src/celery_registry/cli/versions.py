"""The versions that a problem report needs.

Law: it asks the installed distributions' metadata and imports none of them.
"""

from __future__ import annotations

import platform
from importlib import metadata

import celery_registry

__all__ = ["installed_version", "show_versions"]

_DISTRIBUTIONS = ("mypy", "celery", "celery-types")


def show_versions() -> str:
    """One line per version: ours, mypy's, Celery's, celery-types' and Python's."""
    lines = [("celery-registry", celery_registry.__version__)]
    lines += [(name, installed_version(name) or "not installed") for name in _DISTRIBUTIONS]
    lines += [("python", f"{platform.python_version()} ({platform.python_implementation()})")]
    return "\n".join(f"{name} {version}" for name, version in lines)


def installed_version(distribution: str) -> str | None:
    """The version of an installed distribution, None where it is not installed."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None
