"""The module is called as its task."""
from .app import app


@app.task
def send(to: str, copies: int = 1) -> int:
    return copies


@app.task(name="shop.clean")
def clean(days: int) -> None: ...


@app.task
def resize(width: int) -> None: ...


resize_now = resize


def helper(task: int) -> int:
    return task
