"""The processes that deployment files start: compose, Procfile, systemd, Kubernetes.

Law: files in, Celery's workers and beats out, with what could not be read. Nothing is started, and the program behind the
processes is never looked at.
"""

from __future__ import annotations
