#!/usr/bin/env python3
"""Show celery-registry at work on the example project: mypy, a worker that boots, one that refuses, a message that is kept.

Law: the standard library alone, and no step is taken on trust: each has a promise that is checked against
what mypy and Celery really print and how they really exit.
"""

from __future__ import annotations

import argparse
import contextlib
import difflib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROJECT = ROOT / "examples" / "delivery_project"
RIGHT, WRONG = "calls_right.py", "calls_wrong.py"
FACTORIES = "src/delivery/tasks/factories.py"
REGISTRATION = "        self._email.register(app)\n"
GUARD = "guard.install(app, registry=TasksRegistry, names=TaskName"
APPLICATION = "src/delivery/celery.py"
RECEIPT = """

@app.task(name="receipt")
def receipt(to: str) -> None:
    print(f"a receipt for {to}")
"""
EX_CONFIG = 78
# Seconds that a worker may take to refuse.
WORKER_LIMIT = 120
STEPS = 6


class BrokenPromise(Exception):
    """A step did not do what it promises; the text says what happened instead."""


class CannotRun(Exception):
    """The demonstration has no Python, no packages or no project to run with."""


@dataclass
class Account:
    """What the person at the terminal reads: numbered steps, the commands, their own words, a verdict."""

    done: int = 0
    started: float = field(default_factory=time.monotonic)
    live: bool = field(default_factory=sys.stdout.isatty)

    def step(self, title: str) -> None:
        self.done += 1
        print(f"\n[{self.done}/{STEPS}] {title}", flush=True)

    def say(self, text: str) -> None:
        print(f"      {text}", flush=True)

    def quote(self, text: str) -> None:
        """Lines that another program printed."""
        for line in text.splitlines():
            print(f"      | {line}", flush=True)

    def kept(self, text: str) -> None:
        print(f"  ok  {text}", flush=True)

    def run(self, command: Sequence[str], shown: str, *, cwd: Path, env: dict[str, str], limit: float) -> Finished:
        """Run a command to its end, with a running clock on a terminal."""
        self.say(f"$ {shown}")
        begin = time.monotonic()
        with tempfile.TemporaryFile("w+") as output:
            process = subprocess.Popen(
                command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
            )
            try:
                while process.poll() is None:
                    seconds = time.monotonic() - begin
                    if seconds > limit:
                        raise BrokenPromise(f"{shown}: no end after {limit:.0f} seconds")
                    if self.live:
                        print(f"\r      ... {seconds:3.0f} s", end="", flush=True)
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        process.wait(0.2)
            finally:
                if process.poll() is None:
                    process.kill()
                    process.wait()
                if self.live:
                    print("\r" + " " * 20 + "\r", end="", flush=True)
            output.seek(0)
            return Finished(process.returncode, output.read(), time.monotonic() - begin)


@dataclass(frozen=True)
class Finished:
    """A command that has ended."""

    status: int
    output: str
    seconds: float

    def errors(self, file: str) -> list[str]:
        """mypy's errors in ``file``."""
        return [line for line in self.output.splitlines() if line.startswith(f"{file}:") and ": error: " in line]


def make_environment(account: Account, venv: Path, install: bool) -> Path:
    """A virtual environment with this checkout and what the example needs; returns its Python."""
    account.step("A virtual environment (pip: the only step that needs the network)")
    python = venv / ("Scripts" if os.name == "nt" else "bin") / "python"
    env = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    if not python.exists():
        if not install:
            raise CannotRun(f"{venv} holds no virtual environment")
        made = account.run(
            [sys.executable, "-m", "venv", str(venv)], f"python3 -m venv {venv}", cwd=ROOT, env=env, limit=120
        )
        if made.status:
            shutil.rmtree(venv, ignore_errors=True)
            raise CannotRun(made.output.strip())
    if install:
        pip = [str(python), "-m", "pip", "install", "--quiet"]
        seconds = 0.0
        # Dependency groups came with pip 25.1.
        for words in (["--upgrade", "pip>=25.1"], [".[compatible-mypy]", "--group", "example"]):
            shown = " ".join(f'"{word}"' if set(word) & set(".>[") else word for word in words)
            installed = account.run([*pip, *words], f"pip install {shown}", cwd=ROOT, env=env, limit=900)
            if installed.status:
                raise CannotRun(installed.output.strip())
            seconds += installed.seconds
        account.say(f"pip took {seconds:.0f} s")
    versions = (
        "import sys, celery, mypy.version as m; print(*sys.version.split()[:1], m.__version__, celery.__version__)"
    )
    asked = subprocess.run([str(python), "-c", versions], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if asked.returncode:
        raise CannotRun(f"{venv} has no mypy and Celery: run without --no-install")
    account.kept("Python {}, mypy {}, Celery {}".format(*asked.stdout.split()))
    return python


def wrong_lines(project: Path) -> list[int]:
    """The lines of ``calls_wrong.py`` that say of themselves that they are wrong."""
    lines = (project / WRONG).read_text().splitlines()
    return [number for number, line in enumerate(lines, 1) if "# wrong" in line]


def reported_lines(errors: Sequence[str]) -> list[int]:
    return sorted({int(error.split(":")[1]) for error in errors})


def show_stock_mypy(account: Account, project: Path, python: Path, env: dict[str, str]) -> None:
    account.step("mypy --strict without the plugin: right calls are refused, wrong ones pass")
    stock = (project / "mypy.ini").read_text().replace(", celery_registry.mypy", "")
    (project / "mypy_stock.ini").write_text(stock)
    command = [
        str(python),
        "-m",
        "mypy",
        "--config-file",
        "mypy_stock.ini",
        "--cache-dir",
        ".mypy_cache_stock",
        RIGHT,
        WRONG,
    ]
    run = account.run(command, f"mypy --config-file mypy_stock.ini {RIGHT} {WRONG}", cwd=project, env=env, limit=300)
    if run.status not in (0, 1):
        raise BrokenPromise(f"mypy could not run:\n{run.output}")
    account.quote("\n".join(run.errors(RIGHT)))
    refused = reported_lines(run.errors(RIGHT))
    missed = [line for line in wrong_lines(project) if line not in reported_lines(run.errors(WRONG))]
    account.kept(f"{len(refused)} right calls refused, {len(missed)} of {len(wrong_lines(project))} mistakes missed")


def show_plugin(account: Account, project: Path, python: Path, env: dict[str, str]) -> None:
    account.step("mypy --strict with plugins = celery_registry.mypy: exactly the mistakes")
    command = [str(python), "-m", "mypy", "src", RIGHT, WRONG]
    run = account.run(command, f"mypy src {RIGHT} {WRONG}", cwd=project, env=env, limit=300)
    account.quote(run.output)
    errors = [line for line in run.output.splitlines() if ": error: " in line]
    elsewhere = [error for error in errors if error not in run.errors(WRONG)]
    if run.status not in (0, 1) or elsewhere:
        raise BrokenPromise("the example project and its right calls should have no error")
    if "could not check" in run.output:
        raise BrokenPromise("the plugin should understand every call")
    expected, reported = wrong_lines(project), reported_lines(run.errors(WRONG))
    if expected != reported:
        raise BrokenPromise(f"mistakes stand on the lines {expected} of {WRONG}, mypy reported {reported}")
    account.kept(f"no error in the project and {RIGHT}; each of the {len(expected)} mistakes on its own line")


@contextlib.contextmanager
def running_worker(project: Path, python: Path, env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A worker in the background; it is stopped whatever happens."""
    with (project / "worker.log").open("wb") as log:
        worker = subprocess.Popen(
            [str(python), "-m", "celery", "-A", "delivery", "worker", "--pool", "solo", "--loglevel", "INFO"],
            cwd=project, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            yield worker
        finally:
            worker.terminate()
            try:
                worker.wait(15)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()


def show_healthy_worker(account: Account, project: Path, python: Path, env: dict[str, str]) -> None:
    account.step("A worker boots, answers a ping and sends the e-mail of an order")
    account.say("$ celery -A delivery worker --pool solo &")
    with running_worker(project, python, env) as worker:
        answer = account.run([str(python), RIGHT], f"python {RIGHT}", cwd=project, env=env, limit=120)
        account.quote(answer.output)
        order = account.run([str(python), "place_order.py"], "python place_order.py", cwd=project, env=env, limit=120)
        account.quote(order.output)
        alive = worker.poll() is None
    if answer.output.split() != ["pong"] or order.status or not alive:
        account.quote((project / "worker.log").read_text())
        raise BrokenPromise("the worker should have answered the ping and sent the e-mail")
    account.kept("registry.ping.delay().get() came back with pong, the order's e-mail was sent")


def show_refusing_worker(account: Account, project: Path, python: Path, env: dict[str, str]) -> None:
    account.step("One registration is removed: the same worker refuses to boot")
    source = project / FACTORIES
    before = source.read_text()
    after = before.replace(REGISTRATION, "")
    if after == before:
        raise BrokenPromise(f"{FACTORIES} has no line {REGISTRATION.strip()}")
    source.write_text(after)
    changes = difflib.unified_diff(before.splitlines(), after.splitlines(), FACTORIES, FACTORIES, n=1, lineterm="")
    account.quote("\n".join(changes))
    send = "from ioc.container import *; get_container().resolve(TasksRegistry).ping.delay()"
    sent = account.run(
        [str(python), "-c", send], "python -c '... registry.ping.delay()'", cwd=project, env=env, limit=120
    )
    if sent.status:
        raise BrokenPromise(f"a message should be waiting in the queue:\n{sent.output}")
    queue = Path(env["DELIVERY_STATE_DIR"]) / "queue"
    waiting = sorted(queue.iterdir())
    command = [str(python), "-m", "celery", "-A", "delivery", "worker", "--pool", "solo"]
    run = account.run(
        command, "celery -A delivery worker --pool solo; echo $?", cwd=project, env=env, limit=WORKER_LIMIT
    )
    account.quote(run.output.strip("\n"))
    account.quote(str(run.status))
    source.write_text(before)
    if run.status != EX_CONFIG or "send_email" not in run.output:
        raise BrokenPromise(f"the worker should have named send_email and exited with status {EX_CONFIG}")
    if sorted(queue.iterdir()) != waiting:
        raise BrokenPromise("the waiting message should still be in the queue")
    account.kept(f"exit status {EX_CONFIG}, the missing task is named, the waiting message is untouched")


def wait_for_log(project: Path, worker: subprocess.Popen[bytes], text: str) -> str:
    """The line of the worker's log that has this text."""
    deadline = time.monotonic() + WORKER_LIMIT
    while time.monotonic() < deadline and worker.poll() is None:
        for line in (project / "worker.log").read_text(errors="replace").splitlines():
            if text in line:
                return line
        time.sleep(0.1)
    raise BrokenPromise(f'the worker\'s log has no "{text}":\n{(project / "worker.log").read_text()[-2000:]}')


def show_parking(account: Account, project: Path, python: Path, env: dict[str, str]) -> None:
    account.step("A message for a task that this release lacks is parked, and runs when the task is there")
    source = project / FACTORIES
    source.write_text(source.read_text().replace(f"{GUARD})", f'{GUARD}, park="celery-registry.parked")'))
    send = "from delivery.celery import app; app.send_task('receipt', ['Ada'])"
    parked = [str(python), "-m", "celery", "-A", "delivery", "registry", "parked"]

    def run(command: Sequence[str], shown: str) -> Finished:
        finished = account.run(command, shown, cwd=project, env=env, limit=120)
        account.quote(finished.output.strip("\n"))
        return finished

    run([str(python), "-c", send], f'python -c "{send}"')
    account.say("$ celery -A delivery worker --pool solo &")
    with running_worker(project, python, env) as worker:
        account.quote(wait_for_log(project, worker, "parked a message"))
    application = project / APPLICATION
    application.write_text(application.read_text() + RECEIPT)
    account.say(f"$ cat >>{APPLICATION}")
    account.quote(RECEIPT.strip("\n"))
    listed = run([*parked, "list"], "celery -A delivery registry parked list")
    sent = run([*parked, "replay", "--yes"], "celery -A delivery registry parked replay --yes")
    if listed.status or sent.status or "1 message sent back, 0 left" not in sent.output:
        raise BrokenPromise("the parked message should fit now, and be sent back")
    account.say("$ celery -A delivery worker --pool solo &")
    with running_worker(project, python, env) as worker:
        account.quote(wait_for_log(project, worker, "a receipt for Ada"))
    account.kept("the message was kept while nobody could run it, and ran when somebody could")


def demonstrate(account: Account, venv: Path, install: bool) -> None:
    python = make_environment(account, venv, install)
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="celery-registry-demo-") as scratch:
        project = Path(scratch) / "delivery_project"
        ignored = shutil.ignore_patterns(".celery", ".mypy_cache*", "__pycache__")
        shutil.copytree(PROJECT, project, ignore=ignored)
        outside = {"CELERY_BROKER_URL", "CELERY_RESULT_BACKEND", "MYPYPATH", "DJANGO_SETTINGS_MODULE"}
        env = {name: value for name, value in os.environ.items() if name not in outside}
        env |= {"PYTHONPATH": "src", "PYTHONUNBUFFERED": "1", "DELIVERY_STATE_DIR": str(project / ".celery")}
        env["PYTHONWARNINGS"] = "ignore:You're running the worker with superuser privileges"
        steps = (show_stock_mypy, show_plugin, show_healthy_worker, show_refusing_worker, show_parking)
        for show in steps:
            show(account, project, python, env)
    print(f"\nAll {STEPS} steps did as promised, in {time.monotonic() - begin:.0f} s besides pip.")


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Show celery-registry at work on a copy of examples/delivery_project.",
        epilog="Exit status: 0 every step did as promised, 1 one did not, 2 the demonstration cannot run.",
    )
    parser.add_argument("--venv", type=Path, default=ROOT / ".venv-demo", metavar="DIR",
                        help="the virtual environment to make or use again (default: .venv-demo in this checkout)")  # fmt: skip
    parser.add_argument("--no-install", action="store_true", help="the environment is ready: do not run pip")
    options = parser.parse_args()
    account = Account()
    try:
        if sys.version_info < (3, 10):  # noqa: UP036  whatever python3 is on this machine runs this file
            raise CannotRun(f"Python 3.10 or newer is needed, this is {sys.version.split()[0]}")
        demonstrate(account, options.venv.absolute(), not options.no_install)
    except BrokenPromise as broken:
        print(f"\nNOT as promised, step {account.done}: {broken}")
        return 1
    except CannotRun as reason:
        print(f"\nCannot run: {reason}")
        return 2
    except KeyboardInterrupt:
        print("\nStopped.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
