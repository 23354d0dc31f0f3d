"""remote_tasks: a Task that sends and does not run, made from a contract.

Law: Celery's own messages are looked at, in a queue; a worker of the other service is another test's.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from celery import Celery, Task, chain, chord, group
from celery.canvas import Signature
from celery.exceptions import NotRegistered
from celery.result import AsyncResult

from celery_registry import (
    BaseTasksRegistry,
    ConfigurationError,
    RemoteTaskError,
    TaskContractError,
    TaskNotFoundError,
    guard,
    register_task,
    remote_tasks,
)

CONTRACT = {
    "format": 1,
    "queue": "billing",
    "queues": ["billing"],
    "tasks": {
        "billing.charge": {
            "parameters": ["order_id: int", "amount: Decimal", "*", "note: str | None = ..."],
            "result": "ChargeResult",
        },
        "billing.ping": {"parameters": [], "queue": "quick", "results": False},
        "billing.open": {"parameters": None, "serializer": "pickle"},
    },
}


class ChargeResult: ...


class Name(str, Enum):
    CHARGE = "billing.charge"
    PING = "billing.ping"
    OPEN = "billing.open"


class Registry(BaseTasksRegistry):
    @property
    def charge(self):
        return self._get_task_by_name(Name.CHARGE)

    @property
    def ping(self):
        return self._get_task_by_name(Name.PING)

    @property
    def open(self):
        return self._get_task_by_name("billing.open")


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    path = tmp_path / "billing.lock"
    path.write_text(json.dumps(CONTRACT))
    return path


@pytest.fixture
def app(request: pytest.FixtureRequest) -> Iterator[Celery]:
    app = Celery("web", broker="memory://", backend="cache+memory://", set_as_current=False)
    app.conf.broker_transport_options = {"polling_interval": 0.01}
    yield app
    with app.connection_for_write() as connection:
        for queue in ("billing", "quick", "celery", "fast"):
            connection.SimpleQueue(queue).clear()
    app.close()


@pytest.fixture
def registry(app: Celery, contract: Path) -> Registry:
    remote_tasks(app, contract=contract)
    return Registry(app)


def sent(app: Celery, queue: str) -> Any:
    """The next message of a queue: its headers, and args, kwargs and what goes with them."""
    with app.connection_for_read() as connection:
        message = connection.default_channel.basic_get(queue, no_ack=True)
        assert message is not None, f"nothing is in {queue}"
        body = message.body if isinstance(message.body, bytes) else message.body.encode()
        loads: Any = pickle.loads if "python" in message.content_type else json.loads
        return message.headers, loads(body)


def waiting(app: Celery, queue: str) -> int:
    with app.connection_for_read() as connection:
        return int(connection.SimpleQueue(queue).qsize())


def test_a_remote_task_sends_to_the_queue_of_its_contract(app: Celery, registry: Registry) -> None:
    result = registry.charge.delay(7, amount="1.50")
    assert isinstance(result, AsyncResult)
    headers, body = sent(app, "billing")
    assert headers["task"] == "billing.charge"
    assert headers["id"] == result.id
    assert body[:2] == [[7], {"amount": "1.50"}]
    assert registry.charge.AsyncResult(result.id).id == result.id


def test_it_is_bound_and_not_registered(app: Celery, registry: Registry) -> None:
    charge = registry.charge
    assert isinstance(charge, app.Task)
    assert charge.app is app
    assert charge is registry.charge is app.tasks["billing.charge"]
    assert "billing.charge" not in app.tasks
    assert app.tasks.get("billing.charge") is None
    # Tasks that other tests share are on every application of the process.
    assert [name for name in app.tasks if name.startswith("billing.")] == []
    with pytest.raises(NotRegistered):
        app.tasks["billing.chrage"]
    assert charge.name == "billing.charge"
    assert charge.__doc__ == "billing.charge(order_id: int, amount: Decimal, *, note: str | None = ...) -> ChargeResult"


def test_arguments_that_the_contract_refuses_are_a_type_error_and_nothing_is_sent(
    app: Celery, registry: Registry
) -> None:
    for args, kwargs, reason in [
        ((), {}, "missing a required argument: 'order_id'"),
        ((1, 2, 3), {}, "too many positional arguments"),
        ((1,), {"amout": 2}, "unexpected keyword argument 'amout'"),
        ((1, 2), {"order_id": 1}, "multiple values for argument 'order_id'"),
    ]:
        for call in (
            lambda: registry.charge.delay(*args, **kwargs),  # noqa: B023
            lambda: registry.charge.apply_async(args, kwargs),  # noqa: B023
            lambda: registry.charge.s(*args, **kwargs).apply_async(),  # noqa: B023
            lambda: app.signature("billing.charge", args, kwargs).delay(),  # noqa: B023
        ):
            with pytest.raises(TypeError, match=reason) as caught:
                call()
            assert "billing.lock says (order_id: int, amount: Decimal" in str(caught.value)
    assert waiting(app, "billing") == 0


def test_every_option_of_apply_async_is_celerys(app: Celery, registry: Registry) -> None:
    registry.charge.apply_async(
        (7, 1), {"note": None}, task_id="the-id", countdown=60, expires=90, priority=3, headers={"tenant": "a"},
        queue="fast", serializer="json", link=registry.ping.s(), shadow="charged", ignore_result=True,
    )  # fmt: skip
    headers, (args, kwargs, embed) = sent(app, "fast")
    assert (args, kwargs, headers["id"], headers["tenant"], headers["shadow"]) == (
        [7, 1],
        {"note": None},
        "the-id",
        "a",
        "charged",
    )
    assert None not in (headers["eta"], headers["expires"])
    assert headers["ignore_result"] is True
    assert embed["callbacks"][0]["task"] == "billing.ping"
    assert embed["callbacks"][0]["options"]["queue"] == "quick"


def test_a_route_of_this_application_stands_before_the_queue_of_the_contract(app: Celery, registry: Registry) -> None:
    app.conf.task_routes = {"billing.ch*": {"queue": "fast"}}
    registry.charge.delay(1, 2)
    assert sent(app, "fast")[0]["task"] == "billing.charge"
    assert "queue" not in registry.charge.s(1, 2).options
    registry.ping.delay()
    assert sent(app, "quick")[0]["task"] == "billing.ping"


def test_the_contract_says_how_arguments_and_results_travel(app: Celery, registry: Registry) -> None:
    registry.open.delay({1, 2}, anything=3)
    _, body = sent(app, "billing")
    assert body[:2] == (({1, 2},), {"anything": 3})
    registry.ping.delay()
    assert sent(app, "quick")[0]["ignore_result"] is True
    registry.charge.delay(1, 2)
    assert sent(app, "billing")[0]["ignore_result"] is False


def test_annotations_of_this_application_reach_it(app: Celery, registry: Registry) -> None:
    app.conf.task_annotations = {"billing.charge": {"priority": 7, "ignore_result": True}, "*": {"max_retries": 1}}
    assert (registry.charge.priority, registry.charge.ignore_result, registry.charge.max_retries) == (7, True, 1)
    assert registry.open.priority is None


def test_canvas(app: Celery, registry: Registry) -> None:
    chain(registry.charge.s(1, 2), registry.ping.si()).apply_async()
    headers, (_, _, embed) = sent(app, "billing")
    assert headers["task"] == "billing.charge"
    assert [(link["task"], link["options"]["queue"]) for link in embed["chain"]] == [("billing.ping", "quick")]
    (registry.charge.s(1, 2) | registry.ping.si()).delay()
    assert sent(app, "billing")[0]["task"] == "billing.charge"
    group(registry.charge.s(1, 2), registry.ping.s()).apply_async()
    assert (sent(app, "billing")[0]["task"], sent(app, "quick")[0]["task"]) == ("billing.charge", "billing.ping")
    chord([registry.charge.s(1, 2)], registry.open.s())
    registry.charge.starmap([(1, 2)]).apply_async()
    assert sent(app, "billing")[0]["task"] == "celery.starmap"
    registry.charge.chunks([(1, 2)], 1).apply_async()
    assert sent(app, "billing")[0]["task"] == "celery.starmap"
    registry.open.map([1, 2]).apply_async()
    assert sent(app, "billing")[0]["task"] == "celery.map"


def test_a_signature_that_went_through_json_is_what_it_was(app: Celery, registry: Registry) -> None:
    for signature in (
        registry.charge.s(1, amount=2),
        registry.charge.signature((1, 2), countdown=3),
        registry.ping.si(),
    ):
        again = Signature.from_dict(json.loads(json.dumps(dict(signature))), app=app)
        assert again.type is signature.type
        assert dict(again) == json.loads(json.dumps(dict(signature)))
        again.apply_async()
    wrong = Signature.from_dict(json.loads(json.dumps(dict(registry.charge.s(1, amount=2, more=3)))), app=app)
    with pytest.raises(TypeError, match="unexpected keyword argument 'more'"):
        wrong.delay()
    assert (waiting(app, "billing"), waiting(app, "quick")) == (2, 1)


def test_it_does_not_run_here_and_says_where(app: Celery, registry: Registry) -> None:
    for call in (registry.charge, registry.charge.apply, registry.charge.run, registry.charge.s(1, 2)):
        with pytest.raises(RemoteTaskError, match=r"billing\.charge does not run in this process.*from 'billing'"):
            call()
    app.conf.task_always_eager = True
    with pytest.raises(RemoteTaskError, match=r"behind .*billing\.lock"):
        registry.charge.delay(1, 2)


def test_without_a_lock_names_are_enough_and_arguments_are_open(app: Celery) -> None:
    remote_tasks(app, names=["billing.*"])
    Registry(app).charge.delay(1, 2, 3, four=5)
    assert sent(app, "celery")[1][:2] == [[1, 2, 3], {"four": 5}]
    with pytest.raises(RemoteTaskError, match="it is a task of another service"):
        Registry(app).charge()
    with pytest.raises(TaskNotFoundError):
        Registry(app)._get_task_by_name("mail.send")
    remote_tasks(app, names="mail.*")
    assert Registry(app)._get_task_by_name("mail.send").name == "mail.send"


def test_what_is_registered_stands_before_a_contract(app: Celery, registry: Registry) -> None:
    def charge(order_id: int) -> int:
        return order_id

    assert registry.charge.typing
    task = register_task(app, Name.CHARGE, charge, shared=False)
    assert registry.charge is app.tasks["billing.charge"]
    assert registry.charge(4) == 4
    assert task.name == "billing.charge"


def test_a_contract_does_not_finalize_the_application_and_may_be_read_again(app: Celery, contract: Path) -> None:
    remote_tasks(app, contract=contract)
    assert not app.finalized
    assert Registry(app).ping.contract_queue == "quick"
    contract.write_text(json.dumps({**CONTRACT, "tasks": {"billing.ping": {"parameters": ["x: int"]}}}))
    remote_tasks(app, contract=str(contract))
    with pytest.raises(TypeError, match="missing a required argument: 'x'"):
        Registry(app).ping.delay()
    with pytest.raises(TaskNotFoundError):
        _ = Registry(app).charge


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "the contract cannot be read: No such file"),
        ("{", "is not a lock"),
        ('{"format": 2}', "its format is 2"),
    ],
)
def test_a_file_that_is_no_lock_is_one_line(app: Celery, tmp_path: Path, text: str | None, reason: str) -> None:
    path = tmp_path / "some.lock"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ConfigurationError, match=reason) as caught:
        remote_tasks(app, contract=path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    with pytest.raises(ConfigurationError, match="give it contract="):
        remote_tasks(app)


def test_a_task_of_the_lock_that_cannot_be_read_is_told_when_it_is_asked_for(app: Celery, tmp_path: Path) -> None:
    path = tmp_path / "some.lock"
    path.write_text(json.dumps({**CONTRACT, "tasks": {"billing.ping": {"parameters": ["a b"]}}}))
    remote_tasks(app, contract=path)
    with pytest.raises(ConfigurationError, match="has a parameter that is none"):
        _ = Registry(app).ping


def test_it_is_pickled_by_its_name(registry: Registry, app: Celery) -> None:
    app.set_current()
    assert pickle.loads(pickle.dumps(registry.charge)) is registry.charge


class Agreeing(BaseTasksRegistry):
    @property
    def charge(self) -> Task[[int, Decimal], ChargeResult]:
        return self._get_task_by_name("billing.charge")

    @property
    def ping(self) -> Task[[], None]:
        return self._get_task_by_name("billing.ping")

    @property
    def open(self) -> Task[..., None]:
        return self._get_task_by_name("billing.open")


class Drifted(BaseTasksRegistry):
    @property
    def charge(self) -> Task[[str], ChargeResult]:
        return self._get_task_by_name("billing.charge")

    @property
    def ping(self) -> Task[[int], None]:
        return self._get_task_by_name("billing.ping")

    @property
    def gone(self) -> Task[[], None]:
        return self._get_task_by_name("billing.gone")


def test_verify_holds_the_registry_of_a_producer_to_the_contract(app: Celery, contract: Path) -> None:
    remote_tasks(app, contract=contract)
    guard.verify(app, registry=Agreeing, names=Name)
    with pytest.raises(TaskContractError) as caught:
        guard.verify(app, registry=Drifted)
    told = str(caught.value)
    for line in (
        'No task is registered as "billing.gone"',
        'Task "billing.charge" declares 1 parameter, but billing.charge also requires "amount"',
        'Task "billing.charge" declares parameter 1 as "str", but billing.charge takes "order_id" as "int"',
        'Task "billing.ping" declares 1 parameter, but billing.ping accepts at most 0',
    ):
        assert line in told, told
    remote_tasks(app, names="billing.*")
    guard.verify(app, registry=Agreeing)


def test_verify_reads_the_contracts_of_the_settings(
    app: Celery, contract: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "setup.cfg").write_text("[celery-registry]\ncontracts = billing.lock\n")
    guard.verify(app, registry=Agreeing, names=Name)
    with pytest.raises(TaskContractError, match=r"billing.ping accepts at most 0"):
        guard.verify(app, registry=Drifted)
