"""Functions that make applications, and say not what they return."""

from celery import Celery, Task


class ContextTask(Task):
    def __call__(self, *args, **kwargs):
        with self.app.context():  # type: ignore[attr-defined]
            return self.run(*args, **kwargs)


class Rewriting(Task):
    def __call__(self, *args, **kwargs):
        return self.run(self.name, *args, **kwargs)


def make_celery(name=None):
    app = Celery(name or __name__)
    app.conf.update(task_ignore_result=True)
    return app


def make_with_context(flask_app):
    app = Celery(flask_app.name)
    app.Task = ContextTask  # type: ignore[misc]
    return app


def make_rewriting():
    return Celery("rewriting", task_cls=Rewriting)


def make_other(name):
    if name:
        return Celery(name)
    return Queue()


class Queue:
    def task(self, function):
        return function


def make_annotated() -> Celery:
    return Celery("annotated")
