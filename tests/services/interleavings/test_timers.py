"""A timer that ends a statement which waits runs out or does not, and both are tried: its value decides nothing."""

import multiprocessing
import time
from functools import partial

import psycopg
import pytest
from homes import on_both_providers
from psycopg import IsolationLevel
from stories import ACCOUNTS, DOCTORS, somebody_is_on_call, transfer, two

from harness.explorers.interleavings import Explorer, NotTheSameTwice, Story, differs, timers
from harness.explorers.interleavings.gated_postgres import GatedConnection

TIMED_OUT = (psycopg.errors.LockNotAvailable, psycopg.errors.QueryCanceled)


def explored(story, place):
    """Return what was found, and the course of each order."""
    runs = []
    with Explorer(story, place) as explorer:
        found = explorer.explore(on_run=runs.append)
    return found, [(run.order, run.events, run.pruned) for run in runs]


def both_are_paid(look):
    """There is enough for both, so both are paid."""
    return differs("paid", 2, len(look.returned(value=True)))


def withdraw(connection, *, timer, amount=10, tries=1, pause=None):
    """Wait no longer than a timer for the account; after so many times give up. `timer` is what sets it."""
    for attempt in range(tries):
        try:
            with connection.transaction():
                connection.execute(timer)
                row = connection.execute("SELECT balance FROM account WHERE id = 1 FOR UPDATE").fetchone()
                if row[0] < amount:
                    return False
                connection.execute("UPDATE account SET balance = balance - %s WHERE id = 1", (amount,))
                return True
        except TIMED_OUT:
            if pause is not None and attempt + 1 < tries:
                time.sleep(pause)
    return False


def patient(timer, amount=10, pause=None):
    """Try again until the other is gone."""
    return partial(withdraw, timer=timer, amount=amount, tries=1_000_000, pause=pause)


SETS = {
    "lock_timeout, local": "SET LOCAL lock_timeout = '{}'",
    "lock_timeout": "set LOCK_TIMEOUT to '{}'",
    "set_config": "SELECT set_config('lock_timeout', '{}', true)",
    "statement_timeout": "SET LOCAL statement_timeout = '{}'",
}


@on_both_providers("server")
@pytest.mark.parametrize("timer", SETS)
def test_what_a_timer_is_set_to_decides_nothing(place, timer):
    """Whoever is refused after a millisecond, after fifty or after ten minutes is refused in the same orders."""
    courses = []
    for value in ("1ms", "50ms", "10min"):
        story = two(partial(withdraw, timer=SETS[timer].format(value)), ACCOUNTS, both_are_paid)
        found, course = explored(story, place)
        courses.append((found.ran, found.broke, found.token, [(order, len(events)) for order, events, _ in course]))
    assert courses[0] == courses[1] == courses[2]
    assert courses[0][1] > 0


@on_both_providers("server")
def test_the_servers_own_error_is_shown_after_the_wait(place):
    """The shortest order tells that a statement waited, for whom, and with which error the server ended it."""
    story = two(partial(withdraw, timer="SET LOCAL lock_timeout = '50ms'"), ACCOUNTS, both_are_paid)
    found, _ = explored(story, place)
    events = [
        (event.actor, event.kind, event.text[:6], event.result, event.error, event.blockers)
        for event in found.shortest.events
    ]
    assert events[:4] == [
        ("Ann", "does", "SELECT", "100", "", ()),
        ("Bob", "waits", "SELECT", "", "", ("Ann",)),
        ("Bob", "goes on", "SELECT", "canceling statement due to lock timeout", "55P03", ()),
        ("Bob", "does", "ROLLBA", "", "", ()),
    ]
    assert (found.token, found.shortest.switches, found.shortest.timers, found.bound) == ("AbBAA", 1, 1, 2)
    assert found.remarks[0].startswith("Bob's lock_timeout ran out")


def test_of_two_timers_the_one_for_locks_runs_out(place):
    """Where a statement has less time for a lock than for all it does, it is the lock's that runs out."""
    timer = "SELECT set_config('statement_timeout', '60s', true), set_config('lock_timeout', '1s', true)"
    _, course = explored(two(partial(withdraw, timer=timer), ACCOUNTS, both_are_paid), place)
    assert {event.error for _, events, _ in course for event in events} == {"", "55P03"}


def test_a_timer_that_is_off_is_none(place):
    """A lock_timeout of 0 waits for ever: each order is what it is without."""
    found, _ = explored(two(partial(withdraw, timer="SET LOCAL lock_timeout = 0"), ACCOUNTS, both_are_paid), place)
    without, _ = explored(two(partial(withdraw, timer="SET LOCAL work_mem = '1MB'"), ACCOUNTS, both_are_paid), place)
    assert (found.ran, found.broke, found.bound) == (without.ran, 0, None)


@on_both_providers("server")
@pytest.mark.parametrize("pause", [None, 1], ids=["at once", "with pauses"])
def test_whoever_tries_again_until_the_other_is_gone_is_right(place, pause):
    """A wait that is given up and begun again, for ever, ends in each order, and loses nothing."""
    found, course = explored(
        two(patient("SET LOCAL lock_timeout = '50ms'", pause=pause), ACCOUNTS, both_are_paid), place
    )
    assert (found.broke, found.pruned) == (0, {})
    assert any(event.error == "55P03" for _, events, _ in course for event in events)


@pytest.mark.parametrize("tries", [2, 3])
def test_whoever_gives_up_after_some_tries_is_found(place, tries):
    """The other may take longer than all of them: the timers of one who waits alone cost one switch together."""
    call = partial(withdraw, timer="SET LOCAL lock_timeout = '50ms'", tries=tries)
    found, _ = explored(two(call, ACCOUNTS, both_are_paid), place)
    assert (found.token, found.shortest.timers) == ("A" + "bB" * tries + "AA", tries)


def test_what_is_wrong_only_after_a_wait_is_found_in_spite_of_a_timer(place):
    """A snapshot from before the wait for a lock is old after it, also where the wait might have been given up."""

    def goes_off_call(connection, name):
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        with connection.transaction():
            connection.execute("SET LOCAL lock_timeout = '1ms'")
            connection.execute("SELECT pg_advisory_xact_lock(1)")
            (count,) = connection.execute("SELECT count(*) FROM doctor WHERE on_call").fetchone()
            if count > 1:
                connection.execute("UPDATE doctor SET on_call = false WHERE name = %s", (name,))

    calls = {"Ann": partial(goes_off_call, name="ann"), "Bob": partial(goes_off_call, name="bob")}
    found, _ = explored(Story(calls, DOCTORS, [somebody_is_on_call], may_fail=["LockNotAvailable"]), place)
    assert (found.shortest.broken.fact, found.shortest.timers) == ("Somebody is on call.", 0)
    assert any(event.kind == "waits" for event in found.shortest.events)


def test_a_transaction_can_be_set_up_after_a_timer(place):
    """Whether a timer is on is asked without a snapshot: the isolation level can still be set, and the wait fails."""

    def call(connection):
        connection.execute("SET LOCAL lock_timeout = '50ms'")
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        connection.execute("UPDATE account SET balance = balance - 10 WHERE id = 1")
        connection.commit()
        return True

    story = Story({"Ann": call, "Bob": call}, ACCOUNTS, may_fail=["SerializationFailure", "LockNotAvailable"])
    found, course = explored(story, place)
    assert found.broke == 0
    assert {event.error for _, events, _ in course for event in events} == {"", "40001", "55P03"}


def test_a_deadlock_is_found_before_a_timer_runs_out(place):
    """Where a circle of waits closes there is a victim as ever; only who waits in front of it may give up."""

    def with_a_timer(source, target):
        def call(connection):
            connection.execute("SET LOCAL lock_timeout = '1ms'")
            transfer(source, target)(connection)

        return call

    story = Story(
        {"Ann": with_a_timer(1, 2), "Bob": with_a_timer(2, 1)},
        ACCOUNTS,
        may_fail=["DeadlockDetected", "LockNotAvailable"],
    )
    found, course = explored(story, place)
    assert found.broke == 0
    victims = [events for _, events, _ in course if any(event.error == "40P01" for event in events)]
    assert len(victims) == 4
    assert any(event.error == "55P03" for _, events, _ in course for event in events)


def test_a_timer_that_ends_with_its_savepoint_is_on_no_longer(place):
    """What was set within a savepoint is undone with it: the wait that comes after it is a patient one."""

    def call(connection):
        with connection.transaction():
            try:
                with connection.transaction():
                    connection.execute("SET LOCAL lock_timeout = '50ms'")
                    connection.execute("UPDATE account SET balance = balance - 10 WHERE id = 1")
            except psycopg.errors.LockNotAvailable:
                connection.execute("UPDATE account SET balance = balance - 10 WHERE id = 1")
        return True

    found, course = explored(two(call, ACCOUNTS, both_are_paid), place)
    assert found.broke == 0
    assert max(sum(move < 0 for move in order) for order, _, _ in course) == 1


def test_a_timer_of_the_session_is_on_in_autocommit_and_in_the_next_transaction(place):
    """SET without LOCAL outlives its transaction, and is undone where that is rolled back."""

    def by_itself(connection):
        connection.autocommit = True
        connection.execute("SET lock_timeout = '50ms'")
        return connection.execute("UPDATE account SET balance = balance - 10 WHERE id = 1").rowcount == 1

    def in_the_next(connection):
        connection.execute("SET lock_timeout = '50ms'")
        connection.commit()
        connection.execute("UPDATE account SET balance = balance - 10 WHERE id = 1")
        connection.commit()
        return True

    def undone(connection):
        connection.execute("SET lock_timeout = '50ms'")
        connection.execute("SELECT 1")
        connection.rollback()
        connection.execute("UPDATE account SET balance = balance - 10 WHERE id = 1")
        connection.commit()
        return True

    for call, may_run_out in ((by_itself, True), (in_the_next, True), (undone, False)):
        found, _ = explored(two(call, ACCOUNTS, both_are_paid, may_fail=["LockNotAvailable"]), place)
        assert (found.broke > 0) == may_run_out, call.__name__


def _many(connection):
    connection.execute("SET LOCAL lock_timeout = '50ms'")
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE account SET balance = balance + %s WHERE id = %s", [(-10, 1), (10, 2)])
    connection.commit()


def _together(connection):
    connection.execute("SET LOCAL lock_timeout = '50ms'; UPDATE account SET balance = 0 WHERE id = 1")
    connection.commit()


@pytest.mark.parametrize("call", [_many, _together])
def test_a_timer_that_can_not_be_held_is_refused(place, call):
    """Where nothing can be sent between a timer and what waits, its value would decide: a sentence says so."""
    found, _ = explored(Story({"Ann": call, "Bob": call}, ACCOUNTS), place)
    assert "send one statement at a time" in found.shortest.refused


def test_the_next_order_knows_of_no_timer(place):
    """A connection that is as new has forgotten that a timer was on, on the server and here."""
    connection = place.open()
    connection.execute("SELECT 1")
    connection.has_timers = True
    assert place.renew(connection)
    assert not connection.has_timers
    place.close(connection)


def test_an_order_with_a_timer_can_be_replayed(place):
    """A small letter is a step whose timer runs out; where none is on, or nobody is waited for, the order is none."""
    impatient = two(partial(withdraw, timer="SET LOCAL lock_timeout = '50ms'"), ACCOUNTS, both_are_paid)
    with Explorer(impatient, place) as explorer:
        again = explorer.replay("AbBAA", lambda *_: None)
        assert (again.token, again.broke) == ("AbBAA", 1)
        with pytest.raises(NotTheSameTwice, match="waits for nobody"):
            explorer.replay("AaA", lambda *_: None)
    without = two(partial(withdraw, timer="SELECT 1"), ACCOUNTS, both_are_paid)
    with Explorer(without, place) as explorer, pytest.raises(NotTheSameTwice, match="can't be followed"):
        explorer.replay("AbBAA", lambda *_: None)


@on_both_providers("server")
def test_a_timer_that_runs_out_before_it_is_known_decides_nothing(place, monkeypatch):
    """Where the machine stands still for longer than a timer while we ask whether one is on, the order is run again."""
    story = two(partial(withdraw, timer="SET LOCAL statement_timeout = '1ms'"), ACCOUNTS, both_are_paid)
    undisturbed, course = explored(story, place)
    ask, asked = GatedConnection._sent, []

    def disturbed(connection, commands):
        if commands == timers.READ:
            asked.append(connection)
            if len(asked) <= 2:
                return ask(connection, b"DO 'BEGIN PERFORM pg_sleep(0.1); END'; " + commands)
        return ask(connection, commands)

    monkeypatch.setattr(GatedConnection, "_sent", disturbed)
    again, course_again = explored(story, place)
    assert (again.token, again.broke, course_again) == (undisturbed.token, undisturbed.broke, course)


def _work():
    while True:
        pass


@pytest.fixture(params=[0, 2], ids=["idle", "busy"])
def busy(request):
    """So many processes that compute for as long as the test runs."""
    others = [multiprocessing.get_context("spawn").Process(target=_work, daemon=True) for _ in range(request.param)]
    for other in others:
        other.start()
    yield
    for other in others:
        other.terminate()
        other.join()


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize("timer", ["SET LOCAL lock_timeout = '1ms'", "SET LOCAL statement_timeout = '20ms'"])
def test_orders_with_timers_go_the_same_way_each_time(place, timer):
    """Every event of every order is the same in four explorations, whatever else this machine does."""
    story = two(partial(withdraw, timer=timer, tries=2), ACCOUNTS, both_are_paid)
    _, first = explored(story, place)
    for _ in range(3):
        assert explored(story, place)[1] == first
