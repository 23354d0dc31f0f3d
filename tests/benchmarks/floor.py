"""The least that a plugin with these answers can cost: ``python -m tests.benchmarks.mypy_cost --plugin floor --only cold``.

Law: a plugin that checks nothing properly. It knows every task's parameters beforehand (the harness tells it), reads
each file that says something about tasks once and forgets it, and at a call asks mypy what no plugin can leave out:
a copy of the task's type, a copy of the method's signature, and whether each value in a container is of its type.
"""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from mypy.nodes import DictExpr, ListExpr, StrExpr, TupleExpr
from mypy.options import Options
from mypy.plugin import AttributeContext, MethodContext, MethodSigContext, Plugin
from mypy.subtypes import is_subtype
from mypy.types import CallableType, ExtraAttrs, FunctionLike, Instance, Parameters, Type, get_proper_type

from celery_registry.source.bodies import hide_bodies, telling_places
from celery_registry.source.files import SourceFile
from celery_registry.source.index import SourceIndex
from celery_registry.source.wanted import says_something

__all__ = ["plugin", "tell"]

_KEPT = "<task signature>"
_TASK = "celery.app.task.Task"


def tell(root: Path, sources: Path) -> None:
    """Write down the names of all parameters of all tasks of a project, by registry property."""
    files = []
    for path in sorted(sources.rglob("*.py")):
        module = ".".join(path.relative_to(sources).with_suffix("").parts)
        files.append(SourceFile(module.removesuffix(".__init__"), str(path), path.name == "__init__.py"))
    index = SourceIndex.build(files)
    names = {
        found.fullname: [parameter.name for parameter in index.implementations(found.task_name)[0].signature.parameters]
        for registry in index.registries.values()
        for found in registry.properties.values()
    }
    (root / "floor.json").write_text(json.dumps(names), encoding="utf-8")


class Floor(Plugin):
    """Hooks for ``registry.x``, ``delay`` and ``apply_async``."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        root = Path(options.config_file or "").parent
        self._names: dict[str, list[str]] = json.loads((root / "floor.json").read_text(encoding="utf-8"))
        self._signatures: dict[str, CallableType] = {}
        for folder, _, files in os.walk("."):
            for file in files:
                if file.endswith(".py"):
                    text = (Path(folder) / file).read_bytes()
                    if says_something(text):
                        ast.parse(hide_bodies(text, telling_places(text))[0])
        # A dictionary answers mypy without a frame of Python's.
        hooks: dict[str, Callable[[AttributeContext], Type]] = {
            name: partial(self._property, name) for name in self._names
        }
        self.__dict__["get_attribute_hook"] = hooks.get
        self.__dict__["get_method_signature_hook"] = {f"{_TASK}.delay": _delay}.get
        self.__dict__["get_method_hook"] = {f"{_TASK}.apply_async": _apply_async}.get

    def _property(self, name: str, context: AttributeContext) -> Type:
        task = get_proper_type(context.default_attr_type)
        assert isinstance(task, Instance)
        signature = self._signatures.get(name)
        if signature is None:
            declared = get_proper_type(task.args[0])
            assert isinstance(declared, Parameters)
            function = task.type.names["apply_async"].node.type.fallback
            signature = CallableType(
                declared.arg_types, declared.arg_kinds, self._names[name], task.args[1], function, name=name
            )
            self._signatures[name] = signature
        copy = task.copy_modified()
        copy.extra_attrs = ExtraAttrs({_KEPT: signature}, set(), None)
        return copy


def _signature_of(task: Any) -> Any:
    return task.extra_attrs.attrs[_KEPT]


def _delay(context: MethodSigContext) -> FunctionLike:
    signature = _signature_of(context.type)
    return context.default_signature.copy_modified(
        arg_types=signature.arg_types, arg_kinds=signature.arg_kinds, arg_names=signature.arg_names
    )


def _apply_async(context: MethodContext) -> Type:
    call: Any = context.context
    checker: Any = context.api
    signature = _signature_of(context.type)
    for expression, name in zip(call.args, call.arg_names, strict=True):
        if name in (None, "args") and isinstance(expression, (TupleExpr, ListExpr)):
            for item, target in zip(expression.items, signature.arg_types, strict=False):
                if checker.has_type(item):
                    is_subtype(checker.lookup_type(item), target)
        elif name == "kwargs" and isinstance(expression, DictExpr):
            for key, item in expression.items:
                if isinstance(key, StrExpr) and checker.has_type(item):
                    target = signature.arg_types[signature.arg_names.index(key.value)]
                    is_subtype(checker.lookup_type(item), target)
    return context.default_return_type


def plugin(version: str) -> type[Plugin]:
    """The entry point that mypy calls."""
    return Floor
