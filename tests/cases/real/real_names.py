"""Names of tasks: constants, classes of constants, enums, names of other services."""
from enum import Enum
from typing import Any, Final

from celery import Celery, current_app, shared_task

app = Celery("names")

SEND_NAME = "mail.send"
SEND_FINAL: Final = "mail.send"


class Names:
    SEND = "mail.send"
    CLEAN = "mail.clean"
    ELSEWHERE = "other_service.run"


class NameEnum(str, Enum):
    SEND = "mail.send"
    CLEAN = Names.CLEAN
    ALIAS = SEND_NAME
    ELSEWHERE = "other_service.run"


@shared_task(name=Names.SEND)
def send(to: str, copies: int = 1) -> int:
    return copies


@app.task(name=NameEnum.CLEAN, bind=True)
def clean(self: Any, days: int) -> None: ...


class Sender:
    app: Celery

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix

    def send(self, name: str, *args: Any, **kwargs: Any) -> None:
        self.app.send_task(name, args=args, kwargs=kwargs)
        self.app.send_task(f"{self.prefix}.{name}", args=args, kwargs=kwargs)
        self.app.send_task(name=f"{self.prefix}.send", kwargs={"x": 1})


def call_them(name: str, options: dict[str, Any]) -> None:
    app.send_task(Names.SEND, args=["x"])
    app.send_task(Names.SEND, kwargs={"to": "x"}, queue="slow", priority=None, expires=3)
    app.send_task(SEND_NAME, ("x", 3))
    app.send_task(SEND_FINAL, ("x", 3))
    app.send_task(NameEnum.SEND, ("x",))
    app.send_task(NameEnum.ALIAS.value, ("x",))
    app.send_task(NameEnum.CLEAN, (3,))
    app.send_task(Names.ELSEWHERE, (1, 2, 3), {"anything": 1})
    app.send_task(NameEnum.ELSEWHERE)
    app.send_task("celery.backend_cleanup")
    app.send_task("nobody.knows", args=(1,), MessageGroupId="g")
    app.send_task(name, ("x",), **options)
    app.send_task(name=Names.SEND, kwargs=dict(to="x"))
    current_app.send_task(Names.SEND, ("x",))
    app.tasks[Names.SEND].delay("x")
    app.tasks[name].delay(1, 2, 3)
    app.tasks["nobody.knows"].apply_async((1,))
    app.tasks.get(name)
    app.send_task(Names.SEND, (3,))  # E: Argument 1 to "send" has incompatible type "int"; expected "str"  [arg-type]
