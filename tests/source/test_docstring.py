"""The ``Args:`` section of a docstring."""

from __future__ import annotations

import inspect

import pytest

from celery_registry.source.docstring import read_documented


def documented(text: str | None):
    return read_documented(None if text is None else inspect.cleandoc(text))


def test_names_and_descriptions_are_read_in_order():
    text = """Send.

    Args:
        to: Recipient
            of the mail
        subject (str): The subject.
        *rest: More.

        body:

    Returns:
        result: no parameter
    """
    assert documented(text) == {"to": "Recipient of the mail", "subject": "The subject.", "rest": "More.", "body": ""}
    assert list(documented(text) or ()) == ["to", "subject", "rest", "body"]


def test_the_section_may_come_first():
    assert documented("\n    Args:\n        days_old: Days\n    ") == {"days_old": "Days"}
    assert documented("Args:\n        days_old: Days\n    ") == {"days_old": "Days"}


@pytest.mark.parametrize("text", [None, "", "Sends mail.", "Args are good.", "Note:\n    to: no parameter\n"])
def test_without_a_section_nothing_is_documented(text):
    assert documented(text) is None


def test_an_empty_section_documents_nothing():
    assert documented("Args:\n") == {}
    assert documented("Args:\n    Nothing that is a name\n") == {}
