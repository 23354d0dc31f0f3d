"""Values that certainly cannot be sent as JSON are findings of ``check`` without types; what may be right is none.

Law: one program, whose comments say what is found on their line; every other line is right. Another serializer, and a type
that somebody has taught to be JSON, silence all of it.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from celery_registry.cli.static import judge_source
from celery_registry.settings import Settings

TASKS = """\
from celery import Celery, shared_task

app = Celery("shop")


@shared_task
def index(ids, kind=None): ...


@app.task(serializer="pickle")
def pickled(anything): ...


@app.task(bind=True)
def notify(self, user): ...
"""
MODELS = """\
from dataclasses import dataclass

from django.db import models
from django.db.models.signals import m2m_changed, post_save
from django.dispatch import receiver
from elsewhere import instance

from tasks import index, notify


class Base(models.Model):
    class Meta:
        abstract = True


class User(Base):
    def welcome(self):
        notify.delay(self)  # E: user Model
        notify.delay(self.pk)

    def again(self, other):
        user = self.__class__.objects.select_for_update().get(pk=self.pk)
        notify.delay(user)  # E: user Model
        notify.delay(other)

    @classmethod
    def all_of_them(cls):
        notify.delay(cls)


class Known(models.Model):
    def __json__(self):
        return {"id": self.pk}

    def welcome(self):
        notify.delay(self)


class Cache(models.Manager):
    def get(self, pk):
        return {"pk": pk}


class Cached(models.Model):
    objects = Cache()


class Counting(models.Manager):
    def counted(self):
        return self.count()


class Counted(models.Model):
    objects = Counting()


@dataclass
class Row:
    pk: int


@instance
class Default:
    pk = 1


class Report:
    objects = object()

    def send(self):
        notify.delay(self)


@receiver(post_save, sender=User)
def saved(sender, instance, **kwargs):
    notify.delay(instance)  # E: user Model
    notify.delay(instance.pk)


@receiver(m2m_changed, sender=User)
def changed(sender, instance, **kwargs):
    notify.delay(instance)


@receiver(post_save, sender=Known)
def known(sender, instance, **kwargs):
    notify.delay(instance)
"""
VIEWS = """\
import models
from models import Cached, Counted, Known, Report, User
from tasks import app, index, notify, pickled


def sets(lines):
    ids = {line["id"] for line in lines}
    index.delay(ids)  # E: ids set
    index.delay(list(ids))
    index.delay(set(lines))  # E: ids set
    index.apply_async((ids,), countdown=3)  # E: ids set
    index.apply_async(kwargs={"ids": ids})  # E: ids set
    index.apply_async((ids,), serializer="pickle")
    index.apply_async((ids,), **lines)
    index.s(ids)
    index(ids)
    pickled.delay(ids)
    app.send_task("tasks.index", (ids,))  # E: ids set
    index.delay(line["id"] for line in lines)  # E: ids Generator
    index.delay([line["id"] for line in lines])
    index.delay(map(str, lines))  # E: ids Iterator
    index.delay(1, kind=lambda line: line)  # E: kind function
    index.delay(lines)


def reassigned(lines):
    ids = {line["id"] for line in lines}
    ids = list(ids)
    index.delay(ids)


def changed(lines, set):
    index.delay(set(lines))
    ids = {1}
    ids |= {2}
    index.delay(ids)


def views(lines):
    number_of = {line["id"]: 1 for line in lines}
    index.delay(number_of.keys())  # E: ids dict_keys
    index.delay(list(number_of.keys()))
    index.delay(lines.keys())


def queries(user, pk):
    ids = User.objects.filter(pk=pk).values_list("pk", flat=True)
    index.delay(ids)  # E: ids QuerySet
    index.delay(list(ids))
    index.delay(user.orders.all().values_list("pk", flat=True))  # E: ids QuerySet
    index.delay(models.User.objects.all())  # E: ids QuerySet
    index.delay(user.orders.all())
    index.delay(Report.objects.all())
    index.delay(user.values_list())
    index.delay(User.objects.count())
    index.delay(User.objects.filter(pk=pk).exists())
    found = User.objects.get(pk=pk)
    notify.delay(found)  # E: user Model
    notify.delay(found.pk)
    notify.delay(Known.objects.get(pk=pk))
    notify.delay(Cached.objects.get(pk=pk))
    notify.delay(Counted.objects.get(pk=pk))  # E: user Model
    for one in User.objects.filter(pk=pk):
        notify.delay(one)  # E: user Model
        notify.delay(one.pk)
    for one_id in User.objects.values_list("pk", flat=True):
        notify.delay(one_id)
    for row in User.objects.all().values():
        notify.delay(row)


def classes(kind, flag):
    index.delay([1], User)  # E: kind type
    index.delay([1], models.Known)  # E: kind type
    index.delay([1], models.Row)  # E: kind type
    index.delay([1], models.Default)
    index.delay([1], User.__name__)
    index.delay([1], kind)
    if flag:
        chosen = User
    else:
        chosen = Known
    index.delay([1], chosen)  # E: kind type
    either = User if flag else "user"
    index.delay([1], either)


def outer(User):
    def inner():
        index.delay([1], User)
        index.delay(User.objects.all())

    return inner
"""


def found_in(folder: Path, monkeypatch: pytest.MonkeyPatch, **more: str) -> set[tuple[str, int, str]]:
    for name, text in {"tasks": TASKS, "models": MODELS, "views": VIEWS, **more}.items():
        (folder / f"{name}.py").write_text(text)
    monkeypatch.chdir(folder)
    found = set()
    for finding in judge_source(Settings(), ["."]).findings:
        assert str(finding.code) == "task-payload", finding
        words = re.search(r'is given (\w+) as "(\w+)", which the json serializer rejects', finding.sentence)
        assert words, finding.sentence
        found.add((Path(finding.origin.path).stem, finding.origin.line, f"{words[1]} {words[2]}"))
    return found


def test_what_cannot_be_sent_is_found_where_it_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    promised = {
        (name, number, line.partition("# E: ")[2].strip())
        for name, text in (("models", MODELS), ("views", VIEWS))
        for number, line in enumerate(text.splitlines(), 1)
        if "# E: " in line
    }
    assert found_in(tmp_path, monkeypatch) == promised


@pytest.mark.parametrize(
    "settings",
    [
        'CELERY_TASK_SERIALIZER = "pickle"',
        'app.conf.update(task_serializer="yaml")',
        "app.conf.task_serializer = CHOSEN",
        'app.conf.update({"task_serializer": chosen()})',
        "from kombu.utils.json import register_type",
        "from kombu.serialization import register",
        'app.config_from_object("another.package")',
        "app.config_from_object(made)",
        'app.config_from_envvar("CELERY_CONFIG")',
        "app.Task = Own",
        'app.conf.task_annotations = {"*": {"serializer": "pickle"}}',
        'app.conf.task_annotations = {"*": PICKLED}',
        'index.serializer = "pickle"',
        "app.conf.update(loaded())",
        "app.conf.update(**loaded())",
        "app = Celery('shop', config_source=loaded())",
        "app = Celery('shop', **loaded())",
        "class App(Celery):\n    def send_task(self, name, args=None, kwargs=None, **options): ...",
        "@before_task_publish.connect\ndef listed(body=None, **more): ...",
        "from kombu.utils import json",
        # The settings stand where nobody looked.
        'app.config_from_object("django.conf:settings", namespace="CELERY")',
    ],
)
def test_another_serializer_or_an_unknown_one_silences_it(
    settings: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found_in(tmp_path, monkeypatch, settings=settings) == set()


@pytest.mark.parametrize(
    "settings",
    [
        'CELERY_TASK_SERIALIZER = "json"\n',
        'app.conf.update(task_serializer="json", accept_content=["json"])',
        'app.config_from_object("django.conf:settings", namespace="CELERY")\nINSTALLED_APPS = []\n',
        'app.config_from_object("views")',
        "app.conf.task_annotations = {'*': {'rate_limit': '1/s'}}",
        'app.conf.update({"task_annotations": {"*": {"serializer": "json"}}})',
        'CELERY_TASK_SERIALIZER: str = "json"\napp.config_from_object(made)',
    ],
)
def test_json_by_name_or_by_default_is_judged(settings: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found_in(tmp_path, monkeypatch, settings=settings)


def test_tasks_whose_application_is_elsewhere_are_not_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = TASKS.replace('Celery("shop")', "shop.application()").replace("import Celery, ", "import ")
    assert found_in(tmp_path, monkeypatch, tasks=f"import shop\n{tasks}") == set()
