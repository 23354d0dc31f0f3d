from celery import Celery, Task
from celery_registry import BaseTasksRegistry
from names import TaskName


class Registry(BaseTasksRegistry):
    @property
    def called(self) -> Task[[int], int]:
        return self._get_task_by_name(TaskName.CALLED)

    @property
    def hopped(self) -> Task[[int], int]:
        return self._get_task_by_name(TaskName.HOPPED)

    @property
    def nested(self) -> Task[[int], int]:
        return self._get_task_by_name(TaskName.NESTED)

    @property
    def method(self) -> Task[[int], int]:
        return self._get_task_by_name(TaskName.METHOD)

    @property
    def queued(self) -> Task[[int], int]:
        return self._get_task_by_name(TaskName.QUEUED)

    @property
    def late(self) -> Task[[int], int]:
        return self._get_task_by_name(TaskName.LATE)

    @property
    def alias(self) -> Task[[int], int]:
        return self._get_task_by_name(TaskName.ALIAS)

    @property
    def quiet(self) -> Task[[int], int]:
        return self._get_task_by_name(TaskName.QUIET)

    @property
    def nobody(self) -> Task[[int], int]:  # E: No task is registered as "nobody" (TaskName.NOBODY)  [task-unregistered]  # N: hint: register the implementation: register_task(app, TaskName.NOBODY, function), or remove TaskName.NOBODY
        return self._get_task_by_name(TaskName.NOBODY)


class Wrong(BaseTasksRegistry):
    @property
    def quiet(self) -> Task[[str], int]:  # E: Task "quiet" declares parameter 1 as "str", but n takes "x" as "int"  [task-signature]  # N: hint: declare int at position 1, or widen "x" in n  # N: n stands in quiet.py
        return self._get_task_by_name(TaskName.QUIET)


def use(registry: Registry, app: Celery) -> None:
    registry.called.delay(x=1)
    registry.called.delay(x="1")  # E: Argument "x" to "delay" of "called" has incompatible type "str"; expected "int"  [arg-type]
    registry.hopped.delay(x=1)
    registry.hopped.delay(x="1")  # E: Argument "x" to "delay" of "hopped" has incompatible type "str"; expected "int"  [arg-type]
    registry.nested.delay(x=1)
    registry.nested.delay(x="1")  # E: Argument "x" to "delay" of "nested" has incompatible type "str"; expected "int"  [arg-type]
    registry.method.delay(x=1)
    registry.method.delay(x="1")  # E: Argument "x" to "delay" of "method" has incompatible type "str"; expected "int"  [arg-type]
    registry.queued.delay(x=1)
    registry.queued.delay(x="1")  # E: Argument "x" to "delay" of "queued" has incompatible type "str"; expected "int"  [arg-type]
    registry.late.delay(x=1)
    registry.late.delay(x="1")  # E: Argument "x" to "delay" of "late" has incompatible type "str"; expected "int"  [arg-type]
    registry.alias.delay(x=1)
    registry.alias.delay(x="1")  # E: Argument "x" to "delay" of "alias" has incompatible type "str"; expected "int"  [arg-type]
    registry.quiet.delay(x=1)
    registry.quiet.delay(x="1")  # E: Argument "x" to "delay" of "quiet" has incompatible type "str"; expected "int"  [arg-type]
    app.send_task("quiet", (1,))
    app.send_task("quiet", ("1",))  # E: Argument 1 to "n" has incompatible type "str"; expected "int"  [arg-type]
    app.send_task("hopped", kwargs={"x": 1})
    app.send_task("hopped", (1, 2))  # E: Too many arguments for "g"  [call-arg]
