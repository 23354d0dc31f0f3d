"""``module.task(...)`` calls the task, as its bare name does."""

import registration_by_module as work

work.add(1, 2)
work.add("1", 2)  # E: Argument 1 to "__call__" of "Task" has incompatible type "str"; expected "int"  [arg-type]
work.add.delay("1", 2)  # E: Argument 1 to "delay" of "Task" has incompatible type "str"; expected "int"  [arg-type]
work.send("a", "b")
work.send("a", 2)  # E: Argument 2 to "__call__" of "Task" has incompatible type "int"; expected "str"  [arg-type]
work.shared(1)
work.shared("1")  # E: Argument 1 to "__call__" of "Task" has incompatible type "str"; expected "int"  [arg-type]
