"""``self`` of ``bind=True`` may be the class that an application gives to its tasks, wherever the text says so."""

from typing import Any

from celery import Celery, Task, shared_task


class Own(Task[Any, Any]):
    abstract = True

    def extra(self) -> int:
        return 1


class Session: ...


class Chosen(Celery):
    task_cls = Own  # type: ignore[assignment]


class Set(Celery):
    def __init__(self) -> None:
        super().__init__("set")
        self.task_cls = "typed_self:Own"


given = Celery("given", task_cls=Own)
text = Celery("text", task_cls="typed_self:Own")
chosen, set_later = Chosen("chosen"), Set()
celerys = Celery("celerys")


@shared_task(bind=True, max_retries=3)
def shared(self: Own, n: int) -> int:
    return self.extra() + n


@shared_task(bind=True)  # E: Argument 1 has incompatible type "Callable[[Session, int], int]"; expected "Callable[[Task[[int], int], int], int]"  [arg-type]  # N: This is likely because "no_task" has named arguments: "self". Consider marking them positional-only
def no_task(self: Session, n: int) -> int:
    return n


@given.task(bind=True)
def of_given(self: Own, n: int) -> int:
    return self.extra() + n


@text.task(bind=True)
def of_text(self: Own, n: int) -> int:
    return self.extra() + n


@chosen.task(bind=True)
def of_chosen(self: Own, n: int) -> int:
    return self.extra() + n


@chosen.task(bind=True, name="session")  # E: Argument 1 has incompatible type "Callable[[Session, int], int]"; expected "Callable[[Task[Any, Any], int], int]"  [arg-type]  # N: This is likely because "of_session" has named arguments: "self". Consider marking them positional-only
def of_session(self: Session, n: int) -> int:
    return n


@set_later.task(bind=True)
def of_set(self: Own, n: int) -> int:
    return self.extra() + n


@celerys.task(bind=True, base=Own)
def of_base(self: Own, n: int) -> int:
    return self.extra() + n


@celerys.task(bind=True)  # E: Argument 1 has incompatible type "Callable[[Own, int], int]"; expected "Callable[[Task[Any, Any], int], int]"  [arg-type]  # N: This is likely because "of_celerys" has named arguments: "self". Consider marking them positional-only
def of_celerys(self: Own, n: int) -> int:
    return self.extra() + n


def use() -> None:
    shared.delay(1)
    shared.delay("1")  # E: Argument 1 to "delay" of "shared" has incompatible type "str"; expected "int"  [arg-type]
    of_chosen.delay(1)
    of_set.delay(1)
