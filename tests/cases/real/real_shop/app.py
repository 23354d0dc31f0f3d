from celery import Celery

app = Celery("shop")
other = Celery("other")
