"""What the README and the documentation say is true: their code is checked, their commands exist, their outputs are real.

A fenced block's first word is its language, the rest tells this test what to do:

``python``             type-checked by ``mypy --strict`` with the plugin inside the example project. A line that ends in
                       ``# error: TEXT`` must have an error whose message begins with TEXT, every other line none.
``python run``         ... and executed there.
``python continues``   ... after the page's previous Python block, as one file.
``python alone``       ... in a project of its own: for a second registration of a task name on one page.
``python no-check``    not even parsed: somebody is still typing, say so in the text.
``text mypy``          exactly what mypy prints about the Python block before it (which then needs no ``# error``),
``text mypy-without-plugin``  and what it prints without the plugin.
``text check``         exactly what ``celery-registry check`` prints in a folder that holds the Python block before it alone.
``text worker``        what a worker says that lacks ``send_email``.
``console``            each ``$`` command is one of ours or of our tools, and its subcommands and options exist.
``toml``, ``ini``, ``json``  parsed; settings of celery-registry must be accepted.

Names that a Python block uses and nobody defines come from the example project (``PRELUDE``), so that a page can be short.

Law: real mypy, the real command line, a real worker; no list of what each page contains.
"""

from __future__ import annotations

import ast
import builtins
import configparser
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from celery_registry.settings import Settings, read_settings

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "delivery_project"
# Each page of docs/guides is an application of its own, which tests/guides runs.
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "docs/reference").glob("*.md"))]
#: Links from the documentation to what is beside it, as the site and the package index need them.
REPOSITORY = re.compile(
    r"https://(?:github\.com/celery-registry/celery-registry/(?:blob|tree)|raw\.githubusercontent\.com/celery-registry/celery-registry)/main/"
)
# Pages whose Python blocks another test holds to mypy, under settings of their own.
ELSEWHERE = {
    "agreement.md": ROOT / "tests" / "mypy" / "test_agreement_page.py",
    "codes.md": ROOT / "tests" / "report" / "test_explanations.py",
}
PROGRAMS = {"celery", "celery-registry", "dmypy", "git", "mypy", "pip", "pre-commit", "python", "python3", "pytest"}
PRELUDE = {
    "Any": "from typing import Any",
    "BaseTasksRegistry": "from celery_registry import BaseTasksRegistry",
    "Celery": "from celery import Celery",
    "EmailResult": "from delivery.tasks.tasks.email import EmailResult",
    "PingResult": "from delivery.tasks.tasks.ping import PingResult",
    "CleanupResult": "from delivery.tasks.tasks.cleanup import CleanupResult",
    "StrEnum": "from infrastructure.enums import StrEnum",
    "Task": "from celery import Task",
    "TaskName": "from delivery.tasks.registry import TaskName",
    "TasksRegistry": "from delivery.tasks.registry import TasksRegistry",
    "TypedDict": "from typing import TypedDict",
    "app": "from delivery.celery import app",
    "guard": "from celery_registry import guard",
    "register_task": "from celery_registry import register_task",
    "registry": (
        "from delivery.tasks.registry import TasksRegistry as _TasksRegistry; "
        "from ioc.container import get_container as _get_container; "
        "registry = _get_container().resolve(_TasksRegistry)"
    ),
}
FENCE = re.compile(r"^(?P<indent> *)```(?P<info>[^`\n]*)\n(?P<body>.*?)^(?P=indent)```$", re.M | re.S)
ERROR = re.compile(r"# error: (.*)$")


@dataclass(frozen=True)
class Fence:
    """One fenced block: its page, the line of its first line of text, what the fence says, the text."""

    page: Path
    line: int
    language: str
    words: tuple[str, ...]
    title: str
    text: str

    @property
    def module(self) -> str:
        # A page in a folder may have the name of one above it.
        name = self.page.relative_to(ROOT).with_suffix("").as_posix().removeprefix("docs/").lower()
        return f"{re.sub(r'[^a-z0-9]', '_', name)}_{self.line}"

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def read_fences(page: Path) -> list[Fence]:
    fences = []
    text = page.read_text()
    for found in FENCE.finditer(text):
        info = found["info"].strip()
        title = re.search(r'title="([^"]*)"', info)
        language, *words = re.sub(r'\S+="[^"]*"', "", info).split() or [""]
        line = text.count("\n", 0, found.start("body")) + 1
        name = title[1] if title else ""
        fences.append(Fence(page, line, language, tuple(words), name, textwrap.dedent(found["body"])))
    return fences


FENCES = [fence for page in PAGES for fence in read_fences(page)]


def of(*languages: str) -> pytest.MarkDecorator:
    """A test for each block of a language."""
    return pytest.mark.parametrize("fence", [f for f in FENCES if f.language in languages], ids=str)


@dataclass(frozen=True)
class Program:
    """A Python block with what it stands on: the file that mypy sees, and where the block begins in it."""

    fence: Fence
    text: str
    offset: int

    @property
    def file(self) -> str:
        return f"src/pages/{self.fence.module}.py"

    def errors(self) -> list[tuple[int, str]]:
        """What the block's comments promise, by line of the file."""
        lines = enumerate(self.text.splitlines(), 1)
        return [(number, found[1].strip()) for number, line in lines if (found := ERROR.search(line))]


def missing_names(text: str) -> list[str]:
    """The names that a block reads and nobody in it defines."""
    tree = ast.parse(text)
    known = set(dir(builtins))
    read = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (read if isinstance(node.ctx, ast.Load) else known).add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            known.add(node.name)
        elif isinstance(node, ast.arg):
            known.add(node.arg)
        elif isinstance(node, ast.alias):
            known.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.ExceptHandler) and node.name:
            known.add(node.name)
    return sorted(read - known)


def read_programs(page: Path) -> list[Program]:
    """The page's Python blocks, each as one file; ``continues`` adds to the file before it."""
    if page.name in ELSEWHERE:
        return []
    programs: list[Program] = []
    before = ""
    for fence in read_fences(page):
        if fence.language != "python" or "no-check" in fence.words:
            continue
        text = before + "\n\n" + fence.text if "continues" in fence.words else fence.text
        future = "from __future__ import annotations\n"
        imports = [PRELUDE[name] for name in missing_names(text) if name in PRELUDE]
        head = "" if text.startswith(future) or not imports else future
        head += "".join(f"{line}\n" for line in imports)
        programs.append(Program(fence, head + text, head.count("\n")))
        before = text
    return programs


def has_output(fence: Fence) -> bool:
    """Whether a ``text mypy`` block says what mypy prints about this block."""
    following = [f for f in read_fences(fence.page) if f.line > fence.line]
    return (
        bool(following)
        and following[0].language == "text"
        and following[0].words[:1] in (("mypy",), ("mypy-without-plugin",))
    )


def make_project(folder: Path, programs: list[Program]) -> None:
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".celery", ".mypy_cache*", "__pycache__"))
    pages = folder / "src" / "pages"
    pages.mkdir()
    (pages / "__init__.py").touch()
    for program in programs:
        (folder / program.file).write_text(program.text)


def mypy(folder: Path, cache: Path, *options: str) -> str:
    # The pages may use StrEnum, which Python 3.10 lacks.
    version = f"3.{max(sys.version_info[1], 11)}"
    command = [sys.executable, "-m", "mypy", "--python-version", version, "--cache-dir", str(cache), *options]
    finished = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    assert finished.returncode in (0, 1), finished.stdout + finished.stderr
    return finished.stdout


def groups(page: Path) -> Iterator[list[Program]]:
    """The programs of a page that one run of mypy sees together."""
    programs = [p for p in read_programs(page) if not has_output(p.fence)]
    together = [p for p in programs if "alone" not in p.fence.words]
    # The block that another one continues would be a second copy of the same program.
    continued = {p.fence.line for p, after in itertools.pairwise(programs) if "continues" in after.fence.words}
    yield [p for p in together if p.fence.line not in continued]
    yield from ([p] for p in programs if "alone" in p.fence.words)


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mypy_cache")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_mypy_says_about_the_code_what_its_comments_say(page: Path, tmp_path: Path, cache: Path) -> None:
    wrong = []
    for number, programs in enumerate(groups(page)):
        if not programs:
            continue
        folder = tmp_path / str(number)
        make_project(folder, programs)
        output = mypy(folder, cache, *(program.file for program in programs))
        for program in programs:
            promised = program.errors()
            printed = re.findall(rf"^{re.escape(program.file)}:(\d+): error: (.*)$", output, re.M)
            for line, message in printed:
                kept = [error for error in promised if error[0] == int(line) and message.startswith(error[1])]
                if not kept:
                    wrong.append(f"{page.name}:{int(line) - program.offset + program.fence.line - 1}: {message}")
            for line, text in promised:
                if not any(int(n) == line and message.startswith(text) for n, message in printed):
                    wrong.append(f"{page.name}:{line - program.offset + program.fence.line - 1}: no error: {text}")
        ours = {program.file for program in programs}
        wrong += [line for line in output.splitlines() if ": error: " in line and line.split(":")[0] not in ours]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "fence", [f for f in FENCES if f.words[:1] in (("mypy",), ("mypy-without-plugin",))], ids=str
)  # fmt: skip
def test_mypy_prints_what_the_page_shows(fence: Fence, tmp_path: Path, cache: Path) -> None:
    code = [f for f in read_fences(fence.page) if f.language == "python" and f.line < fence.line][-1]
    folder = tmp_path / "project"
    make_project(folder, [])
    (folder / code.title).write_text(code.text)
    settings = folder / "mypy.ini"
    if fence.words[0] == "mypy-without-plugin":
        settings.write_text(settings.read_text().replace(", celery_registry.mypy", ""))
        cache = tmp_path / "cache"
    assert mypy(folder, cache, code.title) == fence.text


def check_output(fence: Fence, folder: Path) -> str:
    """What ``celery-registry check`` says of the Python block before an output, in a folder of its own."""
    code = [f for f in read_fences(fence.page) if f.language == "python" and f.line < fence.line][-1]
    (folder / code.title).write_text(code.text)
    command = [sys.executable, "-c", "from celery_registry.cli import main; main()", "check"]
    finished = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    assert finished.returncode == 1, finished.stderr
    return finished.stdout


@pytest.mark.parametrize("fence", [f for f in FENCES if f.words[:1] == ("check",)], ids=str)
def test_check_prints_what_the_page_shows(fence: Fence, tmp_path: Path) -> None:
    assert check_output(fence, tmp_path) == fence.text


@of("python")
def test_every_python_block_parses(fence: Fence) -> None:
    if "no-check" not in fence.words:
        ast.parse(fence.text)


@pytest.mark.parametrize("fence", [f for f in FENCES if f.language == "python" and "run" in f.words], ids=str)
def test_a_block_marked_run_runs(fence: Fence, tmp_path: Path) -> None:
    (program,) = [p for p in read_programs(fence.page) if p.fence == fence]
    folder = tmp_path / "project"
    make_project(folder, [program])
    env = {**os.environ, "PYTHONPATH": "src", "DELIVERY_STATE_DIR": str(tmp_path / "state")}
    finished = subprocess.run(
        [sys.executable, program.file], cwd=folder, env=env, capture_output=True, text=True, timeout=60
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr


@pytest.mark.parametrize("fence", [f for f in FENCES if f.words[:1] == ("worker",)], ids=str)
def test_a_worker_that_lacks_send_email_says_what_the_page_shows(fence: Fence, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    make_project(folder, [])
    factories = folder / "src/delivery/tasks/factories.py"
    factories.write_text(factories.read_text().replace("        self._email.register(app)\n", ""))
    env = {**os.environ, "PYTHONPATH": "src", "DELIVERY_STATE_DIR": str(tmp_path / "state")}
    command = [sys.executable, "-m", "celery", "-A", "delivery", "worker", "--pool", "solo"]
    finished = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=60)
    assert finished.returncode == 78
    assert fence.text.strip() in finished.stdout + finished.stderr


def commands(fence: Fence) -> list[list[str]]:
    """The commands of a block: lines that begin with ``$``, without comments and environment variables."""
    lines = fence.text.replace("\\\n", " ").splitlines()
    found = [re.split(r"\s+#\s|\s[|>&;]|\s&&\s", line[2:])[0].split() for line in lines if line.startswith("$ ")]
    return [[word for word in words if not re.match(r"[A-Z_]+=", word)] for words in found]


def help_of(*words: str) -> str:
    finished = subprocess.run(
        [*words, "--help"], cwd=ROOT, env={**os.environ, "COLUMNS": "200"}, capture_output=True, text=True, timeout=60
    )
    assert finished.returncode == 0, f"{' '.join(words)} --help: {finished.stderr}"
    return finished.stdout


@of("console")
def test_every_command_exists_with_its_options(fence: Fence) -> None:
    assert commands(fence), "a console block shows a command behind a $"
    for words in commands(fence):
        assert words[0] in PROGRAMS, f"{fence}: {words[0]}"
        if words[0] == "celery" and "registry" in words:
            words = ["celery-registry", *words[words.index("registry") + 1 :]]
        if words[0] == "celery-registry":
            program = [sys.executable, "-c", "from celery_registry.cli import main; main()"]
            sub = [word for word in words[1:2] if not word.startswith("-")]
            known = help_of(*program, *sub)
            if sub and "COMMAND [ARGS]" in known:
                known = help_of(*program, *words[1:3])
        elif words[0] in ("python", "python3") and words[1].endswith(".py"):
            assert (ROOT / words[1]).is_file(), f"{fence}: {words[1]}"
            known = help_of(sys.executable, words[1])
        else:
            continue
        for option in [word.partition("=")[0] for word in words[1:] if word.startswith("--")]:
            assert re.search(rf"{re.escape(option)}\b", known), f"{fence}: {' '.join(words)} has no {option}"


@of("console")
def test_an_extra_that_is_installed_exists(fence: Fence) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for names in re.findall(r"(?:celery-registry|\.)\[([a-z,-]+)\]", fence.text):
        assert set(names.split(",")) <= project["optional-dependencies"].keys()


@of("toml", "ini", "json")
def test_settings_can_be_read(fence: Fence, tmp_path: Path) -> None:
    # The contract that the pages name.
    (tmp_path / "billing.lock").write_text('{"format": 1}')
    if fence.language == "json":
        json.loads(fence.text)
    elif fence.language == "toml":
        tomllib.loads(fence.text)
        path = tmp_path / "pyproject.toml"
    else:
        configparser.ConfigParser().read_string(fence.text)
        path = tmp_path / "mypy.ini"
    if fence.language != "json":
        path.write_text(fence.text)
        # A section that nobody reads would be as good as any other.
        read = read_settings(path)
        assert (read.digest() != Settings().digest()) is bool(
            re.search(r"^\[(tool\.)?celery-registry\b", fence.text, re.M)
        )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    text = FENCE.sub("", page.read_text())
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        target = REPOSITORY.sub(f"{ROOT}/", target)
        path, _, anchor = target.partition("#")
        if "://" in path or target.startswith("mailto:"):
            continue
        linked = (page.parent / path) if path else page
        assert linked.exists(), f"{page.name} links to {target}"
        if anchor and linked.suffix == ".md":
            headings = re.findall(r"^#+ (.*)$", FENCE.sub("", linked.read_text()), re.M)
            slugs = [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]
            assert anchor in slugs, f"{page.name} links to {target}"


def test_a_page_that_is_tested_elsewhere_has_that_test() -> None:
    assert [path for path in ELSEWHERE.values() if not path.is_file()] == []


def test_the_index_names_every_page() -> None:
    docs = ROOT / "docs"
    index = (docs / "index.md").read_text()
    names = [page.relative_to(docs).as_posix() for page in PAGES[1:]]
    assert [name for name in names if name != "index.md" and f"({name})" not in index] == []


def test_a_block_that_promises_an_error_in_vain_is_found(tmp_path: Path, cache: Path) -> None:
    fence = Fence(
        ROOT / "README.md", 1, "python", (), "", 'registry.ping.delay("x")  # error: Too many\nregistry.ping.delay()\n'
    )
    vain = replace(fence, line=2, text="registry.ping.delay()  # error: Too many\n")
    programs = []
    for each in (fence, vain):
        head = f"{PRELUDE['registry']}\n"
        programs.append(Program(each, head + each.text, 1))
    make_project(tmp_path / "project", programs)
    output = mypy(tmp_path / "project", cache, *(program.file for program in programs))
    assert [line.split(":")[0] for line in output.splitlines() if ": error: Too many" in line] == [programs[0].file]
    assert [program.errors() for program in programs] == [[(2, "Too many")], [(2, "Too many")]]
