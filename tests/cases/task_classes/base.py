"""Named as text by an application of another module."""

from typing import Any

from celery import Task


class Traced(Task):
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not args and not kwargs:
            print("nothing")
        print(self.name, args, f"{kwargs}")
        return self.run(*args, **kwargs)


class Keyed(Task):
    """The message carries a key, the function gets the object."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.run({"id": args[0]}, *args[1:], **kwargs)
