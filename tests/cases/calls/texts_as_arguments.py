"""A text is no list of arguments, also where nobody knows what the task takes."""

from typing import Any

from celery import Task


def send(task: Task[Any, Any], text: str, anything: Any, numbers: list[int], other: Task[..., Any]) -> None:
    task.apply_async(text)  # E: Argument "args" has incompatible type "str"; expected a list or tuple of arguments  [arg-type]
    task.apply_async(args=text)  # E: Argument "args" has incompatible type "str"; expected a list or tuple of arguments  [arg-type]
    other.apply_async("abc")  # E: Argument "args" has incompatible type "str"; expected a list or tuple of arguments  [arg-type]
    task.apply_async(anything)
    task.apply_async(numbers)
    task.apply_async((text,))
    task.apply_async(None)
    other.apply_async([text, *numbers], countdown=3)
