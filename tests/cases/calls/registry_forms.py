"""Registry properties that are written in other ways than the usual one: the names of the task reach its callers all the same."""

from typing import TypeAlias

from celery import Task, shared_task

from celery_registry import BaseTasksRegistry

CountTask: TypeAlias = Task[[int], int]


@shared_task(name="forms.alias")
def alias(days: int) -> int:
    return days


@shared_task(name="forms.parent")
def parent(days: int) -> int:
    return days


@shared_task(name="forms.base")
def base(days: int) -> int:
    return days


@shared_task(name="forms.variable")
def variable(days: int) -> int:
    return days


class FormsRegistry(BaseTasksRegistry):
    @property
    def alias(self) -> CountTask:
        return self._get_task_by_name("forms.alias")

    @property
    def parent(self) -> Task[[int], int]:
        return super()._get_task_by_name("forms.parent")

    @property
    def base(self) -> Task[[int], int]:
        return BaseTasksRegistry._get_task_by_name(self, "forms.base")

    @property
    def variable(self) -> Task[[int], int]:
        """Two variables."""
        name = "forms.variable"
        task = self._get_task_by_name(name=name)
        return task


def send(registry: FormsRegistry) -> None:
    registry.alias.delay(days=1)
    registry.parent.delay(days=1)
    registry.base.delay(days=1)
    registry.variable.delay(days=1)
    registry.alias.delay(day=1)  # E: Unexpected keyword argument "day" for "delay" of "alias"; did you mean "days"?  [call-arg]
    registry.parent.delay(day=1)  # E: Unexpected keyword argument "day" for "delay" of "parent"; did you mean "days"?  [call-arg]
    registry.base.delay(day=1)  # E: Unexpected keyword argument "day" for "delay" of "base"; did you mean "days"?  [call-arg]
    registry.variable.delay(day=1)  # E: Unexpected keyword argument "day" for "delay" of "variable"; did you mean "days"?  [call-arg]
