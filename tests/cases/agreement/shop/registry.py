from celery import Task

from celery_registry import BaseTasksRegistry
from shop.controllers import Receipt
from shop.names import TaskName


class TasksRegistry(BaseTasksRegistry):
    @property
    def right(self) -> Task[[int, str], Receipt]:
        return self._get_task_by_name(TaskName.RIGHT)

    @property
    def too_many(self) -> Task[[int, str], None]:
        return self._get_task_by_name(TaskName.TOO_MANY)

    @property
    def too_few(self) -> Task[[int], None]:
        return self._get_task_by_name(TaskName.TOO_FEW)

    @property
    def keyword_only(self) -> Task[[int], None]:
        return self._get_task_by_name(TaskName.KEYWORD_ONLY)

    @property
    def type(self) -> Task[[int, int], None]:
        return self._get_task_by_name(TaskName.TYPE)

    @property
    def result(self) -> Task[[], str]:
        return self._get_task_by_name(TaskName.RESULT)

    @property
    def defaults(self) -> Task[[int], None]:
        return self._get_task_by_name(TaskName.DEFAULTS)

    @property
    def whole(self) -> Task[..., Receipt]:
        return self._get_task_by_name(TaskName.WHOLE)

    @property
    def documented(self) -> Task[[int], None]:
        """
        Args:
            ordr: The number of the order
        """
        return self._get_task_by_name(TaskName.DOCUMENTED)

    @property
    def bound(self) -> Task[[int], None]:
        return self._get_task_by_name(TaskName.BOUND)

    @property
    def nobody(self) -> Task[[int], None]:
        return self._get_task_by_name(TaskName.NOBODY)

    @property
    def right_again(self) -> Task[[int, str], Receipt]:
        return self._get_task_by_name(TaskName.RIGHT)

    @property
    def literal(self) -> Task[[], None]:
        return self._get_task_by_name("literal")
