"""Which registry is meant.

Law: what the user said, what the settings say and what the source has in, one registry out, or an error that names all.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from celery_registry.contract.names import show_nearest
from celery_registry.errors import ConfigurationError
from celery_registry.source.index import SourceIndex
from celery_registry.source.model import Registry

if TYPE_CHECKING:
    from celery_registry.settings import Settings

__all__ = ["choose_registry"]


def choose_registry(
    index: SourceIndex, settings: Settings, wanted: str | None, file: Path | None = None
) -> Registry | None:
    """The registry to edit; None where there is none yet, or none in that file.

    ``wanted`` is what the user named. Raises ``ConfigurationError`` where that is not there, or several are.
    """
    there = index.registries
    chosen = wanted or (settings.registry[0] if len(settings.registry) == 1 else None)
    if chosen is not None:
        name = chosen.replace(":", ".")
        if name not in there and wanted is None and not there:
            return None
        if name not in there:
            raise ConfigurationError(f'registry "{chosen}": is not in the source{show_nearest(name, there)}')
        return there[name]
    own = [registry for registry in there.values() if registry.module in index.modules]
    if file is not None:
        own = [r for r in own if Path(index.modules[r.module].path).resolve() == file.resolve()]
    if len(own) > 1:
        names = ", ".join(registry.fullname for registry in own)
        raise ConfigurationError(f"which registry? Give --registry: {names}")
    return own[0] if own else None
