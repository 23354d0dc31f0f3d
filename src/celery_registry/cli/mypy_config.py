"""How this project runs mypy: its configuration file, and its pre-commit hook.

Law: files are read as text; no tool is run or imported. What cannot be read is as if it were not there.
"""

from __future__ import annotations

import configparser
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from celery_registry.configuration_file import toml_reader

__all__ = ["Hook", "MypyConfig", "read_hook", "read_mypy_config"]

PLUGIN: Final = "celery_registry.mypy"
#: The order in which mypy looks (mypy documentation, *The mypy configuration file*).
_FILES: Final = ("mypy.ini", ".mypy.ini", "pyproject.toml", "setup.cfg")


@dataclass(frozen=True)
class MypyConfig:
    """The section of mypy's configuration file; ``path`` is None where there is none."""

    path: Path | None = None
    section: Mapping[str, Any] = field(default_factory=dict)

    @property
    def plugins(self) -> tuple[str, ...]:
        """The plugins, as they are written."""
        return _texts(self.section.get("plugins", ()))

    @property
    def has_targets(self) -> bool:
        """Whether mypy knows what to check when it is given nothing."""
        return any(self.section.get(key) for key in ("files", "modules", "packages"))

    @property
    def checks_untyped_defs(self) -> bool:
        """Whether functions without annotations are looked into."""
        return any(
            str(self.section.get(key, "")).lower() in ("true", "1", "yes", "on")
            for key in ("check_untyped_defs", "strict")
        )


@dataclass(frozen=True)
class Hook:
    """The mypy hook of ``.pre-commit-config.yaml``.

    ``dependencies`` are None where the hook runs in the project's own environment; ``command`` is what it runs there.
    """

    repository: str
    dependencies: tuple[str, ...] | None
    command: tuple[str, ...]
    passes_files: bool

    @property
    def has_plugin(self) -> bool:
        """Whether the environment that pre-commit makes for the hook will hold the plugin."""
        return self.dependencies is None or any(
            re.match(r"celery[-_.]registry(?=$|[\s\[<>=!~;@])", text, re.IGNORECASE) or text.startswith((".", "file:"))
            for text in self.dependencies
        )


def read_mypy_config(directory: Path, given: Path | None = None) -> MypyConfig:
    """The file that mypy reads in this directory, or the given one."""
    for path in [given] if given is not None else [directory / name for name in _FILES]:
        section = _section(path)
        if section is not None:
            return MypyConfig(path, section)
    return MypyConfig()


def _section(path: Path) -> Mapping[str, Any] | None:
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".toml":
            tomllib = toml_reader()
            section = None if tomllib is None else tomllib.loads(text).get("tool", {}).get("mypy")
            return section if isinstance(section, dict) else None
        parser = configparser.RawConfigParser()
        parser.read_string(text)
    except (OSError, ValueError, configparser.Error):
        return None
    return dict(parser.items("mypy")) if parser.has_section("mypy") else None


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = re.split(r"[,\n]", value)
    return tuple(str(each).strip() for each in value if str(each).strip()) if isinstance(value, (list, tuple)) else ()


def read_hook(directory: Path) -> Hook | None:
    """The mypy hook, None without one. The file's usual block style is understood, not all of YAML."""
    try:
        text = (directory / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    repository = ""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    for number, line in enumerate(lines):
        if found := re.match(r"\s*-?\s*repo:\s*(\S+)", line):
            repository = found[1].strip("\"'")
        if re.match(r"\s*-\s*id:\s*[\"']?mypy[\"']?\s*$", line):
            return _hook(repository, _block(lines, number))
    return None


def _block(lines: list[str], start: int) -> list[str]:
    """The lines of one list item, without the dash."""
    indent = len(lines[start]) - len(lines[start].lstrip())
    block = [lines[start].replace("-", " ", 1)]
    for line in lines[start + 1 :]:
        if len(line) - len(line.lstrip()) <= indent:
            break
        block.append(line)
    return block


def _hook(repository: str, block: list[str]) -> Hook:
    own = repository == "local" and _scalar(block, "language") in ("system", "unsupported")
    command = shlex.split(_scalar(block, "entry") or "mypy") + list(_list(block, "args"))
    passes = (_scalar(block, "pass_filenames") or "true").lower() != "false"
    return Hook(repository, None if own else _list(block, "additional_dependencies"), tuple(command), passes)


def _scalar(block: list[str], key: str) -> str | None:
    for line in block:
        if found := re.match(rf"\s*{key}:\s*(.+?)\s*(#.*)?$", line):
            return found[1].strip("\"'")
    return None


def _list(block: list[str], key: str) -> tuple[str, ...]:
    for number, line in enumerate(block):
        found = re.match(rf"\s*{key}:\s*(.*)$", line)
        if not found:
            continue
        text = found[1]
        if text.startswith("["):
            for more in block[number + 1 :]:
                if "]" in text:
                    break
                text += more
            inner = text.partition("[")[2].partition("]")[0]
            # An extra has brackets of its own: celery-registry[compatible-mypy].
            inner = text.partition("[")[2].rpartition("]")[0] if text.count("[") > 1 else inner
            return tuple(part.strip().strip("\"'") for part in inner.split(",") if part.strip())
        items = []
        for more in block[number + 1 :]:
            item = re.match(r"\s*-\s+(.*?)\s*$", more)
            if not item:
                break
            items.append(item[1].strip("\"'"))
        return tuple(items)
    return ()
