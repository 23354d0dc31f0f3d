"""A program that ends the process at its import is status 2 and one line, whatever it says; Ctrl-C is 130."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import subprocess
import sys
import termios
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cli.shop import APP, REGISTRY, TASKS, run, write_shop

APPLICATION = ("--app", "shop.app:app")
_SCRIPT = os.path.join(os.path.dirname(sys.executable), "celery-registry")
#: What stands at the end of a module, and what is told of it.
ENDS = {
    "sys.exit": ("import sys; sys.exit(0)", "SystemExit: 0"),
    "os._exit": ("import os; os._exit(0)", "SystemExit: os._exit(0)"),
    "SystemExit": ("raise SystemExit", "SystemExit"),
    "KeyboardInterrupt": ("raise KeyboardInterrupt", "KeyboardInterrupt"),
}
COMMANDS = {"check": ("check",), "lock": ("lock", "--output", "lock.json"), "workers": ("workers", "--timeout", "0.1"),
            "preflight": ("preflight",)}  # fmt: skip


def test_status_two_and_one_line(tmp_path: Path) -> None:
    runs = []
    for end, (line, told) in ENDS.items():
        for place in ("app", "tasks"):
            texts = {"app": APP, "tasks": TASKS}
            texts[place] += f"\n{line}\n"
            root = tmp_path / f"{end}-{place}"
            root.mkdir()
            write_shop(root, **texts)
            # One command meets all of it; the others share the way in.
            for command in COMMANDS if place == "app" and end in ("sys.exit", "os._exit") else ["check"]:
                runs.append((root, command, told, place))
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda each: run(each[0], *COMMANDS[each[1]], *APPLICATION), runs))
    for (root, command, told, place), done in zip(runs, results, strict=True):
        label = (root.name, command, done.stdout, done.stderr)
        assert (done.returncode, done.stdout) == (2, ""), label
        assert done.stderr.startswith("celery-registry: "), label
        assert done.stderr.count("\n") == 1, label
        assert f"it ends the process at its import: {told}\n" in done.stderr, label
        assert f"shop/{place}.py:" in done.stderr, label
        assert not (root / "lock.json").exists()


def test_what_is_no_exception_of_pythons_common_sort_is_one_line_too(tmp_path: Path) -> None:
    ends = (
        "raise GeneratorExit",
        "import asyncio\nraise asyncio.CancelledError('odd')",
        "class Odd(BaseException): ...\nraise Odd",
    )
    for number, line in enumerate(ends):
        for place in ("app", "tasks"):
            texts = {"app": APP, "tasks": TASKS}
            texts[place] += f"\n{line}\n"
            root = tmp_path / f"{number}-{place}"
            root.mkdir()
            done = run(write_shop(root, **texts), "check" if number else "lock", *APPLICATION)
            label = (line, place, done.stdout, done.stderr)
            assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), label
            assert done.stderr.startswith("celery-registry: "), label
            assert f"shop/{place}.py:" in done.stderr, label
            assert ("GeneratorExit", "CancelledError: odd", "Odd")[number] in done.stderr, label


def test_a_probe_that_cannot_answer_says_so(tmp_path: Path) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [_SCRIPT, "ready", "nothing"], cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, timeout=120
        )
    line = "celery-registry: standard output cannot be written: No space left on device\n"
    assert (done.returncode, done.stderr) == (2, line)


#: What Celery can make no task of, at the end of ``shop/tasks.py``, and what is told of it.
UNMAKEABLE = {
    "lambda": ("app.task(name='odd')(lambda: 1)", "a lambda is registered as a task"),
    "a cached function": ("import functools\napp.task(name='odd')(functools.lru_cache(lambda: 1))", "AttributeError: "),
}


def test_a_task_that_celery_cannot_make_is_one_line(tmp_path: Path) -> None:
    for kind, (line, told) in UNMAKEABLE.items():
        root = tmp_path / kind
        root.mkdir()
        write_shop(root, tasks=f"{TASKS}\nfrom shop.app import app\n{line}\n")
        for command in ("check", "lock"):
            done = run(root, *COMMANDS[command], *APPLICATION)
            assert (done.returncode, done.stdout) == (2, ""), (kind, command, done.stderr)
            assert done.stderr.startswith(f"celery-registry: Celery cannot finalize the application: {told}")
            assert done.stderr.count("\n") == 1, (kind, command, done.stderr)


def test_a_child_that_the_program_forks_may_end_as_it_likes(tmp_path: Path) -> None:
    child = "\nimport os\npid = os.fork()\nif not pid:\n    os._exit(3)\nassert os.waitpid(pid, 0)[1] == 3 << 8\n"
    done = run(write_shop(tmp_path, app=APP + child), "check", *APPLICATION)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr


@pytest.mark.parametrize("place", ["import", "command"])
def test_ctrl_c_is_130(tmp_path: Path, place: str) -> None:
    sleeping = "\nopen('started', 'w').close()\nimport time\ntime.sleep(60)\n"
    if place == "import":
        write_shop(tmp_path, app=APP + sleeping)
        command = ["check", *APPLICATION]
    else:
        write_shop(tmp_path, app=APP + "\nopen('started', 'w').close()\n")
        command = ["workers", *APPLICATION, "--timeout", "60"]
    process = subprocess.Popen(
        [_SCRIPT, *command],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A test run in the background of a script ignores it, and what it starts would too.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    deadline = time.monotonic() + 60
    while not (tmp_path / "started").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.5 if place == "import" else 1.5)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 130, output + errors
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (APP + "\napp.nothing_like_it\n", "shop/app.py:6: AttributeError: 'Celery' object has no attribute 'nothing_like_it'"),
        (APP + "\nfrom celery import nothing_like_it\n", "shop/app.py:6: ImportError: cannot import name 'nothing_like_it'"),
        ("from shop.config import value\n" + APP, "shop/app.py:1: ModuleNotFoundError: No module named 'shop.config'"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["shop.app:app", "shop.app"])
def test_an_error_inside_the_import_is_told_as_what_it_is(tmp_path: Path, text: str, told: str, name: str) -> None:
    done = run(write_shop(tmp_path, app=text), "check", "--app", name)
    assert done.returncode == 2
    assert done.stderr.startswith(f'celery-registry: application "{name}": {told}'), done.stderr
    assert done.stderr.count("\n") == 1


def test_settings_that_cannot_be_read_are_one_line(tmp_path: Path) -> None:
    text = 'from celery import Celery\n\napp = Celery("shop")\napp.config_from_object("{settings}")\n'
    (tmp_path / "shop.py").write_text(text.format(settings="confg.settings"))
    commands: list[list[str]] = [["check"], ["lock", "--output", "lock.json"]]
    for command in commands:
        done = run(tmp_path, *command, "--app", "shop:app")
        assert (done.returncode, done.stdout) == (2, ""), done.stderr
        assert done.stderr.startswith('celery-registry: the settings of application "shop:app": '), done.stderr
        assert done.stderr.endswith("ModuleNotFoundError: No module named 'confg'\n"), done.stderr
        assert done.stderr.count("\n") == 1
    right = text.format(settings="shop_settings") + "\n\n@app.task\ndef pay() -> None: ...\n"
    (tmp_path / "shop.py").write_text(right)
    (tmp_path / "shop_settings.py").write_text("task_ignore_result = True\n")
    assert run(tmp_path, "check", "--app", "shop:app").returncode == 0


def test_an_application_in_a_module_of_its_package_is_found_without_a_colon(tmp_path: Path) -> None:
    write_shop(tmp_path)
    (tmp_path / "shop" / "__init__.py").write_text("from shop.app import app as application\n")
    for name in ("shop.application", "shop.app", "shop"):
        done = run(tmp_path, "check", "--app", name)
        assert done.returncode == 0, done.stderr


def test_the_program_is_looked_for_in_src_too(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / ".git").mkdir()
    write_shop(tmp_path / "src", tasks=TASKS.replace('name="ping"', 'name="pnig"'))
    done = run(tmp_path, "check", *APPLICATION)
    assert done.returncode == 1, done.stderr
    assert "src/shop/registry.py" in done.stdout
    # What stands in the working directory comes first, as for Celery.
    write_shop(tmp_path)
    assert run(tmp_path, "check", *APPLICATION).returncode == 0


@pytest.mark.parametrize("command", ["check", "lock"])
def test_an_application_and_static_is_a_usage_error(tmp_path: Path, command: str) -> None:
    write_shop(tmp_path, registry=REGISTRY)
    done = run(tmp_path, command, *APPLICATION, "--static")
    assert done.returncode == 2
    assert done.stderr.endswith(
        "Error: --app imports the application, --static and PATHS read the source: give one of them\n"
    )
    # The environment names it for all commands.
    assert run(tmp_path, command, "--static", environment={"CELERY_APP": "shop.app"}).returncode == 0


def ask(directory: Path, answer: bytes | None) -> tuple[int, str]:
    """A command that asks before it writes, on a terminal of its own; ``answer`` is typed there, None is Ctrl-C."""
    terminal, child = pty.openpty()

    def take_terminal() -> None:
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    process = subprocess.Popen(
        [_SCRIPT, "scaffold"],
        cwd=directory,
        stdin=child,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        preexec_fn=take_terminal,
    )
    assert process.stderr is not None
    said = b""
    while b"Write these changes?" not in said:
        read = os.read(process.stderr.fileno(), 4096)
        assert read, said
        said += read
    deadline = time.monotonic() + 60
    # A signal just before the answer is read is noticed behind it: a person presses the key again.
    while process.poll() is None and time.monotonic() < deadline:
        os.write(terminal, b"\x03" if answer is None else answer)
        time.sleep(0.2)
    said += process.communicate(timeout=60)[1]
    os.close(terminal)
    os.close(child)
    return process.returncode, said.decode()


def test_ctrl_c_at_a_question_is_130_and_writes_nothing(tmp_path: Path) -> None:
    directory = write_shop(tmp_path, registry="")
    status, said = ask(directory, None)
    assert (status, "Aborted" in said, "Traceback" in said) == (130, False, False), said
    # An input that ends is no answer, either.
    with open(os.devnull, "rb") as nothing:
        done = subprocess.run(
            [_SCRIPT, "scaffold"], cwd=directory, stdin=nothing, capture_output=True, text=True, timeout=120
        )
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert done.stderr.endswith("celery-registry: nobody answers here, so nothing was written: --yes agrees\n")
    assert not list(directory.rglob("task_registry.py"))
    assert ask(directory, b"n\n")[0] == 0
    assert not list(directory.rglob("task_registry.py"))


def test_a_full_disk_behind_standard_output_is_one_line(tmp_path: Path) -> None:
    directory = write_shop(tmp_path)
    for command in (["check", "--static"], ["list"], ["check", "--help"], ["--help"], ["--version"]):
        with open("/dev/full", "w") as full:
            done = subprocess.run(
                [_SCRIPT, *command], cwd=directory, stdout=full, stderr=subprocess.PIPE, text=True, timeout=120
            )
        line = "celery-registry: standard output cannot be written: No space left on device\n"
        assert (done.returncode, done.stderr) == (2, line), command


def test_what_the_output_has_no_letters_for_is_spelled_out(tmp_path: Path) -> None:
    wrong = REGISTRY.replace('"ping"', '"zařaz"')
    directory = write_shop(tmp_path, tasks=TASKS.replace('name="ping"', 'name="zařad"'), registry=wrong)
    # A name that is no UTF-8, as an old archive leaves it; no import can say it.
    with open(os.path.join(os.fsencode(directory), b"alt\xe9.py"), "w") as file:
        file.write("from celery import shared_task\n@shared_task\ndef alt(a: int) -> None: ...\nalt.delay()\n")
    commands = (
        ["check", "--static"],
        ["list"],
        ["map"],
        ["show", "zařad"],
        ["check", "--static", "--format", "github"],
    )
    for encoding, shown in (("latin-1", "za\\u0159a"), ("utf-8", "zařa")):
        for command in commands if encoding == "latin-1" else commands[:1]:
            done = run(directory, *command, environment={"PYTHONIOENCODING": encoding})
            assert done.returncode in (0, 1), (encoding, command, done.stderr)
            assert "Traceback" not in done.stderr, (encoding, command, done.stderr)
            assert command == ["map"] or shown in done.stdout, (encoding, command, done.stdout)


def test_a_lock_of_no_task_replaces_none(tmp_path: Path) -> None:
    """An application whose task modules nobody names would leave a lock that holds nobody to anything."""
    write_shop(tmp_path)
    assert run(tmp_path, "lock", *APPLICATION).returncode == 0
    before = (tmp_path / "celery-registry.lock").read_text()
    (tmp_path / "shop" / "app.py").write_text(APP.replace(', include=["shop.tasks"]', ""))
    for command in (["lock"], ["lock", "--check"]):
        done = run(tmp_path, *command, *APPLICATION)
        assert (done.returncode, done.stdout) == (2, ""), done.stderr
        assert done.stderr.startswith("celery-registry: the application has no task: are its task modules named in ")
    assert (tmp_path / "celery-registry.lock").read_text() == before


def test_who_reads_the_output_may_stop(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([_SCRIPT, "explain"], cwd=tmp_path, stdout=writing, stderr=subprocess.PIPE, timeout=120)
    os.close(writing)
    assert (done.returncode, done.stderr) == (2, b"")
