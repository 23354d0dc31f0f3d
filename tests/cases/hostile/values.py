"""Values that mypy misreads: what stock mypy lets through to a task must not become an error of ours."""
import functools
from datetime import date
from typing import Optional

from celery import Celery, shared_task

app = Celery("values")


class Plugin:
    @classmethod  # E: Only instance methods can be decorated with @property  [misc]
    @property
    def python_path(cls) -> str:  # type: ignore[misc]
        return "plugin"

    @property  # E: Only instance methods can be decorated with @property  [misc]
    @classmethod
    def other_path(cls) -> str:  # type: ignore[misc]
        return "plugin"

    @functools.cached_property
    def cached(self) -> str:
        return ""

    @property
    def plain(self) -> str:
        return ""

    def method(self) -> str:
        return ""

    @classmethod
    def build(cls, day: Optional[date]) -> str:
        shared.apply_async(args=[cls.python_path])
        note.delay(cls.python_path)
        note.delay(cls.build)  # E: Argument 1 to "delay" of "note" has incompatible type "Callable[[date | None], str]"; expected "str"  [arg-type]
        note.s(cls.python_path)
        return ""


@shared_task
def shared(to: str, when: Optional[str] = None) -> None: ...


@app.task
def note(to: str, when: Optional[str] = None) -> None: ...


def class_properties(plugin: Plugin, kind: type[Plugin]) -> None:
    shared.apply_async(args=[Plugin.python_path])
    shared.apply_async(args=[plugin.python_path])
    shared.apply_async((Plugin.other_path,))
    shared.apply_async((kind.python_path,))
    shared.apply_async(kwargs={"to": Plugin.python_path})
    shared.apply_async(args=[plugin.cached])
    shared.s(Plugin.python_path)
    note.delay(Plugin.python_path)
    note.delay(kind.python_path)
    note.delay(to=kind.other_path)
    note(Plugin.python_path)
    note.apply_async((Plugin.python_path,))
    note.apply_async((Plugin.method,))  # E: Argument 1 to "note" has incompatible type "Callable[[Plugin], str]"; expected "str"  [arg-type]
    note.apply_async((plugin.method,))  # E: Argument 1 to "note" has incompatible type "Callable[[], str]"; expected "str"  [arg-type]
    note.apply_async((Plugin.cached,))  # E: Argument 1 to "note" has incompatible type "Callable[[Plugin], str]"; expected "str"  [arg-type]
    note.apply_async((Plugin.plain,))  # E: Argument 1 to "note" has incompatible type "Callable[[Plugin], str]"; expected "str"  [arg-type]
    note.apply_async((plugin.plain,))
    note.apply_async(kwargs={"to": plugin.method})  # E: Argument "to" to "note" has incompatible type "Callable[[], str]"; expected "str"  [arg-type]
    note.delay(plugin.method)  # E: Argument 1 to "delay" of "note" has incompatible type "Callable[[], str]"; expected "str"  [arg-type]
    note.delay(plugin.plain)
    note.delay(Plugin.python_path, 3)  # E: Argument 2 to "delay" of "note" has incompatible type "int"; expected "str | None"  [arg-type]


def conjunctions(day: Optional[date], name: str, count: int) -> None:
    shared.apply_async(("to", day and day.isoformat()))
    shared.apply_async(kwargs={"to": name, "when": day and day.isoformat()})
    shared.s("to", when=day and day.isoformat())
    note.delay("to", day and day.isoformat())
    note.delay("to", when=day and day.isoformat())
    note.apply_async(("to",), {"when": day and day.isoformat()})
    note.delay(name or "to", day and day.isoformat(), 3)  # E: Too many arguments for "delay" of "note"  [call-arg]
    note.delay(day and day.isoformat(), day)  # E: Argument 2 to "delay" of "note" has incompatible type "date | None"; expected "str | None"  [arg-type]
    note.delay(count or name)  # E: Argument 1 to "delay" of "note" has incompatible type "int | str"; expected "str"  [arg-type]
    note.apply_async((count or name,))  # E: Argument 1 to "note" has incompatible type "int | str"; expected "str"  [arg-type]
    note.delay(name and count, 3)  # E: Argument 2 to "delay" of "note" has incompatible type "int"; expected "str | None"  [arg-type]


def kept() -> None:
    """A bare ``@shared_task`` keeps the type that celery-types gives it, wherever it is used."""
    reveal_type(shared)  # N: Revealed type is "celery.app.task.Task[[to: str, when: str | None =], None]"
    later = shared.delay
    later("to")
    later(3)  # E: Argument 1 has incompatible type "int"; expected "str"  [arg-type]
    functools.partial(shared.delay, when="x")("to")
    functools.partial(shared.delay, when=3)("to")  # E: Argument "when" to "delay" of "shared" has incompatible type "int"; expected "str | None"  [arg-type]
