"""Calls that send what is no task: a function without its decorator, a name that its module does not have, ``.aply_async``.

Law: a call whose task nobody knows in, what is certainly wrong with it out. Where anything else may give the function its
method, or the module its name, it is silent.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from celery_registry.contract.names import nearest_names
from celery_registry.contract.usage import Unsent
from celery_registry.source.call_sites import meant_method
from celery_registry.source.canvas import canvas_items, canvas_word, is_canvas, is_signature, refused_member
from celery_registry.source.symbols import Symbol
from celery_registry.source.values import read_value

if TYPE_CHECKING:
    from celery_registry.contract.task import Origin
    from celery_registry.source.call_sites import CallSite
    from celery_registry.source.index import SourceIndex
    from celery_registry.source.receivers import Receivers
    from celery_registry.source.resolve import Names

__all__ = ["NoTasks"]

_SENDS: Final = frozenset({"delay", "apply_async", "delay_on_commit", "apply_async_on_commit", "s", "si"})
#: What may give a function a method, or a module a name, out of sight.
_BEHIND: Final = re.compile(rb"\b(?:globals|setattr|vars|locals|exec)\(|\bsys\.modules\b|\b__dict__\b|\b__getattr__\b")
#: Who asks first whether it is there.
_ASKS: Final = re.compile(rb"\b(?:hasattr|getattr)\(|\b(?:Attribute|Import|Name)Error\b")


class NoTasks:
    """Finds them over one program; ``texts`` are its files by module."""

    def __init__(self, index: SourceIndex, names: Names, receivers: Receivers, texts: Mapping[str, bytes]) -> None:
        self._index, self._names, self._receivers, self._texts = index, names, receivers, texts
        self._targets = {r.target: r for r in index.registrations if r.target is not None}

    def of(self, module: str, site: CallSite, origin: Origin) -> Unsent | None:
        """What is wrong with a call of a task's method on something that is none; None where nothing is certain."""
        if site.method not in _SENDS or site.receiver[0] != "n" or _ASKS.search(self._texts[module]):
            return None
        symbol = self._names.instance(site.frame, site.receiver)
        if symbol is not None:
            return self._bare(symbol, site.method, origin)
        return self._missing(module, site, origin)

    def misspelt(self, site: CallSite, origin: Origin) -> Iterator[Unsent]:
        """``send.aply_async()`` of a plain task, and of what its signatures make: ``chain(send.s()).dealy()``."""
        if site.receiver[0] == "c":
            yield from self._misspelt_of_canvas(site, origin)
            return
        symbol = self._names.instance(site.frame, site.receiver) if site.receiver[0] == "n" else None
        registration = None if symbol is None or symbol.kind != "function" else self._targets.get(symbol.fullname)
        if symbol is not None and registration is not None and self._receivers.is_plain_task(registration):
            near = meant_method(site.method) or ""
            if self._index.unread_texts.may_change(registration):
                return
            yield Unsent("task-lacks-method", registration.label or "", site.method, symbol.name, origin, near)

    def _misspelt_of_canvas(self, site: CallSite, origin: Origin) -> Iterator[Unsent]:
        made = site.node.func.value if isinstance(site.node.func, ast.Attribute) else None
        given = re.compile(rb"\.%s\s*=(?!=)|['\"]%s['\"]" % ((site.method.encode(),) * 2))
        if not isinstance(made, ast.Call) or any(given.search(text) for text in self._texts.values()):
            return
        of = canvas_word(made)
        if of is not None:
            # What a chain makes of something else is not known.
            items = canvas_items(made) if of == "chain" else ()
            is_celerys = self._receivers.are_celerys(site.frame, [read_value(made.func)])
            if is_celerys and made.args and all(is_canvas(item) for item in items) and (items or of != "chain"):
                yield Unsent("task-lacks-method", of, site.method, of, origin, meant_method(site.method) or "")
            return
        task = read_value(made.func.value) if is_signature(made) and isinstance(made.func, ast.Attribute) else None
        symbol = self._names.instance(site.frame, task) if task is not None and task[0] == "n" else None
        registration = None if symbol is None or symbol.kind != "function" else self._targets.get(symbol.fullname)
        if registration is not None and self._receivers.is_plain_task(registration):
            label = registration.label or ""
            yield Unsent("task-lacks-method", label, site.method, "Signature", origin, meant_method(site.method) or "")

    def refused(self, site: CallSite, origin: Origin) -> Iterator[Unsent]:
        """``chain(a.s(), [b.s(), c.s()])``: a chain is made with ``|``, which a list does not have."""
        place = None if site.method else refused_member(site.node)
        if place is not None and self._receivers.are_celerys(site.frame, [site.receiver]):
            yield Unsent("chain-of-list", "chain", str(place + 1), "chain", origin)

    def _bare(self, symbol: Symbol, method: str, origin: Origin) -> Unsent | None:
        """A function that nothing makes a task."""
        facts = self._names.program.facts(symbol.module)
        if symbol.kind != "function" or "." in symbol.name or symbol.fullname in self._targets or facts is None:
            return None
        definitions, rows = facts.functions.get(symbol.name, ()), facts.bindings.get(symbol.name, ())
        if len(definitions) != 1 or len(rows) != 1 or definitions[0].decorators:
            return None
        text = self._texts.get(symbol.module)
        if text is None or _BEHIND.search(text) or self._is_handed_on(symbol):
            return None
        if self._index.unread_texts.say(symbol.name):
            return None
        given = re.compile(rb"\b%s\.\w+\s*=(?!=)" % symbol.name.encode())
        if any(given.search(each) for each in self._texts.values()):
            return None
        return Unsent("function-is-no-task", symbol.fullname, symbol.name, method, origin)

    def _is_handed_on(self, symbol: Symbol) -> bool:
        """Whether a module gives its function to anything while it is imported: that may make a task of it."""
        tree = self._index.contents.tree(self._index.modules[symbol.module].path)
        waiting: list[ast.AST] = [] if tree is None else list(tree.body)
        while waiting:
            node = waiting.pop()
            if isinstance(node, ast.Name) and node.id == symbol.name:
                return True
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                waiting += [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
            elif not isinstance(node, ast.Lambda):
                waiting += ast.iter_child_nodes(node)
        return tree is None

    def _missing(self, module: str, site: CallSite, origin: Origin) -> Unsent | None:
        """``tasks.name`` and ``from tasks import name`` of a module without that name, where a task of it is nearly called so."""
        place = self._named_in(module, site)
        text = None if place is None else self._texts.get(place[0])
        facts = None if place is None else self._names.program.facts(place[0])
        if place is None or text is None or facts is None or facts.stars or _BEHIND.search(text):
            return None
        source, name = place
        if (
            self._index.unread_texts.say(name)
            or re.search(rb"\b%s\b" % name.encode(), text)
            or self._names.in_module(source, name) is not None
        ):
            return None
        tasks = [
            t[len(source) + 1 :]
            for t in self._targets
            if t.startswith(f"{source}.") and "." not in t[len(source) + 1 :]
        ]
        near = nearest_names(name, tasks, limit=1)
        return Unsent("module-lacks-task", f"{source}.{name}", name, source, origin, near[0]) if near else None

    def _named_in(self, module: str, site: CallSite) -> tuple[str, str] | None:
        """The module that must have a name, and the name."""
        assert site.receiver[0] == "n"
        head, _, name = site.receiver[1].rpartition(".")
        if head:
            base = self._names.instance(site.frame, ("n", head))
            return (base.module, name) if base is not None and base.kind == "module" else None
        facts = self._names.program.facts(module)
        rows = site.frame.environment.get(name) or (() if facts is None else facts.bindings.get(name, ()))
        return (rows[0][1], rows[0][2]) if len(rows) == 1 and rows[0][0] == "F" else None
