"""Answers that are filled in."""

from __future__ import annotations

import pytest

from harness.answers import NotToml, NotWritten

FORM = "2_anomalies.toml"


@pytest.mark.parametrize("text", ["", "# later", '[a]\nb = "?"\nc = ["?", "?"]', "[a]"])
def test_a_form_of_question_marks_is_not_written_yet(answered, text):
    """Nothing is filled in where every value is a question mark."""
    with pytest.raises(NotWritten, match="not written yet: exercise/2_anomalies"):
        answered(text, FORM).anomalies()


def test_a_form_is_what_it_says(answered):
    """One value that is filled in makes it an answer, question marks and all."""
    assert answered('[a]\nb = "?"\nc = true', FORM).anomalies() == {"a": {"b": "?", "c": True}}


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [("a = 1\nb = \n", 2, 5), ("a = 1\nb =", 2, 4), ("a = 1\na = 2\n", 2, 6), ("a = [1,\n2", 2, 2), ("yes", 1, 4)],
)
def test_a_slip_in_a_form_is_told_with_its_place(answered, text, line, column):
    """The line and the column are the parser's; at the end of the file they are its end."""
    with pytest.raises(NotToml) as error:
        answered(text, FORM).anomalies()
    assert (error.value.line, error.value.column) == (line, column)
    assert "(at " not in error.value.message
