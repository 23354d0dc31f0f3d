"""What a canvas feeds has been through the serializer; what a comprehension makes is known as what a display makes."""

from typing import Any, TypedDict

from celery import chain, chord, group, shared_task


class Row(TypedDict):
    number: int


@shared_task
def row(number: int) -> Row:
    return {"number": number}


@shared_task
def pair(number: int) -> tuple[int, int]:
    return (number, number)


@shared_task
def by_number(number: int) -> dict[int, str]:
    return {}


@shared_task
def text(number: int) -> str:
    return ""


@shared_task
def takes_dict(row: dict[str, Any]) -> None: ...


@shared_task
def takes_list(pair: list[int]) -> None: ...


@shared_task
def takes_texts(texts: dict[str, str]) -> None: ...


@shared_task
def takes_number(number: int) -> None: ...


@shared_task
def takes_rows(rows: list[dict[str, Any]]) -> None: ...


@shared_task
def takes_numbers(numbers: list[int]) -> None: ...


@shared_task
def takes_all(texts: list[str]) -> None: ...


chain(row.s(1), takes_dict.s())
chain(pair.s(1), takes_list.s())
chain(by_number.s(1), takes_texts.s())
chain(row.s(1), takes_number.s())  # E: Argument 1 to "takes_number" has incompatible type "TypedDict({'number': int})"; expected "int"  [arg-type]
chain(pair.s(1), takes_number.s())  # E: Argument 1 to "takes_number" has incompatible type "tuple[int, int]"; expected "int"  [arg-type]
chain(pair.s(1), takes_all.s())  # E: Argument 1 to "takes_all" has incompatible type "tuple[int, int]"; expected "list[str]"  [arg-type]
chord([row.s(n) for n in range(3)])(takes_rows.s())
chord([text.s(n) for n in range(3)])(takes_all.s())
chord([text.s(n) for n in range(3)])(takes_numbers.s())  # E: Argument 1 to "takes_numbers" has incompatible type "list[str]"; expected "list[int]"  [arg-type]
chord((text.s(n) for n in range(3)), takes_all.s())
chord((text.s(n) for n in range(3)), takes_numbers.s())  # E: Argument 1 to "takes_numbers" has incompatible type "list[str]"; expected "list[int]"  [arg-type]
group(text.s(n) for n in range(3)) | takes_all.s()
group(text.s(n) for n in range(3)) | takes_numbers.s()  # E: Argument 1 to "takes_numbers" has incompatible type "list[str]"; expected "list[int]"  [arg-type]
