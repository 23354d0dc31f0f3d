from datetime import timedelta

from celery import Celery, Task, chain, shared_task, signature

app = Celery("registration_by_module")


@app.task
def add(x: int, y: int) -> int:
    return x + y


@app.task(bind=True, max_retries=3)
def send(self: Task[[str, str], None], to: str, subject: str) -> None:
    print(self, to, subject)


@shared_task
def shared(n: int) -> int:
    return n


@app.task(bind=True)
def found(self: Task[[int], dict[str, int] | None], n: int) -> dict[str, int] | None:
    if n < 0:
        self.request.chain = None  # Celery then starts nothing after this task.
        return None
    return {"n": n}


@app.task
def maybe(n: int) -> dict[str, int] | None:
    return {"n": n} if n else None


@app.task
def store(data: dict[str, int]) -> None:
    print(data)


@app.task
def spell(text: str) -> None:
    print(text)


chain(found.s(1), store.s())
found.s(1) | store.s()
chain(found.s(1), spell.s())  # E: Argument 1 to "spell" has incompatible type "dict[str, int]"; expected "str"  [arg-type]
chain(maybe.s(1), store.s())  # E: Argument 1 to "store" has incompatible type "dict[str, int] | None"; expected "dict[str, int]"  [arg-type]
signature(shared, args=(1,)).delay()
signature(shared, args=("1",))  # E: Argument 1 to "shared" has incompatible type "str"; expected "int"  [arg-type]
app.add_periodic_task(timedelta(seconds=10), shared.s(1))
app.add_periodic_task(timedelta(seconds=10), shared.s("1"))  # E: Argument 1 to "shared" has incompatible type "str"; expected "int"  [arg-type]
