"""A ready file is fresh while a worker consumes or beat sends, and at no other time; the probe that reads it is quick."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from wire.parking_shop import Shop
from wire.parking_storm import restartable
from wire.test_parking import make_shop

PROBE = [str(Path(sys.executable).with_name("celery-registry")), "ready"]
INSTALL = 'ready_file="ready"'


def is_ready(shop: Shop, max_age: float = 5) -> bool:
    done = subprocess.run(
        [*PROBE, str(shop.folder / "old" / "ready"), "--max-age", str(max_age)], capture_output=True, text=True
    )
    assert done.returncode in (0, 1), done.stderr
    assert done.stdout.startswith("not ready: ") == (done.returncode == 1)
    return done.returncode == 0


def test_a_worker_is_ready_while_it_consumes(tmp_path: Path) -> None:
    for name in ("broker", "shop"):
        (tmp_path / name).mkdir()
    with restartable("redis", tmp_path / "broker") as (url, restart):
        shop = Shop(tmp_path / "shop", url, install=INSTALL)
        try:
            worker = shop.start("old", "prefork")
            shop.wait(lambda: is_ready(shop))
            # A blocked worker.
            worker.send_signal(signal.SIGSTOP)
            shop.wait(lambda: not is_ready(shop))
            worker.send_signal(signal.SIGCONT)
            shop.wait(lambda: is_ready(shop))
            # A lost broker: not ready at once, without waiting for the file to grow old.
            restart(lambda: shop.wait(lambda: not is_ready(shop, 1000)))
            shop.wait(lambda: is_ready(shop))
            # A drained shutdown: the task still runs, nothing more is taken.
            shop.send("sleep", 3)
            shop.wait(lambda: shop.ran() == ["asleep"])
            worker.terminate()
            shop.wait(lambda: not is_ready(shop, 1000))
            assert worker.poll() is None
            assert shop.ran() == ["asleep"]
            assert shop.stop(worker) == 0
            assert shop.ran() == ["asleep", "awake"]
        finally:
            shop.close()


@pytest.mark.parametrize(("broker", "pool"), [("filesystem", "solo"), ("rabbitmq_url", "threads")])
def test_a_pool_that_blocks_the_loop_is_not_ready_meanwhile(
    broker: str, pool: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = "filesystem://" if broker == "filesystem" else request.getfixturevalue(broker)
    shop = make_shop(tmp_path, url, install=INSTALL)
    try:
        worker = shop.start("old", pool)
        shop.wait(lambda: is_ready(shop))
        shop.send("sleep", 7)
        shop.wait(lambda: shop.ran() == ["asleep"])
        if pool == "solo":
            shop.wait(lambda: not is_ready(shop, 4))
            assert shop.ran() == ["asleep"]
        else:
            time.sleep(4)
        shop.wait(lambda: is_ready(shop, 4))
        assert pool == "solo" or shop.ran() == ["asleep"]
        assert shop.stop(worker) == 0
        assert not is_ready(shop, 1000)
    finally:
        shop.close()


@contextmanager
def beat_of(shop: Shop, seconds: int) -> Iterator[subprocess.Popen[bytes]]:
    """A beat whose one entry is due every so many seconds."""
    text = (shop.folder / "old" / "shop.py").read_text().partition("\napp.conf.beat_schedule")[0]
    entry = f'{{"x": {{"task": "send", "schedule": {seconds}, "args": ["a"]}}}}'
    shop.write("old", f"{text}\napp.conf.beat_schedule = {entry}\n")
    command = [sys.executable, "-m", "celery", "-A", "shop", "beat", "-s", f"schedule{seconds}"]
    with (shop.folder / "beat.log").open("wb") as log:
        beat = subprocess.Popen(
            command, cwd=shop.folder / "old", env={**os.environ, **shop.environment}, stdout=log, stderr=log
        )
    try:
        shop.wait(lambda: is_ready(shop))
        yield beat
        beat.terminate()
        beat.wait(60)
        assert not is_ready(shop, 1000)
    finally:
        beat.kill()
        beat.wait()


def test_beat_is_ready_while_it_sends(tmp_path: Path) -> None:
    for name in ("broker", "shop"):
        (tmp_path / name).mkdir()
    with restartable("redis", tmp_path / "broker") as (url, restart):
        shop = Shop(tmp_path / "shop", url, install=INSTALL)
        try:
            with beat_of(shop, 3600) as beat:
                time.sleep(6)
                # The next entry is due in an hour, and the file is fresh all the same.
                assert is_ready(shop)
                beat.send_signal(signal.SIGSTOP)
                shop.wait(lambda: not is_ready(shop))
                beat.send_signal(signal.SIGCONT)
                shop.wait(lambda: is_ready(shop))
            with beat_of(shop, 1):
                # What is due cannot be sent: the file grows old, until it can.
                restart(lambda: shop.wait(lambda: not is_ready(shop)))
                shop.wait(lambda: is_ready(shop))
        finally:
            shop.close()


def test_a_probe_takes_a_moment(tmp_path: Path) -> None:
    """50 ms, where Python alone takes 13 to start and end: both are measured in turn, as the machine is."""
    (tmp_path / "ready").touch()

    def cost(command: list[str]) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime

    pairs = [(cost([sys.executable, "-c", ""]), cost([*PROBE, str(tmp_path / "ready")])) for _ in range(10)]
    python, probe = (min(column) for column in zip(*pairs, strict=True))
    assert probe <= python * 50 / 13
    program = (
        "import sys; from celery_registry.console import main\n"
        "try: main()\nexcept SystemExit as end: assert not end.code\n"
        "print(sorted({'celery', 'kombu', 'click', 'typing'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", program, "ready", str(tmp_path / "ready")],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")},
    )
    assert done.stdout == "[]\n", done.stderr


def test_the_answers_of_a_probe(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.touch()
    os.utime(old, (time.time() - 100,) * 2)
    for arguments, status, text in (
        ((str(old), "--max-age", "200"), 0, ""),
        ((str(old), "--max-age=200"), 0, ""),
        ((str(old),), 1, f"not ready: {old} was touched 100 s ago"),
        ((str(tmp_path / "none"),), 1, f"not ready: there is no {tmp_path / 'none'}"),
        ((str(old / "below"),), 2, "Not a directory"),
        ((str(old), "--max-age", "soon"), 2, "'soon' is not a valid float range"),
        ((), 2, "Missing argument 'FILE'"),
    ):
        done = subprocess.run([*PROBE, *arguments], capture_output=True, text=True)
        assert done.returncode == status, (arguments, done.stderr)
        assert text in done.stdout + done.stderr
