"""What `labs verify` prints while it proves."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.catalogue import find_lab, project_root
from harness.cli.tables import tell_outcomes
from harness.verify import Outcome, claims

CLAIMS = claims(find_lab(project_root(Path(__file__)), "01"))[:3]


@pytest.fixture
def printed(capsys):
    """Return a function: what was printed since it was last asked."""
    return lambda: capsys.readouterr().out


def test_each_claim_is_told_when_it_is_proved(printed):
    """Where the output is no terminal, too, a line comes with each outcome, and not with the last."""
    told = []

    def outcomes():
        for claim in CLAIMS:
            yield Outcome(claim, "", 1.5)
            told.append(printed())

    tell_outcomes("a lab", CLAIMS, outcomes(), whole=True)
    assert [line.split()[:2] for line in told] == [[claim.kind, claim.name] for claim in CLAIMS]
    assert printed().startswith("a lab: 3 of 3 claims hold")


def test_a_round_of_many_is_one_line_and_what_does_not_hold(printed):
    """Claims that hold are counted, and those that don't have a line."""
    outcomes = [Outcome(claim, "it survives" if claim is CLAIMS[1] else "", 1.5) for claim in CLAIMS]
    assert tell_outcomes("a lab, 2 of 20", CLAIMS, outcomes, whole=False) == outcomes
    wrong, closing = printed().splitlines()
    assert wrong.split()[:2] == [CLAIMS[1].kind, CLAIMS[1].name]
    assert closing.startswith("a lab, 2 of 20: 2 of 3 claims hold")
