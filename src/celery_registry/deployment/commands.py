"""Which of Celery's processes a command starts.

Law: a command in, workers and beats out, or why nobody can tell; Celery's own options read what follows ``celery``. A
program that is known to be no worker is nothing; every other one may be one.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from celery_registry.contract.deployment import CeleryProcess
from celery_registry.deployment.programs import DJANGO, HANDLERS, IMAGES, OTHERS, QUIET, SERVERS, SHELLS
from celery_registry.deployment.started import Started, Unreadable
from celery_registry.deployment.variables import UNKNOWN, expand, is_known

__all__ = ["read_started"]

_SEPARATORS: Final = re.compile(r"^(?:&&|\|\||;;?|\||&|\n|\(|\)|\{|\}|!)$")
_ASSIGNMENT: Final = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
#: What may be different between two processes of one application that do not meet.
_SETTING: Final = re.compile(r"CELERY_|BROKER|REDIS|RABBIT|AMQP|SETTINGS|CONFIG|ENV", re.IGNORECASE)


def read_started(started: Started) -> Iterator[CeleryProcess | Unreadable]:
    """The workers and beats that a process is; nothing for a program that is none."""
    command = started.command
    image = (started.image or "").rpartition("@")[0] or started.image or ""
    is_known_image = image.rpartition("/")[2].partition(":")[0] in IMAGES
    if is_known_image and "celery" not in str(command):
        return
    if not command:
        reason = f"the image {image} says what runs" if image else "it does not say what runs"
        yield Unreadable(started.origin, started.name, reason)
        return
    if isinstance(command, str):
        found = list(_script(command, started, dict(started.environment)))
    else:
        found = list(_words(list(command), started, dict(started.environment)))
    processes = _processes(found)
    yield from processes or found[:1]


def _processes(found: list[CeleryProcess | Unreadable]) -> list[CeleryProcess | Unreadable]:
    """The workers and beats, and what of them is not known; other programs beside them make them no less."""
    celery = [each for each in found if isinstance(each, CeleryProcess)]
    return [each for each in found if each in celery or each.name == f"{celery[0].name}: celery"] if celery else []


def _script(text: str, started: Started, values: dict[str, str]) -> Iterator[CeleryProcess | Unreadable]:
    """Each simple command of a text for a shell."""
    joined = expand(text.replace("\\\n", " "), values)
    lexer = shlex.shlex(re.sub(r"[ \t]*\n\s*", " ; ", joined.strip()), posix=True, punctuation_chars="();<>|&")
    lexer.commenters, lexer.whitespace_split = "", True
    try:
        tokens = list(lexer)
    except ValueError as error:
        yield Unreadable(started.origin, started.name, f"its command is no text for a shell: {error}")
        return
    words: list[str] = []
    for token in [*tokens, ";"]:
        if _SEPARATORS.match(token):
            if words:
                yield from _words(words, started, values)
            words = []
        else:
            words.append(token)


def _words(words: list[str], started: Started, values: dict[str, str]) -> Iterator[CeleryProcess | Unreadable]:
    own = dict(values)
    while words and (words[0] in ("exec", "env", "command", "nohup", "time", "-") or _ASSIGNMENT.fullmatch(words[0])):
        found = _ASSIGNMENT.fullmatch(words.pop(0))
        if found:
            own[found[1]] = found[2]
    if not words:
        values.update(own)
        return
    name = os.path.basename(words[0])
    if name == "export":
        values.update({m[1]: m[2] for word in words[1:] if (m := _ASSIGNMENT.fullmatch(word))})
        return
    if name in SHELLS:
        flags = [word for word in words[1:] if word.startswith("-")]
        texts = [word for word in words[1:] if not word.startswith("-")]
        if any("c" in flag for flag in flags) and texts:
            yield from _script(texts[0], started, own)
        else:
            yield from _file(next(iter(texts), ""), words, started, own)
        return
    at = _celery_at(words)
    if at is not None:
        yield from _celery(words[at:], started, own)
        return
    inner = [word for word in words[1:] if re.search(r"\bcelery\s", word)]
    if inner:
        yield from _script(inner[0], started, own)
    elif not _is_other(name, words):
        yield from _file(words[0], words, started, own)


def _file(
    path: str, words: list[str], started: Started, values: dict[str, str]
) -> Iterator[CeleryProcess | Unreadable]:
    """A script that stands beside the deployment, read where it does one thing after the other."""
    text = _script_text(path, started)
    inner = replace(started, folder=None)
    found = [] if text is None else list(_script(text, inner, values))
    processes = _processes(found)
    branches = re.search(r"^\s*(?:case|if|elif|for|while|function)\b|\(\)", text or "", re.MULTILINE)
    # What stands at the left is run, whatever was asked before; what is further in is run by one service of many.
    left = re.findall(r"^(\s*)\S.*\bcelery\s", text or "", re.MULTILINE) == [""] and "esac" not in (text or "")
    if processes and (not branches or (left and sum(isinstance(each, CeleryProcess) for each in processes) == 1)):
        yield from processes
    elif text is None or branches or found:
        shown = " ".join(words).replace(UNKNOWN, "?")
        yield Unreadable(started.origin, started.name, f"nobody can tell what {shown[:80]} runs")


def _script_text(path: str, started: Started) -> str | None:
    """The text of a shell script; None where it is not here, or is something else."""
    if started.folder is None or not path or path.startswith("/") or not is_known(path):
        return None
    for folder in (started.folder, *started.folder.resolve().parents[:2], Path()):
        try:
            text = (folder / path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError, ValueError):
            continue
        first = text.partition("\n")[0]
        is_shell = re.match(r"#!.*\b(?:sh|bash|dash|ash|zsh)\b", first) or (
            path.endswith(".sh") and not first.startswith("#!")
        )
        return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#")) if is_shell else None
    return None


def _celery_at(words: list[str]) -> int | None:
    """Where the words after ``celery`` begin."""
    for number, word in enumerate(words[:-1]):
        # Whoever installs, stops or looks for it does not run it.
        if os.path.basename(word) == "celery" and os.path.basename(words[0]) not in HANDLERS:
            return number + 1
    return None


def _is_other(name: str, words: list[str]) -> bool:
    if name in OTHERS or any(os.path.basename(word) in SERVERS for word in words[1:4]):
        return True
    if re.fullmatch(r"python[\d.]*", name) or name == "django-admin" or name == "manage.py":
        rest = [word for word in words if not word.startswith("-")]
        after = [
            word
            for number, word in enumerate(rest)
            if number and os.path.basename(rest[number - 1]) in ("manage.py", "django-admin")
        ]
        if rest and os.path.basename(rest[0]) in ("manage.py", "django-admin"):
            after = after or rest[1:2]
        return (bool(after) and after[0] in DJANGO) or (
            "-m" in words[:2] and words[2:3] in (["http.server"], ["gunicorn"], ["uvicorn"], ["flask"])
        )
    return False


def _celery(words: list[str], started: Started, values: Mapping[str, str]) -> Iterator[CeleryProcess | Unreadable]:
    options, rest = _parse(None, words)
    command = rest[0] if rest else ""
    if command in QUIET:
        return
    if command not in ("worker", "beat"):
        shown = " ".join(words).replace(UNKNOWN, "?")
        yield Unreadable(started.origin, started.name, f"nobody can tell what celery {shown[:80]} starts")
        return
    given, left = _parse(command, rest[1:])
    shown = " ".join(words).replace(UNKNOWN, "?")[:80]
    if given is None or options is None or any(word in ("-A", "--app") or word.startswith("--app=") for word in left):
        yield Unreadable(started.origin, started.name, f"celery refuses the options of celery {shown}")
        return

    def chosen(name: str) -> Any:
        """An option, else the variable that Celery reads it from (``auto_envvar_prefix``)."""
        return given.get(name) or values.get(f"CELERY_{command.upper()}_{name.upper()}")

    app = options.get("app") or values.get("CELERY_APP") or values.get("APP")
    queues, excluded = chosen("queues"), chosen("exclude_queues")
    unclear = any(not is_known(word) for word in left)
    known = (queues is None or is_known(str(queues))) and not unclear
    apart = (*started.apart, *(str(options.get(name) or "") for name in ("workdir", "config", "broker")))
    if not app or not is_known(app) or unclear:
        yield Unreadable(started.origin, f"{started.name}: celery", f"the application of celery {shown} is not known")
    yield CeleryProcess(
        name=started.name,
        origin=started.origin,
        app=app if app and is_known(app) and not unclear else None,
        is_worker=command == "worker",
        is_beat=command == "beat" or bool(chosen("beat")),
        queues=tuple(_list(queues)) if known else None,
        excluded=tuple(_list(excluded)),
        scheduler=chosen("scheduler"),
        setting=tuple(
            sorted([*((k, v) for k, v in values.items() if _SETTING.search(k)), *(("", each) for each in apart)])
        ),
        copies=started.copies,
    )


def _list(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def _parse(command: str | None, words: list[str]) -> tuple[Any, list[str]]:
    """Celery's own options, read by its own parser: nothing is called, and no application is asked for."""
    import click
    from celery.bin.celery import celery

    chosen: click.Command = celery if command is None else celery.commands[command]
    context = click.Context(chosen, info_name=command or "celery", resilient_parsing=True)
    # A program may add options of its own (``app.user_options``).
    context.ignore_unknown_options, context.allow_extra_args = command is not None, True
    context.allow_interspersed_args = command is not None
    try:
        given, rest, _ = chosen.make_parser(context).parse_args(list(words))
    except click.UsageError:
        return None, []
    return given, list(rest)
