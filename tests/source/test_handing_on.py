"""Methods of a task class that hand everything on are read; any other may change the arguments."""

from __future__ import annotations

import ast
import textwrap

import pytest

from celery_registry.source.handing_on import handed_names, handing_flags

CALL = "def __call__(self, *args, **kwargs):"
DELAY = "def delay(self, *args, **kwargs):"
OPEN = "def apply_async(self, *args, **kwargs):"
NAMED = "def apply_async(self, args=None, kwargs=None, task_id=None, **options):"

HANDING = [
    (CALL, "return super().__call__(*args, **kwargs)"),
    (CALL, "with context():\n    return self.run(*args, **kwargs)"),
    (CALL, "return Task.__call__(self, *args, **kwargs)"),
    (CALL, "return super(Own, self).__call__(*args, **kwargs)"),
    (
        CALL,
        "log.info('%s', kwargs)\nif not args or 'x' in kwargs:\n    print(args[0])\nreturn self.run(*args, **kwargs)",
    ),
    (CALL, "def call():\n    return self.run(*args, **kwargs)\nreturn call()"),
    (DELAY, "return super().delay(*args, **kwargs)"),
    (DELAY, "return self.apply_async(args, kwargs, countdown=1)"),
    (DELAY, "return super().apply_async(args=args, kwargs=kwargs)"),
    (OPEN, "return super().apply_async(*args, **kwargs)"),
    (OPEN, "kwargs['queue'] = 'q'\nreturn super().apply_async(*args, **kwargs)"),
    (OPEN, "kwargs.update(queue='q')\nreturn super().apply_async(*args, expires=3, **kwargs)"),
    (NAMED, "options['queue'] = 'q'\nreturn super().apply_async(args, kwargs, task_id, **options)"),
    (
        NAMED,
        "args = args or ()\nkwargs = kwargs or {}\nreturn super().apply_async(args=args, kwargs=kwargs, **options)",
    ),
    (NAMED, "if kwargs is None:\n    kwargs = {}\nreturn super().apply_async(args or (), kwargs, **options)"),
    (NAMED, "if is_there(*args):\n    return None\nreturn super().apply_async(args, kwargs, **options)"),
]
CHANGING = [
    (CALL, "return super().__call__(load(args[0]), *args[1:], **kwargs)"),
    (CALL, "return super().__call__(*args)"),
    (CALL, "return super().__call__(1, *args, **kwargs)"),
    (CALL, "kwargs['tenant'] = 1\nreturn self.run(*args, **kwargs)"),
    (CALL, "kwargs.pop('tenant')\nreturn self.run(*args, **kwargs)"),
    (CALL, "options = kwargs\noptions['tenant'] = 1\nreturn self.run(*args, **kwargs)"),
    (CALL, "options = kwargs or {}\noptions['tenant'] = 1\nreturn self.run(*args, **kwargs)"),
    (CALL, "change(kwargs)\nreturn self.run(*args, **kwargs)"),
    (CALL, "args = change(args)\nreturn self.run(*args, **kwargs)"),
    (CALL, "first, *args = args\nreturn self.run(*args, **kwargs)"),
    (CALL, "for args in args:\n    self.run(*args, **kwargs)"),
    (CALL, "with loaded() as args:\n    return self.run(*args, **kwargs)"),
    (CALL, "if args:\n    return self.run(*args, **kwargs)\nreturn self.run(1, session=2)"),
    (CALL, "return self.run(*args, session=make(kwargs), **kwargs)"),
    (CALL, "def call(*args):\n    return self.run(*args, **kwargs)\nreturn call(1)"),
    (CALL, "return self(*args, **kwargs)"),
    (CALL, "pass"),
    (DELAY, "return self.apply_async(args, {**kwargs, 'tenant': 1})"),
    (DELAY, "return self.delay(*args, **kwargs)"),
    (DELAY, "return self.apply_async(args)"),
    (OPEN, "kwargs['kwargs'] = {}\nreturn super().apply_async(*args, **kwargs)"),
    (OPEN, "kwargs[name] = 1\nreturn super().apply_async(*args, **kwargs)"),
    (OPEN, "kwargs.update(changes)\nreturn super().apply_async(*args, **kwargs)"),
    (OPEN, "return super().apply_async(*args, kwargs={}, **kwargs)"),
    (NAMED, "kwargs = kwargs or {}\nkwargs['tenant'] = 1\nreturn super().apply_async(args, kwargs, **options)"),
    (NAMED, "if args is None:\n    args = (1,)\nreturn super().apply_async(args, kwargs, **options)"),
    (NAMED, "return super().apply_async(args, **options)"),
    (NAMED, "return super().apply_async(kwargs, args, **options)"),
    ("def apply_async(self, args=None, kwargs=None, tenant=1):", "return super().apply_async((tenant,), kwargs)"),
    ("def apply_async(self, kwargs=None, args=None):", "return super().apply_async(args, kwargs)"),
    ("async def __call__(self, *args, **kwargs):", "return self.run(*args, **kwargs)"),
    ("def __call__(self, first, *args, **kwargs):", "return self.run(*args, **kwargs)"),
    ("def other(self, *args, **kwargs):", "return self.run(*args, **kwargs)"),
]


def added_by(head: str, body: str) -> tuple[str, ...] | None:
    node = ast.parse(f"{head}\n{textwrap.indent(body, '    ')}").body[0]
    assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    return handed_names(handing_flags(node))


@pytest.mark.parametrize(("head", "body"), HANDING)
def test_the_same_arguments_are_handed_on(head, body):
    assert added_by(head, body) == ()


@pytest.mark.parametrize(("head", "body"), CHANGING)
def test_a_method_that_may_change_the_arguments_hands_nothing_on(head, body):
    assert added_by(head, body) is None


def test_what_a_call_adds_is_told_by_its_names():
    assert added_by(CALL, "return super().__call__(*args, user=1, session=2, **kwargs)") == ("session", "user")


def test_two_calls_that_add_different_things_are_not_told_apart():
    body = "if args:\n    return self.run(*args, a=1, **kwargs)\nreturn self.run(*args, **kwargs)"
    assert added_by(CALL, body) is None
