"""Whether the messages of a program are JSON, as Celery's are unless somebody says otherwise.

Law: the texts of the program in, yes or no out; no where anything may choose another serializer, or teach JSON a new type.
Of a comment it does not know that it is one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["sends_json"]

_SAID = re.compile(rb"""(?i)task_serializer\b["']?\s*(?::\s*\w+\s*)?[:=]?\s*["']?([\w./-]*)""")
_JSON = frozenset({b"json", b"application/json"})
#: Another wire, an own encoder, a class of tasks that is set late, or a configuration of which nobody knows what it says.
_OTHER = re.compile(
    rb"kombu\.serialization|kombu\.utils\.json|register_type\(|\bserialization\.register\(|config_from_envvar|config_from_cmdline"
    rb"|\.Task\s*=[^=]"
)
_OBJECT = re.compile(rb"""config_from_object\(\s*(?:f?["']([\w.:]+)["']|([\w.]+))?""")
_WORDS = (b"erializ", b"ERIALIZ", b"kombu", b"register_type", b"config_from_", b".Task")
_DJANGO = b"django.conf:settings"


def sends_json(texts: Mapping[str, bytes]) -> bool:
    """``texts`` are those of the production modules, by name."""
    said = False
    for text in texts.values():
        if any(word in text for word in _WORDS):
            if _OTHER.search(text):
                return False
            for found in _SAID.finditer(text):
                said = True
                if found.group(1).lower() not in _JSON:
                    return False
    if said:
        return True
    # The default is known where all that may say otherwise was read: the application and its settings.
    objects = [found.group(1) for text in texts.values() for found in _OBJECT.finditer(text)]
    return any(b"Celery(" in text for text in texts.values()) and all(_is_read(name, texts) for name in objects)


def _is_read(name: bytes | None, texts: Mapping[str, bytes]) -> bool:
    if name is None:
        return False
    if name == _DJANGO:
        return any(b"INSTALLED_APPS" in text for text in texts.values())
    return name.partition(b":")[0].decode(errors="replace") in texts
