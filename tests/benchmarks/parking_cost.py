"""What parking costs a worker whose messages all fit: throughput, memory, and the binding of one message.

Law: two workers in turn, with parking on and off, that drain the same queue of a Redis server of their own; the worker itself
says how long it took between its first and its last message, by the clock and in CPU time.

    python -m tests.benchmarks.parking_cost --messages 4000 --runs 7
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import timeit
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from brokers import run_redis
from celery import Celery

from celery_registry.wire.parking.fit import Fit

PROJECT = """
import json, os, resource, time
from celery import Celery
from celery_registry import guard

app = Celery("cost", broker=os.environ["COST_BROKER"])
app.conf.worker_enable_remote_control = False
app.conf.broker_connection_retry_on_startup = True
if os.environ["COST_PARK"] == "on":
    guard.install(app, park="celery-registry.parked")
else:
    guard.install(app)


@app.task(name="five", ignore_result=True)
def five(a, b, c, d=4, *, e=5): ...


@app.task(name="mark", ignore_result=True)
def mark():
    with open(os.environ["COST_OUT"], "a") as file:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        file.write(json.dumps([time.perf_counter(), time.process_time(), peak]) + "\\n")
"""


def drain(folder: Path, url: str, park: str, messages: int) -> tuple[float, float, int]:
    """Wall and CPU seconds between the first and the last message, and the peak of the memory in kB."""
    sender = Celery(broker=url, set_as_current=False)
    out = folder / "out"
    out.unlink(missing_ok=True)
    with sender.connection() as connection:
        producer = sender.amqp.Producer(connection)
        sender.send_task("mark", producer=producer)
        for number in range(messages):
            sender.send_task("five", [number, "b", None], {"e": "text"}, producer=producer)
        sender.send_task("mark", producer=producer)
    sender.close()
    command = [sys.executable, "-m", "celery", "-A", "cost", "worker", "-P", "solo", "-l", "WARNING"]
    command += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    environment = {**os.environ, "COST_BROKER": url, "COST_PARK": park, "COST_OUT": str(out)}
    with (folder / "log").open("wb") as log:
        worker = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    while worker.poll() is None and not (out.exists() and out.read_text().count("\n") == 2):
        try:
            worker.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
    worker.terminate()
    worker.wait()
    first, last = map(json.loads, out.read_text().splitlines())
    return last[0] - first[0], last[1] - first[1], last[2]


def bind_microseconds() -> float:
    """One call of five parameters, held to its task."""
    app = Celery("bind", set_as_current=False)

    @app.task(name="five", shared=False)
    def five(a, b, c, d=4, *, e=5):  # type: ignore[no-untyped-def]
        ...

    fit, task = Fit(app), app.tasks["five"]
    args, kwargs = [1, "b", None], {"e": "text"}
    return min(timeit.repeat(lambda: fit.objection_of(task, args, kwargs), number=20_000, repeat=5)) / 20_000 * 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description="What parking costs messages that fit.")
    parser.add_argument("--messages", type=int, default=4000)
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    print(f"binding: {bind_microseconds():.2f} microseconds a message of five parameters")
    with tempfile.TemporaryDirectory() as name, run_redis(Path(name)) as broker:
        (Path(name) / "cost.py").write_text(PROJECT)
        found: dict[str, list[tuple[float, float, int]]] = {"off": [], "on": []}
        for number in range(options.runs):
            for park in ("off", "on") if number % 2 else ("on", "off"):
                found[park].append(drain(Path(name), broker.url, park, options.messages))
    for index, what in enumerate(("by the clock", "in CPU time")):
        off, on = (statistics.median(run[index] for run in found[park]) for park in ("off", "on"))
        per = off / options.messages * 1e6
        print(f"throughput with parking on, {what}: {off / on:.3f} of off ({per:.0f} microseconds a message off)")
    off, on = (statistics.median(run[2] for run in found[park]) for park in ("off", "on"))
    print(f"peak memory of the worker: {on / off:.3f} of off ({(on - off) / 1024:+.1f} MB)")


if __name__ == "__main__":
    main()
