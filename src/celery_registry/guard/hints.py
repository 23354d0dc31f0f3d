"""Annotations of live code: what a text means where it was written.

Law: texts, names and scopes. Each element is resolved alone, so one name that cannot be found hides nothing
else; what resolves to nothing stays visible as ``Unresolved``. Nothing is imported. It compares nothing.
"""

from __future__ import annotations

import ast
import builtins
import re
import sys
from collections.abc import Iterator, Mapping
from types import CodeType
from typing import Any, Final, ForwardRef, cast, get_origin

from celery.app.task import Task

from celery_registry.contract.signature import Parameter, TaskSignature
from celery_registry.guard.type_checking import TypeCheckingImports

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
#: What no annotation stands for: a name may well stand for None.
_NOWHERE: Final = object()


class Scope:
    """The names an annotation sees: a class body, its module, and the module's ``TYPE_CHECKING`` imports.

    Scopes that are given the same ``codes`` compile a text once for all of them.
    """

    def __init__(
        self,
        module: Mapping[str, Any],
        body: Mapping[str, Any] | None = None,
        codes: dict[str, CodeType] | None = None,
    ) -> None:
        self._module = module
        self._places = (body, module, _BUILTINS) if body else (module, _BUILTINS)
        self._codes = {} if codes is None else codes
        self._found: dict[str, Any] = {}
        self._imports: TypeCheckingImports | None = None
        self.signatures: dict[Any, TaskSignature[Any] | None] = {}
        #: The parameters of ``Task[[int, str], `` by that text; one object for alike lists, so that they are told at once.
        self.heads: dict[str, Any] = {}

    def resolve(self, text: str) -> Any:
        """What the text means, ``Unresolved`` where it means nothing."""
        hint = self._places[0].get(text)
        if type(hint) is type:  # nearly every result is a class that stands beside its function
            return hint
        hint = self._found.get(text, _NOWHERE)
        if hint is _NOWHERE:
            hint = self._found[text] = self._look_up(text) if text.isidentifier() else self._evaluate(text)
        return hint

    def __getitem__(self, name: str) -> Any:
        """A name for ``eval``; ``KeyError`` hands it on to the builtins."""
        for names in self._places:
            if name in names:
                if names is _BUILTINS:
                    break
                return names[name]
        else:
            hint = self.resolve(name)
            if not isinstance(hint, Unresolved):
                return hint
        raise KeyError(name)

    def _look_up(self, name: str) -> Any:
        """What ``eval`` would find for a single name."""
        for names in self._places:
            hint = names.get(name, _NOWHERE)
            if hint is not _NOWHERE:
                return _plain(hint, self)
        if self._imports is None:
            self._imports = TypeCheckingImports(self._module)
            self._find_imported(self._imports)
            if name in self._found:
                return self._found[name]
        origin = self._imports.origin(name)
        if origin is None:
            return Unresolved(name)
        module, member = origin
        hint = getattr(sys.modules.get(module), member, _NOWHERE)
        if hint is _NOWHERE:
            fullname = f"{module}.{member}" if module else member
            hint = sys.modules.get(fullname) or Unresolved(name, fullname)
        return hint

    def _find_imported(self, imports: TypeCheckingImports) -> None:
        """All names of the ``TYPE_CHECKING`` block at once: a registry imports the result of every task there."""
        hidden = set().union(*self._places)
        for path, members in imports.members():
            loaded = getattr(sys.modules.get(path), "__dict__", {})
            for name in members:
                if name in loaded and name not in hidden:
                    self._found[name] = loaded[name]

    def _evaluate(self, text: str) -> Any:
        try:
            code = self._codes.get(text)
            if code is None:
                code = self._codes[text] = compile(text.lstrip(), "<annotation>", "eval")
            hint = eval(code, {}, cast("Any", self))  # Annotations are code; typing.get_type_hints evaluates them too.
        except Exception:  # an annotation may be any code
            return Unresolved(text.strip())
        return _plain(hint, self)


def read_annotations(function: Any) -> Mapping[str, Any]:
    """The annotations of a function as Python keeps them: objects, or texts where they are lazy and cannot be evaluated."""
    try:
        annotations: Mapping[str, Any] = function.__annotations__
    except AttributeError:
        return {}
    except Exception:  # an annotation may be any code
        # Python 3.14 evaluates on access, and a name under TYPE_CHECKING is not there.
        if sys.version_info >= (3, 14):
            import annotationlib

            return annotationlib.get_annotations(function, format=annotationlib.Format.STRING)
        raise
    return annotations


def read_task_annotation(annotation: Any, scope: Scope) -> TaskSignature[Any] | None:
    """``Task[[int, str], Result]`` as a signature, whatever way it was written; None for anything else.

    A bare ``Task``, or a subclass of it, leaves the parameters open and the result unknown, as does ``Task[..., R]``
    the parameters.
    """
    if isinstance(annotation, str):
        usual = _read_usual_text(annotation, scope)
        if usual is not None:
            return usual
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


#: ``Task[[int, dict[str, int]`` of the way nearly everybody writes it, without quotes; no tree is needed for it.
_USUAL_HEAD = re.compile(r"([A-Za-z_][\w.]*)\[\[([\w., |\[\]]*)")


def _read_usual_text(text: str, scope: Scope) -> TaskSignature[Any] | None:
    """``Task[[int, str], Result]`` where the result is a name; None for anything else, which needs a closer look."""
    head, _, rest = text.rpartition("], ")
    parameters = scope.heads.get(head, _NOWHERE)
    if parameters is _NOWHERE:
        parameters = scope.heads[head] = _read_usual_head(head, scope)
    result = rest[:-1]
    if parameters is None or rest[-1:] != "]" or not (result.isidentifier() or _is_dotted(result)):
        return None
    return TaskSignature(parameters, scope.resolve(result))


def _read_usual_head(head: str, scope: Scope) -> tuple[Parameter[Any], ...] | None:
    usual = _USUAL_HEAD.fullmatch(head)
    if usual is None or not _is_balanced(usual[2]) or not _is_task(scope.resolve(usual[1])):
        return None
    return tuple([Parameter(None, type=scope.resolve(text)) for text in _split(usual[2])])


def _is_dotted(name: str) -> bool:
    return all(part.isidentifier() for part in name.split("."))


def _is_balanced(types: str) -> bool:
    depth = 0
    for character in types:
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
