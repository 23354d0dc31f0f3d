"""No text of the user's breaks the index, and no order of files changes an answer."""

from __future__ import annotations

import ast
import random

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from celery_registry.source.files import SourceFile, find_files
from celery_registry.source.index import SourceIndex

GOOD = "from celery import shared_task\n@shared_task(name='good')\ndef f(a: int): ...\n"


def everything(index: SourceIndex) -> object:
    """Every public answer."""
    return (
        index.registrations,
        dict(index.registries),
        dict(index.enums),
        index.schedules,
        list(index.modules),
        sorted(index.send_task_users()),
        {module: sorted(index.imports_of(module)) for module in index.modules},
    )


@pytest.mark.parametrize(
    "content",
    [
        b"def f(:\n",
        b"task = '\xff\xfe'\n",
        b"# -*- coding: nonsense -*-\ntask = 1\n",
        b"task = 1\x00\n",
        b"task = " + b"(" * 500 + b")" * 500 + b"\n",
        b"task = " + b"-" * 5000 + b"1\n",
        b"task = " + b" + ".join([b"'a'"] * 5000) + b"\n",
        b"task = a" + b".b" * 3000 + b"\n",
        b"task = a" + b"()" * 3000 + b"\n",
        b"\tdef task(): pass\n",
        b"",
    ],
)
def test_a_file_that_cannot_be_parsed_is_left_out(tmp_path, content):
    (tmp_path / "bad.py").write_bytes(content)
    (tmp_path / "good.py").write_text(GOOD)
    index = SourceIndex.build(find_files([tmp_path]), tmp_path / "cache")
    assert [r.task_name for r in index.registrations] == ["good"]
    everything(index)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"\xef\xbb\xbf" + GOOD.encode(), "good"),
        (b"# -*- coding: latin-1 -*-\n" + GOOD.replace("good", "gr\xfcn").encode("latin-1"), "gr\xfcn"),
        (GOOD.replace("good", "gr\xfcn").encode(), "gr\xfcn"),
        (GOOD.replace("\n", "\r\n").encode(), "good"),
        (GOOD.replace("'good'", r"'go\od'").encode(), r"go\od"),
        (GOOD.replace("'good'", r"'\ud800'").encode(), "\ud800"),
    ],
)
def test_encodings_are_pythons_own(tmp_path, content, name):
    (tmp_path / "m.py").write_bytes(content)
    for _ in range(2):
        index = SourceIndex.build(find_files([tmp_path]), tmp_path / "cache")
        assert [r.task_name for r in index.registrations] == [name]


def test_a_file_that_is_gone_is_left_out(tmp_path):
    index = SourceIndex.build([SourceFile("m", str(tmp_path / "nothing.py"))])
    assert index.registrations == ()
    assert index.imports_of("m") == frozenset()


def test_the_order_of_files_changes_nothing(tmp_path):
    pieces = {
        "names.py": "from enum import StrEnum\nfrom work import X\nclass T(StrEnum):\n    A = 'a'\n    B = X\n",
        "work.py": "from celery import shared_task\nfrom names import T\nX = 'x'\n@shared_task(name=T.B)\ndef f(): ...\n",
        "more.py": "from work import *\nfrom names import *\n@shared_task(name=T.A)\ndef g(): ...\n",
        "cycle.py": "from cycle2 import *\nfrom celery import shared_task\nC = D\n@shared_task(name=C)\ndef h(): ...\n",
        "cycle2.py": "from cycle import *\nfrom celery import shared_task\nD = 'd'\n@shared_task(name=C)\ndef i(): ...\n",
    }
    for name, text in pieces.items():
        (tmp_path / name).write_text(text)
    files = list(find_files([tmp_path]))
    expected = everything(SourceIndex.build(files))
    for seed in range(8):
        random.Random(seed).shuffle(files)
        index = SourceIndex.build(files)
        # Asking in another order must not matter either.
        if seed % 2:
            _ = index.schedules, index.enums, index.registries
        assert everything(index) == expected
    assert [r.task_name for r in SourceIndex.build(files).registrations] == ["d", "d", "a", "x"]


def test_of_two_files_for_one_module_the_first_path_counts(tmp_path):
    files = []
    for folder in ("b", "a"):
        (tmp_path / folder).mkdir()
        path = tmp_path / folder / "m.py"
        path.write_text(GOOD.replace("good", folder))
        files.append(SourceFile("m", str(path)))
    assert [r.task_name for r in SourceIndex.build(files).registrations] == ["a"]


WORDS = st.sampled_from(
    [
        "app",
        "task",
        "shared_task",
        "register_task",
        "self",
        "cls",
        "class",
        "def",
        "return",
        "lambda",
        "Celery",
        "Task",
        "TaskName",
        "StrEnum",
        "auto",
        "name",
        "X",
        "a",
        "b",
        "_get_task_by_name",
        "tasks",
        "property",
        "import",
        "from",
        "as",
        "*",
        ".",
        ",",
        ":",
        "=",
        "==",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "@",
        "+",
        "|",
        "->",
        "'x'",
        "f'{X}'",
        '"task"',
        '"schedule"',
        "1",
        "__name__",
        "None",
        "True",
        "global",
        "for",
        "in",
        "if",
        "else",
        "try",
        "except",
        "with",
        "async",
        "await",
        "super",
        "celery",
        "celery_registry",
        "value",
        "BaseTasksRegistry",
        "cast",
        "match",
        "case",
        "del",
        "star",
        "yield",
        ":=",
        "**",
        "/",
        "type",
    ]
)
LINES = st.lists(
    st.tuples(st.integers(0, 3), st.lists(WORDS, max_size=9)).map(lambda row: "    " * row[0] + " ".join(row[1])),
    max_size=14,
)
STATEMENTS = st.lists(
    st.sampled_from(
        [
            "from celery import *",
            "from {m} import *",
            "from {m} import X, T",
            "from . import {m}",
            "import {m}.X",
            "X = X",
            "X = T.A",
            "T = T.A.T",
            "X = {m}.X + __name__",
            "class T({m}.T, StrEnum): A = auto(); B = A; C = T.A",
            "class T(T): A = T.A",
            "class T(X): pass",
            "class S({m}.T, S, X): task = self.run",
            "class R(R):\n    @property\n    def x(self) -> Task[[X], 'T']: return self._get_task_by_name(self.x)",
            "@app.task(name=X)\n@X\ndef f(self, *a, b=1): ...",
            "app.task(name={m}.T.A)(S().f)",
            "app = make(app)",
            "def make(app: X) -> T: return app.task(name=app)(make)",
            "S = {{'task': X, 'schedule': S}}",
            "register_task(app, X, T)",
            "app.register_task(T())",
            "def f(f: f) -> f: f = f()",
        ]
    ),
    max_size=8,
)


def check(tmp_path_factory, sources: list[str]) -> None:
    root = tmp_path_factory.mktemp("soup")
    files = []
    for number, text in enumerate(sources):
        path = root / f"m{number}.py"
        path.write_text(text, encoding="utf-8")
        files.append(SourceFile(f"m{number}", str(path), number == 0))
    index = SourceIndex.build(files, root / "cache")
    first = everything(index)
    for module in index.modules:
        for expression in ("X", "T.A", "X.value", "self.x", "m0.X", "m1.T.A + X"):
            index.resolve_name(module, ast.parse(expression, mode="eval").body, f"{module}.T")
    assert everything(SourceIndex.build(reversed(files), root / "cache")) == first
    assert everything(SourceIndex.build(files)) == first


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(sources=st.lists(LINES.map("\n".join), min_size=1, max_size=3))
def test_token_soup_never_breaks_it(tmp_path_factory, sources):
    check(tmp_path_factory, sources)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(sources=st.lists(STATEMENTS, min_size=2, max_size=3))
def test_statement_soup_never_breaks_it_and_has_one_meaning(tmp_path_factory, sources):
    texts = [
        "\n".join(
            ["from celery import *", "from enum import *", *(s.format(m=f"m{(n + 1) % len(sources)}") for s in rows)]
        )
        for n, rows in enumerate(sources)
    ]
    check(tmp_path_factory, texts)
