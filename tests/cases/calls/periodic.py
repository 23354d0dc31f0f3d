"""What beat sends: a schedule is what Celery takes for one, the signature is complete, an option is one of Celery's."""

from datetime import timedelta

from celery import Celery, shared_task
from celery.schedules import crontab, schedule

app = Celery("periodic")


@shared_task
def ping(n: int) -> int:
    return n


def set_up(sender: Celery) -> None:
    sender.add_periodic_task(timedelta(seconds=10), ping.s(1))
    sender.add_periodic_task(timedelta(seconds=10), ping.s("1"))  # E: Argument 1 to "ping" has incompatible type "str"; expected "int"  [arg-type]
    sender.add_periodic_task(10, ping.s(1), name="ping", expires=10)
    sender.add_periodic_task(10.5, ping.s(1), queue="beat", priority=3)
    sender.add_periodic_task(schedule(timedelta(3)), ping.s(), args=[1], kwargs={})
    sender.add_periodic_task(schedule(3), ping.s(), args=["1"])  # E: Argument 1 to "ping" has incompatible type "str"; expected "int"  [arg-type]
    sender.add_periodic_task(crontab(day_of_week={1, 2}, hour=range(3), minute=[1], day_of_month="1"), ping.s(1))
    sender.add_periodic_task(crontab(day_of_week=(1, 2)), ping.s())  # E: Missing positional argument "n" in call to "ping"  [call-arg]
    sender.add_periodic_task(10, ping.s(1), expire=10)  # E: Unexpected keyword argument "expire" for "add_periodic_task" of "Celery"; did you mean "expires"?  [call-arg]
    sender.add_periodic_task(10, ping.s(1), routing_ky="a")  # E: Unexpected keyword argument "routing_ky" for "add_periodic_task" of "Celery"; did you mean "routing_key"?  [call-arg]
    sender.add_periodic_task(10, ping.s(1), MessageGroupId="a")
    crontab(minute={"1"})  # E: Argument 1 to <set> has incompatible type "str"; expected "int"  [arg-type]
    sender.add_periodic_task("10", ping.s(1))  # E: Argument 1 to "add_periodic_task" of "Celery" has incompatible type "str"; expected "BaseSchedule | float | timedelta"  [arg-type]
