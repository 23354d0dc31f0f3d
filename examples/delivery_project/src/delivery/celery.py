"""The application that ``celery -A delivery worker`` starts."""

from celery import Celery

from ioc.container import get_container

app = get_container().resolve(Celery)
