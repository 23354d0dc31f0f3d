"""Whether a task comes from a function of the program's own that no annotation describes.

Law: a registration in, yes or no out. To a type checker such a task is ``Any``, so it is held to what Celery holds it to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from celery_registry.source.model import How
from celery_registry.source.symbols import Frame, Symbol
from celery_registry.source.values import callee_of, last_part
from celery_registry.source.verbs import function_verb, method_verb

if TYPE_CHECKING:
    from celery_registry.source.facts import FunctionFacts
    from celery_registry.source.model import Registration
    from celery_registry.source.resolve import Names
    from celery_registry.source.values import Value

__all__ = ["is_handed_out"]


def is_handed_out(names: Names, registration: Registration) -> bool:
    """Whether ``@job("x")`` stands before the function where ``job`` is not Celery's and does not say what it returns."""
    module, target = registration.target_module, registration.target
    if module is None or target is None or registration.how not in (How.APP_TASK, How.SHARED_TASK):
        return False
    function = names.function_facts(Symbol("function", module, target[len(module) + 1 :]))
    decorator = None if function is None else _decorator(function, registration)
    if function is None or decorator is None:
        return False
    symbol = _meant(names, Frame(module, function.cls, function.environment), callee_of(decorator))
    if symbol is None or symbol.kind == "outside":
        verb = method_verb(last_part(callee_of(decorator))) or function_verb("" if symbol is None else symbol.fullname)
        return verb is None
    helper = names.function_facts(symbol) if symbol.kind == "function" else None
    return helper is None or helper.returns is None or helper.returns.rpartition(".")[2] == "Any"


def _decorator(function: FunctionFacts, registration: Registration) -> Value | None:
    place = (registration.origin.line, registration.origin.column)
    return next((each.value for each in function.decorators if (each.line, each.column) == place), None)


def _meant(names: Names, frame: Frame, callee: Value) -> Symbol | None:
    if callee[0] == "n":
        return names.find(frame, callee[1])
    if callee[0] != ".":
        return None
    base = names.instance(frame, callee[1])
    return None if base is None else names.attribute(base, callee[2])
