"""What a registry declares; each wrong line has a right twin."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, NamedTuple, Optional, Sequence, TypedDict, Union
from uuid import UUID

from celery import Celery, Task
from celery_registry import BaseTasksRegistry, register_task

app = Celery("declared")


class Color(Enum):
    RED = 1


class Shade(str, Enum):
    DARK = "dark"


class Size(NamedTuple):
    width: int
    height: int


class Row(TypedDict):
    id: int
    took: timedelta


class Fine(TypedDict):
    id: int


class Name(str, Enum):
    WAIT = "wait"
    UNTIL = "until"
    PAINT = "paint"
    SHADE = "shade"
    SIZE = "size"
    ROWS = "rows"
    FINE = "fine"
    MAYBE = "maybe"
    EITHER = "either"
    OPEN = "open"
    KEYS = "keys"
    PICKLED = "pickled"
    IGNORED = "ignored"
    ELSEWHERE = "elsewhere"


class Controller:
    def wait(self, delay: timedelta, *, note: str = "") -> set[int]:  # E: Task "wait" returns "set[int]", which the json serializer rejects: set[int] cannot be sent  [task-payload]  # E: Task "wait" takes delay as "timedelta", which the json serializer rejects: timedelta cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task
        return {1}

    def until(self, day: date, at: datetime, price: Decimal, id: UUID) -> list[int]:
        return [1]

    def paint(self, color: Color) -> None: ...  # E: Task "paint" takes color as "Color", which the json serializer rejects: Color cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task

    def shade(self, shade: Shade) -> None: ...

    def size(self, size: Size, keep: list[int]) -> tuple[int, int]:  # N: Task "size" returns "tuple[int, int]", which the json serializer changes: tuple[int, int] arrives as list  (task-payload)  # N: Task "size" takes size as "Size", which the json serializer changes: Size arrives as list  (task-payload)  # N: hint: declare list, which is what arrives
        return size

    def rows(self, rows: Sequence[Row]) -> None: ...  # E: Task "rows" takes rows as "Sequence[Row]", which the json serializer rejects: timedelta cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task

    def fine(self, rows: Sequence[Fine]) -> None: ...

    def maybe(self, delay: Optional[timedelta] = None) -> None: ...  # E: Task "maybe" takes delay as "timedelta | None", which the json serializer rejects: timedelta cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task

    def either(self, delay: Union[timedelta, int], more: Any, rest: object, any: Sequence[Any]) -> None: ...

    def open(self, delay: timedelta) -> set[int]:  # E: Task "open" returns "set[int]", which the json serializer rejects: set[int] cannot be sent  [task-payload]  # E: Task "open" takes delay as "timedelta", which the json serializer rejects: timedelta cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task
        return set()

    def keys(self, by_id: dict[int, str], by_name: dict[str, list[UUID]]) -> None: ...  # N: Task "keys" takes by_id as "dict[int, str]", which the json serializer changes: dict[int, str] arrives as dict with str keys  (task-payload)  # N: hint: declare dict with str keys, which is what arrives

    def pickled(self, delay: timedelta) -> list[int]:
        return []

    def ignored(self) -> set[int]:
        return set()

    def register(self) -> None:
        register_task(app, Name.WAIT, self.wait)
        register_task(app, Name.UNTIL, self.until)
        register_task(app, Name.PAINT, self.paint)
        register_task(app, Name.SHADE, self.shade)
        register_task(app, Name.SIZE, self.size)
        register_task(app, Name.ROWS, self.rows)
        register_task(app, Name.FINE, self.fine)
        register_task(app, Name.MAYBE, self.maybe)
        register_task(app, Name.EITHER, self.either)
        register_task(app, Name.OPEN, self.open)
        register_task(app, Name.KEYS, self.keys)
        register_task(app, Name.PICKLED, self.pickled, serializer="pickle")
        register_task(app, Name.IGNORED, self.ignored, ignore_result=True)


class Registry(BaseTasksRegistry):
    @property
    def wait(self) -> Task[[timedelta], set[int]]:  # E: Task "wait" returns "set[int]", which the json serializer rejects: set[int] cannot be sent  [task-payload]  # E: Task "wait" takes delay as "timedelta", which the json serializer rejects: timedelta cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task
        return self._get_task_by_name(Name.WAIT)

    @property
    def until(self) -> Task[[date, datetime, Decimal, UUID], list[int]]:
        return self._get_task_by_name(Name.UNTIL)

    @property
    def paint(self) -> Task[[Color], None]:  # E: Task "paint" takes color as "Color", which the json serializer rejects: Color cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task
        return self._get_task_by_name(Name.PAINT)

    @property
    def shade(self) -> Task[[Shade], None]:
        return self._get_task_by_name(Name.SHADE)

    @property
    def size(self) -> Task[[Size, list[int]], tuple[int, int]]:  # N: Task "size" returns "tuple[int, int]", which the json serializer changes: tuple[int, int] arrives as list  (task-payload)  # N: Task "size" takes size as "Size", which the json serializer changes: Size arrives as list  (task-payload)  # N: hint: declare list, which is what arrives
        return self._get_task_by_name(Name.SIZE)

    @property
    def rows(self) -> Task[[Sequence[Row]], None]:  # E: Task "rows" takes rows as "Sequence[Row]", which the json serializer rejects: timedelta cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task
        return self._get_task_by_name(Name.ROWS)

    @property
    def fine(self) -> Task[[Sequence[Fine]], None]:
        return self._get_task_by_name(Name.FINE)

    @property
    def maybe(self) -> Task[[Optional[timedelta]], None]:  # E: Task "maybe" takes delay as "timedelta | None", which the json serializer rejects: timedelta cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task
        return self._get_task_by_name(Name.MAYBE)

    @property
    def either(self) -> Task[[Union[timedelta, int], Any, object, Sequence[Any]], None]:
        return self._get_task_by_name(Name.EITHER)

    @property
    def open(self) -> "Task[..., set[int]]":  # E: Task "open" returns "set[int]", which the json serializer rejects: set[int] cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task
        return self._get_task_by_name(Name.OPEN)

    @property
    def keys(self) -> Task[[dict[int, str], dict[str, list[UUID]]], None]:  # N: Task "keys" takes by_id as "dict[int, str]", which the json serializer changes: dict[int, str] arrives as dict with str keys  (task-payload)  # N: hint: declare dict with str keys, which is what arrives
        return self._get_task_by_name(Name.KEYS)

    @property
    def pickled(self) -> Task[[timedelta], list[int]]:
        return self._get_task_by_name(Name.PICKLED)

    @property
    def ignored(self) -> Task[[], set[int]]:
        return self._get_task_by_name(Name.IGNORED)

    @property
    def elsewhere(self) -> Task[[timedelta], set[int]]:
        return self._get_task_by_name(Name.ELSEWHERE)
