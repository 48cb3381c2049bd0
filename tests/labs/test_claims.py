"""Every lab's tests tell right from wrong: one test a claim, on the provider that was asked for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from harness.answers import HERE, TRANSPORTS
from harness.catalogue import lab_folders, load_lab, project_root
from harness.cli.app import app
from harness.errors import UsageError
from harness.gallery import mistakes, variants
from harness.verify import claims, prove

LABS = [load_lab(folder) for folder in lab_folders(project_root(Path(__file__)))]


# One mistake of each task.
SAMPLES = {
    mistake.folder
    for lab in LABS
    for mistake in {mistake.task.name: mistake for mistake in reversed(mistakes(lab))}.values()
}


def only_its_test(claim):
    """Return the options that leave a mistake to the test that must catch it, but for the sample of each task.

    A run of the task's other tests proves of one mistake what it proves of all: that they judge an answer that is
    wrong elsewhere. With the data and the servers of a lab made once a run, it is also most of the time.
    """
    if claim.mistake is None or claim.mistake.folder in SAMPLES:
        return ()
    return ("-k", claim.mistake.caught_by.partition("[")[0])


def ways_to(claim):
    """Return where the answers of a claim are run here: in this process, in a worker, both, or not at all.

    Everything is proved once, on embedded servers. A verdict hardly depends on who has started the server, or on which
    side of the boundary an answer runs: on Docker, and in workers, one mistake of each task stands for all (and in
    workers the reference for its variants); `labs verify` proves all for whoever adds a lab or changes the harness.
    """
    is_sample = claim.mistake is None or claim.mistake.folder in SAMPLES
    if os.environ.get("LABS_SERVICES") == "docker":
        return (HERE,) if is_sample else ()
    tasks = [claim.mistake.task] if claim.mistake else claim.lab.tasks
    in_python = any(task.file.endswith(".py") for task in tasks)
    return TRANSPORTS if in_python and is_sample and claim.kind != "variant" else (HERE,)


CLAIMS = [
    pytest.param(claim, way, id=f"{claim.lab.slug}-{claim.kind}-{claim.name}" + ("" if way == HERE else f"-{way}"))
    for lab in LABS
    for claim in claims(lab)
    for way in ways_to(claim)
]


@pytest.mark.parametrize(("claim", "way"), CLAIMS)
def test_a_claim_about_a_lab_holds(claim, way, services):
    """The start is red by the intended message, right answers are green, each mistake is caught by its named test."""
    outcome = prove(claim, ("--services", services, "--answers-in", way, *only_its_test(claim)))
    assert not outcome.problem, outcome.problem


def test_of_other_data_a_mistake_must_be_caught_and_may_read_otherwise(services):
    """With another seed the named test catches a mistake; the golden text, which shows other rows, is left alone."""
    (claim,) = [claim for claim in claims(LABS[0]) if claim.name == "default_frame"]
    before = claim.mistake.golden.read_text(encoding="utf-8")
    assert "(seed 2026;" in before
    options = ("--services", services, *only_its_test(claim))
    assert not prove(claim, options, seed=7).problem
    assert "something else than the golden text" in prove(claim, (*options, "--seed", "7")).problem
    assert claim.mistake.golden.read_text(encoding="utf-8") == before


def test_golden_texts_are_not_written_from_other_data():
    """`labs verify --seed 7 --bless` says what doesn't go together, and proves nothing."""
    refused = CliRunner().invoke(app, ["verify", "01", "--seed", "7", "--bless"])
    assert isinstance(refused.exception, UsageError)
    assert "golden texts are of the seed" in refused.exception.message


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.slug)
def test_a_lab_has_its_gallery(lab):
    """A lab carries at least six mistakes and one variant, and every task has a mistake of its own."""
    assert len(mistakes(lab)) >= 6
    assert variants(lab)
    assert {mistake.task.name for mistake in mistakes(lab)} == {task.name for task in lab.tasks}


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.slug)
def test_exercise_and_reference_hold_the_same_files(lab):
    """Each task has a starter and a reference of the same name, and no file is a stray."""
    files = {task.file for task in lab.tasks}
    assert {path.name for path in lab.exercise.iterdir()} == files
    assert {path.name for path in lab.solutions.iterdir() if path.is_file()} == files | {"WHY.md"}


def test_helper_modules_of_labs_have_names_of_their_own():
    """No two labs ship a module of the same name, so that a run over all labs imports the right one."""
    names = [path.name for lab in LABS for path in lab.folder.glob("*.py") if path.name != "conftest.py"]
    assert len(names) == len(set(names))
