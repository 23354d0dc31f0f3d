"""What is done with results: ignored ones, the two TimeoutErrors, types."""
import builtins
import concurrent.futures
import socket
from typing import Any, Optional

import celery.exceptions
import celery.exceptions as celery_exceptions
from celery import Celery, Task, chain, group, shared_task
from celery.exceptions import TimeoutError as CeleryTimeoutError
from celery.result import AsyncResult, EagerResult, GroupResult, ResultSet

app = Celery("results")


@shared_task
def ping(host: str = "") -> int:
    return 1


@shared_task(ignore_result=True)
def silent(host: str = "") -> int:
    return 1


@app.task
def pong(host: str = "") -> list[str]:
    return []


@app.task
def unannotated(host=""):
    return 1


def typed() -> None:
    reveal_type(ping.delay())  # N: Revealed type is "celery.result.AsyncResult[int]"
    reveal_type(ping.delay().get())  # N: Revealed type is "int"
    reveal_type(ping.apply_async().get(timeout=3))  # N: Revealed type is "int"
    reveal_type(ping.apply().get())  # N: Revealed type is "int"
    reveal_type(pong.delay())  # N: Revealed type is "celery.result.AsyncResult[list[str]]"
    reveal_type(pong.delay().get())  # N: Revealed type is "list[str]"
    reveal_type(pong.apply_async().get())  # N: Revealed type is "list[str]"
    reveal_type(pong.apply().get())  # N: Revealed type is "list[str]"
    reveal_type(pong())  # N: Revealed type is "list[str]"
    reveal_type(pong.s().delay().get())  # N: Revealed type is "list[str]"
    reveal_type(unannotated.delay().get())  # N: Revealed type is "Any"
    reveal_type(group(ping.s(), ping.s())())  # N: Revealed type is "celery.result.GroupResult"
    reveal_type(group(ping.s(), ping.s()).apply_async().get())  # N: Revealed type is "list[int]"
    reveal_type(chain(ping.si(), pong.si()).delay().get())  # N: Revealed type is "list[str]"
    number: int = ping.delay().get()
    words: list[str] = pong.delay().get()
    wrong: str = ping.delay().get()  # E: Incompatible types in assignment (expression has type "int", variable has type "str")  [assignment]
    wrong = pong.delay().get()  # E: Incompatible types in assignment (expression has type "list[str]", variable has type "str")  [assignment]
    maybe: Optional[int] = ping.delay().get()
    result: AsyncResult[Any] = pong.delay()
    result = ping.delay()
    other: AsyncResult[int] = ping.delay()
    other = pong.delay()  # E: Incompatible types in assignment (expression has type "AsyncResult[list[str]]", variable has type "AsyncResult[int]")  [assignment]
    several = [ping.delay(), pong.delay()]
    print(number, words, wrong, maybe, several, result, other)
    pong.delay().get().append(3)  # E: Argument 1 to "append" of "list" has incompatible type "int"; expected "str"  [arg-type]
    ping.delay().ready()
    ping.delay().forget()
    if ping.delay().successful():
        print(ping.delay().result)


def ignored(flag: bool, options: dict[str, Any]) -> None:
    ping.apply_async(ignore_result=True)
    ping.apply_async(ignore_result=True).get()  # E: The result of task "ping" is ignored, so .get() returns None at once  [task-ignored-result]  # N: hint: drop ignore_result=True, or do not ask for the result
    ping.apply_async(ignore_result=flag).get()
    ping.apply_async(ignore_result=False).get()
    ping.apply_async(**options).get()
    ping.apply_async(("x",), ignore_result=True, countdown=3).get(timeout=3)  # E: The result of task "ping" is ignored, so .get() returns None at once  [task-ignored-result]  # N: hint: drop ignore_result=True, or do not ask for the result
    ping.apply_async(ignore_result=True).id
    ping.apply_async(ignore_result=True).forget()
    one = ping.apply_async(ignore_result=True)
    one.get()
    one = ping.apply_async()
    one.get()
    two = ping.apply_async(ignore_result=True)
    if flag:
        two = ping.apply_async()
    two.get()
    three = ping.apply_async()
    if flag:
        three = ping.apply_async(ignore_result=True)
    three.get()
    (ping.apply_async(ignore_result=True) if flag else ping.apply_async()).get()
    ping.s().apply_async(ignore_result=True).get()  # E: The result of task "ping" is ignored, so .get() returns None at once  [task-ignored-result]  # N: hint: drop ignore_result=True, or do not ask for the result
    app.send_task("results.ping", ignore_result=True).get()  # E: The result of task "ping" is ignored, so .get() returns None at once  [task-ignored-result]  # N: hint: drop ignore_result=True, or do not ask for the result
    pong.apply_async(ignore_result=True).get()  # E: The result of task "pong" is ignored, so .get() returns None at once  [task-ignored-result]  # N: hint: drop ignore_result=True, or do not ask for the result
    ping.apply(ignore_result=True).get()
    silent.delay()
    silent.apply_async(ignore_result=False).get()


def timeouts(futures: Any, result: AsyncResult[int], results: GroupResult) -> None:
    try:
        ping.delay().get(timeout=3)
    except TimeoutError:  # N: The builtin TimeoutError never catches the timeout of AsyncResult.get()  (task-timeout)  # N: hint: catch celery.exceptions.TimeoutError
        pass
    try:
        ping.delay().get(timeout=3)
    except builtins.TimeoutError:  # N: The builtin TimeoutError never catches the timeout of AsyncResult.get()  (task-timeout)  # N: hint: catch celery.exceptions.TimeoutError
        pass
    try:
        result.get(3)
    except (TimeoutError, ValueError):  # N: The builtin TimeoutError never catches the timeout of AsyncResult.get()  (task-timeout)  # N: hint: catch celery.exceptions.TimeoutError
        pass
    try:
        result.get(timeout=None)
    except TimeoutError:
        pass
    try:
        result.get(timeout=3)
    except celery.exceptions.TimeoutError:
        pass
    try:
        result.get(timeout=3)
    except CeleryTimeoutError:
        pass
    try:
        result.get(timeout=3)
    except celery_exceptions.TimeoutError:
        pass
    try:
        result.get(timeout=3)
    except (TimeoutError, CeleryTimeoutError):
        pass
    try:
        result.get(timeout=3)
    except TimeoutError:
        pass
    except CeleryTimeoutError:
        pass
    try:
        result.get(timeout=3)
    except TimeoutError:
        pass
    except Exception:
        pass
    try:
        result.get(timeout=3)
    except:  # noqa: E722
        pass
    try:
        result.get(timeout=3)
    except OSError:
        pass
    try:
        result.get(timeout=3)
    except socket.timeout:
        pass
    try:
        result.get(timeout=3)
    except concurrent.futures.TimeoutError:  # N: The builtin TimeoutError never catches the timeout of AsyncResult.get()  (task-timeout)  # N: hint: catch celery.exceptions.TimeoutError
        pass
    try:
        connection = socket.create_connection(("x", 1), 3)
        result.get(timeout=3)
        connection.close()
    except TimeoutError:
        pass
    try:
        print(int(result.get(timeout=3)))
    except TimeoutError:
        pass
    try:
        futures.result(result.get(timeout=3))
    except TimeoutError:
        pass
    try:
        try:
            result.get(timeout=3)
        except ValueError:
            pass
    except TimeoutError:
        pass
    try:
        pass
    except TimeoutError:
        result.get(timeout=3)
    try:
        pass
    finally:
        try:
            result.get(timeout=3)
        except TimeoutError:  # N: The builtin TimeoutError never catches the timeout of AsyncResult.get()  (task-timeout)  # N: hint: catch celery.exceptions.TimeoutError
            pass
    try:
        with open("x"):
            result.get(timeout=3)
    except TimeoutError:
        pass
    try:
        value = result.get(timeout=3)
    except TimeoutError as error:  # N: The builtin TimeoutError never catches the timeout of AsyncResult.get()  (task-timeout)  # N: hint: catch celery.exceptions.TimeoutError
        print(error)
    else:
        print(value)
    try:
        return result.get(timeout=3)  # type: ignore[return-value]
    except TimeoutError:  # N: The builtin TimeoutError never catches the timeout of AsyncResult.get()  (task-timeout)  # N: hint: catch celery.exceptions.TimeoutError
        pass


async def coroutine(result: AsyncResult[int]) -> None:
    try:
        await work(result.get(timeout=3))
    except TimeoutError:
        pass


async def work(number: int) -> None: ...


class Later:
    result: AsyncResult[int]

    def wait(self) -> int:
        try:
            return self.result.get(timeout=3)
        except TimeoutError:  # N: The builtin TimeoutError never catches the timeout of AsyncResult.get()  (task-timeout)  # N: hint: catch celery.exceptions.TimeoutError
            return 0


def lookalike(queue: Any, task: Task[..., int]) -> None:
    try:
        queue.get(timeout=3)
    except TimeoutError:
        pass
    try:
        task.delay().get(timeout=3)
    except TimeoutError:  # N: The builtin TimeoutError never catches the timeout of AsyncResult.get()  (task-timeout)  # N: hint: catch celery.exceptions.TimeoutError
        pass


def eager(result: EagerResult[int], many: ResultSet) -> None:
    try:
        result.get(timeout=3)
    except TimeoutError:  # N: The builtin TimeoutError never catches the timeout of AsyncResult.get()  (task-timeout)  # N: hint: catch celery.exceptions.TimeoutError
        pass
    try:
        many.get(timeout=3)
    except TimeoutError:
        pass


try:
    ping.delay().get(timeout=3)
except TimeoutError:  # N: The builtin TimeoutError never catches the timeout of AsyncResult.get()  (task-timeout)  # N: hint: catch celery.exceptions.TimeoutError
    pass
