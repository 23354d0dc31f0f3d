"""What a person sees while typing, asked of real language servers as an editor asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from stubs.conformance_table import DOCUMENT, replace_block
from stubs.editor_answers import Answers, ask, render_answers
from stubs.language_server import SERVERS
from stubs.projects import make_editor_project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_editor_project(tmp_path_factory.mktemp("editor"))


@pytest.fixture(scope="module", params=list(SERVERS))
def server(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def answers(server: str, project: Path) -> Answers:
    return ask(server, project)


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


def test_the_documented_answers_are_true(server: str, answers: Answers) -> None:
    document = DOCUMENT.read_text()
    assert document == replace_block(document, f"answers of {server}", render_answers(answers)), (
        "run python -m stubs.editor_answers in tests"
    )
