"""The user's settings: one section of one file.

Law: it takes the raw section of a file and returns settings; which file that is, `configuration_file` knows. It
imports neither mypy, celery nor the user's code, and never learns who asks. Every mistake is one line that names the
file, the key and the nearest right name.
"""

from __future__ import annotations

import configparser
import glob
import hashlib
import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, NoReturn

from celery_registry.configuration_file import files_to_ask, read_mypy_section, read_section, shown_path
from celery_registry.contract.codes import Code, Severity
from celery_registry.contract.lock import Lock
from celery_registry.contract.lock_text import parse_lock
from celery_registry.contract.names import show_nearest
from celery_registry.errors import ConfigurationError

__all__ = ["Settings", "read_settings"]

#: The value of ``result-serializer`` where nobody reads results.
_NO_RESULTS: Final = "none"


@dataclass(frozen=True)
class Settings:
    """What the user set; the defaults are those of an empty section.

    registry             dotted names of the registry classes
    names                dotted names of enums that are complete: a name that is not in them is an error
    external             globs of task names that other services implement
    task_modules         globs of the modules that implement tasks
    test_paths           globs of paths that hold test code, besides those that pytest and unittest know
    injected_parameters  base class or decorator -> parameters that it supplies itself
    request_handlers     globs of modules in which a synchronous ``registry.x()`` blocks a request
    severity             code -> ``error``, ``warning`` or ``off``
    app                  where the Celery application is, as ``celery -A`` takes it
    strict               whether a registered task that no enum names is a finding
    task_serializer      what mypy holds the arguments of tasks to, None for nothing: a serializer of ``contract.payload_fates``
    result_serializer    the same for results, ``none`` where they are ignored; unset it is ``json`` beside that
    report, baseline     paths as written, relative to the file they stand in: see ``path``
    contracts            paths of the locks of other services; the names in them are ``external`` too
    locks                what these say, by path, each with a digest in ``contract_digests``
    origin               the file the settings came from, None where there is none
    """

    registry: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    external: tuple[str, ...] = ()
    task_modules: tuple[str, ...] = ()
    test_paths: tuple[str, ...] = ()
    injected_parameters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    request_handlers: tuple[str, ...] = ()
    severity: Mapping[str, str] = field(default_factory=dict)
    app: str | None = None
    strict: bool = False
    task_serializer: str | None = None
    result_serializer: str | None = None
    report: str | None = None
    baseline: str | None = None
    contracts: tuple[str, ...] = ()
    contract_digests: tuple[str, ...] = ()
    locks: Mapping[str, Lock] = field(default_factory=dict)
    origin: str | None = None

    def digest(self) -> str:
        """A short text that changes when a setting does; where the settings stand does not matter."""
        values = {key: value for key, value in vars(self).items() if key not in ("origin", "locks")}
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def results_cross_as(self) -> str | None:
        """The serializer that mypy holds results to, None for nothing.

        Where only ``task_serializer`` is set and is Celery's default, so are results taken to be; beside any other
        serializer nobody can guess the second one.
        """
        if self.result_serializer is None:
            return "json" if self.task_serializer == "json" else None
        return None if self.result_serializer == _NO_RESULTS else self.result_serializer

    @property
    def holds_payloads(self) -> bool:
        """Whether mypy holds any type to a serializer."""
        return self.task_serializer is not None or self.results_cross_as is not None

    @property
    def severities(self) -> Mapping[Code, Severity]:
        """``severity`` in the words of ``contract.codes``."""
        return {Code(code): Severity(level) for code, level in self.severity.items()}

    @property
    def exclude(self) -> tuple[str, ...]:
        """mypy's ``exclude``."""
        given = self.mypy_section[1].get("exclude", ())
        return (given.strip(),) if isinstance(given, str) else tuple(str(each) for each in given)

    @property
    def bases(self) -> tuple[str, ...]:
        """mypy's ``mypy_path``, taken from the working directory, as mypy takes it."""
        file, section = self.mypy_section
        given = section.get("mypy_path", ())
        paths = re.split(rf"[,{os.pathsep}\n]", given) if isinstance(given, str) else map(str, given)
        home = "" if file is None else os.path.abspath(file.parent)
        named = (path.strip().replace("$MYPY_CONFIG_FILE_DIR", home) for path in paths)
        return tuple(os.path.expanduser(os.path.expandvars(path)) for path in named if path)

    @property
    def named_modules(self) -> tuple[str, ...]:
        """The modules in which the application, the registries and the enums stand, as far as the names tell."""
        app = () if self.app is None else (self.app.partition(":")[0],)
        return (*app, *(name.rpartition(".")[0] for name in (*self.registry, *self.names)))

    @property
    def mypy_section(self) -> tuple[Path | None, Mapping[str, Any]]:
        """The first file beside these settings, or here, in which mypy is configured, and its section as it stands."""
        origin = None if self.origin is None else Path(self.origin)
        return read_mypy_section(Path() if origin is None else origin.parent, origin)

    @property
    def directory(self) -> str | None:
        """The directory that paths are relative to, None for the working directory."""
        return None if self.origin is None else os.path.dirname(os.path.abspath(self.origin))

    def mistake(self, text: str) -> ConfigurationError:
        """The exception for a mistake in them that the file alone does not show."""
        return ConfigurationError(text if self.origin is None else f"{shown_path(Path(self.origin))}: {text}")

    def path(self, written: str) -> Path:
        """A path of these settings, taken from the directory of the file it is written in."""
        return Path(written) if self.origin is None else Path(self.origin).parent / written


def read_settings(config_file: str | Path | None = None, directory: Path | None = None) -> Settings:
    """Read the first section of ours.

    With ``config_file`` (the file mypy was given): that file, then ``FILE_NAMES`` beside it. Without:
    ``FILE_NAMES`` in ``directory`` (default: the working directory), then in each parent up to the
    root of the repository, as mypy looks for its own file. No section anywhere gives the defaults.

    Raises ``ConfigurationError`` for a file that is missing or cannot be parsed, an unknown setting and an
    ill-typed value.
    """
    for path in files_to_ask(config_file, directory):
        section = read_section(path)
        if section is not None:
            return _interpret(section, path)
    return Settings()


# -- values ------------------------------------------------------------------------------------------------------


class _Reader:
    """Turns one raw value into a setting; ``ini`` tells that every value is text."""

    def __init__(self, path: Path, key: str, ini: bool) -> None:
        self.path, self.key, self.ini = path, key, ini

    def fail(self, reason: str) -> NoReturn:
        raise ConfigurationError(f"{shown_path(self.path)}: {self.key}: {reason}")

    def text(self, value: object) -> str:
        if not isinstance(value, str) or not value.strip():
            self.fail(f"must be a text, not {_shown_type(value)}")
        return value.strip()

    def flag(self, value: object) -> bool:
        if self.ini and isinstance(value, str):
            value = configparser.RawConfigParser.BOOLEAN_STATES.get(value.strip().lower(), value)
        if not isinstance(value, bool):
            self.fail(f"must be true or false, not {_shown_type(value)}")
        return value

    def texts(self, value: object) -> tuple[str, ...]:
        if self.ini and isinstance(value, str):
            value = [part for part in re.split(r"[,\n]", value) if part.strip()]
        if not isinstance(value, list):
            self.fail(f"must be a list of texts, not {_shown_type(value)}")
        return tuple(self.text(item) for item in value)

    def dotted(self, value: object) -> tuple[str, ...]:
        return tuple(self.dotted_name(name) for name in self.texts(value))

    def dotted_name(self, name: str) -> str:
        plain = name.replace(":", ".")
        if "." not in plain or not all(part.isidentifier() for part in plain.split(".")):
            self.fail(f'must be a dotted name such as "pkg.module.Class", not "{name}"')
        return plain

    def table(self, value: object, separators: str) -> Mapping[str, object]:
        if self.ini and isinstance(value, str):
            pairs = [part.partition(":") for part in re.split(separators, value) if part.strip()]
            for name, colon, _ in pairs:
                if not colon:
                    self.fail(f'must be "name: value" pairs, and "{name.strip()}" has no colon')
            return {name.strip(): text.strip() for name, _, text in pairs}
        if not isinstance(value, dict):
            self.fail(f"must be a table, not {_shown_type(value)}")
        return value

    def serializer(self, value: object) -> str:
        # The tables are loaded where somebody asks for them.
        from celery_registry.contract.payload_fates import SERIALIZERS

        none = (_NO_RESULTS,) if self.key == "result-serializer" else ()
        return self.one_of(value, (*SERIALIZERS, *none))

    def one_of(self, value: object, choices: Sequence[str]) -> str:
        text = self.text(value)
        if text not in choices:
            quoted = [f'"{choice}"' for choice in choices]
            self.fail(
                f"must be {', '.join(quoted[:-1])} or {quoted[-1]}, not {_shown_type(text)}{show_nearest(text, choices)}"
            )
        return text

    def injected(self, value: object) -> Mapping[str, tuple[str, ...]]:
        given = self.table(value, r"[;\n]")
        return {self.dotted_name(base): self.texts(names) for base, names in given.items()}

    def severities(self, value: object) -> Mapping[str, str]:
        codes, levels = [str(code) for code in Code], [level.value for level in Severity]
        severities = {}
        for code, level in self.table(value, r"[,;\n]").items():
            if code not in codes:
                self.fail(f'unknown code "{code}"{show_nearest(code, codes)}')
            if level not in levels:
                self.fail(f'the severity of {code} must be "error", "warning" or "off", not {_shown_type(level)}')
            severities[code] = str(level)
        return severities


_READERS: Final[Mapping[str, Callable[[_Reader, object], object]]] = {
    "registry": _Reader.dotted,
    "names": _Reader.dotted,
    "external": _Reader.texts,
    "task-modules": _Reader.texts,
    "test-paths": _Reader.texts,
    "injected-parameters": _Reader.injected,
    "request-handlers": _Reader.texts,
    "severity": _Reader.severities,
    "app": _Reader.text,
    "strict": _Reader.flag,
    "task-serializer": _Reader.serializer,
    "result-serializer": _Reader.serializer,
    "report": _Reader.text,
    "baseline": _Reader.text,
    "contracts": _Reader.texts,
}


def _interpret(section: Mapping[str, Any], path: Path) -> Settings:
    ini = path.suffix.lower() != ".toml"
    values: dict[str, Any] = {}
    for key, raw in section.items():
        if key not in _READERS:
            raise ConfigurationError(f'{shown_path(path)}: unknown setting "{key}"{_show_nearest_key(key)}')
        values[key.replace("-", "_")] = _READERS[key](_Reader(path, key, ini), raw)
    return _with_contracts(Settings(**values, origin=os.fspath(path)), path)


def _with_contracts(settings: Settings, path: Path) -> Settings:
    """The settings with what the locks of other services say."""
    locks, digests = {}, {}
    for written in settings.contracts:
        file = settings.path(written)
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8"
            raise ConfigurationError(f"{shown_path(path)}: contracts: {written} cannot be read: {reason}") from None
        locks[os.fspath(file)] = parse_lock(text, written, lazily=True)
        digests[os.fspath(file)] = _digest(text)
    names = dict.fromkeys(glob.escape(name) for lock in locks.values() for name in lock.tasks)
    external = (*settings.external, *names)
    return (
        replace(settings, external=external, locks=locks, contract_digests=tuple(digests.values()))
        if locks
        else settings
    )


def is_as_read(path: str, digest: str) -> bool:
    """Whether a lock still says what it said when ``contract_digests`` was made of it."""
    try:
        return _digest(Path(path).read_text(encoding="utf-8")) == digest
    except (OSError, UnicodeDecodeError):
        return False


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _show_nearest_key(key: str) -> str:
    kebab = key.replace("_", "-").lower()
    return f'; did you mean "{kebab}"?' if kebab in _READERS else show_nearest(kebab, _READERS)


def _shown_type(value: object) -> str:
    """A value in a message: the text itself where it is short, else what sort of value it is."""
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= 40 else "a text"
    if isinstance(value, bool):
        return str(value).lower()
    return {list: "a list", dict: "a table", int: f"the number {value}"}.get(type(value), str(value))
