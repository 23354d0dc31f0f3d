from shop.registry import TasksRegistry


def call(tasks: TasksRegistry) -> None:
    tasks.right.delay(order=1, note="n")
    tasks.right.delay(1, nota="n")  # E: Unexpected keyword argument "nota" for "delay" of "Task"  [call-arg]
    tasks.defaults.delay(1)
    tasks.defaults.delay(order=1, note="n", dry=True)
    tasks.defaults.delay(1, 2)  # E: Argument 2 to "delay" of "Task" has incompatible type "int"; expected "str"  [arg-type]
    tasks.whole.delay(1, note="n", dry=True)
    tasks.whole.delay("1")  # E: Argument 1 to "delay" of "Task" has incompatible type "str"; expected "int"  [arg-type]
    tasks.whole.apply_async((1, 2))  # E: Argument 2 to "whole" has incompatible type "int"; expected "str"  [arg-type]
    tasks.whole.delay()  # E: Missing positional argument "order" in call to "delay" of "Task"  [call-arg]
    tasks.documented.apply_async(kwargs={"order": 1})
    pair = [tasks.right, tasks.right_again]
    pair[0].delay(1, "n")
    chosen = tasks.defaults
    chosen = tasks.documented
    chosen.delay(1)
    reveal_type(tasks.whole.delay(1).get())  # N: Revealed type is "TypedDict(shop.controllers.Receipt, {'total': int})"
