"""One value is no list of arguments, also where its type is unknown: the text says what it is."""

# mypy: allow-untyped-defs

import json
import os
from typing import Any

import nowhere  # type: ignore[import-not-found]
from celery import Celery, shared_task

app = Celery("single_values")


@app.task(bind=True, max_retries=3)
def scan(self, scanid):
    try:
        nowhere.look_at(scanid)
    except nowhere.Gone as exc:
        raise self.retry(exc)  # E: Argument "args" is the exception "exc"; expected a list or tuple of arguments  [arg-type]  # N: hint: write exc=exc
    except nowhere.Late as exc:
        raise self.retry(exc=exc)
    except nowhere.Other as exc:
        raise self.retry((scanid,), exc=exc)
    except nowhere.Odd as exc:
        exc = (scanid,)
        raise self.retry(exc)
    if scanid is None:
        raise self.retry(ValueError("none"))  # E: Argument "args" is the exception "ValueError('none')"; expected a list or tuple of arguments  [arg-type]  # N: hint: write exc=ValueError('none')
    raise self.retry(exc=ValueError("none"))


@shared_task
def activity(activity_json, times=1):
    return activity_json


@shared_task
def pair(tenant, number):
    return tenant, number


def ids(request, user_id, post, values, scanid):
    scan.apply_async(request.user.pk)  # E: Argument "args" is "request.user.pk", one value; expected a list or tuple of arguments  [arg-type]  # N: hint: write (request.user.pk,)
    scan.apply(request.user.id)  # E: Argument "args" is "request.user.id", one value; expected a list or tuple of arguments  [arg-type]  # N: hint: write (request.user.id,)
    activity.apply_async(args=user_id, countdown=3)  # E: Argument "args" is "user_id", one value; expected a list or tuple of arguments  [arg-type]  # N: hint: write (user_id,)
    nowhere.on_commit(lambda: scan.apply_async(post.id))  # E: Argument "args" is "post.id", one value; expected a list or tuple of arguments  [arg-type]  # N: hint: write (post.id,)
    # A row of many values under the name of its key.
    for post_id in nowhere.values_list("id"):
        activity.apply_async(post_id)
    for post_id in values:
        activity.apply_async(post_id)
    [scan.apply_async(post_id) for post_id in values]
    app.send_task("single_values.scan", args=(scanid))  # E: Argument "args" is "scanid", one value; expected a list or tuple of arguments  [arg-type]  # N: hint: write (scanid,)
    app.send_task("single_values.scan", args=(scanid,))
    scan.apply_async([request.user.pk])
    scan.apply_async((request.user.id,))
    activity.apply_async(kwargs={"activity_json": user_id})
    # A composite key is a tuple: it may be all that a task takes.
    pair.apply_async(post.pk)
    scan.apply_async(post.ids)
    scan.apply_async(values)
    scan.apply_async((values))


def taken(request):
    activity_json = json.loads(request.body)
    activity.apply_async(args=(activity_json), queue="high")  # E: Argument "args" is "activity_json", one value; expected a list or tuple of arguments  [arg-type]  # N: hint: write (activity_json,)
    activity.apply_async(args=(activity_json,), queue="high")
    # Without the parentheses nothing says that it is no list of arguments.
    activity.apply_async(activity_json)
    activity.apply_async(args=activity_json)
    activity.apply_async(args=(request.data))
    activity.apply_async(
        args=(
            activity_json
        )
    )  # fmt: skip


def texts(folder, name):
    path = os.path.join(folder, name)
    scan.apply_async(path, countdown=600)  # E: Argument "args" is "path", one value; expected a list or tuple of arguments  [arg-type]  # N: hint: write (path,)
    scan.apply_async((path,), countdown=600)
    activity_json = nowhere.chosen(name) or [name]
    activity.apply_async(args=(activity_json))
    user_id = (name, 1)
    activity.apply_async(args=user_id)
    other_id = [name]
    other_id += [1]
    activity.apply_async(args=other_id)
    both = folder, name
    pair.apply_async(both)
    given = list(nowhere.read(name))
    pair.apply_async(given)
    first_id, rest = nowhere.read(name)
    activity.apply_async(first_id)


def known(user_id: tuple[str, int], post_id: Any, activity_json: list[str]) -> None:
    activity.apply_async(args=user_id)
    activity.apply_async(args=(activity_json))
    activity.apply_async(args=post_id)
