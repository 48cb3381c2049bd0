"""Answers that are filled in."""

from __future__ import annotations

import pytest

from harness.answers import Mark, NotToml, NotWritten
from harness.answers.toml import mark_of

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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[a]\nb = "no"\n[c]\nb = "yes"', Mark(4, 'b = "yes"', 4, 5)),
        ("[c]\r\n  b = 'yes'  # as I think\r\n", Mark(2, "  b = 'yes'  # as I think", 6, 5)),
        ('# c.b = "no"\nc.b = "yes"', Mark(2, 'c.b = "yes"', 6, 5)),
        ('c = { x = "no", b = "yes" }', Mark(1, 'c = { x = "no", b = "yes" }', 20, 5)),
        ('[c]\n"b" = true', Mark(2, '"b" = true', 6, 4)),
        ('[c]\nb = """\nyes"""\n', None),
        ('[c]\nx = "b"', None),
    ],
    ids=["two of a name", "blanks and a comment", "dotted", "inline", "quoted", "over several lines", "missing"],
)
def test_a_cell_of_a_form_is_found_in_its_line(text, expected):
    """The place of a value is the line without which the form says nothing there, and in it the value."""
    assert mark_of(text, ("c", "b")) == expected
