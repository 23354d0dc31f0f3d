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


def outbox() -> list[Path]:
    return sorted(Path(settings.EMAIL_FILE_PATH).glob("*.log"))


def main() -> int:
    get_container()
    call_command("migrate", verbosity=0)
    user, _ = get_user_model().objects.get_or_create(username="ada", defaults={"email": "ada@example.com"})
    before = len(outbox())
    response = Client().post(
        "/orders/", {"user_id": user.pk, "product": "Teapot", "quantity": 2}, content_type="application/json"
    )
    print(f"POST /orders/ -> {response.status_code} {response.content.decode()}")
    deadline = time.monotonic() + PATIENCE
    while len(outbox()) == before:
        if time.monotonic() > deadline:
            print(f"no e-mail was sent within {PATIENCE} seconds: is a worker running?")
            return 1
        time.sleep(0.1)
    for line in outbox()[-1].read_text().splitlines():
        if line.startswith(("Subject:", "To:", "Your order")):
            print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
