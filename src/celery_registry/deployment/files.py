"""The files of one deployment, each read as what its name and its content say that it is.

Law: paths in, processes and what nobody can tell out. Which reader takes a file is decided here alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from celery_registry.contract.deployment import CeleryProcess
from celery_registry.contract.task import Origin
from celery_registry.deployment.commands import read_started
from celery_registry.deployment.compose import ComposeProject
from celery_registry.deployment.kubernetes import read_manifest
from celery_registry.deployment.lines import read_procfile, read_unit
from celery_registry.deployment.started import Started, Unreadable
from celery_registry.deployment.yaml_documents import read_documents
from celery_registry.errors import ConfigurationError

__all__ = ["read_deployment"]


def read_deployment(paths: Sequence[Path]) -> tuple[list[CeleryProcess], list[Unreadable]]:
    """The workers and beats that the files start together, and what of them cannot be read.

    Raises ``ConfigurationError``, one line, for a file that is not there, is no YAML or is no deployment.
    """
    project = ComposeProject()
    started = [each for path in paths for each in _read(path, project)]
    processes = [
        process
        for each in [*started, *project.processes()]
        for process in ([each] if isinstance(each, Unreadable) else read_started(each))
    ]
    unread = [process for process in processes if isinstance(process, Unreadable)]
    return [process for process in processes if not isinstance(process, Unreadable)], unread


def _read(path: Path, project: ComposeProject) -> Iterator[Started | Unreadable]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigurationError(f"{path}: there is no such file") from None
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise ConfigurationError(f"{path}: cannot be read: {error}") from None
    if path.suffix == ".service":
        yield from read_unit(path, text)
    elif path.name.startswith("Procfile"):
        yield from read_procfile(path, text)
    elif path.suffix in (".yaml", ".yml"):
        if "{{" in text:
            yield Unreadable(
                Origin(str(path), 1), path.name, "it is a template; give what it makes, as helm template prints it"
            )
            return
        known = False
        for document in read_documents(text, str(path)):
            if isinstance(document, dict) and isinstance(document.get("services"), dict):
                project.add(path, text, document)
                known = True
            elif isinstance(document, dict) and "kind" in document:
                yield from read_manifest(path, text, document)
                known = True
        if not known:
            raise ConfigurationError(f"{path}: has neither services, as compose.yaml, nor a kind, as Kubernetes has")
    else:
        raise ConfigurationError(f"{path}: give compose.yaml, a Procfile, a *.service or a manifest of Kubernetes")
