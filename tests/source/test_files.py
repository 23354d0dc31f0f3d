"""Which files belong to a program, and the module that each one is."""

from __future__ import annotations

from pathlib import Path

import pytest
from mypy.find_sources import create_source_list
from mypy.options import Options

from celery_registry.source.files import SourceFile, find_files

FILES = [
    "pkg/__init__.py",
    "pkg/a.py",
    "pkg/sub/__init__.py",
    "pkg/sub/b.py",
    "pkg/spaces/c.py",
    "plain/d.py",
    "plain/deep/e.py",
    "plain/pkg2/__init__.py",
    "plain/pkg2/f.py",
    "plain/pkg2/inner/g.py",
    "top.py",
    "with-dash/h.py",
    "with-dash/pkg3/__init__.py",
    "node_modules/x.py",
    ".hidden/y.py",
    "pkg/__pycache__/z.py",
    "site-packages/w.py",
    "text.txt",
]


@pytest.fixture
def tree(tmp_path, monkeypatch) -> Path:
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def modules(files, root):
    return {file.module: str(Path(file.path).relative_to(root)) for file in files}


@pytest.mark.parametrize("bases", [(), (".",), ("plain",), (".", "plain")])
def test_modules_are_named_as_mypy_names_them(tree, bases):
    options = Options()
    options.namespace_packages = True
    options.explicit_package_bases = bool(bases)
    options.mypy_path = [str(tree / base) for base in bases]
    if bases:
        # mypy counts the working directory among the bases.
        bases = (*bases, ".")
    ours = {(f.module, str(Path(f.path))) for f in find_files(["."], bases=[tree / base for base in bases])}
    theirs = {(s.module, str((tree / (s.path or "")).resolve())) for s in create_source_list(["."], options)}
    assert ours == theirs


def test_excluded_files_and_directories_are_left_out(tree):
    found = modules(find_files([tree], exclude=[r"^pkg/sub/", r"(^|/)top\.py$"]), tree)
    assert "top" not in found
    assert not any(module.startswith("pkg.sub") for module in found)
    assert "pkg.a" in found


def test_a_bad_expression_is_named(tree):
    with pytest.raises(ValueError, match=r"exclude: '\(' is no regular expression"):
        find_files([tree], exclude=["("])


def test_single_files_and_what_is_not_there(tree):
    assert find_files([tree / "pkg" / "sub" / "b.py"]) == (SourceFile("pkg.sub.b", str(tree / "pkg" / "sub" / "b.py")),)
    assert find_files([tree / "pkg" / "__init__.py"])[0].is_package
    assert find_files([tree / "nothing"]) == ()
