"""Which string a name stands for, and which one nobody can tell."""

from __future__ import annotations

import ast

import pytest

from celery_registry.source.files import SourceFile
from celery_registry.source.index import SourceIndex


def resolve(index: SourceIndex, module: str, text: str, scope: str | None = None) -> str | None:
    return index.resolve_name(module, ast.parse(text, mode="eval").body, scope)


NAMES = """
from enum import Enum, IntEnum, StrEnum, auto
from typing import Final, Literal, cast
import enum as e
import names.deep
from names import deep, CONSTANT as ALIASED
from names.stars import *

LITERAL = "literal"
FINAL: Final = "final"
TYPED: Final[str] = "typed"
ALIAS = LITERAL
JOINED = "a" + "." + LITERAL
FORMATTED = f"{LITERAL}.x"
HERE = __name__ + ".x"
FORMATTED_HERE = f"{__name__}.y"
CAST = cast(str, "cast")
IN_PARENTHESES = ("a"
    "b")
TWICE = "a"
TWICE = "b"
SAME = "a"
SAME = "a"
AUGMENTED = "a"
AUGMENTED += "b"
MADE = make()
NUMBER = 3
LOOP_A = LOOP_B
LOOP_B = LOOP_A
CHANGED = "a"
FIRST, SECOND = "first", "second"
for LOOPED in ("a", "b"): pass

try:
    CAUGHT = "a"
except ValueError as CAUGHT:
    pass

match NUMBER:
    case [MATCHED, *STARRED]: pass
    case {"a": 1, **REST}: pass
    case int() as BOUND: pass

MATCHED = STARRED = REST = BOUND = "a"

def change():
    global CHANGED
    CHANGED = "b"

if NUMBER:
    BRANCHED = "a"
else:
    BRANCHED = "b"

class Str(StrEnum):
    PLAIN = "plain"
    AUTO = auto()
    AUTO_E = e.auto()
    CONSTANT = LITERAL
    SAME_AS_PLAIN = PLAIN
    WITH_PREFIX = "x." + PLAIN
    MADE = make()

class Mixed(str, Enum):
    A = "mixed.a"
    NUMBERED = auto()

class Plain(Enum):
    A = "plain.a"

class Upper(Str2 := StrEnum):
    pass

class Named(StrEnum):
    @staticmethod
    def _generate_next_value_(name, start, count, last_values):
        return name.upper()

    ping_it = auto()

class Strange(StrEnum):
    @staticmethod
    def _generate_next_value_(name, start, count, last_values):
        return name[::-1]

    PING = auto()

class Constants:
    PREFIX = "pre"
    TASK = PREFIX + ".task"
    class Inner:
        DEEP = "deep"
    if NUMBER:
        BRANCH = "branch"

class Child(Constants):
    OTHER = Constants.PREFIX + ".other"
    PREFIX = "child"
"""

FILES = {
    "names/__init__.py": "from .deep import CONSTANT\nfrom .deep import Shared as Renamed\n",
    "names/deep.py": "from enum import StrEnum\nCONSTANT = 'constant'\nclass Shared(StrEnum):\n    A = 'shared.a'\n",
    "names/stars.py": "from .hidden import *\nSTAR = 'star'\n_PRIVATE = 'private'\n",
    "names/hidden.py": "__all__ = ['LISTED', '_LISTED']\nLISTED = 'listed'\n_LISTED = 'underscore'\nUNLISTED = 'no'\n",
    "m.py": NAMES,
}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'x'", "x"),
        ("LITERAL", "literal"),
        ("FINAL", "final"),
        ("TYPED", "typed"),
        ("ALIAS", "literal"),
        ("JOINED", "a.literal"),
        ("FORMATTED", "literal.x"),
        ("HERE", "m.x"),
        ("FORMATTED_HERE", "m.y"),
        ("__name__ + '.z'", "m.z"),
        ("CAST", "cast"),
        ("IN_PARENTHESES", "ab"),
        ("SAME", "a"),
        ("FIRST", "first"),
        ("SECOND", "second"),
        ("ALIASED", "constant"),
        ("deep.CONSTANT", "constant"),
        ("names.deep.CONSTANT", "constant"),
        ("names.CONSTANT", "constant"),
        ("names.Renamed.A", "shared.a"),
        ("deep.Shared.A.value", "shared.a"),
        ("STAR", "star"),
        ("LISTED", "listed"),
        ("_LISTED", None),
        ("Str.PLAIN", "plain"),
        ("Str.PLAIN.value", "plain"),
        ("Str.PLAIN.name", "PLAIN"),
        ("Str.AUTO", "auto"),
        ("Str.AUTO_E", "auto_e"),
        ("Str.CONSTANT", "literal"),
        ("Str.SAME_AS_PLAIN", "plain"),
        ("Str.WITH_PREFIX", "x.plain"),
        ("str(Str.PLAIN)", "plain"),
        ("f'{Str.PLAIN}.x'", "plain.x"),
        ("Str('plain')", "plain"),
        ("Str['PLAIN']", "plain"),
        ("Str['PLAIN'].value", "plain"),
        ("Mixed.A", "mixed.a"),
        ("Mixed.A.value", "mixed.a"),
        ("Mixed.A + '.x'", "mixed.a.x"),
        ("f'{Mixed.A.value}.x'", "mixed.a.x"),
        ("Plain.A.value", "plain.a"),
        ("Named.ping_it", "PING_IT"),
        ("Constants.TASK", "pre.task"),
        ("Constants.Inner.DEEP", "deep"),
        ("Constants.BRANCH", "branch"),
        ("Child.TASK", "pre.task"),
        ("Child.PREFIX", "child"),
        ("Child.OTHER", "pre.other"),
    ],
)
def test_a_name_stands_for_a_string(index_of, expression, expected):
    assert resolve(index_of(FILES), "m", expression) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "TWICE",
        "AUGMENTED",
        "MADE",
        "NUMBER",
        "LOOP_A",
        "CHANGED",
        "LOOPED",
        "BRANCHED",
        "CAUGHT",
        "MATCHED",
        "STARRED",
        "REST",
        "BOUND",
        "UNLISTED",
        "_PRIVATE",
        "UNKNOWN",
        "Str.MADE",
        "Str.NOTHING",
        "Str",
        "Str('unknown')",
        "Mixed.NUMBERED",
        "f'{Mixed.A}.x'",
        "str(Mixed.A)",
        "Strange.PING",
        "f'{LITERAL!r}'",
        "f'{LITERAL:>9}'",
        "'a' % 3",
        "LITERAL.upper()",
        "deep",
        "change",
        "lambda: 'a'",
        "3",
        "elsewhere.CONSTANT",
    ],
)
def test_what_the_text_does_not_tell_stands_for_nothing(index_of, expression):
    assert resolve(index_of(FILES), "m", expression) is None


def test_a_name_in_a_method_sees_its_class(index_of):
    index = index_of({"m.py": "class A:\n    NAME = 'a'\nclass B(A):\n    def f(self): ...\n"})
    assert resolve(index, "m", "self.NAME", "m.B") == "a"
    assert resolve(index, "m", "cls.NAME", "m.B") == "a"
    assert resolve(index, "m", "self.__class__.NAME", "m.B") == "a"
    assert resolve(index, "m", "self.OTHER", "m.B") is None
    assert resolve(index, "m", "NAME", "m.B") is None
    assert resolve(index, "nowhere", "'a'") is None


def test_constants_are_found_by_their_dotted_name(index_of):
    index = index_of(FILES)
    assert index.constant("m.LITERAL") == "literal"
    assert index.constant("m.Str.AUTO") == "auto"
    assert index.constant("names.CONSTANT") == "constant"
    assert index.constant("m.Child.TASK") == "pre.task"
    assert index.constant("m") is None
    assert index.constant("nowhere.X") is None


def test_the_fullname_is_that_of_the_member_or_the_constant(index_of):
    index = index_of(
        {
            **FILES,
            "n.py": "from m import Str, LITERAL\nTASK = Str.PLAIN\nSECOND = LITERAL\nclass H:\n    task = Str.PLAIN\n",
        }
    )

    def fullname(text: str) -> str | None:
        found = index.resolve("n", ast.parse(text, mode="eval").body)
        return None if found is None else found.fullname

    assert fullname("TASK") == "m.Str.PLAIN"
    assert fullname("H.task") == "m.Str.PLAIN"
    assert fullname("TASK.value") == "m.Str.PLAIN"
    assert fullname("Str.CONSTANT") == "m.Str.CONSTANT"
    assert fullname("SECOND") == "m.LITERAL"
    assert fullname("'x'") is None


def test_an_enum_has_its_members_and_nothing_else(index_of):
    index = index_of(
        {
            "m.py": """
                from enum import StrEnum, auto, member, nonmember
                X = "x"

                class T(StrEnum):
                    _ignore_ = ["a"]
                    __hidden__ = "b"
                    A = "a"
                    B = auto()
                    ALIAS = A
                    UNKNOWN = make()
                    NOT = nonmember("no")
                    IS = member("is")
                    annotated: str

                    def method(self): ...

                    @property
                    def label(self): ...

                class Constants:
                    A = "a"
                    NUMBER = 3
                    LIST = ["a"]

                class Nothing:
                    NUMBER = 3
            """
        }
    )
    enum = index.enum("m.T")
    assert enum is not None
    assert enum.members == {"A": "a", "B": "b", "ALIAS": "a", "UNKNOWN": None, "IS": "is"}
    assert list(enum.origins) == list(enum.members)
    constants = index.enum("m.Constants")
    assert constants is not None
    assert (constants.members, constants.is_enum) == ({"A": "a"}, False)
    assert index.enum("m.Nothing") is None
    assert index.enum("m.X") is None


def test_members_of_djangos_text_choices_are_their_values(index_of):
    index = index_of(
        {"m.py": "from django.db import models\nclass T(models.TextChoices):\n    A = 'a', 'Label'\n    B = 'b'\n"}
    )
    enum = index.enum("m.T")
    assert enum is not None
    assert enum.members == {"A": "a", "B": "b"}


def test_a_substitute_for_an_import_does_not_hide_it(index_of):
    index = index_of(
        {
            "compat.py": """
                import sys
                from enum import Enum
                if sys.version_info >= (3, 11):
                    from enum import StrEnum
                else:
                    class StrEnum(str, Enum):
                        pass
            """,
            "m.py": "from compat import StrEnum\nfrom enum import auto\nclass T(StrEnum):\n    A = auto()\n",
        }
    )
    assert resolve(index, "m", "T.A") == "a"


def test_enums_are_those_that_name_tasks(index_of):
    index = index_of(
        {
            "m.py": """
                from enum import StrEnum
                from celery import Celery

                class ByCall(StrEnum):
                    A = "a"

                class ByDecorator:
                    B = "b"

                class BySend(StrEnum):
                    C = "c"

                class Colour(StrEnum):
                    RED = "red"

                app = Celery(Colour.RED.value and "x")

                @app.task(name=ByDecorator.B, queue=Colour.RED)
                def b(): ...

                app.task(name=ByCall.A)(b)
                app.send_task(BySend.C)
            """
        }
    )
    assert list(index.enums) == ["m.ByCall", "m.ByDecorator", "m.BySend"]


def test_circular_imports_stars_and_constants_end(tmp_path):
    files = []
    for name, text in {
        "a": "from b import *\nfrom b import X\nfrom c import Y as Z\nclass A(B): pass\nQ = Q\n",
        "b": "from a import *\nfrom a import X\nclass B(A): pass\nB.C = 1\nR = R.S\n",
        "c": "from c import Y\nimport c\nc = c.c.c\n",
    }.items():
        (tmp_path / f"{name}.py").write_text(text)
        files.append(SourceFile(name, str(tmp_path / f"{name}.py")))
    index = SourceIndex.build(files)
    for module in "abc":
        for text in ("X", "Y", "Z", "Q", "R", "A.x", "B.x", "c.c", "A", "B"):
            assert resolve(index, module, text) is None
