"""An application that makes the class of its tasks itself, as Flask's and Celery's own documents show it."""

from celery import Celery, Task


def make_task(app):
    class NotifyTask(Task):
        abstract = True
        start = None

        @property
        def group(self):
            return self.request.get("group")

        def on_success(self, retval, task_id, args, kwargs):
            app.logger.info(self.name)

        def __call__(self, *args, **kwargs):
            with app.app_context():
                self.start = 1
                return super().__call__(*args, **kwargs)

        def apply_async(self, args=None, kwargs=None, task_id=None, producer=None, link=None, link_error=None, shadow=None, **options):
            options["headers"] = options.get("headers") or {}
            return super().apply_async(args, kwargs, task_id, producer, link, link_error, shadow, **options)

    return NotifyTask


def make_other(app):
    class TenantTask(Task):
        def apply_async(self, args=None, kwargs=None, **options):  # type: ignore[override]
            kwargs = kwargs or {}
            kwargs["tenant"] = 1
            return super().apply_async(args, kwargs, **options)

    return TenantTask


class NotifyCelery(Celery):
    def init_app(self, app):
        super().__init__(app.import_name, broker=app.config["BROKER_URL"], task_cls=make_task(app))


class LateCelery(Celery):
    def init_app(self, app):
        self.task_cls = make_task(app)


class TenantCelery(Celery):
    def init_app(self, app):
        self.task_cls = make_other(app)


class EitherCelery(Celery):
    def init_app(self, app):
        self.task_cls = make_task(app) if app else make_other(app)


class LooseCelery(Celery):
    def init_app(self, app):
        self.task_cls = make_task(app)
        self.strict_typing = False


notify, late, tenant, either, loose = NotifyCelery(), LateCelery(), TenantCelery(), EitherCelery(), LooseCelery()


@notify.task(name="send")
def send(number: int, text: str = "") -> int:
    return number


@notify.task(bind=True, name="send-bound", max_retries=3)
def send_bound(self, number, text=""):
    self.retry(queue="later")


@late.task(name="late")
def late_one(number: int) -> int:
    return number


@tenant.task
def with_tenant(number: int, tenant: int) -> int:
    return number


@either.task
def one_of_two(number: int, tenant: int) -> int:
    return number


@loose.task
def unchecked(number: int, tenant: int) -> int:
    return number


def use(name: str) -> None:
    send.delay(1)
    send.delay("1")  # E: Argument 1 to "delay" of "send" has incompatible type "str"; expected "int"  [arg-type]
    send.apply_async([1], queue="q", MessageGroupId=name)
    send.apply_async(["1"], queue="q")  # E: Argument 1 to "send" has incompatible type "str"; expected "int"  [arg-type]
    send.apply_async((1,), {"text": name}, queue="q")
    send.apply_async((1,), {"txt": name}, queue="q")  # E: Unexpected keyword argument "txt" for "send"; did you mean "text"?  [call-arg]
    send_bound.apply_async([1, name], queue="q")
    send_bound.apply_async([], queue="q")  # E: Missing positional argument "number" in call to "send_bound"  [call-arg]
    send_bound.delay(1, name)
    send_bound.delay(1, name, 3)  # E: Too many arguments for "delay" of "send_bound"  [call-arg]
    late_one.s(1)
    late_one.delay(1)
    late_one.delay()  # E: Missing positional argument "number" in call to "delay" of "late_one"  [call-arg]
    with_tenant.delay(1)
    with_tenant.apply_async((1,))
    one_of_two.delay(1)
    unchecked.delay(1)
    notify.send_task("send", (1,))
    notify.send_task("send", ("1",))  # E: Argument 1 to "send" has incompatible type "str"; expected "int"  [arg-type]
