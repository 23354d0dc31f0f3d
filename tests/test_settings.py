"""Settings: every file, every order, every mistake in one line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from celery_registry.configuration_file import FILE_NAMES
from celery_registry.errors import ConfigurationError
from celery_registry.settings import Settings, read_settings

TOML = """
[project]
name = "shop"

[tool.celery-registry]
registry = ["delivery.tasks.registry.TasksRegistry"]
names = ["delivery.tasks.registry:TaskName"]
external = ["billing.*", "audit.write"]
task-modules = ["delivery.tasks.*"]
request-handlers = ["delivery.http.*"]
app = "delivery.app:app"
strict = true
report = "build/tasks.json"
task-serializer = "msgpack"
result-serializer = "none"
baseline = "celery-registry-baseline.json"

[tool.celery-registry.injected-parameters]
"delivery.tasks.base.TenantTask" = ["tenant_id", "request"]

[tool.celery-registry.severity]
task-unverifiable = "error"
task-route = "off"
"""

INI = """
[celery-registry]
registry = delivery.tasks.registry.TasksRegistry
names = delivery.tasks.registry:TaskName
external = billing.*, audit.write
task-modules =
    # every module below tasks
    delivery.tasks.*
request-handlers = delivery.http.*
app = delivery.app:app
strict = yes
report = build/tasks.json
task-serializer = msgpack
result-serializer = none
baseline = celery-registry-baseline.json
injected-parameters = delivery.tasks.base.TenantTask: tenant_id, request;
severity = task-unverifiable: error, task-route: off
"""

EXPECTED: dict[str, Any] = {
    "registry": ("delivery.tasks.registry.TasksRegistry",),
    "names": ("delivery.tasks.registry.TaskName",),
    "external": ("billing.*", "audit.write"),
    "task_modules": ("delivery.tasks.*",),
    "injected_parameters": {"delivery.tasks.base.TenantTask": ("tenant_id", "request")},
    "request_handlers": ("delivery.http.*",),
    "severity": {"task-unverifiable": "error", "task-route": "off"},
    "app": "delivery.app:app",
    "strict": True,
    "report": "build/tasks.json",
    "task_serializer": "msgpack",
    "result_serializer": "none",
    "baseline": "celery-registry-baseline.json",
}


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.mark.parametrize("name", FILE_NAMES)
def test_the_same_settings_can_stand_in_each_file(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, TOML if name.endswith(".toml") else INI)
    expected = Settings(**EXPECTED, origin=os.fspath(path))
    assert read_settings(directory=tmp_path) == expected
    assert read_settings(path) == expected


def test_no_section_anywhere_gives_the_defaults(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    write(tmp_path / "mypy.ini", "[mypy]\nplugins = celery_registry.mypy\n")
    write(tmp_path / "pyproject.toml", "[project]\nname = 'x'\ndependencies = ['celery-registry']\n")
    assert read_settings(directory=tmp_path) == Settings()
    assert Settings().origin is None


@pytest.mark.parametrize("name", FILE_NAMES)
def test_an_empty_section_is_valid(tmp_path: Path, name: str) -> None:
    section = "[tool.celery-registry]\n" if name.endswith(".toml") else "[celery-registry]\n"
    path = write(tmp_path / name, section)
    assert read_settings(path) == Settings(origin=os.fspath(path))


def test_the_file_that_mypy_was_given_wins(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", "[tool.celery-registry]\nexternal = ['a']\n")
    given = write(tmp_path / "other.ini", "[celery-registry]\nexternal = b\n")
    assert read_settings(given).external == ("b",)
    assert read_settings(str(given)).external == ("b",)


def test_beside_a_given_file_without_a_section_the_others_are_asked_in_order(tmp_path: Path) -> None:
    given = write(tmp_path / "mypy.ini", "[mypy]\nplugins = celery_registry.mypy\n")
    for index in range(len(FILE_NAMES) - 1, -1, -1):
        name = FILE_NAMES[index]
        if name == "mypy.ini":
            continue
        section = (
            "[tool.celery-registry]\nexternal = ['%s']\n"
            if name.endswith("toml")
            else "[celery-registry]\nexternal = %s\n"
        )
        write(tmp_path / name, section % name)
        assert read_settings(given).external == (name,)
        assert read_settings(given).origin == os.fspath(tmp_path / name)


def test_parents_are_asked_up_to_the_root_of_the_repository(tmp_path: Path) -> None:
    write(tmp_path / "outside" / "pyproject.toml", "[tool.celery-registry]\nexternal = ['outside']\n")
    root = tmp_path / "outside" / "repository"
    (root / ".git").mkdir(parents=True)
    inside = root / "src" / "pkg"
    inside.mkdir(parents=True)
    assert read_settings(directory=inside) == Settings()
    write(root / "setup.cfg", "[celery-registry]\nexternal = inside\n")
    assert read_settings(directory=inside).external == ("inside",)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("pyproject.toml", "[tool.celery-registry]\nregsitry = []\n", 'pyproject.toml: unknown setting "regsitry"; did you mean "registry"?'),
        ("mypy.ini", "[celery-registry]\ntask_modules = a.*\n", 'mypy.ini: unknown setting "task_modules"; did you mean "task-modules"?'),
        ("setup.cfg", "[celery-registry]\nStrict = yes\n", 'setup.cfg: unknown setting "Strict"; did you mean "strict"?'),
        ("mypy.ini", "[celery-registry]\nzzz = a\n", 'mypy.ini: unknown setting "zzz"'),
        ("pyproject.toml", "[tool.celery-registry]\nstrict = 'yes'\n", 'pyproject.toml: strict: must be true or false, not "yes"'),
        ("mypy.ini", "[celery-registry]\nstrict = perhaps\n", 'mypy.ini: strict: must be true or false, not "perhaps"'),
        ("pyproject.toml", "[tool.celery-registry]\nexternal = 'a.*'\n", 'pyproject.toml: external: must be a list of texts, not "a.*"'),
        ("pyproject.toml", "[tool.celery-registry]\nexternal = [3]\n", "pyproject.toml: external: must be a text, not the number 3"),
        ("pyproject.toml", "[tool.celery-registry]\nregistry = ['a b.C']\n", 'pyproject.toml: registry: must be a dotted name such as "pkg.module.Class", not "a b.C"'),
        ("mypy.ini", "[celery-registry]\nnames = TaskName\n", 'mypy.ini: names: must be a dotted name such as "pkg.module.Class", not "TaskName"'),
        ("pyproject.toml", "[tool.celery-registry.severity]\ntask-signatur = 'off'\n", 'pyproject.toml: severity: unknown code "task-signatur"; did you mean "task-signature" or "task-bind" or "task-incompatible"?'),
        ("mypy.ini", "[celery-registry]\nseverity = task-route: quiet\n", 'mypy.ini: severity: the severity of task-route must be "error", "warning" or "off", not "quiet"'),
        ("mypy.ini", "[celery-registry]\nseverity = task-route\n", 'mypy.ini: severity: must be "name: value" pairs, and "task-route" has no colon'),
        ("pyproject.toml", "[tool.celery-registry]\ninjected-parameters = ['a']\n", "pyproject.toml: injected-parameters: must be a table, not a list"),
        ("pyproject.toml", "[tool.celery-registry]\napp = 3\n", "pyproject.toml: app: must be a text, not the number 3"),
        ("mypy.ini", "[celery-registry]\napp =\n", 'mypy.ini: app: must be a text, not ""'),
        ("pyproject.toml", "[celery-registry]\n", "pyproject.toml: [celery-registry] is never read; write [tool.celery-registry]"),
        ("pyproject.toml", "[tool.celery_registry]\n", "pyproject.toml: [tool.celery_registry] is never read; write [tool.celery-registry]"),
        ("setup.cfg", "[tool:celery-registry]\n", "setup.cfg: [tool:celery-registry] is never read; write [celery-registry]"),
        ("mypy.ini", "[celery_registry]\n", "mypy.ini: [celery_registry] is never read; write [celery-registry]"),
        ("mypy.ini", "[celery-registry]\ntask-serializer = jsno\n", 'mypy.ini: task-serializer: must be "json", "msgpack", "yaml" or "pickle", not "jsno"; did you mean "json"?'),
        ("pyproject.toml", "[tool.celery-registry]\ntask-serializer = 'none'\n", 'pyproject.toml: task-serializer: must be "json", "msgpack", "yaml" or "pickle", not "none"'),
        ("pyproject.toml", "[tool.celery-registry]\nresult-serializer = 'nne'\n", 'pyproject.toml: result-serializer: must be "json", "msgpack", "yaml", "pickle" or "none", not "nne"; did you mean "none"?'),
        ("pyproject.toml", "[tool.celery-registry]\ntask-serializer = true\n", "pyproject.toml: task-serializer: must be a text, not true"),
        ("mypy.ini", "[celery-registry]\ntask-serialiser = json\n", 'mypy.ini: unknown setting "task-serialiser"; did you mean "task-serializer" or "result-serializer"?'),
        ("pyproject.toml", "[tool]\ncelery-registry = 3\n", "pyproject.toml: tool.celery-registry must be a table"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_with_the_file_the_key_and_the_nearest_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / name, text)
    with pytest.raises(ConfigurationError) as caught:
        read_settings()
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("name", "text", "start"),
    [
        ("pyproject.toml", "[tool.celery-registry]\nstrict = \n", "pyproject.toml: is not valid TOML: "),
        ("mypy.ini", "[celery-registry]\nstrict = yes\nstrict = no\n", "mypy.ini: cannot be parsed: "),
    ],
)
def test_a_file_that_cannot_be_parsed_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, start: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / name, text)
    with pytest.raises(ConfigurationError) as caught:
        read_settings()
    assert str(caught.value).startswith(start)
    assert "\n" not in str(caught.value)


def test_a_broken_file_that_never_mentions_us_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    write(tmp_path / "pyproject.toml", "not toml at all")
    write(tmp_path / "mypy.ini", "no section\n")
    write(tmp_path / "setup.cfg", "[celery-registry]\nstrict = on\n[DEFAULT]\nsurprise = 1\n")
    assert read_settings(directory=tmp_path).strict


def test_a_given_file_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="there is no such file"):
        read_settings(tmp_path / "absent.ini")


def test_on_python_without_a_toml_reader_only_our_table_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    for reader in ("tomllib", "tomli"):
        monkeypatch.setitem(sys.modules, reader, None)
    write(tmp_path / "pyproject.toml", "[project]\ndependencies = ['celery-registry']\n")
    assert read_settings() == Settings()
    write(tmp_path / "pyproject.toml", "[tool.celery-registry]\nstrict = true\n")
    with pytest.raises(ConfigurationError) as caught:
        read_settings()
    assert str(caught.value) == (
        "pyproject.toml: reading [tool.celery-registry] on Python 3.10 needs the package tomli"
    )


@pytest.mark.parametrize(
    ("task", "result", "results"),
    [
        (None, None, None),
        ("json", None, "json"),
        ("json", "none", None),
        ("json", "pickle", "pickle"),
        ("msgpack", None, None),
        ("pickle", "json", "json"),
        (None, "yaml", "yaml"),
    ],
)
def test_results_are_guessed_only_beside_the_default_serializer(
    task: str | None, result: str | None, results: str | None
) -> None:
    assert Settings(task_serializer=task, result_serializer=result).results_cross_as == results


def test_the_digest_follows_the_settings_and_not_their_place(tmp_path: Path) -> None:
    here = read_settings(write(tmp_path / "a" / "pyproject.toml", TOML))
    there = read_settings(write(tmp_path / "b" / "mypy.ini", INI))
    assert here.digest() == there.digest()
    assert here.digest() != Settings().digest()
    assert Settings(severity={"task-route": "off"}).digest() != Settings(severity={"task-route": "error"}).digest()


def test_a_path_is_taken_from_the_directory_of_the_file(tmp_path: Path) -> None:
    settings = read_settings(write(tmp_path / "pyproject.toml", TOML))
    assert settings.path("build/tasks.json") == tmp_path / "build" / "tasks.json"


def test_reading_settings_imports_neither_mypy_nor_celery() -> None:
    code = (
        "import sys; from celery_registry.settings import read_settings; read_settings();"
        "print([m for m in ('mypy', 'celery', 'kombu', 'inspect', 'ast') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    # dataclasses itself imports inspect (and, through it, ast).
    assert not {"mypy", "celery", "kombu"} & set(eval(done.stdout))


def test_a_file_that_is_not_utf8_is_passed_over_unless_it_has_a_section_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    unrelated = "[metadata]\nauthor = Jürgen\n[options]\ninstall_requires = celery-registry\n".encode("latin-1")
    (tmp_path / "setup.cfg").write_bytes(unrelated)
    assert read_settings() == Settings()
    (tmp_path / "setup.cfg").write_bytes(unrelated + b"[celery-registry]\nstrict = true\n")
    with pytest.raises(ConfigurationError, match=r"setup\.cfg: cannot be read: 'utf-8' codec can't decode"):
        read_settings()
