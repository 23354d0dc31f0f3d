"""An unchanged file is not parsed again, and a cache never changes an answer."""

from __future__ import annotations

import marshal
import os
import pickle
import threading
from pathlib import Path

import pytest

from celery_registry.source import reader
from celery_registry.source.answers import read_answers, write_answers
from celery_registry.source.cache import CachedFile
from celery_registry.source.files import find_files
from celery_registry.source.finder import Finder
from celery_registry.source.index import SourceIndex
from celery_registry.source.record import digest_of, read_record

TEXT = "from celery import shared_task\n@shared_task(name='{name}')\ndef f({parameter}): ...\n"
OLD = 1_600_000_000


def write(path: Path, text: str, age: int = OLD) -> None:
    path.write_text(text)
    os.utime(path, (age, age))


def build_in(root: Path) -> SourceIndex:
    """With what an earlier process left in a directory."""
    index = SourceIndex.build(find_files([root]), root / ".cache")
    _ = index.registrations
    return index


def build_last_in(root: Path) -> SourceIndex:
    """As above, in a process that makes no other index."""
    index = SourceIndex.build(find_files([root]), root / ".cache", last=True)
    _ = index.registrations
    return index


@pytest.fixture(params=["directory", "last", "before"])
def build(request):
    """With what was read before, by another process or in this one."""
    last: dict[Path, SourceIndex] = {}

    def build_after(root: Path) -> SourceIndex:
        last[root] = index = SourceIndex.build(find_files([root]), before=last.get(root))
        _ = index.registrations
        return index

    return {"directory": build_in, "last": build_last_in, "before": build_after}[request.param]


def names(index: SourceIndex) -> list[str | None]:
    return [registration.task_name for registration in index.registrations]


@pytest.fixture
def parsed(monkeypatch) -> list[str]:
    """The modules that are parsed, in order."""
    modules: list[str] = []
    original = reader.read_file

    def reading(text, module, is_package):
        modules.append(module)
        return original(text, module, is_package)

    monkeypatch.setattr(reader, "read_file", reading)
    return modules


def test_an_unchanged_file_is_not_parsed_again(tmp_path, parsed, build):
    write(tmp_path / "a.py", TEXT.format(name="a", parameter="x"))
    write(tmp_path / "b.py", "B = 'b'\n")
    assert names(build(tmp_path)) == ["a"]
    assert parsed == ["a"]
    assert names(build(tmp_path)) == ["a"]
    assert parsed == ["a"]


def test_a_file_parsed_on_demand_is_kept_too(tmp_path, parsed, build):
    write(tmp_path / "a.py", "from celery import shared_task\nfrom b import B\n@shared_task(name=B)\ndef f(): ...\n")
    write(tmp_path / "b.py", "B = 'b'\n")
    assert names(build(tmp_path)) == ["b"]
    assert names(build(tmp_path)) == ["b"]
    assert sorted(parsed) == ["a", "b"]


def test_a_changed_file_is_parsed_again(tmp_path, parsed, build):
    write(tmp_path / "a.py", TEXT.format(name="a", parameter="x"))
    write(tmp_path / "b.py", TEXT.format(name="b", parameter="x"))
    build(tmp_path)
    write(tmp_path / "a.py", TEXT.format(name="c", parameter="x"), OLD + 1)
    assert names(build(tmp_path)) == ["c", "b"]
    assert parsed == ["a", "b", "a"]


def test_a_change_elsewhere_changes_what_depends_on_it(tmp_path, build):
    write(tmp_path / "a.py", "from celery import shared_task\nfrom b import B\n@shared_task(name=B)\ndef f(): ...\n")
    write(tmp_path / "b.py", "B = 'b'\n")
    assert names(build(tmp_path)) == ["b"]
    write(tmp_path / "b.py", "B = 'c'\n", OLD + 1)
    assert names(build(tmp_path)) == ["c"]
    write(tmp_path / "b.py", "from c import B\n", OLD + 2)
    assert names(build(tmp_path)) == [None]
    write(tmp_path / "c.py", "B = 'd'\n")
    assert names(build(tmp_path)) == ["d"]
    (tmp_path / "c.py").unlink()
    assert names(build(tmp_path)) == [None]


@pytest.fixture
def resolved(monkeypatch) -> list[int]:
    """One item for each time that everything is resolved anew."""
    times: list[int] = []
    original = Finder.find

    def finding(self):
        times.append(1)
        return original(self)

    monkeypatch.setattr(Finder, "find", finding)
    return times


def test_only_what_matters_to_an_answer_makes_it_found_anew(tmp_path, resolved, build):
    write(tmp_path / "a.py", "from celery import shared_task\nfrom b import B\n@shared_task(name=B)\ndef f():\n    1\n")
    write(tmp_path / "b.py", "B = 'b'\n")
    write(tmp_path / "caller.py", "def call(task):\n    task.delay(1)\n")
    write(tmp_path / "other.py", "def other(): ...\n")
    edits = [
        ("nothing", "other.py", "def other(): ...\n", 0),
        ("another file", "other.py", "def another(): ...\n", 0),
        ("a call", "caller.py", "def call(task):\n\n    task.delay(2)\n    task.delay(3)\n", 0),
        ("a docstring", "caller.py", "def call(task):\n    'Docs.'\n    task.delay(2)\n", 0),
        (
            "a body",
            "a.py",
            "from celery import shared_task\nfrom b import B\n@shared_task(name=B)\ndef f():\n    2\n",
            0,
        ),
        (
            "a line",
            "a.py",
            "from celery import shared_task\nfrom b import B\n\n@shared_task(name=B)\ndef f():\n    2\n",
            1,
        ),
        ("a line below", "b.py", "# the name\nB = 'b'\n", 0),
        ("a value", "b.py", "B = 'c'\n", 1),
        (
            "a parameter",
            "a.py",
            "from celery import shared_task\nfrom b import B\n@shared_task(name=B)\ndef f(x): ...\n",
            1,
        ),
        ("a task", "caller.py", "import celery\n@celery.shared_task\ndef call(task):\n    task.delay(2)\n", 1),
        ("a new file", "new.py", "", 1),
        ("a class", "other.py", "class A(B): ...\n", 1),
        ("an error", "a.py", "from celery import shared_task\n@shared_task(name=\n", 1),
        ("an error", "a.py", "from celery import shared_task\n@shared_task(name==\n", 1),
    ]
    build(tmp_path)
    for turn, (edit, name, text, expected) in enumerate(edits):
        resolved.clear()
        write(tmp_path / name, text, OLD + turn)
        index = build(tmp_path)
        assert (edit, len(resolved)) == (edit, expected)
        assert index.registrations == SourceIndex.build(find_files([tmp_path])).registrations


def test_what_is_kept_is_built_of_the_models_classes_alone(tmp_path, build):
    for content in (
        pickle.dumps(Evil(tmp_path / "made")),
        pickle.dumps({"a": 1}),
        pickle.dumps(os.path.join),
        b"",
        b"\x80\x05.",
    ):
        assert read_answers(content) is None
    assert not (tmp_path / "made").exists()
    write(tmp_path / "a.py", TEXT.format(name="a", parameter="x: int = 1, *y, **z"))
    answers = build(tmp_path)._answers
    assert read_answers(write_answers(answers)) == answers


def test_a_new_subclass_elsewhere_changes_what_its_base_registers(tmp_path, build):
    write(
        tmp_path / "a.py",
        "from celery import Celery\nclass A:\n    def register(self, app: Celery):\n"
        "        app.task(name='a')(self.run)\n    def run(self, x): ...\n",
    )
    assert [r.hidden for r in build(tmp_path).registrations] == [None]
    write(tmp_path / "b.py", "from a import A\nclass B(A):\n    def run(self, y): ...\n")
    assert [r.hidden for r in build(tmp_path).registrations] == ["has several overrides (A, B)"]
    write(tmp_path / "b.py", "from a import A\nclass B(A):\n    def ran(self, y): ...\n", OLD + 1)
    assert [r.hidden for r in build(tmp_path).registrations] == [None]


def test_a_file_with_a_new_time_and_the_old_text_is_not_parsed_again(tmp_path, parsed, build):
    write(tmp_path / "a.py", TEXT.format(name="a", parameter="x"))
    build(tmp_path)
    os.utime(tmp_path / "a.py", (OLD + 9, OLD + 9))
    assert names(build(tmp_path)) == ["a"]
    assert parsed == ["a"]


def test_a_file_that_changes_within_one_tick_of_the_clock_is_seen(tmp_path, build):
    path = tmp_path / "a.py"
    path.write_text(TEXT.format(name="a", parameter="x"))
    stat = path.stat()
    assert names(build(tmp_path)) == ["a"]
    path.write_text(TEXT.format(name="b", parameter="x"))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert names(build(tmp_path)) == ["b"]


def test_a_file_that_becomes_another_module_is_read_as_that(tmp_path, build):
    (tmp_path / "pkg").mkdir()
    write(tmp_path / "pkg" / "a.py", "from celery import shared_task\n@shared_task\ndef f(): ...\n")
    assert names(build(tmp_path)) == ["a.f"]
    write(tmp_path / "pkg" / "__init__.py", "")
    assert names(build(tmp_path)) == ["pkg.a.f"]


def test_a_file_of_another_package_kind_is_read_anew(tmp_path):
    from celery_registry.source.files import SourceFile

    (tmp_path / "p").mkdir()
    write(tmp_path / "p" / "a.py", "A = 'package'\n")
    write(tmp_path / "m.py", "from celery import shared_task\nfrom .a import A\n@shared_task(name=A)\ndef f(): ...\n")
    inner = SourceFile("p.a", str(tmp_path / "p" / "a.py"))
    cache = tmp_path / ".cache"
    for is_package, expected in ((True, "package"), (False, None), (True, "package")):
        files = [SourceFile("p", str(tmp_path / "m.py"), is_package), inner]
        assert names(SourceIndex.build(files, cache)) == [expected]


@pytest.mark.parametrize("damage", ["empty", "noise", "cut", "flipped", "header", "directory"])
def test_a_damaged_cache_is_as_good_as_none(tmp_path, damage, parsed):
    write(tmp_path / "a.py", TEXT.format(name="a", parameter="x"))
    build_in(tmp_path)
    (cache,) = (tmp_path / ".cache").iterdir()
    content = cache.read_bytes()
    if damage == "directory":
        cache.unlink()
        cache.mkdir()
    else:
        middle = len(content) // 2
        cache.write_bytes(
            {
                "empty": b"",
                "noise": b"\x00\xff" * 99,
                "cut": content[:-9],
                "flipped": content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :],
                "header": b"celery-registry index 0\n" + content,
            }[damage]
        )
    assert names(build_in(tmp_path)) == ["a"]
    assert parsed == ["a", "a"]
    if damage != "directory":
        assert names(build_in(tmp_path)) == ["a"]
        assert parsed == ["a", "a"]


class Evil:
    """Runs what it was told to, when it is unpickled."""

    def __init__(self, made: Path) -> None:
        self.made = made

    def __reduce__(self):
        return (os.mkdir, (str(self.made),))


#: A tuple that says it has sixteen million items, bytes and a text that say two thousand million.
LIARS = [b"(\xff\xff\xff\x00", b"s\xff\xff\xff\x7f", b"u\xff\xff\xff\x7f", b"{", b""]


@pytest.mark.parametrize("place", ["body", "facts", "rows", "row", "answers", "tuple"])
def test_a_record_that_was_forged_is_as_good_as_none(tmp_path, place):
    """Its header and digest are right, so only what it holds can give it away."""
    write(tmp_path / "a.py", TEXT.format(name="a", parameter="x"))
    build_in(tmp_path)
    (cache,) = (tmp_path / ".cache").iterdir()
    content = cache.read_bytes()
    header = content[: content.index(b"\n") + 1]
    rows, answers = read_record(str(cache), header)
    (path,) = rows
    old = CachedFile(*rows[path])
    evil = pickle.dumps(Evil(tmp_path / "made"))
    forged = {
        "body": LIARS,
        "facts": [({path: tuple(old._replace(facts=liar))}, None) for liar in LIARS if liar],
        "rows": [([], None), (None, None), (1, 2, 3), 5],
        "row": [({path: row}, None) for row in ((), (1, 2), 5, None, (*old, 1))],
        # Whatever it would run is no class of the model.
        "answers": [(rows, (*answers[:3], content)) for content in (evil, evil[:-3], b"", 5, pickle.dumps(os.system))],
        "tuple": [(rows, content) for content in (5, (), ("a",), evil, [1, 2, 3, 4])],
    }[place]
    for values in forged:
        body = values if isinstance(values, bytes) else marshal.dumps(values)
        cache.write_bytes(header + digest_of(body) + body)
        assert names(build_in(tmp_path)) == ["a"]
        assert not (tmp_path / "made").exists()
    pickle.loads(evil)
    assert (tmp_path / "made").exists(), "it would have run"


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path):
    write(tmp_path / "a.py", TEXT.format(name="a", parameter="x"))
    (tmp_path / "file").write_text("")
    for place in (os.devnull, tmp_path / "file", tmp_path / "file" / "below"):
        assert names(SourceIndex.build(find_files([tmp_path / "a.py"]), place)) == ["a"]


def test_the_cache_is_always_whole_while_others_write_it(tmp_path):
    for number in range(5):
        write(tmp_path / f"a{number}.py", TEXT.format(name=f"a{number}", parameter="x"))
    found: list[list[str | None]] = []

    def run() -> None:
        for turn in range(10):
            os.utime(tmp_path / "a0.py", (OLD + turn, OLD + turn))
            found.append(names(build_in(tmp_path)))

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[f"a{number}" for number in range(5)]] * 30
    assert [entry.name for entry in (tmp_path / ".cache").iterdir()] == ["celery_registry_index.bin"]


def test_the_last_index_of_a_process_answers_as_before(tmp_path):
    """It lets go of what is kept for others, not of what it was asked, or may still be asked."""
    write(tmp_path / "a.py", TEXT.format(name="a", parameter="x"))
    write(tmp_path / "b.py", "B = 'b'\n")
    index, last = build_in(tmp_path), build_last_in(tmp_path)
    assert last.registrations == index.registrations
    assert last.state == index.state
    assert last.consulted == index.consulted
    assert last.constant("b.B") == "b"
    assert not last.is_rebound("a", "f")
    last.save()
    assert names(build_in(tmp_path)) == ["a"]


def test_a_run_over_a_part_keeps_the_rest(tmp_path, parsed):
    write(tmp_path / "a.py", TEXT.format(name="a", parameter="x"))
    write(tmp_path / "b.py", TEXT.format(name="b", parameter="x"))
    build_in(tmp_path)
    SourceIndex.build(find_files([tmp_path / "a.py"]), tmp_path / ".cache")
    build_in(tmp_path)
    assert parsed == ["a", "b"]


def test_an_index_tells_whether_it_says_the_same_as_the_one_before(tmp_path):
    write(tmp_path / "a.py", TEXT.format(name="a", parameter="x"))
    first = SourceIndex.build(find_files([tmp_path]))
    assert names(first) == ["a"]
    write(tmp_path / "a.py", TEXT.format(name="a", parameter="x").replace("...", "1"), OLD + 1)
    second = SourceIndex.build(find_files([tmp_path]), before=first)
    assert second.says_the_same_as(first)
    write(tmp_path / "a.py", TEXT.format(name="a", parameter="y"), OLD + 2)
    third = SourceIndex.build(find_files([tmp_path]), before=second)
    assert not third.says_the_same_as(second)
