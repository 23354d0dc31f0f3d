"""``group`` takes signatures, or one list of them; of a list beside a signature the run breaks."""

from celery import Celery, group

app = Celery("lists_in_groups")


@app.task
def add(x: int, y: int) -> int:
    return x + y


def wrong(count: int) -> None:
    group([add.s(1, 2)], add.s(1, 2)).delay()  # E: Argument 1 to "group" has incompatible type "list[Signature[Any]]"; expected "Signature[Any]"  [arg-type]
    group(add.s(1, 2), (add.s(1, i) for i in range(count))).delay()  # E: Argument 1 to "group" has incompatible type "Generator[Signature[Any], None, None]"; expected "Signature[Any]"  [arg-type]


def right(count: int) -> None:
    group([add.s(1, 2)]).delay()
    group([add.s(1, 2), add.s(1, 2)]).delay()
    group(add.s(1, 2), add.s(1, 2)).delay()
    group(add.s(1, i) for i in range(count)).delay()
    group(*[add.s(1, i) for i in range(count)], add.s(1, 2)).delay()
    group(group([add.s(1, 2)]), add.s(1, 2)).delay()
