"""What one file says, unresolved.

Law: plain data that ``marshal`` can hold: tuples, dicts, strings and numbers. Names are as written in that file.

A *binding* says what gives a name its meaning::

    ("I", module)        ``import module``            ("F", module, name)     ``from module import name``
    ("C", qualname)      a class                      ("D", qualname)         a function
    ("V", value, annotation, line, column)            an assignment (annotation is a value or None)
    ("P", annotation)    a parameter; a third item is its default, where that is a constant
    ("S", class qualname)    ``self`` or ``cls``
    ("?",)               something else
"""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Any, NamedTuple

from celery_registry.source.values import Call, Mention, Value

__all__ = [
    "Binding",
    "CallFacts",
    "ClassFacts",
    "DecoratorFacts",
    "Environment",
    "FileFacts",
    "FunctionFacts",
    "MemberFacts",
    "ParameterFacts",
    "PropertyFacts",
    "ScheduleFacts",
    "strip_places",
]

Binding = tuple[Any, ...]
Environment = dict[str, tuple[Binding, ...]]


class ParameterFacts(NamedTuple):
    """One parameter; ``kind`` is a value of ``contract.signature.Kind``."""

    name: str
    kind: str
    required: bool
    type: str | None


class DecoratorFacts(NamedTuple):
    """One decorator; ``options`` are the keywords of its call as text."""

    value: Value
    line: int
    column: int
    options: tuple[tuple[str, str], ...]


class FunctionFacts(NamedTuple):
    """One ``def``; ``cls`` is the qualified name of the class that it stands in, ``flags`` say how it behaves.

    ``returned`` is the one value it returns where that is a call that makes an application or a task, hands on what
    makes one, or is a class of tasks; ``inside`` is what that value's names mean in the body, ``altered`` what the body
    changes of dictionaries (the variable and the key), and ``task_classes`` what it says of the class that tasks get.
    """

    qualname: str
    line: int
    column: int
    cls: str | None
    parameters: tuple[ParameterFacts, ...]
    returns: str | None
    decorators: tuple[DecoratorFacts, ...]
    docstring: str | None
    environment: Environment
    flags: tuple[str, ...]
    returned: Value | None
    inside: Environment
    altered: tuple[tuple[str, Value], ...]
    task_classes: tuple[tuple[Value, Environment], ...] = ()


class MemberFacts(NamedTuple):
    """One assignment in a class body."""

    name: str
    value: Value
    line: int
    column: int


class PropertyFacts(NamedTuple):
    """One property that returns a task by name."""

    attribute: str
    name: Value
    annotation: str | None
    docstring: str | None
    line: int
    column: int
    environment: Environment


class ClassFacts(NamedTuple):
    """One ``class``; ``types`` are annotated attributes and those that ``__init__`` takes from a parameter.

    ``asked`` are the names of the tasks that its ``__init__`` asks for; ``task_classes`` are what its methods say of the
    class that tasks get, where it may be one of applications, each with what its names mean there.
    """

    qualname: str
    line: int
    column: int
    bases: tuple[Value, ...]
    keywords: tuple[tuple[str, Value], ...]
    members: tuple[MemberFacts, ...]
    types: dict[str, Value]
    properties: tuple[PropertyFacts, ...]
    docstring: str | None
    environment: Environment
    asked: tuple[Value, ...]
    task_classes: tuple[tuple[Value, Environment], ...] = ()


class CallFacts(NamedTuple):
    """One call that may register a task or address one by name.

    ``value`` is the whole call, or ``("m", verb)`` where what registers is mentioned and not called; ``options`` are the
    keywords of the inmost call as text; ``cls`` and ``function`` are the qualified names of what it stands in, and
    ``variable`` the name that its statement assigns.
    """

    value: Call | Mention
    line: int
    column: int
    cls: str | None
    function: str | None
    options: tuple[tuple[str, str], ...]
    environment: Environment
    variable: str | None = None


class ScheduleFacts(NamedTuple):
    """One dictionary with ``task`` and ``schedule``; ``key`` is None where it stands under none."""

    key: Value | None
    task: Value
    args_count: int | None
    kwargs_names: tuple[str, ...] | None
    faults: tuple[str, ...]
    options: tuple[str, ...]
    types: tuple[tuple[int | str, str], ...]
    line: int
    column: int
    environment: Environment


#: The fields that say where something stands, or how it is described.
_PLACES = frozenset({"line", "column", "docstring"})


def _meaning(cls: Any) -> Callable[[Any], Any]:
    """What gives the fields of a row of this class but its places."""
    return itemgetter(*(number for number, field in enumerate(cls._fields) if field not in _PLACES))


_FUNCTION, _CLASS, _CALL, _SCHEDULE = map(_meaning, (FunctionFacts, ClassFacts, CallFacts, ScheduleFacts))
_DECORATOR, _MEMBER, _PROPERTY = map(_meaning, (DecoratorFacts, MemberFacts, PropertyFacts))


def strip_places(rows: dict[str, Any]) -> Any:
    """The rows of a file without lines, columns and docstrings: what they mean to other files."""
    functions = [FunctionFacts(*row) for row in rows["functions"]]
    classes = [ClassFacts(*row) for row in rows["classes"]]
    return (
        {
            name: [binding[:3] if binding[0] == "V" else binding for binding in found]
            for name, found in rows["bindings"].items()
        },
        [_FUNCTION(f._replace(decorators=tuple(map(_DECORATOR, f.decorators)))) for f in functions],
        [
            _CLASS(c._replace(members=tuple(map(_MEMBER, c.members)), properties=tuple(map(_PROPERTY, c.properties))))
            for c in classes
        ],
        [_CALL(row) for row in rows["calls"]],
        [_SCHEDULE(row) for row in rows["schedules"]],
        [rows["stars"], rows["all"], rows["imports"], rows["by_name"], rows["own_names"]],
    )


class FileFacts:
    """One file's facts; rows become named tuples when they are asked for."""

    __slots__ = ("_classes", "_functions", "bindings", "exported", "module", "rows", "stars")

    def __init__(self, module: str, rows: dict[str, Any]) -> None:
        self.module = module
        self.rows = rows
        self.bindings: Environment = rows["bindings"]
        self.stars: tuple[str, ...] = rows["stars"]
        self.exported: tuple[str, ...] | None = rows["all"]
        self._functions: dict[str, list[FunctionFacts]] | None = None
        self._classes: dict[str, ClassFacts] | None = None

    @property
    def imports(self) -> tuple[tuple[str, str | None], ...]:
        """Every import at any depth: the module and the name taken from it, None for the module itself."""
        imports: tuple[tuple[str, str | None], ...] = self.rows["imports"]
        return imports

    @property
    def makes_names(self) -> bool:
        """Whether an application is given another ``gen_task_name`` than that of its class."""
        makes_names: bool = self.rows["own_names"]
        return makes_names

    @property
    def functions(self) -> dict[str, list[FunctionFacts]]:
        """Qualified name -> the definitions, in order."""
        if self._functions is None:
            self._functions = {}
            for row in self.rows["functions"]:
                decorators = tuple(DecoratorFacts(*decorator) for decorator in row[6])
                parameters = tuple(ParameterFacts(*parameter) for parameter in row[4])
                function = FunctionFacts(*row)._replace(decorators=decorators, parameters=parameters)
                self._functions.setdefault(function.qualname, []).append(function)
        return self._functions

    @property
    def classes(self) -> dict[str, ClassFacts]:
        """Qualified name -> the class; of several, the last."""
        if self._classes is None:
            self._classes = {}
            for row in self.rows["classes"]:
                members = tuple(MemberFacts(*member) for member in row[5])
                properties = tuple(PropertyFacts(*item) for item in row[7])
                self._classes[row[0]] = ClassFacts(*row)._replace(members=members, properties=properties)
        return self._classes

    @property
    def calls(self) -> tuple[CallFacts, ...]:
        """The calls that may register or address a task."""
        return tuple(CallFacts(*row) for row in self.rows["calls"])

    @property
    def schedules(self) -> tuple[ScheduleFacts, ...]:
        """The dictionaries that look like entries of a beat schedule."""
        return tuple(ScheduleFacts(*row) for row in self.rows["schedules"])
