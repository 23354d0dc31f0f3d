"""A module as stub text: every class, function and constant, imports re-exported.

Law: one parsed module in, lines out. A stub hides the whole module, so nothing public may be lost; bodies and
comments are left behind. What replaces a registry's properties is given by the caller.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from celery_registry.source.annotation_mover import ANY
from celery_registry.source.bindings import TRY
from celery_registry.source.module_scope import ModuleScope
from celery_registry.stubs.task_class import quote_docstring

__all__ = ["Mirror", "PropertyText"]

_INDENT = "    "


@dataclass(frozen=True)
class PropertyText:
    """What a registry property becomes: the class that it returns, and its docstring."""

    returns: str
    doc: str | None


@dataclass
class Mirror:
    """Mirrors one module.

    ``properties`` maps ``Class.attribute`` to its replacement, ``replaced`` a module-level name to the lines that
    stand for it.
    """

    scope: ModuleScope
    properties: Mapping[str, PropertyText] = field(default_factory=dict)
    replaced: Mapping[str, list[str]] = field(default_factory=dict)

    def render(self, tree: ast.Module) -> Iterator[str]:
        """The module's lines, without its docstring."""
        yield from self._block(tree.body, "", "")

    def _block(self, body: Iterable[ast.stmt], indent: str, owner: str) -> Iterator[str]:
        overloaded: set[str] = set()
        for node in body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                if _is_overload(node):
                    overloaded.add(node.name)
                elif node.name in overloaded:
                    continue
            yield from self._statement(node, indent, owner)

    def _statement(self, node: ast.stmt, indent: str, owner: str) -> Iterator[str]:
        if isinstance(node, ast.Import):
            yield from (f"{indent}import {_reexport(alias)}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from self._import_from(node, indent)
        elif isinstance(node, ast.ClassDef):
            yield from self._class(node, indent, owner)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from self._function(node, indent, owner)
        elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            yield from self._assignment(node, indent, owner)
        elif isinstance(node, ast.If):
            yield from self._if(node, indent, owner)
        elif isinstance(node, ast.Match):
            yield from self._alternatives([case.body for case in node.cases], indent, owner)
        elif isinstance(node, TRY):
            yield from self._alternatives([node.body, node.orelse, *(h.body for h in node.handlers)], indent, owner)
            yield from self._block(node.finalbody, indent, owner)
        elif isinstance(node, ast.With):
            yield from self._block(node.body, indent, owner)
        elif isinstance(node, (ast.For, ast.While)):
            # What a loop leaves behind is there, of a type that only running it would tell.
            bound = {name.id for name in ast.walk(getattr(node, "target", ast.Pass())) if isinstance(name, ast.Name)}
            bound |= ModuleScope("", ast.Module([node], [])).names
            yield from (f"{indent}{name}: {ANY}" for name in sorted(bound))
        elif hasattr(ast, "TypeAlias") and isinstance(node, ast.TypeAlias):
            yield f"{indent}{ast.unparse(node)}"

    def _import_from(self, node: ast.ImportFrom, indent: str) -> Iterator[str]:
        if node.module == "__future__":
            return
        # A stub package holds no siblings, so a relative import would lead nowhere.
        module = self.scope.absolute(node)
        for alias in node.names:
            name = alias.name if alias.name == "*" else f"{alias.name} as {alias.asname or alias.name}"
            yield f"{indent}from {module} import {name}"

    def _if(self, node: ast.If, indent: str, owner: str) -> Iterator[str]:
        test = ast.unparse(node.test)
        if test in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            yield from self._block(node.body, indent, owner)
        elif test in ("not TYPE_CHECKING", "not typing.TYPE_CHECKING") or "__name__" in test:
            yield from self._block(node.orelse, indent, owner)
        elif test.startswith(("sys.version_info", "sys.platform")):
            yield f"{indent}if {test}:"
            yield from list(self._block(node.body, indent + _INDENT, owner)) or [f"{indent}{_INDENT}..."]
            otherwise = list(self._block(node.orelse, indent + _INDENT, owner))
            if otherwise:
                yield f"{indent}else:"
                yield from otherwise
        else:
            yield from self._alternatives([node.body, node.orelse], indent, owner)

    def _alternatives(self, blocks: Iterable[list[ast.stmt]], indent: str, owner: str) -> Iterator[str]:
        """The first block, and of the others what binds new names."""
        bound: set[str] = set()
        for block in blocks:
            for node in block:
                names = ModuleScope("", ast.Module([node], [])).names
                if names and names <= bound:
                    continue
                yield from self._block([node], indent, owner)
            bound |= ModuleScope("", ast.Module(block, [])).names

    # -- classes -------------------------------------------------------------------------------------------------

    def _class(self, node: ast.ClassDef, indent: str, owner: str) -> Iterator[str]:
        yield from _decorators(node.decorator_list, indent)
        arguments = [*map(ast.unparse, node.bases), *map(ast.unparse, node.keywords)]
        head = f"({', '.join(arguments)})" if arguments else ""
        qualname = f"{owner}{node.name}"
        lines: list[str] = []
        doc = ast.get_docstring(node)
        if doc:
            lines.extend(quote_docstring(doc, indent + _INDENT))
        lines.extend(self._block(node.body, indent + _INDENT, f"{qualname}."))
        lines.extend(f"{indent}{_INDENT}{name}: {text}" for name, text in _instance_attributes(node).items())
        yield f"{indent}class {node.name}{_type_parameters(node)}{head}:{'' if lines else ' ...'}"
        yield from lines

    # -- functions -----------------------------------------------------------------------------------------------

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, indent: str, owner: str) -> Iterator[str]:
        if not owner and node.name in self.replaced:
            yield from self.replaced[node.name]
            return
        replacement = self.properties.get(f"{owner}{node.name}")
        yield from _decorators(node.decorator_list, indent)
        keyword = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
        if replacement is None:
            returns = _returns(node)
            doc = ast.get_docstring(node)
        else:
            returns = f" -> {replacement.returns}"
            doc = replacement.doc
        head = f"{indent}{keyword} {node.name}{_type_parameters(node)}({_parameters(node.args)}){returns}:"
        if not doc:
            yield f"{head} ..."
            return
        yield head
        yield from quote_docstring(doc, indent + _INDENT)

    # -- assignments ---------------------------------------------------------------------------------------------

    def _assignment(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign, indent: str, owner: str) -> Iterator[str]:
        if isinstance(node, ast.AugAssign):
            if isinstance(node.target, ast.Name) and node.target.id == "__all__":
                yield f"{indent}{ast.unparse(node)}"
            return
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if not all(isinstance(target, (ast.Name, ast.Tuple, ast.List)) for target in targets):
            return
        first = targets[0]
        if not owner and isinstance(first, ast.Name) and first.id in self.replaced:
            yield from self.replaced[first.id]
            return
        if isinstance(node, ast.AnnAssign) and node.value is not None and not owner:
            annotation = ast.unparse(node.annotation)
            # Only these take their meaning from the value.
            if annotation.rpartition(".")[2] not in ("Final", "TypeAlias"):
                yield f"{indent}{ast.unparse(node.target)}: {annotation}"
                return
        yield f"{indent}{ast.unparse(node)}"


def _reexport(alias: ast.alias) -> str:
    if alias.asname:
        return f"{alias.name} as {alias.asname}"
    return alias.name if "." in alias.name else f"{alias.name} as {alias.name}"


def _decorators(nodes: Iterable[ast.expr], indent: str) -> Iterator[str]:
    yield from (f"{indent}@{ast.unparse(node)}" for node in nodes)


def _is_overload(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(ast.unparse(decorator).rpartition(".")[2] == "overload" for decorator in node.decorator_list)


def _type_parameters(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    parameters = getattr(node, "type_params", None)
    return f"[{', '.join(map(ast.unparse, parameters))}]" if parameters else ""


def _parameters(arguments: ast.arguments) -> str:
    """The parameters, with simple defaults only: others may run code."""
    shown = copy.copy(arguments)
    shown.defaults = [_default(value) for value in arguments.defaults]
    shown.kw_defaults = [None if value is None else _default(value) for value in arguments.kw_defaults]
    return ast.unparse(shown)


def _default(value: ast.expr) -> ast.expr:
    return value if isinstance(value, ast.Constant) else ast.Constant(...)


def _returns(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    if node.returns is not None:
        return f" -> {ast.unparse(node.returns)}"
    return " -> None" if node.name == "__init__" or _returns_nothing(node) else ""


def _returns_nothing(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether the body has neither a value to return, nor a ``yield``, nor does nothing but raise."""
    if isinstance(node.body[-1], ast.Raise) or node.decorator_list:
        return False
    inner: list[ast.AST] = list(node.body)
    while inner:
        item = inner.pop()
        if isinstance(item, (ast.Yield, ast.YieldFrom)) or (isinstance(item, ast.Return) and item.value is not None):
            return False
        if not isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            inner.extend(ast.iter_child_nodes(item))
    return True


def _instance_attributes(node: ast.ClassDef) -> dict[str, str]:
    """Attributes that methods give to ``self``, which a stub without bodies would lose."""
    bound: set[str] = set()
    for item in node.body:
        if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            bound.add(item.name)
        else:
            bound |= ModuleScope("", ast.Module([item], [])).names
    found: dict[str, str] = {}
    for method in node.body:
        if not isinstance(method, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        arguments = [*method.args.posonlyargs, *method.args.args]
        if not arguments or any(ast.unparse(d) in ("staticmethod", "classmethod") for d in method.decorator_list):
            continue
        typed = {a.arg: a.annotation for a in (*arguments, *method.args.kwonlyargs)}
        for statement in ast.walk(method):
            for name, text in _attribute_types(statement, arguments[0].arg, typed):
                if name not in bound and found.get(name, ANY) == ANY:
                    found[name] = text
    return found


def _attribute_types(
    statement: ast.AST, self_name: str, typed: Mapping[str, ast.expr | None]
) -> Iterator[tuple[str, str]]:
    targets: Sequence[ast.expr]
    annotation: ast.expr | None
    if isinstance(statement, ast.AnnAssign):
        targets, annotation, value = [statement.target], statement.annotation, statement.value
    elif isinstance(statement, ast.Assign):
        targets, annotation, value = statement.targets, None, statement.value
    else:
        return
    if annotation is None and isinstance(value, ast.Name):
        annotation = typed.get(value.id)
    if annotation is not None:
        text = ast.unparse(annotation)
    elif isinstance(value, ast.Constant) and value.value is not None and value.value is not ...:
        text = type(value.value).__name__
    else:
        text = ANY
    for target in targets:
        if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == self_name:
            yield target.attr, text
