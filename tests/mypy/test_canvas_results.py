"""The class that mypy gives to the run of a canvas is the one that Celery makes."""

from __future__ import annotations

import re
import subprocess
import sys
import warnings

import pytest
from celery import Celery

PROGRAM = """\
from celery import Celery, chain, chord, group

app = Celery("canvas", broker="memory://", backend="cache+memory://", set_as_current=False)


@app.task
def one(n: int = 1) -> int:
    return n


@app.task
def total(parts: list[int]) -> int:
    return sum(parts)

"""

#: ``()`` of a signature runs the task itself, wherever it would run.
MAKES = [
    "one.s(1)",
    "group(one.s(1), one.s(2))",
    "group([one.s(1), one.s(2)])",
    "group(one.s(1))",
    "group(one.s(n) for n in (1, 2))",
    "chain(one.s(1), one.s())",
    "chain(one.s(1))",
    "chain(one.s(1), group(one.s(), one.s()))",
    "chain(one.s(1), group(one.s()))",
    "chain(group(one.s(1), one.s(2)), total.s())",
    "chain(group(one.s(1)), one.s())",
    "one.s(1) | one.s()",
    "one.s(1) | group(one.s(), one.s())",
    "one.s(1) | group(one.s())",
    "one.s(1) | group(one.s(), one.s()) | total.s()",
    "group(one.s(1), one.s(2)) | total.s()",
    "group(one.s(1)) | total.s()",
    "group(one.s(1), one.s(2)) | group(total.s(), total.s())",
    "chord([one.s(1), one.s(2)], total.s())",
    "chord(group(one.s(1), one.s(2)), total.s())",
    "chord([one.s(1), one.s(2)], group(total.s(), total.s()))",
    "one.map([1, 2])",
    "one.starmap([(1,)])",
    "one.chunks([(1,)], 1)",
    "one.chunks([(1,)], 1).group()",
]
RUNS = ("()", ".delay()", ".apply_async()", ".apply()")


@pytest.fixture(scope="module")
def revealed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Expression -> what mypy says that it is; one run for all."""
    folder = tmp_path_factory.mktemp("canvas")
    expressions = [f"({make}){run}" for make in MAKES for run in RUNS]
    text = PROGRAM + "".join(f"reveal_type({expression})\n" for expression in expressions)
    (folder / "canvas.py").write_text(text)
    (folder / "mypy.ini").write_text("[mypy]\nplugins = celery_registry.mypy\n")
    command = [sys.executable, "-m", "mypy", "--cache-dir", "/dev/null", "--no-error-summary", "canvas.py"]
    printed = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout
    found = re.findall(r'^canvas\.py:\d+: note: Revealed type is "(.*)"$', printed, re.MULTILINE)
    assert len(found) == len(expressions), printed
    return dict(zip(expressions, found, strict=True))


@pytest.fixture(scope="module")
def space() -> dict[str, object]:
    """The program, run."""
    found: dict[str, object] = {"__name__": "canvas"}
    exec(compile(PROGRAM, "canvas.py", "exec"), found)
    app = found["app"]
    assert isinstance(app, Celery)
    app.set_current()
    return found


@pytest.mark.parametrize("make", MAKES)
def test_the_class_is_celerys(make, revealed, space):
    for run in RUNS:
        expression = f"({make}){run}"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = eval(expression, space)
        said = revealed[expression].partition("[")[0]
        bases = {f"{cls.__module__}.{cls.__qualname__}".removeprefix("builtins.") for cls in type(made).__mro__}
        assert said == "Any" or said in bases, f"{expression}: {said}, not {type(made)}"
        if bases & {"celery.result.GroupResult"} and said != "Any":
            assert said == "celery.result.GroupResult", f"{expression}: {said}, not {type(made)}"
