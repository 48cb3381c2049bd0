"""The boundary to the answers: which file is meant, and what a file that can't be used says."""

from __future__ import annotations

import pytest

from harness.answers import Answers, AnswerSet, NotWritten, UnusableAnswer, choose, recognise
from harness.catalogue import load_lab
from harness.errors import BrokenLab, UsageError, Wrong
from harness.gallery import mistakes
from harness.table import Table

LAB = """
id = "tides"
title = "Tides"
branch = "data"
services = ["postgres"]
minutes = 10
[[tasks]]
name = "high"
file = "1_high.sql"
sentence = "When is the water high?"
hints = ["Look up."]
"""
MISTAKE = "-- Belief: noon\n-- Caught by: test_high_tide\n-- Hint: Look at the moon?\nselect 12"


class Harbour:
    """A database that knows the answer to two texts."""

    def query(self, sql: str, *, seconds: float = 5.0) -> Table:  # noqa: ARG002 - it answers at once
        if "no_such" in sql:
            raise Wrong('relation "no_such" does not exist')
        return Table.of("hour integer", [[12 if "12" in sql else 6]])


@pytest.fixture
def lab(tmp_path):
    """A lab with a starter, a reference, a mistake and a variant."""
    folder = tmp_path / "labs" / "07_tides"
    solutions = tmp_path / "solutions" / "07_tides"
    for parent in (folder / "exercise", solutions / "mistakes" / "noon", solutions / "variants" / "moon"):
        parent.mkdir(parents=True)
    (folder / "lab.toml").write_text(LAB)
    (folder / "exercise" / "1_high.sql").write_text("-- write here\n/* or\nhere */;\n")
    (solutions / "1_high.sql").write_text("select 6")
    (solutions / "mistakes" / "noon" / "1_high.sql").write_text(MISTAKE)
    (solutions / "variants" / "moon" / "1_high.sql").write_text("select 3 + 3")
    return load_lab(folder)


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        ("solutions", "select 6"),
        ("mistake:noon", MISTAKE),
        ("mistake noon", MISTAKE),
        ("noon", MISTAKE),
        ("variant:moon", "select 3 + 3"),
        ("moon", "select 3 + 3"),
        ("solutions/07_tides", "select 6"),
    ],
)
def test_answers_are_chosen_by_any_of_their_names(lab, tmp_path, wanted, text):
    """A kind, a kind and a name, a bare name and a folder all lead to the file."""
    assert Answers(lab, choose(lab, wanted, tmp_path)).source("high").text == text


def test_a_folder_with_all_labs_is_taken_by_the_labs_name(lab, tmp_path):
    """A folder that holds a folder of the lab's name means that one."""
    assert choose(lab, "solutions/", tmp_path).folders == ((tmp_path / "solutions" / "07_tides").resolve(),)


@pytest.mark.parametrize("wanted", ["mistake:moon", "variant:noon", "mistake", "nowhere", "mistake:", ""])
def test_answers_that_are_not_there_are_a_usage_error(lab, tmp_path, wanted):
    """A wrong name is refused with the right ones."""
    with pytest.raises(UsageError) as error:
        choose(lab, wanted, tmp_path)
    assert "noon" in error.value.advice + error.value.message or "moon" in error.value.advice


def test_a_folder_without_an_answer_is_a_usage_error(lab, tmp_path):
    """A folder that holds none of the lab's files was named by mistake."""
    (tmp_path / "elsewhere").mkdir()
    with pytest.raises(UsageError, match="holds no answer to 07_tides") as error:
        choose(lab, "elsewhere", tmp_path)
    assert "1_high.sql" in error.value.advice


def test_a_name_that_is_nearly_right_is_answered_with_the_right_one(lab, tmp_path):
    """A slip of the keyboard gets a suggestion, not the whole list."""
    with pytest.raises(UsageError) as error:
        choose(lab, "solution", tmp_path)
    assert error.value.advice == "Did you mean solutions?"


def test_a_file_missing_from_another_folder_never_leads_to_the_exercise(lab, tmp_path):
    """What restores the starter would overwrite the learner's answer: it's told only where the starter is missing."""
    folder = tmp_path / "mine"
    folder.mkdir()
    with pytest.raises(UnusableAnswer) as error:
        Answers(lab, AnswerSet("mine", (folder,))).source("high")
    assert "git" not in error.value.advice


@pytest.mark.parametrize("text", ["", "\n\t", "-- a\n", "/* a\n-- b */", "-- a\n;"])
def test_a_file_without_a_statement_is_not_written_yet(lab, text):
    """Comments, blanks and a lone semicolon are no answer."""
    (lab.exercise / "1_high.sql").write_text(text)
    with pytest.raises(NotWritten, match=r"not written yet: exercise/1_high\.sql"):
        Answers(lab, AnswerSet("exercise", (lab.exercise,))).source("high")


def test_a_byte_order_mark_and_line_ends_of_windows_mean_nothing(lab):
    """What an editor on Windows adds doesn't reach the server as a syntax error."""
    (lab.exercise / "1_high.sql").write_bytes("\ufeffselect 6\r\n".encode())
    assert Answers(lab, choose(lab, "exercise", lab.root)).source("high").text == "select 6\r\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("select 'é'".encode("latin-1"), "not UTF-8: line 1 holds the byte 0xe9"),
        (b"select 1\n\0", "line 2 holds a NUL byte"),
        (b"-" * 1_000_001, "larger than"),
    ],
)
def test_a_file_that_is_no_text_says_where(lab, content, words):
    """The line and the byte are named."""
    (lab.exercise / "1_high.sql").write_bytes(content)
    with pytest.raises(UnusableAnswer, match=words):
        Answers(lab, choose(lab, "exercise", lab.root)).source("high")


def test_a_renamed_file_names_what_is_there(lab):
    """The message says how the file must be called, what lies beside it, and how to get the starter back."""
    (lab.exercise / "1_high.sql").rename(lab.exercise / "one_high.sql")
    with pytest.raises(UnusableAnswer, match=r"exercise/1_high\.sql is missing or was renamed") as error:
        Answers(lab, choose(lab, "exercise", lab.root)).source("high")
    assert "one_high.sql" in error.value.advice
    assert "git checkout -- labs/07_tides/exercise/1_high.sql" in error.value.advice


def test_a_link_or_folder_in_place_of_the_file_is_refused(lab):
    """Only a plain file is an answer."""
    path = lab.exercise / "1_high.sql"
    path.unlink()
    path.symlink_to(lab.solutions / "1_high.sql")
    with pytest.raises(UnusableAnswer, match="not a plain file"):
        Answers(lab, choose(lab, "exercise", lab.root)).source("high")


def test_a_task_that_the_lab_does_not_have_is_a_defect_of_the_lab(lab):
    """A test that asks for an unknown task is never the learner's failure."""
    with pytest.raises(BrokenLab, match="no task called"):
        Answers(lab, choose(lab, "solutions", lab.root)).low  # noqa: B018 - the look-up itself is the fact


def test_a_known_mistake_is_recognised_by_its_rows(lab):
    """An answer written otherwise that gives a mistake's rows is answered with that mistake's hint."""
    (lab.exercise / "1_high.sql").write_text("select 24 / 2 -- 12")
    result = Answers(lab, choose(lab, "exercise", lab.root)).high(Harbour())
    wrong = Wrong("wrong rows")
    wrong.origin = result.origin
    assert [mistake.name for mistake in recognise(wrong, mistakes(lab))] == ["noon"]


def test_other_rows_are_not_recognised(lab):
    """A wrong answer that no mistake shows gets no hint."""
    (lab.exercise / "1_high.sql").write_text("select 6")
    wrong = Wrong("wrong rows")
    wrong.origin = Answers(lab, choose(lab, "exercise", lab.root)).high(Harbour()).origin
    assert recognise(wrong, mistakes(lab)) == []


def test_an_error_of_the_database_carries_the_file_it_came_from(lab):
    """What the server refuses can be shown with the learner's line."""
    (lab.exercise / "1_high.sql").write_text("select * from no_such")
    with pytest.raises(Wrong) as error:
        Answers(lab, choose(lab, "exercise", lab.root)).high(Harbour())
    assert error.value.origin.source.path.name == "1_high.sql"


def test_a_mistake_without_a_hint_is_a_defect_of_the_gallery(lab):
    """The header must say what people believe, which test catches it, and the hint."""
    (lab.solutions / "mistakes" / "noon" / "1_high.sql").write_text(MISTAKE.replace("Hint", "Tip"))
    with pytest.raises(BrokenLab, match='lacks "Hint'):
        mistakes(lab)
