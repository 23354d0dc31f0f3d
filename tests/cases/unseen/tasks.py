import applications
from applications import alias, annotated, celery, other, rewriting, with_context
from decorators import bare, counted, hopped, job, jobs, nested, plain, shared, supplying
from unseen_package.tasks import OwnTask  # type: ignore[import-not-found]


@celery.task  # type: ignore[untyped-decorator]
def add(a: int, b: int) -> int:
    return a + b


@celery.task(bind=True, max_retries=3)  # type: ignore[untyped-decorator]
def bound(self, a: int, b: int = 1) -> int:
    self.retry(args=(a, b))
    self.retry(args=(a, b, 3))  # E: Too many arguments for "bound"  [call-arg]
    return a


@applications.celery.task(name="named", typing=False)  # type: ignore[untyped-decorator]
def unchecked(a: int, session: int) -> int:
    return a


@alias.task(name="alias")  # type: ignore[untyped-decorator]
def by_alias(a: int) -> int:
    return a


@with_context.task  # type: ignore[untyped-decorator]
def in_context(a: int) -> int:
    return a


@rewriting.task  # type: ignore[untyped-decorator]
def rewritten(session: int, a: int) -> int:
    return a


@other.task  # type: ignore[untyped-decorator]
def of_another(a: int) -> int:
    return a


@annotated.task
def typed(a: int) -> int:
    return a


@job("shop.made")  # type: ignore[no-untyped-call, untyped-decorator]
def made(a: int) -> int:
    return a


@job(name="shop.bound", bind=True)  # type: ignore[no-untyped-call, untyped-decorator]
def made_bound(self, a: int) -> int:
    return a


@shared("shop.shared")  # type: ignore[no-untyped-call, untyped-decorator]
def by_shared(a: int) -> int:
    return a


@hopped("shop.hopped")  # type: ignore[no-untyped-call, untyped-decorator]
def by_two(a: int) -> int:
    return a


@nested(name="shop.nested")  # type: ignore[no-untyped-call, untyped-decorator]
def by_nested(a: int) -> int:
    return a


@bare  # type: ignore[untyped-decorator]
def by_bare(a: int) -> int:
    return a


@jobs.job("shop.method")  # type: ignore[no-untyped-call, untyped-decorator]
def by_method(a: int) -> int:
    return a


@supplying("shop.supplied")  # type: ignore[no-untyped-call, untyped-decorator]
def supplied(session: str, a: int) -> int:
    return a


@celery.task(base=OwnTask, bind=True)  # type: ignore[untyped-decorator]
def of_own_base(self, a: int) -> int:
    self.own_method()
    return a


@job("shop.own", base=OwnTask)  # type: ignore[no-untyped-call, untyped-decorator]
def made_of_own_base(a: int) -> int:
    return a


@plain.task
@bare  # type: ignore[untyped-decorator]
def registered_twice(a: int) -> int:
    return a


@counted  # type: ignore[untyped-decorator]
@celery.task  # type: ignore[untyped-decorator]
def below_another(a: int) -> int:
    return a
