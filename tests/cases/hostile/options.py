"""Options of ``apply_async`` and its kin: known, misspelt, a broker's own, and in the wrong place."""
from datetime import datetime, timedelta, timezone
from typing import Any, Optional, TypedDict

from celery import Celery, Task, shared_task
from kombu import Exchange, Queue

app = Celery("options")


@shared_task
def send(to: str, copies: int = 1) -> int:
    return copies


@shared_task
def schedule(to: str, countdown: int = 3, *, queue: str = "") -> int:
    return countdown


@shared_task
def anything(to: str, **options: Any) -> None: ...


@app.task
def app_send(to: str, copies: int = 1) -> int:
    return copies


class Options(TypedDict, total=False):
    countdown: int
    queue: str


def known(options: dict[str, Any], typed: Options, maybe: Optional[float], when: Optional[datetime], texts: dict[str, str]) -> None:
    send.apply_async(("x",), countdown=3)
    send.apply_async(("x",), countdown=3.5, expires=timedelta(hours=1).total_seconds())
    send.apply_async(("x",), countdown=None, eta=None, expires=None, queue=None, priority=None, retry=None, retries=None)
    send.apply_async(("x",), task_id=None, producer=None, link=None, link_error=None, shadow=None)
    send.apply_async(("x",), countdown=maybe, eta=when, expires=when)
    send.apply_async(("x",), eta=datetime.now(timezone.utc) + timedelta(hours=1))
    send.apply_async(("x",), retry=False, retry_policy={"max_retries": 3, "interval_start": 0})
    send.apply_async(("x",), queue=Queue("a"), exchange=Exchange("b"), routing_key="c", delivery_mode=2)
    send.apply_async(("x",), headers={"depth": 3, "tenant": None, "list": [1]})
    send.apply_async(("x",), headers=None)
    send.apply_async(("x",), headers=texts)
    send.apply_async(("x",), serializer="json", compression="gzip", add_to_parent=False)
    send.apply_async(("x",), time_limit=3, soft_time_limit=2.5, ignore_result=True)
    send.apply_async(("x",), link=send.si("x"), link_error=[send.si("x")])
    send.apply_async(("x",), link={"task": "x"}, chord=None, group_id="g", root_id="r", parent_id="p")
    send.apply_async(("x",), MessageGroupId="g", MessageDeduplicationId="d", x_custom=3)
    send.apply_async(("x",), mandatory=True, reply_to="q", correlation_id="c", expiration=3, timeout=3)
    send.apply_async(("x",), stamped_headers=["a"], a="b")
    send.apply_async(("x",), **options)
    send.apply_async(("x",), **typed)
    send.apply_async(args=("x",), **{"countdown": 3})
    send.apply_async(args=("x",), countdown=3, **options)
    send.apply_async(("x",), None, "task-id")
    send.apply_async(("x",), **texts)
    send.apply_async(**texts)
    app_send.apply_async(("x",), countdown=3, **options)


def wrong(options: dict[str, int], typed: Options) -> None:
    send.apply_async(("x",), countdwn=3)  # E: Unexpected keyword argument "countdwn" for "apply_async" of "send"; did you mean "countdown"?  [call-arg]
    send.apply_async(("x",), ignore_results=True)  # E: Unexpected keyword argument "ignore_results" for "apply_async" of "send"; did you mean "ignore_result"?  [call-arg]
    send.apply_async(("x",), expire=3)  # E: Unexpected keyword argument "expire" for "apply_async" of "send"; did you mean "expires"?  [call-arg]
    send.apply_async(("x",), queu="slow")  # E: Unexpected keyword argument "queu" for "apply_async" of "send"; did you mean "queue"?  [call-arg]
    send.apply_async(("x",), priorty=3)  # E: Unexpected keyword argument "priorty" for "apply_async" of "send"; did you mean "priority"?  [call-arg]
    send.apply_async(("x",), link_eror=None)  # E: Unexpected keyword argument "link_eror" for "apply_async" of "send"; did you mean "link_error"?  [call-arg]
    send.apply_async(("x",), arg=3)  # E: Unexpected keyword argument "arg" for "apply_async" of "send"; did you mean "args"?  [call-arg]
    send.apply_async(("x",), kwarg={})  # E: Unexpected keyword argument "kwarg" for "apply_async" of "send"; did you mean "kwargs"?  [call-arg]
    send.apply_async(("x",), countdown="3")  # E: Argument "countdown" to "apply_async" of "send" has incompatible type "str"; expected "float | None"  [arg-type]
    send.apply_async(("x",), eta=3)  # E: Argument "eta" to "apply_async" of "send" has incompatible type "int"; expected "datetime | str | None"  [arg-type]
    send.apply_async(("x",), eta="2024-01-01")
    send.apply_async(("x",), expires="soon")  # E: Argument "expires" to "apply_async" of "send" has incompatible type "str"; expected "float | datetime | None"  [arg-type]
    send.apply_async(("x",), eta="tomorrow")  # E: Argument "eta" to "apply_async" of "send" has incompatible type "str"; expected "datetime | None"  [arg-type]
    send.apply_async(("x",), expires="2030-01-01T00:00:00+00:00", eta=datetime.now(timezone.utc).isoformat())
    send.s("x").set(expires="2030-01-01T00:00:00", eta="2030-01-01")
    send.s("x").set(expires=b"2030-01-01T00:00:00")  # E: Argument "expires" to "set" of "Signature" has incompatible type "bytes"; expected "float | datetime | str | None"  [arg-type]
    send.apply_async(("x",), expires=timedelta(hours=1))  # E: Argument "expires" to "apply_async" of "send" has incompatible type "timedelta"; expected "float | datetime | str | None"  [arg-type]
    send.apply_async(("x",), countdown=timedelta(hours=1))  # E: Argument "countdown" to "apply_async" of "send" has incompatible type "timedelta"; expected "float | None"  [arg-type]
    send.apply_async(("x",), retry="yes")  # E: Argument "retry" to "apply_async" of "send" has incompatible type "str"; expected "bool | None"  [arg-type]
    send.apply_async(("x",), retry=3)  # E: Argument "retry" to "apply_async" of "send" has incompatible type "int"; expected "bool | None"  [arg-type]
    send.apply_async(("x",), priority="high")  # E: Argument "priority" to "apply_async" of "send" has incompatible type "str"; expected "int | None"  [arg-type]
    send.apply_async(("x",), headers=[("a", "b")])  # E: Argument "headers" to "apply_async" of "send" has incompatible type "list[tuple[str, str]]"; expected "Mapping[str, Any] | None"  [arg-type]
    send.apply_async(("x",), headers={1: "b"})  # E: Dict entry 0 has incompatible type "int": "str"; expected "str": "Any"  [dict-item]
    send.apply_async(("x",), ignore_result="yes")  # E: Argument "ignore_result" to "apply_async" of "send" has incompatible type "str"; expected "bool | None"  [arg-type]
    send.apply_async(("x",), serializer=3)  # E: Argument "serializer" to "apply_async" of "send" has incompatible type "int"; expected "str | None"  [arg-type]
    send.apply_async(("x",), time_limit="3")  # E: Argument "time_limit" to "apply_async" of "send" has incompatible type "str"; expected "float | None"  [arg-type]
    send.apply_async(("x",), time_limit=timedelta(hours=1))  # E: Argument "time_limit" to "apply_async" of "send" has incompatible type "timedelta"; expected "float | None"  [arg-type]
    send.apply_async(("x",), **options)
    send.apply_async(("x",), **typed)
    app_send.apply_async(("x",), countdwn=3)  # E: Unexpected keyword argument "countdwn" for "apply_async" of "app_send"; did you mean "countdown"?  [call-arg]
    app_send.apply_async(("x",), countdown="3")  # E: Argument "countdown" to "apply_async" of "app_send" has incompatible type "str"; expected "float | None"  [arg-type]
    send.apply_async(("x",), retries="3")  # E: Argument "retries" to "apply_async" of "send" has incompatible type "str"; expected "int | None"  [arg-type]
    send.apply_async(("x",), task_id=3)  # E: Argument "task_id" to "apply_async" of "send" has incompatible type "int"; expected "str | None"  [arg-type]


def misplaced() -> None:
    send.delay("x", countdown=3)  # E: Unexpected keyword argument "countdown" for "delay" of "send"  [call-arg]  # N: "countdown" is an option of apply_async(), not of delay()
    send.delay("x", queue="slow", copies=3)  # E: Unexpected keyword argument "queue" for "delay" of "send"  [call-arg]  # N: "queue" is an option of apply_async(), not of delay()
    app_send.delay("x", countdown=3)  # E: Unexpected keyword argument "countdown" for "delay" of "app_send"  [call-arg]  # N: "countdown" is an option of apply_async(), not of delay()
    send.si("x", countdown=3)  # E: Unexpected keyword argument "countdown" for "si" of "send"  [call-arg]  # N: "countdown" is an option of set(), as in .si().set(), not of si()
    send.s("x", countdown=3)  # E: Unexpected keyword argument "countdown" for "send"  [call-arg]  # N: "countdown" is an option of set(), as in .s().set(), not of s()
    send.s("x").set(countdown=3)
    send("x", countdown=3)  # E: Unexpected keyword argument "countdown" for "send"  [call-arg]  # N: "countdown" is an option of apply_async(), not of a plain call
    send.run("x", countdown=3)  # E: Unexpected keyword argument "countdown" for "run" of "send"  [call-arg]  # N: "countdown" is an option of apply_async(), not of run()
    send.apply_async(("x",), {"countdown": 3})  # E: Unexpected keyword argument "countdown" for "send"  [call-arg]  # N: "countdown" is an option of apply_async(): it stands beside kwargs=, not inside
    send.apply_async(kwargs={"to": "x", "queue": "slow"})  # E: Unexpected keyword argument "queue" for "send"  [call-arg]  # N: "queue" is an option of apply_async(): it stands beside kwargs=, not inside
    app_send.apply_async(kwargs={"to": "x", "queue": "slow"})  # E: Unexpected keyword argument "queue" for "app_send"  [call-arg]  # N: "queue" is an option of apply_async(): it stands beside kwargs=, not inside
    app.send_task("options.send", ("x",), {"countdown": 3})  # E: Unexpected keyword argument "countdown" for "send"  [call-arg]  # N: "countdown" is an option of send_task(): it stands beside kwargs=, not inside
    send.signature(("x",), {"countdown": 3})  # E: Unexpected keyword argument "countdown" for "send"  [call-arg]  # N: "countdown" is an option of signature(): it stands beside kwargs=, not inside
    send.signature(("x",), countdown=3)
    schedule.delay("x", countdown=3, queue="slow")
    schedule.delay("x", countdown=3, queue="slow", expires=3)  # E: Unexpected keyword argument "expires" for "delay" of "schedule"  [call-arg]  # N: "expires" is an option of apply_async(), not of delay()
    schedule.apply_async(("x",), {"countdown": 3, "queue": "slow"}, countdown=3)
    anything.delay("x", countdown=3)
    anything.apply_async(("x",), {"countdown": 3})
    send.apply_async("x", countdown=3)  # E: Argument "args" has incompatible type "str"; expected a list or tuple of arguments  [arg-type]
    send.apply_async(to="x", copies=3)  # E: Missing positional argument "to" in call to "send"  [call-arg]  # E: Unexpected keyword argument "copies" for "apply_async" of "send"  [call-arg]  # E: Unexpected keyword argument "to" for "apply_async" of "send"  [call-arg]  # N: "copies" is a parameter of the task: it belongs inside kwargs=  # N: "to" is a parameter of the task: it belongs inside kwargs=
    send.apply_async("x", 3)  # E: Argument "args" has incompatible type "str"; expected a list or tuple of arguments  [arg-type]  # E: Argument 2 to "apply_async" of "send" has incompatible type "int"; expected "Mapping[str, Any] | None"  [arg-type]
    send.apply_async(("x",), copies=3)  # E: Unexpected keyword argument "copies" for "apply_async" of "send"  [call-arg]  # N: "copies" is a parameter of the task: it belongs inside kwargs=
    send.apply_async(("x",), group_id=3, root_id="r", parent_id=None)  # E: Argument "group_id" to "apply_async" of "send" has incompatible type "int"; expected "str | None"  [arg-type]
    app.send_task("options.send", ("x",), retries="3")  # E: Argument "retries" to "send_task" of "Celery" has incompatible type "str"; expected "int | None"  [arg-type]
    app.send_task("options.send", ("x",), copies=3)  # E: Unexpected keyword argument "copies" for "send_task" of "Celery"  [call-arg]  # N: "copies" is a parameter of the task: it belongs inside kwargs=
    send.signature(("x",), copies=3)  # E: Unexpected keyword argument "copies" for "signature" of "send"  [call-arg]  # N: "copies" is a parameter of the task: it belongs inside kwargs=
    send.apply(("x",), copies=3)  # E: Unexpected keyword argument "copies" for "apply" of "send"  [call-arg]  # N: "copies" is a parameter of the task: it belongs inside kwargs=


def forwarded(task: Task[..., Any], args: Any, **options: Any) -> None:
    task.apply_async(args, **options)
    task.apply_async(args, countdwn=3)  # E: Unexpected keyword argument "countdwn" for "apply_async" of "Task"; did you mean "countdown"?  [call-arg]
    task.apply_async(args, countdown="3")  # E: Argument "countdown" to "apply_async" of "Task" has incompatible type "str"; expected "float | None"  [arg-type]
    task.delay(args, countdown=3)
    send.apply_async(args, **options)
    send.s(args).apply_async(countdown=3)
    send.s(args).apply_async(**options)
