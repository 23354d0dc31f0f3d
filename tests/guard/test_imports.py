"""Task modules that fail are told with the last line of their traceback, those that autodiscovery passes over too."""

from __future__ import annotations

from pathlib import Path

import pytest
from celery import Celery

from celery_registry.guard import check


@pytest.fixture
def app() -> Celery:
    return Celery("imports", broker="memory://", set_as_current=False)


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Write packages: path -> text."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(**texts: str) -> None:
        for path, text in texts.items():
            file = tmp_path / (path.replace("__", "/").replace("/init/", "/__init__") + ".py")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)

    yield write
    import sys

    for name in [n for n, m in sys.modules.items() if str(getattr(m, "__file__", "")).startswith(str(tmp_path))]:
        del sys.modules[name]


def told(app: Celery, names: type | None = None) -> list[tuple[str, str]]:
    return [(f.task, f.facts["reason"]) for f in check(app, names=names) if f.problem == "import-failed"]


class Wanted:
    TASK = "a_task_that_is_missing"


def test_every_module_that_fails_is_told_not_only_the_first(app: Celery, packages) -> None:
    packages(bad_one="import nowhere_1\n", bad_two="\n\n1 / 0\n", bad_three="def f(:\n", good_one="")
    app.conf.include = ["bad_one", "good_one", "bad_two", "bad_three"]
    findings = check(app)
    assert [f.task for f in findings] == ["bad_one", "bad_two", "bad_three"]
    assert [f.facts["reason"].partition(":")[0] for f in findings] == [
        "ModuleNotFoundError",
        "ZeroDivisionError",
        "SyntaxError",
    ]
    assert [f.origin.line for f in findings] == [1, 3, 1]


def test_a_discovered_module_that_fails_is_told(app: Celery, packages) -> None:
    packages(
        shop_a____init__="",
        shop_a__tasks="raise ValueError('no')\n",
        shop_b____init__="",
        shop_b__tasks="import nope\n",
    )
    app.autodiscover_tasks(["shop_a", "shop_b"])
    assert told(app) == [
        ("shop_a.tasks", "ValueError: no"),
        ("shop_b.tasks", "ModuleNotFoundError: No module named 'nope'"),
    ]


def test_a_package_that_autodiscovery_passes_over_is_told_where_a_task_is_missing(app: Celery, packages) -> None:
    # Celery takes any ModuleNotFoundError of a package for "there is no such package" and goes one level up.
    packages(shop_c____init__="", shop_c__sub____init__="import a_missing_driver\n", shop_c__sub__tasks="")
    app.autodiscover_tasks(["shop_c.sub"])
    assert told(app) == []
    assert told(app, Wanted) == [("shop_c.sub", "ModuleNotFoundError: No module named 'a_missing_driver'")]


def test_a_package_name_with_a_typo_is_told_where_a_task_is_missing(app: Celery, packages) -> None:
    packages(shop_d____init__="", shop_d__tasks="")
    app.autodiscover_tasks(["shop_d.bilings"])
    assert told(app) == []
    assert told(app, Wanted) == [("shop_d.bilings", "ModuleNotFoundError: No module named 'shop_d.bilings'")]


def test_a_package_without_tasks_and_an_application_class_are_right(app: Celery, packages) -> None:
    packages(shop_e____init__="", shop_f____init__="", shop_f__apps="class ShopConfig: ...\n", shop_f__tasks="")
    app.autodiscover_tasks(["shop_e", "shop_f.apps.ShopConfig", "shop_f"])
    app.autodiscover_tasks(lambda: ["shop_e"], related_name="jobs")
    app.autodiscover_tasks(["shop_f"], related_name=None)
    assert told(app) == []


def test_a_module_that_was_mended_is_no_longer_told(app: Celery, packages, tmp_path: Path) -> None:
    packages(mended="import nowhere_2\n")
    app.conf.include = ["mended"]
    assert [name for name, _ in told(app)] == ["mended"]
    (tmp_path / "mended.py").write_text("LONGER = 'than before'\n")
    assert told(app) == []


def test_a_module_in_the_place_of_a_package_is_imported_and_nothing_is_said(app: Celery, packages) -> None:
    packages(shop_g="SEEN = True\n", shop_h____init__="", shop_h__notify="SEEN = True\n")
    app.autodiscover_tasks(["shop_g", "shop_h.notify"])
    assert told(app, Wanted) == []
    import sys

    assert sys.modules["shop_g"].SEEN
    assert sys.modules["shop_h.notify"].SEEN


def test_a_text_in_the_place_of_a_list_is_one_line(app: Celery, packages) -> None:
    packages(shop_i____init__="", shop_i__tasks="")
    app.autodiscover_tasks(lambda: "shop_i.tasks")
    assert told(app) == [("shop_i.tasks", 'TypeError: autodiscover_tasks takes a list of packages, not "shop_i.tasks"')]
