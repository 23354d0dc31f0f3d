"""Canvas in every shape: what feeds what, what is complete, what only may become so."""
import functools
from typing import Any, Optional, Union

from celery import Celery, chain, chord, group, shared_task, signature
from celery.canvas import Signature
from celery.schedules import crontab

app = Celery("canvas")


@shared_task
def fetch(url: str) -> int:
    return 1


@app.task
def store(size: int, bucket: str, *, public: bool = False) -> str:
    return bucket


@shared_task
def publish(key: str) -> None: ...


@shared_task
def total(sizes: list[int], label: str = "") -> int:
    return sum(sizes)


@shared_task
def noop() -> None: ...


@shared_task
def any_result(*results: Any, **options: Any) -> Any: ...


@shared_task
def optional(size: Optional[int] = None) -> Optional[int]:
    return size


@shared_task
def pair(url: str) -> tuple[int, str]:
    return 1, url


@shared_task
def either(url: str) -> Union[int, str]:
    return 1


@shared_task(bind=True)
def bound(self: Any, size: int) -> int:
    return size


@shared_task
def failed(request: Any, exc: Any, traceback: Any) -> None: ...


@shared_task
def objects(items: list[object]) -> None: ...


@shared_task
def floats(size: float) -> None: ...


def partials() -> None:
    store.s()
    store.s(1)
    store.s("b")
    store.s(1, "b", public=True)
    store.s(bucket="b")
    store.s(bucket=3)  # E: Argument "bucket" to "store" has incompatible type "int"; expected "str"  [arg-type]
    store.s(buckt="b")  # E: Unexpected keyword argument "buckt" for "store"; did you mean "bucket"?  [call-arg]
    store.s(1, "b", True)  # E: Too many positional arguments for "store"  [call-arg]
    store.s(1, "b").delay()
    store.s("b").delay(1)
    store.s(1, "b")()
    store.s("b")(1)
    noop.s()
    noop.s(1)  # E: Too many arguments for "noop"  [call-arg]
    fetch.s(3)  # E: Argument 1 to "fetch" has incompatible type "int"; expected "str"  [arg-type]
    fetch.s("u", "v")  # E: Too many arguments for "fetch"  [call-arg]
    fetch.si("u")
    fetch.si(3)  # E: Argument 1 to "si" of "fetch" has incompatible type "int"; expected "str"  [arg-type]
    fetch.si()  # E: Missing positional argument "url" in call to "si" of "fetch"  [call-arg]
    store.s("b").clone((1,))
    store.s(1, "b").set(countdown=3).apply_async()
    any_result.s(1, a=2)
    functools.partial(fetch.s, "u")()
    [fetch.s(url) for url in ("u", "v")]
    [fetch.s(url) for url in (1, 2)]  # E: Argument 1 to "fetch" has incompatible type "int"; expected "str"  [arg-type]


def chains(flag: bool, urls: list[str]) -> None:
    (fetch.s("u") | store.s("b") | publish.s())()
    (fetch.s("u") | store.s("b") | bound.s())()  # E: Argument 1 to "bound" has incompatible type "str"; expected "int"  [arg-type]
    fetch.s("u") | noop.si()
    fetch.s("u") | noop.s()  # E: Too many arguments for "noop"  [call-arg]
    fetch.s("u") | publish.si("x")
    fetch.s("u") | publish.s()  # E: Argument 1 to "publish" has incompatible type "int"; expected "str"  [arg-type]
    fetch.s("u") | publish.s("x")  # E: Argument 1 to "publish" has incompatible type "int"; expected "str"  [arg-type]  # E: Too many arguments for "publish"  [call-arg]
    fetch.s("u") | store.si(1, "b")
    fetch.s("u") | store.si("b")  # E: Argument 1 to "si" of "store" has incompatible type "str"; expected "int"  [arg-type]  # E: Missing positional argument "bucket" in call to "si" of "store"  [call-arg]
    fetch.s("u") | any_result.s() | publish.s()
    fetch.s("u") | optional.s()
    fetch.s("u") | floats.s()
    fetch.s("u") | optional.s() | store.s("b")  # E: Argument 1 to "store" has incompatible type "int | None"; expected "int"  [arg-type]
    either.s("u") | store.s("b")  # E: Argument 1 to "store" has incompatible type "int | str"; expected "int"  [arg-type]
    pair.s("u") | store.s("b")  # E: Argument 1 to "store" has incompatible type "tuple[int, str]"; expected "int"  [arg-type]
    noop.s() | publish.s()
    noop.si() | noop.si() | fetch.s("u")  # E: Too many arguments for "fetch"  [call-arg]
    chain(fetch.s("u"), store.s("b"))()
    chain(fetch.s("u"), store.s("b"), bound.s())()  # E: Argument 1 to "bound" has incompatible type "str"; expected "int"  [arg-type]
    chain(fetch.s("u"), store.s())()  # E: Missing positional argument "bucket" in call to "store"  [call-arg]
    chain([fetch.s("u"), publish.s()])()  # E: Argument 1 to "publish" has incompatible type "int"; expected "str"  [arg-type]
    chain((fetch.s("u"), publish.s()))()  # E: Argument 1 to "publish" has incompatible type "int"; expected "str"  [arg-type]
    chain(fetch.s("u"))()
    chain(fetch.s(), store.s("b"))("u")
    chain(fetch.s(url) for url in urls)
    chain(*[fetch.si(url) for url in urls])
    chain(fetch.s("u") | store.s("b"), publish.s())
    chain(fetch.s("u") | store.s("b"), bound.s())  # E: Argument 1 to "bound" has incompatible type "str"; expected "int"  [arg-type]
    first = fetch.s("u")
    first | store.s("b")
    first | publish.s()  # E: Argument 1 to "publish" has incompatible type "int"; expected "str"  [arg-type]
    second = publish.s()  # E: Argument 1 to "publish" has incompatible type "int"; expected "str"  [arg-type]
    fetch.s("u") | second
    flow = fetch.s("u")
    flow = flow | store.s("b")
    flow |= publish.s()
    if flag:
        flow = noop.si()  # E: Incompatible types in assignment (expression has type "Signature[None]", variable has type "Signature[int]")  [assignment]
    flow.apply_async()
    steps: list[Signature[Any]] = []
    for url in urls:
        steps.append(fetch.si(url))
    chain(*steps)()
    (steps[0] | steps[1])()
    result: Signature[Any] = fetch.s("u") | store.s("b")
    result.delay()
    fetch.s("u") | (store.s("b") if flag else optional.s())
    functools.reduce(lambda left, right: left | right, steps)


def groups(urls: list[str]) -> None:
    group(fetch.s("u"), fetch.s("v"))()
    group([fetch.s(url) for url in urls])()
    group(fetch.s(url) for url in urls).apply_async()
    group(fetch.s(), store.s("b"))
    group(fetch.s("u"), noop.s()) | total.s()
    group(fetch.s("u"), fetch.s("v")) | total.s(label="x")
    group(fetch.s("u"), fetch.s("v")) | total.s("x")
    group(fetch.s("u"), fetch.s("v")) | total.s(3)  # E: Argument 1 to "total" has incompatible type "int"; expected "list[int]"  [arg-type]
    group(fetch.s("u"), fetch.s("v")) | publish.s()  # E: Argument 1 to "publish" has incompatible type "list[int]"; expected "str"  [arg-type]
    group(fetch.s("u"), pair.s("v")) | objects.s()
    group(fetch.s("u"), fetch.s("v")) | objects.s()
    group(fetch.s(3) for _ in urls)  # E: Argument 1 to "fetch" has incompatible type "int"; expected "str"  [arg-type]
    fetch.s("u") | group(store.s("b"), optional.s())
    fetch.s("u") | group(store.s("b"), publish.s())  # E: Argument 1 to "publish" has incompatible type "int"; expected "str"  [arg-type]
    fetch.s("u") | group(store.si(1, "b"), noop.si()) | any_result.s()
    empty = group()
    empty.delay()
    group([]) | total.s()
    group(total.si([1]), total.si([2]))()
    (group(fetch.s(url) for url in urls) | total.s()).delay().get()


def chords(urls: list[str]) -> None:
    chord([fetch.s("u"), fetch.s("v")], total.s())
    chord([fetch.s("u"), fetch.s("v")], total.s())()
    chord([fetch.s("u"), fetch.s("v")])(total.s())
    chord(group(fetch.s(url) for url in urls), total.s(label="x")).apply_async()
    chord((fetch.s(url) for url in urls), total.si([1]))
    chord([fetch.s(url) for url in urls])(total.s("x"))
    chord([fetch.s("u")], total.s(3))  # E: Argument 1 to "total" has incompatible type "int"; expected "list[int]"  [arg-type]
    chord([fetch.s("u")], publish.s())  # E: Argument 1 to "publish" has incompatible type "list[int]"; expected "str"  [arg-type]
    chord([fetch.s("u")])(publish.s())  # E: Argument 1 to "publish" has incompatible type "list[int]"; expected "str"  [arg-type]
    chord([fetch.s("u")])(publish.si("x"))
    chord([fetch.s("u"), noop.s()])(total.s())
    chord([pair.s("u")])(total.s())  # E: Argument 1 to "total" has incompatible type "list[tuple[int, str]]"; expected "list[int]"  [arg-type]
    chord(header=[fetch.s("u")], body=publish.s())  # E: Argument 1 to "publish" has incompatible type "list[int]"; expected "str"  [arg-type]
    chord(header=[fetch.s("u")], body=total.s())
    chord([])(total.s())
    chord([fetch.s("u")], body=None)
    body = total.s()
    chord([fetch.s("u")], body)
    header = [fetch.s("u")]
    chord(header)(total.s())
    chord(header)(publish.s())  # E: Argument 1 to "publish" has incompatible type "list[int]"; expected "str"  [arg-type]
    chord([fetch.s("u")], total.s().on_error(failed.s()))()
    reveal_type(chord([fetch.s("u")], total.s())())  # N: Revealed type is "celery.result.AsyncResult[int]"


def callbacks() -> None:
    fetch.apply_async(("u",), link=store.s("b"))
    fetch.apply_async(("u",), link=publish.s())  # E: Argument 1 to "publish" has incompatible type "int"; expected "str"  [arg-type]
    fetch.apply_async(("u",), link=[publish.si("x"), bound.s()])
    fetch.apply_async(("u",), link=[publish.s(), bound.s()])  # E: Argument 1 to "publish" has incompatible type "int"; expected "str"  [arg-type]
    fetch.apply_async(("u",), link_error=failed.s())
    fetch.apply_async(("u",), link_error=publish.si("x"))
    fetch.apply_async(("u",), link=store.s("b") | publish.s())
    fetch.apply_async(("u",), link=fetch.s("u") | store.s("b"))  # E: Argument 1 to "fetch" has incompatible type "int"; expected "str"  [arg-type]  # E: Too many arguments for "fetch"  [call-arg]
    noop.apply_async(link=publish.s())
    noop.apply_async(link=any_result.s())
    fetch.s("u").link(store.s("b"))
    fetch.s("u").link_error(failed.s())
    fetch.s("u").on_error(failed.s()).delay()


@app.on_after_configure.connect
def periodic(sender: Celery, **kwargs: Any) -> None:
    sender.add_periodic_task(10.0, fetch.s("u"))
    sender.add_periodic_task(10.0, fetch.s())  # E: Missing positional argument "url" in call to "fetch"  [call-arg]
    sender.add_periodic_task(10.0, fetch.s(3))  # E: Argument 1 to "fetch" has incompatible type "int"; expected "str"  [arg-type]
    sender.add_periodic_task(10, fetch.si("u"), name="x", expires=10)
    sender.add_periodic_task(crontab(minute=0), noop.s())
    sender.add_periodic_task(crontab(minute=0), noop.s(3))  # E: Too many arguments for "noop"  [call-arg]
    sender.add_periodic_task(crontab(minute=0), store.s("b"))  # E: Argument 1 to "store" has incompatible type "str"; expected "int"  [arg-type]  # E: Missing positional argument "bucket" in call to "store"  [call-arg]
    sender.add_periodic_task(crontab(minute=0), store.s(1, "b", public=True))
    sender.add_periodic_task(schedule=10, sig=fetch.s())  # E: Missing positional argument "url" in call to "fetch"  [call-arg]
    sender.add_periodic_task(schedule=10, sig=fetch.s("u"))
    sender.add_periodic_task(10, fetch.s(), args=("u",))
    sender.add_periodic_task(10, fetch, args=("u",))
    sender.add_periodic_task(10, fetch.s(), ("u",))
    sender.add_periodic_task(10, fetch.s(), kwargs={"url": "u"})
    sender.add_periodic_task(10, fetch.s(), args=(3,))  # E: Argument 1 to "fetch" has incompatible type "int"; expected "str"  [arg-type]
    sender.add_periodic_task(10, fetch.s("u"), args=("u",))  # E: Too many arguments for "fetch"  [call-arg]
    sender.add_periodic_task(10, fetch, args=(3,))  # E: Argument 1 to "fetch" has incompatible type "int"; expected "str"  [arg-type]
    sender.add_periodic_task(10, fetch)  # E: Missing positional argument "url" in call to "fetch"  [call-arg]
    sender.add_periodic_task(10, noop)
    sender.add_periodic_task(10, fetch.signature(("u",)))
    sender.add_periodic_task(10, fetch.signature())  # E: Missing positional argument "url" in call to "fetch"  [call-arg]
    sender.add_periodic_task(10, fetch.s("u") | store.s("b"))
    sender.add_periodic_task(10, signature("canvas.fetch", args=("u",)))
    sender.add_periodic_task(10, any_result.s())


def items(rows: list[tuple[int, str]], wrong: list[tuple[str, str]], urls: list[str], anything: Any) -> None:
    fetch.map(urls)
    fetch.map([1, 2])  # E: Argument 1 to "fetch" has incompatible type "int"; expected "str"  [arg-type]
    fetch.map(url for url in urls)
    fetch.map(range(3))  # E: Argument 1 to "fetch" has incompatible type "int"; expected "str"  [arg-type]
    fetch.map(anything)
    fetch.map([])
    fetch.starmap([(url,) for url in urls])
    fetch.starmap(urls)
    store.starmap(rows)
    store.starmap(wrong)  # E: Argument 1 to "store" has incompatible type "str"; expected "int"  [arg-type]
    store.starmap([(1, "a"), (2, "b")])
    store.starmap([(1,)])  # E: Missing positional argument "bucket" in call to "store"  [call-arg]
    store.starmap([[1, "a"]])
    store.starmap(zip(range(3), urls))
    store.chunks(rows, 10)
    store.chunks(wrong, 10)  # E: Argument 1 to "store" has incompatible type "str"; expected "int"  [arg-type]
    store.chunks(zip(urls, urls), 10)  # E: Argument 1 to "store" has incompatible type "str"; expected "int"  [arg-type]
    store.chunks(enumerate(urls), 10)
    store.chunks(((size, "b") for size in range(3)), 10).apply_async()
    store.chunks(iter(rows), 10).group()
    either.map(urls)


def runs(urls: list[str], options: dict[str, Any], flag: bool, sig: Signature[int]) -> None:
    """Nothing comes after these: what is missing now is missing for good."""
    fetch.s("u").delay()
    fetch.s().delay()  # E: Missing positional argument "url" in call to "fetch"  [call-arg]
    fetch.s().delay("u")
    fetch.s().delay(3)  # E: Argument 1 to "fetch" has incompatible type "int"; expected "str"  [arg-type]
    fetch.s("u").delay("v")  # E: Too many arguments for "fetch"  [call-arg]
    fetch.s().delay(url="u")
    fetch.s(url="u").delay(url="v")
    fetch.s()("u")
    fetch.s()()  # E: Missing positional argument "url" in call to "fetch"  [call-arg]
    fetch.s("u").apply_async()
    fetch.s("u").apply_async(countdown=3)
    fetch.s("u").apply_async(**options)
    fetch.s().apply_async(**options)
    fetch.s().apply_async(("u",))
    fetch.s().apply_async(args=["u"], countdown=3)
    fetch.s().apply_async((3,))  # E: Argument 1 to "fetch" has incompatible type "int"; expected "str"  [arg-type]
    fetch.s().apply_async()  # E: Missing positional argument "url" in call to "fetch"  [call-arg]
    fetch.s().apply()  # E: Missing positional argument "url" in call to "fetch"  [call-arg]
    fetch.s().apply(("u",))
    fetch.s("u").set(queue="slow").apply_async()
    fetch.s().set(queue="slow").apply_async()  # E: Missing positional argument "url" in call to "fetch"  [call-arg]
    fetch.s().set(queue="slow").delay("u")
    fetch.s("u").set(immutable=True).delay("v")
    fetch.s().on_error(failed.s()).delay()  # E: Missing positional argument "url" in call to "fetch"  [call-arg]
    fetch.signature(("u",)).delay()
    fetch.signature().delay()  # E: Missing positional argument "url" in call to "fetch"  [call-arg]
    fetch.signature().delay("u")
    fetch.signature(kwargs={"url": "u"}).apply_async()
    fetch.signature(("u",), immutable=True).delay("ignored")
    fetch.si("u").delay()
    fetch.si("u").delay("ignored")
    store.s("b").delay(1)
    store.s("b").delay()  # E: Argument 1 to "store" has incompatible type "str"; expected "int"  [arg-type]  # E: Missing positional argument "bucket" in call to "store"  [call-arg]
    store.s("b").delay(1, public=True)
    store.s(1, "b").delay(public=3)  # E: Argument "public" to "store" has incompatible type "int"; expected "bool"  [arg-type]
    (fetch.s("u") if flag else fetch.s()).delay()  # E: Missing positional argument "url" in call to "fetch"  [call-arg]
    sig.delay()
    sig.delay(1, 2, 3)
    any_result.s().delay()
    chain(fetch.s(), store.s("b"))()  # E: Missing positional argument "url" in call to "fetch"  [call-arg]
    chain(fetch.s("u"), store.s("b"))()
    chain(fetch.s(), store.s("b")).delay("u")
    chain(fetch.s(), store.s("b")).apply_async(("u",))
    chain(fetch.s(), store.s("b")).apply_async()  # E: Missing positional argument "url" in call to "fetch"  [call-arg]
    (fetch.s() | store.s("b"))()  # E: Missing positional argument "url" in call to "fetch"  [call-arg]
    (fetch.s() | store.s("b"))("u")
    (fetch.s("u") | store.s("b")).delay()
    group(fetch.s(), fetch.s("v"))()  # E: Missing positional argument "url" in call to "fetch"  [call-arg]
    group(fetch.s(), fetch.s())("u")
    group([fetch.s("u"), fetch.s()]).apply_async()  # E: Missing positional argument "url" in call to "fetch"  [call-arg]
    group(fetch.s("u"), fetch.s("v")).apply_async(countdown=3)
    group(noop.s(), noop.si()).delay()
    group(fetch.s(url) for url in urls)()
    chord([fetch.s("u"), fetch.s()])(total.s())  # E: Missing positional argument "url" in call to "fetch"  [call-arg]
    chord([fetch.s("u"), fetch.s()], total.s())()  # E: Missing positional argument "url" in call to "fetch"  [call-arg]
    chord([fetch.s("u"), fetch.s("v")], total.s()).delay()
    chord([fetch.s(), fetch.s("v")], total.s()).apply_async()  # E: Missing positional argument "url" in call to "fetch"  [call-arg]
    store.s("b").apply_async(link=publish.s())  # E: Argument 1 to "store" has incompatible type "str"; expected "int"  [arg-type]  # E: Missing positional argument "bucket" in call to "store"  [call-arg]
    fetch.s("u").apply_async(countdown=None, MessageGroupId="g")
    fetch.s("u").apply_async(countdown="3")  # E: Argument "countdown" to "apply_async" of "Signature" has incompatible type "str"; expected "float | None"  [arg-type]
    chain(fetch.s(), store.s("b")).apply_async(["u"], countdown=3)
    group(fetch.s(), fetch.s()).apply_async(["u"])
    group(fetch.s(), fetch.s()).apply_async([3])  # E: Argument 1 to "fetch" has incompatible type "int"; expected "str"  [arg-type]
    fetch.s().apply(["u"])
    first = fetch.s()
    first.delay("u")
    first.delay()
