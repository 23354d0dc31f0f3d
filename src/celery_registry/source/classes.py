"""What one ``class`` says: bases, members, the types of its attributes, and its registry properties.

Law: one class statement in, a row of ``ClassFacts`` out; names stay as they were written.
"""

from __future__ import annotations

import ast
from typing import Any, Final

from celery_registry.source.annotation import show_annotation
from celery_registry.source.application_classes import task_classes_of_class
from celery_registry.source.bindings import annotation_value, flat
from celery_registry.source.facts import ClassFacts, Environment, MemberFacts, PropertyFacts
from celery_registry.source.functions import read_registry_property
from celery_registry.source.scopes import Scope
from celery_registry.source.values import UNKNOWN, Value, last_part, read_value, roots_of

__all__ = ["read_class", "read_made_enum"]

#: What ``Enum("Name", ...)`` may be given beside the members.
_OF_ENUMS: Final = frozenset({"type", "module", "qualname", "boundary"})
_AUTO: Final[Value] = ("c", ("n", "auto"), (), ())


def read_class(node: ast.ClassDef, scope: Scope, inner: Scope, *, of_applications: bool = False) -> ClassFacts:
    """The facts of a class that stands in ``scope`` and whose body is ``inner``.

    ``of_applications``: whether the file has a word that a class of applications would say of its tasks.
    """
    members: list[MemberFacts] = []
    types: dict[str, Value] = {}
    properties: list[PropertyFacts] = []
    asked: tuple[Value, ...] = ()
    for statement in flat(node.body):
        if isinstance(statement, ast.Assign):
            members.extend(_member(target, statement.value) for target in statement.targets if _is_name(target))
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            if statement.value is not None:
                members.append(_member(statement.target, statement.value))
            declared = annotation_value(statement.annotation)
            if declared is not None:
                types[statement.target.id] = declared
        elif isinstance(statement, ast.FunctionDef):
            if statement.name == "__init__":
                types = {**_initial_types(statement), **types}
                asked = _asked(statement)
            found = _property(statement, inner)
            if found is not None:
                properties.append(found)
    bases = tuple(read_value(base) for base in node.bases)
    names: set[str] = set()
    for value in (*bases, *asked, *(member.value for member in members)):
        roots_of(value, names)
    return ClassFacts(
        qualname=inner.cls or node.name,
        line=node.lineno,
        column=node.col_offset,
        bases=bases,
        keywords=tuple((keyword.arg or "**", read_value(keyword.value)) for keyword in node.keywords),
        members=tuple(members),
        types=types,
        properties=tuple(properties),
        docstring=ast.get_docstring(node),
        environment=_environment(scope, names),
        asked=asked,
        task_classes=task_classes_of_class(node, inner) if of_applications else (),
    )


def _environment(scope: Scope, names: set[str]) -> Environment:
    """What names mean around a class, and what the values of variables there name: ``Base = app.Task``."""
    found = scope.environment(names)
    for row in [row for rows in found.values() for row in rows if row[0] == "V" and row[1] is not None]:
        roots_of(row[1], names)
    return scope.environment(names) if found else found


def read_made_enum(node: ast.Assign, scope: Scope) -> ClassFacts | None:
    """The class of ``TaskName = Enum("TaskName", {"PING": "ping"}, type=str)``; None for any other assignment."""
    call, target = node.value, node.targets[0]
    if not (isinstance(call, ast.Call) and isinstance(target, ast.Name) and len(node.targets) == 1):
        return None
    bases = [read_value(call.func)]
    if not last_part(bases[0]).endswith(("Enum", "Choices")) or len(call.args) != 2:
        return None
    if not (isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)):
        return None
    members = _made_members(call.args[1])
    if not members or not _OF_ENUMS.issuperset(keyword.arg for keyword in call.keywords):
        return None
    bases = [*(read_value(keyword.value) for keyword in call.keywords if keyword.arg == "type"), *bases]
    names: set[str] = set()
    for value in (*bases, *(member.value for member in members)):
        roots_of(value, names)
    return ClassFacts(
        qualname=target.id,
        line=node.lineno,
        column=node.col_offset,
        bases=tuple(bases),
        keywords=(),
        members=members,
        types={},
        properties=(),
        docstring=None,
        environment=scope.environment(names),
        asked=(),
    )


def _made_members(node: ast.expr) -> tuple[MemberFacts, ...]:
    """The members of a table, of a list of pairs or of names; empty where the text does not tell them all."""
    pairs: list[tuple[ast.expr | None, ast.expr | None]] = []
    if isinstance(node, ast.Dict):
        pairs += zip(node.keys, node.values, strict=True)
    for item in node.elts if isinstance(node, (ast.List, ast.Tuple)) else []:
        pair = item.elts if isinstance(item, (ast.List, ast.Tuple)) else [item, None]
        pairs.append((pair[0], pair[1]) if len(pair) == 2 else (None, None))
    members = [
        MemberFacts(key.value, _AUTO if value is None else read_value(value), key.lineno, key.col_offset)
        for key, value in pairs
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    ]
    return tuple(members) if len(members) == len(pairs) else ()


def _is_name(target: ast.expr) -> bool:
    return isinstance(target, ast.Name)


def _member(target: Any, value: ast.expr) -> MemberFacts:
    return MemberFacts(target.id, read_value(value), target.lineno, target.col_offset)


def _property(node: ast.FunctionDef, inner: Scope) -> PropertyFacts | None:
    name = read_registry_property(node)
    if name is None:
        return None
    return PropertyFacts(
        attribute=node.name,
        name=name,
        annotation=show_annotation(node.returns),
        docstring=ast.get_docstring(node),
        line=node.lineno,
        column=node.col_offset,
        environment=inner.inside_function(node).environment(roots_of(name)),
    )


def _asked(node: ast.FunctionDef) -> tuple[Value, ...]:
    """What a function gives to ``_get_task_by_name``, and what names it looks up in ``app.tasks``."""
    found: list[Value] = []
    for n in ast.walk(node):
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr == "_get_task_by_name":
            found.append(read_value(n.args[0]) if len(n.args) == 1 else UNKNOWN)
        elif isinstance(n, ast.Subscript) and isinstance(n.value, ast.Attribute) and n.value.attr == "tasks":
            # Any table may be called so: a variable is no name of a task.
            found += [read_value(n.slice)] if isinstance(n.slice, (ast.Attribute, ast.Constant)) else []
    return tuple(found)


def _initial_types(node: ast.FunctionDef) -> dict[str, Value]:
    """``self.x = x`` of an annotated parameter, ``self.x: T = ...`` and ``self.x = T(...)``, each set once."""
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    if not arguments:
        return {}
    me = arguments[0].arg
    given = {a.arg: annotation_value(a.annotation) for a in arguments if a.annotation is not None}
    found: dict[str, Value | None] = {}
    for statement in flat(node.body):
        declared: Value | None = None
        if isinstance(statement, ast.AnnAssign):
            target: ast.expr = statement.target
            declared = annotation_value(statement.annotation)
        elif isinstance(statement, ast.Assign):
            target = statement.targets[0]
            if isinstance(statement.value, ast.Name):
                declared = given.get(statement.value.id)
            elif isinstance(statement.value, ast.Call):
                declared = ("new", read_value(statement.value.func))
        else:
            continue
        if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == me:
            found[target.attr] = None if target.attr in found else declared
    return {name: declared for name, declared in found.items() if declared is not None}
