"""What a stub says about a task, from whatever its registry and its implementation say."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from celery_registry.stubs.plan import Layout, plan_stubs
from stubs.projects import write_files
from stubs.small import FILES, REGISTRY, WORK


def render(folder: Path, files: Mapping[str, str], monkeypatch: pytest.MonkeyPatch, sender: str | None = None) -> str:
    write_files(folder, {**FILES, **files})
    monkeypatch.chdir(folder)
    plan = plan_stubs(["src"], Layout.OVERRIDES, Path("out"), sender=sender)
    text = plan.contents[Path("out/pkg-stubs/registry.pyi")]
    ast.parse(text)
    return text


@pytest.fixture
def stub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    return lambda files, sender=None: render(tmp_path, files, monkeypatch, sender)


def delay(text: str) -> str:
    return next(line.strip().removesuffix(" ...") for line in text.splitlines() if "def delay(" in line)


def registry(annotation: str, doc: str = "", imports: str = "") -> dict[str, str]:
    text = REGISTRY.replace("Task[[str], int]", annotation)
    if doc:
        text = text.replace("int]:\n        return", f'int]:\n        """{doc}"""\n        return')
    return {"src/pkg/registry.py": f"{imports}{text}"}


def work(
    parameters: str, imports: str = "", result: str = "int", decorator: str = "@shared_task(name=TaskName.MAIL)"
) -> dict[str, str]:
    text = WORK.replace("to: str", parameters).replace("-> int", f"-> {result}")
    text = text.replace("@shared_task(name=TaskName.MAIL)", decorator)
    return {"src/pkg/work.py": f"{imports}{text}"}


@pytest.mark.parametrize(
    ("annotation", "parameters", "shown"),
    [
        ("Task[[str], int]", "to: str", "to: str"),
        ("Task[[str], int]", "to: object", "to: str"),
        ("Task[[str], int]", "to: str, copies: int = 1", "to: str, copies: int = ..."),
        ("Task[[str], int]", "to: str = ''", "to: str = ..."),
        ("Task[[str], int]", "to: str, *, copies: int = 1", "to: str, *, copies: int = ..."),
        ("Task[[str], int]", "to: str, *more: int", "to: str, *more: int"),
        ("Task[[str], int]", "to: str, /", "to: str, /"),
        ("Task[..., int]", "to: str, *, copies: int", "to: str, *, copies: int"),
        ("Task[..., int]", "to, **more", "to: _t.Any, **more: _t.Any"),
        ("Task", "to: str, copies: int", "to: str, copies: int"),
        ('"Task[[str], int]"', "to: str", "to: str"),
        # Where the two disagree the declaration is shown; mypy and the guard say what is wrong.
        ("Task[[str, int], int]", "to: str", "to: str, arg1: int, /"),
        ("Task[[str], int]", "to: str, copies: int", "to: str"),
    ],
)  # fmt: skip
def test_the_declared_types_stand_under_the_implementations_names(
    stub: object, annotation: str, parameters: str, shown: str
) -> None:
    text = stub({**registry(annotation), **work(parameters)})  # type: ignore[operator]
    assert delay(text) == f"def delay(self, {shown}) -> _AsyncResult[int]:"


@pytest.mark.parametrize("parameters", ["to: str, **more: Unpack[Extra]", "to: str, *more: Unpack[tuple[int, str]]"])
def test_what_is_unpacked_is_no_type_of_one_value(stub: object, parameters: str) -> None:
    imports = "from typing_extensions import TypedDict, Unpack\nclass Extra(TypedDict):\n    copies: int\n"
    text = stub({**registry("Task[..., int]"), **work(parameters, imports)})  # type: ignore[operator]
    assert delay(text).startswith("def delay(self, to: str, *")
    assert "extra_items=Unpack" not in text
    assert "_Unpack[tuple[Unpack" not in text
    head = next(line for line in text.splitlines() if line.startswith("class _Mail("))
    assert "Unpack" not in head


def test_without_an_implementation_the_docstring_names_the_parameters(stub: object) -> None:
    files = {
        "src/pkg/work.py": "",
        **registry("Task[[str], int]", doc="Mail.\n\n        Args:\n            to: Who.\n        "),
    }
    assert delay(stub(files)) == "def delay(self, to: str) -> _AsyncResult[int]:"  # type: ignore[operator]


def test_without_any_names_each_parameter_may_be_given_by_whichever_it_has(stub: object) -> None:
    told = "def delay(self, arg0: str = ..., /, **named: _t.Any) -> _AsyncResult[int]:"
    assert delay(stub({"src/pkg/work.py": ""})) == told  # type: ignore[operator]


def test_two_implementations_that_differ_lend_no_names(stub: object) -> None:
    files = {"src/pkg/more.py": WORK.replace("to", "recipient")}
    told = "def delay(self, arg0: str = ..., /, **named: _t.Any) -> _AsyncResult[int]:"
    assert delay(stub(files)) == told  # type: ignore[operator]


@pytest.mark.parametrize(
    ("parameters", "imports", "shown", "import_line"),
    [
        ("to: Address", "from pkg.types import Address\n", "_Address", "from pkg.types import Address as _Address"),
        ("to: A", "from pkg.types import Address as A\n", "_Address", "from pkg.types import Address as _Address"),
        ("to: types.Address", "from pkg import types\n", "_types.Address", "from pkg import types as _types"),
        ("to: pkg.types.Address", "import pkg.types\n", "_Address", "from pkg.types import Address as _Address"),
        ("to: dt.date", "import datetime as dt\n", "_date", "from datetime import date as _date"),
        ("to: 'list[Address]'", "from .types import Address\n", "list[_Address]", "from pkg.types import Address as _Address"),
        ("to: Literal['a b']", "from typing import Literal\n", "_Literal['a b']", "from typing import Literal as _Literal"),
        ("to: Annotated[int, f(1)]", "from typing import Annotated\n", "int", None),
        ("to: Unknown", "", "_t.Any", None),
        ("to: T", "from typing import TypeVar\nT = TypeVar('T', bound=int)\n", "int", None),
        ("to: list[T]", "from pkg.types import T\n", "list[object]", None),
        ("to: TaskName", "", "TaskName", None),
        ("to: Own", "class Own: ...\n", "_Own", "from pkg.work import Own as _Own"),
    ],
)  # fmt: skip
def test_types_of_the_implementation_keep_their_meaning(
    stub: object, parameters: str, imports: str, shown: str, import_line: str | None
) -> None:
    types = {"src/pkg/types.py": "from typing import TypeVar\n\nT = TypeVar('T')\n\n\nclass Address: ...\n"}
    text = stub({**types, **registry("Task[..., int]"), **work(parameters, imports)})  # type: ignore[operator]
    assert delay(text) == f"def delay(self, to: {shown}) -> _AsyncResult[int]:"
    assert import_line is None or import_line in text.splitlines()


def test_a_name_that_means_something_else_in_the_registry_is_renamed(stub: object) -> None:
    imports = "from pkg.types import Address as _Address\n"
    files = {
        **registry("Task[..., int]", imports=imports),
        **work("to: Address", "from pkg.others import Address\n"),
        "src/pkg/others.py": "class Address: ...\n",
    }
    assert delay(stub(files)) == "def delay(self, to: _Address_2) -> _AsyncResult[int]:"  # type: ignore[operator]


def test_names_of_the_stub_itself_make_way_for_the_modules_own(stub: object) -> None:
    text = stub(registry("Task[[str], int]", imports="_Signature = 1\n_Task1 = 2\n"))  # type: ignore[operator]
    assert "from celery.canvas import Signature as _Signature_" in text
    assert "    def si(self, to: str) -> _Signature_[int]: ..." in text


def test_hover_shows_the_docstring_and_where_it_runs(stub: object) -> None:
    text = stub(work("to: str"))  # type: ignore[operator]
    assert '        """Write a mail.\n\n        Runs: pkg.work.mail\n        """' in text


@pytest.mark.parametrize("doc", ['say \\"x\\"', "back\\\\slash", 'three \\"\\"\\" quotes', "é"])
def test_any_docstring_stays_one(stub: object, doc: str) -> None:
    original = ast.get_docstring(ast.parse(f'def f():\n    """{doc}"""').body[0])  # type: ignore[arg-type]
    text = stub({"src/pkg/work.py": WORK.replace("Write a mail.", doc)})  # type: ignore[operator]
    functions = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef) and n.name == "delay"]
    assert (ast.get_docstring(functions[0]) or "").startswith(original or "?")


def test_pydantic_models_are_passed_in_their_dumped_form(stub: object) -> None:
    files = work(
        "to: Model, copies: int",
        "from pydantic import BaseModel as Model\n",
        decorator="@shared_task(name=TaskName.MAIL, pydantic=True)",
    )
    assert delay(stub({**registry("Task[..., int]"), **files})) == (  # type: ignore[operator]
        "def delay(self, to: _t.Any, copies: int) -> _AsyncResult[int]:"
    )


def test_djangos_methods_come_with_a_django_project_or_a_django_task(stub: object) -> None:
    assert "delay_on_commit" not in stub({})  # type: ignore[operator]
    assert "delay_on_commit" in stub(registry("DjangoTask[[str], int]"))  # type: ignore[operator]
    assert "delay_on_commit" in stub({**FILES, "src/pkg/models.py": "from django.db import models\n"})  # type: ignore[operator]


def test_a_registry_that_inherits_shows_each_property_in_its_own_stub(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = (
        "from celery import Task\nfrom pkg.registry import Registry, TaskName\n\n\nclass Child(Registry):\n"
        "    @property\n    def again(self) -> Task[[str], int]:\n"
        "        return self._get_task_by_name(TaskName.MAIL)\n"
    )
    render(tmp_path, {"src/pkg/child.py": child}, monkeypatch)
    text = plan_stubs(["src"], Layout.OVERRIDES, Path("out")).contents[Path("out/pkg-stubs/child.pyi")]
    assert "def again(self) -> _Again" in text
    assert "mail" not in text.lower().replace("taskname.mail", "").replace("write a mail", "").replace(
        "pkg.work.mail", ""
    )


def test_the_text_is_the_same_on_every_run_and_in_every_directory(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from celery_registry.stubs.plan import *\n"
        "sys.stdout.write(repr(sorted(plan_stubs(['src'], Layout.OVERRIDES, Path('out')).contents.items())))"
    )
    texts = set()
    for number in range(3):
        folder = tmp_path / f"copy{number}"
        write_files(folder, {**FILES, "src/pkg/more.py": WORK.replace("MAIL", "MORE")})
        run = subprocess.run(
            [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True,
            env={"PYTHONHASHSEED": str(number)},
        )  # fmt: skip
        texts.add(run.stdout)
    assert len(texts) == 1


def test_a_large_registry_is_split_into_parts_that_name_what_they_need(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = range(101)
    members = "".join(f'    T{n} = "t{n}"\n' for n in numbers)
    properties = "".join(
        f"    @property\n    def t{n}(self) -> Task[[Own, os.PathLike[str]], int]:\n"
        f"        return self._get_task_by_name(TaskName.T{n})\n" for n in numbers
    )  # fmt: skip
    text = (
        "import os.path\nfrom enum import Enum\nfrom celery import Task\nfrom celery_registry import BaseTasksRegistry\n"
        f"class Own: ...\nclass TaskName(str, Enum):\n{members}class Registry(BaseTasksRegistry):\n{properties}"
    )
    main = render(tmp_path, {"src/pkg/registry.py": text}, monkeypatch)
    contents = plan_stubs(["src"], Layout.OVERRIDES, Path("out")).contents
    parts = [path for path in contents if "_registry_tasks_" in path.name]
    assert len(parts) == 11
    assert "import pkg._registry_tasks_0 as _part_0" in main.splitlines()
    assert "    def t0(self) -> _part_0._T0: ..." in main.splitlines()
    lines = contents[Path("out/pkg-stubs/_registry_tasks_0.pyi")].splitlines()
    assert "from pkg.registry import Own as Own" in lines
    assert "import os.path" in lines
    assert sum(text.count("    def delay(") for text in contents.values()) == 101


def test_send_task_by_name_is_typed_where_an_alias_is_named(stub: object) -> None:
    text = stub({"src/pkg/registry.py": REGISTRY + "\n\nApp = Celery\n"}, "pkg.registry.App")  # type: ignore[operator]
    assert "class App(_Celery):" in text
    assert "App = Celery" not in text
    heads = [line for line in text.splitlines() if "def send_task(" in line]
    assert len(heads) == 3
    assert all("name: _t.Literal[TaskName.MAIL, 'mail']" in head and "-> _AsyncResult[int]" in head for head in heads)
