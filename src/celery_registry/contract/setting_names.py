"""The settings of Celery, and which unknown name is a slip of the pen.

Law: names alone (Celery documentation, *Configuration and defaults*). Celery takes any name and reads those that it knows,
so a name that is not near one of these may be the program's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from celery_registry.contract.finding import Finding
from celery_registry.contract.names import letters_apart
from celery_registry.contract.task import Origin

__all__ = ["KNOWN_SETTINGS", "compare_settings", "near_setting"]

#: Celery's own beginnings of a name; a library that keeps its settings in the same place has another.
_NAMESPACES: Final = ("beat_", "broker_", "result_", "task_", "worker_")
#: A short name is near too many, and of one that is not long one letter may be wrong.
_SHORTEST: Final = 8
_LONG: Final = 14
_FARTHEST: Final = 2
#: Those of all versions that are supported, in these namespaces.
KNOWN_SETTINGS: Final = frozenset(
    [
        "beat_cron_starting_deadline",
        "beat_enable_remote_control",
        "beat_max_loop_interval",
        "beat_remote_control_max_tick_age",
        "beat_schedule",
        "beat_schedule_filename",
        "beat_scheduler",
        "beat_sync_every",
        "broker_channel_error_retry",
        "broker_connection_max_retries",
        "broker_connection_retry",
        "broker_connection_retry_on_startup",
        "broker_connection_timeout",
        "broker_failover_strategy",
        "broker_heartbeat",
        "broker_heartbeat_checkrate",
        "broker_host",
        "broker_login_method",
        "broker_native_delayed_delivery_queue_type",
        "broker_password",
        "broker_pool_acquire_timeout",
        "broker_pool_limit",
        "broker_port",
        "broker_read_url",
        "broker_transport",
        "broker_transport_options",
        "broker_url",
        "broker_use_ssl",
        "broker_user",
        "broker_vhost",
        "broker_write_url",
        "result_accept_content",
        "result_backend",
        "result_backend_always_retry",
        "result_backend_base_sleep_between_retries_ms",
        "result_backend_max_retries",
        "result_backend_max_sleep_between_retries_ms",
        "result_backend_transport_options",
        "result_cache_max",
        "result_chord_expires",
        "result_chord_join_timeout",
        "result_chord_retry_interval",
        "result_compression",
        "result_exchange",
        "result_exchange_type",
        "result_expires",
        "result_extended",
        "result_failure_expires",
        "result_persistent",
        "result_serializer",
        "task_acks_late",
        "task_acks_on_failure",
        "task_acks_on_failure_or_timeout",
        "task_acks_on_timeout",
        "task_allow_error_cb_on_chord_header",
        "task_always_eager",
        "task_annotations",
        "task_compression",
        "task_create_missing_queue_exchange_type",
        "task_create_missing_queue_type",
        "task_create_missing_queues",
        "task_default_delivery_mode",
        "task_default_exchange",
        "task_default_exchange_type",
        "task_default_priority",
        "task_default_queue",
        "task_default_queue_type",
        "task_default_rate_limit",
        "task_default_routing_key",
        "task_eager_propagates",
        "task_ignore_result",
        "task_inherit_parent_priority",
        "task_protocol",
        "task_publish_retry",
        "task_publish_retry_policy",
        "task_queue_max_priority",
        "task_queues",
        "task_reject_on_worker_lost",
        "task_remote_tracebacks",
        "task_repr_maxlevels",
        "task_retry_on_worker_lost",
        "task_routes",
        "task_send_sent_event",
        "task_serializer",
        "task_soft_time_limit",
        "task_store_eager_result",
        "task_store_errors_even_if_ignored",
        "task_time_limit",
        "task_track_started",
        "worker_agent",
        "worker_autoscaler",
        "worker_cancel_long_running_tasks_on_connection_loss",
        "worker_concurrency",
        "worker_consumer",
        "worker_deduplicate_successful_tasks",
        "worker_detect_quorum_queues",
        "worker_direct",
        "worker_disable_prefetch",
        "worker_disable_rate_limits",
        "worker_enable_prefetch_count_reduction",
        "worker_enable_remote_control",
        "worker_enable_soft_shutdown_on_idle",
        "worker_eta_task_limit",
        "worker_hijack_root_logger",
        "worker_log_color",
        "worker_log_datefmt",
        "worker_log_format",
        "worker_lost_wait",
        "worker_max_memory_per_child",
        "worker_max_tasks_per_child",
        "worker_pool",
        "worker_pool_putlocks",
        "worker_pool_restarts",
        "worker_pool_start_method",
        "worker_prefetch_multiplier",
        "worker_proc_alive_timeout",
        "worker_redirect_stdouts",
        "worker_redirect_stdouts_level",
        "worker_send_task_events",
        "worker_soft_shutdown_timeout",
        "worker_state_db",
        "worker_task_log_datefmt",
        "worker_task_log_format",
        "worker_timer",
        "worker_timer_precision",
    ]
)


def compare_settings(written: Sequence[tuple[str, str, Origin]]) -> Iterator[Finding]:
    """The names that are almost a setting's; ``written`` are those that nothing else reads: as Celery has them, as they
    stand there (``CELERY_TASK_RUTES``), and where."""
    for name, shown, origin in written:
        near = near_setting(name)
        if near is not None:
            meant = near if shown == name else shown[: -len(name)] + near.upper()
            yield Finding("setting-misspelt", shown, {"near": meant}, origin)


def near_setting(name: str) -> str | None:
    """The one setting that is meant; None for a setting, and for a name that is near none, or as near to several."""
    if len(name) < _SHORTEST or not name.startswith(_NAMESPACES) or name in KNOWN_SETTINGS:
        return None
    beginning = name[: name.index("_") + 1]
    far = {known: letters_apart(name, known, _FARTHEST) for known in KNOWN_SETTINGS if known.startswith(beginning)}
    nearest = min(far.values())
    near = [known for known, distance in far.items() if distance == nearest]
    # ``result_backend_x`` is a name of one's own, and ``task_rules`` may be.
    own = nearest > (_FARTHEST if len(name) >= _LONG else 1) or any(name.startswith(f"{known}_") for known in near)
    return near[0] if len(near) == 1 and not own else None
