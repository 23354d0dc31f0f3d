"""The mypy plugin: ``plugins = celery_registry.mypy``.

Law: this package is the only one that imports mypy. It never imports celery or the user's code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

# mypy hashes this file and this name into its cache key, so a new release re-checks everything.
from celery_registry import __version__ as __version__

if TYPE_CHECKING:
    from mypy.plugin import Plugin

__all__ = ["plugin"]


def plugin(version: str) -> type[Plugin]:
    """The entry point that mypy calls with its own version (mypy documentation, *Extending mypy using plugins*)."""
    from celery_registry.mypy.hooks import CeleryRegistryPlugin

    return CeleryRegistryPlugin
