"""Modules of tasks that no worker imports: beside what ``autodiscover_tasks`` looks for.

Law: a module is missed only where all discovery is written as plain text and nothing that a worker may import imports it
or names it. It judges nothing.
Source: Celery, ``celery.loaders.base.find_related_module``.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from celery_registry.contract.task import Origin
from celery_registry.contract.usage import Undiscovered

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from celery_registry.source.index import SourceIndex
    from celery_registry.source.model import Registration

__all__ = ["AUTODISCOVER", "Discovery", "read_discoveries", "undiscovered"]

_AUTODISCOVER = "autodiscover_tasks"
#: Without it a file discovers nothing.
AUTODISCOVER = _AUTODISCOVER.encode()
_QUOTED: Final = re.compile(rb"(?<=['\"])[\w.]+(?=['\"])", re.ASCII)


class Discovery(NamedTuple):
    """One call: the packages and what is looked for in each; None where the text does not tell."""

    module: str
    packages: tuple[str, ...] | None
    related: str
    origin: Origin


def read_discoveries(tree: ast.Module, module: str, path: str) -> Iterator[Discovery]:
    """The calls of ``autodiscover_tasks`` in a file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == _AUTODISCOVER:
            given: dict[str | None, ast.expr] = dict(zip(("packages", "related_name"), node.args, strict=False))
            given.update((keyword.arg, keyword.value) for keyword in node.keywords)
            related = given.get("related_name", ast.Constant("tasks"))
            packages = _texts(given.get("packages"))
            plain = None not in given and isinstance(related, ast.Constant) and isinstance(related.value, str)
            origin = Origin(path, node.lineno, node.col_offset)
            yield Discovery(module, packages if plain else None, str(getattr(related, "value", "")), origin)


def _texts(node: ast.expr | None) -> tuple[str, ...] | None:
    """The texts of a list of them, None for anything else."""
    if not isinstance(node, (ast.List, ast.Tuple)):
        return None
    values = [item.value for item in node.elts if isinstance(item, ast.Constant) and isinstance(item.value, str)]
    return tuple(values) if len(values) == len(node.elts) else None


def undiscovered(index: SourceIndex, found: Iterable[Discovery], texts: Mapping[str, bytes]) -> Iterator[Undiscovered]:
    """The modules of tasks that are missed."""
    discoveries = list(found)
    modules = set(index.modules)
    packages = {m.rpartition(".")[0] for m in modules} | modules
    if any(discovery.packages is None for discovery in discoveries):
        return
    by_module: dict[str, Registration] = {}
    for registration in index.seen_from():
        by_module.setdefault(registration.module, registration)
    reached: set[str] | None = None
    for discovery in discoveries:
        for package in discovery.packages or ():
            home = package if package in packages else package.rpartition(".")[0]
            wanted = f"{home}.{discovery.related}"
            if not home or home not in packages or wanted in packages:
                continue
            for module, registration in by_module.items():
                if module.rpartition(".")[0] != home:
                    continue
                if reached is None:
                    reached = _reached(index, discoveries, texts)
                if module not in reached:
                    yield Undiscovered(module, wanted, discovery.origin, registration.target_origin)


def _reached(index: SourceIndex, discoveries: Iterable[Discovery], texts: Mapping[str, bytes]) -> set[str]:
    """Whatever a worker may import: what discovery finds or a text names, and what that imports. Under Django, anything."""
    if any(b"django" in text for text in texts.values()):
        return {name for module in texts for name in index.imports_of(module) - {module}}
    words = {word.decode() for text in texts.values() for word in _QUOTED.findall(text)}
    # ``include`` and ``imports`` name modules; of those that are looked for, some by their last part.
    waiting = [module for module in texts if not words.isdisjoint((module, module.rpartition(".")[2]))]
    homes = {discovery.module for discovery in discoveries}
    waiting += homes
    # ``celery -A`` may start in a module that takes the application from another.
    waiting += [
        name for module in texts if not homes.isdisjoint(index.imports_of(module)) for name in index.imports_of(module)
    ]
    for discovery in discoveries:
        waiting += [
            name for package in discovery.packages or () for name in (package, f"{package}.{discovery.related}")
        ]
    reached: set[str] = set()
    while waiting:
        module = waiting.pop()
        parents = [module.rsplit(".", depth)[0] for depth in range(module.count(".") + 1)]
        for name in parents:
            if name not in reached:
                reached.add(name)
                waiting += index.imports_of(name) if name in index.modules else ()
    return reached
