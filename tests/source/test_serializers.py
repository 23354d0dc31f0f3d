"""What a registration says of its serializer and of its result, each beside one that says nothing."""

from __future__ import annotations

import pytest

HEAD = """
from typing import Generic, TypeVar
from celery import Celery, Task, shared_task
from celery_registry import register_task
from elsewhere import Foreign, options

app = Celery("proj")
T = TypeVar("T")


class Pickled(Task):
    serializer = "pickle"
    ignore_result = True


class Below(Pickled):
    pass


class Json(Pickled):
    serializer = "json"
    ignore_result = False


class Plain(Task):
    abstract = True

    def on_success(self, retval, task_id, args, kwargs): ...


class Calls(Task):
    def __call__(self, *args, **kwargs): ...


class Sends(Task):
    def apply_async(self, args=None, kwargs=None, **options): ...


class Delays(Plain):
    def delay(self, *args, **kwargs): ...


class Generics(Task, Generic[T]):
    pass


def ours(*args, **kwargs):
    return shared_task(*args, serializer="yaml", **kwargs)


def run(a): ...


"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("app.task(name='t')(run)", (None, False)),
        ("app.task(name='t', serializer='pickle')(run)", ("pickle", False)),
        ("app.task(name='t', serializer=None)(run)", (None, False)),
        ("app.task(name='t', serializer=options.NAME)(run)", ("?", False)),
        ("app.task(name='t', ignore_result=True)(run)", (None, True)),
        ("app.task(name='t', ignore_result=False)(run)", (None, False)),
        ("app.task(name='t', ignore_result=options.IGNORE)(run)", (None, None)),
        ("app.task(name='t', **options)(run)", ("?", None)),
        ("app.task(name='t', base=Pickled)(run)", ("pickle", True)),
        ("app.task(name='t', base=Below)(run)", ("pickle", True)),
        ("app.task(name='t', base=Json)(run)", ("json", False)),
        ("app.task(name='t', base=Pickled, serializer='json', ignore_result=False)(run)", ("json", False)),
        ("app.task(name='t', base=Plain)(run)", (None, False)),
        ("app.task(name='t', base=Foreign)(run)", ("?", None)),
        ("app.task(name='t', base=Task)(run)", (None, False)),
        ("app.task(name='t', base=Calls)(run)", ("?", None)),
        ("app.task(name='t', base=Sends)(run)", ("?", None)),
        ("app.task(name='t', base=Delays, serializer='json')(run)", ("?", None)),
        ("app.task(name='t', base=Generics)(run)", (None, False)),
        ("app.task(name='t', base=options.base())(run)", ("?", None)),
        ("@ours(name='t')\ndef job(a): ...", ("yaml", False)),
        ("@ours(name='t', serializer='json')\ndef job(a): ...", ("json", False)),
        ("register_task(app, 't', run, serializer='msgpack')", ("msgpack", False)),
        ("class Job(Pickled):\n    name = 't'\n    def run(self, a): ...", ("pickle", True)),
        ("class Job(Task):\n    name = 't'\n    def run(self, a): ...", (None, False)),
        ("class Job(Task):\n    name = 't'\n    serializer = options.NAME\n    def run(self, a): ...", ("?", False)),
    ],
)
def test_a_registration_says_what_its_options_or_its_class_say(index_of, text, said):
    (found,) = index_of({"work.py": HEAD + text}).implementations("t")
    assert (found.serializer, found.ignores_result) == said


def test_a_class_of_another_module_is_read_there_and_again_when_it_changes(index_of):
    files = {
        "base.py": "from celery import Task\n\nclass Base(Task):\n    serializer = 'yaml'\n",
        "work.py": "from celery import Celery\nfrom base import Base\napp = Celery('p')\n"
        "@app.task(name='t', base=Base)\ndef run(a): ...\n",
    }
    assert index_of(files).implementations("t")[0].serializer == "yaml"
    files["base.py"] = files["base.py"].replace("'yaml'", "'json'")
    assert index_of(files).implementations("t")[0].serializer == "json"
