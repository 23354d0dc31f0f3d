"""Where the guard stands inside a process: verify, check, embedded workers, severities and settings."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from celery.contrib.testing.worker import start_worker

from celery_registry import ConfigurationError, TaskContractError
from celery_registry.guard import check, install, verify
from guard.conftest import Load
from guard.faults import HEALTHY, Piece, write_module

MISSING = Piece('MISSING = "missing"\n')


@pytest.fixture
def healthy(load: Load):
    return load(write_module([]))


@pytest.fixture
def broken(load: Load):
    module = load(write_module([MISSING]))
    install(module.app, names=module.TaskName)
    return module


def problems(module, **arguments) -> list[str]:
    return [finding.problem for finding in check(module.app, **arguments)]


class TestEmbeddedWorker:
    @pytest.mark.filterwarnings("ignore::UserWarning")
    def test_that_refuses_raises_at_once(self, broken) -> None:
        with pytest.raises(TaskContractError) as refused, start_worker(broken.app, perform_ping_check=False):
            pytest.fail("it started")
        assert 'No task is registered as "missing"' in str(refused.value)

    @pytest.mark.filterwarnings("ignore")
    def test_that_is_healthy_answers(self, healthy) -> None:
        healthy.app.conf.update(result_backend="cache+memory://", broker_connection_retry_on_startup=False)
        install(healthy.app, healthy.TasksRegistry, healthy.TaskName)
        with start_worker(healthy.app, perform_ping_check=False, shutdown_timeout=30):
            assert healthy.TasksRegistry(healthy.app).healthy.delay(1).get(timeout=20) is None


class TestVerify:
    def test_raises_with_the_text_a_worker_stops_with(self, broken) -> None:
        with pytest.raises(TaskContractError) as refused:
            verify(broken.app)
        text = str(refused.value)
        assert text.startswith("celery-registry: the registry does not hold: 1 problem in 1 task\n\n  missing\n")
        assert "    error [task-unregistered] No task is registered" in text
        assert f"({broken.TaskName.__name__}.MISSING)" in text

    def test_says_nothing_of_a_registry_that_holds(
        self, healthy, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
    ) -> None:
        caplog.set_level(logging.INFO)
        verify(healthy.app, healthy.TasksRegistry, healthy.TaskName)
        assert (caplog.text, *capsys.readouterr()) == ("", "", "")

    def test_imports_the_task_modules_first(self, load: Load, tmp_path: Path) -> None:
        module = load(write_module([MISSING]))
        (tmp_path / "late_tasks.py").write_text(
            f"from {module.__name__} import app\n@app.task(name='missing')\ndef missing(): ...\n"
        )
        module.app.conf.include = ["late_tasks"]
        verify(module.app, names=module.TaskName)
        assert "missing" in module.app.tasks

    def test_imports_what_is_discovered(self, load: Load, tmp_path: Path) -> None:
        module = load(write_module([MISSING]))
        (tmp_path / "late_package").mkdir()
        (tmp_path / "late_package" / "__init__.py").touch()
        (tmp_path / "late_package" / "tasks.py").write_text(
            f"from {module.__name__} import app\n@app.task(name='missing')\ndef missing(): ...\n"
        )
        module.app.autodiscover_tasks(["late_package"])
        verify(module.app, names=module.TaskName)
        assert "missing" in module.app.tasks

    def test_logs_what_is_only_a_warning(self, broken, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.WARNING, "celery.worker"):
            verify(broken.app, severity={"task-unregistered": "warning"})
        assert "warning [task-unregistered]" in caplog.text


class TestCheck:
    def test_takes_what_install_was_given(self, broken) -> None:
        assert problems(broken) == ["name-not-registered"]

    def test_prefers_what_it_is_given_itself(self, broken) -> None:
        class Other(str, __import__("enum").Enum):
            HEALTHY = "healthy"

        assert problems(broken, names=Other) == []

    def test_takes_text_for_what_would_be_imported_in_a_circle(self, broken) -> None:
        names = f"{broken.__name__}:TaskName"
        assert problems(broken, names=names) == ["name-not-registered"]
        assert problems(broken, names=[names], registry=f"{broken.__name__}.TasksRegistry") == [
            "name-not-registered",
            "name-without-property",
        ]

    def test_takes_a_class_of_constants_for_an_enum(self, healthy) -> None:
        class Names:
            HEALTHY = "healthy"
            GONE = "gone"
            _PRIVATE = "private"

        assert [f.task for f in check(healthy.app, names=Names)] == ["gone"]

    def test_without_an_enum_asks_the_registry_for_the_names(self, load: Load) -> None:
        piece = Piece(
            properties="\n@property\ndef gone(self) -> Task[[], None]:\n    return self._get_task_by_name('gone')\n"
        )
        module = load(write_module([piece]))
        (finding,) = check(module.app, registry=module.TasksRegistry)
        assert (finding.problem, finding.task) == ("name-not-registered", "gone")
        assert finding.origin.label == "TasksRegistry.gone"

    def test_leaves_external_names_to_other_services(self, broken) -> None:
        assert problems(broken, external=["miss*"]) == []
        assert problems(broken, external="other.*") == ["name-not-registered"]

    def test_leaves_out_what_is_off(self, broken) -> None:
        assert problems(broken, severity={"task-unregistered": "off"}) == []

    def test_takes_several_registries_and_enums(self, healthy) -> None:
        class Second(str, __import__("enum").Enum):
            SECOND = "second"

        found = check(healthy.app, registry=[healthy.TasksRegistry], names=[healthy.TaskName, Second])
        assert sorted(f.problem for f in found) == ["name-not-registered", "name-without-property"]

    def test_takes_the_settings_for_what_nobody_gave(
        self, healthy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "mypy.ini").write_text(
            "[celery-registry]\n"
            f"names = {healthy.__name__}.TaskName\n"
            "strict = true\n"
            "external = outside.*\n"
            "severity = task-undeclared: warning\n"
        )

        @healthy.app.task(name="stray", shared=False)
        def stray() -> None: ...

        @healthy.app.task(name="outside.x", shared=False)
        def outside() -> None: ...

        assert [(f.problem, f.task) for f in check(healthy.app)] == [("task-not-declared", "stray")]
        verify(healthy.app)
        with pytest.raises(TaskContractError):
            verify(healthy.app, severity={"task-undeclared": "error"})

    def test_finds_a_dataclass_registry_and_a_base_of_the_users_own(self, load: Load) -> None:
        module = load(
            write_module([])
            + """
from dataclasses import dataclass

@dataclass
class DataRegistry(BaseTasksRegistry):
    application: Celery

    @property
    def healthy(self) -> Task[[str], str]:
        return self._get_task_by_name(TaskName.HEALTHY)

class OwnBase:
    def __init__(self, app: Celery) -> None:
        self._app = app
    def _get_task_by_name(self, name: str) -> Task:
        return self._app.tasks[name]

class OwnRegistry(OwnBase):
    @functools.cached_property
    def healthy(self) -> Task[[str], str]:
        return self._get_task_by_name(TaskName.HEALTHY)
"""
        )
        for registry in (module.DataRegistry, module.OwnRegistry):
            assert problems(module, registry=registry, names=module.TaskName) == ["parameter-type"]

    def test_calls_no_property_that_asks_for_no_task(self, load: Load) -> None:
        piece = Piece(properties="\n@property\ndef connection(self) -> str:\n    raise SystemExit('called')\n")
        module = load(write_module([piece]))
        assert problems(module, registry=module.TasksRegistry, names=module.TaskName) == []

    def test_asks_no_proxy_what_it_stands_for(self, load: Load) -> None:
        proxy = "\nconnection = type('Proxy', (), {'__dict__': property(lambda self: 1 / 0)})()\n"
        module = load(write_module([Piece(properties=proxy)]))
        assert problems(module, registry=module.TasksRegistry, names=module.TaskName) == []


class TestBadArguments:
    @pytest.mark.parametrize(
        ("arguments", "text"),
        [
            (
                {"severity": {"task-unregisterd": "off"}},
                'there is no code "task-unregisterd"; did you mean "task-unregistered"',
            ),
            ({"severity": {"task-route": "fatal"}}, 'the severity of task-route is "fatal"; it must be one of'),
            ({"names": "nowhere:Names"}, '"nowhere:Names" cannot be imported'),
            ({"names": "json:dumps"}, "'json:dumps' is not a class"),
            ({"names": type("Empty", (), {})}, "Empty has no task names"),
        ],
    )
    def test_are_told_in_one_line(self, healthy, arguments, text: str) -> None:
        with pytest.raises(ConfigurationError) as raised:
            check(healthy.app, **arguments)
        assert text in str(raised.value)
        assert "\n" not in str(raised.value)

    def test_an_application_is_a_celery_application(self) -> None:
        with pytest.raises(ConfigurationError, match="is not a Celery application"):
            install("app")  # type: ignore[arg-type]


def test_the_healthy_piece_is_healthy(load: Load) -> None:
    module = load(write_module([HEALTHY][:0]))
    assert problems(module, registry=module.TasksRegistry, names=module.TaskName, strict=True) == []
