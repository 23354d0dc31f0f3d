"""The line that keeps an old name alive, beside what registers the task or where the application is made.

Law: one registration and two names in, edits out. It knows no date of its own.
"""

from __future__ import annotations

import ast

from celery_registry.errors import ConfigurationError
from celery_registry.source.index import SourceIndex
from celery_registry.source.model import How, Registration
from celery_registry.writing.applications import Application, find_applications
from celery_registry.writing.import_lines import add_imports
from celery_registry.writing.neighbours import Decorated, Registered, read_neighbour
from celery_registry.writing.program_sources import ProgramSources
from celery_registry.writing.registry_module import quote_name
from celery_registry.writing.registry_types import Import
from celery_registry.writing.source_text import Edit, SourceText

__all__ = ["alias_edits"]


def alias_edits(
    index: SourceIndex,
    sources: ProgramSources,
    registration: Registration,
    old: str,
    new: str,
    expires: str,
    app: str | None,
    usual: str | None,
) -> tuple[str, list[Edit]]:
    """The module and its edits; ``app`` is ``module:variable`` where the user named the application for this alias.

    ``usual`` is the one that the settings name, for a task whose registration names none.

    Raises ``ConfigurationError`` where it is not clear which application is meant.
    """
    neighbour = read_neighbour(registration, sources)
    if app is None and isinstance(neighbour, Registered):
        source = neighbour.source
        shown = [source.segment(node) for node in neighbour.call.args[:2]]
        name = shown[1] if not isinstance(neighbour.call.args[1], ast.Constant) else quote_name(new)
        indent = source.indent(neighbour.statement)
        return registration.module, _edits(
            source, source.after(neighbour.statement), indent, shown[0], old, name, expires
        )
    if app is None and isinstance(neighbour, Decorated) and registration.how is How.APP_TASK:
        maker, source = neighbour.maker, neighbour.source
        if isinstance(maker, ast.Attribute):
            given = neighbour.name
            name = quote_name(new) if given is None or isinstance(given, ast.Constant) else source.segment(given)
            indent = source.indent(neighbour.function)
            gap = "\n" if neighbour.is_nested else "\n\n"
            place = source.after(neighbour.function)
            return registration.module, _edits(
                source, place, indent, source.segment(maker.value), old, name, expires, gap
            )
    chosen = _application(index, sources, usual if app is None else app)
    source = chosen.source
    last = source.tree.body[-1]
    if isinstance(last, ast.If) and "__name__" in ast.unparse(last.test):
        place, gap, after = source.lines[last.lineno - 1], "", "\n"
    else:
        place, gap, after = source.after(last), "", ""
    return chosen.module, _edits(source, place, "", chosen.attribute, old, quote_name(new), expires, gap, after)


def _application(index: SourceIndex, sources: ProgramSources, named: str | None) -> Application:
    found = find_applications(index, sources, named)
    if len(found) != 1:
        missing = "" if named is None else f'"{named}" is not in the source: '
        shown = ", ".join(app.place for app in find_applications(index, sources)) or "none at the top of a module"
        raise ConfigurationError(
            f"{missing}which application gets the alias? Give --app, found {shown}; or --no-alias, and see docs/alias.md"
        )
    return found[0]


def _edits(
    source: SourceText,
    place: int,
    indent: str,
    app: str,
    old: str,
    new: str,
    expires: str,
    gap: str = "",
    after: str = "",
) -> list[Edit]:
    called, imports = "alias", [Import("celery_registry", "alias", "alias")]
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom) and node.module == "celery_registry" and node in source.tree.body:
            known = [each.asname or each.name for each in node.names if each.name == "alias"]
            if known:
                called, imports = known[0], []
        elif isinstance(node, ast.Name) and node.id == "alias" and imports:
            called, imports = "task_alias", [Import("celery_registry", "alias", "task_alias")]
    line = f'{indent}{called}({app}, old={quote_name(old)}, new={new}, expires="{expires}")\n'
    if place == len(source.text) and source.text and not source.text.endswith(("\n", "\r")):
        gap = f"\n{gap}"
    return [Edit(place, place, f"{gap}{line}{after}"), *add_imports(source, imports, [])]
