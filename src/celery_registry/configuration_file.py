"""The file that the settings stand in: which files are asked, and the raw section of one.

Law: it finds files and reads text; what a key means it never learns. It imports neither mypy, celery nor the
user's code. A file that is another tool's is never ours to complain about.
"""

from __future__ import annotations

import configparser
import importlib
import io
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from celery_registry.errors import ConfigurationError

__all__ = ["FILE_NAMES", "files_to_ask", "read_mypy_section", "read_section", "shown_path", "toml_reader"]

#: Where settings may stand, in the order in which the files of one directory are asked.
FILE_NAMES: Final = ("pyproject.toml", "mypy.ini", ".mypy.ini", "setup.cfg")

#: The order in which mypy looks (mypy documentation, *The mypy configuration file*).
_MYPY_FILE_NAMES: Final = ("mypy.ini", ".mypy.ini", "pyproject.toml", "setup.cfg")

_SECTION: Final = "celery-registry"
#: Sections that are ours by intention and that nobody would read.
_MISPLACED: Final = ("tool:celery-registry", "tool.celery-registry", "celery_registry", "mypy-celery-registry")
_TOML_TABLE: Final = re.compile(r"""^\s*\[\s*tool\s*\.\s*["']?celery-registry["']?\s*[].]""", re.MULTILINE)

_OUR_HEADER: Final = re.compile(rb"""^\s*\[[^]\n]*celery[-_]registry""", re.MULTILINE)


def files_to_ask(config_file: str | Path | None, directory: Path | None) -> Iterator[Path]:
    """The files that may hold settings, in the order in which they are asked; ``read_settings`` says which.

    Raises ``ConfigurationError`` for a ``config_file`` that does not exist.
    """
    if config_file:
        chosen = Path(config_file)
        if not chosen.is_file():
            raise ConfigurationError(f"{config_file}: there is no such file")
        yield chosen
        yield from (chosen.parent / name for name in FILE_NAMES if name != chosen.name)
        return
    start = (directory or Path.cwd()).absolute()
    for folder in (start, *start.parents):
        yield from (folder / name for name in FILE_NAMES)
        if (folder / ".git").exists() or (folder / ".hg").exists():
            return


def read_section(path: Path) -> Mapping[str, Any] | None:
    """The raw section, values as the format gives them; None where the file has none.

    Raises ``ConfigurationError`` for a file of ours that cannot be read or parsed.
    """
    try:
        raw = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except OSError as error:
        raise ConfigurationError(f"{shown_path(path)}: cannot be read: {error}") from None
    try:
        text = io.TextIOWrapper(io.BytesIO(raw), "utf-8").read()
    except UnicodeDecodeError as error:
        # Other tools take such a file; only where it has a section of ours is it ours to complain about.
        if not _OUR_HEADER.search(raw):
            return None
        raise ConfigurationError(f"{shown_path(path)}: cannot be read: {error}") from None
    # A file that never mentions us is not ours to complain about.
    if not any(name in text for name in (_SECTION, "celery_registry")):
        return None
    return _read_toml(text, path) if path.suffix.lower() == ".toml" else _read_ini(text, path)


def _read_toml(text: str, path: Path) -> Mapping[str, Any] | None:
    tomllib = toml_reader()
    if tomllib is None:
        if _TOML_TABLE.search(text):
            raise ConfigurationError(
                f"{shown_path(path)}: reading [tool.{_SECTION}] on Python 3.10 needs the package tomli"
            )
        return None
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{shown_path(path)}: is not valid TOML: {error}") from None
    tool = document.get("tool", {})
    for table, prefix in ((document, ""), (tool, "tool.")):
        for name in (*_MISPLACED, *([_SECTION] if not prefix else [])):
            if isinstance(table, dict) and isinstance(table.get(name), dict):
                raise ConfigurationError(f"{shown_path(path)}: [{prefix}{name}] is never read; write [tool.{_SECTION}]")
    section = tool.get(_SECTION) if isinstance(tool, dict) else None
    if section is not None and not isinstance(section, dict):
        raise ConfigurationError(f"{shown_path(path)}: tool.{_SECTION} must be a table")
    return section


def toml_reader() -> Any:
    """``tomllib``, on Python 3.10 ``tomli`` (which mypy brings there), or None."""
    for name in ("tomllib", "tomli"):
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError:
            continue
    return None


def _read_ini(text: str, path: Path) -> Mapping[str, Any] | None:
    # [DEFAULT] would give its keys to every section; names keep their case, set as configparser's documentation does it.
    parser = configparser.RawConfigParser(default_section="")
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # the documented way
    try:
        parser.read_string(text)
    except configparser.Error as error:
        # The file may be another tool's; without a section of ours its faults are not ours to tell.
        if not re.search(rf"^\[{_SECTION}\]", text, re.MULTILINE):
            return None
        reason = " ".join(str(error).replace("'<string>'", "the file").split())
        raise ConfigurationError(f"{shown_path(path)}: cannot be parsed: {reason}") from None
    for name in _MISPLACED:
        if parser.has_section(name):
            raise ConfigurationError(f"{shown_path(path)}: [{name}] is never read; write [{_SECTION}]")
    return dict(parser.items(_SECTION)) if parser.has_section(_SECTION) else None


def shown_path(path: Path) -> str:
    """The path as the user would type it from where they are."""
    try:
        return os.fspath(path.absolute().relative_to(Path.cwd()))
    except ValueError:
        return os.fspath(path)


def read_mypy_section(directory: Path, first: Path | None) -> tuple[Path | None, Mapping[str, Any]]:
    """The first file in which mypy is configured, and its section as it stands: ``first``, then those in ``directory``."""
    for path in (*(() if first is None else (first,)), *(directory / name for name in _MYPY_FILE_NAMES)):
        found = _mypy_section(path)
        if found is not None:
            return path, found
    return None, {}


def _mypy_section(path: Path) -> Mapping[str, Any] | None:
    """mypy's section, None where the file has no such section or is none that mypy would read."""
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix.lower() == ".toml":
            tomllib = toml_reader()
            section = None if tomllib is None else tomllib.loads(text).get("tool", {}).get("mypy")
        else:
            parser = configparser.RawConfigParser()
            parser.read_string(text)
            section = dict(parser.items("mypy")) if parser.has_section("mypy") else None
    except (OSError, ValueError, AttributeError, configparser.Error):
        return None
    return section if isinstance(section, dict) else None
