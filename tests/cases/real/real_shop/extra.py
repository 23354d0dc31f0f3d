"""Tasks of the same names, with other parameters."""
from typing import TYPE_CHECKING

from .app import app, other

if TYPE_CHECKING:
    from celery import Task


@other.task
def send(order: dict[str, int], force: bool) -> str:
    return "x"


@app.task
def clean() -> None: ...


@app.task(name="shop.extra.again")
def again(number: int) -> None: ...


if TYPE_CHECKING:

    @app.task
    def either(number: int) -> None: ...

else:

    @app.task
    def either(number: int, text: str = "") -> None: ...


try:
    from nowhere_at_all import fallback  # type: ignore[import-not-found]
except ImportError:

    @app.task
    def fallback(number: int) -> None: ...


@app.task
def twice(number: int) -> None: ...


@app.task  # type: ignore[no-redef]
def twice(text: str) -> None: ...


class Service:
    @app.task(name="shop.service.send")
    def send(text: str) -> None: ...  # type: ignore[misc]

    clean = again
