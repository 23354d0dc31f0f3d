"""A name that is almost a setting of Celery's is a slip of the pen; one that is near none, or is read, is the program's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from celery.app.defaults import _OLD_SETTING_KEYS, NAMESPACES, flatten
from click.testing import CliRunner

from celery_registry.cli import registry
from celery_registry.contract.setting_names import KNOWN_SETTINGS, near_setting

WRITTEN = """from celery import Celery

app = Celery("shop", task_serialiser="json")
app.conf.task_rutes = {}
app.conf.beat_schedul = {}
app.conf["worker_prefetch_multiplyer"] = 1
app.conf.update({"task_acks_lates": True}, result_expire=3)
app.conf.broker_conection_retry = True  # celery-registry: ignore[task-route]
app.conf.task_queue = "own"
app.conf.task_default_queue = "right"
app.conf.worker_of_ours = app.conf.humanize_tasks = 1
settings.conf_of_ours.task_rotues = 1


@app.task
def use(): return app.conf.task_queue
"""


def test_every_setting_of_the_installed_celery_is_known() -> None:
    own = {
        name for name, _ in flatten(NAMESPACES) if name.startswith(("beat_", "broker_", "result_", "task_", "worker_"))
    }
    assert own <= KNOWN_SETTINGS
    assert [name for name in sorted(KNOWN_SETTINGS) if near_setting(name)] == []


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("task_rotues", "task_routes"),
        ("task_route", "task_routes"),
        ("beat_schedul", "beat_schedule"),
        ("beat_schedulers", "beat_scheduler"),
        ("result_expire", "result_expires"),
        # Short, two letters of ten, in nobody's namespace, or with a word more.
        ("task_cls", None),
        ("task_rules", None),
        ("task_team", None),
        ("worker_kind", None),
        ("tasks_routes", None),
        ("CELERY_TASK_RUTES", None),
        ("result_backend_x", None),
    ],
)
def test_what_is_near_is_near_to_one(name: str, near: str | None) -> None:
    assert near_setting(name) == near


def test_a_name_is_told_where_it_is_written_and_nothing_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("app.py").write_text(WRITTEN)
    done = CliRunner().invoke(registry, ["check", "--static", "--format", "json"])
    rows = {row["task"]: row for row in json.loads(done.stdout)["findings"]}
    assert set(rows) == {
        "task_serialiser",
        "task_rutes",
        "beat_schedul",
        "worker_prefetch_multiplyer",
        "task_acks_lates",
        "result_expire",
    }
    assert {row["severity"] for row in rows.values()} == {"warning"}
    assert rows["task_rutes"]["origin"]["line"] == 4
    assert 'did you mean "task_routes"?' in str(rows["task_rutes"])
    assert done.exit_code == 0
    # Another file that speaks of the name may read it.
    Path("more.py").write_text("NAME = 'CELERY_TASK_RUTES'\n")
    done = CliRunner().invoke(registry, ["check", "--static", "--format", "json"])
    assert "task_rutes" not in {row["task"] for row in json.loads(done.stdout)["findings"]}


@pytest.mark.parametrize(
    "read",
    ["getattr(app.conf, f'task_{kind}')", "app.conf['task_' + kind]", "app.conf.get(kind)", "dict(app.conf)"],
)
def test_where_a_name_is_made_that_is_read_nobody_can_tell(
    read: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("app.py").write_text(f"{WRITTEN}\n\ndef own(kind): return {read}\n")
    done = CliRunner().invoke(registry, ["check", "--static", "--format", "json"])
    assert json.loads(done.stdout)["findings"] == []


DJANGO = "from celery import Celery\n\napp = Celery('shop')\napp.config_from_object('django.conf:settings', namespace='CELERY')\n\n@app.task\ndef use(): ...\n"
MODULE = "from celery import Celery\n\napp = Celery('shop')\napp.config_from_object('shop_config')\n\n@app.task\ndef use(): ...\n"
RUTES = "CELERY_TASK_RUTES = {}\n"
SERIALISER = "task_serialiser = 'json'\ntask_routes = {}\nTask_rutes = 1\n\ndef use(task_rutes): task_rutes = 1\n"


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"app.py": DJANGO, "settings.py": RUTES}, {"CELERY_TASK_RUTES": "CELERY_TASK_ROUTES"}),
        ({"app.py": DJANGO, "site/settings/base.py": RUTES}, {"CELERY_TASK_RUTES": "CELERY_TASK_ROUTES"}),
        ({"app.py": MODULE, "shop_config.py": SERIALISER}, {"task_serialiser": "task_serializer"}),
        ({"app.py": DJANGO, "settings.py": RUTES, "use.py": "print(settings.CELERY_TASK_RUTES)\n"}, {}),
        (
            {"app.py": DJANGO, "settings.py": RUTES, "use.py": "def use(n): return getattr(settings, f'CELERY_{n}')\n"},
            {},
        ),
        (
            {"app.py": DJANGO, "settings.py": RUTES, "use.py": "[n for n in NAMES if n.startswith('CELERY_TASK_')]\n"},
            {},
        ),
        ({"app.py": DJANGO, "settings.py": "TASK_RUTES = CELERY_TASK_ROUTES = {}\ntask_serialiser = 1\n"}, {}),
        ({"app.py": DJANGO, "other.py": RUTES}, {}),
        ({"app.py": MODULE, "settings.py": RUTES + SERIALISER, "shop_config.py": RUTES}, {}),
    ],
)
def test_a_module_of_settings_is_read_where_a_call_names_it(
    files: dict[str, str], told: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text)
    done = CliRunner().invoke(registry, ["check", "--static", "--format", "json"])
    found = {row["task"]: row for row in json.loads(done.stdout)["findings"]}
    assert found.keys() == told.keys()
    assert all(f'did you mean "{near}"?' in str(found[name]) for name, near in told.items())


def test_no_old_name_of_a_setting_is_near_a_new_one() -> None:
    old = {name.lower().removeprefix("celery_") for name in _OLD_SETTING_KEYS}
    assert {name: near for name in old if (near := near_setting(name)) is not None} == {}
