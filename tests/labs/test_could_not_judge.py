"""What is no fault of the answer ends in "could not judge": one sentence, a status of its own, nothing else harmed."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from harness import runs
from harness.errors import EXIT_COULD_NOT_JUDGE, EXIT_USAGE
from harness.runs import run_lab
from harness.verify import claims, prove


def test_docker_asked_for_where_none_answers(lab, monkeypatch, tmp_path):
    """`--services docker` without an engine says so once for the run and ends with the status of its own."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nobody.sock")
    monkeypatch.setenv("LABS_HOME", str(tmp_path / "home"))
    run = run_lab(lab, ("--services", "docker", "--answers", "solutions"))
    assert run.status == EXIT_COULD_NOT_JUDGE, run.output
    assert run.output.count("no Docker engine answers") == 1, run.output
    assert "Traceback" not in run.output


def test_a_run_that_hangs_is_no_proof(lab, monkeypatch):
    """One that takes too long is ended, and its claim is not proved."""
    monkeypatch.setattr(runs, "DEADLINE_SECONDS", 0)
    outcome = prove(claims(lab)[0], ("--services", "embedded"))
    assert outcome.problem.startswith("could not judge:")
    assert "did not end in 0 s" in outcome.problem


def test_no_room_for_data(lab, monkeypatch, tmp_path):
    """Where no place has room for a server's data, the verdict is withheld and the sentence names the place."""
    monkeypatch.setenv("LABS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LABS_DATA", "/dev/full")
    run = run_lab(lab, ("--services", "embedded", "--answers", "solutions"))
    assert run.status == EXIT_COULD_NOT_JUDGE, run.output
    assert "/dev/full" in run.output
    assert "Traceback" not in run.output


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("id = ", "lab.toml is not TOML"),
        ('id = "x"', '"tasks" is missing'),
        (None, "lab.toml"),
    ],
    ids=["no value", "a key is missing", "an unknown key"],
)
def test_a_broken_lab_toml_is_told_once_and_harms_no_other_lab(lab, tmp_path, content, words):
    """A lab whose lab.toml can't be read is "could not judge"; the lab beside it is judged as ever."""
    broken, sound = tmp_path / "labs" / "98_broken", tmp_path / "labs" / "99_sound"
    broken.mkdir(parents=True)
    (broken / "test_broken.py").write_text("def test_something(answers):\n    answers.something(None)\n")
    (broken / "lab.toml").write_text(
        content if content is not None else (lab.folder / "lab.toml").read_text().replace("title =", "titel =", 1)
    )
    shutil.copytree(lab.folder, sound, ignore=shutil.ignore_patterns("__pycache__"))
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "labs", "-p", "no:cacheprovider", "--services", "embedded"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    # Long sentences are wrapped.
    assert words in " ".join(run.stdout.split()), run.stdout
    assert run.stdout.count("98_broken/lab.toml") == 1, run.stdout
    assert "not written yet: exercise/8_sessions.sql" in run.stdout
    assert "Traceback" not in run.stdout


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (("--services", "podman"), "auto, docker, embedded"),
        (("--answers", "mistake:nonesuch"), "no mistake called"),
        (("--answers", "nonesuch"), "no mistake or variant of that name"),
    ],
    ids=["services", "mistake", "answers"],
)
def test_an_option_that_means_nothing_is_refused(lab, option, words):
    """A bad option ends before any test runs, with what it could have been."""
    run = run_lab(lab, option)
    assert run.status == EXIT_USAGE
    assert words in run.output
    assert not run.verdicts
    assert "Traceback" not in run.output
