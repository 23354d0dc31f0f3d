"""Compose, Procfile, systemd and Kubernetes, each with its own quoting and its own places for a value."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from celery_registry.deployment.files import read_deployment
from celery_registry.errors import ConfigurationError

COMPOSE = """\
x-app: &app
  build: .
  env_file: [worker.env]
  environment: &env
    LEVEL: info
services:
  redis:
    image: docker.io/library/redis:7@sha256:0123
  web:
    <<: *app
    command: gunicorn shop.wsgi
  worker:
    <<: *app
    command: celery -A shop worker -Q celery,${EXTRA:-mail} -l $$LEVEL
  listed:
    <<: *app
    command: ["celery", "-A", "shop", "worker", "-Q", "listed"]
  "entry":
    <<: *app
    environment:
      <<: *env
      NAMED: from-environment
    entrypoint: ["sh", "-c"]
    command: exec celery -A shop worker -Q $$FROM_FILE,$$NAMED
  again:
    extends: listed
    scale: 2
  beat:
    extends: {service: listed}
    command: celery -A shop beat
  stopped:
    <<: *app
    command: celery -A shop worker -Q stopped
    deploy: {replicas: 0}
"""
UNIT = """\
[Unit]
Description=celery worker -Q none
[Service]
Environment="QUEUES=unit,other" LEVEL=info
EnvironmentFile=-worker.env
WorkingDirectory=/srv/shop
# a comment
ExecStart=/bin/sh -c 'exec /srv/venv/bin/celery -A shop worker \\
  -Q ${QUEUES},$FROM_FILE \\
# inside
  --loglevel=${LEVEL} -n %i@%%h'
"""
MANIFEST = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: config}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: worker}
spec:
  replicas: 3
  template:
    spec:
      containers:
        - name: worker
          image: shop
          command: ["celery", "-A", "shop"]
          args: ["worker", "-Q", "$(QUEUES)"]
          env:
            - {name: QUEUES, value: "pod"}
        - name: beat
          image: shop
          command: [sh, -c, "celery -A shop beat"]
        - name: proxy
          image: envoyproxy/envoy:v1
          args: [envoy]
---
apiVersion: batch/v1
kind: Job
metadata: {name: migrate}
spec: {template: {spec: {containers: [{name: migrate, image: shop}]}}}
"""


def write(folder: Path, **files: str) -> list[Path]:
    names = {"compose": "compose.yaml", "unit": "worker.service", "manifest": "deployment.yaml", "procfile": "Procfile"}
    (folder / "worker.env").write_text("# queues\nexport FROM_FILE='file'\n")
    paths = []
    for key, text in files.items():
        paths.append(folder / names.get(key, key))
        paths[-1].write_text(text)
    return paths


def summary(paths: list[Path]) -> list[tuple[str, int, tuple[str, ...] | None, bool, int]]:
    found, unread = read_deployment(paths)
    assert unread == []
    return [(p.name, p.origin.line, p.queues, p.is_beat, p.copies) for p in found]


def test_compose_is_read_with_its_anchors_and_values(tmp_path: Path) -> None:
    assert summary(write(tmp_path, compose=COMPOSE)) == [
        ("worker", 12, ("celery", "mail"), False, 1),
        ("listed", 15, ("listed",), False, 1),
        ("entry", 18, ("file", "from-environment"), False, 1),
        ("again", 25, ("listed",), False, 2),
        ("beat", 28, (), True, 1),
    ]
    (tmp_path / ".env").write_text("EXTRA=given\n")
    assert summary([tmp_path / "compose.yaml"])[0][2] == ("celery", "given")


def test_a_service_in_two_compose_files_is_one(tmp_path: Path) -> None:
    (tmp_path / "compose.prod.yml").write_text("services:\n  listed:\n    command: celery -A shop worker -Q prod\n")
    found = summary([*write(tmp_path, compose=COMPOSE), tmp_path / "compose.prod.yml"])
    assert [row[:3] for row in found if row[0] == "listed"] == [("listed", 15, ("prod",))]


def test_systemd_joins_lines_and_has_its_own_environment(tmp_path: Path) -> None:
    assert summary(write(tmp_path, unit=UNIT)) == [("worker.service", 8, ("unit", "other", "file"), False, 1)]
    assert summary(write(tmp_path, unit=UNIT.replace("${QUEUES}", "%i")))[0][2] is None


def test_a_procfile_has_a_process_in_each_line(tmp_path: Path) -> None:
    text = "# all\nrelease: ./release.sh\nweb: gunicorn shop.wsgi\nworker: celery -A shop worker -Q ${QUEUES:-a}\nbeat: celery -A shop beat\n"
    assert summary(write(tmp_path, procfile=text)) == [("worker", 4, ("a",), False, 1), ("beat", 5, (), True, 1)]


def test_kubernetes_is_read_in_several_documents(tmp_path: Path) -> None:
    assert summary(write(tmp_path, manifest=MANIFEST)) == [
        ("worker", 13, ("pod",), False, 3),
        ("beat", 19, (), True, 3),
    ]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("compose.yaml", "services:\n  w:\n    build: .\n", "it does not say what runs"),
        ("compose.yaml", "services:\n  w:\n    image: shop/worker:1\n", "the image shop/worker:1 says what runs"),
        ("compose.yaml", "services:\n  w:\n    extends: {file: base.yaml, service: w}\n", "extends a service of another file"),
        ("compose.yaml", "services:\n  w:\n    command: !reset null\n", "nobody can tell"),
        ("deployment.yaml", "kind: Deployment\nspec: {replicas: {{ .Values.n }}}\n", "it is a template"),
        ("deployment.yaml", MANIFEST.replace('command: ["celery", "-A", "shop"]', "").replace('args: ["worker", "-Q", "$(QUEUES)"]', ""), "the image shop says"),
        ("Procfile", "worker: bin/worker\n", "nobody can tell what bin/worker runs"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said(tmp_path: Path, name: str, text: str, told: str) -> None:
    (tmp_path / name).write_text(text)
    _, unread = read_deployment([tmp_path / name])
    assert any(told in each.reason for each in unread), unread


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("compose.yaml", "services: [", "is not valid YAML"),
        ("compose.yaml", "- 1\n", "has neither services"),
        ("notes.txt", "celery", "give compose.yaml, a Procfile"),
        ("missing.yaml", None, "there is no such file"),
    ],
)
def test_what_is_no_deployment_is_one_line(tmp_path: Path, name: str, text: str | None, told: str) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(ConfigurationError) as refused:
        read_deployment([tmp_path / name])
    assert told in str(refused.value)
    assert str(refused.value).isprintable()


def test_without_pyyaml_it_says_what_to_install(tmp_path: Path) -> None:
    paths = write(tmp_path, compose=COMPOSE, procfile="worker: celery -A shop worker\n")
    program = (
        "import sys; sys.modules['yaml'] = None\n"
        "from pathlib import Path\nfrom celery_registry.deployment.files import read_deployment\n"
        "read_deployment([Path(sys.argv[2])])\n"
        "try: read_deployment([Path(sys.argv[1])])\nexcept Exception as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, *map(str, paths)], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip().endswith('reading YAML needs PyYAML: pip install "celery-registry[deploy]"'), done.stderr


BUILT = """\
services:
  plain: {build: .}
  staged: {build: {context: ., dockerfile: Dockerfile, target: beat}}
  elsewhere: {build: elsewhere}
"""
DOCKERFILE = """\
FROM python:3.12 AS beat
ENTRYPOINT ["/prepare.sh"]
CMD celery -A shop beat
FROM beat
# CMD ["celery", "-A", "shop", "beat"]
CMD ["celery", "-A", "shop", \\
     "worker", "-Q", "built"]
"""


def test_an_image_that_is_built_here_runs_what_its_dockerfile_says(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(DOCKERFILE)
    found, unread = read_deployment(write(tmp_path, compose=BUILT))
    assert [(p.name, p.queues, p.is_beat) for p in found] == [("plain", ("built",), False), ("staged", (), True)]
    assert [each.name for each in unread] == ["elsewhere"]


#: A script -> the queues of the one worker in it; None where it is said.
SCRIPTS = {
    "#!/bin/bash\nset -e\npython manage.py migrate\nexec celery -A shop worker \\\n  -Q one\n": ("one",),
    '#!/bin/sh\nQUEUES="one"\nif [ -n "$DEBUG" ]; then\n  set -x\nfi\nexec celery -A shop worker -Q two "$@"\n': None,
    '#!/bin/sh\nif [ -n "$DEBUG" ]; then\n  set -x\nfi\nexec celery -A shop worker -Q two\n': ("two",),
    '#!/bin/sh\nif [ "$ROLE" = beat ]; then\n  exec celery -A shop beat\nfi\nexec gunicorn shop.wsgi\n': None,
    "#!/bin/sh\ncase $1 in\nworker) exec celery -A shop worker ;;\nesac\n": None,
    "#!/usr/bin/env python\nimport celery\n": None,
    "#!/bin/sh\n./another.sh\n": None,
}


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("command", ["bin/start.sh", "bash bin/start.sh", "sh -c 'exec ./bin/start.sh'"])
def test_a_script_that_is_here_is_read_where_it_does_one_thing(tmp_path: Path, script: str, command: str) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "start.sh").write_text(script)
    found, unread = read_deployment(write(tmp_path, compose=f"services:\n  w: {{build: ., command: {command}}}\n"))
    queues = SCRIPTS[script]
    assert [process.queues for process in found if process.app is not None] == ([] if queues is None else [queues])
    assert bool(unread) == (queues is None)


def test_a_script_that_serves_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "run.sh").write_text(
        "#!/bin/sh\npython manage.py migrate\nexec newrelic-admin run-program gunicorn shop\n"
    )
    assert read_deployment(write(tmp_path, procfile="web: ./run.sh\n")) == ([], [])
