"""One file's text -> its facts.

Law: bytes in, plain data out; it never looks at another file and never fails: what cannot be parsed has no facts.
"""

from __future__ import annotations

import ast
import bisect
import re
from typing import Any

from celery_registry.source.annotation import show_annotation
from celery_registry.source.application_classes import WORDS, task_classes_of_function
from celery_registry.source.bindings import absolute_module, collect_bindings, exported_names, flat, star_modules
from celery_registry.source.bodies import hide_bodies, places_of, returned_makers, telling_places
from celery_registry.source.classes import read_class, read_made_enum
from celery_registry.source.edits import changes_of
from celery_registry.source.facts import CallFacts, ClassFacts, DecoratorFacts, FunctionFacts, ScheduleFacts
from celery_registry.source.functions import head_flags, read_options, read_parameters
from celery_registry.source.handing_on import handing_flags
from celery_registry.source.passing_on import passing_flags
from celery_registry.source.returned_values import ReturnedValues
from celery_registry.source.schedules import holds_entries, read_schedule, tuple_by_comma
from celery_registry.source.scopes import Scope
from celery_registry.source.syntax import parse_module
from celery_registry.source.values import UNKNOWN, Call, read_value, roots_of
from celery_registry.source.verbs import registering_words

__all__ = ["read_file"]

_LEAVES = frozenset(
    {ast.Name, ast.Constant, ast.Load, ast.Store, ast.Pass, ast.Break, ast.Continue, ast.And, ast.Or, ast.Eq, ast.Not}
)

# The statements without blocks: what tells nothing need not be walked.
_SIMPLE = frozenset({ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Return, ast.Raise, ast.Assert, ast.Delete})

# The calls that register a task or address one by name. A call of a call is kept whatever it calls.
_BY_NAME = frozenset({"send_task", "signature", "Signature", "subtask"})
# What can be a task's name.
_NAMES = (ast.Constant, ast.Attribute, ast.Name, ast.JoinedStr, ast.BinOp)


def read_file(text: bytes, module: str, is_package: bool) -> dict[str, Any] | None:
    """The rows of a ``FileFacts``; None where the text is no Python that this interpreter can parse."""
    places = telling_places(text)
    telling = _lines(text, places)
    shorter, heads = hide_bodies(text, places)
    reader = _Reader(module, is_package, text, telling)
    if heads:
        rows = _read(shorter, reader, _lines(text, heads))
        if rows is not None:
            return rows
        reader = _Reader(module, is_package, text, telling)
    return _read(text, reader, [])


def _read(text: bytes, reader: _Reader, hidden: list[int]) -> dict[str, Any] | None:
    """The rows of a text; None where it does not parse, or where a body was hidden below a line that is no function's."""
    try:
        rows = reader.read(parse_module(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return rows if hidden == [] or {function.line for function in reader.functions}.issuperset(hidden) else None


def _lines(text: bytes, places: list[int]) -> list[int]:
    """The numbers of the lines at these offsets, which are sorted."""
    lines: list[int] = []
    line, counted = 1, 0
    for place in places:
        line, counted = line + text.count(b"\n", counted, place), place
        lines.append(line)
    return lines


#: An application's way to name its tasks, where its class is not asked.
_OWN_NAMES = re.compile(rb"\.gen_task_name[ \t]*=[^=]|[\"']gen_task_name[\"']")
#: What an entry of a schedule is given after it is written: ``entry["args"] = (1,)``, ``entry["kwargs"]["a"] = 1``.
_COMPLETED = re.compile(
    rb"""\[\s*["'](?:args|kwargs)["']\s*\](?:\s*\[[^\]\n]*\])?\s*(?:[|+]?=(?!=)|\.(?:update|append|extend|setdefault)\()"""
    rb"""|\.setdefault\(\s*["'](?:args|kwargs)["']"""
)
#: What stands deeper in an expression registers nothing, and a file that is written so is read all the same.
_DEEPEST = 150


class _Reader:
    def __init__(self, module: str, is_package: bool, text: bytes, telling: list[int]) -> None:
        self.module, self.is_package, self.text, self.telling = module, is_package, text, telling
        self.functions: list[FunctionFacts] = []
        self.classes: list[ClassFacts] = []
        self.calls: list[CallFacts] = []
        self.schedules: list[ScheduleFacts] = []
        self.imports: dict[tuple[str, str | None], None] = {}
        self.globals: set[str] = set()
        self.registering = registering_words()
        self.words = self.registering | _BY_NAME
        self.kept = set(self.words)
        self.returned = ReturnedValues(self.kept, self.functions, self.classes, returned_makers(text)[0])
        self.variable: str | None = None
        self.by_name = False
        self.of_applications = any(word in text for word in WORDS)
        self.completes = _COMPLETED.search(text) is not None
        self.depth = 0

    def read(self, tree: ast.Module) -> dict[str, Any]:
        bindings = collect_bindings(tree.body, self.module, self.is_package)
        for name, found in bindings.items():
            if any(row[0] == "V" and row[1] is not None and row[1][0] == "d" for row in found) and (
                len(found) > 1 or re.search(rb"\b%s(?:\[|\.|[ \t]*\|=)" % name.encode(), self.text)
            ):
                # What is changed later is no constant.
                found[:] = [("V", UNKNOWN, *row[2:]) if row[0] == "V" else row for row in found]
            if any(row[0] == "F" and row[2] in self.words for row in found):
                self.kept.add(name)
        renamed = places_of(self.text, self.kept - self.words)
        if renamed:
            self.telling = sorted([*self.telling, *_lines(self.text, renamed)])
        scope = Scope(self.module, self.is_package)
        for statement in flat(tree.body):
            made = read_made_enum(statement, scope) if type(statement) is ast.Assign else None
            if made is not None and len(bindings[made.qualname]) == 1:
                self.classes.append(made)
                bindings[made.qualname][:] = [("C", made.qualname)]
        for statement in tree.body:
            self.visit(statement, scope)
        for name in sorted(self.globals):  # Two processes must give the same rows in the same order.
            bindings.setdefault(name, []).append(("?",))
        return {
            "bindings": {name: tuple(found) for name, found in bindings.items()},
            "stars": tuple(star_modules(tree.body, self.module, self.is_package)),
            "all": exported_names(tree.body),
            "imports": tuple(self.imports),
            "functions": tuple(map(_plain_function, self.functions)),
            "classes": tuple(map(_plain_class, self.classes)),
            "calls": tuple(map(tuple, self.calls)),
            "schedules": tuple(map(tuple, self.schedules)),
            "by_name": self.by_name,
            "own_names": _OWN_NAMES.search(self.text) is not None,
        }

    def visit(self, node: Any, scope: Scope) -> None:
        kind = type(node)
        if kind in _LEAVES or (kind in _SIMPLE and not self.tells(node.lineno, node.end_lineno)):
            return
        if self.depth > _DEEPEST:
            return
        self.depth += 1
        visitor = _VISITORS.get(kind)
        if visitor is not None:
            visitor(self, node, scope)
        else:
            self.children(node, scope)
        self.depth -= 1

    def tells(self, first: int, last: int) -> bool:
        """Whether anything in these lines can be a fact: most bodies hold none, and need not be walked."""
        index = bisect.bisect_left(self.telling, first)
        return index < len(self.telling) and self.telling[index] <= last

    def children(self, node: Any, scope: Scope) -> None:
        for name in node._fields:
            child = getattr(node, name, None)
            if isinstance(child, list):
                for item in child:
                    if isinstance(item, ast.AST):
                        self.visit(item, scope)
            elif isinstance(child, ast.AST):
                self.visit(child, scope)

    def import_(self, node: ast.Import, scope: Scope) -> None:
        for alias in node.names:
            self.imports[alias.name, None] = None

    def import_from(self, node: ast.ImportFrom, scope: Scope) -> None:
        source = absolute_module(node, self.module, self.is_package)
        for alias in node.names:
            self.imports[source, alias.name] = None

    def global_(self, node: ast.Global, scope: Scope) -> None:
        self.globals.update(node.names)

    def assignment(self, node: ast.Assign, scope: Scope) -> None:
        target = node.targets[0]
        if isinstance(node.value, ast.Dict):
            self.dictionary(node.value, scope, target.slice if isinstance(target, ast.Subscript) else None)
            return
        inner = tuple_by_comma(node.value)
        if inner is not None and isinstance(target, ast.Subscript):
            self.dictionary(inner, scope, target.slice, comma=True)
            return
        self.variable = target.id if isinstance(target, ast.Name) and len(node.targets) == 1 else None
        self.mention(node.value, scope)
        self.visit(node.value, scope)
        self.variable = None

    def return_(self, node: ast.Return, scope: Scope) -> None:
        if node.value is not None:
            self.mention(node.value, scope)
            self.visit(node.value, scope)

    def mention(self, node: ast.expr, scope: Scope) -> None:
        """What registers, where it is a value of its own: ``late = app.task``, ``partial(app.task, bind=True)``."""
        name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", None)
        if name not in self.kept or name in _BY_NAME or not isinstance(node, (ast.Attribute, ast.Name)):
            return
        value = read_value(node)
        # A variable called ``task`` is one of many.
        if value[0] in ("n", ".") and value != ("n", "task"):
            environment, place = scope.environment(roots_of(value)), (node.lineno, node.col_offset)
            place_in = (scope.owner, scope.enclosing_function)
            self.calls.append(CallFacts(("m", value), *place, *place_in, (), environment, self.variable))

    def function(self, node: Any, scope: Scope) -> None:
        decorators = []
        for decorator in node.decorator_list:
            value, options = read_value(decorator), read_options(decorator)
            decorators.append(DecoratorFacts(value, decorator.lineno, decorator.col_offset, options))
            # The decorator itself is kept with its function.
            if isinstance(decorator, ast.Call):
                for argument in decorator.args:
                    self.mention(argument, scope)
            if not isinstance(decorator, ast.Name):
                self.children(decorator, scope)
        names = {name for row in decorators for name in roots_of(row[0])}
        flags = head_flags(node, [row.value for row in decorators])
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                self.visit(default, scope)
        inner = scope.inside_function(node)
        returned = None
        # What stands in the documentation alone tells nothing.
        first = node.body[1 if len(node.body) > 1 and ast.get_docstring(node, clean=False) is not None else 0]
        if self.tells(first.lineno, node.end_lineno):
            for statement in node.body:
                self.visit(statement, inner)
            if inner.calls_super:
                flags.append("super")
            returned = self.returned.read(node, inner)
            flags += passing_flags(node, in_class=scope.cls is not None)
        if scope.cls is not None:
            flags += handing_flags(node)
        self.functions.append(
            FunctionFacts(
                qualname=inner.function or node.name,
                line=node.lineno,
                column=node.col_offset,
                cls=scope.cls,
                parameters=read_parameters(node.args),
                returns=show_annotation(node.returns),
                decorators=tuple(decorators),
                docstring=ast.get_docstring(node),
                environment=scope.environment(names),
                flags=tuple(flags),
                returned=returned,
                inside={} if returned is None else inner.environment(roots_of(returned)),
                altered=() if returned is None else tuple(k for k in changes_of(node) if k[0] in roots_of(returned)),
                task_classes=()
                if returned is None or not self.of_applications
                else task_classes_of_function(node, inner),
            )
        )

    def class_(self, node: ast.ClassDef, scope: Scope) -> None:
        inner = scope.inside_class(node)
        self.classes.append(read_class(node, scope, inner, of_applications=self.of_applications))
        for decorator in node.decorator_list:
            self.visit(decorator, scope)
        for statement in node.body:
            self.visit(statement, inner)

    def call(self, node: ast.Call, scope: Scope) -> None:
        if isinstance(node.func, ast.Name) and node.func.id == "super":
            scope.calls_super = True
        self.keep_call(node, scope)
        # The inner call of a call belongs to the outer one.
        if isinstance(node.func, ast.Call):
            self.children(node.func, scope)
        else:
            self.visit(node.func, scope)
        for argument in node.args:
            self.mention(argument, scope)
            self.visit(argument, scope)
        for keyword in node.keywords:
            self.mention(keyword.value, scope)
            self.visit(keyword.value, scope)

    def keep_call(self, node: ast.Call, scope: Scope) -> None:
        function = node.func
        if isinstance(function, ast.Call):
            inner = function.func
            if not isinstance(inner, (ast.Name, ast.Attribute)):
                return
            options = read_options(function)
        else:
            name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", None)
            if name not in self.kept:
                return
            if name not in self.registering:
                self.by_name = self.by_name or _gives_name(node)
            options = read_options(node)
        value = read_value(node)
        if value[0] != "c":
            return
        environment = scope.environment(roots_of(value))
        self.calls.append(
            CallFacts(
                value,
                node.lineno,
                node.col_offset,
                scope.owner,
                scope.enclosing_function,
                options,
                environment,
                self.variable,
            )
        )

    def item(self, node: ast.Subscript, scope: Scope) -> None:
        """``app.tasks[name]`` is kept as the call ``app.tasks(name)``."""
        if isinstance(node.value, ast.Attribute) and node.value.attr == "tasks" and isinstance(node.slice, _NAMES):
            value: Call = ("c", read_value(node.value), (read_value(node.slice),), ())
            environment = scope.environment(roots_of(value))
            # A parameter is any name: ``return app.tasks[name]``.
            if not isinstance(node.slice, ast.Name) or environment.get(node.slice.id, (("?",),))[0][0] != "P":
                place = (node.lineno, node.col_offset, scope.owner, scope.enclosing_function)
                self.calls.append(CallFacts(value, *place, (), environment))
                self.by_name = True
        self.children(node, scope)

    def dictionary(
        self, node: ast.Dict, scope: Scope, key: ast.expr | None = None, comma: bool = False, beside: bool = False
    ) -> None:
        found = read_schedule(node, key, comma, beside)
        if found is not None:
            environment = scope.environment(roots_of(found[:2]))
            row = ScheduleFacts(*found, node.lineno, node.col_offset, environment)
            self.schedules.append(row._replace(args_count=None, kwargs_names=None) if self.completes else row)
        entries = holds_entries(node)
        for item_key, item in zip(node.keys, node.values, strict=True):
            if isinstance(item, ast.Dict):
                self.dictionary(item, scope, item_key, beside=entries)
            elif (inner := tuple_by_comma(item)) is not None:
                self.dictionary(inner, scope, item_key, comma=True)
            else:
                self.visit(item, scope)


_VISITORS: dict[type, Any] = {
    ast.FunctionDef: _Reader.function,
    ast.AsyncFunctionDef: _Reader.function,
    ast.ClassDef: _Reader.class_,
    ast.Call: _Reader.call,
    ast.Subscript: _Reader.item,
    ast.Dict: _Reader.dictionary,
    ast.Import: _Reader.import_,
    ast.ImportFrom: _Reader.import_from,
    ast.Global: _Reader.global_,
    ast.Assign: _Reader.assignment,
    ast.Return: _Reader.return_,
}


def _gives_name(node: ast.Call) -> bool:
    """Whether an argument can be a task's name: ``.signature("x")`` gives one, ``.signature((1,))`` does not."""
    first = [*node.args[:1], *(keyword.value for keyword in node.keywords if keyword.arg in ("name", "task", "varies"))]
    return any(isinstance(argument, _NAMES) for argument in first)


def _plain_function(row: FunctionFacts) -> tuple[Any, ...]:
    """Named tuples as tuples, which is all that ``marshal`` takes; the fields say what they are while a file is read."""
    parameters, decorators = tuple(map(tuple, row.parameters)), tuple(map(tuple, row.decorators))
    return tuple(row._replace(parameters=parameters, decorators=decorators))  # type: ignore[arg-type]


def _plain_class(row: ClassFacts) -> tuple[Any, ...]:
    members, properties = tuple(map(tuple, row.members)), tuple(map(tuple, row.properties))
    return tuple(row._replace(members=members, properties=properties))  # type: ignore[arg-type]
