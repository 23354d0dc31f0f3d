"""The service itself is in the same run: its code stands before its contract, and a difference is told."""

from datetime import datetime

from celery import Task, shared_task

from celery_registry import BaseTasksRegistry


@shared_task(name="mail.moved")
def moved(to: str, number: int) -> None: ...


@shared_task(name="mail.same")
def same(to: str, at: datetime | None = None) -> bool:
    return True


class MonorepoTasks(BaseTasksRegistry):
    @property
    def moved(self) -> Task[[str, int], None]:  # E: Task "mail.moved" is (to: str, number: int) -> None, and the contract mail.lock says (to: str, count: int) -> None  [task-incompatible]  # N: hint: write the lock again (celery-registry lock), or keep to what other services send  # N: mail.moved stands in mail.lock
        return self._get_task_by_name("mail.moved")

    @property
    def same(self) -> Task[[str], bool]:
        return self._get_task_by_name("mail.same")


def f(registry: MonorepoTasks) -> None:
    registry.moved.delay("a", number=1)
    registry.moved.delay("a", count=1)  # E: Unexpected keyword argument "count" for "delay" of "moved"  [call-arg]
    registry.same.delay("a", at=None)
