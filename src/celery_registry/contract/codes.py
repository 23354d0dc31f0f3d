"""The table: code -> meaning and severity, problem -> sentence and hint.

Law: every word that mypy, a booting worker and the commands share stands here, once.
It never learns who prints it. ``docs/codes.md`` shows this table; a test keeps them equal.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

__all__ = ["CODES", "PROBLEMS", "Code", "CodeRow", "Problem", "Severity"]


class Severity(enum.Enum):
    """What a finding does: stop, be told, or nothing."""

    ERROR = "error"
    WARNING = "warning"
    OFF = "off"


class Code(str, enum.Enum):
    """The stable name of a kind of problem, as in ``# type: ignore[task-signature]``."""

    SIGNATURE = "task-signature"
    RESULT = "task-result"
    UNREGISTERED = "task-unregistered"
    UNDECLARED = "task-undeclared"
    NO_PROPERTY = "task-no-property"
    UNKNOWN_NAME = "task-unknown-name"
    DUPLICATE = "task-duplicate"
    BOUND_METHOD = "task-bound-method"
    UNVERIFIABLE = "task-unverifiable"
    PAYLOAD = "task-payload"
    SCHEDULE = "task-schedule"
    ROUTE = "task-route"
    IMPORT = "task-import"
    IGNORED_RESULT = "task-ignored-result"
    TIMEOUT = "task-timeout"
    SYNC_CALL = "task-sync-call"
    INCOMPATIBLE = "task-incompatible"
    BIND = "task-bind"
    DEADLOCK = "task-deadlock"
    TRANSACTION = "task-transaction"
    DEPLOY = "task-deploy"
    # mypy's own, for what ``check`` finds without mypy.
    CALL_ARG = "call-arg"
    ARG_TYPE = "arg-type"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class CodeRow:
    """What a code means and how severe it is unless the user says otherwise."""

    meaning: str
    severity: Severity = Severity.ERROR


@dataclass(frozen=True)
class Problem:
    """One way to break a rule: the code, the sentence and the hint, both filled with the finding's facts.

    ``severity`` is that of the code unless one of its problems weighs less.
    """

    code: Code
    sentence: str
    hint: str
    severity: Severity | None = None


CODES: Final[Mapping[Code, CodeRow]] = {
    Code.SIGNATURE: CodeRow("The declared parameters are not the parameters of the implementation."),
    Code.RESULT: CodeRow("The declared result is not the result of the implementation."),
    Code.UNREGISTERED: CodeRow("A TaskName that no registered task has."),
    Code.UNDECLARED: CodeRow("A registered task that TaskName does not name."),
    Code.NO_PROPERTY: CodeRow("A TaskName that no property of the registry returns."),
    Code.UNKNOWN_NAME: CodeRow("A task name that TaskName does not have."),
    Code.DUPLICATE: CodeRow("One task name with two properties or two implementations."),
    Code.BOUND_METHOD: CodeRow("A raw bound method is registered: Celery breaks its .delay() and .apply_async()."),
    Code.UNVERIFIABLE: CodeRow(
        "A wrapper or an annotation hides the truth, so nothing can be compared.", Severity.WARNING
    ),
    Code.PAYLOAD: CodeRow("An argument or a result that the serializer rejects or changes."),
    Code.SCHEDULE: CodeRow("A beat entry whose task or arguments do not fit."),
    Code.ROUTE: CodeRow("A route, an annotation, a queue or a setting that names nothing."),
    Code.IMPORT: CodeRow("A task module that could not be imported, so its tasks are missing."),
    Code.IGNORED_RESULT: CodeRow("The result of a call that ignores its result is asked for."),
    Code.TIMEOUT: CodeRow("The builtin TimeoutError never catches the timeout of AsyncResult.get().", Severity.WARNING),
    Code.SYNC_CALL: CodeRow("A task is called synchronously where that blocks a request."),
    Code.INCOMPATIBLE: CodeRow("A change that breaks messages in flight."),
    Code.BIND: CodeRow("A task of bind=True whose function takes no task."),
    Code.DEADLOCK: CodeRow("A task waits for the result of another task.", Severity.WARNING),
    Code.TRANSACTION: CodeRow("A task is sent inside a transaction that is not committed yet.", Severity.OFF),
    Code.DEPLOY: CodeRow("Processes that leave a queue or a schedule to nobody, or send each entry twice."),
    Code.CALL_ARG: CodeRow("A call with too many, missing or unknown arguments: the task cannot run."),
    Code.ARG_TYPE: CodeRow("A call with a value of another type than the parameter's."),
}


PROBLEMS: Final[Mapping[str, Problem]] = {
    # -- task-signature: the declared list against the parameters ------------------------------------------------
    "too-many-declared": Problem(
        Code.SIGNATURE,
        'Task "{task}" declares {declared}, but {implementation} accepts at most {actual}',
        "remove the surplus from the declared list, or add the parameter to {implementation}",
    ),
    "too-few-declared": Problem(
        Code.SIGNATURE,
        'Task "{task}" declares {declared}, but {implementation} also requires {missing}',
        "declare {missing} too, or give it a default in {implementation}",
    ),
    "self-from-callers": Problem(
        Code.SIGNATURE,
        'Task "{task}" takes "self" from its callers: {implementation} is a function to Celery, and nobody binds it',
        'take "self" away (@staticmethod above the decorator of a task in a class), or write bind=True where it is the task itself',
    ),
    "keyword-only-required": Problem(
        Code.SIGNATURE,
        'Task "{task}" declares a list of parameters, but {implementation} requires the keyword-only {missing}',
        "declare Task[..., {result}], or give {missing} a default in {implementation}",
    ),
    "parameter-type": Problem(
        Code.SIGNATURE,
        'Task "{task}" declares parameter {position} as "{declared}", but {implementation} takes {parameter} as "{actual}"',
        "declare {actual} at position {position}, or widen {parameter} in {implementation}",
    ),
    "documented-name": Problem(
        Code.SIGNATURE,
        'The docstring of task "{task}" documents {declared}, but {implementation} has no such parameter{nearest}',
        "name the parameters of {implementation} in the Args: section: {actual}",
    ),
    # -- task-result ---------------------------------------------------------------------------------------------
    "result-type": Problem(
        Code.RESULT,
        'Task "{task}" declares the result "{declared}", but {implementation} returns "{actual}"',
        "declare {actual} as the result, or change what {implementation} returns",
    ),
    # -- the registry as a whole ---------------------------------------------------------------------------------
    "name-not-registered": Problem(
        Code.UNREGISTERED,
        'No task is registered as "{task}" ({declared}){nearest}',
        "register the implementation: register_task(app, {declared}, function), or remove {declared}{elsewhere}",
    ),
    "name-without-property": Problem(
        Code.NO_PROPERTY,
        'Task name "{task}" ({declared}) has no property in {registry}',
        "add a property to {registry} that returns self._get_task_by_name({declared})",
    ),
    "task-not-declared": Problem(
        Code.UNDECLARED,
        'Task "{task}" is registered, but {names} does not name it{nearest}',
        'add {member} = "{task}" to {names}',
    ),
    "name-not-in-enum": Problem(
        Code.UNKNOWN_NAME,
        'Task name "{task}" is not in {names}{nearest}',
        "use a member of {names}, or add one with this value; where another service has the task, add it to external",
    ),
    "name-of-a-member": Problem(
        Code.UNKNOWN_NAME,
        'Celery takes the name of {member} for the task\'s, "{name}", and not its value "{task}"',
        "write {member}.value",
    ),
    "two-properties": Problem(
        Code.DUPLICATE,
        'Task name "{task}" is returned by two properties: {first} and {second}',
        "keep one of them",
    ),
    "two-implementations": Problem(
        Code.DUPLICATE,
        'Task name "{task}" has two implementations: {first} and {second}',
        "give one of them another name: which one runs is arbitrary",
    ),
    "two-members": Problem(
        Code.DUPLICATE,
        'Task name "{task}" has two members in {names}: {first} and {second}',
        "give each member a value of its own",
    ),
    "bound-method": Problem(
        Code.BOUND_METHOD,
        'Task "{task}" registers the bound method {implementation}: Celery breaks its .delay() and .apply_async()',
        "write register_task(app, {declared}, {method}), which keeps the real parameters",
    ),
    "hidden-signature": Problem(
        Code.UNVERIFIABLE,
        'Task "{task}" cannot be verified: {implementation} {reason}',
        "use functools.wraps, or a decorator that keeps the signature",
    ),
    "lambda-task": Problem(
        Code.UNVERIFIABLE,
        'Task "{task}" is a lambda: Celery compiles its name, so no application with such a task starts',
        "write a def",
        Severity.ERROR,
    ),
    "unreadable-annotation": Problem(
        Code.UNVERIFIABLE,
        'Task "{task}" cannot be verified: the annotation of {declared} is {actual}',
        "annotate the property as Task[[...], Result]",
    ),
    "asked-outside": Problem(
        Code.UNVERIFIABLE,
        'Task "{task}" cannot be verified: {registry} asks for {declared} outside of a property',
        "write a property that returns Task[[...], Result]",
    ),
    # -- schedules, routes, imports ------------------------------------------------------------------------------
    "schedule-unknown-task": Problem(
        Code.SCHEDULE,
        'Schedule entry "{entry}" names the task "{task}", which is not registered{nearest}',
        "name a registered task",
    ),
    "schedule-arguments": Problem(
        Code.SCHEDULE,
        'Schedule entry "{entry}" does not fit task "{task}": {reason}; {implementation} takes {actual}',
        "change args and kwargs of the entry",
    ),
    "schedule-entry": Problem(
        Code.SCHEDULE,
        'Schedule entry "{entry}" of task "{task}" cannot be sent: {reason}',
        "write a dictionary with task, schedule, args, kwargs and options, as beat reads it",
    ),
    "crontab-every-minute": Problem(
        Code.SCHEDULE,
        "crontab({fields}) has no minute, so it is due in every minute of that time",
        "write minute=0 for once, or minute='*' where every minute is meant",
        Severity.WARNING,
    ),
    "crontab-unknown-field": Problem(
        Code.SCHEDULE,
        'Unexpected keyword argument "{name}" for "crontab"{nearest}: the module that calls it cannot be imported',
        "name a field of crontab: minute, hour, day_of_week, day_of_month, month_of_year",
    ),
    "crontab-refused-value": Problem(
        Code.SCHEDULE,
        "crontab refuses {name}={value} ({reason}): the module that calls it cannot be imported",
        "write what the field takes: minute 0-59, hour 0-23, day_of_week 0-6 (Sunday is 0), day_of_month 1-31, "
        "month_of_year 1-12",
    ),
    "schedule-type": Problem(
        Code.SCHEDULE,
        'Schedule entry "{entry}" passes argument {name} of task "{task}" as "{given}"; {implementation} takes "{expected}"',
        "give a value of the parameter's type, or widen the parameter",
        # Beat sends it, and Python holds no function to its annotations.
        Severity.WARNING,
    ),
    "schedule-option": Problem(
        Code.SCHEDULE,
        'Schedule entry "{entry}" of task "{task}" has the option "{option}", which nothing reads; did you mean "{near}"?',
        "name an option of apply_async",
        # Celery drops it without a word: the worker runs today, and goes on running.
        Severity.WARNING,
    ),
    "schedule-replaced": Problem(
        Code.SCHEDULE,
        'Schedule entry "{task}" takes the place of an earlier one of the same name, which never runs',
        "give each a name of its own: name=...; without one it is the signature",
        # Celery says so in its log, and goes on.
        Severity.WARNING,
    ),
    "route-unknown-task": Problem(
        Code.ROUTE,
        '{setting} names "{task}", which matches no registered task{nearest}',
        "name a registered task, or remove the entry",
    ),
    "route-unreadable": Problem(
        Code.ROUTE,
        'task_routes has "{task}" where Celery reads a table or a router: it sends no message of any task',
        "put the name into a dictionary, with its options as value",
    ),
    "route-unknown-queue": Problem(
        Code.ROUTE,
        '{use} names the queue "{queue}", which task_queues does not have{nearest}',
        "add the queue to task_queues, or name one that is there",
    ),
    "setting-misspelt": Problem(
        Code.ROUTE,
        'Celery has no setting "{task}", and nothing else in the program reads it; did you mean "{near}"?',
        'write "{near}"',
        # Celery passes over it without a word.
        Severity.WARNING,
    ),
    # -- task-deploy ---------------------------------------------------------------------------------------------
    "queue-without-worker": Problem(
        Code.DEPLOY,
        'Task "{task}"{more} goes to the queue "{queue}", which no worker of {files} consumes{nearest}',
        "start a worker with -Q {queue}, or send the task to a queue that is consumed",
    ),
    "queue-of-another-app": Problem(
        Code.DEPLOY,
        'Task "{task}"{more} goes to the queue "{queue}", which only {worker} consumes: its application {app} lacks the task',
        "start a worker of the task's own application with -Q {queue}, or give each application queues of its own",
    ),
    "two-beats": Problem(
        Code.DEPLOY,
        "{first} and {second} are both beats of {app}: each entry of the schedule is sent twice",
        "start one beat: keep -B and celery beat apart, and one copy of it",
    ),
    "schedule-without-beat": Problem(
        Code.DEPLOY,
        "The schedule has entries, but {files} starts workers and no beat: nothing of it is ever sent",
        "start celery beat, or one worker with -B",
        Severity.WARNING,
    ),
    "import-failed": Problem(
        Code.IMPORT,
        'The task module "{task}" could not be imported: {reason}',
        "mend the import: the tasks of this module are missing",
    ),
    "discovery-misses": Problem(
        Code.IMPORT,
        'autodiscover_tasks looks for "{wanted}", which is not there, and nothing imports "{task}": its tasks are missing',
        'give related_name="{related}", add "{task}" to include, or import it in the module that is looked for',
        Severity.WARNING,
    ),
    # -- what crosses the wire -----------------------------------------------------------------------------------
    "payload-rejected": Problem(
        Code.PAYLOAD,
        'Task "{task}" {takes} "{declared}", which the {serializer} serializer rejects: {blamed} cannot be sent',
        "pass something that {serializer} carries, or set another serializer for this task",
    ),
    "payload-changed": Problem(
        Code.PAYLOAD,
        'Task "{task}" {takes} "{declared}", which the {serializer} serializer changes: {blamed} arrives as {becomes}',
        "declare {becomes}, which is what arrives",
        Severity.WARNING,
    ),
    "serializer-not-accepted": Problem(
        Code.PAYLOAD,
        "{use} is sent as {serializer}, which a worker of this application refuses: accept_content has {accepted}",
        "add {serializer} to accept_content, or send as what is there",
        # Whoever sends may be configured otherwise.
        Severity.WARNING,
    ),
    "alias-expired": Problem(
        Code.INCOMPATIBLE,
        'The alias "{task}" of task "{new}" expired on {expires}',
        "remove the alias once no message carries the old name, or set a later day",
    ),
    "alias-without-task": Problem(
        Code.UNREGISTERED,
        'The alias "{task}" leads to the task "{new}", which is not registered',
        "register the task, or name a registered one in the alias",
    ),
    "contract-differs": Problem(
        Code.INCOMPATIBLE,
        'Task "{task}" is {actual}, and the contract {contract} says {declared}',
        "write the lock again (celery-registry lock), or keep to what other services send",
    ),
    "incompatible-change": Problem(
        Code.INCOMPATIBLE,
        'Task "{task}" {title}: {reasons} ({order})',
        "{remedy}",
    ),
    "message-unknown-task": Problem(
        Code.INCOMPATIBLE,
        '{count} waiting in {place} {names} the task "{task}", which is not registered{nearest}',
        'keep the old name: celery_registry.alias(app, old="{task}", new=...), or let the queue drain first',
    ),
    "message-arguments": Problem(
        Code.INCOMPATIBLE,
        '{count} waiting in {place} {do} not fit task "{task}": {reason}',
        "let the queue drain first, or accept the old arguments for one release",
    ),
    # -- calls, in mypy's words ----------------------------------------------------------------------------------
    "call-too-many": Problem(
        Code.CALL_ARG,
        "Too many arguments for {callee}",
        "remove the surplus, or add the parameter to the task",
    ),
    "call-unexpected": Problem(
        Code.CALL_ARG,
        'Unexpected keyword argument "{name}" for {callee}{nearest}',
        "name a parameter of the task",
    ),
    "call-unknown-option": Problem(
        Code.CALL_ARG,
        'Unexpected keyword argument "{name}" for {callee}{nearest}',
        "name an option that Celery knows",
    ),
    "call-multiple": Problem(
        Code.CALL_ARG,
        '{callee} gets multiple values for keyword argument "{name}"',
        "give {name} once",
    ),
    "call-of-nothing": Problem(
        Code.CALL_ARG,
        '"{callee}" runs here and returns None, which has no "{method}"',
        "write {callee}.{method}(...)",
    ),
    "function-is-no-task": Problem(
        Code.CALL_ARG,
        '"{name}" is a function that nothing makes a task, so it has no "{of}"',
        "write the task decorator above {name}, or call it as a function",
    ),
    "module-lacks-task": Problem(
        Code.CALL_ARG,
        'Module "{of}" has no attribute "{name}"; did you mean "{near}"?',
        "name the task as its module does",
    ),
    "task-lacks-method": Problem(
        Code.CALL_ARG,
        '"{of}" has no attribute "{name}"; did you mean "{near}"?',
        "write {near}",
    ),
    "call-missing": Problem(
        Code.CALL_ARG,
        "Missing positional {names} in call to {callee}",
        "give every parameter that has no default",
    ),
    "call-missing-named": Problem(
        Code.CALL_ARG,
        "Missing named {names} for {callee}",
        "give every parameter that has no default",
    ),
    # What fits as it is written, and not with what Celery gives an errback.
    "errback-too-many": Problem(
        Code.CALL_ARG,
        "Too many arguments for {callee}",
        "take what Celery gives: {rule}",
    ),
    "errback-missing": Problem(
        Code.CALL_ARG,
        "Missing positional {names} in call to {callee}",
        "take what Celery gives: {rule}",
    ),
    "call-bare-value": Problem(
        Code.ARG_TYPE,
        'Argument "args" has incompatible type "{given}"; expected a list or tuple of arguments',
        "write a tuple of one value with its comma, (value,), or a list",
    ),
    "call-no-mapping": Problem(
        Code.ARG_TYPE,
        'Argument "kwargs" has incompatible type "{given}"; expected a mapping of keyword arguments',
        "write a dictionary of keyword arguments; what is an option is named, as queue=...",
    ),
    "call-single-value": Problem(
        Code.ARG_TYPE,
        'Argument "args" is {given}; expected a list or tuple of arguments',
        "write {mended}",
    ),
    "call-type": Problem(
        Code.ARG_TYPE,
        'Argument {name} to {callee} has incompatible type "{given}"; expected "{expected}"',
        "give a value of the parameter's type, or widen the parameter",
    ),
    "chain-of-list": Problem(
        Code.ARG_TYPE,
        'Argument {name} to "{of}" is a list or a tuple: Celery joins signatures, and raises TypeError here',
        "write group(...) around what is to run at once",
    ),
    "call-option-type": Problem(
        Code.ARG_TYPE,
        'Argument {name} to {callee} has incompatible type "{given}"; expected "{expected}"',
        "give seconds as a number to countdown and expires, and a datetime to eta",
    ),
    "bound-without-self": Problem(
        Code.BIND,
        'Task "{task}" has bind=True, but {implementation} takes no argument for the task: every run is a TypeError',
        "write self as the first parameter, or remove bind=True",
    ),
    # -- results and calls ---------------------------------------------------------------------------------------
    "ignored-result": Problem(
        Code.IGNORED_RESULT,
        'The result of task "{task}" is ignored, so .get() returns None at once',
        "drop ignore_result=True, or do not ask for the result",
    ),
    "result-in-task": Problem(
        Code.DEADLOCK,
        'The result of task "{task}" is waited for inside the task "{inside}": Celery raises RuntimeError, or the worker blocks',
        "use a chain or a callback; where waiting is safe: .get(disable_sync_subtasks=False), or allow_join_result()",
    ),
    "sent-in-transaction": Problem(
        Code.TRANSACTION,
        'Task "{task}" is sent inside transaction.atomic(): a worker may run it before the commit, or after a rollback',
        "use .delay_on_commit(), or transaction.on_commit(partial(task.delay, ...))",
    ),
    "builtin-timeout": Problem(
        Code.TIMEOUT,
        "The builtin TimeoutError never catches the timeout of AsyncResult.get()",
        "catch celery.exceptions.TimeoutError",
    ),
    "sync-call": Problem(
        Code.SYNC_CALL,
        'Task "{task}" is called synchronously: the request hangs until it completes',
        "use .delay() or .apply_async() and return the task id for status polling",
    ),
}
