"""Random programs with random drifts: ``check --fix`` mends each, changes no other byte, and has nothing to do twice.

Law: a seed makes a program that is right and one with drifts; after the fix the second is the first again, to the byte.
The suite runs a few seeds. A long search::

    python tests/writing/drift_search.py --first 1000 --count 5000
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from celery_registry.contract.names import nearest_names
from writing.shop import command, write_files

__all__ = ["Case", "make_case", "search", "try_case"]

#: Names that are near to no other.
_NAMES = (
    *("absorb", "bundle", "collect", "deliver", "encode", "forward", "gather", "harvest", "invoice", "juggle"),
    *("kindle", "launch", "migrate", "notify", "overhaul", "publish", "quantify", "reindex", "summarise", "transcode"),
)
_PARAMETERS = ("account", "body", "cutoff", "depth", "every", "folder", "grade", "host")
_TYPES = ("int", "str", "bool", "float", "dict[str, int]", "list[str]", "tuple[int, ...]", "bytes", "Report | None")
_REMARKS = ("", "", "  # é", "  # noqa: E501", "  # ünïcode, \\ and 'quotes'")
#: Line end, indentation, encoding, head of the file.
_LAYOUTS = (
    ("\n", "    ", "utf-8", ""),
    ("\r\n", "    ", "utf-8", ""),
    ("\n", "\t", "utf-8", ""),
    ("\r\n", "\t", "utf-8-sig", ""),
    ("\n", "  ", "utf-8-sig", "#!/usr/bin/env python\n"),
    ("\n", "    ", "latin-1", "# -*- coding: latin-1 -*-\n"),
    ("\r\n", "  ", "iso8859-15", "# vim: set fileencoding=iso8859-15 :\n"),
)


@dataclass
class Made:
    """One task: the text of its property, and what of it can drift."""

    name: str
    types: list[str]
    style: str
    form: str
    documented: bool
    keyword: bool


@dataclass
class Case:
    """``right`` and ``wrong`` are the files of one program; ``planted`` says what drifted, and in which layout."""

    seed: int
    right: dict[str, bytes] = field(default_factory=dict)
    wrong: dict[str, bytes] = field(default_factory=dict)
    planted: list[tuple[str, str, int]] = field(default_factory=list)


def make_case(seed: int) -> Case:
    """The program of a seed, and its drifts."""
    dice = random.Random(seed)
    names = dice.sample(_NAMES, dice.randint(4, 9))
    tasks = [_task(dice, name) for name in names]
    tasks[-1].documented = False
    layouts = {"registry": dice.randrange(len(_LAYOUTS)), "tasks": dice.randrange(len(_LAYOUTS))}
    remarks = {name: dice.choice(_REMARKS) for name in names}
    scheduled = dice.sample(names, 2)
    right = {"registry": _registry(tasks, remarks), "tasks": _tasks(tasks, scheduled, dice)}
    wrong = dict(right)
    case = Case(seed)
    for task in tasks:
        if dice.random() < 0.75:
            kind, file, old, new = dice.choice(
                list(_drifts_of(task, remarks[task.name], task is tasks[-1], dice)) or [_NONE]
            )
            if wrong[file].count(old) == 1:
                wrong[file] = wrong[file].replace(old, new)
                case.planted.append((kind, task.form if file == "registry" else task.style, layouts[file]))
    for key, kind in zip(scheduled, ("schedule", "route"), strict=True):
        if dice.random() < 0.5:
            old = f'"task": "{key}"' if kind == "schedule" else f'"{key}": {{"queue"'
            place = dice.randrange(1, len(key) - 1)
            misspelt = key[:place] + key[place + 1 :]
            # Where two are near, a person is asked.
            if len(nearest_names(misspelt, names)) > 1:
                continue
            wrong["tasks"] = wrong["tasks"].replace(old, old.replace(key, misspelt), 1)
            case.planted.append((kind, "dictionary", layouts["tasks"]))
    for files, texts in ((case.right, right), (case.wrong, wrong)):
        files["shop/__init__.py"] = b""
        files["shop/models.py"] = b"class Report: ...\n"
        for name, text in texts.items():
            newline, indent, encoding, head = _LAYOUTS[layouts[name]]
            shown = (head + text).replace("    ", indent).replace("\n", newline)
            files[f"shop/{name}.py"] = shown.encode(encoding)
    return case


def _task(dice: random.Random, name: str) -> Made:
    types = [dice.choice(_TYPES) for _ in range(dice.randint(0, 5))]
    style = dice.choice(("app.task", "app.task", "shared_task", "register_task", "method"))
    form = dice.choice(("plain", "quoted", "lines", "wide"))
    if any("[" in t for t in types) and form == "lines":
        form = "plain"
    keyword = dice.random() < 0.15
    if keyword and form == "lines":
        form = "quoted"
    return Made(name, types, style, form, bool(types) and dice.random() < 0.5, keyword)


def _annotation(task: Made, types: list[str] | None = None) -> str:
    types = task.types if types is None else types
    shown = "..." if task.keyword and types is task.types else f"[{', '.join(types)}]"
    if task.form == "quoted":
        return f'"Task[{shown}, Report]"'
    if task.form == "lines" and shown not in ("...", "[]"):
        rows = "".join(f"            {each},\n" for each in types)
        return f"Task[\n        [\n{rows}        ],\n        Report,\n    ]"
    if task.form == "wide":
        return f"Task[ {shown},   Report ]"
    return f"Task[{shown}, Report]"


def _property(task: Made, remark: str) -> str:
    entries = "".join(f"            {name}: What it is, é\n" for name in _PARAMETERS[: len(task.types)])
    documented = (
        f'        """About it.\n\n        Args:\n{entries}\n        Returns:\n            A report\n        """\n'
    )
    return (
        f"    @property\n    def {task.name}(self) -> {_annotation(task)}:{remark}\n{documented if task.documented else ''}"
        f"        return self._get_task_by_name(TaskName.{task.name.upper()})\n"
    )


def _registry(tasks: list[Made], remarks: dict[str, str]) -> str:
    members = "".join(f'    {task.name.upper()} = "{task.name}"{remarks[task.name]}\n' for task in tasks)
    properties = "\n".join(_property(task, remarks[task.name]) for task in tasks)
    return (
        "from __future__ import annotations\n\nfrom enum import Enum\nfrom typing import TYPE_CHECKING\n\nfrom celery import Task\n\n"
        "from celery_registry import BaseTasksRegistry\n\nif TYPE_CHECKING:\n    from shop.models import Report\n\n\n"
        f"class TaskName(str, Enum):\n{members}\n\nclass TasksRegistry(BaseTasksRegistry):\n{properties}"
    )


def _tasks(tasks: list[Made], scheduled: list[str], dice: random.Random) -> str:
    first, second = scheduled
    text = (
        "from celery import Celery, shared_task\n\nfrom celery_registry import register_task\nfrom shop.models import Report\n"
        'from shop.registry import TaskName\n\napp = Celery("shop")\nARGS, KWARGS = tuple("é"), dict(a=1)\n'
        f'app.conf.beat_schedule = {{"é": {{"task": "{first}", "schedule": 1.0, "args": ARGS, "kwargs": KWARGS}}}}\n'
        f'app.conf.task_routes = {{"{second}": {{"queue": "a"}}}}  # ü\n'
    )
    for task in tasks:
        names = [f"{name}: {shown}" for name, shown in zip(_PARAMETERS, task.types, strict=False)]
        names += ["*", "only: bool"] if task.keyword else []
        constant = dice.choice((f'"{task.name}"', f"TaskName.{task.name.upper()}"))
        if task.style == "register_task":
            text += f"\n\ndef {task.name}({', '.join(names)}) -> Report:\n    return Report()\n\n\nregister_task(app, {constant}, {task.name})\n"
        elif task.style == "method":
            text += (
                f"\n\nclass {task.name.title()}:\n    def run({', '.join(['self', *names])}) -> Report:\n        return Report()\n\n\n"
                f"{task.name} = {task.name.title()}()\nregister_task(app, {constant}, {task.name}.run)\n"
            )
        else:
            text += f"\n\n@{task.style}(name={constant})\ndef {task.name}({', '.join(names)}) -> Report:\n    return Report()\n"
    return text


_NONE = ("", "tasks", "nothing", "")
_Drift = tuple[str, str, str, str]


def _drifts_of(task: Made, remark: str, is_last: bool, dice: random.Random) -> Iterator[_Drift]:
    """Kind, file, and the text before and after."""
    right = f"def {task.name}(self) -> {_annotation(task)}:"
    more = [*task.types, *dice.choices(_TYPES[:4], k=dice.randint(1, 2))]
    if task.keyword:
        yield "keyword-only", "registry", right, f"def {task.name}(self) -> {_annotation(task, list(task.types))}:"
        return
    if task.form != "lines" or task.types:
        yield "too many", "registry", right, f"def {task.name}(self) -> {_annotation(task, more)}:"
    if task.types:
        fewer = task.types[: dice.randrange(0, len(task.types))]
        if fewer or task.form != "lines":
            yield "too few", "registry", right, f"def {task.name}(self) -> {_annotation(task, fewer)}:"
    if task.documented:
        body = _property(task, "").partition(":\n")[2]
        name = dice.choice(_PARAMETERS[: len(task.types)])
        place = dice.randrange(1, len(name))
        yield (
            "documented",
            "registry",
            body,
            body.replace(f"            {name}:", f"            {name[:place] + name[place + 1 :]}:"),
        )
        extra = "            stranger: Nobody\n                at all\n\n        Returns"
        yield "surplus", "registry", body, body.replace("\n        Returns", extra)
    if is_last and task.form == "plain" and not remark and len(right) < 80:
        yield "no property", "registry", f"\n{_property(task, '')}", ""
    if task.style == "method":
        for constant in (f'"{task.name}"', f"TaskName.{task.name.upper()}"):
            call = f"register_task(app, {constant}, {task.name}.run)"
            yield "bound", "tasks", call, f"app.task({task.name}.run, name={constant})"
            yield "bound", "tasks", call, f"app.task(name={constant})({task.name}.run)"


def try_case(case: Case, folder: Path) -> str:
    """What went wrong with a case, nothing where all went right."""
    write_files(folder, case.right)
    before = command(folder, "check", "--static")
    if before.returncode:
        return f"the right program is not clean: {before.stdout}{before.stderr}"
    write_files(folder, case.wrong)
    done = command(folder, "check", "--static", "--fix", "--yes")
    for name, content in case.right.items():
        written = (folder / name).read_bytes()
        if written != content:
            rows = zip(content.splitlines(), written.splitlines(), strict=False)
            right, other = next(((a, b) for a, b in rows if a != b), (content[-80:], written[-80:]))
            return f"{name} has {other!r} for {right!r}: {done.stderr}"
    if done.returncode:
        return f"not everything was mended: {done.stdout}{done.stderr}"
    again = command(folder, "check", "--static", "--fix", "--yes")
    if again.returncode or "wrote" in again.stdout:
        return f"a second run had something to do: {again.stdout}{again.stderr}"
    return ""


def search(
    first: int, count: int, folder: Path, tell: Callable[[str], None] = print
) -> tuple[set[tuple[str, str, int]], int]:
    """The kinds and places that were tried, and how many seeds failed."""
    planted: set[tuple[str, str, int]] = set()
    failed = 0
    for seed in range(first, first + count):
        case = make_case(seed)
        place = folder / str(seed)
        reason = try_case(case, place)
        planted.update(case.planted)
        if reason:
            failed += 1
            tell(f"seed {seed}: {case.planted}: {reason}")
    return planted, failed


def main() -> int:
    parser = argparse.ArgumentParser(description="Plant drifts in made-up programs, and mend them.")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=1000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        planted, failed = search(options.first, options.count, Path(name))
    print(f"{options.count} programs, {len(planted)} kinds and places, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
