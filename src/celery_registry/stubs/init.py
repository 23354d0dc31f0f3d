"""Set a project up: which file changes into what.

Law: it reads the project's settings files and says which change. What belongs into them stands in
``settings_files``; it writes nothing and never asks the user.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from celery_registry.changes import Change, text_on_disk
from celery_registry.errors import ConfigurationError
from celery_registry.settings import Settings, read_settings
from celery_registry.source.project import default_paths, read_project
from celery_registry.stubs.plan import is_generated
from celery_registry.stubs.settings_files import (
    STUBS,
    add_editor_settings,
    add_hooks,
    add_mypy_ini,
    add_mypy_toml,
    read_toml,
)

__all__ = ["Setup", "plan_setup"]


@dataclass(frozen=True)
class Setup:
    """What would change, in a line each what is left to the user, and the command that comes next."""

    changes: tuple[Change, ...]
    left: tuple[str, ...]
    following: str


def plan_setup() -> Setup:
    """What the project in the working directory needs.

    Raises ``ConfigurationError`` where a file cannot be read or understood.
    """
    (source,) = default_paths()
    texts = {name: text_on_disk(Path(name)) for name in ("pyproject.toml", *_MYPY_FILES, ".pre-commit-config.yaml")}
    new: dict[str, str] = {}
    left: list[str] = []
    try:
        settings = read_settings()
    except ConfigurationError as error:
        settings = Settings()
        left.append(str(error))
    document = read_toml(texts["pyproject.toml"] or "", "pyproject.toml")
    home = _mypy_home(texts, document)
    if home == "pyproject.toml":
        add_mypy_toml(document, source)
    else:
        new[home], advice = add_mypy_ini(texts[home] or "")
        left += [f"{home}: {line}" for line in advice]
    add_editor_settings(document, source, own_stubs=_has_own_stubs(source), bases=_bases(source, settings))
    new["pyproject.toml"] = document.as_string()
    following, why = _following(settings)
    if why is not None:
        left.append(f"no hook for the stubs: {why}")
    new[".pre-commit-config.yaml"], advice = add_hooks(texts[".pre-commit-config.yaml"] or "", stubs=why is None)
    left += advice
    for name, setting in _OWN_FILES.items():
        if os.path.exists(name) and STUBS not in (text_on_disk(Path(name)) or ""):
            left.append(f"{name} is read instead of pyproject.toml: add {setting} to it")
    changes = [
        Change.of_text(Path(name), texts.get(name), text) for name, text in sorted(new.items()) if text != texts[name]
    ]
    return Setup(tuple(changes), tuple(left), following)


def _following(settings: Settings) -> tuple[str, str | None]:
    """The command that finds something to do here, and why no stub can be written for all of the project at once."""
    try:
        index = read_project((), settings).index
    except ConfigurationError as error:
        return "celery-registry check", str(error)
    if index.registries:
        return "celery-registry stubs", None
    return ("celery-registry stubs --tasks" if index.plain_tasks() else "celery-registry check"), None


def _bases(source: str, settings: Settings) -> list[str]:
    """Where mypy imports from (``mypy_path``), below the working directory: other checkers do not read it."""
    here, found = Path.cwd().resolve(), []
    for base in settings.bases:
        path = Path(base).resolve()
        if path.is_dir() and path != here and path.is_relative_to(here):
            found.append(path.relative_to(here).as_posix())
    return [base for base in dict.fromkeys(found) if base not in (source, STUBS)]


def _has_own_stubs(source: str) -> bool:
    """Whether the code has stubs beside it that are not ours."""
    for folder, folders, files in os.walk(source):
        folders[:] = [name for name in folders if name not in _NO_CODE and not name.startswith(".")]
        if any(name.endswith(".pyi") and not is_generated(Path(folder, name)) for name in files):
            return True
    return False


_NO_CODE = frozenset({"node_modules", "site-packages", "__pycache__", STUBS, "typings"})

#: In the order in which mypy looks (mypy documentation, *The mypy configuration file*).
_MYPY_FILES = ("mypy.ini", ".mypy.ini", "setup.cfg")

#: Files that a tool prefers to pyproject.toml, and what they need.
_OWN_FILES = {
    "pyrightconfig.json": f'"stubPath": "{STUBS}"',
    "ty.toml": f'extra-paths = ["{STUBS}"] under [environment]',
    "pyrefly.toml": f'search-path = ["{STUBS}", "src"]',
}


def _mypy_home(texts: dict[str, str | None], document: object) -> str:
    for name in ("mypy.ini", ".mypy.ini"):
        if texts[name] is not None:
            return name
    tool = document.get("tool", {}) if isinstance(document, dict) else {}
    if "mypy" not in tool and "[mypy]" in (texts["setup.cfg"] or ""):
        return "setup.cfg"
    return "pyproject.toml"
