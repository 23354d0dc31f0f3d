"""Django on SQLite; everything that this project writes goes to one folder."""

import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parents[2]
STATE_DIR = Path(os.environ.get("DELIVERY_STATE_DIR", BASE_DIR / ".celery")).resolve()
STATE_DIR.mkdir(parents=True, exist_ok=True)

SECRET_KEY = "an example has no secrets"
DEBUG = False
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
ROOT_URLCONF = "project.urls"
USE_TZ = True
TIME_ZONE = "UTC"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "delivery",
]

DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": STATE_DIR / "db.sqlite3"}}

# An e-mail is a file in this folder.
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = STATE_DIR / "outbox"
DEFAULT_FROM_EMAIL = "shop@example.com"
