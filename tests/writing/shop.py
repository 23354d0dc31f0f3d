"""A shop without a registry, with one task of every kind, and how it is judged.

Law: files and runs of the real tools; what is right stands in the tests.
"""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

from celery_registry.cli import registry

__all__ = ["SHOP", "command", "judge", "run", "write_files"]

SHOP: Mapping[str, str] = {
    "pyproject.toml": '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.11"\n',
    "mypy.ini": "[mypy]\nplugins = celery_registry.mypy\nstrict = True\ndisallow_untyped_defs = False\n"
    "disallow_incomplete_defs = False\ndisallow_untyped_decorators = False\ndisallow_untyped_calls = False\n",
    "shop/__init__.py": "",
    "shop/celery.py": 'from celery import Celery\n\napp = Celery("shop", broker="memory://")\n'
    'app.conf.imports = ["shop.orders.tasks", "shop.users.tasks", "shop.mail"]\n\nif __name__ == "__main__":\n    app.start()\n',
    "shop/models.py": "from dataclasses import dataclass\n\n\n@dataclass\nclass Result:\n    done: bool\n",
    "shop/orders/__init__.py": "",
    "shop/orders/tasks.py": '''
from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Dict, TypedDict

from celery import shared_task

from shop import models

if TYPE_CHECKING:
    from collections.abc import Sequence


class Result(TypedDict):
    synced: int


@shared_task
def sync(orders: Sequence[int], since: datetime.datetime | None = None) -> Result:
    """Fetch what is new.

    Args:
        orders: Their numbers, \\\\d+ as "text"
        since: Only newer ones
        gone: Was a parameter once
    """
    return {"synced": len(orders)}


@shared_task(name="orders.refund")
def refund(order: int, amount: Decimal, *, reason: str) -> models.Result:
    return models.Result(True)


@shared_task(name="orders.list")
def list_orders(page: int = 1) -> Dict[str, list]:  # type: ignore[type-arg]
    return {}
''',
    "shop/users/__init__.py": "",
    "shop/users/tasks.py": '''
from typing import Any, TypeVar

from shop.celery import app
from shop.models import Result
from shop.users.wrapping import audited

N = TypeVar("N", bound=int)
T = TypeVar("T")


class Result2:
    pass


@app.task(bind=True)
def sync(self, user, depth=2, label="all", weight=1.5, deep=False, other=None):
    """Untyped, but not without a word.

    :param int user: Who
    :type other: str
    """
    if user:
        return
    print(depth, label, weight, deep, other)


@app.task
def count(first: N, *rest: N) -> int:
    return first


@app.task
def echo(value: T) -> T:
    return value


@app.task(name="users.watched")
@audited
def watched(user: int) -> None:
    pass


@app.task
def untyped(something, **options):
    return something


@app.task
def close(user: "int", result: "Result") -> "None":
    pass
''',
    "shop/users/wrapping.py": "def audited(function):\n    def inner(*args, **kwargs):\n        return function(*args, **kwargs)\n\n    return inner\n",
    "shop/mail.py": '''
from celery import Task

from celery_registry import register_task
from shop.celery import app


class Sender:
    class Report:
        pass

    def send_email(self, to: str, subject: str = "Hello") -> "Sender.Report":
        """Send one.

        Args:
            to: Who
        """
        return Sender.Report()


register_task(app, "mail.send-email", Sender().send_email)


class Resend(Task[[str], bool]):
    name = "mail.resend"

    def run(self, message: str) -> bool:
        return True


app.register_task(Resend())


def say() -> None:
    pass


for name in ("one", "two"):
    app.task(name=name)(say)


@app.task(name="mail.twice")
def first() -> None: ...


@app.task(name="mail.twice")
def second() -> None: ...  # celery-registry: ignore[task-duplicate]
''',
}


def write_files(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write the files of a project, texts as they are."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def run(folder: Path, *command: str, answer: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run one of our or of our tools' commands in a directory."""
    program = os.path.join(sysconfig.get_path("scripts"), command[0])
    started = [sys.executable, *command[1:]] if command[0] == "python" else [program, *command[1:]]
    return subprocess.run(started, cwd=folder, capture_output=True, text=True, check=False, input=answer, timeout=300)


def command(folder: Path, *arguments: str, answer: str = "") -> subprocess.CompletedProcess[str]:
    """Run one of our commands in a directory, in this process: the same text and status in a twentieth of the time."""
    before, stdin, status = Path.cwd(), sys.stdin, 0
    output, errors = io.StringIO(newline=""), io.StringIO(newline="")
    try:
        os.chdir(folder)
        sys.stdin = io.StringIO(answer)
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
            registry.main(list(arguments), prog_name="celery-registry")
    except SystemExit as end:
        status = int(end.code or 0)
    finally:
        os.chdir(before)
        sys.stdin = stdin
    return subprocess.CompletedProcess(arguments, status, output.getvalue(), errors.getvalue())


def judge(folder: Path, *written: str) -> dict[str, str]:
    """What mypy, pyright's standard mode, ruff and ``check --static`` say, nothing where all is well; a warning is."""
    mypy = run(folder, "mypy", "--no-error-summary", ".")
    (folder / "pyrightconfig.json").write_text(f'{{"include": {list(written)!r}}}'.replace("'", '"'))
    pyright = run(folder, "pyright", "--pythonpath", sys.executable)
    (folder / "pyrightconfig.json").unlink()
    ruff = run(folder, "ruff", "check", "--isolated", "--quiet", *written)
    layout = run(folder, "ruff", "format", "--isolated", "--check", "--quiet", *written)
    static = run(folder, "celery-registry", "check", "--static")
    said = {
        "mypy": mypy.stdout + mypy.stderr,
        "pyright": "" if pyright.returncode == 0 else pyright.stdout + pyright.stderr,
        "ruff": ruff.stdout + ruff.stderr,
        "format": layout.stdout + layout.stderr,
        "static": "" if static.returncode == 0 else static.stdout + static.stderr,
    }
    return {tool: text for tool, text in said.items() if text.strip()}
