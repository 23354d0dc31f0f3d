"""The container. Django is set up first: its models can be imported only once its applications are ready."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
django.setup()
