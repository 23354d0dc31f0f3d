"""``task.name`` names the task as its text does."""

from celery import Celery, Task, shared_task, signature

app = Celery("named")


@app.task
def scan(purl: str) -> None: ...


@shared_task(name="named.shared")
def shared(purl: str) -> None: ...


class Owner:
    name = "scan"


def by_name(task: Task[[str], None], owner: Owner) -> None:
    app.send_task(scan.name, ("a",))
    app.send_task(shared.name, kwargs={"purl": "a"})
    app.send_task(task.name, kwargs={"purl": "a"})
    app.send_task(owner.name, (1, 2))
    app.signature(scan.name, args=("a",)).delay()
    signature(shared.name)
    app.tasks[scan.name].delay(purl="a")

    app.send_task(scan.name, (1,))  # E: Argument 1 to "scan" has incompatible type "int"; expected "str"  [arg-type]
    app.send_task(shared.name, (1, 2))  # E: Too many arguments for "shared"  [call-arg]  # E: Argument 1 to "shared" has incompatible type "int"; expected "str"  [arg-type]
    app.send_task(shared.name, kwargs={"prul": "a"})  # E: Unexpected keyword argument "prul" for "shared"  [call-arg]
    app.signature(scan.name, args=(1,))  # E: Argument 1 to "scan" has incompatible type "int"; expected "str"  [arg-type]
    signature(shared.name, args=(1,))  # E: Argument 1 to "shared" has incompatible type "int"; expected "str"  [arg-type]
    app.tasks[scan.name].delay(1)  # E: Argument 1 to "delay" of "scan" has incompatible type "int"; expected "str"  [arg-type]
    app.tasks[shared.name].delay(prul="a")  # E: Unexpected keyword argument "prul" for "delay" of "Task"  [call-arg]
