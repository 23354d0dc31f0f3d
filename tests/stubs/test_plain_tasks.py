"""``stubs --tasks``: modules of plain tasks get what a registry's properties get, in every checker without plugins.

Law: the calls are those of the conformance table, made on the functions themselves; the checkers judge.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from stubs.checkers import CHECKERS, run_checker
from stubs.projects import run_command, write_files

CONFORMANCE = Path(__file__).parent / "conformance"
#: What a caller passes for a model is its dumped form, which the stub cannot name.
OPEN = 'work.welcome.delay("n", "hi")'


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plain") / "shop"
    shutil.copytree(CONFORMANCE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    plain = set(re.findall(r"^@shared_task[^\n]*\ndef (\w+)", (folder / "src/shop/tasks/work.py").read_text(), re.M))
    lines = []
    for line in (folder / "calls.py").read_text().splitlines():
        called = set(re.findall(r"\br\.(\w+)", line))
        indent = line[: len(line) - len(line.lstrip())]
        # Some properties have another name than their function, or one that is registered in another way.
        lines.append(re.sub(r"\br\.(?=\w)", "work.", line) if called <= plain else f"{indent}pass")
    text = "\n".join(lines).replace("from shop.tasks.registry", "from shop.tasks import work\nfrom shop.tasks.registry")
    (folder / "calls.py").write_text(text + "\n")
    # A second module of tasks: both take their shapes from one.
    (folder / "src/shop/tasks/other.py").write_text(
        "from celery import shared_task\n\n\n@shared_task\ndef task_1(number: int) -> int:\n    return number\n"
    )
    for command in (("init", "--yes"), ("stubs", "--tasks")):
        done = run_command(folder, *command)
        assert done.returncode == 0, done.stderr
    assert (folder / "typeshed_overrides/shop-stubs/_celery_task_shapes.pyi").exists()
    return folder


@pytest.mark.parametrize("checker", [name for name in CHECKERS if name != "mypy with the plugin"])
def test_a_checker_without_plugins_tells_right_from_wrong(checker: str, shop: Path) -> None:
    calls = [
        (number, line)
        for number, line in enumerate((shop / "calls.py").read_text().splitlines(), 1)
        if "work." in line and line.startswith("    ")
    ]
    # ``# bad: list arity`` and its kin are what no type can express.
    good = {number: line.strip() for number, line in calls if "# bad" not in line}
    bad = {number: line.partition("#")[0].strip() for number, line in calls if line.endswith("# bad")}
    assert len(good) > 90
    assert len(bad) > 80
    flagged = {found.line for found in run_checker(checker, shop, "calls.py") if found.path.endswith("calls.py")}
    assert {number: good[number] for number in good.keys() & flagged} == {}
    assert {bad[number] for number in bad.keys() - flagged} <= {OPEN}


TWO = {
    "pyproject.toml": "",
    "src/shop/__init__.py": "",
    "src/shop/mail.py": "from celery import shared_task\n\n\n@shared_task\ndef task_1(to: str) -> None: ...\n",
    "src/shop/deep/__init__.py": "",
    "src/shop/deep/stock.py": "from celery import shared_task\n\n\n@shared_task\ndef count(first: int, second: int = 2) -> None: ...\n",
    "src/calls.py": """\
from shop.deep.stock import count
from shop.mail import task_1

task_1.delay(to="x")
task_1.apply_async(("x",), countdown=3)
count.delay(1)
count.apply_async((1, 2))
task_1.delay(recipient="x")
task_1.apply_async((1,))
count.delay()
count.apply_async((1, "2"))
""",
}


@pytest.mark.parametrize(("layout", "checker"), [("beside", "ty"), ("typings", "pyright")])
def test_modules_of_one_package_share_their_shapes_in_each_layout(layout: str, checker: str, tmp_path: Path) -> None:
    write_files(tmp_path, TWO)
    assert run_command(tmp_path, "stubs", "--tasks", "--layout", layout).returncode == 0
    place = {"beside": "src/shop", "typings": "typings/shop"}[layout]
    assert (tmp_path / place / "_celery_task_shapes.pyi").exists()
    assert {item.line for item in run_checker(checker, tmp_path, "src/calls.py")} == {8, 9, 10, 11}
    assert run_command(tmp_path, "stubs", "--check", "--layout", layout).returncode == 0
    # One module alone has its own.
    (tmp_path / "src/shop/deep/stock.py").write_text("")
    assert run_command(tmp_path, "stubs", "--layout", layout).returncode == 0
    assert not (tmp_path / place / "_celery_task_shapes.pyi").exists()
    assert {item.line for item in run_checker(checker, tmp_path, "src/calls.py")} >= {8, 9}


@pytest.mark.parametrize("checker", [name for name in CHECKERS if name != "mypy with the plugin"])
def test_modules_of_a_namespace_package_keep_their_shapes(checker: str, tmp_path: Path) -> None:
    """pyright finds no module of a stub package that a namespace package itself does not have."""
    write_files(tmp_path, {name: text for name, text in TWO.items() if not name.endswith("__init__.py")})
    for command in (("init", "--yes"), ("stubs", "--tasks")):
        assert run_command(tmp_path, *command).returncode == 0
    assert not [*(tmp_path / "typeshed_overrides").rglob("_celery_task_shapes.pyi")]
    assert {item.line for item in run_checker(checker, tmp_path, "src/calls.py")} == {8, 9, 10, 11}


SMALL = {
    "tasks.py": """
from celery import Celery, Task, shared_task

app = Celery("shop")
LIMIT = 3

@shared_task
def send(to: str) -> bool:
    "Send it."
    return True

class Own(Task):
    def delay(self, *args, **kwargs): ...

@app.task(base=Own)
def owned(to: str) -> None: ...

@print
@shared_task
def decorated(to: str) -> None: ...

def plain(number: int) -> int:
    return number
"""
}


def test_what_is_not_surely_a_plain_task_stays_as_it_is_written(tmp_path: Path) -> None:
    write_files(tmp_path, SMALL)
    assert run_command(tmp_path, "stubs", "--tasks").returncode == 0
    text = (tmp_path / "typeshed_overrides/tasks-stubs/__init__.pyi").read_text()
    assert "\nsend: _Send\n" in text
    assert "Send it." in text
    assert "\ndef plain(number: int) -> int: ...\n" in text
    assert "\nLIMIT = 3\n" in text
    for name in ("owned", "decorated"):
        assert f"def {name}(to: str) -> None: ..." in text


def test_stubs_with_tasks_are_kept_until_somebody_says_otherwise(tmp_path: Path) -> None:
    write_files(tmp_path, SMALL)
    refused = run_command(tmp_path, "stubs")
    assert refused.returncode == 2
    assert "plain tasks get stubs with --tasks" in refused.stderr
    assert run_command(tmp_path, "stubs", "--tasks").returncode == 0
    assert run_command(tmp_path, "stubs", "--check").returncode == 0
    (tmp_path / "tasks.py").write_text(SMALL["tasks.py"].replace("to: str) -> bool", "to: str, copies: int) -> bool"))
    assert run_command(tmp_path, "stubs", "--check").returncode == 1
    assert run_command(tmp_path, "stubs").returncode == 0
    assert "copies: int" in (tmp_path / "typeshed_overrides/tasks-stubs/__init__.pyi").read_text()
    assert run_command(tmp_path, "stubs", "--no-tasks").returncode == 0
    assert not (tmp_path / "typeshed_overrides/tasks-stubs/__init__.pyi").exists()
