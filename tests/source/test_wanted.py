"""A file that can hold a fact is read; one that only calls tasks is not."""

from __future__ import annotations

import pytest

from celery_registry.source.wanted import says_something


@pytest.mark.parametrize(
    "text",
    [
        "@app.task\ndef f(): ...",
        "@my_task_maker\ndef f(): ...",
        "@pkg.Task\ndef f(): ...",
        "from celery import shared_task",
        "register_task(f)",
        "self._get_task_by_name(Name.X)",
        "app.send_task('x')",
        "sender.add_periodic_task(1, s)",
        "signature('x')",
        "Signature('x')",
        "subtask('x')",
        "app.tasks['x']",
        "app.gen_task_name(a, b)",
        "Celery(task_cls=Base)",
        "{'task': 'x'}",
        '{"task": "x"}',
        "def f() -> Task: ...",
        "class A(celery.Task): ...",
        "x: RetryTask[[int], str]",
        "class A(BaseTask): ...",
        "from pkg import task",
        "from pkg import thing, task as t",
    ],
)
def test_a_word_of_ours_is_worth_a_look(text: str) -> None:
    assert says_something(text.encode())
    assert says_something(f"import os\n\n{text}\n".encode())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "registry.send_email.delay(1)",
        "self.tasks.send_email.apply_async((1,))",
        "ask = basket(mask)",
        "subtasks = ['a']",
        "multitask = 'task one'",
        "import os\ntask = 1",
        "def run(tasks): return tasks[0]",
        "TASK = 'x'",
        "Tasks = 1",
    ],
)
def test_a_file_that_only_calls_tasks_says_nothing(text: str) -> None:
    assert not says_something(text.encode())
