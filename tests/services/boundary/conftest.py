"""A database of the test's own, and answers to a lab with one task in Python, on both ways to the learner's code."""

from __future__ import annotations

import pytest
from homes import need, warm_server
from learners import SCHEMA

from harness.answers import Answers, AnswerSet, ChosenTransport
from harness.catalogue import load_lab
from harness.services import start_postgres

LAB = """
id = "acts"
title = "Acts"
branch = "data"
services = ["postgres"]
minutes = 10
[[tasks]]
name = "act"
file = "1_act.py"
sentence = "Act."
hints = ["Look."]
"""


@pytest.fixture(scope="session")
def server(shared_home):
    """A warm server of one provider: how learners' code is reached has nothing to do with how the server was had."""
    need("embedded")
    yield from warm_server(start_postgres, "embedded", shared_home)


@pytest.fixture
def database(server):
    """A database with the tables of the stories."""
    fresh = server.fresh(SCHEMA)
    yield fresh
    fresh.drop()


@pytest.fixture(scope="session")
def workers():
    """The workers of all tests here."""
    chosen = ChosenTransport("worker")
    yield chosen
    chosen.close()


@pytest.fixture
def answered(tmp_path, workers):
    """Return a function: what was written, as answers in this process or in workers."""
    folder = tmp_path / "labs" / "91_acts"
    (folder / "exercise").mkdir(parents=True)
    (folder / "lab.toml").write_text(LAB)
    lab = load_lab(folder)

    def write(text, where):
        (lab.exercise / "1_act.py").write_text(text)
        chosen = AnswerSet("exercise", (lab.exercise,))
        return Answers(lab, chosen, workers if where == "worker" else ChosenTransport(where))

    return write
