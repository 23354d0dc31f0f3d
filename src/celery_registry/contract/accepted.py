"""Serializers that a worker of the same application refuses.

Law: names of serializers, as kombu's registry knows them. Where they were configured is not known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from celery_registry.contract.finding import Finding

__all__ = ["SerializerUse", "compare_serializers"]


@dataclass(frozen=True)
class SerializerUse:
    """Who sends with a serializer: ``use`` says it in words; ``task`` is whom it is about.

    ``content_type`` is what the message says of it.
    """

    use: str
    task: str
    serializer: str
    content_type: str


def compare_serializers(uses: Iterable[SerializerUse], accepted: Mapping[str, str] | None) -> Iterator[Finding]:
    """Uses of a serializer that ``accept_content`` does not have: workers refuse each such message.

    ``accepted`` are content types with the names of their serializers, None where nobody can tell.
    """
    if accepted is None:
        return
    for use in uses:
        if use.content_type not in accepted:
            facts = {"use": use.use, "serializer": use.serializer, "accepted": ", ".join(sorted(accepted.values()))}
            yield Finding("serializer-not-accepted", use.task, facts)
