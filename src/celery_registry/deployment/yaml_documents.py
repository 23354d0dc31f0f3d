"""YAML, with the lines on which names stand.

Law: text in, plain values out, anchors and merge keys followed. A tag that only another program knows is ``UNKNOWN``.
"""

from __future__ import annotations

import re
from typing import Any

from celery_registry.deployment.variables import UNKNOWN
from celery_registry.errors import ConfigurationError

__all__ = ["line_of", "read_documents"]


def read_documents(text: str, label: str) -> list[Any]:
    """Every document of a text; raises ``ConfigurationError`` where it is no YAML, or PyYAML is not installed."""
    try:
        import yaml
    except ModuleNotFoundError:
        raise ConfigurationError(f'{label}: reading YAML needs PyYAML: pip install "celery-registry[deploy]"') from None

    class Loader(yaml.SafeLoader):
        """Knows no tag but YAML's own."""

    Loader.add_multi_constructor("!", lambda loader, suffix, node: UNKNOWN)
    try:
        return [document for document in yaml.load_all(text, Loader) if document is not None]
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigurationError(f"{label}: is not valid YAML: {' '.join(str(error).split())[:200]}") from None


def line_of(text: str, name: str, key: str = "") -> int:
    """The first line on which a name stands as a key, or as the value of ``key``; 1 where it cannot be found."""
    quoted = rf"[\"']?{re.escape(name)}[\"']?"
    pattern = rf"^\s*-?\s*{key}\s*:\s*{quoted}\s*(#.*)?$" if key else rf"^\s+{quoted}\s*:"
    found = re.search(pattern, text, re.MULTILINE)
    return 1 if found is None else text.count("\n", 0, found.start() + len(found[0]) - len(found[0].lstrip())) + 1
