"""One contract against one implementation.

Law: this is the only place that decides whether a declaration and an implementation agree.
It asks ``TypeRules`` about types and never learns whether mypy or a booting worker is asking.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from typing import Protocol, TypeVar

from celery_registry.contract.finding import Finding
from celery_registry.contract.names import show_nearest
from celery_registry.contract.rules import TypeRules, Verdict
from celery_registry.contract.signature import Parameter, TaskSignature
from celery_registry.contract.task import LAMBDA, Origin, TaskContract, TaskImplementation

__all__ = ["compare_contract", "compare_task", "show_parameters"]

T = TypeVar("T")


class _Found(Protocol):
    def __call__(self, problem: str, **facts: str) -> Finding: ...


def compare_task(
    contract: TaskContract[T], implementation: TaskImplementation[T], rules: TypeRules[T]
) -> tuple[Finding, ...]:
    """Hold what is declared against what is registered.

    Returns one finding per disagreement, in the order of the parameters, the result last;
    nothing where the rules answer UNKNOWN.
    """
    return tuple(_compare(contract, implementation, rules))


def compare_contract(
    implementation: TaskImplementation[T], contract: TaskImplementation[T], rules: TypeRules[T]
) -> tuple[Finding, ...]:
    """Hold a task to what its lock tells other services: the same names, kinds and defaults, and types both ways.

    Nothing where either side leaves its parameters open, and nothing about a type that the rules do not know.
    """
    actual, promised = implementation.signature, contract.signature
    if implementation.hidden is not None or actual.parameters is None or promised.parameters is None:
        return ()
    pairs = [(a.type, p.type) for a, p in zip(actual.parameters, promised.parameters, strict=False)]
    is_alike = [(p.name, p.kind, p.required) for p in actual.parameters] == [
        (p.name, p.kind, p.required) for p in promised.parameters
    ]
    if is_alike and not any(_differ(*pair, rules) for pair in (*pairs, (actual.result, promised.result))):
        return ()
    facts = {
        "actual": _show_signature(actual, rules),
        "contract": PurePath(contract.origin.path).name,
        "declared": _show_signature(promised, rules),
    }
    return (Finding("contract-differs", implementation.name, facts, implementation.origin, contract.origin),)


def _differ(actual: T | None, promised: T | None, rules: TypeRules[T]) -> bool:
    if actual is None or promised is None:
        return False
    return Verdict.NO in (rules.accepts(actual, promised), rules.accepts(promised, actual))


def _show_signature(signature: TaskSignature[T], rules: TypeRules[T]) -> str:
    result = "" if signature.result is None else f" -> {rules.show(signature.result)}"
    return show_parameters(signature, rules) + result


def show_parameters(signature: TaskSignature[T], rules: TypeRules[T]) -> str:
    """The parameters as a person writes them: ``(to: str, subject: str = ...)``."""
    if signature.parameters is None:
        return "(...)"
    return "(" + ", ".join(_show_parameter(p, rules) for p in signature.parameters) + ")"


def _show_parameter(parameter: Parameter[T], rules: TypeRules[T]) -> str:
    stars = {"variadic positional": "*", "variadic keyword": "**"}.get(parameter.kind.value, "")
    shown_type = None if parameter.type is None else rules.show(parameter.type)
    if parameter.name is None:
        text = shown_type or "Any"
    else:
        text = stars + parameter.name + ("" if shown_type is None else f": {shown_type}")
    return text if parameter.required or stars else f"{text} = ..."


def _compare(
    contract: TaskContract[T], implementation: TaskImplementation[T], rules: TypeRules[T]
) -> Iterator[Finding]:
    label = implementation.origin.label or "the implementation"

    def found(problem: str, **facts: str) -> Finding:
        other = None if implementation.origin == Origin() else implementation.origin
        return Finding(problem, contract.name, {"implementation": label, **facts}, contract.origin, other)

    if implementation.hidden is not None:
        problem = "lambda-task" if implementation.hidden == LAMBDA else "hidden-signature"
        yield found(problem, reason=implementation.hidden)
        return

    declared, actual = contract.signature, implementation.signature
    if declared.parameters is not None and actual.parameters is not None:
        differences = [
            *_compare_count(declared, actual, rules, found),
            *_compare_types(declared, actual, rules, found),
        ]
        if differences and _asks_for_self(actual):
            # One mistake, of which the others follow.
            differences = [found("self-from-callers")]
        yield from differences
    # What *args takes has no name, and **kwargs takes any.
    if actual.parameters is not None and actual.var_positional is None and actual.var_keyword is None:
        for name in contract.documented or ():
            if name not in {p.name for p in actual.parameters}:
                names = [p.name for p in actual.parameters if p.name is not None]
                yield found(
                    "documented-name",
                    declared=f'"{name}"',
                    nearest=show_nearest(name, names),
                    actual=", ".join(names) or "none",
                )
    if (
        declared.result is not None
        and actual.result is not None
        and rules.accepts(declared.result, actual.result) is Verdict.NO
    ):
        yield found("result-type", declared=rules.show(declared.result), actual=rules.show(actual.result))


def _asks_for_self(actual: TaskSignature[T]) -> bool:
    first = actual.positional[:1]
    return bool(first) and first[0].name == "self" and first[0].required


def _compare_count(
    declared: TaskSignature[T], actual: TaskSignature[T], rules: TypeRules[T], found: _Found
) -> Iterator[Finding]:
    count, accepted = len(declared.positional), actual.positional
    if count > len(accepted) and actual.var_positional is None and declared.var_positional is None:
        yield found("too-many-declared", declared=_count(count), actual=str(len(accepted)))
    missing = [p for p in accepted[count:] if p.required]
    if missing and declared.var_positional is None:
        yield found("too-few-declared", declared=_count(count), missing=_quote(missing))
    keywords = [p for p in actual.keyword_only if p.required and p.name not in declared.names]
    if keywords and declared.var_keyword is None:
        result = "Result" if declared.result is None else rules.show(declared.result)
        yield found("keyword-only-required", missing=_quote(keywords), result=result)


def _compare_types(
    declared: TaskSignature[T], actual: TaskSignature[T], rules: TypeRules[T], found: _Found
) -> Iterator[Finding]:
    accepted, rest = actual.positional, actual.var_positional
    for index, parameter in enumerate(declared.positional):
        target = accepted[index] if index < len(accepted) else rest
        if target is None or target.type is None or parameter.type is None:
            continue
        if rules.accepts(target.type, parameter.type) is Verdict.NO:
            yield found(
                "parameter-type",
                position=str(index + 1),
                declared=rules.show(parameter.type),
                parameter=f'"{target.name}"',
                actual=rules.show(target.type),
            )


def _count(parameters: int) -> str:
    return f"{parameters or 'no'} parameter{'' if parameters == 1 else 's'}"


def _quote(parameters: list[Parameter[T]]) -> str:
    return ", ".join(f'"{p.name}"' for p in parameters)
