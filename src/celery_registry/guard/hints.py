"""Annotations of live code: what a text stands for where it was written.

Law: texts, names and scopes. Each element is resolved alone, so one name that cannot be found hides nothing
else; what resolves to nothing stays visible as ``Unresolved``. Nothing is imported. It compares nothing.
"""

from __future__ import annotations

import ast
import builtins
import re
import sys
import textwrap
import tokenize
from collections.abc import Iterator, Mapping
from typing import Any, ForwardRef, cast, get_origin

from celery.app.task import Task

from celery_registry.contract.signature import Parameter, TaskSignature

__all__ = ["Scope", "Unresolved", "read_annotations", "read_task_annotation"]


class Unresolved:
    """An annotation that names something which is not there at runtime.

    ``fullname`` is the dotted name it stands for, where an import under ``TYPE_CHECKING`` tells.
    """

    __slots__ = ("fullname", "text")

    def __init__(self, text: str, fullname: str | None = None) -> None:
        self.text = text
        self.fullname = fullname


_BUILTINS = vars(builtins)


class Scope:
    """The names an annotation sees: a class body, its module, and the module's ``TYPE_CHECKING`` imports."""

    def __init__(self, module: Mapping[str, Any], body: Mapping[str, Any] | None = None) -> None:
        self._module = module
        self._body = body or {}
        self._found: dict[str, Any] = {}
        self._imports: Mapping[str, str] | None = None
        self.signatures: dict[Any, TaskSignature[Any] | None] = {}
        self._lists: dict[str, tuple[Parameter[Any], ...]] = {}

    def resolve(self, text: str) -> Any:
        """What the text stands for, ``Unresolved`` where it stands for nothing."""
        try:
            return self._found[text]
        except KeyError:
            hint = self._found[text] = self._look_up(text) if text.isidentifier() else self._evaluate(text)
            return hint

    def parameters(self, types: str) -> tuple[Parameter[Any], ...]:
        """The inside of a list of types, ``int, str``; one object for one text, so that alike lists are told at once."""
        try:
            return self._lists[types]
        except KeyError:
            read = tuple([Parameter(None, type=self.resolve(text)) for text in _split(types)])
            self._lists[types] = read
            return read

    def __getitem__(self, name: str) -> Any:
        """A name for ``eval``; ``KeyError`` hands it on to the builtins."""
        if name in self._body:
            return self._body[name]
        if name in self._module:
            return self._module[name]
        if name in _BUILTINS:
            raise KeyError(name)
        hint = self.resolve(name)
        if isinstance(hint, Unresolved):
            raise KeyError(name)
        return hint

    def _look_up(self, name: str) -> Any:
        """What ``eval`` would find for a single name."""
        for names in (self._body, self._module, _BUILTINS):
            if name in names:
                return _plain(names[name], self)
        fullname = self._type_checking_imports().get(name)
        if fullname is None:
            return Unresolved(name)
        module, _, attribute = fullname.rpartition(".")
        hint = getattr(sys.modules.get(module), attribute, self)
        if hint is self:
            hint = sys.modules.get(fullname) or Unresolved(name, fullname)
        return hint

    def _evaluate(self, text: str) -> Any:
        try:
            hint = eval(text, {}, cast("Any", self))  # Annotations are code; typing.get_type_hints evaluates them too.
        except Exception:
            return Unresolved(text.strip())
        return _plain(hint, self)

    def _type_checking_imports(self) -> Mapping[str, str]:
        if self._imports is None:
            self._imports = _read_type_checking_imports(self._module)
        return self._imports


def read_annotations(function: Any) -> Mapping[str, Any]:
    """The annotations of a function as Python keeps them: objects, or texts where they are lazy and cannot be evaluated."""
    try:
        annotations: Mapping[str, Any] = function.__annotations__
    except AttributeError:
        return {}
    except Exception:
        # Python 3.14 evaluates on access, and a name under TYPE_CHECKING is not there.
        import annotationlib  # type: ignore[import-not-found,unused-ignore]

        annotations = annotationlib.get_annotations(function, format=annotationlib.Format.STRING)
    return annotations


def read_task_annotation(annotation: Any, scope: Scope) -> TaskSignature[Any] | None:
    """``Task[[int, str], Result]`` as a signature, whatever way it was written; None for anything else.

    A bare ``Task``, or a subclass of it, leaves the parameters open and the result unknown, as does ``Task[..., R]``
    the parameters.
    """
    if isinstance(annotation, str):
        if annotation not in scope.signatures:
            scope.signatures[annotation] = _read_task_text(annotation, scope)
        return scope.signatures[annotation]
    try:
        key = _key(annotation)
        if key not in scope.signatures:
            scope.signatures[key] = _read_task_object(annotation, scope)
        return scope.signatures[key]
    except TypeError:  # an argument that cannot be hashed
        return _read_task_object(annotation, scope)


def _key(annotation: Any) -> Any:
    """What tells one annotation from another in one scope; the list in ``Task[[int], R]`` cannot be hashed."""
    args = getattr(annotation, "__args__", ())
    return (getattr(annotation, "__origin__", annotation), *(tuple(a) if isinstance(a, list) else a for a in args))


#: ``Task[[int, dict[str, int]], Result]`` without quotes, the way nearly everybody writes it; no tree is needed for it.
_USUAL = re.compile(r"([A-Za-z_][\w.]*)\[\[([\w., |\[\]]*)\], ?([A-Za-z_][\w.]*)\]")


def _is_balanced(types: str) -> bool:
    depth = 0
    for character in types if "[" in types or "]" in types else "":
        depth += (character == "[") - (character == "]")
        if depth < 0:
            return False
    return depth == 0


def _split(types: str) -> Iterator[str]:
    """The elements between the commas that stand in no bracket."""
    depth = start = 0
    for index, character in enumerate(types):
        depth += (character == "[") - (character == "]")
        if character == "," and depth == 0:
            yield types[start:index].strip()
            start = index + 1
    if types[start:].strip():
        yield types[start:].strip()


def _read_task_text(text: str, scope: Scope) -> TaskSignature[Any] | None:
    usual = _USUAL.fullmatch(text)
    if usual is not None and _is_balanced(usual[2]) and _is_task(scope.resolve(usual[1])):
        return TaskSignature(scope.parameters(usual[2]), scope.resolve(usual[3]))
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError:
        return None
    if isinstance(tree, ast.Constant) and isinstance(tree.value, str):
        return _read_task_text(tree.value, scope)
    if not isinstance(tree, ast.Subscript):
        hint = scope.resolve(text)
        if isinstance(hint, Unresolved):
            return TaskSignature(None) if _last_name(tree) == "Task" else None
        return _read_task_object(hint, scope)
    head = scope.resolve(_text(tree.value))
    if isinstance(head, Unresolved):
        if _last_name(tree.value) != "Task":
            return None
    elif not _is_task(head):
        return None
    if not (isinstance(tree.slice, ast.Tuple) and len(tree.slice.elts) == 2):
        return None
    first, second = tree.slice.elts
    result = _resolve_node(second, scope)
    if isinstance(first, ast.List):
        return TaskSignature(tuple([Parameter(None, type=_resolve_node(e, scope)) for e in first.elts]), result)
    if isinstance(first, ast.Constant) and first.value is Ellipsis:
        return TaskSignature(None, result)
    return TaskSignature(None, result) if _leaves_open(_resolve_node(first, scope)) else None


def _read_task_object(hint: Any, scope: Scope) -> TaskSignature[Any] | None:
    if isinstance(hint, ForwardRef):
        return _read_task_text(hint.__forward_arg__, scope)
    if _is_task(hint):
        return TaskSignature(None)
    if not _is_task(get_origin(hint)):
        return None
    args = hint.__args__
    if len(args) != 2:
        return None
    first, second = args
    result = _plain(second, scope)
    if isinstance(first, (list, tuple)):
        return TaskSignature(tuple(Parameter(None, type=_plain(e, scope)) for e in first), result)
    return TaskSignature(None, result) if _leaves_open(first) else None


def _resolve_node(node: ast.expr, scope: Scope) -> Any:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return scope.resolve(node.value)
    return scope.resolve(_text(node))


def _text(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ast.unparse(node)


def _leaves_open(first: Any) -> bool:
    """``...``, a ParamSpec or a Concatenate in the place of the list of parameters."""
    return first is Ellipsis or type(first).__name__ in ("ParamSpec", "_ConcatenateGenericAlias")


def _is_task(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Task)


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _plain(hint: Any, scope: Scope) -> Any:
    """A hint as the rules know it: None as its type, texts resolved."""
    if isinstance(hint, type):
        return hint
    if hint is None:
        return type(None)
    if isinstance(hint, str):
        return scope.resolve(hint)
    if isinstance(hint, ForwardRef):
        return scope.resolve(hint.__forward_arg__)
    return hint


_IF = re.compile(r"if (?:\w+\.)?")
_BLOCK = re.compile(r"TYPE_CHECKING:[^\S\n]*(?:#.*)?\n((?:[^\S\n].*\n|\n)*)")
#: Nearly every line there is one of these; a tree of all of them takes longer than the rest of the check.
_SIMPLE_IMPORT = re.compile(r"\s+from ([A-Za-z_][\w.]*) import (\w+(?:, ?\w+)*)")


def _read_type_checking_imports(module: Mapping[str, Any]) -> Mapping[str, str]:
    """Local name -> dotted name, from the imports under ``if TYPE_CHECKING:`` in the source of a module."""
    imports: dict[str, str] = {}
    package = str(module.get("__package__") or "")
    for block in _type_checking_blocks(_source(module.get("__file__"))):
        rest = []
        for line in block.splitlines():
            simple = _SIMPLE_IMPORT.fullmatch(line)
            if simple is None:
                rest.append(line)
            else:
                origin = f"{simple[1]}."
                for name in simple[2].split(","):
                    imports[name.strip()] = origin + name.strip()
        try:
            tree = ast.parse(textwrap.dedent("\n".join(rest)))
        except SyntaxError:
            continue
        for node in ast.walk(tree):
            imports.update(_read_import(node, package))
    return imports


def _type_checking_blocks(source: str) -> Iterator[str]:
    """The indented lines under each ``if TYPE_CHECKING:`` at the left margin."""
    end = source.find("TYPE_CHECKING:")
    while end >= 0:
        block = _BLOCK.match(source, end)
        if block is not None and _IF.fullmatch(source[source.rfind("\n", 0, end) + 1 : end]):
            yield block[1]
        end = source.find("TYPE_CHECKING:", end + 1)


def _source(path: Any) -> str:
    """The text of a module; not through ``linecache``, which would keep it."""
    if not isinstance(path, str) or not path.endswith(".py"):
        return ""
    try:
        with tokenize.open(path) as file:
            return file.read()
    except (OSError, SyntaxError, UnicodeDecodeError):
        return ""


def _read_import(node: ast.AST, package: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield (
                alias.asname or alias.name.partition(".")[0],
                alias.name if alias.asname else alias.name.partition(".")[0],
            )
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            parents = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*parents, *([base] if base else [])])
        for alias in node.names:
            yield alias.asname or alias.name, f"{base}.{alias.name}"
