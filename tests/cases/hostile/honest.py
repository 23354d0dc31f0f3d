"""Values and containers of honest programs, against parameters of every kind."""
from __future__ import annotations
from typing import Any, Iterable
from celery import Celery, shared_task, group, chain
from celery.canvas import Signature
import datetime as dt
import enum
app = Celery("m")
class Color(str, enum.Enum):
    RED = "red"
class N(enum.IntEnum):
    A = 1
@app.task
def t(a: int, when: dt.datetime, c: Color, f: float = 1.0, b: bytes = b"", *, o: object = None) -> dict[str, int]: return {}
@app.task
def u(d: dict[str, Any], n: N = N.A) -> None: ...
@app.task
def v(d: dict[str, float]) -> None: ...
@app.task
def w(items: list[dict[str, Any]], *, s: set[int] | None = None) -> None: ...
@app.task
def x(items: Iterable[str]) -> None: ...
@app.task(serializer="pickle")
def y(obj: object) -> None: ...
def honest(day: dt.date, now: dt.datetime, d: dict[str, int], anys: Any, ids: list[int], names: set[str], maybe: dt.datetime | None, opt: int | None) -> None:
    t.delay(1, now, Color.RED)
    t.delay(True, now, Color.RED, 3, b"x", o=[1])
    t.delay(N.A, now, Color("red"), f=ids[0])
    t.apply_async((1, now, Color.RED), {"o": None})
    t.apply_async(args=[ids[0], maybe or now, Color.RED])
    t.apply_async(args=[opt or 0, now, Color.RED, 3], kwargs={"b": b"x"})
    u.delay({"a": 1})
    u.delay(dict(a=1, b="x"))
    u.delay({**d, "x": "y"}, n=N.A)
    u.apply_async(({"a": 1, "b": [1, None]},))
    u.apply_async(kwargs={"d": {"a": {"b": 1}}})
    u.apply_async(kwargs=dict(d=dict(a=1)))
    u.apply_async([d])
    v.delay({"a": 1})
    v.apply_async(({"a": 1},))
    v.apply_async(kwargs={"d": {"a": 1}})
    v.apply_async(kwargs=dict(d={"a": 1}))
    w.delay([{"a": i} for i in ids])
    w.apply_async(([{"a": i} for i in ids],))
    w.apply_async(args=[[{"a": i} for i in ids]], kwargs={"s": set(ids)})
    w.apply_async(args=[[dict(a=i) for i in ids]], kwargs={"s": {1} if ids else None})
    w.apply_async(kwargs={"items": [], "s": set()})
    x.delay(names)
    x.delay(n for n in names)
    x.apply_async((sorted(names),))
    x.apply_async((list(names),))
    x.apply_async(([str(i) for i in ids],))
    x.apply_async((map(str, ids),))
    x.apply_async(({k: v for k, v in d.items()},))
    x.apply_async([d.keys()])
    y.delay(honest)
    y.delay(lambda: 3)
    (t.s(1, now, Color.RED) | v.s())()
    (t.s(1, now, Color.RED) | u.s())()
    chain(t.s(1, now, Color.RED), u.s(n=N.A)).delay()
    group(t.s(i, now, Color.RED) for i in ids)().get()
    group([t.s(i, now, Color.RED) for i in ids] + [u.s({})]).delay()
    sigs: list[Signature[Any]] = [t.s(i, now, Color.RED) for i in ids]
    sigs.extend(u.s({}) for _ in ids)
    sigs += [v.s({"a": 1.0})]
    group(sigs).apply_async(countdown=3)
    group(*sigs)(countdown=3)
    (group(sigs) | w.s())()
    chain(*sigs, u.si({}))()
    chain(sigs[0], *sigs[1:]).apply_async()
    t.starmap([(1, now, Color.RED)])
    u.map([{"a": 1}, {"b": "x"}])
    x.map([["a"], ("b",), {"c"}])
    v.map([{"a": 1}])
    t.chunks([(i, now, Color.RED) for i in ids], 10).group().apply_async()
    t.chunks(((i, now, Color.RED) for i in ids), 10)()
    t.apply_async((1, now, Color.RED), link=u.s(), link_error=[u.si({})])
    t.apply_async((1, now, Color.RED), link=[u.s(n=N.A)])
    t.apply_async((1, now, Color.RED), link=group(u.s(), v.s()))
    t.apply_async((1, now, Color.RED), link=chain(u.s(), v.si({})))
    app.send_task("honest.u", ({"a": 1},))
    app.send_task("honest.v", kwargs={"d": {"a": 1}})
    app.send_task("honest.w", [[{"a": 1}]])
    app.send_task("honest.x", [names])
    for task, args in ((t, (1, now, Color.RED)), (u, ({},))):
        task.apply_async(args)
    t.s(1).delay(now, Color.RED)  # E: Argument 1 to "t" has incompatible type "datetime"; expected "int"  [arg-type]  # E: Argument 2 to "t" has incompatible type "Color"; expected "datetime"  [arg-type]  # E: Argument 3 to "t" has incompatible type "int"; expected "Color"  [arg-type]
    t.s(now, Color.RED).delay(1)
    t.s(Color.RED).apply_async((1, now))
    t.s(c=Color.RED).apply_async((1,), {"when": now})
    t.s(c=Color.RED).apply_async(kwargs={"a": 1, "when": now})


@shared_task
def shared_int(n: int) -> None: ...


@shared_task
def shared_str(s: str) -> None: ...


def pairs(flag: bool) -> None:
    for task, args in ((shared_int, (1,)), (shared_str, ("x",))):
        task.apply_async(args)
    for one, kwargs in ((shared_int, {"n": 1}), (shared_str, {"s": "x"})):
        one.apply_async(kwargs=kwargs)
    chosen, given = (shared_int, (1,)) if flag else (shared_str, ("x",))
    chosen.apply_async(given)
    (shared_int if flag else shared_str).apply_async((1,) if flag else ("x",))
    (shared_int if flag else shared_str).apply_async(args=(1 if flag else "x",))
    either = (1,) if flag else ("x",)
    (shared_int if flag else shared_str).apply_async(either)
    (shared_int.delay if flag else shared_str.delay)(1 if flag else "x")  # type: ignore[arg-type]
    for signature in (shared_int.s(1), shared_str.s("x")):
        signature.apply_async()
        signature.delay()
