"""Sends to another service, of whose code there is none here: held to its contract, answered, and never run.

Law: the contract is a lock as ``celery-registry lock`` writes it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from celery import Celery, chain

from celery_registry import BaseTasksRegistry
from celery_registry.errors import UnfitSendError
from celery_registry.remote import remote_tasks
from celery_registry.testing import record

LOCK = {
    "format": 1,
    "accept": ["json"],
    "queue": "billing",
    "queues": ["billing"],
    "serializer": "json",
    "tasks": {"billing.charge": {"parameters": ["customer: str", "pence: int = ..."], "result": "str"}},
}


class Billing(BaseTasksRegistry):
    @property
    def charge(self) -> Any:
        return self._get_task_by_name("billing.charge")


@pytest.fixture
def app(tmp_path: Path) -> Celery:
    lock = tmp_path / "billing.lock"
    lock.write_text(json.dumps(LOCK))
    app = Celery("shop", broker="amqp://127.0.0.1:1//", backend="redis://127.0.0.1:1/0", set_as_current=False)
    remote_tasks(app, contract=lock, names=["mail.*"])
    return app


def test_arguments_have_the_names_of_the_contract_and_the_queue_is_its(app: Celery) -> None:
    billing = Billing(app)
    with record(app) as sent:
        billing.charge.delay("ada", pence=5)
        app.send_task("billing.charge", ["bob"])
        assert sent.to(billing.charge).one_with(customer="ada", pence=5).queue == "billing"
        assert [send.arguments for send in sent] == [{"customer": "ada", "pence": 5}, {"customer": "bob"}]
        with pytest.raises(TypeError, match="missing a required argument: 'customer'"):
            billing.charge.delay()
        with pytest.raises(
            UnfitSendError, match=r"could not call billing.charge.*: got an unexpected keyword argument"
        ):
            app.send_task("billing.charge", ["bob"], {"pense": 5})


def test_a_remote_task_is_answered_and_its_chain_goes_on(app: Celery) -> None:
    billing = Billing(app)

    @app.task(name="thank", shared=False)
    def thank(receipt: str) -> str:
        return f"thanks for {receipt}"

    with record(app) as sent:
        result = chain(billing.charge.s("ada"), thank.s()).apply_async()
        with pytest.raises(UnfitSendError, match=r"billing.charge\(customer='ada'\) cannot run: .*sent.answer\(task"):
            sent.run()
        sent.answer(billing.charge, "receipt 7")
        sent.run()
        assert result.get() == "thanks for receipt 7"


def test_of_a_name_without_a_contract_nothing_is_refused(app: Celery) -> None:
    with record(app) as sent:
        app.send_task("mail.send", ["ada"], {"anything": 1})
        assert sent[0].arguments == {"0": "ada", "anything": 1}
