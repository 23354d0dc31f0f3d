"""An empty class for a result that nobody has yet, of the sort that the results beside it are.

Law: a name and a neighbour in, text out.
"""

from __future__ import annotations

import ast

from celery_registry.source.annotation import parse_annotation
from celery_registry.writing.neighbours import Neighbour
from celery_registry.writing.program_sources import ProgramSources
from celery_registry.writing.target_module import TargetModule

__all__ = ["render_result_class"]

_BASES = frozenset({"BaseModel", "NamedTuple", "Struct", "TypedDict"})


def render_result_class(name: str, target: TargetModule, neighbour: Neighbour | None, sources: ProgramSources) -> str:
    """The class, its fields left to write; a ``TypedDict`` where nothing tells."""
    decorators, bases = _like(target, neighbour, sources) or ([], [target.name_of("typing", "TypedDict")])
    unit = "    " if target.source is None else target.source.indent_unit
    head = f"class {name}({', '.join(bases)}):\n" if bases else f"class {name}:\n"
    return "".join(f"@{decorator}\n" for decorator in decorators) + f"{head}{unit}pass\n"


def _like(
    target: TargetModule, neighbour: Neighbour | None, sources: ProgramSources
) -> tuple[list[str], list[str]] | None:
    """Decorators and bases of the neighbour's result, where it is a class of data."""
    if neighbour is None:
        return None
    home = neighbour.registration.target_module or neighbour.registration.module
    scope, node = sources.scope_of(home), parse_annotation(neighbour.registration.signature.result or "")
    found = None if scope is None or not isinstance(node, ast.Name) else scope.resolve(node.id)
    source = None if found is None else sources.source_of(found[0])
    cls = None if found is None or source is None else source.classes.get(".".join(found[1]))
    defined = None if found is None else sources.scope_of(found[0])
    if cls is None or source is None or defined is None or cls.keywords:
        return None
    dataclasses = [d for d in cls.decorator_list if "dataclass" in ast.unparse(d)]
    named = [base for base in cls.bases if ast.unparse(base).rpartition(".")[2] in _BASES]
    if len(dataclasses) != len(cls.decorator_list) or len(named) != len(cls.bases) or not (dataclasses or named):
        return None
    try:
        shown = [target.borrow(source.segment(part), defined) for part in (*dataclasses, *cls.bases)]
    except LookupError:
        return None
    return shown[: len(dataclasses)], shown[len(dataclasses) :]
