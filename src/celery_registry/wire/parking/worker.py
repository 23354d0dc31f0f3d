"""Parking in a worker: a step of its consumer that looks at each message before Celery's own code does.

Law: it decides nothing; ``fit`` says what does not fit and ``publisher`` keeps it. A message that fits passes on untouched.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from celery import bootsteps
from kombu.exceptions import ContentDisallowed

from celery_registry.wire.parking.envelope import content_of, parked_facts, stamped
from celery_registry.wire.parking.fit import Fit, arguments_of
from celery_registry.wire.parking.holding import Holding
from celery_registry.wire.parking.policy import parking_of
from celery_registry.wire.parking.publisher import Publisher
from celery_registry.wire.parking.reasons import Objection, Reason
from celery_registry.wire.parking.telemetry import logger, tell_parked

__all__ = ["ParkingStep"]

_NO_TASK = Objection(Reason.UNDECODABLE, "it names no task")
_NO_CALL = Objection(Reason.UNDECODABLE, "its body is not (args, kwargs, embed)")


class ParkingStep(bootsteps.StartStopStep):
    """Stands behind the step that makes the strategies and before the loop that uses them."""

    name = "celery_registry.parking"
    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, c: Any, **options: Any) -> None:
        super().__init__(c, **options)
        parking = parking_of(c.app)
        self.enabled = parking is not None
        if parking is None:
            return
        queue = parking.queue(c.app)
        self._fit = Fit(c.app, validate=parking.validate)
        self._publisher = Publisher(c.app, queue)
        self._parked_in = parking.name
        self._holding = Holding(c)
        self._consumer = c
        self._stand(c)

    def start(self, c: Any) -> None:
        """For each connection: nothing is held yet, and compressed bodies are kept as they come."""
        self._holding = Holding(c)
        _keep_compressed(c.task_consumer.channel)

    def stop(self, c: Any) -> None:
        """The connection goes, and what is held goes back to the broker with it."""
        self._holding.close()

    def shutdown(self, c: Any) -> None:
        """The worker ends."""
        self._holding.close()
        self._publisher.close()

    def _stand(self, c: Any) -> None:
        """Take the places where a consumer gives a message up."""
        update_strategies, create_task_handler = c.update_strategies, c.create_task_handler

        def update() -> None:
            update_strategies()
            for name, strategy in c.strategies.items():
                c.strategies[name] = self._fitting(c.app.tasks[name], strategy)

        def create(*args: Any, **kwargs: Any) -> Callable[[Any], None]:
            return self._named(create_task_handler(*args, **kwargs))

        c.update_strategies = update
        c.create_task_handler = create
        c.on_unknown_task = self._on_unknown_task
        c.on_unknown_message = self._on_unknown_message
        c.on_invalid_task = self._on_invalid_task
        c.on_decode_error = self._on_decode_error

    # -- what does not fit ---------------------------------------------------------------------------------------

    def _fitting(self, task: Any, strategy: Callable[..., Any]) -> Callable[..., Any]:
        objection_of = self._fit.objection_of

        def strategy_of_what_fits(message: Any, payload: Any, ack: Any, reject: Any, callbacks: Any) -> Any:
            try:
                body = message.payload if payload is None else payload
            except Exception:  # a body may break any decoder
                # Celery's strategy meets the same, and its consumer tells us.
                return strategy(message, payload, ack, reject, callbacks)
            call = arguments_of(body)
            objection = _NO_CALL if call is None else objection_of(task, *call)
            if objection is None:
                return strategy(message, payload, ack, reject, callbacks)
            return self._park(message, objection, task.name, ack)

        return strategy_of_what_fits

    def _named(self, handler: Callable[[Any], None]) -> Callable[[Any], None]:
        """A name that is no text would end the worker, which looks it up in a dictionary."""

        def on_task_received(message: Any) -> None:
            try:
                task = message.headers["task"]
            except (TypeError, KeyError):
                task = _name_in_body(message)
            if task is None or type(task) is str:
                return handler(message)
            return self._park(message, _NO_TASK, None)

        return on_task_received

    def _on_unknown_task(self, body: Any, message: Any, exc: BaseException) -> None:
        name = (message.headers or {}).get("task") or _name_in_body(message)
        self._park(message, Objection(Reason.UNKNOWN_TASK, "no task has this name"), name)

    def _on_unknown_message(self, body: Any, message: Any) -> None:
        self._park(message, _NO_TASK, None)

    def _on_invalid_task(self, body: Any, message: Any, exc: BaseException) -> None:
        self._park(message, _undecodable(exc, message), _name_of(message))

    def _on_decode_error(self, message: Any, exc: BaseException) -> None:
        self._park(message, _undecodable(exc, message), _name_of(message))

    # -- what becomes of it ------------------------------------------------------------------------------------------

    def _park(
        self, message: Any, objection: Objection, task: str | None, ack: Callable[..., Any] | None = None
    ) -> None:
        consumer = self._consumer
        queue = _queue_of(consumer, message)
        delivery = message.delivery_info or {}
        content = content_of(message)
        facts = parked_facts(
            reason=objection.reason.value,
            detail=objection.detail,
            task=task,
            worker=str(consumer.hostname),
            queue=queue,
            exchange=str(delivery.get("exchange") or ""),
            routing_key=str(delivery.get("routing_key") or ""),
        )
        parked = stamped(content, facts)

        def publish() -> None:
            self._publisher.publish(parked)

        def acknowledge() -> None:
            if ack is not None:
                ack(logger, consumer.connection_errors)
            else:
                message.ack_log_error(logger, consumer.connection_errors)
            tell_parked(
                consumer,
                task=task,
                id=_identity(message),
                reason=objection.reason.value,
                detail=objection.detail,
                queue=queue,
                parked_in=self._parked_in,
            )

        self._holding.park(message, len(content.body), publish, acknowledge)


def _undecodable(error: BaseException, message: Any) -> Objection:
    from celery_registry.wire.message import show_name

    if isinstance(error, ContentDisallowed):
        return Objection(Reason.CONTENT_TYPE, f"{show_name(str(message.content_type))} is not accepted")
    return Objection(Reason.UNDECODABLE, f"its body cannot be decoded ({type(error).__name__})")


def _name_of(message: Any) -> str | None:
    name = (message.headers or {}).get("task") if isinstance(message.headers, dict) else None
    return name if isinstance(name, str) else None


def _name_in_body(message: Any) -> Any:
    """Protocol 1 names the task in the body."""
    try:
        body = message.payload
    except Exception:  # the consumer meets the same
        return None
    return body.get("task") if isinstance(body, dict) else None


def _identity(message: Any) -> str:
    headers = message.headers if isinstance(message.headers, dict) else {}
    found = headers.get("id") or (message.properties or {}).get("correlation_id")
    return found if isinstance(found, str) else ""


def _queue_of(consumer: Any, message: Any) -> str:
    """The queue that a message came from: AMQP tells the consumer's tag, virtual transports the route."""
    delivery = message.delivery_info or {}
    tags = getattr(consumer.task_consumer, "_active_tags", None) or {}
    tag = delivery.get("consumer_tag")
    for name, active in tags.items():
        if tag is not None and active == tag:
            return str(name)
    consumed = {queue.name for queue in consumer.task_consumer.queues}
    exchange, routing_key = delivery.get("exchange") or "", delivery.get("routing_key") or ""
    look_up = getattr(message.channel, "_lookup", None)
    if look_up is not None:
        found = [name for name in look_up(exchange, routing_key) if name in consumed]
        if found:
            return str(sorted(found)[0])
    return str(routing_key) if routing_key in consumed or len(consumed) != 1 else str(next(iter(consumed)))


def _keep_compressed(channel: Any) -> None:
    """kombu hands out decompressed bodies; over AMQP nothing else keeps what was received."""
    if not hasattr(channel, "confirm_select"):
        return
    to_python = channel.message_to_python

    def message_to_python(raw: Any) -> Any:
        message = to_python(raw)
        if message.headers and "compression" in message.headers:
            message._raw = raw
        return message

    channel.message_to_python = message_to_python
