"""Whether the messages of a program are JSON, as Celery's are unless somebody says otherwise.

Law: the texts of the program in, yes, no or not said out; no where anything may choose another serializer, change what is
sent, or teach JSON a new type. Of a comment it does not know that it is one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["says_json"]

_SAID = re.compile(rb"""(?i)task_serializer\b["']?\s*(?::\s*\w+\s*)?[:=]?\s*["']?([\w./-]*)""")
_JSON = frozenset({b"json", b"application/json"})
#: Another wire, an own encoder, a class of tasks that is set late, what changes a message, or a configuration of which
#: nobody knows what it says.
_OTHER = re.compile(
    rb"""kombu\.serialization|kombu\.utils\.json|register_type\(|\bserialization\.register\(|config_from_envvar|config_from_cmdline"""
    rb"""|kombu\.utils import.*\bjson\b|\.Task\s*=[^=]|before_task_publish|def send_task\b|\bamqp_cls\b"""
    rb"""|(?:\.serializer\s*=|["']serializer["']\s*:)\s*["'](?!(?:application/)?json["'])"""
)
_DJANGO = b"django.conf:settings"
_WORDS = (
    *(b"erializ", b"ERIALIZ", b"kombu", b"register_type", b"config_from_", b".Task", b"amqp_cls"),
    *(b"before_task_publish", b"def send_task"),
)


def says_json(texts: Mapping[str, bytes]) -> bool | None:
    """``texts`` are those of the production modules, by name; None where Celery's default holds, if nothing is unread."""
    said = None
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
    # An application or Django settings that stand elsewhere may say anything.
    django = any(_DJANGO in text for text in texts.values())
    wanted = (b"Celery(", b"INSTALLED_APPS") if django else (b"Celery(",)
    return None if all(any(word in text for text in texts.values()) for word in wanted) else False
