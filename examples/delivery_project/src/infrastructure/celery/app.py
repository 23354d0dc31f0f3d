"""The Celery application before it has any task.

The default broker and result backend are folders, so nothing has to be installed or started. Celery's own
``CELERY_BROKER_URL`` and ``CELERY_RESULT_BACKEND`` point it at Redis or RabbitMQ instead.
"""

from pathlib import Path

from celery import Celery


def create_app(name: str, state_dir: Path) -> Celery:
    """An application whose messages and results are files in ``state_dir``, unless the environment says otherwise."""
    queue, control, results = state_dir / "queue", state_dir / "control", state_dir / "results"
    for folder in (queue, control, results):
        folder.mkdir(parents=True, exist_ok=True)
    app = Celery(name, broker="filesystem://", backend=results.as_uri())
    app.conf.update(
        # In and out are one folder: the worker reads what the web process writes.
        broker_transport_options={
            "data_folder_in": str(queue),
            "data_folder_out": str(queue),
            "control_folder": str(control),
        },
        broker_connection_retry_on_startup=True,
        result_expires=3600,
        timezone="UTC",
    )
    return app
