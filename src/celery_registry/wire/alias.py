"""The old name of a task, kept alive for the messages that still carry it.

Law: one task that hands its message on to another. It judges no signature; the lock and the guard read it.
"""

from __future__ import annotations

import datetime
import inspect
import logging
import sys
from collections.abc import Callable, Mapping
from enum import Enum
from types import FunctionType
from typing import TYPE_CHECKING, Any, get_type_hints, overload

import celery._state
from celery import Celery, Task
from celery.app.task import Context

from celery_registry.contract.finding import Finding
from celery_registry.contract.task import Origin
from celery_registry.errors import RegistrationError, TaskNotFoundError

if TYPE_CHECKING:
    from typing import ParamSpec

    P = ParamSpec("P")

__all__ = ["Alias", "alias", "check_aliases", "registered_aliases"]

logger = logging.getLogger("celery_registry.alias")

#: What ``celery.current_task`` looks at.
_task_stack: Any = getattr(celery._state, "_task_stack")  # noqa: B009 - the stubs do not know it

#: What Celery asks of a task before it runs, which must be the new task's answer.
_INHERITED = (
    *("acks_late", "acks_on_failure_or_timeout", "reject_on_worker_lost", "ignore_result", "rate_limit"),
    *("store_errors_even_if_ignored", "time_limit", "soft_time_limit", "track_started", "max_retries"),
    *("serializer", "send_events", "store_eager_result", "trail", "throws", "default_retry_delay", "expires"),
)


# Task takes type arguments in the stubs; at run time it may not.
class Alias(Task):  # type: ignore[type-arg]
    """The task that ``alias`` registers under the old name.

    ``hits`` counts its messages in this process (of a whole fleet: ``total`` in ``celery inspect stats``).
    """

    abstract = True
    typing = False
    new_name: str
    adapt: Callable[..., Any] | None = None
    expires_on: datetime.date | None = None
    hits: int = 0
    origin: Origin = Origin()

    def target_or_none(self) -> Any:
        """The new task, None where nobody registered it."""
        return self.app.tasks.get(self.new_name)

    def hand_on(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run the new task in the place of this one, under the message's own id, retries and headers."""
        self.hits += 1
        self._tell()
        target = self.target_or_none()
        if target is None:
            raise TaskNotFoundError(self.new_name)
        if self.adapt is not None:
            adapt: Callable[..., Any] = self.adapt
            args, kwargs = _adapted(adapt(*args, **kwargs), str(self.name))
        # retry() sends what the request says, so it must name the new task and the new arguments.
        context: Any = Context
        target.request_stack.push(context(self.request.__dict__, args=args, kwargs=kwargs, task=self.new_name))
        _task_stack.push(target)
        try:
            # A class with a __call__ of its own expects to be called by it, as Celery's tracer does.
            own_call = type(target).__call__ is not Task.__call__
            return target(*args, **kwargs) if own_call else target.run(*args, **kwargs)
        finally:
            _task_stack.pop()
            target.request_stack.pop()

    def _tell(self) -> None:
        if is_expired(self):
            logger.warning(
                'task name "%s" is an alias of "%s" that expired on %s, and messages still carry it',
                self.name,
                self.new_name,
                self.expires_on,
            )
        else:
            logger.info('task name "%s" is an alias of "%s": a message still carries it', self.name, self.new_name)


def _run(task: Alias, *args: Any, **kwargs: Any) -> Any:
    return task.hand_on(args, kwargs)


def _inherit(name: str) -> property:
    def read(self: Alias) -> Any:
        own = self.__dict__.get(name)
        return own if own is not None else getattr(self.target_or_none(), name, getattr(Task, name, None))

    def write(self: Alias, value: Any) -> None:
        self.__dict__[name] = value

    return property(read, write)


for _name in _INHERITED:
    setattr(Alias, _name, _inherit(_name))


@overload
def alias(
    app: Celery,
    *,
    old: str,
    new: str,
    adapt: Callable[P, Mapping[str, Any] | tuple[Any, ...]],
    expires: str | datetime.date | None = None,
) -> Task[P, Any]: ...
@overload
def alias(
    app: Celery, *, old: str, new: str, adapt: None = None, expires: str | datetime.date | None = None
) -> Task[..., Any]: ...
def alias(
    app: Celery,
    *,
    old: str,
    new: str,
    adapt: Callable[..., Any] | None = None,
    expires: str | datetime.date | None = None,
) -> Any:
    """Run messages for the task name ``old`` as the task ``new``, which may be registered later.

    ``adapt`` takes what an old message carries and returns what the new task takes: a mapping of keyword
    arguments or a tuple of positional ones. ``expires`` is the day (``"2027-01-31"``) after which each message is
    logged as a warning, ``celery-registry check`` and ``celery-registry lock --check`` fail, and a guarded worker
    warns when it boots; the alias goes on working.

    Raises ``RegistrationError`` where the two names are one, where the date is none, and where ``old`` is registered.
    """
    old_name, new_name = _plain_name(old), _plain_name(new)
    if old_name == new_name:
        raise RegistrationError(
            f'an alias needs two names, and both are "{old_name}"; register the new task under another'
        )
    # app.tasks would finalize the application, whose configuration may not be there yet.
    existing = vars(app)["_tasks"].get(old_name)
    if existing is not None and not isinstance(existing, Alias):
        raise RegistrationError(f'"{old_name}" is a registered task, so it cannot be an alias of "{new_name}"')
    frame = sys._getframe(1)
    members = {
        "origin": Origin(frame.f_code.co_filename, frame.f_lineno, 0, "alias"),
        "new_name": new_name,
        "expires_on": _read_date(expires),
        "adapt": None if adapt is None else staticmethod(adapt),
        "abstract": True,
        "__doc__": f'The alias "{old_name}" of "{new_name}".',
    }
    # Each alias has a function of its own, which shows the parameters of an old message.
    run = FunctionType(_run.__code__, globals(), "alias")
    if adapt is not None:
        run.__dict__["__signature__"] = _old_signature(adapt)
    base: Any = type("Alias", (Alias,), members)
    decorate: Any = app.task(name=old_name, base=base, bind=True, shared=False, typing=False)
    return decorate(run)


def _old_signature(adapt: Callable[..., Any]) -> inspect.Signature:
    """What ``adapt`` takes, after the task itself; annotations resolved where its own module can."""
    try:
        signature = inspect.signature(adapt)
    except (TypeError, ValueError, NameError) as error:
        raise RegistrationError(f"adapt has no signature that Python can read: {error}") from None
    try:
        hints = get_type_hints(adapt)
    except Exception:  # an annotation may name anything
        hints = {}
    parameters = [p.replace(annotation=hints.get(p.name, p.annotation)) for p in signature.parameters.values()]
    first = inspect.Parameter("task", inspect.Parameter.POSITIONAL_ONLY)
    if any(p.kind is p.POSITIONAL_OR_KEYWORD and p.name == "task" for p in parameters):
        first = first.replace(name="_task")
    return inspect.Signature([first, *parameters])


def registered_aliases(app: Celery) -> tuple[Alias, ...]:
    """The aliases of ``app``, sorted by name."""
    return tuple(
        task for _, task in sorted(app.tasks.items(), key=lambda item: str(item[0])) if isinstance(task, Alias)
    )


def check_aliases(app: Celery, today: datetime.date | None = None) -> tuple[Finding, ...]:
    """Aliases that are past their date, or whose new task nobody registered."""
    findings = []
    for task in registered_aliases(app):
        facts = {"new": task.new_name, "expires": str(task.expires_on)}
        if task.target_or_none() is None:
            findings.append(Finding("alias-without-task", str(task.name), facts, task.origin))
        if is_expired(task, today):
            findings.append(Finding("alias-expired", str(task.name), facts, task.origin))
    return tuple(findings)


def is_expired(task: Alias, today: datetime.date | None = None) -> bool:
    """Whether the day of the alias is over (local time)."""
    return task.expires_on is not None and (today or datetime.date.today()) > task.expires_on


def _adapted(adapted: Any, name: str) -> tuple[tuple[Any, ...], dict[str, Any]]:
    if isinstance(adapted, Mapping):
        return (), dict(adapted)
    if isinstance(adapted, (tuple, list)):
        return tuple(adapted), {}
    raise TypeError(f'adapt of the alias "{name}" must return a mapping or a tuple, not {type(adapted).__name__}')


def _read_date(expires: str | datetime.date | None) -> datetime.date | None:
    if expires is None or (isinstance(expires, datetime.date) and not isinstance(expires, datetime.datetime)):
        return expires
    if isinstance(expires, datetime.datetime):
        return expires.date()
    try:
        return datetime.date.fromisoformat(expires)
    except (TypeError, ValueError):
        raise RegistrationError(f'expires must be a day such as "2027-01-31", not {expires!r}') from None


def _plain_name(name: str) -> str:
    return str(name.value) if isinstance(name, Enum) else name
