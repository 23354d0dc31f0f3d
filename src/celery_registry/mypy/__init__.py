"""The mypy plugin: ``plugins = celery_registry.mypy``.

Law: this package is the only one that imports mypy. It never imports celery or the user's code.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

# mypy hashes this file and this name into its cache key, so a new release re-checks everything.
from celery_registry import __version__ as __version__

if TYPE_CHECKING:
    from mypy.plugin import Plugin

__all__ = ["plugin"]


def plugin(version: str) -> type[Plugin]:
    """The entry point that mypy calls with its own version (mypy documentation, *Extending mypy using plugins*).

    On a mypy that is newer than the tests know, and that moved what the plugin imports, it returns a plugin that
    checks nothing, and says so in one line: an upgrade of mypy must not stop anybody's CI.
    """
    from celery_registry.window import is_newer

    newer = is_newer("mypy", version)
    try:
        from celery_registry.mypy.hooks import CeleryRegistryPlugin

        if newer:
            # Else loaded at the first match, in the middle of a run.
            import celery_registry.mypy.handlers
            import celery_registry.mypy.metadata  # noqa: F401 - to have it loaded
    except (ImportError, AttributeError) as error:
        if not newer:
            raise
        from mypy.plugin import Plugin

        print(
            f"celery-registry {__version__} checks nothing on mypy {version}, which is newer than it was tested with "
            f"({error}): upgrade celery-registry, or use an older mypy",
            file=sys.stderr,
        )
        return Plugin
    return CeleryRegistryPlugin
