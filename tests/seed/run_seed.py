"""Run inside the seed's project, with a worker beside: every call block, then the two classes. Prints JSON.

Law: it executes the seed's blocks as they stand and says what they printed; the test judges.
"""

import contextlib
import io
import json
import runpy
import sys
from pathlib import Path

from celery import Celery
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.http import HttpRequest
from punq import Container

import ioc  # noqa: F401  sets Django up
from delivery.http.schemas import OrderSchema
from delivery.tasks.registry import TasksRegistry
from ioc.container import get_container


def main(modules: list[str]) -> None:
    said: dict[str, object] = {}
    for module in modules:
        with contextlib.redirect_stdout(io.StringIO()) as output:
            runpy.run_module(f"seed.{module}")
        said[module] = output.getvalue().strip()

    container = Container()
    container.register(Celery, instance=get_container().resolve(Celery))
    runpy.run_module("seed.container")["_register_celery"](container)
    registry = container.resolve(TasksRegistry)
    said["container"] = type(registry).__name__

    call_command("migrate", verbosity=0)
    user = get_user_model().objects.create(username="ada", email="ada@example.com")
    controller = runpy.run_module("seed.orders")["OrderController"](registry)
    response = controller.create_order(HttpRequest(), OrderSchema(user_id=user.pk, product="Teapot"))
    said["orders"] = response.model_dump()

    for module in ("seed.first_registry", "seed.new_task"):
        cls = runpy.run_module(module)["TasksRegistry"]
        said[module] = sorted(name for name, value in vars(cls).items() if isinstance(value, property))
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd() / "src"))
    main(sys.argv[1:])
