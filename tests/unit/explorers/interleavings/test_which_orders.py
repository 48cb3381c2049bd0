"""Which orders are run: each once, all that there are, those with the fewest switches first."""

from dataclasses import replace
from math import comb

import pytest

from harness.explorers.interleavings.orders import Orders, go_on, goes_round
from harness.explorers.interleavings.trace import Choice, Run, order_of, price, token_of


def walk(steps, prefix, *, sleeps=(), goes_round=False):
    """Follow a beginning to its end, where nobody ever waits: actor by actor so many steps."""
    left, choices = list(steps), []
    while enabled := tuple(actor for actor, count in enumerate(left) if count):
        yielded = bool(choices) and len(choices) in sleeps
        choice = go_on(enabled, choices, has_yielded=yielded, goes_round=goes_round)
        if len(choices) < len(prefix):
            choice = replace(choice, taken=prefix[len(choices)])
        choices.append(choice)
        left[choice.taken] -= 1
    return choices


def all_orders(steps, most=None, **options):
    orders, found = Orders(), []
    while (prefix := orders.next(most)) is not None:
        choices = walk(steps, prefix, **options)
        orders.add(prefix, choices)
        found.append(Run(tuple(choices), (), {}))
    return found


@pytest.mark.parametrize("steps", [1, 2, 3, 4, 5])
def test_two_actors_are_run_in_every_order_once(steps):
    """Two actors of n steps have (2n)! / n!² orders, and each is run exactly once."""
    orders = [run.order for run in all_orders((steps, steps))]
    assert len(orders) == len(set(orders)) == comb(2 * steps, steps)


@pytest.mark.parametrize(
    ("steps", "most", "expected"),
    [
        ((3, 3), 1, 6),
        ((3, 3), 2, 14),
        ((4, 4), 1, 8),
        ((4, 4), 2, 26),
        ((5, 5), 1, 10),
        ((5, 5), 2, 42),
        ((6, 6), 2, 62),
        ((3, 3, 3), None, 1680),
        ((3, 3, 3), 2, 192),
        ((4, 4, 4), 2, 402),
    ],
)
def test_as_many_orders_have_so_few_switches_as_theory_says(steps, most, expected):
    """Up to a number of switches there are exactly as many orders as combinatorics counts."""
    assert len(all_orders(steps, most)) == expected


def test_the_fewest_switches_come_first():
    """An order never comes before one with fewer switches, so that the first failure is the simplest."""
    switches = [run.switches for run in all_orders((4, 4))]
    assert switches == sorted(switches)
    assert switches[:2] == [0, 0]


def test_whoever_sleeps_lets_the_other_go_first_at_no_cost():
    """After a sleep the other actor goes on, and that is no switch."""
    first = all_orders((2, 2), 0, sleeps={1})
    assert (0, 1, 1, 0) in {run.order for run in first}
    assert {run.switches for run in first} == {0}


def test_an_actor_that_only_repeats_itself_lets_others_go():
    """After sixteen steps in a row the others get their turn, and no other order branches off there."""
    choices = walk((20, 2), ())
    assert [choice.taken for choice in choices[:17]] == [0] * 16 + [1]
    assert choices[16].forced


def test_an_actor_that_polls_lets_others_go():
    """Whoever has slept goes on at once in some order, but not a second time before another has gone."""
    once, twice = walk((5, 2), (0, 0), sleeps={1}), walk((5, 2), (0, 0), sleeps={1, 2})
    assert not once[1].forced
    assert (twice[2].taken, twice[2].forced) == (1, True)


def test_a_sleep_is_not_taken_for_a_second_one_because_another_has_slept():
    """Two actors that each sleep once may each go on at once."""
    choices = walk((2, 3), (0, 1), sleeps={1, 2})
    assert choices[1].free
    assert not choices[2].forced


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ("aaa", True),
        ("aa", False),
        ("xaaa", True),
        ("aaax", False),
        ("ababab", True),
        ("babab", False),
        ("abcabcabc", True),
        ("abcabcabd", False),
        ("", False),
    ],
)
def test_three_rounds_that_are_all_the_same_are_polling(steps, expected):
    """An actor polls where its latest steps are the same three times over, one step or several a round."""
    assert goes_round([(step, "nothing", "") for step in steps]) is expected


def test_with_pauses_two_rounds_are_enough():
    """Whoever sleeps between two rounds that are all the same polls: others have had their turn."""
    assert goes_round([("GET lock", "mine", "")] * 2, pauses=True)
    assert not goes_round([("GET lock", "mine", "")], pauses=True)


def test_a_step_that_comes_to_something_else_is_no_polling():
    """The same command with another result each time has changed something."""
    assert not goes_round([("INCR visits", str(number), "") for number in range(1, 4)])


def test_a_value_that_is_new_each_time_is_still_polling():
    """A lock that is asked for with a new random token each time is asked for again and again."""
    tokens = ["0f8fad5b-d9cb-469f-a165-70867728950e", "7c9e6679-7425-40de-944b-e07fc1f90ae7", "1764104264.0493917"]
    assert goes_round([(f"SET lock {token} NX", "nothing", "") for token in tokens])
    assert not goes_round([(f"UPDATE account SET balance = {balance}", "1 row", "") for balance in (30, 20, 10)])


def test_whoever_goes_round_is_left_at_no_other_point():
    """Between rounds that are all the same no order branches off; after sixteen steps the others go, as in any row."""
    alone = walk((20, 2), (), goes_round=True)
    assert [choice.forced for choice in alone[1:17]] == [True] * 16
    assert [choice.taken for choice in alone[:17]] == [0] * 16 + [1]


def test_whoever_has_gone_round_for_long_lets_others_go_at_once():
    """Once is enough: from then on whoever comes round again lets the others go, at no cost."""
    choices = walk((20, 4), (*[0] * 16, 1, 0), goes_round=True)
    assert (choices[18].taken, choices[18].forced, choices[18].free) == (1, True, True)


def test_a_token_names_an_order():
    """A letter a step, there and back; a small one where the timer of the step runs out."""
    assert token_of((0, 1, 1, 2)) == "ABBC"
    assert order_of("ABBC") == (0, 1, 1, 2)
    assert token_of((0, ~1, ~0, 2)) == "AbaC"
    assert order_of("AbaC") == (0, ~1, ~0, 2)


def waiting(*taken, of=1, runs_out=()):
    """Choices between two actors, of which one has to wait in each of its steps, with a timer on."""
    return [
        Choice((0, 1), actor, may_run_out=actor == of and at not in runs_out, runs_out=at in runs_out)
        for at, actor in enumerate(taken)
    ]


def test_a_timer_that_may_run_out_is_one_more_order():
    """Where a step waits with a timer on, another order begins alike and has the timer run out."""
    orders = Orders()
    orders.next(None)
    orders.add((0, 1), waiting(0, 1, 0))
    begun = []
    while (prefix := orders.next(None)) is not None:
        begun.append(prefix)
    assert begun == [(0, 1, 1), (0, ~1)]


def test_nothing_runs_out_again_that_has_run_out():
    """The order in which a timer runs out begins no second time."""
    orders = Orders()
    orders.next(None)
    orders.add((0, ~1), waiting(0, 1, runs_out=[1]))
    assert orders.next(None) is None


def test_the_timers_of_one_who_waits_alone_cost_one_switch_together():
    """However many run out while no other goes on; each costs one once another has gone."""
    alone, again = waiting(0, 1, 1, 1, runs_out=[1, 3]), waiting(0, 1, 0, 1, runs_out=[1, 3])
    assert price(waiting(0, 1, 1, 1)) == 1
    assert price(alone) == 2
    assert price(waiting(0, 1, 0, 1)) == 3
    assert price(again) == 5


@pytest.mark.parametrize("token", ["", "ab", "aBA", "A B", "A1", "ÄB", "Aß"])
def test_what_is_no_token_is_refused(token):
    """A token is made of the letters from A to Z only, and its first step can wait for nobody."""
    with pytest.raises(ValueError, match="is no order"):
        order_of(token)
