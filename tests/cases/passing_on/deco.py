"""Decorators: some hand everything on, some supply a parameter, some nobody can read."""
import functools
import logging
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])
P = ParamSpec("P")
R = TypeVar("R")


def with_db(function: F) -> F:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return function(*args, db="db", **kwargs)

    return cast(F, wrapper)


def typed_db(function: Callable[Concatenate[str, P], R]) -> Callable[P, R]:
    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        return function("db", *args, **kwargs)

    return wrapper


def untyped_db(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, db="db", **kwargs)

    return wrapper


def quiet(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        """Errors go to the log."""
        try:
            return function(*args, **kwargs)
        except Exception:
            logging.exception("%s failed", function.__name__)
            raise

    return wrapper


def timed(label):
    def decorator(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            result = function(*args, **kwargs)
            print(label, kwargs.get("n"))
            return result

        return wrapper

    return decorator


def changing(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        kwargs["n"] = int(kwargs["n"])
        return function(*args, **kwargs)

    return wrapper


def listed(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*(args[0], *args[1:]), **kwargs)

    return wrapper


def unread(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(1, *args, **kwargs)

    return wrapper
