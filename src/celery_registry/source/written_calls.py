"""One call of a task as data: the arguments, or what stands in ``args=`` and ``kwargs=``.

Law: a call whose task is known in, a ``TaskCall`` out; None where the text gives nothing to hold it to.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from celery_registry.contract.calls import Argument, OneValue, TaskCall
from celery_registry.contract.options import expected_option, misspelt_options
from celery_registry.contract.signature import TaskSignature
from celery_registry.contract.task import Origin
from celery_registry.source.call_sites import CallSite
from celery_registry.source.own_options import ANY_OPTION
from celery_registry.source.preceding import PARTIAL
from celery_registry.source.schedules import plain_type
from celery_registry.source.single_values import SingleValues

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from celery_registry.source.model import Registration

__all__ = ["WrittenCall"]

_CONTAINERS = frozenset({"apply_async", "apply_async_on_commit", "apply", "signature", "subtask", "send_task", "retry"})


class WrittenCall:
    """One call as data."""

    def __init__(
        self,
        site: CallSite,
        registration: Registration,
        callee: str,
        by_name: bool,
        origin: Origin,
        signature: TaskSignature[str],
        singles: SingleValues,
        is_text: Callable[[ast.expr], bool],
        time_of: Callable[[ast.Call], str | None],
        own_options: Collection[str] | None = None,
    ) -> None:
        self.time_of = time_of
        self.own_options, self.is_text = own_options, is_text
        self.by_name, self.callee, self.singles = by_name, callee, singles
        self.node, self.method, self.path = site.node, site.method, origin.path
        by_task = self.method in (*_CONTAINERS, "s", "") or site.partial is not None
        shown = f'"{callee}"' if by_task else f'"{self.method}" of "{callee}"'
        fed = int(site.fed and self.method == "s")
        self.open = site.partial is not None and site.alone is None
        partial = self.method in PARTIAL and not site.complete and not fed
        name = registration.label or callee
        self.call = TaskCall(name, shown, signature, origin, partial=partial, fed=fed)

    def read(self) -> TaskCall | None:
        """The call; None where the text gives nothing to hold it to."""
        return self._container() if self.method in _CONTAINERS else self._direct()

    def misshapen(self) -> TaskCall | None:
        """The call where what it is given is wrong for a task of any parameters."""
        call = self._container() if self.method in _CONTAINERS else None
        return (
            call
            if call is not None and (call.bare or call.single or call.unmapped or call.options or call.mistyped)
            else None
        )

    def _direct(self) -> TaskCall:
        positional, more = self._items(self.node.args)
        keywords = {k.arg: self._argument(k.value) for k in self.node.keywords if k.arg is not None}
        open_keywords = self.open or any(k.arg is None for k in self.node.keywords)
        more = more or self.open
        return replace(
            self.call, positional=positional, keywords=keywords, more_positional=more, more_keywords=open_keywords
        )

    def _container(self) -> TaskCall | None:
        """What stands in ``args`` and ``kwargs``; a retry takes from the request what it is not given."""
        given = list(self.node.args)
        if any(isinstance(item, ast.Starred) for item in given):
            return None
        options = {k.arg: k.value for k in self.node.keywords if k.arg is not None}
        if self.by_name:
            given = given[1:]
        args = given[0] if given else options.get("args")
        kwargs = given[1] if len(given) > 1 else options.get("kwargs")
        splat = any(k.arg is None for k in self.node.keywords) or self.method == "retry"
        unmapped = None if kwargs is None else self._unmapped(kwargs)
        if kwargs is not None and unmapped is not None:
            place = Origin(self.path, kwargs.lineno, kwargs.col_offset)
            return replace(self.call, unmapped=Argument(unmapped, place))
        if isinstance(args, (ast.Constant, ast.JoinedStr)) and getattr(args, "value", "") is not None:
            return replace(self.call, bare=self._argument(args))
        single = None if args is None else self._single(args)
        positional, more = self._values(args, splat)
        keywords, open_keywords = self._pairs(kwargs, splat)
        return replace(
            self.call,
            positional=positional,
            keywords=keywords,
            more_positional=more,
            more_keywords=open_keywords or self.open,
            options=self._misspelt(options),
            mistyped=self._mistyped(options),
            single=single,
            taker=f'"{self.method}" of "{self._taker()}"',
        )

    def _unmapped(self, kwargs: ast.expr) -> str | None:
        """The type of what is no mapping for certain; Celery takes what is empty for none."""
        if isinstance(kwargs, (ast.List, ast.Tuple, ast.Set)):
            return type(kwargs).__name__.lower() if kwargs.elts else None
        if isinstance(kwargs, ast.Constant):
            return type(kwargs.value).__name__ if kwargs.value else None
        return "str" if isinstance(kwargs, ast.JoinedStr) or self.is_text(kwargs) else None

    def _single(self, args: ast.expr) -> tuple[OneValue, Origin] | None:
        if isinstance(args, (ast.Tuple, ast.List)):
            return None
        signature = self.call.signature
        known = signature.parameters is not None and signature.var_positional is None
        names = [parameter.name or "" for parameter in signature.positional] if known else None
        found = self.singles.at(args.lineno, args.col_offset, names)
        return None if found is None else (found, self._argument(args).origin)

    def _taker(self) -> str:
        # Of a method of the user's own mypy does not say whose it is.
        return "Celery" if self.by_name else self.callee if self.own_options is None else "Task"

    def _misspelt(self, options: dict[str, ast.expr]) -> dict[str, str]:
        if self.method not in ("apply_async", "send_task") or ANY_OPTION in (self.own_options or ()):
            return {}
        return misspelt_options(options, self.own_options or ())

    def _mistyped(self, options: dict[str, ast.expr]) -> dict[str, Argument]:
        """The options of a value whose type the text shows and Celery refuses; what is empty it takes for none.

        ``send_task`` may be that of an application class of the program's own.
        """
        if self.method != "apply_async" or self.own_options is not None:
            return {}
        found = {}
        for name, value in options.items():
            # A countdown is what eta is made of.
            if name == "eta" and "countdown" in options:
                continue
            made = self.time_of(value) if isinstance(value, ast.Call) and (value.args or value.keywords) else None
            is_empty = isinstance(value, ast.Constant) and not value.value
            given = made or (None if is_empty else plain_type(value))
            if given is not None and expected_option(name, given) is not None:
                found[name] = Argument(given, Origin(self.path, value.lineno, value.col_offset))
        return found

    def _values(self, node: ast.expr | None, splat: bool) -> tuple[tuple[Argument, ...], bool]:
        if node is None:
            return (), splat
        if isinstance(node, ast.Constant) and node.value is None:
            return (), False
        return self._items(node.elts) if isinstance(node, (ast.Tuple, ast.List)) else ((), True)

    def _items(self, nodes: list[ast.expr]) -> tuple[tuple[Argument, ...], bool]:
        """The values before the first splat, and whether there is one: what comes after it has no place."""
        values: list[Argument] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                return tuple(values), True
            values.append(self._argument(node))
        return tuple(values), False

    def _pairs(self, node: ast.expr | None, splat: bool) -> tuple[dict[str, Argument], bool]:
        if node is None:
            return {}, splat
        if isinstance(node, ast.Constant) and node.value is None:
            return {}, False
        if isinstance(node, ast.Dict):
            found: dict[str, Argument] = {}
            open_ended = False
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    found[key.value] = self._argument(value)
                else:
                    open_ended = True
            return found, open_ended
        return {}, True

    def _argument(self, node: ast.expr) -> Argument:
        return Argument(plain_type(node), Origin(self.path, node.lineno, node.col_offset))
