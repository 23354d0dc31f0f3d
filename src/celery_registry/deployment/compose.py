"""``compose.yaml``: the services of one project, as several files together say.

Law: the Compose specification (compose-spec, *Merge*, *Interpolation*, *Extends*); a service in two files is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from celery_registry.contract.task import Origin
from celery_registry.deployment.dockerfile import read_build
from celery_registry.deployment.started import Started, Unreadable
from celery_registry.deployment.variables import UNKNOWN, expand, read_env_file
from celery_registry.deployment.yaml_documents import line_of

__all__ = ["ComposeProject"]


class ComposeProject:
    """The services of the files that were added."""

    def __init__(self) -> None:
        self._services: dict[str, dict[str, Any]] = {}
        self._origins: dict[str, Origin] = {}
        self._folders: dict[str, Path] = {}

    def add(self, path: Path, text: str, document: Mapping[str, Any]) -> None:
        """Take in the services of one file; a later file says more about the same service."""
        values = _read_env(path.parent / ".env")
        services = document.get("services")
        for name, raw in services.items() if isinstance(services, dict) else ():
            service = _interpolated(raw, values)
            if isinstance(service, dict):
                before = self._services.get(str(name), {})
                merged = {**before, **service}
                merged["environment"] = {**_pairs(before.get("environment")), **_pairs(service.get("environment"))}
                self._services[str(name)] = merged
                self._origins.setdefault(str(name), Origin(str(path), line_of(text, str(name))))
                self._folders[str(name)] = path.parent

    def processes(self) -> Iterator[Started | Unreadable]:
        """What each service starts."""
        for name in self._services:
            service = self._extended(name, set())
            if service is None:
                yield Unreadable(self._origins[name], name, "it extends a service of another file")
                continue
            copies = _copies(service)
            if copies == 0:
                continue
            folder = self._folders[name]
            command = _command(service)
            if command is None and service.get("build"):
                command = read_build(service["build"], folder)
            environment = self._environment(name, service)
            # What is in no profile that another is in, or has another environment, does not run beside it.
            apart = (str(service.get("profiles") or ""), str(service.get("env_file") or ""))
            yield Started(name, self._origins[name], command, environment, _image(service), copies, folder, apart)

    def _extended(self, name: str, seen: set[str]) -> dict[str, Any] | None:
        service = self._services[name]
        extends = service.get("extends")
        if not extends:
            return service
        above = extends if isinstance(extends, str) else extends.get("service") if isinstance(extends, dict) else None
        elsewhere = isinstance(extends, dict) and extends.get("file")
        if elsewhere or above not in self._services or above in seen:
            return None
        base = self._extended(str(above), {*seen, name})
        if base is None:
            return None
        environment = {**_pairs(base.get("environment")), **_pairs(service.get("environment"))}
        return {**base, **service, "environment": environment}

    def _environment(self, name: str, service: Mapping[str, Any]) -> dict[str, str]:
        values: dict[str, str] = {}
        files = service.get("env_file") or []
        for each in files if isinstance(files, list) else [files]:
            path = each.get("path") if isinstance(each, dict) else each
            values |= _read_env(self._folders[name] / str(path))
        return values | {key: value for key, value in _pairs(service.get("environment")).items() if value is not None}


def _interpolated(raw: Any, values: Mapping[str, str]) -> Any:
    if isinstance(raw, str):
        return expand(raw, values, dollars=True)
    if isinstance(raw, dict):
        return {key: _interpolated(value, values) for key, value in raw.items()}
    return [_interpolated(item, values) for item in raw] if isinstance(raw, list) else raw


def _pairs(raw: Any) -> dict[str, Any]:
    """``environment`` as a mapping; a name without a value comes from whoever starts it, and nobody can tell it."""
    if isinstance(raw, dict):
        return {str(key): UNKNOWN if value is None else _text(value) for key, value in raw.items()}
    if isinstance(raw, list):
        parts = [str(item).partition("=") for item in raw]
        return {key: value if sign else UNKNOWN for key, sign, value in parts}
    return {}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _command(service: Mapping[str, Any]) -> tuple[str, ...] | str | None:
    entrypoint, command = service.get("entrypoint"), service.get("command")
    if not entrypoint:
        return _part(command)
    before, after = _part(entrypoint), _part(command)
    if after is None:
        return before
    if isinstance(before, tuple) and isinstance(after, tuple):
        return (*before, *after)
    if isinstance(before, tuple):
        # An entrypoint such as ["sh", "-c"] takes the text whole.
        is_shell = len(before) > 1 and before[-1].startswith("-") and "c" in before[-1]
        return (*before, str(after)) if is_shell else " ".join([*before, str(after)])
    return f"{before} {after if isinstance(after, str) else ' '.join(after)}"


def _part(raw: Any) -> tuple[str, ...] | str | None:
    if isinstance(raw, list):
        return tuple(str(item) for item in raw)
    return raw if isinstance(raw, str) else None


def _image(service: Mapping[str, Any]) -> str | None:
    # What is built here is the program's own, whatever it is called.
    return None if service.get("build") else str(service["image"]) if service.get("image") else None


def _copies(service: Mapping[str, Any]) -> int:
    deploy = service.get("deploy")
    raw = deploy.get("replicas") if isinstance(deploy, dict) else service.get("scale")
    return raw if isinstance(raw, int) else 1


def _read_env(path: Path) -> dict[str, str]:
    try:
        return read_env_file(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return {}
