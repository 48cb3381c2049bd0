"""One slip of every kind, made by the real boundary; `python slip_specimens.py` rewrites the golden texts."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from harness.answers import Answers, AnswerSet
from harness.answers.nowhere import Nowhere
from harness.catalogue import load_lab
from harness.errors import Wrong
from harness.report import Context, failure

GOLDEN = Path(__file__).parent / "golden" / "slips"
LAB = """
id = "bank"
title = "Bank"
branch = "data"
services = ["postgres"]
minutes = 10
[[tasks]]
name = "withdraw"
file = "2_withdraw.py"
sentence = "Pay out."
hints = ["Look."]
[[tasks]]
name = "anomalies"
file = "1_anomalies.toml"
sentence = "Fill in."
hints = ["Look."]
"""
REFERENCE = "def withdraw(connection, account, amount):\n    return True\n"

TEXTS = {
    "does_not_compile": "def withdraw(connection, account, amount):\n    if amount > 0\n        return True\n",
    "does_not_load": "import psycopg\nimport psycopgg\n\n\n" + REFERENCE,
    "function_renamed": REFERENCE.replace("withdraw", "withdrew"),
    "other_parameters": "def withdraw(connection, amount):\n    return True\n",
    "raises": (
        "def withdraw(connection, account, amount):\n    balance = read(connection, account)\n    return balance\n\n\n"
        "def read(connection, account):\n    rows = []\n    return rows[account]\n"
    ),
    "ends_the_program": "import sys\n\n\ndef withdraw(connection, account, amount):\n    sys.exit(1)\n",
    "starts_a_thread": (
        "from threading import Thread\n\n\ndef withdraw(connection, account, amount):\n"
        "    Thread(target=print, args=(amount,)).start()\n"
    ),
    "returns_no_plain_value": "def withdraw(connection, account, amount):\n    return {account, amount}\n",
    "no_toml": '["dirty read"]\nread_committed = no\n',
    "never_ends": "def withdraw(connection, account, amount):\n    while True: amount += 1\n",
}


def context(file: str) -> Context:
    """Return the context of a failed test in a lab of the boundary's own."""
    again = "pytest labs/90_bank/test_bank.py::test_withdraw_pays_out"
    return Context("A withdrawal is paid out.", f"labs/90_bank/exercise/{file}", "", "", (), again, "")


def made(folder: Path, text: str) -> Wrong:
    """Return what a learner's file leads to, in a lab in this folder."""
    lab_folder, solutions = folder / "labs" / "90_bank", folder / "solutions" / "90_bank"
    (lab_folder / "exercise").mkdir(parents=True)
    solutions.mkdir(parents=True)
    (lab_folder / "lab.toml").write_text(LAB)
    (solutions / "2_withdraw.py").write_text(REFERENCE)
    is_form = not text.startswith(("import", "from", "def"))
    (lab_folder / "exercise" / ("1_anomalies.toml" if is_form else "2_withdraw.py")).write_text(text)
    answers = Answers(load_lab(lab_folder), AnswerSet("exercise", (lab_folder / "exercise",)))
    try:
        answers.anomalies() if is_form else answers.withdraw(Nowhere(), 1, 70)
    except Wrong as wrong:
        return wrong
    raise AssertionError(f"nothing is wrong with {text}")


def told(name: str, width: int = 100) -> str:
    """Return what a learner reads of a specimen."""
    with tempfile.TemporaryDirectory() as folder:
        file = "1_anomalies.toml" if name == "no_toml" else "2_withdraw.py"
        return failure(made(Path(folder), TEXTS[name]), context(file), width)


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for specimen in TEXTS:
        (GOLDEN / f"{specimen}.txt").write_text(told(specimen), encoding="utf-8")
        sys.stdout.write(f"--- {specimen}\n{told(specimen)}\n")
