"""What must hold in the town, in every order: the first line of each function is the fact."""

from harness import differs

# The bank -----------------------------------------------------------------------------------------------------------


def books_balance(start, moves):
    """Give the rule that the balances are what the calls have told.

    `start` is each account's first balance, `moves` what each actor changes if its call returns True.
    """

    def rule(look):
        """Each balance is what the calls have told: nothing is lost, and nothing comes from nowhere."""
        balances = dict(look.rows("SELECT account_id, balance FROM account"))
        paid = look.returned(True)
        for account, before in start.items():
            changes = [(moves[actor][account], actor) for actor in paid if account in moves[actor]]
            after = before + sum(change for change, _ in changes)
            if balances.get(account) != after:
                sum_up = "".join(f" {'-' if change < 0 else '+'} {abs(change)} ({actor})" for change, actor in changes)
                return differs(f"balance of account {account}", f"{before}{sum_up} = {after}", balances.get(account))
        return None

    return rule


def everybody_is_told_true(look):
    """Every call returns True: nothing is in the way of any."""
    told = {name: outcome.value for name, outcome in look.outcomes.items()}
    return differs(
        "returned",
        ", ".join(f"True to {name}" for name in told),
        ", ".join(f"{value} to {name}" for name, value in told.items()),
    )


def both_accounts_have_got_two_crowns(look):
    """Each of the two accounts has got one crown from either side."""
    balances = [balance for (balance,) in look.rows("SELECT balance FROM account WHERE account_id < 3 ORDER BY 1")]
    return differs("the two balances, which were 100 and 100", [102, 102], balances)


def no_money_is_under_way(look):
    """Whenever one looks, the two accounts hold 200 crowns: money that has left one has reached the other."""
    return differs("crowns in all accounts", 200, look.value("SELECT sum(balance) FROM account"))


def one_moves_and_one_is_refused(look):
    """One of the two is told True, the other False."""
    told = sorted(str(outcome.value) for outcome in look.outcomes.values())
    return differs("the calls return", "False, True", ", ".join(told))


# The clinic ---------------------------------------------------------------------------------------------------------


def somebody_is_on_call(look):
    """Somebody of the ward is on call."""
    on_call = look.rows("SELECT doctor FROM duty WHERE ward = 'surgery' AND on_call ORDER BY doctor")
    return None if on_call else differs("on call in surgery", "somebody", "nobody")


def one_doctor_leaves(look):
    """One of the two leaves and is told so, the other stays and is told so."""
    told = sorted(str(outcome.value) for outcome in look.outcomes.values())
    return differs("the calls return", "False, True", ", ".join(told))


def who_was_told_so_is_off_call(look):
    """Who was told True is off call, and nobody else is."""
    off_call = [name for (name,) in look.rows("SELECT doctor FROM duty WHERE NOT on_call ORDER BY doctor")]
    return differs("off call", ", ".join(sorted(look.returned(True))) or "nobody", ", ".join(off_call) or "nobody")


# The guest house ----------------------------------------------------------------------------------------------------


def no_night_is_booked_twice(look):
    """No night is booked twice."""
    twice = look.rows(
        """
        SELECT one.guest || ' from ' || one.arrives || ' to ' || one.leaves,
               other.guest || ' from ' || other.arrives || ' to ' || other.leaves
        FROM booking AS one
        JOIN booking AS other ON other.room_id = one.room_id AND other.guest > one.guest
        WHERE one.arrives < other.leaves AND other.arrives < one.leaves
        """
    )
    return differs("room 1", "one guest a night", " and ".join(twice[0])) if twice else None


def who_was_told_so_has_a_booking(look):
    """Who was told True has a booking, and nobody else has."""
    guests = [name for (name,) in look.rows("SELECT guest FROM booking ORDER BY guest")]
    return differs(
        "guests with a booking", ", ".join(sorted(look.returned(True))) or "none", ", ".join(guests) or "none"
    )


def one_guest_gets_the_room(look):
    """One of the two gets the room, whoever it is."""
    told = sorted(str(outcome.value) for outcome in look.outcomes.values())
    return differs("the calls return", "False, True", ", ".join(told))


# The print shop -----------------------------------------------------------------------------------------------------


def every_finished_job_is_printed_once(look):
    """Every job that is done has been printed once, and no other has been printed."""
    done = [job for (job,) in look.rows("SELECT job_id FROM job WHERE state = 'done' ORDER BY job_id")]
    printed = [job for (job,) in look.rows("SELECT job_id FROM printed ORDER BY job_id")]
    return differs("jobs printed", done, printed)


def whoever_got_a_job_has_done_it(look):
    """Each job that a call has returned is done, and was returned to nobody else."""
    returned = sorted(outcome.value for outcome in look.outcomes.values() if outcome.value is not None)
    done = [job for (job,) in look.rows("SELECT job_id FROM job WHERE state = 'done' ORDER BY job_id")]
    return differs("jobs returned to workers", done, returned)


def no_job_is_left_over(look):
    """There is a job for each worker, and each takes one."""
    left = [job for (job,) in look.rows("SELECT job_id FROM job WHERE state <> 'done' ORDER BY job_id")]
    return differs("jobs left over", [], left)


def no_job_is_stranded(look):
    """A job that isn't done is waiting: for the next call, which can take it."""
    stranded = look.rows("SELECT job_id, state FROM job WHERE state NOT IN ('waiting', 'done')")
    return differs("jobs that nobody will ever take", [], [list(row) for row in stranded])


def letters_come_in_order(look):
    """The letters of one patient come out of the printers in the order of their numbers."""
    out_of_order = look.rows(
        """
        SELECT earlier.job_id, later.job_id
        FROM job AS earlier
        JOIN job AS later ON later.patient = earlier.patient AND later.job_id > earlier.job_id
        WHERE later.state = 'done' AND earlier.state <> 'done'
        ORDER BY 1, 2
        """
    )
    for earlier, later in out_of_order:
        return differs("done first of one patient's letters", f"job {earlier}", f"job {later}")
    return None


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


# Errors -------------------------------------------------------------------------------------------------------------


def whoever_raises_has_rolled_back(look):
    """Whoever raises has ended the transaction before."""
    for at, event in enumerate(look.events):
        if event.kind == "raises":
            before = [earlier for earlier in look.events[:at] if earlier.actor == event.actor]
            if before and before[-1].open:
                return differs(f"{event.actor}'s last statement before the error goes up", "ROLLBACK", before[-1].text)
    return None
