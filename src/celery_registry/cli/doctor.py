"""``doctor``: is the plugin live in this project?

Law: it asks the project's own tools about a planted mistake, in a copy, and believes nothing but their output.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from celery_registry.cli import CLEAN, FINDINGS, CannotRun
from celery_registry.cli.mutation import Mutation, copy_project, find_mutation
from celery_registry.cli.mypy_config import PLUGIN, Hook, MypyConfig, read_hook, read_mypy_config
from celery_registry.cli.on_save import show_on_save
from celery_registry.cli.options import config_option
from celery_registry.cli.versions import installed_version, show_versions
from celery_registry.cli.visibility import show_visibility
from celery_registry.report.document import show_path
from celery_registry.settings import read_settings
from celery_registry.source.project import read_project
from celery_registry.source.setting_names import misnamed_lines
from celery_registry.stubs.plan import DEFAULT_OUTPUT
from celery_registry.stubs.twice import show_twice

__all__ = ["doctor"]

#: Seconds that one run of a tool may take.
_PATIENCE = 600


@dataclass(frozen=True)
class _Answer:
    """What one tool did: ``reported`` is None where the project does not use it."""

    tool: str
    reported: bool | None
    text: str

    def show(self) -> str:
        mark = {True: "ok", False: "MISSED", None: "-"}[self.reported]
        return f"{mark:7} {self.tool:12} {self.text}"


@click.command()
@click.argument("paths", nargs=-1)
@config_option
@click.option("--no-daemon", is_flag=True, help="Do not try dmypy.")
@click.pass_context
def doctor(ctx: click.Context, paths: tuple[str, ...], config_file: Path | None, no_daemon: bool) -> None:
    """Prove that the mypy plugin is live in this project.

    Plants a mistake in a temporary copy of the working directory and shows whether mypy, its daemon and the
    pre-commit hook report it, as this project runs them. PATHS are what mypy is given; the default is what its
    configuration says, else the file with the mistake. Exit status: 0 all report it, 1 one does not, 2 cannot run.
    """
    if installed_version("mypy") is None:
        raise CannotRun("mypy is not installed in this environment: pip install 'celery-registry[compatible-mypy]'")
    here = Path.cwd()
    settings = read_settings(config_file)
    config = read_mypy_config(here, config_file)
    click.echo(show_versions())
    origin = "none: every setting has its default" if settings.origin is None else show_path(settings.origin)
    click.echo(f"settings {origin}")
    click.echo(f"mypy's configuration {_show_config(config)}\n")
    with tempfile.TemporaryDirectory(prefix="celery-registry-doctor-") as folder:
        copy = Path(folder).resolve() / "project"
        copy_project(here, copy)
        os.chdir(copy)
        try:
            index = read_project(paths, settings).index
            for line in misnamed_lines(index, settings):
                click.echo(line, err=True)
            mutation = find_mutation(index, copy)
            click.echo(f"planted {mutation.what}\n")
            stubs = [
                stub for folder in DEFAULT_OUTPUT.values() if folder for stub in sorted(Path(folder).rglob("*.pyi"))
            ]
            tools = _Tools(copy, mutation, config, config_file, paths, show_twice(stubs, settings))
            answers = []
            for answer in tools.ask(daemon=not no_daemon):
                click.echo(answer.show())
                answers.append(answer)
            click.echo(f"\n{show_on_save(here)}")
            click.echo(f"\n{show_visibility(index, config)}")
        finally:
            os.chdir(here)
    ctx.exit(FINDINGS if any(answer.reported is False for answer in answers) else CLEAN)


def _show_config(config: MypyConfig) -> str:
    if config.path is None:
        return f"none: mypy.ini with [mypy] and plugins = {PLUGIN} is missing"
    named = PLUGIN in config.plugins or any(plugin.startswith("celery_registry") for plugin in config.plugins)
    return show_path(str(config.path)) + ("" if named else f": its plugins lack {PLUGIN}")


class _Tools:
    """The project's tools, each asked about the planted mistake."""

    def __init__(
        self,
        copy: Path,
        mutation: Mutation,
        config: MypyConfig,
        config_file: Path | None,
        paths: Sequence[str],
        twice: str | None,
    ) -> None:
        self.copy, self.mutation = copy, mutation
        self.arguments = [] if config_file is None else ["--config-file", str(config_file)]
        self.arguments += ["--no-pretty", "--show-error-codes", "--no-color-output"]
        self.targets = list(paths) or (
            [] if config.has_targets and mutation.original is not None else [str(mutation.path)]
        )
        # Where nobody says what mypy is given, it may be given all.
        self.twice = None if paths or config.has_targets else twice

    def ask(self, *, daemon: bool) -> Iterator[_Answer]:
        """One answer after the other, as they come."""
        if daemon:
            # The daemon sees the sound project first: what it keeps in memory must not hide the mistake.
            yield self._daemon()
        self.mutation.apply(self.copy)
        yield self._mypy()
        yield self._hook(read_hook(self.copy))

    def _mypy(self) -> _Answer:
        command = [sys.executable, "-m", "mypy", *self.arguments, "--cache-dir", os.devnull]
        if self.twice is not None and "Duplicate module named" in self._run([*command, "."]):
            return _Answer("mypy", False, self.twice)
        return self._judge("mypy", self._run([*command, *self.targets]))

    def _daemon(self) -> _Answer:
        status = self.copy.parent / "dmypy.json"
        dmypy = [sys.executable, "-m", "mypy.dmypy", "--status-file", str(status)]
        run = [*dmypy, "run", "--", *self.arguments, "--cache-dir", str(self.copy.parent / "cache"), *self.targets]
        self.mutation.revert(self.copy)
        try:
            self._run(run)
            self.mutation.apply(self.copy)
            return self._judge("mypy daemon", self._run(run))
        finally:
            self._run([*dmypy, "stop"])

    def _hook(self, hook: Hook | None) -> _Answer:
        if hook is None:
            return _Answer("pre-commit", None, "no mypy hook in .pre-commit-config.yaml")
        if not hook.has_plugin:
            advice = "add celery-registry[compatible-mypy] to its additional_dependencies"
            return _Answer("pre-commit", False, f"the mypy hook of {hook.repository} has no plugin: {advice}")
        pre_commit = shutil.which("pre-commit")
        if pre_commit is not None and shutil.which("git") is not None:
            self._run(["git", "init", "--quiet"])
            self._run(["git", "add", "--all"])
            text = self._run([pre_commit, "run", "mypy", "--files", str(self.mutation.path)])
        elif hook.dependencies is None:
            # What pre-commit would run in this environment.
            text = self._run([*hook.command, *([str(self.mutation.path)] if hook.passes_files else [])])
        else:
            return _Answer(
                "pre-commit", None, "pre-commit is not installed; its additional_dependencies name the plugin"
            )
        return self._judge("pre-commit", text)

    def _run(self, command: Sequence[str]) -> str:
        environment = {**os.environ, "MYPY_FORCE_COLOR": "0", "PRE_COMMIT_COLOR": "never"}
        environment["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), environment.get("PATH", os.defpath)])
        try:
            done = subprocess.run(
                command, cwd=self.copy, env=environment, capture_output=True, text=True, timeout=_PATIENCE, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
        return done.stdout + done.stderr

    def _judge(self, tool: str, text: str) -> _Answer:
        place = re.escape(self.mutation.path.as_posix())
        found = re.search(rf"^.*{place}:\d+.*\[{self.mutation.code}\].*$", text, re.MULTILINE)
        if found:
            return _Answer(tool, True, found[0].strip())
        stopped = re.search(r"^.*: error: .*$", text, re.MULTILINE) if "errors prevented" in text else None
        if stopped is not None:
            return _Answer(tool, False, f"it looks at nothing: {stopped[0].strip()}")
        last = next((line for line in reversed(text.splitlines()) if line.strip()), "no output")
        return _Answer(tool, False, f"the planted mistake is not reported; its last line: {last.strip()}")
