"""People are told of a parked message: the signal, the log line, and the counters of the real libraries, beside Sentry's own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import json, logging, sys, time

import sentry_sdk
from sentry_sdk.integrations.celery import CeleryIntegration

reported = []


def keep(event, hint):
    reported.append(event["exception"]["values"][-1]["type"])


sentry_sdk.init(dsn="http://key@127.0.0.1:9/1", integrations=[CeleryIntegration()], before_send=keep)

from opentelemetry import metrics
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

reader = InMemoryMetricReader()
metrics.set_meter_provider(MeterProvider(metric_readers=[reader]))

import prometheus_client
from celery import Celery
from celery.contrib.testing.worker import start_worker

from celery_registry import guard
from celery_registry.signals import message_parked

app = Celery("told", broker="memory://", backend="cache+memory://")
guard.install(app, park="parked")
signals, records = [], []
message_parked.connect(lambda sender, signal, **facts: signals.append(facts), weak=False)
handler = logging.Handler()
handler.emit = lambda record: records.append([record.getMessage(), record.data])
logger = logging.getLogger("celery_registry.parking")
logger.addHandler(handler)
# start_worker logs errors alone.
logger.setLevel(logging.WARNING)


@app.task(name="fits", shared=False)
def fits(a):
    return a


@app.task(name="fails", shared=False)
def fails(a):
    raise KeyError(a)


with start_worker(app, pool="solo", perform_ping_check=False):
    assert fits.delay(1).get(timeout=30) == 1
    failing = fails.delay(1)
    app.send_task("unknown", ("private",), task_id="one")
    app.send_task("fits", (), task_id="two")
    app.send_task("fits", (1, 2), task_id="three")
    failing.get(timeout=30, propagate=False)
    while len(records) < 3:
        time.sleep(0.05)
    fits.delay(1).get(timeout=30)
lines = prometheus_client.generate_latest().decode().splitlines()
points = [
    [point.attributes["task"], point.attributes["reason"], point.value]
    for resource in reader.get_metrics_data().resource_metrics
    for scope in resource.scope_metrics
    for metric in scope.metrics
    if metric.name == "celery_registry.parked_messages"
    for point in metric.data.data_points
]
found = [line for line in lines if line.startswith("celery_registry_parked_messages_total")]
print(json.dumps({"sentry": reported, "signals": signals, "records": records, "prometheus": found, "otel": points}))
"""


def test_everybody_who_asked_is_told_and_nobody_sees_a_payload(tmp_path: Path) -> None:
    (tmp_path / "told.py").write_text(PROGRAM)
    done = subprocess.run([sys.executable, "told.py"], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["sentry"] == ["KeyError"]
    assert [(s["task"], s["id"], s["reason"], s["queue"], s["parked_in"]) for s in told["signals"]] == [
        ("unknown", "one", "unknown-task", "celery", "parked"),
        ("fits", "two", "arguments", "celery", "parked"),
        ("fits", "three", "arguments", "celery", "parked"),
    ]
    assert [record[1]["id"] for record in told["records"]] == ["one", "two", "three"]
    assert told["records"][0][0] == (
        'parked a message: task="unknown" id=one reason=unknown-task (no task has this name) '
        'queue="celery" parked_in="parked"'
    )
    assert "private" not in json.dumps([told["signals"], told["records"]])
    assert told["prometheus"] == [
        'celery_registry_parked_messages_total{reason="unknown-task",task="unknown"} 1.0',
        'celery_registry_parked_messages_total{reason="arguments",task="fits"} 2.0',
    ]
    assert told["otel"] == [["unknown", "unknown-task", 1], ["fits", "arguments", 2]]
