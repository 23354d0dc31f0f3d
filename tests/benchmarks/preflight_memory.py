"""How much memory ``preflight`` needs for a long queue, against a short one, and how fast it reads.

Law: it starts a Redis of its own, fills a queue, and measures the command in a process of its own. Run it by hand:
``python tests/benchmarks/preflight_memory.py [messages]`` (default 100,000). Figures are ratios of one run.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from brokers import run_redis

SHOP = """
import os
from celery import Celery

app = Celery("shop", broker=os.environ["SHOP_BROKER"])


@app.task(name="send_email")
def send_email(to: str, subject: str, body: str = "") -> None: ...
"""

#: Runs the command and tells its peak memory in kilobytes, its CPU seconds, and what it read.
MEASURED = """
import json, resource, sys
from click.testing import CliRunner
from celery_registry.cli import registry

done = CliRunner().invoke(registry, ["preflight", "-A", "shop:app", "--format", "json"])
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps([used.ru_maxrss, used.ru_utime + used.ru_stime, json.loads(done.stdout)["read"], done.exit_code]))
"""


def fill(url: str, count: int) -> None:
    """Put ``count`` messages of about 1.5 kB into the queue, one in a hundred of which does not fit."""
    import redis
    from celery import Celery

    app = Celery("filler", broker=url, set_as_current=False)
    with app.connection() as connection:
        producer = app.amqp.Producer(connection)
        app.send_task("send_email", ("a", "s", "x" * 400), producer=producer)
    client = redis.Redis.from_url(url)
    right = json.loads(client.rpop("celery"))
    for start in range(0, count, 1000):
        batch = []
        for number in range(start, min(start + 1000, count)):
            right["headers"]["id"] = right["properties"]["correlation_id"] = f"message-{number}"
            right["headers"]["task"] = "gone" if number % 100 == 0 else "send_email"
            batch.append(json.dumps(right))
        client.lpush("celery", *batch)
    client.close()


def measure(folder: Path, url: str) -> tuple[float, float, int]:
    """Peak memory in MB, CPU seconds, and messages read."""
    environment = {**os.environ, "SHOP_BROKER": url}
    command = [sys.executable, "-c", MEASURED]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    memory, seconds, read, _ = json.loads(done.stdout)
    return memory / 1024, seconds, read


def main() -> None:
    """Measure a queue of 1,000 and one of many messages, three times each, in turn."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as scratch:
        folders = {count: Path(scratch) / str(count) for count in (1_000, many)}
        for folder in folders.values():
            folder.mkdir()
            (folder / "shop.py").write_text(SHOP)
        with run_redis(folders[1_000]) as short, run_redis(folders[many]) as long:
            urls = {1_000: short.url, many: long.url}
            for count, url in urls.items():
                started = time.monotonic()
                fill(url, count)
                print(f"{count} messages put in {time.monotonic() - started:.0f} s", flush=True)
            runs: dict[int, list[tuple[float, float, int]]] = {count: [] for count in urls}
            for _ in range(3):
                for count, url in urls.items():
                    runs[count].append(measure(folders[count], url))
    medians = {
        count: [statistics.median(column) for column in zip(*found, strict=True)] for count, found in runs.items()
    }
    for count, (memory, seconds, read) in medians.items():
        print(f"{count} messages: {read:.0f} read, peak {memory:.1f} MB, {seconds:.2f} s of CPU")
    ratio = medians[many][0] / medians[1_000][0]
    each = (medians[many][1] - medians[1_000][1]) / (many - 1_000) * 1e6
    print(f"memory {ratio:.2f} times that of 1,000 messages; {each:.0f} us of CPU a message")


if __name__ == "__main__":
    main()
