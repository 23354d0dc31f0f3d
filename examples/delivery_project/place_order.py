"""Place an order over HTTP and wait until the worker has sent its e-mail; a worker must be running."""

import os
import sys
import time
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client

from ioc.container import get_container

# Seconds to wait for the e-mail.
PATIENCE = int(os.environ.get("DELIVERY_PATIENCE", "30"))


def read_email(text: str) -> str | None:
    """The e-mail that holds ``text``, as soon as the worker has written it."""
    emails = (path.read_text() for path in Path(settings.EMAIL_FILE_PATH).glob("*.log"))
    return next((email for email in emails if text in email), None)


def main() -> int:
    get_container()
    call_command("migrate", verbosity=0)
    user, _ = get_user_model().objects.get_or_create(username="ada", defaults={"email": "ada@example.com"})
    response = Client().post(
        "/orders/", {"user_id": user.pk, "product": "Teapot", "quantity": 2}, content_type="application/json"
    )
    print(f"POST /orders/ -> {response.status_code} {response.content.decode()}")
    deadline = time.monotonic() + PATIENCE
    while (email := read_email(f"order #{response.json()['id']} has been placed.")) is None:
        if time.monotonic() > deadline:
            print(f"no e-mail was sent within {PATIENCE} seconds: is a worker running?")
            return 1
        time.sleep(0.1)
    for line in email.splitlines():
        if line.startswith(("Subject:", "To:", "Your order")):
            print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
