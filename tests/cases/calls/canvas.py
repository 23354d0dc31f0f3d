from celery import Celery, chain, chord, group, shared_task

app = Celery("canvas")


@shared_task
def fetch(url: str) -> int:
    return 1


@shared_task
def store(size: int, bucket: str, *, public: bool = False) -> str:
    return bucket


@shared_task
def publish(key: str) -> None: ...


@shared_task
def total(sizes: list[int]) -> int:
    return sum(sizes)


# -- partial: what is given must fit somewhere
store.s()
store.s("b")
store.s(1, "b")
store.s(bucket="b", public=True)
store.s(1, 2, 3)  # E: Argument 2 to "store" has incompatible type "int"; expected "str"  [arg-type]  # E: Argument 3 to "store" has incompatible type "int"; expected "bool"  [arg-type]  # E: Too many positional arguments for "store"  [call-arg]
store.s(bukket="b")  # E: Unexpected keyword argument "bukket" for "store"; did you mean "bucket"?  [call-arg]
store.s([1])  # E: Argument 1 to "store" has incompatible type "list[int]"; expected "int"  [arg-type]
store.s(*["b"])
publish.s("a")
publish.si("a")
publish.si()  # E: Missing positional argument "key" in call to "si" of "publish"  [call-arg]
# -- chains
fetch.s("u") | store.s("b") | publish.s()
fetch.s("u") | publish.s()  # E: Argument 1 to "publish" has incompatible type "int"; expected "str"  [arg-type]
fetch.s("u") | store.s("b", "c")  # E: Argument 1 to "store" has incompatible type "str"; expected "int"  [arg-type]
fetch.s("u") | store.si(1, "b")
fetch.s("u") | store.s()  # E: Missing positional argument "bucket" in call to "store"  [call-arg]
chain(fetch.s("u"), store.s("b"), publish.s())
chain(fetch.s("u"), publish.s())  # E: Argument 1 to "publish" has incompatible type "int"; expected "str"  [arg-type]
chain([fetch.s("u"), store.s("b")]).delay()
reveal_type(chain(fetch.s("u"), store.s("b")).apply_async())  # N: Revealed type is "celery.result.AsyncResult[str]"
reveal_type((fetch.s("u") | store.s("b")).delay())  # N: Revealed type is "celery.result.AsyncResult[str]"
# -- groups and chords
reveal_type(group(fetch.s("u"), fetch.s("v"))())  # N: Revealed type is "celery.result.GroupResult"
reveal_type(group(fetch.s(u) for u in ["a"]).apply_async())  # N: Revealed type is "celery.result.GroupResult"
group(fetch.s("u"), fetch.s("v")) | total.s()
group(fetch.s("u"), fetch.s("v")) | publish.s()  # E: Argument 1 to "publish" has incompatible type "list[int]"; expected "str"  [arg-type]
chord([fetch.s("u"), fetch.s("v")])(total.s())
chord([fetch.s("u"), fetch.s("v")])(publish.s())  # E: Argument 1 to "publish" has incompatible type "list[int]"; expected "str"  [arg-type]
chord([fetch.s("u"), fetch.s("v")], total.s())
chord([fetch.s("u"), fetch.s("v")], publish.s())  # E: Argument 1 to "publish" has incompatible type "list[int]"; expected "str"  [arg-type]
chord((fetch.s(u) for u in ["a", "b"]), total.s())
# -- callbacks
fetch.apply_async(("u",), link=store.s("b"))
fetch.apply_async(("u",), link=publish.s())  # E: Argument 1 to "publish" has incompatible type "int"; expected "str"  [arg-type]
fetch.apply_async(("u",), link=[store.s("b"), total.si([1])])
# -- periodic tasks are complete
app.add_periodic_task(10.0, fetch.s("u"), name="fetch")
app.add_periodic_task(10.0, fetch.s())  # E: Missing positional argument "url" in call to "fetch"  [call-arg]
app.add_periodic_task(10.0, store.s("b"))  # E: Argument 1 to "store" has incompatible type "str"; expected "int"  [arg-type]  # E: Missing positional argument "bucket" in call to "store"  [call-arg]
# -- items
fetch.map(["a", "b"])
fetch.map([1, 2])  # E: Argument 1 to "fetch" has incompatible type "int"; expected "str"  [arg-type]
store.starmap([(1, "a"), (2, "b")])
store.starmap([(1, 2)])  # E: Argument 2 to "store" has incompatible type "int"; expected "str"  [arg-type]
store.chunks(zip([1, 2], ["a", "b"]), 10)
store.chunks([(1,), (2,)], 10)  # E: Missing positional argument "bucket" in call to "store"  [call-arg]


def cloned() -> None:
    """A clone is given more before its own, and may be completed once more."""
    store.s("a").clone((1,))
    store.s("a").clone(args=(1,)).delay()
    store.s().clone(kwargs={"bucket": "b"})
    store.s(bucket="a").clone(kwargs={"bucket": "b"}, countdown=3)
    store.si(1, "a").clone((1, 2, 3))
    fetch.s("u") | store.s("a").clone()
    store.s("a").clone(("1",))  # E: Argument 1 to "store" has incompatible type "str"; expected "int"  [arg-type]
    store.s(1, "a").clone((2,))  # E: Too many positional arguments for "store"  [call-arg]  # E: Argument 2 to "store" has incompatible type "int"; expected "str"  [arg-type]  # E: Argument 3 to "store" has incompatible type "str"; expected "bool"  [arg-type]
    store.s(1, "a").clone(kwargs={"backet": "b"})  # E: Unexpected keyword argument "backet" for "store"; did you mean "bucket"?  [call-arg]
    store.s("a").clone().delay()  # E: Missing positional argument "bucket" in call to "store"  [call-arg]  # E: Argument 1 to "store" has incompatible type "str"; expected "int"  [arg-type]


@app.task
def half(size: int) -> int:
    return size // 2


def chords_in_chains() -> None:
    """Each task of a header is given what the chord is given."""
    half.s(1) | chord([half.s(), store.s("a")], publish.si("k"))
    half.s(1) | chord([half.si(1), half.s() | half.s()], total.s())
    chain(half.s(1), chord(group(half.s(), half.s()), total.s()))
    half.apply_async((1,), link=chord([half.s()], total.s()))
    chord([half.s(), half.s()], total.s()).apply_async((1,))
    group(half.s(1), half.s(2)) | chord([total.s(), total.s()], total.s())
    half.s(1) | chord([half.s(1), half.s()], total.s())  # E: Too many arguments for "half"  [call-arg]
    chain(half.s(1), chord(group(half.s(), half.s(2)), total.s()))  # E: Too many arguments for "half"  [call-arg]
    chain(half.s(1), chord([half.s(), fetch.s()], total.s()))  # E: Argument 1 to "fetch" has incompatible type "int"; expected "str"  [arg-type]
    half.apply_async((1,), link=chord([half.s(2)], total.s()))  # E: Too many arguments for "half"  [call-arg]
    chord([half.s(), half.s(2)], total.s()).apply_async((1,))  # E: Too many arguments for "half"  [call-arg]
    chord(group(half.s(), half.s(2)), total.s()).delay()  # E: Missing positional argument "size" in call to "half"  [call-arg]
