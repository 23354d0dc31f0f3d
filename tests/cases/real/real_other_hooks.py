"""What mypy's own plugin says of methods that share a name with Celery's stays said."""
from functools import partial
from typing import TypedDict


class Options(TypedDict, total=False):
    ids: list[int]
    name: str


class More(TypedDict, total=False):
    name: str


def read(options: Options, more: More, counts: dict[str, int | None], power: int) -> None:
    for number in options.get("ids", []):
        number + 1
    len(options.get("name", ""))
    options.setdefault("name", "x").title()
    options.pop("name", "x").title()
    options.update({"name": "x"})
    options.update(more)
    merged: Options = options | more
    merged["name"].title()
    reveal_type(counts.get("a", 1))  # N: Revealed type is "int | None"
    reveal_type(options.get("ids"))  # N: Revealed type is "list[int] | None"
    (power**2).bit_length()
    partial(read, options, more)(counts, power=3)
    partial(read, options, more)(counts, "x")  # E: Argument 2 to "read" has incompatible type "str"; expected "int"  [arg-type]
