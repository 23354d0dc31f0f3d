"""What the fronts say about programs on disk: this file is run as a process of its own.

Law: ``python fronts.py FRONT`` reads JSON rows (directory, application, paths, base) and prints the codes of each, with
the text. Each program is judged in a fork of a process that has imported the tools, and by their public doors.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import re
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

#: An error, or a warning, which is a note.
_CODE = re.compile(r": error: .*\[(task-[a-z-]+)\]$|: note: .*  \((task-[a-z-]+)\)$")


def mypy(row: dict[str, Any]) -> tuple[list[str], str]:
    from mypy import api

    os.chdir(row["directory"])
    arguments = [*row["paths"], "--no-error-summary", "--hide-error-context", "--cache-dir", row["cache"]]
    # What a plugin prints before there is a run.
    with contextlib.redirect_stderr(io.StringIO()) as printed:
        out, err, _ = api.run(arguments)
    found = [m[1] or m[2] for line in out.splitlines() if (m := _CODE.search(line))]
    return found, out + err + printed.getvalue()


def _check(arguments: list[str]) -> tuple[list[str], str]:
    from celery_registry.cli import registry

    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), contextlib.suppress(SystemExit):
        registry.main(["check", "--format", "json", *arguments], standalone_mode=False)
    document = json.loads(out.getvalue())
    return [f["code"] for f in document["findings"]], out.getvalue() + err.getvalue()


def static(row: dict[str, Any]) -> tuple[list[str], str]:
    os.chdir(row["directory"])
    return _check(["--static", *(p for p in row["paths"] if p != ".")])


def app(row: dict[str, Any]) -> tuple[list[str], str]:
    # As the celery command does it: from where the application is started.
    os.chdir(os.path.join(row["directory"], row["base"]))
    sys.path.insert(0, os.getcwd())
    return _check(["--app", row["app"]])


def worker(row: dict[str, Any]) -> tuple[list[str], str]:
    """A worker that boots as far as its blueprint's steps, of which the guard's is one; it does not connect.

    What it logs is what it tells where it boots.
    """
    os.chdir(os.path.join(row["directory"], row["base"]))
    from celery.app.utils import find_app

    from celery_registry.guard.boot import BootRefused

    sys.path.insert(0, os.getcwd())
    found = find_app(row["app"])
    sys.path.pop(0)
    logged = io.StringIO()
    logging.getLogger("celery.worker").addHandler(logging.StreamHandler(logged))
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            found.Worker(pool="solo", loglevel="WARNING", quiet=True)
        text = told = f"boots\n{logged.getvalue()}"
    except BootRefused as refused:
        text, told = str(refused), logged.getvalue()
    return re.findall(r"(?:error|warning) \[(task-[a-z-]+)\]", text), told


FRONTS: dict[str, Callable[[dict[str, Any]], tuple[list[str], str]]] = {
    "mypy": mypy, "static": static, "app": app, "worker": worker
}  # fmt: skip


def in_a_fork(front: Callable[[dict[str, Any]], tuple[list[str], str]], row: dict[str, Any]) -> dict[str, Any]:
    """The answer of a front about one program; what it raised is told as such."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            codes, text = front(row)
            answer = {"codes": sorted(codes), "text": text}
        except BaseException:
            answer = {"codes": ["failed"], "text": traceback.format_exc()}
        with os.fdopen(write, "w") as pipe:
            json.dump(answer, pipe)
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    answer = json.loads(text) if text else {"codes": ["failed"], "text": "the process ended"}
    return dict(answer)


def main() -> None:
    name = sys.argv[1]
    # Its own directory is no place of the programs'.
    sys.path[:] = [p for p in sys.path if p and Path(p).resolve() != Path(__file__).resolve().parent]
    if name == "mypy":
        import mypy.build  # noqa: F401
        from mypy import api  # noqa: F401
    else:
        import celery.beat
        import celery.worker  # noqa: F401

        import celery_registry.cli.check
        import celery_registry.guard.boot  # noqa: F401
    print(json.dumps([in_a_fork(FRONTS[name], row) for row in json.load(sys.stdin)]))


if __name__ == "__main__":
    main()
