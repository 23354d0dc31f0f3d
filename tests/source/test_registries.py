"""Which classes are registries, and what their properties promise."""

from __future__ import annotations

import pytest

from celery_registry.contract.signature import Parameter, TaskSignature

HEAD = """
from functools import cached_property
import typing
from typing import cast
import celery
from celery import Celery, Task
from celery_registry import BaseTasksRegistry

NAME = "module"
"""


def registry_of(index, text):
    (registry,) = index({"m.py": HEAD + text}).registries.values()
    return registry


@pytest.mark.parametrize(
    "body",
    [
        "        return self._get_task_by_name('x')\n",
        "        return self._get_task_by_name(name='x')\n",
        "        '''Docs.'''\n        return self._get_task_by_name('x')\n",
        "        return cast(Task[[int], str], self._get_task_by_name('x'))\n",
        "        return typing.cast('Task[[int], str]', self._get_task_by_name('x'))\n",
        "        return self._app.tasks['x']\n",
        "        return self.app.tasks['x']\n",
        "        task = self._get_task_by_name('x')\n        return task\n",
        "        task: Task[[int], str] = self._app.tasks['x']\n        return task\n",
        "        from elsewhere import thing\n        return self._get_task_by_name('x')\n",
    ],
)
@pytest.mark.parametrize("decorator", ["property", "cached_property", "functools.cached_property"])
def test_a_property_that_returns_a_task_by_name_is_a_registry_property(index_of, body, decorator):
    text = f"class R(BaseTasksRegistry):\n    @{decorator}\n    def x(self) -> Task[[int], str]:\n{body}"
    registry = registry_of(index_of, text)
    (found,) = registry.properties.values()
    assert (found.attribute, found.task_name) == ("x", "x")
    assert found.declared == TaskSignature((Parameter(None, type="int"),), "str")
    assert found.origin.label == "R.x"


@pytest.mark.parametrize(
    "text",
    [
        "    def x(self) -> Task:\n        return self._get_task_by_name('x')\n",
        "    @property\n    def x(self) -> Task:\n        return self._get_task_by_id('x')\n",
        "    @property\n    def x(self) -> Task:\n        return other._get_task_by_name('x')\n",
        "    @property\n    def x(self) -> Task:\n        return self._get_task_by_name('x', 1)\n",
        "    @property\n    def x(self) -> Task:\n        return self._get_task_by_name()\n",
        "    @property\n    def x(self) -> Task:\n        print()\n        return self._get_task_by_name('x')\n",
        "    @property\n    def x(self) -> Task:\n        return self.tasks['x']\n",
        "    @property\n    def x(self) -> Mine:\n        return self._get_task_by_name('x')\n",
        "    @property\n    def x(self) -> int:\n        return self.board.tasks['x']\n",
        "    @staticmethod\n    def x() -> Task:\n        return self._get_task_by_name('x')\n",
    ],
)
def test_what_only_looks_like_a_registry_property_is_none(index_of, text):
    assert not index_of({"m.py": HEAD + "class Mine: ...\nclass R:\n" + text}).registries


@pytest.mark.parametrize(
    ("annotation", "declared", "text"),
    [
        ("Task[[], str]", TaskSignature((), "str"), "Task[[], str]"),
        ("celery.Task[[], str]", TaskSignature((), "str"), "celery.Task[[], str]"),
        ("'Task[[int], R]'", TaskSignature((Parameter(None, type="int"),), "R"), "Task[[int], R]"),
        ("Task[['int'], 'R']", TaskSignature((Parameter(None, type="int"),), "R"), "Task[[int], R]"),
        ("Task[..., dict[str, int]]", TaskSignature(None, "dict[str, int]"), "Task[..., dict[str, int]]"),
        (
            "Task[[Literal['a'], 'A | None'], Annotated['X', 'meta']]",
            TaskSignature(
                (Parameter(None, type="Literal['a']"), Parameter(None, type="A | None")), "Annotated[X, 'meta']"
            ),
            "Task[[Literal['a'], A | None], Annotated[X, 'meta']]",
        ),
        ("Task", None, "Task"),
        ("Task[int, str]", None, "Task[int, str]"),
        ("Task[[int]]", None, "Task[[int]]"),
        ("Task[[*Ts], str]", None, "Task[[*Ts], str]"),
        ("Task[P, str]", None, "Task[P, str]"),
    ],
)
def test_the_annotation_is_read_however_it_is_quoted(index_of, annotation, declared, text):
    body = f"class R:\n    @property\n    def x(self) -> {annotation}:\n        return self._get_task_by_name('x')\n"
    (found,) = registry_of(index_of, body).properties.values()
    assert found.declared == declared
    assert found.annotation == text


def test_properties_are_inherited_and_overridden(index_of):
    index = index_of(
        {
            "base.py": """
                from celery import Task
                class Base:
                    @property
                    def a(self) -> Task[[int], str]:
                        return self._get_task_by_name("base.a")

                    @property
                    def b(self) -> Task[[int], str]:
                        return self._get_task_by_name("base.b")

                    @property
                    def c(self) -> Task[[int], str]:
                        return self._get_task_by_name("base.c")
            """,
            "sub.py": """
                import base
                class Sub(base.Base):
                    c = None

                    @property
                    def b(self) -> "Task[[int], str]":
                        return self._get_task_by_name("sub.b")
            """,
            "last.py": "from sub import Sub as S\nclass Last(S):\n    pass\n",
        }
    )
    assert list(index.registries) == ["base.Base", "last.Last", "sub.Sub"]
    found = {p.attribute: (p.registry, p.task_name) for p in index.registries["last.Last"].properties.values()}
    assert found == {"b": ("sub.Sub", "sub.b"), "a": ("base.Base", "base.a")}
    inherited = index.property_of("last.Last", "a")
    assert inherited is not None
    assert inherited.task_name == "base.a"
    assert index.property_of("last.Last", "c") is None
    assert index.property_of("last.Nothing", "c") is None
    assert index.property_of("", "c") is None


def test_a_name_may_come_from_anywhere(index_of):
    index = index_of(
        {
            "names.py": "from enum import Enum\nclass T(str, Enum):\n    A = 'a'\nB = 'b'\n",
            "m.py": """
                from typing import TYPE_CHECKING
                from celery import Task
                if TYPE_CHECKING:
                    from names import B

                class R:
                    PREFIX = "r."

                    @property
                    def a(self) -> Task[[], None]:
                        from names import T
                        return self._get_task_by_name(T.A.value)

                    @property
                    def b(self) -> Task[[], None]:
                        return self._get_task_by_name(B)

                    @property
                    def c(self) -> Task[[], None]:
                        return self._get_task_by_name(self.PREFIX + "c")

                    @property
                    def d(self) -> Task[[], None]:
                        return self._get_task_by_name(unknown())
            """,
        }
    )
    found = {p.attribute: (p.task_name, p.name_fullname) for p in index.registries["m.R"].properties.values()}
    assert found == {"a": ("a", "names.T.A"), "b": ("b", "names.B"), "c": ("r.c", None), "d": (None, None)}
    assert index.registries["m.R"].enums == ("names.T",)
