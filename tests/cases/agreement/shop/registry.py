from celery import Task

from celery_registry import BaseTasksRegistry
from shop.controllers import Receipt
from shop.names import TaskName


class TasksRegistry(BaseTasksRegistry):  # E: Task name "forgotten" (TaskName.FORGOTTEN) has no property in TasksRegistry  [task-no-property]  # N: hint: add a property to TasksRegistry that returns self._get_task_by_name(TaskName.FORGOTTEN)
    @property
    def right(self) -> Task[[int, str], Receipt]:
        return self._get_task_by_name(TaskName.RIGHT)

    @property
    def too_many(self) -> Task[[int, str], None]:  # E: Task "too_many" declares 2 parameters, but Controller.too_many accepts at most 1  [task-signature]  # N: Controller.too_many stands in shop/controllers.py  # N: hint: remove the surplus from the declared list, or add the parameter to Controller.too_many
        return self._get_task_by_name(TaskName.TOO_MANY)

    @property
    def too_few(self) -> Task[[int], None]:  # E: Task "too_few" declares 1 parameter, but Controller.too_few also requires "note"  [task-signature]  # N: Controller.too_few stands in shop/controllers.py  # N: hint: declare "note" too, or give it a default in Controller.too_few
        return self._get_task_by_name(TaskName.TOO_FEW)

    @property
    def keyword_only(self) -> Task[[int], None]:  # E: Task "keyword_only" declares a list of parameters, but Controller.keyword_only requires the keyword-only "note"  [task-signature]  # N: Controller.keyword_only stands in shop/controllers.py  # N: hint: declare Task[..., None], or give "note" a default in Controller.keyword_only
        return self._get_task_by_name(TaskName.KEYWORD_ONLY)

    @property
    def type(self) -> Task[[int, int], None]:  # E: Task "type" declares parameter 2 as "int", but Controller.type takes "note" as "str"  [task-signature]  # N: Controller.type stands in shop/controllers.py  # N: hint: declare str at position 2, or widen "note" in Controller.type
        return self._get_task_by_name(TaskName.TYPE)

    @property
    def result(self) -> Task[[], str]:  # E: Task "result" declares the result "str", but Controller.result returns "Receipt"  [task-result]  # N: Controller.result stands in shop/controllers.py  # N: hint: declare Receipt as the result, or change what Controller.result returns
        return self._get_task_by_name(TaskName.RESULT)

    @property
    def defaults(self) -> Task[[int], None]:
        return self._get_task_by_name(TaskName.DEFAULTS)

    @property
    def whole(self) -> Task[..., Receipt]:
        return self._get_task_by_name(TaskName.WHOLE)

    @property
    def documented(self) -> Task[[int], None]:  # E: The docstring of task "documented" documents "ordr", but Controller.documented has no such parameter; did you mean "order"?  [task-signature]  # N: Controller.documented stands in shop/controllers.py  # N: hint: name the parameters of Controller.documented in the Args: section: order
        """
        Args:
            ordr: The number of the order
        """
        return self._get_task_by_name(TaskName.DOCUMENTED)

    @property
    def bound(self) -> Task[[int], None]:
        return self._get_task_by_name(TaskName.BOUND)

    @property
    def nobody(self) -> Task[[int], None]:  # E: No task is registered as "nobody" (TaskName.NOBODY)  [task-unregistered]  # N: hint: register the implementation: register_task(app, TaskName.NOBODY, function), or remove TaskName.NOBODY
        return self._get_task_by_name(TaskName.NOBODY)

    @property
    def right_again(self) -> Task[[int, str], Receipt]:  # E: Task name "right" is returned by two properties: TasksRegistry.right and TasksRegistry.right_again  [task-duplicate]  # N: TasksRegistry.right stands at line 10  # N: hint: keep one of them
        return self._get_task_by_name(TaskName.RIGHT)

    @property
    def literal(self) -> Task[[], None]:  # E: Task name "literal" is not in TaskName  [task-unknown-name]  # N: hint: use a member of TaskName, or add one with this value; where another service has the task, add it to external
        return self._get_task_by_name("literal")
