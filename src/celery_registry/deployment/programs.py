"""Programs and images by what they are: workers are what is not here.

Law: names alone. A program that is not listed may start a worker, and is said; so nothing is listed that may.
"""

from __future__ import annotations

from typing import Final

__all__ = ["DJANGO", "HANDLERS", "IMAGES", "OTHERS", "QUIET", "SERVERS", "SHELLS"]

# fmt: off
#: Programs that run no worker, whatever follows.
OTHERS: Final = frozenset({
    "gunicorn", "uvicorn", "daphne", "hypercorn", "granian", "uwsgi", "waitress-serve", "flask", "fastapi", "streamlit",
    "nginx", "caddy", "traefik", "haproxy", "envoy", "redis-server", "redis-cli", "valkey-server", "rabbitmq-server",
    "rabbitmqctl", "postgres", "pg_isready", "psql", "mysqld", "mongod", "memcached", "minio", "elasticsearch", "node",
    "npm", "npx", "yarn", "pnpm", "bun", "vite", "webpack", "alembic", "sleep", "tail", "cat", "echo", "printf", "true",
    "test", "[", "cd", "mkdir", "chown", "chmod", "mv", "cp", "rm", "ln", "touch", "ls", "export", "set", "unset",
    "umask", "trap", "wait", "exit", "ulimit", "source", ".", "pip", "uv-pip", "nc", "ncat", "curl", "wget",
    "wait-for-it", "wait-for-it.sh", "wait-for", "wait-for.sh", "kill", "pkill", "grep", "sed", "until", "while", "do",
    "done", "if", "then", "else", "fi", "for", "rqworker", "mailhog", "mailpit", "cron", "crond", "sshd", "jupyter",
    "pytest", "ruby", "java", "php", "php-fpm",
})
#: Those that stand behind a program of another's, such as newrelic-admin run-program.
SERVERS: Final = frozenset({
    "gunicorn", "uvicorn", "daphne", "hypercorn", "uwsgi",
})
#: Programs that have ``celery`` among their words and do not run it.
HANDLERS: Final = frozenset({
    "pip", "pip3", "kill", "pkill", "killall", "chown", "chmod", "ln", "rm", "cp", "mv", "which", "echo", "cat", "grep",
    "printf", "apt-get", "apk", "su",
})
#: Images that run no worker of a program's.
IMAGES: Final = frozenset({
    "postgres", "postgresql", "postgis", "timescaledb", "redis", "redis-stack", "valkey", "keydb", "rabbitmq", "nginx",
    "caddy", "traefik", "haproxy", "mysql", "mariadb", "mongo", "memcached", "minio", "mc", "elasticsearch",
    "opensearch", "kibana", "grafana", "prometheus", "loki", "jaeger", "all-in-one", "mailhog", "mailpit", "maildev",
    "mailcatcher", "adminer", "pgadmin4", "pgbouncer", "flower", "node", "localstack", "elasticmq", "kafka",
    "zookeeper", "nats", "vault", "consul", "busybox", "redis-commander", "redisinsight", "statsd", "sentry", "clamav",
    "gotenberg", "tika", "selenium", "chrome", "httpbin", "whoami", "watchtower", "autoheal", "certbot",
    "cloud-sql-proxy", "otel-collector", "opentelemetry-collector", "opentelemetry-collector-contrib", "datadog-agent",
    "agent",
})
#: Those that read a text or a script.
SHELLS: Final = frozenset({
    "sh", "bash", "ash", "dash", "zsh",
})
#: Commands of manage.py and django-admin that Django and its company have.
DJANGO: Final = frozenset({
    "runserver", "runserver_plus", "migrate", "collectstatic", "makemigrations", "check", "shell", "createcachetable",
    "compilemessages", "loaddata", "createsuperuser", "wait_for_db", "wait_for_database", "test",
})
#: Celery's commands that consume no task.
QUIET: Final = frozenset({
    "flower", "events", "inspect", "control", "status", "shell", "purge", "call", "report", "result", "list", "migrate",
    "upgrade", "graph", "logtool",
})
# fmt: on
