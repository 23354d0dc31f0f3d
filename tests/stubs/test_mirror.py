"""A stub hides its whole module, so the mirror may lose nothing that the module offers."""

from __future__ import annotations

import ast
import importlib.util
import sys
import textwrap
from pathlib import Path

import pytest

from celery_registry.stubs.mirror import Mirror, PropertyText
from celery_registry.stubs.render import ModuleSource


def mirror(text: str, **options: object) -> str:
    source = ModuleSource("pkg.sub.mod", textwrap.dedent(text))
    lines = list(Mirror(source.scope, **options).render(source.tree))  # type: ignore[arg-type]
    ast.parse("\n".join(lines))
    return "\n".join(lines)


#: ``except*`` is of Python 3.11 and later.
EXCEPT_GROUP = [
    ("try:\n    import a\nexcept* ImportError:\n    a = None\n    b = 1", "import a as a\nb = 1"),
][: sys.version_info >= (3, 11)]


@pytest.mark.parametrize(
    ("written", "mirrored"),
    [
        ("import os", "import os as os"),
        ("import os as system", "import os as system"),
        ("import os.path", "import os.path"),
        ("from os import path", "from os import path as path"),
        ("from os import path as p", "from os import path as p"),
        ("from os import *", "from os import *"),
        ("from . import names", "from pkg.sub import names as names"),
        ("from ..other import name", "from pkg.other import name as name"),
        ("from __future__ import annotations", ""),
        ("LIMIT = 3", "LIMIT = 3"),
        ("LIMIT: int = compute()", "LIMIT: int"),
        ("LIMIT: Final = 3", "LIMIT: Final = 3"),
        ("Json: TypeAlias = dict[str, int]", "Json: TypeAlias = dict[str, int]"),
        ("T = TypeVar('T', bound=int)", "T = TypeVar('T', bound=int)"),
        ("__all__ = ['a']\n__all__ += ['b']", "__all__ = ['a']\n__all__ += ['b']"),
        ("print('hello')", ""),
        ("app.conf.x = 1", ""),
        ("for name in names:\n    last = name", "last: _t.Any\nname: _t.Any"),
        ("if TYPE_CHECKING:\n    from os import path", "from os import path as path"),
        ("if not TYPE_CHECKING:\n    a = 1\nelse:\n    b = 1", "b = 1"),
        ("if __name__ == '__main__':\n    main()", ""),
        ("try:\n    import a\nexcept ImportError:\n    a = None\n    b = 1", "import a as a\nb = 1"),
        (
            "match x:\n    case 1:\n        import a\n    case _:\n        a = None\n        b = 1",
            "import a as a\nb = 1",
        ),
        *EXCEPT_GROUP,
        ("with suppress(Exception):\n    import a", "import a as a"),
        ("if sys.version_info >= (3, 11):\n    import a\nelse:\n    import b", None),
        (
            "def f(a, b: int = 1, *c: str, d=g(), **e) -> str:\n    return ''",
            "def f(a, b: int=1, *c: str, d=..., **e) -> str: ...",
        ),
        ("def f():\n    print()", "def f() -> None: ..."),
        ("def f():\n    return 1", "def f(): ..."),
        ("def f():\n    yield", "def f(): ..."),
        ("async def f() -> int:\n    return 1", "async def f() -> int: ..."),
        ("@app.task\ndef f() -> None:\n    pass", "@app.task\ndef f() -> None: ..."),
        ('def f() -> int:\n    """Say."""\n    return 1', 'def f() -> int:\n    """Say."""'),
        ("class A(B, metaclass=M):\n    pass", "class A(B, metaclass=M): ..."),
        ("@dataclass\nclass A:\n    x: int = field(default=1)", "@dataclass\nclass A:\n    x: int = field(default=1)"),
        ("class A(Enum):\n    ONE = auto()", "class A(Enum):\n    ONE = auto()"),
    ],
)
def test_a_statement_is_mirrored(written: str, mirrored: str | None) -> None:
    if mirrored is None:
        mirrored = "if sys.version_info >= (3, 11):\n    import a as a\nelse:\n    import b as b"
    assert mirror(written) == mirrored


def test_the_implementation_behind_overloads_is_left_out() -> None:
    text = "@overload\ndef f(a: int) -> int: ...\n@overload\ndef f(a: str) -> str: ...\ndef f(a):\n    return a"
    assert mirror(text).count("def f") == 2


def test_attributes_that_methods_give_to_self_are_kept() -> None:
    text = """
    class A:
        known: int

        def __init__(self, app: Celery, size=3):
            self.known = 1
            self._app = app
            self.size = size
            self.name = "x"
            self.items: list[int] = []
            self.other = compute()

        @classmethod
        def make(cls):
            cls.made = 1
            return cls()
    """
    body = mirror(text).splitlines()
    assert [line.strip() for line in body if ": " in line and "def" not in line and "class" not in line] == [
        "known: int", "_app: Celery", "size: _t.Any", "name: str", "items: list[int]", "other: _t.Any",
    ]  # fmt: skip


def test_a_registry_property_returns_its_generated_class() -> None:
    text = (
        "class R:\n    @property\n    def mail(self) -> Task[[str], int]:\n        return self._get_task_by_name('m')"
    )
    properties = {"R.mail": PropertyText("_Mail", "Say.")}
    assert mirror(text, properties=properties) == (
        'class R:\n    @property\n    def mail(self) -> _Mail:\n        """Say."""'
    )


def test_comments_stay_behind() -> None:
    assert mirror("x = 1  # secret\n# another") == "x = 1"


@pytest.mark.parametrize("package", ["celery", "click", "json", "email"])
def test_no_top_level_name_of_real_modules_is_lost(package: str) -> None:
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    for path in sorted(Path(spec.origin).parent.rglob("*.py")):
        source = ModuleSource(f"{package}.{path.stem}", path.read_text())
        text = "\n".join(Mirror(source.scope).render(source.tree))
        mirrored = ModuleSource(source.module, text).scope.names
        # What stands under __name__ == "__main__" exists only in a script.
        script = "\n".join(
            ast.unparse(n) for n in source.tree.body if isinstance(n, ast.If) and "__name__" in ast.unparse(n.test)
        )
        inside = ModuleSource("script", script).scope.names
        assert source.scope.names - mirrored - inside <= {"TYPE_CHECKING", "annotations"}, path


if sys.version_info >= (3, 12):

    def test_type_parameters_are_mirrored() -> None:
        assert mirror("class A[T]:\n    pass") == "class A[T]: ..."
        assert mirror("def f[T](a: T) -> T:\n    return a") == "def f[T](a: T) -> T: ..."
        assert mirror("type X = int") == "type X = int"
