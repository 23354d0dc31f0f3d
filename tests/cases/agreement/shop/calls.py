from shop.registry import TasksRegistry


def call(tasks: TasksRegistry) -> None:
    tasks.right.delay(order=1, note="n")
    tasks.right.delay(1, nota="n")
    tasks.defaults.delay(1)
    tasks.defaults.delay(order=1, note="n", dry=True)
    tasks.defaults.delay(1, 2)
    tasks.whole.delay(1, note="n", dry=True)
    tasks.whole.delay("1")
    tasks.whole.apply_async((1, 2))
    tasks.whole.delay()
    tasks.documented.apply_async(kwargs={"order": 1})
    pair = [tasks.right, tasks.right_again]
    pair[0].delay(1, "n")
    chosen = tasks.defaults
    chosen = tasks.documented
    chosen.delay(1)
    reveal_type(tasks.whole.delay(1).get())
