"""DjangoTask, AbortableTask and the methods of every task: retry, apply, subtask, replace and their kin."""
from typing import Any

from celery import Celery, Task, shared_task
from celery.contrib.abortable import AbortableAsyncResult, AbortableTask
from celery.contrib.django.task import DjangoTask

app = Celery("kinds", task_cls=DjangoTask)
dotted = Celery("dotted", task_cls="celery.contrib.django.task:DjangoTask")


@app.task
def django_bare(pk: int, note: str = "") -> str:
    return note


@dotted.task()
def django_dotted(pk: int, note: str = "") -> str:
    return note


@shared_task(base=DjangoTask)
def django_shared(pk: int, note: str = "") -> str:
    return note


@app.task(base=DjangoTask, bind=True)
def django_bound(self: DjangoTask, pk: int, note: str = "") -> str:
    return note


@shared_task(bind=True, base=AbortableTask)
def abortable(self: AbortableTask, pk: int) -> str:
    if self.is_aborted():
        return ""
    if self.is_aborted(task_id=self.request.id):
        return ""
    return "done"


class Abort(AbortableTask):
    name = "kinds.abort"

    def run(self, pk: int) -> int:
        while not self.is_aborted():
            pk += 1
        return pk


class Django(DjangoTask):
    name = "kinds.django"

    def run(self, pk: int) -> int:
        return pk


@shared_task(bind=True, max_retries=3)
def again(self: Any, pk: int, *, note: str = "") -> str:
    return note


@shared_task(bind=True, max_retries=3)
def typed_again(self: Task[[int], str], pk: int) -> str:
    try:
        return str(pk)
    except KeyError:
        raise self.retry()
    except ValueError as error:
        raise self.retry(exc=error, countdown=3, max_retries=5)
    except TypeError:
        raise self.retry((pk,), countdown=3)
    except OSError:
        raise self.retry(args=[pk], kwargs={}, throw=False, queue="slow")
    except RuntimeError:
        raise self.retry(args=("x",))  # E: Argument 1 to "typed_again" has incompatible type "str"; expected "int"  [arg-type]
    except LookupError:
        raise self.retry(countdwn=3)  # E: Unexpected keyword argument "countdwn" for "retry" of "typed_again"; did you mean "countdown"?  [call-arg]
    except EOFError:
        raise self.retry(eta=None, expires=None, MessageGroupId="g")
    except IndexError:
        self.apply_async((pk,), countdown=3)
        self.delay("x")  # E: Argument 1 to "delay" of "typed_again" has incompatible type "str"; expected "int"  [arg-type]
        return self.run(3)


def on_commit(count: str) -> None:
    django_bare.delay_on_commit(1)
    django_shared.delay_on_commit(1)
    django_shared.delay_on_commit(pk=1, note="n")
    django_shared.delay_on_commit("1")  # E: Argument 1 to "delay_on_commit" of "django_shared" has incompatible type "str"; expected "int"  [arg-type]
    django_shared.delay_on_commit()  # E: Missing positional argument "pk" in call to "delay_on_commit" of "django_shared"  [call-arg]
    django_shared.delay_on_commit(1, countdown=3)  # E: Unexpected keyword argument "countdown" for "delay_on_commit" of "django_shared"  [call-arg]  # N: "countdown" is an option of apply_async_on_commit(), not of delay_on_commit()
    django_shared.apply_async_on_commit((1,))
    django_shared.apply_async_on_commit(args=[1], kwargs={"note": "n"}, countdown=3)
    django_shared.apply_async_on_commit(("1",))  # E: Argument 1 to "django_shared" has incompatible type "str"; expected "int"  [arg-type]
    django_shared.apply_async_on_commit((1,), countdwn=3)  # E: Unexpected keyword argument "countdwn" for "apply_async_on_commit" of "django_shared"; did you mean "countdown"?  [call-arg]
    django_shared.apply_async_on_commit((1,), MessageGroupId="g")
    django_shared.apply_async_on_commit()  # E: Missing positional argument "pk" in call to "django_shared"  [call-arg]
    django_bound.delay_on_commit(1)
    django_bound.delay_on_commit(count)  # E: Argument 1 to "delay_on_commit" of "django_bound" has incompatible type "str"; expected "int"  [arg-type]
    django_bound.apply_async_on_commit((count,))  # E: Argument 1 to "django_bound" has incompatible type "str"; expected "int"  [arg-type]
    Django().delay_on_commit(1)
    Django().delay_on_commit(count)  # E: Argument 1 to "delay_on_commit" of "Django" has incompatible type "str"; expected "int"  [arg-type]
    Django().apply_async_on_commit((count,))  # E: Argument 1 to "Django" has incompatible type "str"; expected "int"  [arg-type]
    django_shared.delay(1)
    django_shared.delay(count)  # E: Argument 1 to "delay" of "django_shared" has incompatible type "str"; expected "int"  [arg-type]
    reveal_type(django_shared.delay_on_commit(1))  # N: Revealed type is "None"
    reveal_type(django_shared.apply_async_on_commit((1,)))  # N: Revealed type is "None"


def abort() -> None:
    result = abortable.delay(1)
    abortable.delay("x")  # E: Argument 1 to "delay" of "abortable" has incompatible type "str"; expected "int"  [arg-type]
    abortable.apply_async(("x",))  # E: Argument 1 to "abortable" has incompatible type "str"; expected "int"  [arg-type]
    AbortableAsyncResult("id").abort()
    abortable.AsyncResult("id").abort()
    abortable.AsyncResult("id").is_aborted()
    Abort().delay(1).abort()
    Abort().delay("x")  # E: Argument 1 to "delay" of "Abort" has incompatible type "str"; expected "int"  [arg-type]
    result.abort()
    abortable.apply_async((1,)).abort()
    abortable.apply_async((1,)).get(timeout=3)
    if result:
        result = again.delay(1)
    results = [abortable.delay(1), again.delay(1)]
    results.append(typed_again.delay(1))
    again.delay(1).abort()  # E: "AsyncResult[str]" has no attribute "abort"  [attr-defined]
    abortable.apply_async((1,)).is_aborted(3)  # E: Too many arguments for "is_aborted" of "AbortableAsyncResult"  [call-arg]
    abortable.is_aborted(task_id=3)  # E: Argument "task_id" to "is_aborted" of "AbortableTask" has incompatible type "int"; expected "str | None"  [arg-type]
    abortable.is_aborted("id")  # E: Too many positional arguments for "is_aborted" of "AbortableTask"  [call-arg]


def methods(pk: int, options: dict[str, Any]) -> None:
    again.apply((pk,)).get()
    again.apply(args=[pk], kwargs={"note": "n"}, throw=True)
    again.apply(("x",))  # E: Argument 1 to "again" has incompatible type "str"; expected "int"  [arg-type]
    again.apply((pk, "n"))  # E: Too many positional arguments for "again"  [call-arg]
    again.apply(kwargs={"pk": pk, "not": "n"})  # E: Unexpected keyword argument "not" for "again"; did you mean "note"?  [call-arg]
    again.apply()  # E: Missing positional argument "pk" in call to "again"  [call-arg]
    again.apply(**options)
    again.apply((pk,), retries=3, link=None, task_id="x")
    again.subtask((pk,))
    again.subtask(args=["x"])  # E: Argument 1 to "again" has incompatible type "str"; expected "int"  [arg-type]
    again.subtask(kwargs={"not": "n"})  # E: Unexpected keyword argument "not" for "again"; did you mean "note"?  [call-arg]
    again.subtask((pk,), {"note": "n"}, countdown=3, immutable=True)
    again.subtask((), immutable=True)  # E: Missing positional argument "pk" in call to "again"  [call-arg]
    again.subtask(())
    again.signature((pk,), countdown=3)
    again.signature((pk,), options={"countdown": 3})
    again.signature(args=(pk,), kwargs={"not": "n"})  # E: Unexpected keyword argument "not" for "again"; did you mean "note"?  [call-arg]
    again.signature((pk,), countdwn=3)  # E: Unexpected keyword argument "countdwn" for "signature" of "again"; did you mean "countdown"?  [call-arg]
    again.signature(None, None, immutable=True)  # E: Missing positional argument "pk" in call to "again"  [call-arg]
    again.run(pk)
    again.run("x")  # E: Argument 1 to "run" of "again" has incompatible type "str"; expected "int"  [arg-type]
    again(pk)
    again("x")  # E: Argument 1 to "again" has incompatible type "str"; expected "int"  [arg-type]
    again.si(pk)
    again.si()  # E: Missing positional argument "pk" in call to "si" of "again"  [call-arg]
    again.si("x")  # E: Argument 1 to "si" of "again" has incompatible type "str"; expected "int"  [arg-type]
    again.map([1, 2])
    again.map(["x"])  # E: Argument 1 to "again" has incompatible type "str"; expected "int"  [arg-type]
    again.starmap([(1,), (2,)])
    again.starmap([("x",)])  # E: Argument 1 to "again" has incompatible type "str"; expected "int"  [arg-type]
    again.starmap([(1, 2)])  # E: Argument 2 to "again" has incompatible type "int"; expected "str"  [arg-type]  # E: Too many positional arguments for "again"  [call-arg]
    again.chunks([(1,), (2,)], 10)
    again.chunks([("x",)], 10)  # E: Argument 1 to "again" has incompatible type "str"; expected "int"  [arg-type]
    again.chunks(zip(range(3)), 10)
    again.chunks(zip("abc"), 10)  # E: Argument 1 to "again" has incompatible type "str"; expected "int"  [arg-type]
    again.AsyncResult("id").get()
    again.update_state(state="X", meta={})
    again.retry((pk,))
    again.retry(("x",))  # E: Argument 1 to "again" has incompatible type "str"; expected "int"  [arg-type]
    again.retry()
    again.replace(again.s(3))
    again.shadow_name((), {}, {})
    print(again.name, again.request.id, again.max_retries)
