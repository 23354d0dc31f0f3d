"""Functions of a program's own that register what they stand on."""

from applications import celery
from celery import Celery, shared_task

plain = Celery("plain")


def job(name, **options):
    return plain.task(name=name, **options)


def shared(name):
    return shared_task(name=name)


def hopped(name):
    return job(name=name, acks_late=True)  # type: ignore[no-untyped-call]


def nested(*args, **kwargs):
    def decorator(function):
        return plain.task(*args, **kwargs)(function)

    return decorator


def bare(function):
    return celery.task(function)


class Jobs:
    def job(self, name):
        return plain.task(name=name)


jobs = Jobs()


def supplying(name):
    """Registers another function than the one it is given."""

    def decorator(function):
        @plain.task(name=name)
        def wrapper(*args, **kwargs):
            return function("session", *args, **kwargs)

        return wrapper

    return decorator


def counted(function):
    return function
