"""What a person sees while typing, asked of real language servers as an editor asks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from stubs.language_server import SERVERS, LanguageServer
from stubs.projects import make_editor_project

EDITED = "orders.py"
TYPED = """from delivery.tasks.registry import TasksRegistry


def order(registry: TasksRegistry) -> None:
    registry.cleanup_sessions.delay(days_old="7")
    registry.send_email.delay(
"""
OPEN_CALL = TYPED.rstrip("\n")


class Answers(NamedTuple):
    """What one server said about the text above."""

    hover: str
    property_hover: str
    signatures: list[str]
    completions: list[str]
    definitions: list[tuple[str, int]]
    diagnostics: list[str]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_editor_project(tmp_path_factory.mktemp("editor"))


@pytest.fixture(scope="module", params=list(SERVERS))
def answers(request: pytest.FixtureRequest, project: Path) -> Iterator[Answers]:
    (project / EDITED).write_text(TYPED)
    with LanguageServer(request.param, project) as server:
        server.open(EDITED, TYPED)
        yield Answers(
            hover=server.hover(EDITED, "registry.send_email.delay"),
            property_hover=server.hover(EDITED, "registry.send_email"),
            signatures=server.signatures(EDITED, OPEN_CALL),
            completions=server.completions(EDITED, OPEN_CALL),
            definitions=server.definitions(EDITED, "registry.send_email"),
            diagnostics=server.diagnostics(EDITED),
        )


def flat(text: str) -> str:
    return " ".join(text.split())


def test_hover_shows_names_and_types_of_the_parameters_and_the_result(answers: Answers) -> None:
    assert "to: str, subject: str, body: str ) -> AsyncResult[EmailResult]" in flat(answers.hover)


def test_hover_shows_the_implementations_docstring_and_where_it_runs(answers: Answers) -> None:
    assert "Send one e-mail with Django's configured backend." in answers.hover
    assert "Runs: delivery.tasks.tasks.email.EmailTaskController.send_email" in answers.hover


def test_hover_over_the_property_shows_the_registrys_docstring(answers: Answers) -> None:
    assert "to: Recipient email" in answers.property_hover


def test_signature_help_shows_names_and_types(answers: Answers) -> None:
    assert [s for s in answers.signatures if "to: str, subject: str, body: str" in s]


def test_completion_offers_every_parameter_by_name(answers: Answers) -> None:
    assert {"to=", "subject=", "body="} <= set(answers.completions)


def test_go_to_definition_lands_in_the_users_registry(answers: Answers, project: Path) -> None:
    lines = (project / "src/delivery/tasks/registry.py").read_text().splitlines()
    line = next(number for number, text in enumerate(lines, 1) if "def send_email" in text)
    # pyright offers the generated stub as well.
    assert ("src/delivery/tasks/registry.py", line) in answers.definitions


def test_a_wrong_argument_is_underlined(answers: Answers) -> None:
    assert [d for d in answers.diagnostics if d.startswith("5: ") and "int" in d]
