"""A lab with a task in Python and a form, and what a learner has written for them."""

from __future__ import annotations

import importlib
import sys

import pytest

from harness.answers import TRANSPORTS, Answers, AnswerSet, ChosenTransport
from harness.catalogue import load_lab

LAB = """
id = "bank"
title = "Bank"
branch = "data"
services = ["postgres"]
minutes = 10
[[tasks]]
name = "withdraw"
file = "1_withdraw.py"
sentence = "Pay out."
hints = ["Look."]
[[tasks]]
name = "anomalies"
file = "2_anomalies.toml"
sentence = "Fill in."
hints = ["Look."]
"""
REFERENCE = """
def withdraw(connection, account, amount):
    return True
"""


@pytest.fixture
def bank(tmp_path):
    """The lab."""
    folder, solutions = tmp_path / "labs" / "90_bank", tmp_path / "solutions" / "90_bank"
    (folder / "exercise").mkdir(parents=True)
    solutions.mkdir(parents=True)
    (folder / "lab.toml").write_text(LAB)
    (solutions / "1_withdraw.py").write_text(REFERENCE)
    return load_lab(folder)


@pytest.fixture
def helper_module(bank, monkeypatch):
    """Return a function: a helper module of the lab's, written and imported as a test of it would."""
    monkeypatch.syspath_prepend(bank.folder)
    imported = []

    def write(name, text):
        (bank.folder / f"{name}.py").write_text(text)
        importlib.invalidate_caches()
        imported.append(name)
        return importlib.import_module(name)

    yield write
    for name in imported:
        del sys.modules[name]


@pytest.fixture(scope="session", params=TRANSPORTS)
def transport(request):
    """Each way to the learner's code; what is started for it serves all tests."""
    chosen = ChosenTransport(request.param)
    yield chosen
    chosen.close()


@pytest.fixture
def answered(bank, transport):
    """Return a function: the answers to the lab, where the learner has written this."""

    def write(text, file="1_withdraw.py"):
        (bank.exercise / file).write_text(text)
        return Answers(bank, AnswerSet("exercise", (bank.exercise,)), transport)

    return write
