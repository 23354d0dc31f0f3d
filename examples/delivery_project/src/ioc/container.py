from functools import cache

from celery import Celery
from punq import Container, Scope

from delivery.http.orders import OrderController
from delivery.tasks.factories import CeleryAppFactory, TasksRegistryFactory
from delivery.tasks.registry import TasksRegistry
from delivery.tasks.tasks.cleanup import CleanupTaskController
from delivery.tasks.tasks.email import EmailTaskController
from delivery.tasks.tasks.ping import PingTaskController


@cache
def get_container() -> Container:
    """The one container of this process."""
    container = Container()
    _register_controllers(container)
    _register_celery(container)
    return container


def _register_controllers(container: Container) -> None:
    container.register(PingTaskController, scope=Scope.singleton)
    container.register(CleanupTaskController, scope=Scope.singleton)
    container.register(EmailTaskController, scope=Scope.singleton)
    container.register(OrderController, scope=Scope.singleton)


def _register_celery(container: Container) -> None:
    container.register(CeleryAppFactory, scope=Scope.singleton)
    container.register(
        Celery,
        factory=lambda: container.resolve(CeleryAppFactory)(),
        scope=Scope.singleton,
    )
    container.register(TasksRegistryFactory, scope=Scope.singleton)
    container.register(
        TasksRegistry,
        factory=lambda: container.resolve(TasksRegistryFactory)(),
        scope=Scope.singleton,
    )
