from celery import Celery

app = Celery("reach")
