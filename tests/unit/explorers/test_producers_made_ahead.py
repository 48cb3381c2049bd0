"""Producers made before they are asked for: whose they are, and which there are none of."""

import itertools

import pytest

from harness.explorers.crashes.ahead import MadeAhead

IDEMPOTENT = {"bootstrap.servers": "localhost:1", "enable.idempotence": True}


@pytest.fixture
def made():
    """What has been made, in its order: numbers with their configurations."""
    return []


@pytest.fixture
def ahead(made):
    """Makes numbers in the place of producers."""
    count = itertools.count(1)

    def make(chosen):
        made.append((next(count), chosen))
        return made[-1][0]

    return MadeAhead(make)


def test_each_is_handed_out_once(ahead):
    """Who asks again gets the one that was made with the last, and nobody gets what another has had."""
    assert [ahead.take(dict(IDEMPOTENT)) for _ in range(4)] == [1, 2, 3, 4]


def test_another_configuration_has_another_producer(ahead, made):
    """What was made for one configuration isn't handed out for another."""
    other = {**IDEMPOTENT, "linger.ms": 50}
    ahead.take(dict(IDEMPOTENT))
    taken = ahead.take(other)
    assert dict(made)[taken] == other


@pytest.mark.parametrize(
    "chosen",
    [
        {"bootstrap.servers": "localhost:1"},
        {**IDEMPOTENT, "enable.idempotence": False},
        {**IDEMPOTENT, "transactional.id": "announce"},
        {**IDEMPOTENT, "error_cb": print},
    ],
    ids=["not idempotent", "idempotence off", "transactional", "with a callback"],
)
def test_none_is_made_ahead_of_those_that_do_not_wait_or_are_somebodys_own(ahead, made, chosen):
    """One producer is made for each that is asked for."""
    ahead.take(chosen)
    ahead.take(chosen)
    assert [number for number, _ in made] == [1, 2]


def test_what_the_library_refuses_is_told_to_the_one_who_asks():
    """An error of the library's is the asker's own."""

    def refuse(_chosen):
        raise ValueError("no such setting")

    with pytest.raises(ValueError, match="no such setting"):
        MadeAhead(refuse).take(dict(IDEMPOTENT))
