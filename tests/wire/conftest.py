"""The brokers of the whole suite, as addresses; Redis with a database of its own."""

from __future__ import annotations

import pytest
from brokers import Broker


@pytest.fixture(scope="session")
def redis_url(redis_broker: Broker) -> str:
    return redis_broker.url.removesuffix("/0") + "/5"


@pytest.fixture(scope="session")
def rabbitmq_url(rabbitmq_broker: Broker) -> str:
    return rabbitmq_broker.url
