"""What the running workers add to the map.

Law: it brings ``guard``'s answers and the map together, and holds no rule of its own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from celery_registry.cli.broker_driver import open_connection
from celery_registry.cli.workers import contracts_of
from celery_registry.map.fleet import LiveFleet, LiveWorker
from celery_registry.map.model import SystemMap

if TYPE_CHECKING:
    from celery import Celery

__all__ = ["add_fleet"]


def add_fleet(system: SystemMap, app: Celery, timeout: float) -> SystemMap:
    """The same map, with the workers that answer within ``timeout`` seconds, once for each question.

    Raises ``CeleryRegistryError`` where the broker cannot be reached.
    """
    from celery_registry.guard.fleet import State, ask_fleet
    from celery_registry.guard.inventory import Inventory, ask_inventories

    open_connection(app)[0].release()
    fleet = ask_fleet(app, timeout=timeout, contracts=contracts_of(app))
    found = ask_inventories(app, [worker.name for worker in fleet.workers], timeout=timeout)
    workers = []
    for worker in fleet.workers:
        inventory = found.get(worker.name, Inventory(None, None))
        workers.append(
            LiveWorker(
                worker.name,
                "unknown" if worker.unknown is not None else "skewed" if worker.skewed else "same",
                worker.unknown,
                worker.version or None,
                inventory.tasks,
                inventory.queues,
                worker.tasks(State.MISSING),
                worker.tasks(State.DIFFERENT),
            )
        )
    if not workers:
        click.echo(f"celery-registry: no worker replied within {timeout:g} s: the map knows none", err=True)
    # What another application of these files registers is not for the workers of this one.
    own = [task for task in system.tasks.values() if not task.is_elsewhere and task.name in app.tasks]
    queues = sorted({task.queue for task in own if task.queue is not None})
    return replace(system, fleet=LiveFleet(tuple(workers), tuple(task.name for task in own), tuple(queues)))
