"""Odd programs: legal syntax around Celery, and no promise that any of it makes sense.

Law: this module writes text from a seed; it knows what can be written, never what a checker says to it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TypeVar

from .vocabulary import ANNOTATIONS, DECORATORS, FACTORIES, HEADER, KEYWORDS, METHODS, NAMES, PROPERTY_TYPES

__all__ = ["Programs"]

ItemT = TypeVar("ItemT")


class Programs:
    """A stream of modules that import one another; the same seed gives the same text."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._depth = 0

    def module(self, earlier: Sequence[str], later: Sequence[str]) -> str:
        """One module, which may import the others; names come from the earlier ones alone.

        mypy itself gives up on names that go round in a circle of star imports.
        """
        while True:
            text = self._module(earlier, later)
            try:
                compile(text, "fuzz", "exec", dont_inherit=True)
            except SyntaxError:
                continue
            return text

    def _module(self, earlier: Sequence[str], later: Sequence[str]) -> str:
        lines = [HEADER]
        for other in earlier:
            if self._chance(0.2):
                forms = (f"import {other}", f"from {other} import *", f"from {other} import task0, Registry")
                lines += [self._pick(forms)]
        lines += [f"import {other}" for other in later if self._chance(0.1)]
        lines += [f"class Name({self._pick(('str, Enum', 'Enum', 'object', 'Undefined'))}):", "    ONE = 'plain'"]
        lines += [
            f"    TWO = {self._pick(('auto()', 'NAME', 'FINAL', '3', '(1, 2)', 'ONE', 'Names.B', '[x for x in words][0]'))}"
        ]
        for index in range(self._random.randint(2, 5)):
            lines += self._function(f"task{index}", "")
        lines += self._registry()
        lines += self._task_class()
        lines += self._controller()
        lines += [
            "def statements(x: Any, y: Task[[int, str], int], z: 'type[Task[[int], int]]', *u: S, **v: T):",
            "    pass",
        ]
        lines += ["    registry = Registry(app)"]
        lines += [f"    {line}" for _ in range(self._random.randint(8, 25)) for line in self._statement()]
        lines += [line for _ in range(self._random.randint(2, 8)) for line in self._statement()]
        lines += ["class Later: ...", f"Alias = {self._pick(PROPERTY_TYPES)}"]
        return "\n".join(lines) + "\n"

    def _function(self, name: str, indent: str, first: str = "") -> list[str]:
        lines = [indent + self._pick(DECORATORS) for _ in range(self._random.choice((0, 1, 1, 1, 1, 2, 3)))]
        head = self._pick(("def", "def", "def", "async def"))
        result = f" -> {self._pick(ANNOTATIONS[:-1])}" if self._chance(0.6) else ""
        body = self._pick(("...", "return 1", "yield 1", "pass", f"return {self._expression()}", "raise self.retry()"))
        if body == "yield 1" and head == "async def":
            body = "yield"
        return [*lines, f"{indent}{head} {name}({self._parameters(first)}){result}: {body}"]

    def _parameters(self, first: str) -> str:
        parts = [first] if first else []
        kinds = sorted(self._random.choices(range(4), k=self._random.randint(0, 4)))
        defaulted = False
        seen: set[object] = set()
        for kind in kinds:
            name = self._pick(("to", "n", "a", "b", "self", "args", "kwargs", "countdown"))
            if name in seen or name == first or (kind in (1, 3) and kind in seen):
                continue
            annotation = f": {self._pick(ANNOTATIONS[:-1])}" if self._chance(0.6) else ""
            if kind == 0:
                defaulted = defaulted or self._chance(0.3)
                parts += [
                    f"{name}{annotation}"
                    + (f" = {self._pick(('None', '1', '...', '[]', 'Undefined'))}" if defaulted else "")
                ]
            elif kind == 1:
                parts += [f"*{name}{annotation}" if self._chance(0.8) else "*_"]
            elif kind == 2:
                parts += ([] if 1 in seen else ["*"]) + [f"{name}{annotation}{self._pick(('', ' = None'))}"]
                seen.add(1)
            else:
                parts += [f"**{name}{annotation}"]
            seen |= {name, kind}
        return ", ".join(parts)

    def _registry(self) -> list[str]:
        lines = [
            f"class Registry({self._pick(('BaseTasksRegistry', 'BaseTasksRegistry', 'BaseTasksRegistry, Generic[R]', 'Undefined, BaseTasksRegistry', 'object'))}):"
        ]
        lines += ["    other: ClassVar[Any] = 1"]
        for index in range(self._random.randint(1, 5)):
            lines += [
                f"    {self._pick(('@property', '@property', '@property', '@functools.cached_property', '@staticmethod', ''))}"
            ]
            extra = self._pick(("", "", "", ", x=1", ", *args"))
            lines += [f"    def prop{index}(self{extra}) -> {self._pick(PROPERTY_TYPES)}:"]
            if self._chance(0.3):
                lines += [
                    f'        """Args:\n            {self._pick(("to", "n", "*", "", "a b"))}: {self._pick(("x", "", ":"))}\n        """'
                ]
            body = f"self._get_task_by_name({self._pick(NAMES)})"
            lines += [
                f"        return {self._pick((body, body, body, f'{body}.s()', 'self.prop0', f'{body} if self else None', f'super().{body[5:]}', 'None'))}"
            ]
        return lines

    def _task_class(self) -> list[str]:
        base = self._pick(
            (
                "Task",
                "Task[[int], str]",
                "Loud",
                "Generic1[[int], R]",
                "app.Task",
                "AbortableTask",
                "Task, Generic[R]",
                "Half[Later]",
                "Undefined",
            )
        )
        lines = [f"class Job({base}{self._pick(('', ', name=NAME'))}):", f"    name = {self._pick(NAMES)}"]
        lines += self._function(
            self._pick(("run", "run", "__call__", "delay", "apply_async", "s", "name")), "    ", "self"
        )
        return [*lines, f"job = app.register_task({self._pick(('Job()', 'Job', 'Job(1)', ''))})"]

    def _controller(self) -> list[str]:
        lines = ["class Controller:"]
        lines += self._function("work", "    ", "self")
        lines += ["    def register(self, app: Celery):"]
        for _ in range(self._random.randint(1, 3)):
            lines += [
                "        "
                + self._pick((
                    f"register_task(app, {self._pick(NAMES)}, self.work)", f"app.task(name={self._pick(NAMES)})(self.work)", "app.task(self.work)",
                    f"x = app.task(self.work, bind=True, name={self._pick(NAMES)})", f"register_task(app, {self._pick(NAMES)}, lambda: 1).delay()",
                    f"register_task(app, {self._pick(NAMES)}, functools.partial(self.work, 1))", "register_task(app)", "register_task(*words)",
                ))
            ]  # fmt: skip
        return lines

    def _statement(self) -> list[str]:
        expression = self._expression
        forms: tuple[Callable[[], list[str]], ...] = (
            lambda: [expression()],
            lambda: [expression()],
            lambda: [self._call()],
            lambda: [self._call()],
            lambda: [f"v{self._random.randint(0, 3)} = {expression()}"],
            lambda: [f"w{self._random.randint(0, 3)}: {self._pick(ANNOTATIONS[:-1])} = {expression()}"],
            lambda: [f"if {expression()}:", f"    {self._call()}", "else:", f"    z = {expression()}"],
            lambda: [f"for i in {expression()}:", f"    i.{self._pick(METHODS)}({self._arguments()})"],
            lambda: [
                "try:",
                f"    {self._call()}",
                f"except {self._pick(('TimeoutError', 'Exception', '(TimeoutError, ValueError)', 'Undefined'))}:",
                f"    {self._call()}",
            ],
            lambda: [f"with {expression()} as w:", f"    w.{self._pick(METHODS)}({self._arguments()})"],
            lambda: [
                f"app.conf.beat_schedule = {{'x': {{'task': {self._pick(NAMES)}, 'args': {expression()}, 'schedule': {expression()}}}, **{expression()}}}"
            ],
            lambda: [f"app.conf.update({self._arguments()})"],
            lambda: [
                f"assert isinstance({expression()}, {self._pick(('Task', 'AbortableTask', 'Signature', 'type', '(Task, int)'))})"
            ],
            lambda: [f"del {self._pick(('v0', 'v1.x', 'words[0]'))}"],
            lambda: [f"{self._call()}  # type: ignore{self._pick(('', '[task-signature]', '[arg-type]'))}"],
        )
        return self._pick(forms)()

    def _receiver(self) -> str:
        return self._pick((
            "task0", "task1", "task2", "registry.prop0", "registry.prop1", "Registry(app).prop2", "job", "Job", "Job()", "x", "y", "z", "u[0]", "v['a']", "app", "app2", "app3",
            "app.tasks[NAME]", "app.tasks[Name.ONE]", "app.tasks", "None", "Task", "either", "Undefined", "Controller().work", "(task0 or task1)", "[task0, job][0]",
            "(task0 if x else registry.prop0)", "super()", "Names", "v0", "v1", "dict(a=task0)['a']", "(lambda: task0)()", "Loud()", "Generic1", "Half()", "Weird()",
        ))  # fmt: skip

    def _call(self) -> str:
        if self._chance(0.3):
            return f"{self._pick(FACTORIES)}({self._arguments()})"
        call = f"{self._receiver()}.{self._pick(METHODS)}({self._arguments()})"
        while self._chance(0.2):
            call += self._pick(
                (
                    f".{self._pick(METHODS)}({self._arguments()})",
                    f" | {self._call()}" if self._depth < 3 else "",
                    "()",
                    f"[{self._pick(('0', 'R', 'int'))}]",
                )
            )
        return call

    def _arguments(self) -> str:
        self._depth += 1
        parts = []
        for _ in range(self._random.choice((0, 1, 1, 2, 2, 3))):
            parts += [self._pick(("", "", "", "*")) + self._expression()]
        used = set()
        for _ in range(self._random.choice((0, 0, 1, 2))):
            name = self._pick(KEYWORDS)
            if self._chance(0.15):
                parts += [f"**{self._expression()}"]
            elif name not in used:
                used.add(name)
                parts += [f"{name}={self._expression()}"]
        self._depth -= 1
        return ", ".join(parts)

    def _expression(self) -> str:
        if self._depth > 3 or self._chance(0.35):
            return self._pick((
                "1", "'a'", "None", "...", "b''", "1.5", "()", "[]", "{}", "x", "words", "opts", "row", "either", "mapping", "anything", "Undefined", "True", "NAME", "Name.ONE",
                "task0", "task1", "registry", "y", "app", "crontab()", "print", "Later", "range(3)", "(1, 'a')", "[1, 'a']", "{'to': 'a', 'n': 1}", "{'to': 1, **opts}",
                "{1: 2}", "{**mapping}", "{'a'}", "(*words,)", "[*row, *words]", "-1", "not x", "f'{x}'",
            ))  # fmt: skip
        self._depth += 1
        one, two = self._expression(), self._expression()
        call = self._call()
        form = self._pick((
            call, call, f"({one}, {two})", f"[{one}, {two}]", f"{{'to': {one}, 'n': {two}}}", f"{{**{one}, 'to': {two}}}", f"({one} if x else {two})", f"({one} and {two})",
            f"({one} or {two})", f"[{one} for q in {two}]", f"({one} for q in {two})", f"{{k: {one} for k in {two}}}", f"(lambda *a, **k: {one})", f"({one} | {two})",
            f"({one} + {two})", f"({one} == {two})", f"dict(to={one})", f"list({one})", f"tuple({one})", f"functools.partial({self._receiver()}.delay, {one})",
            f"{self._receiver()}.{self._pick(METHODS)}", f"(q := {one})" if self._depth < 2 else one, f"{one}[{two}]" if not one[0].isdigit() and one[0] != "-" else one,
            f"typing.cast({self._pick(ANNOTATIONS[:6])}, {one})",
        ))  # fmt: skip
        self._depth -= 1
        return form

    def _pick(self, items: Sequence[ItemT]) -> ItemT:
        return self._random.choice(items)

    def _chance(self, share: float) -> bool:
        return self._random.random() < share
