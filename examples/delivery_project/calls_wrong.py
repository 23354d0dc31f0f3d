"""The same calls, each with one mistake. With the plugin each is an error on its own line; stock mypy misses some."""

from delivery.tasks.registry import TasksRegistry


def enqueue(registry: TasksRegistry) -> None:
    registry.ping.delay("now")  # wrong: ping takes nothing
    registry.cleanup_sessions.delay("7")  # wrong: days_old is an int
    registry.cleanup_sessions.delay(days=7)  # wrong: there is no days
    registry.send_email.delay("user@example.com", "Welcome!")  # wrong: body is missing
    registry.send_email.delay("user@example.com", "Welcome!", "Hello.", to="user@example.com")  # wrong: to, twice


def enqueue_with_options(registry: TasksRegistry) -> None:
    registry.send_email.apply_async(("user@example.com", "Subject"))  # wrong: body is missing
    registry.send_email.apply_async(args=("user@example.com", "Subject", 42), countdown=60)  # wrong: body is a str
    registry.send_email.apply_async(("user@example.com", "Subject"), {"text": "Body"})  # wrong: there is no text
    registry.send_email.apply_async(kwargs={"to": "user@example.com", "subject": 42, "body": "Body"})  # wrong: 42


def wait(registry: TasksRegistry) -> int:
    return registry.ping.delay().get(timeout=10)["result"]  # wrong: a PingResult holds a str
