"""What fails while a failure is drawn or told is a defect of ours: the verdict stands, and CI lets it not pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.catalogue import find_lab, project_root
from harness.errors import EXIT_WRONG
from harness.runs import run_lab
from harness.verify import Claim, prove

LAB = find_lab(project_root(Path(__file__)), "03")
ONE_TEST = ("-k", "test_withdraw_never_pays_twice")
# An answer that is wrong, and that spoils our own drawing or telling of it, since it runs in the same process.
SPOILS = """

import importlib

def _spoiled(*_values, **_named):
    raise ValueError("a lane\\nwithout a name")

setattr(importlib.import_module("{module}"), "{function}", _spoiled)
"""


@pytest.fixture
def spoiled(tmp_path):
    """Return a function: answers that pay twice, and spoil this function of ours."""

    def spoil(module: str, function: str) -> Path:
        wrong = LAB.solutions / "mistakes" / "check_then_write" / "2_withdraw.py"
        text = wrong.read_text(encoding="utf-8") + SPOILS.format(module=module, function=function)
        (tmp_path / "2_withdraw.py").write_text(text, encoding="utf-8")
        return tmp_path

    return spoil


@pytest.mark.parametrize(
    ("spoils", "words", "asks"),
    [
        (("harness.report.timeline.page", "write_picture"), "the picture could not be drawn", True),
        (("harness.report.orders", "broken_order"), "more could not be told", False),
    ],
    ids=["the picture", "the text"],
)
def test_what_can_not_be_drawn_or_told_leaves_the_verdict_alone(services, spoiled, spoils, words, asks):
    """The answer is wrong as ever, one line says what could not be done and why, and no run of pytest breaks off."""
    run = run_lab(LAB, ("--services", services, "--answers", str(spoiled(*spoils)), *ONE_TEST))
    assert run.status == EXIT_WRONG, run.output
    assert "INTERNALERROR" not in run.output
    (entry,) = run.verdicts.values()
    (line,) = [line for line in entry["text"].splitlines() if line.startswith("defect:")]
    assert line.startswith(f"defect: {words} (ValueError: a lane without a name;")
    assert entry["defect"] in line
    assert "2_withdraw.py" in entry["text"]
    assert ("Ask yourself" in entry["text"]) is asks


def test_a_defect_of_ours_is_no_proof(services, spoiled):
    """A claim does not hold where a picture could not be drawn, however right the verdict is."""
    folder = spoiled("harness.report.timeline.page", "write_picture")
    claim = Claim(LAB, "mistake", str(folder), lambda run: "" if run.tests("wrong") else "nothing is wrong")
    assert "could not be drawn" in prove(claim, ("--services", services, *ONE_TEST)).problem
