from typing import TypedDict

from celery import Celery
from django.core.mail import send_mail

from celery_registry import register_task
from delivery.tasks.registry import TaskName
from infrastructure.controllers import Controller


class EmailResult(TypedDict):
    to: str
    sent: bool


class EmailTaskController(Controller):
    def register(self, app: Celery) -> None:
        register_task(app, TaskName.SEND_EMAIL, self.send_email)

    def send_email(self, to: str, subject: str, body: str) -> EmailResult:
        """Send one e-mail with Django's configured backend."""
        sent = send_mail(subject, body, from_email=None, recipient_list=[to])
        return EmailResult(to=to, sent=sent == 1)
