"""Calls that are right. With the plugin, ``mypy --strict`` has nothing to say about them; stock mypy refuses some."""

from celery.exceptions import TimeoutError

from delivery.tasks.registry import TasksRegistry
from ioc.container import get_container


def enqueue(registry: TasksRegistry) -> None:
    registry.ping.delay()
    registry.cleanup_sessions.delay(7)
    registry.cleanup_sessions.delay(days_old=7)
    registry.send_email.delay("user@example.com", "Welcome!", "Welcome to our service.")
    registry.send_email.delay(to="user@example.com", subject="Welcome!", body="Welcome to our service.")


def enqueue_with_options(registry: TasksRegistry) -> None:
    registry.send_email.apply_async(
        args=["user@example.com", "Subject", "Body"],
        countdown=60,
        expires=3600,
        retry=True,
        retry_policy={"max_retries": 3, "interval_start": 0, "interval_step": 0.2, "interval_max": 0.5},
    )
    registry.send_email.apply_async(("user@example.com",), {"subject": "Subject", "body": "Body"})
    registry.send_email.apply_async(
        kwargs={"to": "user@example.com", "subject": "Subject", "body": "Body"}, ignore_result=True
    )


def wait(registry: TasksRegistry) -> str:
    result = registry.ping.delay()
    try:
        return result.get(timeout=10)["result"]
    except TimeoutError:
        return result.status


if __name__ == "__main__":
    print(wait(get_container().resolve(TasksRegistry)))
