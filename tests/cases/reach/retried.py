"""``self.retry(args=args, kwargs=kwargs)``: what has a parameter of its own is in neither, and the message lacks it."""

from applications import app

from celery import shared_task


@app.task(bind=True, max_retries=3)
def a(self, account, *args, **kwargs):
    try:
        print(account)
    except ValueError as exc:
        raise self.retry(args=args, kwargs=kwargs, exc=exc)  # E: Missing positional argument "account" in call to "a"  [call-arg]


@app.task(bind=True)
def b(self, account, *args, **kwargs):
    kwargs["account"] = account
    self.retry(args=args, kwargs=kwargs)


@app.task(bind=True)
def c(self, account, *args, **kwargs):
    self.retry(args=(account, *args), kwargs=kwargs)


@shared_task(bind=True)
def d(self, *args, **kwargs):
    self.retry(args=args, kwargs=kwargs)


@shared_task(bind=True)
def e(self, account=None, *args, **kwargs):
    self.retry(args=args, kwargs=kwargs)


@shared_task(bind=True)
def f(self, *args, account, **kwargs):
    self.retry(args=args, kwargs=kwargs)  # E: Missing named argument "account" for "f"  [call-arg]


@shared_task(bind=True)
def g(self, account, *args, **kwargs):
    args = (account, *args)
    self.retry(args=args, kwargs=kwargs)


@shared_task(bind=True)
def h(self, account, *args, **kwargs):
    def fill(kwargs):
        kwargs["x"] = 1
    fill(kwargs)
    self.retry(args=args, kwargs=kwargs)


@shared_task(bind=True)
def i(self, account, *args, **kwargs):
    self.retry(kwargs=kwargs)
    self.retry(args=args)


@shared_task(bind=True)
def j(self, account, *args, **kwargs):
    self.apply_async(args=args, kwargs=kwargs)
