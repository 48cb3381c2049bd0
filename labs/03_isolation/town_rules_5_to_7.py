"""What must hold in the town in every order, for tasks 5 to 7: the first line of each function is the fact."""

from harness import differs

# The bank -----------------------------------------------------------------------------------------------------------


def no_money_is_under_way(look):
    """Whenever one looks, the four accounts hold 300 crowns: money that has left one has reached the other."""
    return differs("crowns in all accounts", 300, look.value("SELECT sum(balance) FROM account"))


def one_moves_and_one_is_refused(look):
    """One of the two is told True, the other False."""
    told = sorted(str(outcome.value) for outcome in look.outcomes.values())
    return differs("the calls return", "False, True", ", ".join(told))


# Errors -------------------------------------------------------------------------------------------------------------


def whoever_raises_has_rolled_back(look):
    """Whoever raises has ended the transaction before."""
    for at, event in enumerate(look.events):
        if event.kind == "raises":
            before = [earlier for earlier in look.events[:at] if earlier.actor == event.actor]
            if before and before[-1].open:
                return differs(f"{event.actor}'s last statement before the error goes up", "ROLLBACK", before[-1].text)
    return None


# The print shop -----------------------------------------------------------------------------------------------------


def whoever_comes_after(*, a_job, a_failure=None):
    """Give the rule of what the second worker gets where the first has gone before the second comes.

    `a_job` is what the second gets after the first has done a job, `a_failure` after the first has failed.
    """

    def rule(look):
        """Who comes when the other has gone finds nothing held: the job that is next is there to be taken."""
        first, second = sorted(look.outcomes, key=lambda name: _at(look, name)[0])
        if _at(look, first)[-1] > _at(look, second)[0] or look.outcomes[second].error:
            return None
        expected = a_failure if look.outcomes[first].error else a_job
        return differs(f"{second}, who comes after {first} has gone, gets job", expected, look.outcomes[second].value)

    return rule


def nobody_goes_home_empty_handed(look):
    """Each of the two workers gets a job: there is one for each."""
    empty = [name for name, outcome in look.outcomes.items() if outcome.value is None]
    return differs("workers without a job", [], empty)


def _at(look, name):
    """Give the places of an actor's events."""
    return [at for at, event in enumerate(look.events) if event.actor == name]
