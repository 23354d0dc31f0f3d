"""Values that certainly cannot be sent: a set, a class, a query or a model of Django's ORM, given to a task.

Law: an expression and what the variables around it hold in, a type's name in the payload table out, None where the text
does not tell. Whether a serializer takes it is the table's to say.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from celery_registry.source.local_values import bindings_of
from celery_registry.source.symbols import Frame, Symbol
from celery_registry.source.values import read_value

if TYPE_CHECKING:
    from celery_registry.source.contents import Contents
    from celery_registry.source.local_values import Bound, Place
    from celery_registry.source.resolve import Names

__all__ = ["WrittenTypes"]

_QUERY: Final = "django.db.models.query.QuerySet"
_MODEL: Final = "django.db.models.base.Model"
#: Methods of a manager or a query that give a query.
_QUERIES: Final = frozenset(
    {
        *("all", "filter", "exclude", "order_by", "distinct", "select_related", "prefetch_related", "annotate"),
        *("only", "defer", "using", "reverse", "union", "select_for_update"),
    }
)
_ROWS: Final = frozenset({"values", "values_list"})
#: Methods of a manager or a query that give one model.
_ONE: Final = frozenset({"get", "create", "latest", "earliest"})
#: The signals of a model whose ``instance`` is one of its ``sender``.
_SIGNALS: Final = frozenset({"pre_init", "post_init", "pre_save", "post_save", "pre_delete", "post_delete"})
#: A variable that holds another that holds another is followed so far.
_DEEPEST: Final = 3
_GIVE_BACK: Final = frozenset({"dataclass", "final", "runtime_checkable", "total_ordering", "unique", "define"})
_BUILTINS: Final = {
    "set": "set",
    "frozenset": "frozenset",
    "map": "collections.abc.Iterator",
    "filter": "collections.abc.Iterator",
}
_VIEWS: Final = {"keys": "builtins.dict_keys", "values": "builtins.dict_values", "items": "builtins.dict_items"}


class WrittenTypes:
    """What the arguments of calls are, over one program."""

    def __init__(self, names: Names, contents: Contents) -> None:
        self._names, self._contents = names, contents

    def of(self, module: str, place: Place) -> str | None:
        """The type of an argument."""
        return self._type(module, place, place.node)

    def _type(self, module: str, place: Place, node: ast.expr, depth: int = 0) -> str | None:
        if isinstance(node, (ast.Set, ast.SetComp)):
            return "set"
        if isinstance(node, ast.GeneratorExp):
            return "collections.abc.Generator"
        if isinstance(node, ast.Lambda):
            return "builtins.function"
        if isinstance(node, ast.Call):
            return self._called(module, place, node)
        if isinstance(node, ast.Name):
            if self._is_model(self._own_class(module, place, node.id) or self._signalled(module, place, node.id)):
                return _MODEL
            bound = bindings_of(place, node.id)
            if bound is not None:
                types = {self._held(module, place, one, depth) for one in bound}
                return types.pop() if len(types) == 1 else None
            if _is_local(place, node.id):
                return None
        if isinstance(node, (ast.Name, ast.Attribute)):
            found = self._class(module, place, node)
            return "type" if found is not None and found.kind == "class" and self._stays_class(found) else None
        return None

    def _stays_class(self, found: Symbol) -> bool:
        """Whether nothing may make something else of a class: of those that decorate one, these give it back."""
        file = self._names.program.files.get(found.module)
        tree = None if file is None else self._contents.tree(file.path)
        made = [
            node
            for node in (() if tree is None else ast.walk(tree))
            if isinstance(node, ast.ClassDef) and node.name == found.name.rpartition(".")[2]
        ]
        given = [item.func if isinstance(item, ast.Call) else item for node in made for item in node.decorator_list]
        return bool(made) and all(ast.unparse(item).rpartition(".")[2] in _GIVE_BACK for item in given)

    def _held(self, module: str, place: Place, one: Bound, depth: int) -> str | None:
        if one.value is None or depth > _DEEPEST:
            return None
        if one.looped:
            return _MODEL if self._is_query(module, place, one.value, rows=False) else None
        return self._type(module, place, one.value, depth + 1)

    def _own_class(self, module: str, place: Place, name: str) -> Symbol | None:
        """The class of ``self``."""
        function, cls = place.function, place.cls
        if function is None or cls is None or not function.args.args or function.args.args[0].arg != name:
            return None
        plain = not {"staticmethod", "classmethod"} & {ast.unparse(item) for item in function.decorator_list}
        bound = bindings_of(place, name)
        return Symbol("class", module, cls) if plain and bound is not None and len(bound) == 1 else None

    def _signalled(self, module: str, place: Place, name: str) -> Symbol | None:
        """The model of ``instance`` below ``@receiver(post_save, sender=Model)``."""
        function, bound = place.function, bindings_of(place, name)
        if function is None or name != "instance" or bound is None or len(bound) != 1 or bound[0].value is not None:
            return None
        for item in function.decorator_list:
            if isinstance(item, ast.Call) and item.args and ast.unparse(item.func).rpartition(".")[2] == "receiver":
                given = item.args[0]
                signals = given.elts if isinstance(given, (ast.List, ast.Tuple)) else [given]
                if not {ast.unparse(signal).rpartition(".")[2] for signal in signals} <= _SIGNALS:
                    continue
                for keyword in item.keywords:
                    if keyword.arg == "sender" and _starts_with_a_name(keyword.value):
                        return self._names.instance(Frame(module), read_value(keyword.value))
        return None

    def _called(self, module: str, place: Place, call: ast.Call) -> str | None:
        function = call.func
        if isinstance(function, ast.Name):
            builtin = _BUILTINS.get(function.id)
            found = None if builtin is None else self._names.find(Frame(module), function.id)
            known = found is not None and found.name == f"builtins.{function.id}"
            return builtin if known and not _is_local(place, function.id) else None
        if not isinstance(function, ast.Attribute):
            return None
        if function.attr in _VIEWS and isinstance(function.value, ast.Name) and not call.args and not call.keywords:
            bound = bindings_of(place, function.value.id)
            if bound is not None and len(bound) == 1 and _is_dictionary(bound[0].value) and not bound[0].looped:
                return _VIEWS[function.attr]
        # Nothing but Django's has a `values_list` that may be flat.
        flat = function.attr == "values_list" and any(keyword.arg == "flat" for keyword in call.keywords)
        if flat or self._is_query(module, place, call):
            return _QUERY
        if function.attr in _ONE and self._is_manager_or_query(module, place, function.value, rows=False):
            return _MODEL
        return None

    def _is_query(self, module: str, place: Place, node: ast.expr | None, rows: bool = True) -> bool:
        """Whether an expression is a query; of models where ``rows`` is False, not of rows or values."""
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            return False
        known = node.func.attr in _QUERIES or (rows and node.func.attr in _ROWS)
        return known and self._is_manager_or_query(module, place, node.func.value, rows)

    def _is_manager_or_query(self, module: str, place: Place, node: ast.expr, rows: bool) -> bool:
        if isinstance(node, ast.Attribute) and node.attr == "objects":
            found = self._class(module, place, node.value)
            return found is not None and self._is_model(found) and not self._has_own_manager(found)
        return self._is_query(module, place, node, rows)

    def _has_own_manager(self, model: Symbol) -> bool:
        """Whether ``objects`` is of a class of the program's that may give something else than queries and models."""
        manager = self._names.attribute(model._replace(kind="instance"), "objects")
        manager = None if manager is None else self._names.follow(manager)
        if manager is None or manager.kind != "instance":
            return False
        own = (self._names.attribute(manager, method) for method in (*_QUERIES, *_ROWS, *_ONE))
        return any(method is not None and method.kind != "outside" for method in own)

    def _class(self, module: str, place: Place, node: ast.expr) -> Symbol | None:
        """The class that an expression means: by its name, or ``self.__class__``."""
        if isinstance(node, ast.Attribute) and node.attr == "__class__" and isinstance(node.value, ast.Name):
            return self._own_class(module, place, node.value.id)
        known = _starts_with_a_name(node) and not _is_local(place, _root(node))
        return self._names.instance(Frame(module), read_value(node)) if known else None

    def _is_model(self, found: Symbol | None) -> bool:
        """Whether a class is a model of Django's that nobody has taught to be JSON."""
        if found is None or found.kind != "class":
            return False
        order = self._names.order(found.module, found.name)
        made = self._names.attribute(found._replace(kind="instance"), "__json__")
        own = made is not None and made.kind != "outside"
        return not own and any(base.name in ("django.db.models.Model", _MODEL) for base in order)


def _is_dictionary(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id in ("dict", "defaultdict", "OrderedDict", "Counter")
    return isinstance(value, (ast.Dict, ast.DictComp))


def _starts_with_a_name(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _is_local(place: Place, name: str) -> bool:
    """Whether a function around may bind a name in any way: then its module does not say what it means."""
    if name in place.own or name in place.caught:
        return True
    functions = () if place.function is None else (place.function, *place.outside)
    return any(_binds(function, name) for function in functions)


def _binds(function: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> bool:
    given = (*ast.walk(function.args), *(node for statement in function.body for node in ast.walk(statement)))
    return any(
        (isinstance(node, ast.arg) and node.arg == name)
        or (isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load))
        or (isinstance(node, ast.alias) and (node.asname or node.name).partition(".")[0] == name)
        or (isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.name == name)
        or (isinstance(node, ast.ExceptHandler) and node.name == name)
        for node in given
    )
