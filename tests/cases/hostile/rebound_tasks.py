"""Tasks whose names are given to others in their own module."""
import os

from celery import Celery

app = Celery("rebound_tasks")


@app.task
def kept(name: str) -> None: ...


@app.task
def swapped(size: int) -> None: ...


if os.environ.get("SWAP"):
    swapped = kept

try:
    from nowhere_to_be_found import maybe  # type: ignore[import-not-found]
except ImportError:

    @app.task
    def maybe(size: int) -> None: ...
