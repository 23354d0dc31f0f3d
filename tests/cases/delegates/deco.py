"""Every kind of function that registers what it is given."""

from functools import partial

from celery import Celery


class Own(Celery):
    def job(self, *args, **kwargs):
        def decorator(function):
            kwargs.pop("run_every", None)
            return self.task(function, *args, **kwargs)

        return decorator


app = Own("own")


class Queue:
    def __init__(self, app: Celery) -> None:
        self.app = app

    def task(self, name: str):
        return self.app.task(name=name)


queue = Queue(app)
late = partial(app.task, acks_late=True)
alias = app.task


def called(name, **kwargs):
    return app.task(name=name, **kwargs)


def base(*args, **kwargs):
    return app.task(*args, **kwargs)


def hopped(name, **kwargs):
    return base(name=name, bind=True, **kwargs)


def nested(*args, **kwargs):
    def decorator(function):
        return app.task(*args, **kwargs)(function)

    return decorator
