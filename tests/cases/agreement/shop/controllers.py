from typing import TypedDict

from celery import Celery

from celery_registry import register_task
from shop.names import TaskName


class Receipt(TypedDict):
    total: int


class Controller:
    def register(self, app: Celery) -> None:
        register_task(app, TaskName.RIGHT, self.right)
        register_task(app, TaskName.TOO_MANY, self.too_many)
        register_task(app, TaskName.TOO_FEW, self.too_few)
        register_task(app, TaskName.KEYWORD_ONLY, self.keyword_only)
        register_task(app, TaskName.TYPE, self.type)
        register_task(app, TaskName.RESULT, self.result)
        register_task(app, TaskName.DEFAULTS, self.defaults)
        register_task(app, TaskName.WHOLE, self.whole)
        register_task(app, TaskName.DOCUMENTED, self.documented)
        app.task(name=TaskName.BOUND)(self.bound)  # E: Task "bound" registers the bound method Controller.bound: Celery breaks its .delay() and .apply_async()  [task-bound-method]  # N: hint: write register_task(app, TaskName.BOUND, self.bound), which keeps the real parameters
        register_task(app, TaskName.FORGOTTEN, self.right)

    def right(self, order: int, note: str) -> Receipt:
        return {"total": order}

    def too_many(self, order: int) -> None: ...

    def too_few(self, order: int, note: str) -> None: ...

    def keyword_only(self, order: int, *, note: str) -> None: ...

    def type(self, order: int, note: str) -> None: ...

    def result(self) -> Receipt:
        return {"total": 1}

    def defaults(self, order: int, note: str = "", *, dry: bool = False) -> None: ...

    def whole(self, order: int, note: str = "", *, dry: bool = False) -> Receipt:
        return {"total": 1}

    def documented(self, order: int) -> None: ...

    def bound(self, order: int) -> None: ...
