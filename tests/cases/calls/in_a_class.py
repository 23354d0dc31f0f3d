"""A task that stands in the body of a class is a function to Celery: nobody binds ``self``."""

from celery import Celery, shared_task

app = Celery("ledger")


class Ledger:
    @app.task(name="ledger.close")
    def close(self, day: int) -> int:
        return day

    @staticmethod
    @app.task(name="ledger.audit")
    def audit(day: int) -> int:
        return day

    @staticmethod
    @app.task
    def count(day: int) -> int:
        return day

    @shared_task(name="ledger.print")
    def print(self, day: int) -> None: ...


class Special(Ledger):
    pass


def use(ledger: Ledger) -> None:
    Ledger.audit.delay(1)
    Ledger.audit.apply_async((1,))
    ledger.audit.delay(day=1)
    Special.audit.delay(1)
    Ledger.count.delay(day=1)

    ledger.close.delay(1)  # E: Missing positional argument "day" in call to "delay" of "close"  [call-arg]  # E: Argument 1 to "delay" of "close" has incompatible type "int"; expected "Ledger"  [arg-type]
    ledger.close.apply_async((1,))  # E: Missing positional argument "day" in call to "close"  [call-arg]  # E: Argument 1 to "close" has incompatible type "int"; expected "Ledger"  [arg-type]
    Ledger.audit.delay("x")  # E: Argument 1 to "delay" of "audit" has incompatible type "str"; expected "int"  [arg-type]
    Ledger.audit.delay(1, 2)  # E: Too many arguments for "delay" of "audit"  [call-arg]
    Ledger.audit.apply_async(("x",))  # E: Argument 1 to "audit" has incompatible type "str"; expected "int"  [arg-type]
    ledger.audit.delay(m=1)  # E: Unexpected keyword argument "m" for "delay" of "audit"  [call-arg]
    Special.audit.delay("x")  # E: Argument 1 to "delay" of "audit" has incompatible type "str"; expected "int"  [arg-type]
    Ledger.count.delay("x")  # E: Argument 1 to "delay" of "count" has incompatible type "str"; expected "int"  [arg-type]
    ledger.print.delay(1)  # E: Missing positional argument "day" in call to "delay" of "print"  [call-arg]  # E: Argument 1 to "delay" of "print" has incompatible type "int"; expected "Ledger"  [arg-type]
