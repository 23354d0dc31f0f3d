"""``signature(member)``: Celery asks whatever has a ``name`` for it, and an enum member has one beside its value."""

from enum import Enum

from celery import Celery, Signature, signature


class TaskName(str, Enum):
    REFUND = "billing.refund"
    same = "same"


class Plain(Enum):
    REFUND = "billing.refund"


class Own(str, Enum):
    REFUND = "billing.refund"

    @property
    def name(self) -> str:
        return self.value


app = Celery("member_as_name")


@app.task(name=TaskName.REFUND)
def refund(visit: int) -> str:
    return str(visit)


@app.task(name=TaskName.same)
def same(visit: int) -> int:
    return visit


def wrong() -> None:
    app.signature(TaskName.REFUND, args=(1,)).delay()  # E: Celery takes the name of TaskName.REFUND for the task's, "REFUND", and not its value "billing.refund"  [task-unknown-name]  # N: hint: write TaskName.REFUND.value
    signature(TaskName.REFUND, args=(1,)).delay()  # E: Celery takes the name of TaskName.REFUND for the task's, "REFUND", and not its value "billing.refund"  [task-unknown-name]  # N: hint: write TaskName.REFUND.value
    Signature(TaskName.REFUND, args=(1,)).delay()  # E: Celery takes the name of TaskName.REFUND for the task's, "REFUND", and not its value "billing.refund"  [task-unknown-name]  # N: hint: write TaskName.REFUND.value


def right(which: TaskName) -> None:
    app.signature(TaskName.REFUND.value, args=(1,)).delay()
    signature(TaskName.REFUND.value, args=(1,)).delay()
    Signature(TaskName.REFUND.value, args=(1,)).delay()
    app.signature(TaskName.same, args=(1,))
    app.signature(Own.REFUND, args=(1,))
    app.signature(which, args=(1,))
    app.send_task(TaskName.REFUND, args=(1,))
    app.signature(refund.name, args=(1,))
