"""What a registry says about one task: the annotation of its property and the documentation of its parameters.

Law: one registration in, text out, and in words what a person should look at. Nothing is judged or written.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from celery_registry.contract.signature import Kind, Parameter, TaskSignature
from celery_registry.source.model import Registration
from celery_registry.writing.known_types import default_types, described_parameters, described_types, returned_type
from celery_registry.writing.registry_types import RegistryTypes
from celery_registry.writing.source_text import SourceText

__all__ = ["Declaration", "declare_task", "render_docstring"]

_PLAIN: Final = frozenset({"bool", "bytes", "dict", "float", "int", "list", "None", "str", "tuple"})


@dataclass(frozen=True)
class Declaration:
    """``parameters`` is None where the annotation has no list; ``doubts`` are what the text did not tell."""

    task_name: str
    parameters: tuple[str, ...] | None
    result: str
    documented: Mapping[str, str] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()

    def annotation(self, head: str) -> str:
        """``Task[[str, int], Result]``."""
        return f"{head}[{self.parameter_list}, {self.result}]"

    @property
    def parameter_list(self) -> str:
        """``[str, int]``, or ``...``."""
        return "..." if self.parameters is None else f"[{', '.join(self.parameters)}]"


def declare_task(
    registration: Registration, types: RegistryTypes, source_of: Callable[[str], SourceText | None]
) -> Declaration:
    """What to declare for the task of a registration; ``source_of`` gives the text of a module."""
    module = registration.target_module or registration.module
    signature, doubts = _known(registration, source_of(module))
    if registration.hidden is not None:
        doubts.append(f"the parameters cannot be read: it {registration.hidden}")
        if "decorator" in registration.hidden and "name" not in registration.options:
            doubts.append("its name is another where that decorator does not use functools.wraps")

    def show(text: str | None) -> str:
        if registration.pydantic and text is not None and text not in _PLAIN:
            # A caller passes the dumped form of a model (Celery documentation, Argument validation with Pydantic).
            return types.show(None, module)
        shown = types.show(text, module)
        if text is not None and shown == types.unknown and text.rpartition(".")[2] not in ("Any", "object"):
            doubts.append(f'the type "{text}" cannot be imported from anywhere')
        return shown

    parameters = _list(signature)
    shown = None if parameters is None else tuple(show(parameter.type) for parameter in parameters)
    names = {parameter.name for parameter in signature.parameters or ()}
    documented = {
        name: text for name, text in described_parameters(registration.docstring).items() if name in names and text
    }
    return Declaration(registration.task_name or "", shown, show(signature.result), documented, tuple(doubts))


def _list(signature: TaskSignature[str]) -> tuple[Parameter[str], ...] | None:
    """The parameters that a list can declare; None where it would promise too much or too little."""
    if signature.parameters is None or signature.var_positional or signature.var_keyword:
        return None
    if any(parameter.required for parameter in signature.keyword_only):
        return None
    return signature.positional


def _known(registration: Registration, source: SourceText | None) -> tuple[TaskSignature[str], list[str]]:
    """The signature with what defaults, docstring and body tell of unannotated parts."""
    signature = registration.signature
    function = None if source is None else _function(registration, source)
    described = described_types(registration.docstring)
    defaults = {} if function is None else default_types(function)
    doubts: list[str] = []
    parameters = None
    if signature.parameters is not None:
        rows = []
        for parameter in signature.parameters:
            known = parameter.type or described.get(parameter.name or "") or defaults.get(parameter.name or "")
            if known is None and parameter.kind not in (Kind.VAR_POSITIONAL, Kind.VAR_KEYWORD):
                doubts.append(f'the parameter "{parameter.name}" has no type')
            rows.append(Parameter(parameter.name, parameter.kind, parameter.required, known))
        parameters = tuple(rows)
    result = signature.result
    if result is None and function is not None and function.returns is None and registration.hidden is None:
        result = returned_type(function) if not _is_async(function) else None
    if result is None:
        doubts.append("what it returns has no type")
    return TaskSignature(parameters, result), doubts


def _is_async(function: object) -> bool:
    return type(function).__name__ == "AsyncFunctionDef"


def _function(registration: Registration, source: SourceText) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The parsed function that runs, None where it is not where the registration says."""
    label = registration.target_origin.label
    found = source.functions.get(registration.target_origin.line)
    if found is not None:
        return found if found.name == label.rpartition(".")[2] else None
    cls = source.classes.get(label)
    body = [] if cls is None else cls.body
    functions = (node for node in body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))
    return next((function for function in functions if function.name == "run"), None)


def render_docstring(documented: Mapping[str, str], indent: str, unit: str) -> str:
    """The ``Args:`` section as a docstring, one line after another; empty without anything to say."""
    if not documented:
        return ""
    rows = [f"{indent}{unit}{name}: {_escaped(text)}" for name, text in documented.items()]
    return "\n".join((f'{indent}"""', f"{indent}Args:", *rows, f'{indent}"""', ""))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"""', "'''").rstrip()
