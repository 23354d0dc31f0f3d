"""One odd file costs that file at most: neither the run nor the time of others."""

from __future__ import annotations

import cProfile
import os
import random
import time
from pathlib import Path

import pytest

from celery_registry.errors import ConfigurationError
from celery_registry.source import program
from celery_registry.source.broken import half_read_files
from celery_registry.source.files import SourceFile, find_files
from celery_registry.source.index import SourceIndex
from celery_registry.source.resolve import Names, Symbol
from celery_registry.source.unread import TOO_DEEP
from celery_registry.stubs.plan import Layout, plan_stubs

HEAD = "from celery import Celery, Task\napp = Celery('x')\n@app.task(name='good')\ndef good(a: int): ...\n"
NAMED = "@app.task(name={name})\ndef odd(): ...\n"
BASES = "class T0(Task):\n    name = 't0'\n    def run(self): ...\n" + "".join(
    f"class T{i}(T{i - 1}):\n    name = 't{i}'\n    def run(self): ...\n" for i in range(1, 800)
)

#: What is odd -> the text, and the names of all tasks in it; None for a name that cannot be read.
ODD: dict[str, tuple[str, set[str | None]]] = {
    "2,500 operands": ("X = " + " + ".join(["'a'"] * 2500) + "\n" + NAMED.format(name="X"), {"good", None}),
    "1,200 chained calls": ("x = app" + ".signature('a')" * 1200 + "\n", {"good"}),
    "exceptions without parentheses, as Python 3.14 has them": (
        "def f():\n    try: ...\n    except KeyError, x.Gone :\n        pass\n    except A, B : pass\n"
        + NAMED.format(name="'''except A, B: it'''"),
        {"good", "except A, B: it"},
    ),
    "5,000 constants": (
        "A0 = 'a'\n" + "".join(f"A{i} = A{i - 1}\n" for i in range(1, 5001)) + NAMED.format(name="A5000"),
        {"good", None},
    ),
    "30 constants": (
        "A0 = 'a'\n" + "".join(f"A{i} = A{i - 1}\n" for i in range(1, 31)) + NAMED.format(name="A30"),
        {"good", "a"},
    ),
    "doubled 40 times": (
        "A0 = 'a'\n" + "".join(f"A{i} = A{i - 1} + A{i - 1}\n" for i in range(1, 41)) + NAMED.format(name="A40"),
        {"good", None},
    ),
    "doubled 40 times in an f-string": (
        "A0 = 'a'\n"
        + "".join(f"A{i} = f'{{A{i - 1}}}{{A{i - 1}}}'\n" for i in range(1, 41))
        + NAMED.format(name="A40"),
        {"good", None},
    ),
    "doubled 5 times": (
        "A0 = 'a'\n" + "".join(f"A{i} = A{i - 1} + A{i - 1}\n" for i in range(1, 6)) + NAMED.format(name="A5"),
        {"good", "a" * 32},
    ),
    "800 task classes": (BASES, {"good", *(f"t{i}" for i in range(800))}),
    "1,500 functions that return each other": (
        "def f0():\n    return Celery()\n" + "".join(f"def f{i}():\n    return f{i - 1}()\n" for i in range(1, 1500)),
        {"good"},
    ),
    "80 dictionaries": (
        "app.conf.x = " + "{'a': " * 80 + "{'task': 'good', 'schedule': 1}" + "}" * 80 + "\n",
        {"good"},
    ),
}


@pytest.mark.parametrize("odd", ODD)
def test_what_is_odd_is_passed_over_and_the_rest_is_read(odd: str, tmp_path: Path) -> None:
    text, names = ODD[odd]
    (tmp_path / "odd.py").write_text(HEAD + text)
    start = time.process_time()
    for _ in range(2):
        index = SourceIndex.build(find_files([tmp_path]), tmp_path / "cache")
        assert {r.task_name for r in index.registrations} == names
        assert index.unread == ()
    # A second would do; what was exponential took minutes.
    assert time.process_time() - start < 20


@pytest.mark.parametrize(
    "bases", ["T{above}", "T{above}, M", "M{above}, T{above}", "T{above}, M{above}"], ids=lambda bases: bases
)
def test_a_long_line_of_classes_takes_near_linear_time(bases: str, tmp_path: Path) -> None:
    def steps(number: int) -> int:
        lines = ["class M: ...", "class T0(Task):\n    name = 't0'\n    def run(self): ..."]
        for i in range(1, number):
            own = bases.format(above=i - 1)
            lines.append(f"class M{i - 1}: ...\nclass T{i}({own}):\n    name = 't{i}'\napp.register_task(T{i}())")
        path = tmp_path / f"odd{number}.py"
        path.write_text(HEAD + "\n".join(lines))
        with cProfile.Profile() as profile:
            assert len(SourceIndex.build([SourceFile("odd", str(path))]).registrations) == number + 1
        return sum(entry.callcount for entry in profile.getstats())

    # What is imported once does not count.
    steps(10)
    # Twice as many classes; what was quadratic took four times as many steps.
    assert steps(400) < 2.5 * steps(200)


def test_the_order_of_bases_is_pythons_own(tmp_path: Path) -> None:
    text = """
        class A: ...
        class B(A): ...
        class C(A): ...
        class D(B, C): ...
        class E(C): ...
        class F(D, E): ...
    """
    import textwrap

    space: dict[str, type] = {}
    exec(textwrap.dedent(text), space)
    (tmp_path / "m.py").write_text(textwrap.dedent(text))
    index = SourceIndex.build(find_files([tmp_path]))
    names = Names(index._program)
    for name in "ABCDEF":
        ours = [thing.name for thing in names.order("m", name) if thing.kind == "class"]
        assert ours == [cls.__name__ for cls in space[name].__mro__[:-1]]


def test_a_member_of_a_class_is_the_one_that_python_finds(tmp_path: Path) -> None:
    """Classes with up to three bases, in lines and in diamonds, as far as Python allows them."""
    chosen = random.Random(4)
    space: dict[str, type] = {}
    text = ""
    for i in range(120):
        # Now and then an old one, which makes long lines and what is above them in two ways.
        near = [f"C{max(0, i - chosen.choice((1, 1, 2, 5, 40)))}" for _ in range(chosen.choice((1, 1, 2, 3)))]
        member = f"m{chosen.randrange(4)}" if chosen.random() < 0.3 else "other"
        for bases in (dict.fromkeys(near), near[:1], ()):
            line = f"class C{i}({', '.join(bases)}):\n    {member} = {i}\n"
            try:
                exec(line, space)
            except (TypeError, NameError):
                continue
            text += line
            break
    (tmp_path / "m.py").write_text(text)
    names = Names(SourceIndex.build(find_files([tmp_path]))._program)
    classes = [f"C{i}" for i in range(120)]
    chosen.shuffle(classes)
    for name in classes:
        line = [cls.__name__ for cls in space[name].__mro__[:-1]]
        assert [symbol.name for symbol in names.order("m", name)] == line
        for member in ("m0", "m1", "m2", "m3"):
            found = names.attribute(Symbol("class", "m", name), member)
            own = [f"{cls}.{member}" for cls in line if member in vars(space[cls])]
            assert (None if found is None else found.name) == (own[0] if own else None)


def test_only_regular_files_are_read_each_directory_once(tmp_path: Path) -> None:
    source = tmp_path / "src"
    (source / "pkg").mkdir(parents=True)
    (source / "pkg" / "__init__.py").write_text("")
    (source / "pkg" / "work.py").write_text(HEAD)
    (source / "docs").symlink_to("..")
    (source / "pkg" / "again").symlink_to(".")
    (source / "a_link").symlink_to("pkg")
    (source / "loop.py").symlink_to("loop.py")
    (source / "zero.py").symlink_to("/dev/zero")
    (source / "gone.py").symlink_to("nowhere")
    os.mkfifo(source / "pipe.py")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "far.py").write_text("")
    (source / "near").symlink_to(tmp_path / "outside")
    found = find_files([source], bases=[source])
    assert {(f.module, os.path.relpath(f.path, source)) for f in found} == {
        ("pkg", "pkg/__init__.py"),
        ("pkg.work", "pkg/work.py"),
        ("near.far", "near/far.py"),
    }


def test_a_link_leads_neither_above_the_program_nor_into_the_system(tmp_path: Path) -> None:
    """All that a machine has is no part of a program, though a link leads there."""
    (tmp_path / "elsewhere" / "inner").mkdir(parents=True)
    (tmp_path / "elsewhere" / "far.py").write_text("")
    source = tmp_path / "project" / "src"
    source.mkdir(parents=True)
    (source / "own.py").write_text("")
    for name, target in {"all": "/", "up": "..", "two_up": "../..", "processes": "/proc", "devices": "/dev/fd"}.items():
        (source / name).symlink_to(target)
    # One that is met behind another.
    (source / "lent").symlink_to("../../elsewhere")
    (tmp_path / "elsewhere" / "inner" / "all").symlink_to("/")
    found = find_files([source], bases=[source])
    assert [os.path.relpath(f.path, source) for f in found] == ["lent/far.py", "own.py"]


def test_a_file_is_read_once_whatever_links_lead_to_it(tmp_path: Path) -> None:
    """Two names of one file are one implementation; what stands elsewhere, or is another program's too, is read."""
    (tmp_path / "elsewhere" / "deep").mkdir(parents=True)
    (tmp_path / "elsewhere" / "far.py").write_text("")
    (tmp_path / "elsewhere" / "deep" / "lent.py").write_text("")
    real = tmp_path / "real"
    (real / "pkg").mkdir(parents=True)
    (real / "pkg" / "__init__.py").write_text("")
    (real / "pkg" / "work.py").write_text(HEAD)
    (real / "pkg" / "again.py").symlink_to("work.py")
    (real / "a_link.py").symlink_to("pkg/work.py")
    (real / "b_link.py").symlink_to("a_link.py")
    (real / "far.py").symlink_to("../elsewhere/far.py")
    (real / "far_again.py").symlink_to("../elsewhere/far.py")
    (real / "lent").symlink_to("../elsewhere/deep")
    (real / "other").mkdir()
    (real / "other" / "common.py").symlink_to("../pkg/work.py")
    (tmp_path / "root").symlink_to("real")
    wanted = {"pkg/__init__.py", "pkg/work.py", "far.py", "lent/lent.py", "other/common.py"}
    for root in (real, tmp_path / "root"):
        assert {os.path.relpath(f.path, root) for f in find_files([root], bases=[root, root / "lent"])} == wanted
    # A link that is asked for by its name is read.
    assert [f.module for f in find_files([real / "a_link.py"])] == ["a_link"]


def test_a_file_that_nobody_wrote_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "LARGEST", 1000)
    (tmp_path / "good.py").write_text(HEAD)
    (tmp_path / "data.py").write_text(HEAD + "#" * 1000)
    index = SourceIndex.build(find_files([tmp_path]))
    assert [r.module for r in index.registrations] == ["good"]
    assert [(os.path.basename(u.path), u.reason) for u in index.unread] == [("data.py", "is too large to be read")]
    assert index.reads_everything


@pytest.mark.parametrize(
    "text",
    [
        "X = " + "lambda: " * 900 + "good.delay(1)\n",
        "X = " + "1 if app else " * 2500 + "1\n",
        "X = " + " | ".join(["good.s(1)"] * 2500) + "\n",
    ],
    ids=["lambda", "if expressions", "pipes"],
)
def test_calls_that_stand_too_deep_cost_their_file_alone(text: str, tmp_path: Path) -> None:
    (tmp_path / "odd.py").write_text(HEAD + text + "good.delay(1, 2)\n")
    (tmp_path / "right.py").write_text("from odd import good\ngood.delay(1)\ngood.delay('x', 2)\n")
    index = SourceIndex.build(find_files([tmp_path]))
    assert [call.origin.line for call in index.calls.calls if call.origin.path.endswith("right.py")] == [2, 3]
    assert [(os.path.basename(u.path), u.reason) for u in half_read_files(index)] == [("odd.py", TOO_DEEP)]
    # Its text is a part of its stub.
    with pytest.raises(ConfigurationError, match=rf"odd\.py: {TOO_DEEP}$"):
        plan_stubs([str(tmp_path)], Layout.BESIDE, None, tasks=True)
