"""A process that has imported mypy and the plugin, and forks a child for every run: ``python fork_server.py``.

Law: it never runs a build, so every child starts as a fresh process does after its imports. It knows no project.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
import tempfile
from typing import IO, Any, NoReturn

__all__ = ["MODULES", "serve"]

#: What ``python -m NAME`` runs.
MODULES = {"mypy": "mypy.__main__", "mypy.dmypy": "mypy.dmypy.client"}
#: What a run would import one by one.
_IMPORTED = (
    *("mypy.main", "mypy.build", "mypy.dmypy_server", "mypy.plugins.default", "mypy.nativeparse"),
    *("celery_registry.mypy.hooks", "celery_registry.mypy.handlers", "celery_registry.source.index"),
)


def serve(requests: IO[str], answers: IO[str]) -> None:
    """Each line of ``requests`` is a run, {"module", "arguments", "folder"}; its answer is {"status", "out", "err"}."""
    for line in requests:
        request = json.loads(line)
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            child = os.fork()
            if not child:
                _run(request, out.fileno(), err.fileno(), (requests.fileno(), answers.fileno()))
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            out.seek(0)
            err.seek(0)
            answer = {"status": status, "out": out.read().decode(), "err": err.read().decode()}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _run(request: dict[str, Any], out: int, err: int, own: tuple[int, int]) -> NoReturn:
    """In the child: what ``python -m MODULE ARGUMENTS`` does in the folder, then the end of the process."""
    status: object = 1
    try:
        null = os.open(os.devnull, os.O_RDWR)
        for number, target in ((null, 0), (out, 1), (err, 2)):
            os.dup2(number, target)
        for number in (null, out, err, *own):
            os.close(number)
        gc.unfreeze()
        os.chdir(request["folder"])
        sys.path[0] = request["folder"]
        module = importlib.import_module(MODULES[request["module"]])
        sys.argv = [str(module.__file__), *request["arguments"]]
        module.console_entry()
        status = 0
    except SystemExit as ended:
        status = ended.code
        if isinstance(status, str):
            print(status, file=sys.stderr)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status if isinstance(status, int) else 1 if status else 0)


def main() -> None:
    # A module beside this file must not stand for one that mypy imports.
    sys.path[0] = os.getcwd()
    # What is printed belongs to the runs: the answers go where nothing else is written to.
    with open(os.dup(0)) as requests, open(os.dup(1), "w") as answers:
        for name in (*_IMPORTED, *MODULES.values()):
            importlib.import_module(name)
        # Children share the pages of what is imported until they write to them.
        gc.freeze()
        serve(requests, answers)


if __name__ == "__main__":
    main()
