"""A view of a program in, findings out: each rule that is about more than one task, on views written by hand."""

from dataclasses import dataclass, field
from typing import Any

from celery_registry.contract.coverage import NameTable
from celery_registry.contract.judge import Judge
from celery_registry.contract.rules import Verdict
from celery_registry.contract.signature import Parameter, TaskSignature
from celery_registry.contract.task import Origin, TaskImplementation
from celery_registry.contract.view import RegistryView


class Rules:
    """Types are words."""

    def accepts(self, target: str, value: str) -> Verdict:
        return Verdict.YES if target == value else Verdict.NO

    def show(self, type: str) -> str:
        return type


ONE = (Parameter("to", type="str"),)


@dataclass
class Property:
    name: str
    attribute: str = "Tasks.send"
    signature: TaskSignature[str] = TaskSignature(ONE, "int")
    documented: tuple[str, ...] | None = None
    unreadable: str | None = None

    def place(self) -> Origin:
        return Origin("registry.py", 5, 0, self.attribute)


@dataclass
class Function:
    signature: TaskSignature[str] = TaskSignature(ONE, "int")
    hidden: str | None = None
    unshown: str | None = None
    opaque: str | None = None
    counted: bool = True
    bound_method: bool = False
    overloaded: bool = False
    line: int = 7

    def is_overloaded(self) -> bool:
        return self.overloaded

    def place(self) -> Origin:
        return Origin("tasks.py", self.line, 0, "tasks.Mail.send" if self.bound_method else "tasks.send")

    def registered_at(self) -> Origin:
        return Origin("app.py", 3)


@dataclass
class Program:
    registries: list[RegistryView[str]] = field(default_factory=list)
    tables: list[NameTable] = field(default_factory=list)
    tasks: dict[str, list[Function]] = field(default_factory=dict)
    strict: bool = False
    everything_is_known: bool = True
    external: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    old: tuple[str, ...] = ()
    rules: Any = Rules()

    @property
    def registered(self) -> list[str]:
        return list(self.tasks)

    def implementations(self, name: str) -> list[Function]:
        return self.tasks.get(name, [])

    def meant_by(self, declared: Property) -> list[Function]:
        return self.tasks.get(declared.name, [])

    def rivals(self, names):
        for name in sorted(names):
            found = self.tasks.get(name, [])
            if len(found) > 1:
                yield [TaskImplementation(name, f.signature, f.place()) for f in found]

    def declared_elsewhere(self) -> tuple[str, ...]:
        return self.elsewhere

    def is_imported(self, module: str) -> bool | None:
        return None

    def is_old_name(self, name: str) -> bool:
        return name in self.old


def problems(program: Program) -> list[str]:
    return [finding.problem for finding in Judge(program).findings()]


def registry(*declared: Property, tables=(), label: str = "Tasks") -> RegistryView[str]:
    return RegistryView(label, declared, tables)


NAMES = NameTable("Name", {"SEND": "send"}, {"SEND": Origin("names.py", 2)})
MORE = NameTable("More", {"DROP": "drop"}, {"DROP": Origin("names.py", 9)})


def test_a_right_program_is_silent():
    assert problems(Program()) == []
    assert problems(Program([registry(Property("send"))], tasks={"send": [Function()]})) == []
    with_names = [registry(Property("send"), tables=[NAMES])]
    assert problems(Program(with_names, [NAMES], {"send": [Function()]}, strict=True)) == []


def test_a_name_nobody_implements_is_told_once_and_only_where_all_is_known():
    missing = Program([registry(Property("send"), tables=[NAMES])], [NAMES, NameTable("Again", {"S": "send"})])
    assert problems(missing) == ["name-not-registered"]
    missing.everything_is_known = False
    assert problems(missing) == []


def test_a_property_without_an_enum_needs_its_task_too():
    missing = Program([registry(Property("send")), registry(Property("send", "Other.send"), label="Other")])
    (finding,) = Judge(missing).findings()
    assert (finding.problem, finding.origin.path) == ("name-not-registered", "registry.py")


def test_where_strict_each_task_has_a_name_in_one_of_the_enums():
    tasks = {"send": [Function()], "drop": [Function()], "late": [Function()], "old": [Function()]}
    program = Program([], [NAMES, MORE], tasks, strict=True, old=("old",))
    (finding,) = Judge(program).findings()
    assert (finding.problem, finding.task, finding.origin) == ("task-not-declared", "late", Origin("app.py", 3))


def test_two_members_of_one_name_are_told():
    twice = NameTable("Name", {"SEND": "send", "MAIL": "send"})
    assert problems(Program([], [twice], {"send": [Function()]})) == ["two-members"]


def test_a_member_without_a_property_is_told_once_and_one_of_several_registries_is_enough():
    tasks = {"send": [Function()], "drop": [Function()]}
    both = [NAMES, MORE]
    (finding,) = Judge(Program([registry(Property("send"), tables=both)], both, tasks)).findings()
    assert (finding.problem, finding.task, finding.origin) == ("name-without-property", "drop", Origin("names.py", 9))
    two = [registry(Property("send"), tables=both), registry(tables=both, label="Other")]
    assert problems(Program(two, both, tasks)) == ["name-without-property"]
    assert problems(Program(two, both, tasks, elsewhere=("drop",))) == []


def test_two_properties_of_one_name_and_a_property_of_no_member_are_told():
    tasks = {"send": [Function()], "drop": [Function()]}
    twice = registry(Property("send"), Property("send", "Tasks.mail"), tables=[NAMES])
    assert problems(Program([twice], [NAMES], tasks)) == ["two-properties"]
    strange = registry(Property("send"), Property("drop", "Tasks.drop"), tables=[NAMES])
    assert problems(Program([strange], [NAMES], tasks)) == ["name-not-in-enum"]


def test_two_implementations_of_one_name_are_told_where_the_name_is_used():
    rivals = [Function(), Function(line=20)]
    assert "two-implementations" in problems(Program([registry(Property("send"))], tasks={"send": rivals}))
    assert problems(Program([], tasks={"send": rivals})) == []


def test_an_annotation_that_says_nothing_is_told():
    unreadable = Property("send", signature=TaskSignature(None), unreadable="Any")
    assert problems(Program([registry(unreadable)], tasks={"send": [Function()]})) == ["unreadable-annotation"]


def test_a_bound_method_is_told_at_its_registration_under_the_name_of_its_member():
    tasks = {"send": [Function(bound_method=True)]}
    (finding,) = Judge(Program([registry(Property("send"))], tasks=tasks)).findings()
    assert (finding.problem, finding.origin, finding.facts["declared"]) == (
        "bound-method",
        Origin("app.py", 3),
        "'send'",
    )
    both = [NAMES, MORE]
    declared = [registry(Property("send"), Property("drop", "Tasks.drop"), tables=both)]
    (finding,) = Judge(Program(declared, both, {**tasks, "drop": [Function()]})).findings()
    assert finding.facts["declared"] == "Name.SEND"


def compared(implemented: Function, declared: Property | None = None) -> list[str]:
    return problems(Program([registry(declared or Property("send"))], tasks={"send": [implemented]}))


def test_what_differs_is_told_and_what_cannot_be_counted_is_not():
    two = TaskSignature((*ONE, Parameter("copies", type="int")), "int")
    assert compared(Function(two)) == ["too-few-declared"]
    assert compared(Function(two, counted=False)) == []
    assert compared(Function(TaskSignature(ONE, "str"))) == ["result-type"]
    # Its types are an overload's, and only the number is known.
    other = TaskSignature((Parameter("to", type="int"),), "str")
    assert compared(Function(other)) == ["parameter-type", "result-type"]
    assert compared(Function(other, overloaded=True)) == []
    assert (
        compared(Function(TaskSignature(None), overloaded=True), Property("send", signature=TaskSignature((), "int")))
        == []
    )


def test_where_a_wrapper_may_pass_on_something_else_the_difference_cannot_be_verified():
    assert compared(Function(TaskSignature(()), opaque="wrap hides it")) == ["hidden-signature"]
    assert compared(Function(opaque="wrap hides it")) == []
    assert compared(Function(hidden="is computed")) == ["hidden-signature"]
    assert compared(Function(TaskSignature(None), unshown="was made by exec")) == ["hidden-signature"]


def test_alike_parameters_are_compared_once_and_results_one_by_one():
    shared = TaskSignature(ONE, "int")
    declared = [Property(name, f"Tasks.{name}", shared) for name in ("a", "b", "c", "d")]
    tasks = {
        "a": [Function(shared)],
        "b": [Function(shared)],
        "c": [Function(TaskSignature(ONE, None))],
        "d": [Function(TaskSignature(ONE, "str"))],
    }
    (finding,) = Judge(Program([registry(*declared)], tasks=tasks)).findings()
    assert (finding.problem, finding.task) == ("result-type", "d")
