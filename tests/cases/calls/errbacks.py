"""An errback is given the task's id or, where it takes more than one argument, (request, exc, traceback)."""

from typing import Any

from celery import Celery, Task, chain, chord, group, shared_task, signature

app = Celery("errbacks")


@app.task
def work(n: int) -> int:
    return n


@shared_task
def nothing() -> None: ...


@app.task
def of_id(task_id: str) -> None: ...


@app.task
def two(request: Any, exc: Exception) -> None: ...


@shared_task
def three(request: Any, exc: Exception, traceback: Any) -> None: ...


@app.task
def four(request: Any, exc: Exception, traceback: Any, job: int) -> None: ...


@app.task
def with_message(task_id: str, message: str) -> None: ...


@app.task
def with_default(task_id: str, message: str = "") -> None: ...


@app.task(bind=True)
def bound_id(self: Task[[str], None], task_id: str) -> None: ...


@app.task(bind=True)
def bound_three(self: Task[[Any, Exception, Any], None], request: Any, exc: Exception, traceback: Any) -> None: ...


@app.task
def anything(*values: Any) -> None: ...


@app.task
def number(job: int) -> None: ...


@app.task
def show(text: str) -> None: ...


def right() -> None:
    work.apply_async((1,), link_error=of_id.s())
    work.apply_async((1,), link_error=[of_id.s(), three.s()])
    work.apply_async((1,), link_error=nothing.si())
    work.apply_async((1,), link_error=four.s(7))
    work.apply_async((1,), link_error=four.s(job=7))
    work.apply_async((1,), link_error=with_message.s("boom"))
    work.apply_async((1,), link_error=bound_id.s())
    work.apply_async((1,), link_error=anything.s())
    work.apply_async((1,), link_error=three.s().set(queue="errors"))
    work.apply_async((1,), link_error=three.si(1, ValueError(), 3))
    work.s(1).on_error(three.s()).delay()
    chain(work.s(1), work.s()).apply_async(link_error=of_id.s())
    app.send_task("errbacks.work", (1,), link_error=signature("elsewhere.errback"))
    work.s(1).link(work.s())


def wrong() -> None:
    work.apply_async((1,), link_error=nothing.s())  # E: Too many arguments for "nothing"  [call-arg]  # N: an errback is given the task's id or, where it takes more than one argument, (request, exc, traceback)
    work.apply_async((1,), link_error=two.s())  # E: Too many arguments for "two"  [call-arg]  # N: an errback is given the task's id or, where it takes more than one argument, (request, exc, traceback)
    work.apply_async((1,), link_error=[of_id.s(), two.s()])  # E: Too many arguments for "two"  [call-arg]  # N: an errback is given the task's id or, where it takes more than one argument, (request, exc, traceback)
    work.apply_async((1,), link_error=with_default.s())  # E: Too many arguments for "with_default"  [call-arg]  # N: an errback is given the task's id or, where it takes more than one argument, (request, exc, traceback)
    work.apply_async((1,), link_error=bound_three.s())  # E: Missing positional arguments "exc", "traceback" in call to "bound_three"  [call-arg]  # N: an errback with bind=True is given the task's id alone; (request, exc, traceback) is for one without bind=True that takes more than one argument
    work.apply_async((1,), link_error=number.s())  # E: Argument 1 to "number" has incompatible type "str"; expected "int"  [arg-type]  # N: an errback is given the task's id or, where it takes more than one argument, (request, exc, traceback)
    work.s(1).on_error(two.s())  # E: Too many arguments for "two"  [call-arg]  # N: an errback is given the task's id or, where it takes more than one argument, (request, exc, traceback)
    work.s(1).link_error(two.s())  # E: Too many arguments for "two"  [call-arg]  # N: an errback is given the task's id or, where it takes more than one argument, (request, exc, traceback)
    chain(work.s(1), work.s()).on_error(two.s())  # E: Too many arguments for "two"  [call-arg]  # N: an errback is given the task's id or, where it takes more than one argument, (request, exc, traceback)
    group(work.s(1), work.s(2)).link_error(two.s())  # E: Too many arguments for "two"  [call-arg]  # N: an errback is given the task's id or, where it takes more than one argument, (request, exc, traceback)
    work.s(1).set(link_error=two.s())  # E: Too many arguments for "two"  [call-arg]  # N: an errback is given the task's id or, where it takes more than one argument, (request, exc, traceback)
    app.send_task("errbacks.work", (1,), link_error=two.s())  # E: Too many arguments for "two"  [call-arg]  # N: an errback is given the task's id or, where it takes more than one argument, (request, exc, traceback)
    work.s(1).link(show.s())  # E: Argument 1 to "show" has incompatible type "int"; expected "str"  [arg-type]


@shared_task
def done(result: Any, *, label: str = "job") -> None: ...


def told_once() -> None:
    work.apply_async((1,), link_error=done.s("a", "b"))  # E: Too many positional arguments for "done"  [call-arg]
    work.apply_async((1,), link_error=done.s(lable="a"))  # E: Unexpected keyword argument "lable" for "done"; did you mean "label"?  [call-arg]
    work.apply_async((1,), link_error=done.s(label="a"))


@app.task
def total(numbers: list[int]) -> int:
    return sum(numbers)


def flows() -> None:
    """Every flow calls them alike, wherever they are written; a group that is sent refuses them."""
    chain(work.s(1), work.s()).apply_async(link_error=[of_id.s(), three.s()])
    (work.s(1) | work.s()).apply_async(link_error=three.s())
    chord([work.s(1)], total.s()).apply_async(link_error=of_id.s())
    chord([work.s(1)])(total.s(), link_error=three.s())
    chord([work.s(1)], total.s()).on_error(three.s())
    chain(work.s(1), work.s(), link_error=three.s()).delay()
    group(work.s(1), work.s(2)).set(link_error=three.s()).apply_async(link=None, link_error=None)
    signature("errbacks.work", (1,), link_error=three.s())
    signature(work, (1,), link_error=three.s())
    work.s(1).apply_async(link_error=three.s())
    work.s(1).on_error(three.s() | of_id.si("id"))
    work.s(1).apply_async(link_error=two.s())  # E: Too many arguments for "two"  [call-arg]  # N: an errback is given the task's id or, where it takes more than one argument, (request, exc, traceback)
    chain(work.s(1), work.s()).apply_async(link_error=[of_id.s(), two.s()])  # E: Too many arguments for "two"  [call-arg]  # N: an errback is given the task's id or, where it takes more than one argument, (request, exc, traceback)
    (work.s(1) | work.s()).apply_async(link_error=two.s())  # E: Too many arguments for "two"  [call-arg]  # N: an errback is given the task's id or, where it takes more than one argument, (request, exc, traceback)
    chord([work.s(1)], total.s()).apply_async(link_error=two.s())  # E: Too many arguments for "two"  [call-arg]  # N: an errback is given the task's id or, where it takes more than one argument, (request, exc, traceback)
    chord([work.s(1)])(total.s(), link_error=two.s())  # E: Too many arguments for "two"  [call-arg]  # N: an errback is given the task's id or, where it takes more than one argument, (request, exc, traceback)
    chord([work.s(1)], total.s()).on_error(two.s())  # E: Too many arguments for "two"  [call-arg]  # N: an errback is given the task's id or, where it takes more than one argument, (request, exc, traceback)
    chord([work.s(1)], total.s(), link_error=two.s())  # E: Too many arguments for "two"  [call-arg]  # N: an errback is given the task's id or, where it takes more than one argument, (request, exc, traceback)
    chain(work.s(1), work.s(), link_error=two.s())  # E: Too many arguments for "two"  [call-arg]  # N: an errback is given the task's id or, where it takes more than one argument, (request, exc, traceback)
    group(work.s(1), work.s(2), link_error=two.s())  # E: Too many arguments for "two"  [call-arg]  # N: an errback is given the task's id or, where it takes more than one argument, (request, exc, traceback)
    signature("errbacks.work", (1,), link_error=two.s())  # E: Too many arguments for "two"  [call-arg]  # N: an errback is given the task's id or, where it takes more than one argument, (request, exc, traceback)
    signature(work, (1,), link_error=two.s())  # E: Too many arguments for "two"  [call-arg]  # N: an errback is given the task's id or, where it takes more than one argument, (request, exc, traceback)
    app.signature("errbacks.work", (1,), link_error=two.s())  # E: Too many arguments for "two"  [call-arg]  # N: an errback is given the task's id or, where it takes more than one argument, (request, exc, traceback)
    group(work.s(1), work.s(2)).apply_async(link_error=three.s())  # E: Unexpected keyword argument "link_error" for "apply_async" of "group"  [call-arg]  # N: a group that is sent raises TypeError: say it of each member, or call link_error() of the group
    group(work.s(1), work.s(2)).apply_async(link=three.s())  # E: Unexpected keyword argument "link" for "apply_async" of "group"  [call-arg]  # N: a group that is sent raises TypeError: a chord runs a task after all of it


def callbacks_of_flows() -> None:
    """A callback of a flow is given the result of its last task."""
    work.s(1).set(link=work.s()).apply_async(link=[work.s(), work.s() | work.s()])
    chain(work.s(1), work.s()).apply_async(link=work.s())
    chain(work.s(1), group(work.s(), work.s())).apply_async(link=work.s())
    chord([work.s(1)], total.s()).apply_async(link=work.s())
    chord([work.s(1)], total.s()).set(link=work.s())
    chord([work.s(1)]).link(show.s())
    work.s(1).set(link=show.s())  # E: Argument 1 to "show" has incompatible type "int"; expected "str"  [arg-type]
    work.s(1).apply_async(link=show.s())  # E: Argument 1 to "show" has incompatible type "int"; expected "str"  [arg-type]
    chain(work.s(1), work.s()).apply_async(link=[work.s(), show.s()])  # E: Argument 1 to "show" has incompatible type "int"; expected "str"  [arg-type]
    chain(work.s(1), work.s()).set(link=show.s())  # E: Argument 1 to "show" has incompatible type "int"; expected "str"  [arg-type]
    chord([work.s(1)], total.s()).apply_async(link=show.s())  # E: Argument 1 to "show" has incompatible type "int"; expected "str"  [arg-type]
    chord([work.s(1)], total.s()).set(link=show.s())  # E: Argument 1 to "show" has incompatible type "int"; expected "str"  [arg-type]
    chord([work.s(1)], total.s()).link(show.s())  # E: Argument 1 to "show" has incompatible type "int"; expected "str"  [arg-type]
