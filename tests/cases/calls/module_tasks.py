"""``module.task(...)`` calls the task, as its bare name does."""

from celery import Task

import registration_by_module as work

work.add(1, 2)
work.add("1", 2)  # E: Argument 1 to "add" has incompatible type "str"; expected "int"  [arg-type]
work.add.delay("1", 2)  # E: Argument 1 to "delay" of "add" has incompatible type "str"; expected "int"  [arg-type]
work.send("a", "b")
work.send("a", 2)  # E: Argument 2 to "send" has incompatible type "int"; expected "str"  [arg-type]
work.shared(1)
work.shared("1")  # E: Argument 1 to "shared" has incompatible type "str"; expected "int"  [arg-type]


from registration_by_module import add as plus, shared as again




def under_other_names(task: Task[[int], None], flag: bool) -> None:
    plus.delay("1", 2)  # E: Argument 1 to "delay" of "add" has incompatible type "str"; expected "int"  [arg-type]
    again.apply_async((1,), countdwn=3)  # E: Unexpected keyword argument "countdwn" for "apply_async" of "shared"; did you mean "countdown"?  [call-arg]
    task.delay("1")  # E: Argument 1 to "delay" of "Task" has incompatible type "str"; expected "int"  [arg-type]
    task("1")  # E: Argument 1 to "__call__" of "Task" has incompatible type "str"; expected "int"  [arg-type]
    task.apply_async((1,), countdwn=3)  # E: Unexpected keyword argument "countdwn" for "apply_async" of "Task"; did you mean "countdown"?  [call-arg]
    mine = work.shared
    mine.delay("1")  # E: Argument 1 to "delay" of "Task" has incompatible type "str"; expected "int"  [arg-type]
    plus.delay(1, 2)
    again.apply_async((1,), countdown=3)
    task.delay(1)
    mine.delay(1)
