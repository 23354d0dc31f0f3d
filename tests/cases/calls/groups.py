"""What runs several tasks gives a ``GroupResult``; a group of one inside a chain is its member."""

from collections.abc import Iterator

from celery import chain, chord, group, shared_task
from celery.result import AsyncResult, GroupResult, ResultSet


@shared_task
def one(n: int = 1) -> int:
    return n


@shared_task
def total(parts: list[int]) -> int:
    return sum(parts)


@shared_task
def show(text: str) -> None:
    print(text)


def group_results() -> list[int]:
    job = group(one.s(1), one.s(2))
    result = job()
    result.completed_count()
    result.save()
    again = GroupResult.restore(result.id)
    GroupResult.restore(3)  # E: Argument 1 to "restore" of "GroupResult" has incompatible type "int"; expected "str"  [arg-type]
    again.id = None
    result.nothing()  # E: "GroupResult" has no attribute "nothing"  [attr-defined]
    print(len(result), result[0].get() + 1, result[0].get() + "")  # E: Unsupported operand types for + ("int" and "str")  [operator]
    for child in result:
        child.get().bit_length()
        child.get().upper()  # E: "int" has no attribute "upper"  [attr-defined]
    for child in result.results:
        child.get().upper()  # E: "int" has no attribute "upper"  [attr-defined]
    for each in (job.delay(), job.apply_async(), job.apply(), job(), group(one.s(i) for i in range(3)).delay()):
        print(each.completed_count())
    if result.join() == ["1"]:  # E: Non-overlapping equality check (left operand type: "list[int]", right operand type: "list[str]")  [comparison-overlap]
        result.join()[0].upper()  # E: "int" has no attribute "upper"  [attr-defined]
    return job.delay().join_native()


def written_down(job: group) -> AsyncResult[list[int]]:
    first: GroupResult = job()
    second: AsyncResult[list[int]] = job.apply_async()
    third: ResultSet = group(one.s(1), one.s(2)).apply_async()
    fourth: AsyncResult[int] | None = one.delay()
    if second:
        fourth = group(one.s(1), one.s(2)).delay()  # E: Incompatible types in assignment (expression has type "AsyncResult[list[int]]", variable has type "AsyncResult[int] | None")  [assignment]
    print(first.completed_count(), third.completed_count(), fourth)
    fifth: str = group(one.s(1), one.s(2)).delay()  # E: Incompatible types in assignment (expression has type "GroupResult", variable has type "str")  [assignment]
    print(fifth)
    return group(one.s(1), one.s(2)).apply_async()


def ends_in_a_group() -> Iterator[int]:
    yield chain(one.s(1), group(one.s(), one.s()))().completed_count()
    yield (one.s(1) | group(one.s(), one.s())).delay().completed_count()
    yield (group(one.s(1), one.s(2)) | group(total.s(), total.s())).delay().completed_count()
    yield chain(one.s(1), group(one.s())).delay().get()
    yield chain(one.s(1), group(one.s())).delay().completed_count()  # E: "AsyncResult[int]" has no attribute "completed_count"  [attr-defined]
    yield one.chunks([(1,)], 1)().completed_count()
    yield chord([one.s(1)], total.s())().get()
    yield chord([one.s(1)])(total.s()).get()


def group_of_one() -> None:
    chain(group(one.s(1)), one.s())
    chain(group([one.s(1)]), one.s())
    chain(one.s(1), group(one.s()), one.s())
    one.s(1) | group(one.s()) | one.s()
    chain(group(one.s(1), one.s(2)), total.s())
    group(one.s(1)) | total.s()
    chord([one.s(1)])(total.s())
    chain(group(one.s(1)), total.s())  # E: Argument 1 to "total" has incompatible type "int"; expected "list[int]"  [arg-type]
    chain(one.s(1), group(one.s()), total.s())  # E: Argument 1 to "total" has incompatible type "int"; expected "list[int]"  [arg-type]
    one.s(1) | group(one.s()) | total.s()  # E: Argument 1 to "total" has incompatible type "int"; expected "list[int]"  [arg-type]
    chain(group(one.s(1), one.s(2)), one.s())  # E: Argument 1 to "one" has incompatible type "list[int]"; expected "int"  [arg-type]
    group(one.s(1)) | one.s()  # E: Argument 1 to "one" has incompatible type "list[int]"; expected "int"  [arg-type]


def one_goes_on(flag: bool) -> None:
    built = chain(one.si(1)) if flag else chain(one.si(2))
    built = built | one.si(2)
    built = one.si(3) | built
    built |= one.s()
    built = built | one.s()
    built.apply_async()
    once = one.si(3) | one.s()
    once | show.s()  # E: Argument 1 to "show" has incompatible type "int"; expected "str"  [arg-type]
    signature = one.s(1) | one.s()
    signature = total.s([1])
    signature.delay()
    wrong = chain(one.s(1), one.s())
    wrong = group(one.s(1), one.s()) | total.s()  # E: Incompatible types in assignment (expression has type "chord", variable has type "chain")  [assignment]
    print(wrong)


def header_of_a_chord(many: bool) -> AsyncResult[int]:
    result = chord([one.s(1), one.s(2)], total.s())()
    for child in result.parent.results:
        child.forget()
    print(result.parent.completed_count(), result.parent[0].get())
    result.parent.nothing()  # E: Item "GroupResult" of "GroupResult | Any" has no attribute "nothing"  [union-attr]
    chord([one.s(1)])(total.s()).parent.save()
    chord([one.s(1)], total.s()).delay().parent.save()
    (group(one.s(1), one.s(2)) | total.s()).apply_async().parent.save()
    one.delay().parent.save()  # E: Item "ResultBase" of "ResultBase | None" has no attribute "save"  [union-attr]  # E: Item "None" of "ResultBase | None" has no attribute "save"  [union-attr]
    if many:
        result = one.delay()
    return result


def parents_of_a_chain(many: bool) -> AsyncResult[int]:
    result = (one.si(1) | one.si(2) | one.si(3))()
    result.parent.get()
    result.parent.parent.graph
    chain(one.s(1), one.s())().parent.get()
    result.nothing()  # E: "AsyncResult[Any]" has no attribute "nothing"  [attr-defined]
    if many:
        result = one.delay(1)
    return result
