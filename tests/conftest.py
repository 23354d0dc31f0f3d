"""Fixtures for every test: brokers that are started once and stopped at the end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from brokers import Broker, run_rabbitmq, run_redis


@pytest.fixture(scope="session")
def redis_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A Redis server on loopback."""
    with run_redis(tmp_path_factory.mktemp("redis")) as broker:
        yield broker


@pytest.fixture(scope="session")
def rabbitmq_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A RabbitMQ node on loopback."""
    with run_rabbitmq(tmp_path_factory.mktemp("rabbitmq")) as broker:
        yield broker
