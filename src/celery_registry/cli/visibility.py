"""What the plugin can and cannot see of a program.

Law: numbers and places from the index, in sentences; nothing here is a finding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from celery_registry.report.document import show_path

if TYPE_CHECKING:
    from celery_registry.cli.mypy_config import MypyConfig
    from celery_registry.contract.task import Origin
    from celery_registry.source.index import SourceIndex

__all__ = ["show_visibility"]

#: How many places of one sort are listed.
_LIMIT = 5


def show_visibility(index: SourceIndex, config: MypyConfig) -> str:
    """Two lists: what is seen, and what is not, with the first places of each sort."""
    properties = {p.fullname: p for registry in index.registries.values() for p in registry.properties.values()}
    implemented = [p for p in properties.values() if index.implementations_of(p)]
    readable = [r for r in index.registrations if r.task_name is not None and r.hidden is None]
    seen = [
        f"{_count(len(index.registries), 'registry', 'registries')} with {_count(len(properties), 'property', 'properties')}",
        f"{_count(len(readable), 'task', 'tasks')} whose name and parameters the source tells",
        f"the implementation of {len(implemented)} of {_count(len(properties), 'property', 'properties')}",
    ]
    unseen = _places(
        "a registration whose name is computed", [r.origin for r in index.registrations if r.task_name is None]
    )
    unseen += [
        line
        for registration in index.registrations
        if registration.hidden is not None and registration.task_name is not None
        for line in [f"{registration.task_name}: {registration.hidden} ({_show(registration.origin)})"]
    ][:_LIMIT]
    unseen += _places(
        "a property without an implementation", [p.origin for p in properties.values() if p not in implemented]
    )
    unseen += _places(
        "a property whose name is computed", [p.origin for p in properties.values() if p.task_name is None]
    )
    if not config.checks_untyped_defs:
        unseen.append("calls in functions without annotations: check_untyped_defs is off")
    lines = ["The plugin sees:", *(f"  {line}" for line in seen), "It does not see:"]
    return "\n".join([*lines, *(f"  {line}" for line in unseen or ["nothing that it knows of"])])


def _places(what: str, origins: list[Origin]) -> list[str]:
    lines = [f"{what} ({_show(origin)})" for origin in sorted(origins)[:_LIMIT]]
    return [*lines, f"... and {len(origins) - _LIMIT} more"] if len(origins) > _LIMIT else lines


def _show(origin: Origin) -> str:
    return f"{show_path(origin.path)}:{origin.line}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
