"""Calls judged from source text say what mypy with the plugin says, or nothing.

Law: the oracle is the cases, whose comments are mypy's own words; every wrong line has its right twins beside it there.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest
from mypy_cases import CASES, expected_lines

from celery_registry.cli.static import judge_source
from celery_registry.contract.calls import judge_call
from celery_registry.settings import Settings, read_settings
from celery_registry.source.index import SourceIndex
from celery_registry.source.project import read_project

#: Wrong at run time, where mypy sees no types: a task bound to ``Task[..., Any]``, a base that mypy takes for ``Any``, an own
#: ``task`` that hands everything on.
MYPY_CANNOT_KNOW = {("own_applications.py", 67), ("registered.py", 36), ("registered.py", 78), ("real_classes.py", 95)}
#: How many of the lines that mypy calls wrong are found from text alone, at least; the rest needs types.
FOUND = {"agreement": 5, "calls": 59, "delegates": 10, "hostile": 103, "unseen": 14}
#: A task under a name of a class or a variable: mypy follows no values, and shows the name that is written or its class.
OWN_NAME = {("direct.py", 314), ("own_calls.py", 166), ("module_tasks.py", 28)}
_METHOD = re.compile(r'"\w+" of "\w+"')


def found_in(folder: Path) -> dict[tuple[str, int], list[str]]:
    found: dict[tuple[str, int], list[str]] = {}
    injected = read_settings(folder / "mypy.ini").injected_parameters
    index = SourceIndex.build(read_files(folder), injected=injected)
    for call in index.calls.calls:
        for finding in judge_call(call):
            place = Path(finding.origin.path).relative_to(folder).as_posix(), finding.origin.line
            found.setdefault(place, []).append(f"{finding.sentence}  [{finding.code}]")
    return found


def read_files(folder: Path):
    from celery_registry.source.files import find_files

    return find_files([folder], bases=[folder])


@pytest.mark.parametrize("folder", sorted(p for p in CASES.iterdir() if p.is_dir()), ids=lambda path: path.name)
def test_nothing_is_flagged_that_mypy_with_the_plugin_calls_right(folder: Path) -> None:
    promised = expected_lines(folder)
    wrong = {(path, line) for path, rows in promised.items() for line, kind, _ in rows if kind == "error"}
    found = found_in(folder)
    assert {place: found[place] for place in found.keys() - wrong - MYPY_CANNOT_KNOW} == {}
    said = {(path, line): text for path, rows in promised.items() for line, _, text in sorted(rows, reverse=True)}
    named = {place: _METHOD.findall(" ".join(found[place])) for place in found.keys() & said.keys() - OWN_NAME}
    assert {place: names for place, names in named.items() if not set(names) <= set(_METHOD.findall(said[place]))} == {}
    codes = r"\[(?:call-arg|arg-type)\]$"
    calls = {(p, line) for p, rows in promised.items() for line, _, text in rows if re.search(codes, text)}
    assert len(calls & found.keys()) >= FOUND.get(folder.name, 0)


PROGRAM = {
    "app.py": """
        from celery import Celery, shared_task
        app = Celery("shop")
        """,
    "tasks.py": """
        from celery import shared_task
        from app import app

        @app.task
        def send(to: str, copies: int = 1, *, urgent: bool = False) -> bool:
            return True

        @shared_task(bind=True)
        def store(self, *keys: int, **labels: str) -> None: ...
        """,
}
WRONG = [
    ('send.delay("a", 1, 2)', 'Too many arguments for "delay" of "send"  [call-arg]'),
    ("send.delay()", 'Missing positional argument "to" in call to "delay" of "send"  [call-arg]'),
    ('send.delay("a", kopies=2)', 'Unexpected keyword argument "kopies" for "delay" of "send"; did you mean "copies"?  [call-arg]'),
    ('send.delay("a", to="b")', '"delay" of "send" gets multiple values for keyword argument "to"  [call-arg]'),
    ("send.delay(5)", 'Argument 1 to "delay" of "send" has incompatible type "int"; expected "str"  [arg-type]'),
    ("send.apply_async([5])", 'Argument 1 to "send" has incompatible type "int"; expected "str"  [arg-type]'),
    ('send.apply_async(("a"))', 'Argument "args" has incompatible type "str"; expected a list or tuple of arguments  [arg-type]'),
    ("send.apply_async(user.id)", 'Argument "args" is "user.id", one value; expected a list or tuple of arguments  [arg-type]'),
    ('send.apply_async({"to": "a"})', 'Argument "args" is a dictionary; expected a list or tuple of arguments  [arg-type]'),
    ('send.apply_async(kwargs={"too": "a"})', 'Unexpected keyword argument "too" for "send"; did you mean "to"?  [call-arg]'),
    ('send.apply_async(("a",), countdwn=3)', 'Unexpected keyword argument "countdwn" for "apply_async" of "send"; did you mean "countdown"?  [call-arg]'),
    ('send.apply_async(("a",), countdown="10")', 'Argument "countdown" to "apply_async" of "send" has incompatible type "str"; expected "float | None"  [arg-type]'),
    ('send.apply_async(("a",), countdown=datetime.timedelta(minutes=1))', 'Argument "countdown" to "apply_async" of "send" has incompatible type "timedelta"; expected "float | None"  [arg-type]'),
    ('send.apply_async(("a",), expires=datetime.timedelta(minutes=1))', 'Argument "expires" to "apply_async" of "send" has incompatible type "timedelta"; expected "float | datetime | None"  [arg-type]'),
    ('send.apply_async(("a",), eta=60)', 'Argument "eta" to "apply_async" of "send" has incompatible type "int"; expected "datetime | None"  [arg-type]'),
    ('send.s("a", 1, 2)', 'Too many arguments for "send"  [call-arg]'),
    ("send.s().delay()", 'Missing positional argument "to" in call to "send"  [call-arg]'),
    ("send.si()", 'Missing positional argument "to" in call to "si" of "send"  [call-arg]'),
    ('store.delay("a")', 'Argument 1 to "delay" of "store" has incompatible type "str"; expected "int"  [arg-type]'),
    ("store.delay(a=1)", 'Argument "a" to "delay" of "store" has incompatible type "int"; expected "str"  [arg-type]'),
    ('app.send_task("tasks.send", (5,))', 'Argument 1 to "send" has incompatible type "int"; expected "str"  [arg-type]'),
    ('app.signature("tasks.send", args=(1, 2, 3))', 'Too many arguments for "send"  [call-arg]'),
    ('celery.signature("tasks.send", args=(1, 2, 3))', 'Too many arguments for "send"  [call-arg]'),
    ("send(copies=1)", 'Missing positional argument "to" in call to "send"  [call-arg]'),
    ('chain(send.s("a"), store.s(b="c"), send.s(1, 2))', 'Too many arguments for "send"  [call-arg]'),
    ('chain(send.s("a"), send.s(to="b"))', '"send" gets multiple values for keyword argument "to"  [call-arg]'),
    ('chain(send.s("a"), send.s("b"))', 'Argument 2 to "send" has incompatible type "str"; expected "int"  [arg-type]'),
    ('send.s("a") | send.s(1, 2)', 'Too many arguments for "send"  [call-arg]'),
    ('chain(send.s("a"), group(send.s(1, 2), send.s()))', 'Too many arguments for "send"  [call-arg]'),
    ('chord([send.s("a")], send.s(1, 2))', 'Too many arguments for "send"  [call-arg]'),
    ('chord([send.s("a")])(send.s(1, 2))', 'Too many arguments for "send"  [call-arg]'),
    ('send.apply_async(("a",), link=send.s(1, 2))', 'Too many arguments for "send"  [call-arg]'),
    ('send.apply_async(("a",), link_error=send.s())', 'Too many arguments for "send"  [call-arg]'),
    ('chain(send.s("a"), store.si(), link_error=send.s())', 'Too many arguments for "send"  [call-arg]'),
    ('group(send.s("a"), link_error=[send.s()])', 'Too many arguments for "send"  [call-arg]'),
    ('chord([send.s("a")], store.si(), link_error=send.s())', 'Too many arguments for "send"  [call-arg]'),
    ('send.s("a").on_error(send.s())', 'Too many arguments for "send"  [call-arg]'),
    ('chord([send.s("a")], store.si()).on_error(send.s())', 'Too many arguments for "send"  [call-arg]'),
    ('send.apply_async(("a",), link=[send.s(1, 2)])', 'Too many arguments for "send"  [call-arg]'),
    ("chain(send.s(), send.s()).delay()", 'Missing positional argument "to" in call to "send"  [call-arg]'),
    ("(send.s() | send.s()).apply_async(countdown=3)", 'Missing positional argument "to" in call to "send"  [call-arg]'),
    ("group(send.s() for _ in values)()", 'Missing positional argument "to" in call to "send"  [call-arg]'),
    ('group(send.s("a"), send.s("b")) | send.s(to="c")', '"send" gets multiple values for keyword argument "to"  [call-arg]'),
    ('group([send.s("a")]) | send.s(1, 2)', 'Too many arguments for "send"  [call-arg]'),
    ('chain(send.s("a"), send.s()) | send.s(to="c")', '"send" gets multiple values for keyword argument "to"  [call-arg]'),
    ('(group(send.s(), send.s("b")) | store.s()).delay()', 'Missing positional argument "to" in call to "send"  [call-arg]'),
    ("chord([send.s()])(store.s())", 'Missing positional argument "to" in call to "send"  [call-arg]'),
]  # fmt: skip
RIGHT = [
    'send.delay("a", 1, urgent=True)',
    'celery.signature("tasks.send", args=("a", 1))',
    'send.apply_async(("a",), link_error=store.s())',
    'send.apply_async(("a",), link_error=[send.si("b"), send.s(1)])',
    'send.apply_async(("a",), countdown=60.5, expires=datetime.datetime(2030, 1, 1))',
    'send.apply_async(("a",), countdown="", eta="2030-01-01", expires=60)',
    'send.apply_async(("a",), countdown=60, eta=60)',
    'send.apply_async(("a",), countdown=datetime.timedelta(minutes=1).total_seconds(), eta=None)',
    'send.apply_async(("a",), countdown=times.timedelta(minutes=1))',
    'send.s("a").on_error(store.s())',
    'chain(send.s("a"), send.si("b"), link_error=store.s())',
    'group(send.s("a"), link_error=[store.s(), send.si("b")])',
    'chord([send.s("a")], store.si(), link_error=store.s())',
    'itertools.chain(send.s("a"), link_error=send.s())',
    'send.delay(f"{1}", copies=True)',
    "send.delay(*values)",
    "send.delay(**values)",
    'send.apply_async(["a"], {"copies": 2}, countdown=3, MessageGroupId="x")',
    "send.apply_async(values)",
    "send.apply_async((*values,), dict(values))",
    'send.apply_async(args=None, kwargs={"to": "a"})',
    "send.s()",
    "send.s(copies=2)",
    'chain(send.s("a"), send.s(2), send.si("b", 2), send.s(urgent=True))',
    "chain(*values, send.s(1, 2))",
    "chain(send.s(1, 2) for _ in values)",
    "chain([send.s(), send.s(1)])",
    "chain(send.s(), send.s()).delay('a')",
    "chain(send.s(), send.s()).apply_async(('a',))",
    "chain(send.s(), send.s()).apply_async(**values)",
    "itertools.chain(send.s('a', 1), send.s('a', 1))",
    "values | send.s('a', 1)",
    "chord(values)(send.s(2))",
    "group(send.s('a'), values)()",
    'send.s("a").delay()',
    "chain(*values) | send.s('a', 1)",
    "chain(values) | send.s('a', 1)",
    "values.group(send.s('a')) | send.s('a', 1)",
    "group(*values) | send.s(2)",
    "store.delay(1, 2, a='b')",
    "app.send_task('tasks.sent', (5, 6, 7, 8))",
    "app.send_task(values, (5, 6, 7, 8))",
    "[send.delay(1, 2, 3) for send in values]",
    "(lambda send: send.delay(1, 2, 3))(values)",
    "values.delay(1, 2, 3)",
    "send.delay(5)  # type: ignore[arg-type]",
    "send.delay(5)  # celery-registry: ignore[arg-type]",
]


def check(tmp_path: Path, lines: list[str], monkeypatch: pytest.MonkeyPatch) -> dict[int, list[str]]:
    import textwrap

    from celery_registry.cli.static import judge_source

    for name, text in PROGRAM.items():
        (tmp_path / name).write_text(textwrap.dedent(text))
    head = "import celery, datetime, itertools\nfrom celery import chain, chord, group\nfrom app import app\nfrom tasks import send, store\n"
    head += "\ndef use(values) -> None:\n"
    (tmp_path / "views.py").write_text(head + "".join(f"    {line}\n" for line in lines))
    monkeypatch.chdir(tmp_path)
    report = judge_source(Settings(), ["."])
    found: dict[int, list[str]] = {}
    for finding in report.findings:
        found.setdefault(finding.origin.line - 7, []).append(f"{finding.sentence}  [{finding.code}]")
    return found


def test_each_mistake_is_found_in_mypys_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = check(tmp_path, [line for line, _ in WRONG], monkeypatch)
    assert found == {number: [words] for number, (_, words) in enumerate(WRONG)}


def test_right_calls_and_those_that_nobody_can_judge_are_silent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert check(tmp_path, RIGHT, monkeypatch) == {}


OWN_SENDING = """
from datetime import timedelta
from celery import Celery, Task

class Own(Celery):
    def send_task(self, name, args=None, kwargs=None, countdown=None, **options):
        return super().send_task(name, args, kwargs, countdown=countdown.total_seconds(), **options)

class Timed(Task):
    def apply_async(self, args=None, kwargs=None, countdown=None, **options):
        return super().apply_async(args, kwargs, countdown=countdown.total_seconds(), **options)

app = Own("own")

@app.task(name="send", base=Timed)
def send(to: str) -> None: ...

send.apply_async(("a",), countdown=timedelta(1))
app.send_task("send", ("a",), countdown=timedelta(1))
"""


def test_a_method_of_the_programs_own_may_take_options_of_other_types(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from celery_registry.cli.static import judge_source

    (tmp_path / "own.py").write_text(OWN_SENDING)
    monkeypatch.chdir(tmp_path)
    assert judge_source(Settings(), ["."]).findings == ()


def test_what_is_not_judged_is_counted_with_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check(tmp_path, RIGHT, monkeypatch)
    calls = read_project(["."], Settings()).index.calls
    assert calls.unseen["nothing says which task this is"] == 3
    assert calls.unseen["the task's name is computed"] == 1
    assert calls.unseen["the task is not in these files"] == 1


def test_a_file_that_only_retries_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = (
        "from celery import shared_task\n\n\n@shared_task(bind=True)\ndef load(self, url: str, attempt: int = 0) -> None:\n"
        "    self.retry(kwargs={'attempt': 1})\n    self.retry(kwargs={'atempt': 1})\n"
    )
    (tmp_path / "tasks.py").write_text(text)
    calls = read_project(["."], Settings()).index.calls.calls
    assert [(f.origin.line, f.sentence) for call in calls for f in judge_call(call)] == [
        (7, 'Unexpected keyword argument "atempt" for "load"; did you mean "attempt"?')
    ]


OWN = """
    from celery import shared_task
    from app import app

    @app.task(bind=True)
    def load(self, url: str, attempt: int = 0) -> None:
        self.retry(kwargs={"atempt": 1})  # !
        self.retry(args=[url, 1, 2])  # !
        self.retry((url,), {"url": url})  # !
        self.delay(url, atempt=1)  # !
        self.apply_async((url, 1, 2))  # !
        self.retry(exc=ValueError())
        self.retry(kwargs={"attempt": attempt + 1})
        self.retry(args=[url], countdown=3)
        self.retry(args=(url,), kwargs={"attempt": 2}, max_retries=3)
        self.retry(**{"args": (1, 2, 3)})
        self.delay(url, attempt=1)

        def later(self):
            self.retry(kwargs={"atempt": 1})

        [self.retry(kwargs={"atempt": 1}) for self in ()]

    @app.task(bind=True)
    def rebound(self, url: str) -> None:
        self = object()
        self.retry(kwargs={"atempt": 1})

    @shared_task
    def unbound(self, url: str) -> None:
        self.retry(kwargs={"atempt": 1})

    class Session:
        def retry(self, url: str) -> None:
            self.retry(kwargs={"atempt": 1})
    """


def test_a_bound_task_is_held_to_its_own_parameters_by_its_self(tmp_path: Path, monkeypatch) -> None:
    import textwrap

    from celery_registry.cli.static import judge_source

    text = textwrap.dedent(OWN)
    (tmp_path / "app.py").write_text(textwrap.dedent(PROGRAM["app.py"]))
    (tmp_path / "own.py").write_text(text)
    monkeypatch.chdir(tmp_path)
    found = [finding.origin.line for finding in judge_source(Settings(), ["."]).findings]
    assert found == [number for number, line in enumerate(text.splitlines(), 1) if line.endswith("# !")]


CLASSES = """
    from celery import Task
    from app import app

    class Through(Task):
        def __call__(self, *args, **kwargs):
            with open("app.py"):
                return super().__call__(*args, **kwargs)

    class Runs(Through):
        def __call__(self, *args, **kwargs):
            return self.run(*args, **kwargs)

    class Supplies(Task):
        def __call__(self, *args, **kwargs):
            return super().__call__(1, *args, **kwargs)

    class Changes(Task):
        def __call__(self, *args, **kwargs):
            kwargs.pop("tenant", None)
            return super().__call__(*args, **kwargs)

    class Sends(Task):
        def apply_async(self, args=None, kwargs=None, task_id=None, priorty=None, **options):
            headers = dict(options.pop("headers", None) or {})
            return super().apply_async(args, kwargs, task_id or "x", headers=headers, **options)

    class Fills(Task):
        def apply_async(self, args=None, kwargs=None, **options):
            return super().apply_async(args, {"number": 1, **(kwargs or {})}, **options)

    @app.task(base=Sends)
    def sends(number: int) -> None: ...

    @app.task(base=Fills)
    def fills(number: int) -> None: ...

    @app.task(base=Through)
    def through(number: int) -> None: ...

    @app.task(base=Runs)
    def runs(number: int) -> None: ...

    @app.task(base=Supplies)
    def supplied(session: int, number: int) -> None: ...

    @app.task(base=Changes)
    def changed(number: int) -> None: ...

    def use() -> None:
        through.delay()  # !
        through.delay(1, 2)  # !
        runs.apply_async(kwargs={"numbr": 1})  # !
        through.s(1, 2)  # !
        through.delay("1")  # !
        through(1, 2)  # !
        sends.delay(1)
        sends.delay(1, 2)  # !
        sends.apply_async((1,), priorty=3)
        sends.apply_async((), queue="q")  # !
        app.send_task("own.sends", (1,), queeu="q")  # !
        fills.delay()
        supplied.delay(1)  # !
        supplied.delay("1", 2)
        supplied.s(1)
        supplied(1)
        app.send_task("own.supplied", (1,))
        changed.delay(1, tenant=2)  # !
        changed.apply_async((1,), {"tenant": 2})  # !
        changed.apply_async((1,), countdown=2)
        changed.s(1, tenant=2)
    """


def test_a_class_that_hands_everything_on_changes_no_argument(tmp_path: Path, monkeypatch) -> None:
    """Celery itself holds ``delay`` to the function: what such a class is given is what the function is given."""
    import subprocess
    import sys
    import textwrap

    from celery_registry.cli.static import judge_source

    text = textwrap.dedent(CLASSES)
    app = 'from celery import Celery\n\napp = Celery("shop", broker="memory://", strict_typing=True)\n'
    (tmp_path / "app.py").write_text(app)
    (tmp_path / "own.py").write_text(text)
    monkeypatch.chdir(tmp_path)
    found = [finding.origin.line for finding in judge_source(Settings(), ["."]).findings]
    assert found == [number for number, line in enumerate(text.splitlines(), 1) if line.endswith("# !")]
    for call in (
        "sends.delay(1, 2)",
        "sends.apply_async((), queue='q')",
        "through.delay()",
        "through.delay(1, 2)",
        "runs.apply_async(kwargs={'numbr': 1})",
        "through.s(1, 2).delay()",
        "through(1, 2)",
        "supplied.delay(1)",
        "changed.delay(1, tenant=2)",
        "changed.apply_async((1,), {'tenant': 2})",
    ):
        done = subprocess.run([sys.executable, "-c", f"from own import *\n{call}"], capture_output=True, text=True)
        assert done.stderr.splitlines()[-1].startswith("TypeError: "), call
    for loose in ("False", "is_strict", "True if is_strict else False"):
        (tmp_path / "app.py").write_text(f"from settings import is_strict\n{app.replace('g=True', f'g={loose}')}")
        assert [finding.problem for finding in judge_source(Settings(), ["."]).findings] == ["call-unknown-option"]
    # What ``__call__`` supplies is right where Celery looks at nothing, however the program says so.
    (tmp_path / "app.py").write_text(app)
    own = [number for number, line in enumerate(text.splitlines(), 1) if line.endswith("# !")]
    before = [
        n for n in own if "supplied" not in text.splitlines()[n - 1] and "changed" not in text.splitlines()[n - 1]
    ]
    for says in (
        "TYPING = {'typing': False}\n",
        "def loosen(task):\n    task.typing = False\n",
        "def loosen(task):\n    setattr(task, 'typing', False)\n",
    ):
        (tmp_path / "settings.py").write_text(says)
        assert [finding.origin.line for finding in judge_source(Settings(), ["."]).findings] == before, says


FLASKS = """
    from celery import Celery

    def make_celery(app):
        celery = Celery("shop", broker="memory://")
        celery.conf.update(app.config)
        TaskBase = celery.Task

        class ContextTask(TaskBase):
            abstract = True

            def __call__(self, *args, **kwargs):
                with app.app_context():
                    return TaskBase.__call__(self, *args, **kwargs)

        celery.Task = ContextTask
        return celery

    from web import web

    app = make_celery(web)

    @app.task
    def send(number: int) -> None: ...

    def use() -> None:
        send.delay(1)
        send.delay(numbr=1)  # !
    """


def test_the_class_that_flasks_documentation_made_is_read(tmp_path: Path, monkeypatch) -> None:
    import textwrap

    from celery_registry.cli.static import judge_source

    monkeypatch.chdir(tmp_path)
    (tmp_path / "web.py").write_text("import flask\n\nweb = flask.Flask(__name__)\n")
    right = textwrap.dedent(FLASKS)
    wrong = right.replace("TaskBase.__call__(self, *args", "TaskBase.__call__(self, app, *args")
    # What stands below a class that nobody can see may change anything.
    hidden = right.replace("TaskBase = celery.Task", "TaskBase = app.task_class")
    # Whatever such a class does when it is called: Celery has looked at the arguments before.
    for text, marks in ((right, 1), (wrong, 1), (hidden, 0)):
        (tmp_path / "own.py").write_text(text)
        found = [finding.origin.line for finding in judge_source(Settings(), ["."]).findings]
        lines = [number for number, line in enumerate(text.splitlines(), 1) if line.endswith("# !")]
        assert found == lines[:marks]


def test_what_register_task_gives_back_is_the_task(tmp_path: Path, monkeypatch) -> None:
    import textwrap

    from celery_registry.cli.static import judge_source

    text = """
        from celery import Celery, Task
        from elsewhere import make

        app = Celery("shop")


        class Close(Task):
            name = "close"

            def run(self, month: str) -> None: ...


        close = app.register_task(Close())
        made = app.register_task(make())


        def use() -> None:
            close.delay(mont="x")  # !
            close.delay("a", "b")  # !
            close.delay(month="x")
            made.delay(mont="x")
        """
    (tmp_path / "tasks.py").write_text(textwrap.dedent(text))
    monkeypatch.chdir(tmp_path)
    found = judge_source(Settings(), ["."]).findings
    assert [f.origin.line for f in found] == [
        n for n, line in enumerate(textwrap.dedent(text).splitlines(), 1) if "# !" in line
    ]
    assert found[0].sentence == ('Unexpected keyword argument "mont" for "delay" of "close"; did you mean "month"?')


def test_a_file_that_calls_a_task_as_a_function_alone_is_read(tmp_path: Path, monkeypatch) -> None:
    import textwrap

    from celery_registry.cli.static import judge_source

    for name, text in PROGRAM.items():
        (tmp_path / name).write_text(textwrap.dedent(text))
    (tmp_path / "command.py").write_text("from tasks import send as really_send\n\nreally_send('a')\nreally_send()\n")
    monkeypatch.chdir(tmp_path)
    assert [finding.origin.line for finding in judge_source(Settings(), ["."]).findings] == [4]


SHAPES = {
    "app.py": """
        from celery import Celery, Task

        def make(name):
            celery = Celery(name)
            Base = celery.Task

            class ContextTask(Base):
                abstract = True

                def __call__(self, *args, **kwargs):
                    with celery.connection():
                        return Base.__call__(self, *args, **kwargs)

            celery.Task = ContextTask
            return celery

        app = make("shop")

        class Queues:
            MAIL = "mail"
            OPTIONS = {"queue": "mail"}

        class Rewriting(Task):
            def __call__(self, *args, **kwargs):
                return self.run(*map(str, args))

        class Sending(Task):
            def apply_async(self, args=None, kwargs=None, **options):
                return super().apply_async((args,), kwargs, **options)
        """,
    "tasks.py": """
        from celery import shared_task
        from app import Queues, Rewriting, Sending, app
        from elsewhere import hides

        @app.task
        def load(key): ...

        @shared_task(bind=True)
        @hides
        def hidden(self, row):
            try:
                row.load()
            except OSError as exc:
                raise self.retry(exc)  # !
            except ValueError as error:
                raise self.retry(exc=error)
            if row is None:
                self.retry(ValueError("none"))  # !
            self.retry(exc=ValueError("none"))

        @shared_task(typing=False)
        def loose(key): ...

        @shared_task(base=Rewriting)
        def rewritten(key): ...

        @shared_task(base=Sending)
        def own(key): ...

        @hides
        @shared_task
        def above(key): ...

        def send(row, key, rows):
            load.apply_async(row.id, countdown=5)  # !
            load.apply_async((row.id,), countdown=5)
            load.apply_async((row.id, None))  # !
            hidden.apply_async((str(key)), queue="mail")  # !
            hidden.apply_async((str(key),), queue="mail")
            hidden.apply_async(("a"))  # !
            hidden.apply_async([key], countdwn=5)  # !
            hidden.apply_async([key], countdown=5)
            hidden.apply_async(rows)
            loose.apply_async(args=(row.id))  # !
            loose.apply_async(args=(row.id, 1, 2))
            rewritten.apply_async(row.id)  # !
            rewritten.apply_async((row.id, 1, 2))
            own.apply_async(row.id)
            above.apply_async(row.id)
            app.send_task("tasks.hidden", str(key))  # !
            app.send_task("tasks.hidden", (str(key),))
            hidden.apply_async([key], Queues.MAIL)  # !
            hidden.apply_async([key], queue=Queues.MAIL)
            hidden.apply_async([key], Queues.OPTIONS)
            hidden.apply_async([key], row.options)
            hidden.apply_async([key], ["mail"])  # !
            hidden.apply_async([key], None)
            load.apply_async([key], "mail")  # !
            load.apply_async([key], kwargs=f"{key}")  # !
            load.apply_async([key], {}, "some-id")
            load.apply_async([key], ())
            own.apply_async([key], "mail")
            app.send_task("tasks.hidden", [key], "mail")  # !
        """,
}


def test_what_no_task_takes_is_told_where_the_parameters_are_not_known(tmp_path: Path) -> None:
    for name, text in SHAPES.items():
        (tmp_path / name).write_text(textwrap.dedent(text))
    lines = textwrap.dedent(SHAPES["tasks.py"]).splitlines()
    report = judge_source(Settings(), [str(tmp_path)])
    assert {f.origin.line for f in report.findings} == {n for n, line in enumerate(lines, 1) if "# !" in line}


VARIABLES = {
    "tasks.py": """
        from celery import chain, chord, shared_task
        from elsewhere import chord as theirs

        @shared_task
        def part(key): ...

        @shared_task
        def total(keys): ...

        @shared_task
        def told(results, keys): ...

        def by_keyword(keys):
            body = total.s(keys=keys)  # !
            chord(header=[part.s(key) for key in keys], body=body).delay()

        def by_place(keys):
            body = total.s(keys)  # !
            chord([part.s(key) for key in keys], body).delay()

        def called(keys):
            body = total.s(keys)  # !
            chord([part.s(key) for key in keys])(body)

        def chained(keys):
            last = total.s(keys)  # !
            chain(part.s(1), last).delay()

        def immutable(keys):
            body = total.si(keys=keys)
            chord([part.s(key) for key in keys], body).delay()

        def fits(keys):
            body = told.s(keys)
            chord([part.s(key) for key in keys], body).delay()

        def twice_set(keys, late):
            body = total.s(keys)
            if late:
                body = told.s(keys)
            chord([part.s(key) for key in keys], body).delay()

        def twice_used(keys):
            body = total.s(keys)
            body.args = ()
            chord([part.s(key) for key in keys], body).delay()

        def of_another(keys):
            body = total.s(keys)
            theirs([part.s(key) for key in keys], body).delay()
        """,
}


def test_a_signature_in_a_variable_is_fed_by_its_canvas(tmp_path: Path) -> None:
    (tmp_path / "tasks.py").write_text(textwrap.dedent(VARIABLES["tasks.py"]))
    lines = textwrap.dedent(VARIABLES["tasks.py"]).splitlines()
    report = judge_source(Settings(), [str(tmp_path)])
    assert {f.origin.line for f in report.findings} == {n for n, line in enumerate(lines, 1) if "# !" in line}


PARTIALS = """
    import functools
    from functools import partial

    from celery import Celery
    from django.db import transaction

    app = Celery("partials")

    @app.task
    def add(x: int, y: int) -> int:
        return x + y

    class Own:
        def partial(self, *values): ...
        def on_commit(self, function): ...

    def kept(own: Own, values):
        partial(add.delay, 1)
        partial(add.delay, *values)
        partial(add.apply_async, countdown=3)
        partial(add.apply_async, (1, 2), MessageGroupId="x")
        own.partial(add.delay, 1, 2, 3)
        own.on_commit(partial(add.delay, 1))
        functools.partial(add.delay, 1, 2, 3)  # !
        partial(add.delay, z=3)  # !
        partial(add.delay, "1")  # !
        partial(add.apply_async, ("1",))  # !
        partial(add.apply_async, (1, 2), countdwn=3)  # !

    def alone(values, partial_of):
        transaction.on_commit(partial(add.delay, 1, 2))
        transaction.on_commit(partial(add.apply_async, kwargs={"x": 1, "y": 2}), using="other")
        transaction.on_commit(partial(add.delay, *values))
        transaction.on_commit(partial_of(add.delay, 1))
        transaction.on_commit(partial(add.delay, 1))  # !
        transaction.on_commit(func=partial(add.apply_async, (1,), countdown=3))  # !

    @app.on_after_configure.connect
    def beat(sender: Celery, **kwargs):
        sender.add_periodic_task(10, add.s(1, 2), name="a", expires=3, MessageGroupId="x")
        sender.add_periodic_task(10, add.s(1, 2), name="b", expirs=3)  # !
    """


def test_a_partial_is_a_call_of_later_and_an_entry_has_options(tmp_path: Path) -> None:
    text = textwrap.dedent(PARTIALS)
    (tmp_path / "tasks.py").write_text(text)
    report = judge_source(Settings(), [str(tmp_path)])
    assert {f.origin.line for f in report.findings} == {
        n for n, line in enumerate(text.splitlines(), 1) if "# !" in line
    }


def test_an_errback_is_advised_by_what_celery_gives_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = (
        "from celery import shared_task\n\n\n@shared_task\ndef work() -> None: ...\n\n\n"
        "@shared_task(bind=True)\ndef bound(self, request, exc, trace) -> None: ...\n\n\n"
        "@shared_task\ndef free(request, exc, trace) -> None: ...\n\n\n@shared_task\ndef two(request, exc) -> None: ...\n\n\n"
        "work.apply_async(link_error=bound.s())\nwork.apply_async(link_error=free.s())\n"
        "work.apply_async(link_error=two.s())\n"
    )
    Path("jobs.py").write_text(text)
    told = [(f.task.rpartition(".")[2], f.sentence, f.hint) for f in judge_source(Settings(), ["."]).findings]
    assert told == [
        (
            "bound",
            'Missing positional arguments "exc", "trace" in call to "bound"',
            "take what Celery gives: an errback with bind=True is given the task's id alone; (request, exc, traceback) is for "
            "one without bind=True that takes more than one argument",
        ),
        (
            "two",
            'Too many arguments for "two"',
            "take what Celery gives: an errback is given the task's id or, where it takes more than one argument, "
            "(request, exc, traceback)",
        ),
    ]
