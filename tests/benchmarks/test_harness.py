"""The harness runs and prints ratios. No test here looks at a time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .floor import tell
from .interleave import Cost, compare_costs, daemon_cost, interleave, run_measured
from .mypy_cost import main
from .project import Layout, Project, Shape, write_plain_project, write_project
from .remote_cost import main as show_remote
from .stock_floor import main as show_floor
from .task_stubs import measure

SMALL = Shape(tasks=10, calls=40, controllers=5)


def _run_stock_mypy(root: Path, cache: Path) -> str:
    command = [sys.executable, "-m", "mypy", "--config-file=", "--check-untyped-defs", f"--cache-dir={cache}", "shop"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False).stdout


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for all: the standard library and Celery's stubs are checked once."""
    return tmp_path_factory.mktemp("cache")


@pytest.mark.parametrize("layout", Layout)
def test_stock_mypy_accepts_a_generated_project_before_and_after_every_edit(
    tmp_path: Path, cache: Path, layout: Layout
) -> None:
    root = tmp_path / "src"
    root.mkdir()
    project = write_project(root, Shape(tasks=10, calls=40, controllers=5, layout=layout))
    for edit in (
        Project.edit_call_site,
        Project.edit_controller_body,
        Project.rename_controller_parameter,
        Project.rename_plain_parameter,
        Project.rename_popular_parameter,
    ):
        before = {path: path.read_text(encoding="utf-8") for path in root.rglob("*.py")}
        edit(project)
        changed = [path for path, text in before.items() if path.read_text(encoding="utf-8") != text]
        assert len(changed) == 1
    assert "Success" in _run_stock_mypy(root, cache)


def test_the_same_shape_gives_the_same_text(tmp_path: Path) -> None:
    texts = []
    for name in ("one", "two"):
        root = tmp_path / name
        root.mkdir()
        write_project(root, SMALL)
        texts.append({path.relative_to(root): path.read_text(encoding="utf-8") for path in root.rglob("*.py")})
    assert texts[0] == texts[1]


def test_a_project_without_celery_never_names_it_and_is_right(tmp_path: Path, cache: Path) -> None:
    write_plain_project(tmp_path, SMALL)
    assert not any("celery" in path.read_text(encoding="utf-8").lower() for path in tmp_path.rglob("*.py"))
    assert "Success" in _run_stock_mypy(tmp_path, cache)


def test_both_sides_run_in_turn_and_the_first_one_changes() -> None:
    order: list[str] = []

    def side(name: str) -> Cost:
        order.append(name)
        return Cost(cpu=1.0, memory=1)

    interleave({"a": lambda: side("a"), "b": lambda: side("b")}, 3)
    assert "".join(order) == "abbaab"


def test_the_ratio_is_that_of_the_medians() -> None:
    spread = compare_costs([1.0, 2.0, 9.0], [2.0, 3.0, 4.0])
    assert spread.ratio == 1.5


def test_a_command_that_fails_shows_the_end_of_its_output(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no luck"):
        run_measured([sys.executable, "-c", "raise SystemExit('no luck')"], cwd=tmp_path, env={})


@pytest.mark.skipif(sys.platform != "linux", reason="daemon_cost() reads /proc, which Linux has")
def test_what_a_process_took_is_counted_finer_than_the_ticks_of_proc() -> None:
    readings = {daemon_cost(os.getpid()).cpu for _ in range(100)}
    assert len(readings) == 100


def test_the_table_has_a_ratio_for_every_scenario(capsys: pytest.CaptureFixture[str]) -> None:
    only = "cold,warm" if sys.platform != "linux" else "warm,daemon"
    status = main(["--tasks=5", "--calls=10", "--controllers=5", "--runs=1", "--plugin=noop", f"--only={only}"])
    rows = capsys.readouterr().out.splitlines()[2:]
    assert status == 0
    assert len(rows) == {"cold,warm": 2, "warm,daemon": 4}[only]
    # name, stock, plugin, ratio, quartiles, promise, memory
    assert all(float(row.split()[-1]) > 0 for row in rows)


@pytest.mark.skipif(sys.platform != "linux", reason="daemon_cost() reads /proc, which Linux has")
def test_the_floor_is_told_for_each_way_to_depend(capsys: pytest.CaptureFixture[str]) -> None:
    assert show_floor(["--tasks=5", "--calls=10", "--controllers=5", "--runs=1"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert len(rows) == 3
    assert all(float(row.rpartition(": ")[2]) >= 0 for row in rows)


def test_the_floor_knows_the_names_of_all_parameters(tmp_path: Path) -> None:
    """What it costs says something only if its hooks are asked: stock mypy rejects the keywords that it accepts."""
    (tmp_path / "src").mkdir()
    write_project(tmp_path / "src", Shape(tasks=10, calls=40, controllers=5, keyword_share=50))
    tell(tmp_path, tmp_path / "src")
    plugin = Path(__file__).with_name("floor.py")
    said = []
    for name, line in (("stock", ""), ("floor", f"plugins = {plugin}\n")):
        config = tmp_path / f"{name}.ini"
        config.write_text(f"[mypy]\n{line}", encoding="utf-8")
        command = [sys.executable, "-m", "mypy", f"--config-file={config}", f"--cache-dir={tmp_path / name}", "shop"]
        run = subprocess.run(command, cwd=tmp_path / "src", capture_output=True, text=True, check=False)
        said.append(run.stdout)
    assert "Unexpected keyword argument" in said[0]
    assert "Success" in said[1]


def test_the_cost_of_remote_tasks_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert show_remote(["--tasks", "20", "--rounds", "1"]) == 0
    printed = capsys.readouterr().out
    assert "remote_tasks with 20 contracts: " in printed
    assert "property of a remote task / app.tasks[name]: " in printed


def test_pyright_finds_nothing_in_right_calls_of_plain_tasks_with_their_stubs(tmp_path: Path) -> None:
    seconds, spread = measure(tmp_path, tasks=4, modules=2, runs=1)
    assert min(seconds, spread.ratio) > 0
