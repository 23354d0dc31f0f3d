"""The code of a new task, with a body that is left to write, in the style of the task beside it.

Law: a request and a neighbour in, text and edits out. It does not learn what a registry says of the task.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from celery_registry.writing.neighbours import Decorated, Neighbour, Registered
from celery_registry.writing.source_text import Edit, SourceText
from celery_registry.writing.target_module import TargetModule

__all__ = ["Skeleton"]

#: Not ``NotImplementedError``: that says that the method is a subclass's.
_BODY: Final = 'raise RuntimeError("{} is not written yet")'
#: The last words of a controller's name.
_WORDS: Final = frozenset(
    {"Task", "Tasks", "Controller", "Handler", "Service", "Worker", "Job", "Jobs", "Runner", "UseCase"}
)
_CAMEL: Final = re.compile(r"[A-Z][a-z0-9]*|[A-Z]+(?![a-z])")


@dataclass
class Skeleton:
    """Writes one function; ``name`` is the expression of the task's name, None where the decorator gives none.

    ``parameters`` and ``returns`` are texts, ``before`` the classes that go before it. ``edits`` are those of modules
    that are there, ``controller`` is the new class where one was written.
    """

    target: TargetModule
    neighbour: Neighbour | None
    function: str
    parameters: Sequence[str]
    returns: str
    name: str | None
    before: str
    width: int
    edits: dict[str, list[Edit]] = field(default_factory=dict)
    controller: str | None = None

    def write(self, registering: TargetModule | None = None) -> str:
        """The text of a new module without its imports; nothing where the module is there: then all is in ``edits``.

        ``registering`` is the module that registers it, where that is another one. Raises ``LookupError`` where what
        the neighbour uses cannot be named here.
        """
        neighbour = self.neighbour
        if isinstance(neighbour, Registered):
            if neighbour.is_controller:
                return self._controller(neighbour)
            return self._registered(neighbour, registering or self.target)
        return self._decorated(neighbour)

    # The kinds

    def _decorated(self, neighbour: Decorated | None) -> str:
        options = "" if self.name is None else f"(name={self.name})"
        if neighbour is None:
            maker = self.target.name_of("celery", "shared_task")
        else:
            maker = self._borrow(neighbour.source.segment(neighbour.maker), neighbour)
        if neighbour is not None and neighbour.registration.module == self.target.module:
            source, anchor = neighbour.source, neighbour.function
            indent = source.indent(anchor)
            text = f"{indent}@{maker}{options}\n{self._function(indent, source.indent_unit)}"
            if neighbour.is_nested:
                self._before(source, _outermost(source, anchor))
                return self._add(source, source.after(anchor), f"\n{text}")
            return self._add(source, source.after(anchor), f"\n\n{self._classes()}{text}")
        return self._at_end(f"@{maker}{options}\n{self._function('', self._unit())}")

    def _controller(self, neighbour: Registered) -> str:
        assert neighbour.cls is not None
        assert neighbour.method is not None
        assert self.name is not None
        source, cls, unit = neighbour.source, neighbour.cls, neighbour.source.indent_unit
        call = [source.segment(node) for node in (neighbour.call.func, neighbour.call.args[0])]
        if neighbour.registration.module == self.target.module:
            indent, inner = source.indent(cls.body[0]), source.indent(neighbour.statement)
            if any(getattr(node, "name", "") == self.function for node in cls.body):
                self.target.take(cls.name)
            line = f"{inner}{call[0]}({call[1]}, {self.name}, self.{self.function})\n"
            self._before(source, _outermost(source, cls))
            self._add(source, source.after(neighbour.statement), line)
            return self._add(source, source.after(cls), f"\n{self._function(indent, unit, 'self')}")
        maker = self._borrow(call[0], neighbour)
        arguments = {argument.arg for argument in (*neighbour.method.args.args, *neighbour.method.args.kwonlyargs)}
        app = call[1] if call[1].partition(".")[0] in arguments else self._borrow(call[1], neighbour)
        bases = ", ".join(self._borrow(source.segment(base), neighbour) for base in cls.bases)
        self.controller = self.target.take(_class_name(self.function, cls.name))
        head = f"class {self.controller}({bases}):\n" if bases else f"class {self.controller}:\n"
        shown = [self._argument(argument, neighbour) for argument in neighbour.method.args.args]
        result = neighbour.method.returns
        returns = "None" if result is None else self._borrow(source.segment(result), neighbour)
        register = _def(neighbour.method.name, shown, returns if result is not None else "", unit, unit, self.width)
        line = f"{unit}{unit}{maker}({app}, {self.name}, self.{self.function})\n"
        return self._at_end(f"{head}{register}{line}\n{self._function(unit, unit, 'self')}")

    def _registered(self, neighbour: Registered, registering: TargetModule) -> str:
        assert self.name is not None
        source, given = neighbour.source, neighbour.call.args[2]
        call = [source.segment(node) for node in (neighbour.call.func, neighbour.call.args[0])]
        home, _, _ = neighbour.registration.target_origin.label.rpartition(".")
        cls = None
        here = self.target.source is not None and neighbour.registration.target_module == self.target.module
        if here and self.target.source is not None and neighbour.only_tasks:
            cls = self.target.source.classes.get(home) if isinstance(given, ast.Attribute) else None
        text = ""
        if cls is not None and isinstance(given, ast.Attribute) and self.target.source is not None:
            owner = self.target.source
            if any(getattr(node, "name", "") == self.function for node in cls.body):
                self.target.take(cls.name)
            target = f"{source.segment(given.value)}.{self.function}"
            indent = owner.indent(cls.body[0])
            self._before(owner, _outermost(owner, cls))
            self._add(owner, owner.after(cls), f"\n{self._function(indent, owner.indent_unit, 'self')}")
        else:
            written = self._function("", self._unit())
            if registering is self.target and self.target.source is not None:
                target = self.target.take(self.function)
                top = _outermost(source, neighbour.statement)
                place = _above(source, top)
                gap = "\n" * (2 - min(2, _blank_lines(source.text[:place])))
                self._add(source, place, f"{gap}{self._classes()}{written}\n\n")
            else:
                target = registering.name_of(self.target.module, self.function)
                text = self._at_end(written)
        line = f"{source.indent(neighbour.statement)}{call[0]}({call[1]}, {self.name}, {target})\n"
        self._add(source, source.after(neighbour.statement), line, neighbour.registration.module)
        return text

    # Parts

    def _borrow(self, text: str, neighbour: Neighbour) -> str:
        return self.target.borrow(text, neighbour.scope)

    def _argument(self, argument: ast.arg, neighbour: Registered) -> str:
        if argument.annotation is None:
            return argument.arg
        return f"{argument.arg}: {self._borrow(neighbour.source.segment(argument.annotation), neighbour)}"

    def _function(self, indent: str, unit: str, *first: str) -> str:
        head = _def(self.function, (*first, *self.parameters), self.returns, indent, unit, self.width)
        return f"{head}{indent}{unit}{_BODY.format(self.function)}\n"

    def _unit(self) -> str:
        source = self.target.source or (None if self.neighbour is None else self.neighbour.source)
        return "    " if source is None else source.indent_unit

    def _classes(self) -> str:
        return f"{self.before}\n\n" if self.before else ""

    def _before(self, source: SourceText, top: ast.stmt) -> None:
        if self.before:
            self._add(source, _above(source, top), f"{self.before}\n\n")

    def _at_end(self, text: str) -> str:
        """Behind the last definition of the module; the text itself where the module is to be written."""
        text = f"{self._classes()}{text}"
        source = self.target.source
        if source is None:
            return text
        body = [node for node in source.tree.body if not _is_main(node)]
        if not body:
            return self._add(source, len(source.text), text)
        place = source.after(body[-1])
        return self._add(source, place, f"\n\n{text}")

    def _add(self, source: SourceText, place: int, text: str, module: str | None = None) -> str:
        if place == len(source.text) and source.text and not source.text.endswith(("\n", "\r")):
            text = f"\n{text}"
        self.edits.setdefault(module or self.target.module, []).append(Edit(place, place, text))
        return ""


def _def(name: str, parameters: Sequence[str], returns: str, indent: str, unit: str, width: int) -> str:
    """The head of a function as ruff's formatter leaves it."""
    arrow = f" -> {returns}:\n" if returns else ":\n"
    line = f"{indent}def {name}({', '.join(parameters)}){arrow}"
    if len(line) <= width + 1 or not parameters:
        return line
    inside = f"{indent}{unit}{', '.join(parameters)}\n"
    if len(inside) > width + 1:
        inside = "".join(f"{indent}{unit}{each},\n" for each in parameters)
    return f"{indent}def {name}(\n{inside}{indent}){arrow}"


def _class_name(function: str, like: str) -> str:
    """``my_task`` beside ``PingTaskController``: ``MyTaskController``."""
    words = [word.capitalize() for word in function.split("_") if word]
    tail: list[str] = []
    for word in reversed(_CAMEL.findall(like)):
        if word not in _WORDS:
            break
        tail.insert(0, word)
    while tail and words and tail[0] == words[-1]:
        words.pop()
    return "".join((*words, *(tail or ["Task"])))


def _outermost(source: SourceText, node: ast.stmt) -> ast.stmt:
    """The statement of the module that holds another one."""
    inside = [top for top in source.tree.body if top.lineno <= node.lineno <= (top.end_lineno or top.lineno)]
    return inside[-1] if inside else node


def _above(source: SourceText, node: ast.stmt) -> int:
    """The line where a statement begins, with its decorators and the comments right above it."""
    first = min((decorator.lineno for decorator in getattr(node, "decorator_list", ())), default=node.lineno)
    lines = source.lines
    while first > 1 and source.text[lines[first - 2] : lines[first - 1]].lstrip().startswith("#"):
        first -= 1
    return lines[first - 1]


def _blank_lines(text: str) -> int:
    """How many blank lines end a text; where it is empty, as many as anybody wants."""
    lines = text.splitlines()
    count = 0
    while lines and not lines.pop().strip():
        count += 1
    return count if text.strip() else 2


def _is_main(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)
