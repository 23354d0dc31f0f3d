"""The rows about how the property is written, how a task is registered and how its name is given.

Law: every wrong side has a right side beside it; what boot cannot know is said in ``boot``.
"""

from __future__ import annotations

from .case import FEW, RESULT, TYPE, Case, Side
from .registrations import WAYS_TO_NAME, WAYS_TO_REGISTER

__all__ = ["DECLARATIONS", "NAMES", "REGISTRATIONS"]


def _declaration(id: str, **changed: str) -> list[Case]:
    number = Side(actual="(a: int, b: int) -> int", problems=FEW)
    other = Side(actual="(a: str) -> str", problems=TYPE + RESULT)
    return [
        Case(f"{id}_number", Side(), number, **changed),  # type: ignore[arg-type]
        Case(f"{id}_type", Side(), other, **changed),  # type: ignore[arg-type]
    ]


#: How the property is written.
DECLARATIONS = [
    *_declaration("plain"),
    *_declaration("text", annotation='"Task[{declared}]"'),
    *_declaration("qualified", annotation="celery.Task[{declared}]"),
    *_declaration("qualified_in_full", annotation="celery.app.task.Task[{declared}]"),
    *_declaration("alias", registry_header="IntTask = Task[[int], int]\n", annotation="IntTask"),
    *_declaration("keyword", body="return self._get_task_by_name(name={asked})"),
    *_declaration("variable", body="task = self._get_task_by_name({asked})\nreturn task"),
    *_declaration("annotated_variable", body="task: Task[{declared}] = self._get_task_by_name({asked})\nreturn task"),
    *_declaration("value", asked="TaskName.{M}.value"),
    *_declaration(
        "subclass",
        registry_header="class OwnTask(Task[P, R]):\n    pass\n",
        annotation="OwnTask[{declared}]",
        body="return self._get_task_by_name({asked})  # type: ignore[return-value]",
    ),
]

_SIDES = {
    "number": ("[int], int", Side(actual="(a: int, b: int) -> int", problems=FEW)),
    "type": ("[int], int", Side(actual="(a: str) -> int", problems=TYPE)),
    "result": ("[int], int", Side(actual="(a: int) -> str", problems=RESULT)),
}
_DEFAULT = frozenset({"app_task_default", "app_task_default_called", "shared_task_default"})


def _registration(way: str, mistake: str) -> Case:
    declared, wrong = _SIDES[mistake]
    value = "{MODULE}.{f}" if way in _DEFAULT else "{K}"
    return Case(f"{way}_{mistake}", Side(), wrong, declared, register=way, value=value)


#: Every way to register against every sort of mistake.
REGISTRATIONS = [
    _registration(way, mistake)
    for way in WAYS_TO_REGISTER
    if way != "raw_bound"
    for mistake in _SIDES
    # Celery holds nobody to the parameters of a task with typing=False, so only its result is compared.
    if way != "untyped_bound" or mistake == "result"
] + [Case("raw_bound", Side(register="bound"), Side(problems=("bound-method",)), register="raw_bound")]


def _named(way: str, place: str) -> Case:
    header, name, value, member = WAYS_TO_NAME[way]
    wrong = Side(actual="(a: str, b: int) -> int", problems=FEW + TYPE)
    if place == "property":
        return Case(f"{way}_property", Side(), wrong, registry_header=header, asked=name, value=value, member=member)
    return Case(f"{way}_{place}", Side(), wrong, header=header, name=name, value=value, member=member, register=place)


#: Every way to give a name, in registrations of several kinds and in the property.
NAMES = [
    _named(way, place)
    for way in WAYS_TO_NAME
    for place in ("bound", "app_task", "shared_task", "class", "property")
    # In the registry's module ``__name__`` is another one.
    if not (way == "module_name" and place == "property")
]
