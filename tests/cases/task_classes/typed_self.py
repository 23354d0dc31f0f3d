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


@celerys.task(bind=True)
def any_names(self: Task[..., int], **names: Any) -> int:
    return 1


@celerys.task(bind=True)
def untyped_names(self, n: int, **names: str) -> int:  # type: ignore[no-untyped-def]
    return n


@shared_task(bind=True, max_retries=3)
def shared_names(self: Task[Any, Any], n: int, **names: str) -> int:
    return n


@shared_task(bind=True)
def own_names(self: Own, *numbers: int, **names: str) -> int:
    return self.extra()


@shared_task(bind=True)
async def later_names(task: Task[Any, Any], n: int, **names: str) -> int:
    return n


@shared_task(bind=True)  # E: Argument 1 has incompatible type "def session_names(self: Session, **names: str) -> int"; expected "def session_names(self: Task[[KwArg(str)], int], **names: str) -> int"  [arg-type]
def session_names(self: Session, **names: str) -> int:
    return 1


def use_names() -> None:
    """Beside ``**names`` mypy alone wants ``self`` to be positional-only; Celery gives it by position."""
    any_names.delay(a=1)
    any_names.delay(1)  # E: Too many arguments for "delay" of "any_names"  [call-arg]
    untyped_names.delay(1, a="x")
    untyped_names.delay(1, a=1)  # E: Argument "a" to "delay" of "untyped_names" has incompatible type "int"; expected "str"  [arg-type]
    shared_names.delay(1, a="x").get().bit_length()
    shared_names.delay("1", a="x")  # E: Argument 1 to "delay" of "shared_names" has incompatible type "str"; expected "int"  [arg-type]
    shared_names.delay(1).get().upper()  # E: "int" has no attribute "upper"  [attr-defined]
    own_names.delay(1, 2, a="x")
    own_names.delay("1")  # E: Argument 1 to "delay" of "own_names" has incompatible type "str"; expected "int"  [arg-type]
    later_names.delay(1, a="x")
    later_names.delay(a="x")  # E: Missing positional argument "n" in call to "delay" of "later_names"  [call-arg]
