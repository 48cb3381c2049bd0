"""Every order of concurrent transactions on a real Postgres, the same each time."""

# ruff: noqa: ARG005 - a call is given its connection, and a listener its events, whether it needs them or not

import uuid
from functools import partial

import psycopg
import pytest
from homes import on_both_providers
from stories import ACCOUNTS, DOCTORS, KNOWN, leave, read_then_write, the_books_balance, transfer, two, update_where

from harness.errors import CouldNotJudge, Wrong
from harness.explorers.interleavings import (
    Anomaly,
    BrokenInSomeOrder,
    Explorer,
    NothingOverlapped,
    NotTheSameTwice,
    PostgresPlace,
    SeenInNoOrder,
    Story,
    differs,
    explore,
    no_rows,
    nobody_waits,
)
from harness.explorers.interleavings.kept import KeptPlace
from harness.explorers.interleavings.trace import token_of
from harness.services.postgres import settings


def explored(story, place, **options):
    with Explorer(story, place) as explorer:
        return explorer.explore(**options)


@on_both_providers("server")
@pytest.mark.parametrize("name", KNOWN)
def test_a_story_ends_as_it_is_known_to(place, name):
    """As many orders break the rule as were found before, out of as many as there are."""
    known = KNOWN[name]
    found = explored(known.story, place)
    assert (found.ran, found.broke, found.pruned, found.bound) == (known.ran, known.broke, {}, None)


@on_both_providers("server")
@pytest.mark.parametrize("name", ["lost update", "write skew, serializable", "deadlock", "update where, autocommit"])
def test_an_order_goes_the_same_way_each_time(place, name):
    """Every event of every order is the same in three explorations, whatever else this machine does."""
    courses = []
    for _ in range(3):
        course = []
        explored(KNOWN[name].story, place, on_run=course.append)
        courses.append([(run.order, run.events, run.pruned) for run in course])
    assert courses[0] == courses[1] == courses[2]


def test_the_shortest_counterexample_is_shown(place):
    """Of all orders that lose an update, the one with the fewest switches and events is kept, step by step."""
    found = explored(KNOWN["lost update"].story, place)
    run = found.shortest
    assert (found.token, run.switches) == ("ABBBAA", 1)
    assert run.broken.difference == differs("the balance", -40, 30)
    assert [(event.actor, event.kind, event.text, event.result) for event in run.events] == [
        ("Ann", "does", "SELECT balance FROM account WHERE id = 1", "100"),
        ("Bob", "does", "SELECT balance FROM account WHERE id = 1", "100"),
        ("Bob", "does", "UPDATE account SET balance = 30 WHERE id = 1", "1 row"),
        ("Bob", "does", "COMMIT", ""),
        ("Bob", "returns", "", "True"),
        ("Ann", "does", "UPDATE account SET balance = 30 WHERE id = 1", "1 row"),
        ("Ann", "does", "COMMIT", ""),
        ("Ann", "returns", "", "True"),
    ]


def test_a_wait_is_seen_with_whom_it_is_for(place):
    """A statement that needs a lock waits until the other has committed, and both are told."""
    runs = []
    explored(KNOWN["for update"].story, place, on_run=runs.append)
    waits = next(run for run in runs if any(event.kind == "waits" for event in run.events))
    events = [(event.actor, event.kind, event.blockers) for event in waits.events]
    at = events.index(("Bob", "waits", ("Ann",)))
    assert ("Bob", "goes on", ()) in events[at:]


def test_a_deadlock_has_the_victim_that_closed_the_circle(place):
    """Postgres ends whoever waited last; the other goes on."""
    runs = []
    explored(KNOWN["deadlock"].story, place, on_run=runs.append)
    circles = [run for run in runs if any(event.error == "40P01" for event in run.events)]
    assert len(circles) == 4
    for run in circles:
        events = [event for event in run.events if event.kind in {"waits", "does", "goes on"}]
        victim = next(at for at, event in enumerate(events) if event.error == "40P01")
        assert events[victim - 1].kind == "waits"
        assert events[victim].actor != events[victim - 1].actor
        assert events[victim + 1].kind == "goes on"


@on_both_providers("server")
def test_two_that_wait_for_one_lock_are_given_up_and_counted(place):
    """With three actors Postgres may choose between two waiters: such orders are pruned, with the reason."""
    calls = {"Ann": transfer(1, 2), "Bob": transfer(1, 2), "Cid": transfer(1, 2)}
    found = explored(Story(calls, ACCOUNTS), place)
    (reason,) = found.pruned
    assert "waited at once" in reason
    assert found.pruned[reason] > 0
    assert found.ran > 0


def test_three_actors_are_run_up_to_two_switches(place):
    """More than two actors are not run in all orders; what was run is said."""
    calls = {
        name: partial(lambda connection, name: connection.execute("SELECT 1, 2, %s", (name,)) and None, name=name)
        for name in ("Ann", "Bob", "Cid")
    }

    def thrice(call):
        def run(connection):
            for _ in range(2):
                call(connection)
            connection.commit()

        return run

    found = explored(Story({name: thrice(call) for name, call in calls.items()}, ACCOUNTS), place)
    assert (found.ran, found.bound) == (192, 2)


def test_the_bound_is_exceeded_nowhere(place):
    """`switches` runs all orders with at most so many switches, and says so."""
    found = explored(KNOWN["lost update"].story, place, switches=1)
    assert found.bound == 1
    assert found.ran < 14


def test_an_exploration_stops_at_the_most_orders_and_says_how_far_it_came(place):
    """What was not run to the end is not claimed."""
    found = explored(KNOWN["write skew, read committed"].story, place, most_orders=5)
    assert found.ran == 5
    assert found.bound == 0


def test_explore_raises_the_counterexample(place):
    """`explore` reads like the claim; a broken rule is a wrong answer that carries what was found."""
    with pytest.raises(BrokenInSomeOrder) as wrong:
        explore(
            {"Ann": read_then_write, "Bob": read_then_write},
            on=place,
            given=ACCOUNTS,
            at_the_end=[the_books_balance],
            ask="Who reads what?",
        )
    assert wrong.value.message == "The balance is what was not paid out."
    assert wrong.value.ask == "Who reads what?"
    assert wrong.value.exploration.broke == 12


def test_explore_returns_what_it_ran(place):
    """A rule that holds in every order gives the figures."""
    found = explore(
        {"Ann": update_where, "Bob": update_where}, on=place, given=ACCOUNTS, at_the_end=[the_books_balance]
    )
    assert (found.ran, found.broke, found.shortest) == (4, 0, None)


def test_a_rule_may_hold_always_and_is_told_where_it_broke(place):
    """What must hold whenever nothing moves is looked at after each step."""

    def in_two_commits(connection):
        connection.execute("UPDATE account SET balance = balance - 10 WHERE id = 1")
        connection.commit()
        connection.execute("UPDATE account SET balance = balance + 10 WHERE id = 2")
        connection.commit()

    total = no_rows("The sum of all balances is 200.", "SELECT sum(balance) FROM account HAVING sum(balance) <> 200")
    found = explored(Story({"Ann": in_two_commits, "Bob": read_then_write}, ACCOUNTS, always=[total]), place)
    assert found.shortest.events[found.shortest.broken.after - 1].text == "COMMIT"
    assert found.shortest.broken.difference.observed == "190"


def test_waiting_can_be_forbidden(place):
    """Two that work on different rows need not wait for each other, and two on the same do."""

    def update(account):
        def call(connection):
            connection.execute("UPDATE account SET balance = 1 WHERE id = %s", (account,))
            connection.commit()

        return call

    apart = Story({"Ann": update(1), "Bob": update(2)}, ACCOUNTS, [nobody_waits])
    assert explored(apart, place).broke == 0
    same = Story({"Ann": update(1), "Bob": update(1)}, ACCOUNTS, [nobody_waits])
    assert explored(same, place).shortest.broken.fact == "Nobody waits for anybody else."


def test_a_failure_that_surfaces_breaks_a_rule_of_its_own(place):
    """A call may fail only in the ways that the story allows."""
    story = Story(KNOWN["write skew, serializable"].story.actors, DOCTORS)
    broken = explored(story, place).shortest.broken
    assert broken.fact == "No call fails."
    assert "SerializationFailure (40001)" in broken.difference.observed


def test_a_transaction_that_is_left_open_breaks_a_rule_of_its_own(place):
    """A call that returns without COMMIT or ROLLBACK is told, and whoever waits for it waits no longer."""

    def forgets(connection):
        connection.execute("UPDATE account SET balance = 0 WHERE id = 1")

    found = explored(Story({"Ann": forgets, "Bob": forgets}, ACCOUNTS), place)
    assert found.shortest.broken.fact == "No call leaves its transaction open."


def test_a_call_that_raises_is_rolled_back(place):
    """As whoever lends a connection does: an exception ends the transaction, and the other goes on."""

    def gives_up(connection):
        connection.execute("UPDATE account SET balance = 0 WHERE id = 1")
        raise LookupError("no such account")

    found = explored(
        Story({"Ann": gives_up, "Bob": update_where}, ACCOUNTS, [the_books_balance], may_fail=["LookupError"]), place
    )
    assert found.broke == 0


def test_sleeping_takes_no_time_and_lets_the_other_go_first(place):
    """A call that polls with pauses ends, since the pause is a turn for others."""
    import time

    def waits_for_the_other(connection):
        connection.autocommit = True
        while connection.execute("SELECT balance FROM account WHERE id = 2").fetchone() != (0,):
            time.sleep(3600)
        return True

    def does_it(connection):
        connection.execute("UPDATE account SET balance = 0 WHERE id = 2")
        connection.commit()

    found = explored(Story({"Ann": waits_for_the_other, "Bob": does_it}, ACCOUNTS), place, switches=1)
    assert found.broke == 0


def test_calls_that_never_end_are_told(place):
    """A loop that nobody can end is a rule that breaks, after a bounded number of steps."""

    def forever(connection):
        connection.autocommit = True
        while True:
            connection.execute("SELECT 1")

    found = explored(Story({"Ann": forever, "Bob": update_where}, ACCOUNTS), place, most_orders=1)
    assert found.shortest.broken.fact == "Every call ends."


def test_nothing_at_work_is_no_proof(place):
    """Calls that never use their connections have proved nothing."""
    with pytest.raises(NothingOverlapped, match="Ann and Bob were never at work at the same time"):
        explored(Story({"Ann": lambda connection: None, "Bob": lambda connection: None}, ACCOUNTS), place)


def test_what_goes_two_ways_is_no_ones_fault_but_no_proof(place):
    """A call that does something else each time can't be judged."""
    times = []

    def moody(connection):
        times.append(1)
        connection.execute("UPDATE account SET balance = 1 WHERE id = 1 AND %s", (len(times) % 3 > 0,))
        connection.execute("SELECT 1" if len(times) % 5 else "SELECT 1, 2")
        connection.commit()

    with pytest.raises(NotTheSameTwice):
        explored(two(moody, ACCOUNTS, the_books_balance), place)


def test_a_value_that_is_new_each_time_changes_no_course(place):
    """A random key in a statement is no other course of events."""

    def with_a_key(connection):
        ((balance,),) = connection.execute(
            "SELECT balance FROM account WHERE id = 1 AND %s::text IS NOT NULL", (str(uuid.uuid4()),)
        ).fetchall()
        connection.execute("UPDATE account SET balance = %s WHERE id = 1", (balance - 70,))
        connection.commit()
        return True

    assert explored(two(with_a_key, ACCOUNTS, the_books_balance), place).broke == 12


def test_a_connection_is_as_new_in_each_order(place):
    """What a call sets on its connection, on the server or in a lock of its session is gone in the next order."""

    def unruly(connection):
        assert connection.autocommit is False
        assert connection.isolation_level is None
        ((level,),) = connection.execute("SHOW application_name").fetchall()
        assert level != "changed"
        connection.execute("SELECT pg_advisory_lock(%s)", (connection.info.backend_pid,))
        connection.execute("SET application_name = 'changed'")
        connection.commit()
        connection.isolation_level = psycopg.IsolationLevel.SERIALIZABLE
        connection.autocommit = True
        connection.row_factory = psycopg.rows.dict_row

    found = explored(Story({"Ann": unruly, "Bob": unruly}, ACCOUNTS), place)
    assert found.broke == 0


def test_a_call_may_close_its_connection(place):
    """The next order gets another."""

    def closes(connection):
        connection.execute("SELECT 1")
        connection.commit()
        connection.close()

    assert explored(Story({"Ann": closes, "Bob": closes}, ACCOUNTS), place).broke == 0


def test_many_at_once_are_steps_like_others(place):
    """What `executemany` sends, and what a pipeline does, passes the gate, inside a transaction and in autocommit."""

    def many(connection):
        connection.execute("SELECT FROM account ORDER BY id FOR UPDATE")
        with connection.cursor() as cursor:
            cursor.executemany("UPDATE account SET balance = balance + %s WHERE id = %s", [(-10, 1), (10, 2)])
        connection.commit()

    def pipelined(connection):
        connection.autocommit = True
        with connection.transaction():
            connection.execute("SELECT FROM account ORDER BY id FOR UPDATE")
            with connection.pipeline():
                connection.execute("UPDATE account SET balance = balance - 10 WHERE id = 1")
                connection.execute("UPDATE account SET balance = balance + 10 WHERE id = 2")

    def all_is_there(look):
        """The sum stays what it was."""
        return differs("the sum", 200, look.value("SELECT sum(balance) FROM account"))

    runs = []
    found = explored(Story({"Ann": many, "Bob": pipelined}, ACCOUNTS, always=[all_is_there]), place, on_run=runs.append)
    assert (found.broke, found.pruned) == (0, {})
    texts = {event.text for event in runs[0].events if event.actor == "Ann"}
    assert "UPDATE account SET balance = balance + %s WHERE id = %s (many)" in texts
    assert runs[0].outcomes["Ann"].error == runs[0].outcomes["Bob"].error == ""


def test_a_role_without_the_right_is_told_what_it_lacks(server, database):
    """Whoever explores may set deadlock_timeout, or is told how to allow it."""
    with server.connect(database.name, settings.SUPERUSER) as control:
        control.execute(f"CREATE ROLE poor LOGIN PASSWORD 'poor'; GRANT CONNECT ON DATABASE {database.name} TO poor")
        try:
            address = server.address(database.name).split("@")[1]
            with pytest.raises(CouldNotJudge) as problem:
                PostgresPlace(f"postgresql://poor:poor@{address}").open()
        finally:
            control.execute("DROP OWNED BY poor; DROP ROLE poor")
    assert "GRANT SET ON PARAMETER deadlock_timeout" in problem.value.advice


def test_a_kept_place_gives_the_same_connections_again(place):
    """What an exploration gives back is as good as new for the next; at the end nothing stays open."""
    kept = KeptPlace(place)

    def leaves_its_locks(connection):
        connection.execute("UPDATE account SET balance = 0 WHERE id = 1")
        connection.execute("SELECT pg_advisory_lock(1)")
        return connection.info.backend_pid

    pids = set()
    for _ in range(3):
        with Explorer(Story({"Ann": leaves_its_locks, "Bob": leaves_its_locks}, ACCOUNTS), kept) as explorer:
            explorer.explore(on_run=lambda run: pids.update(outcome.value for outcome in run.outcomes.values()))
        with Explorer(KNOWN["update where"].story, kept) as explorer:
            assert explorer.explore().broke == 0
    kept.end()
    with place.look() as connection:
        gone = "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(%s)"
        while connection.execute(gone, (list(pids),)).fetchone() != (0,):
            pass  # a server's process ends a moment after its client
    assert pids


@on_both_providers("server")
def test_a_closed_connection_keeps_no_lock(place):
    """Whoever looks after an actor that left its transaction open finds its row free, without a moment's wait."""
    with place.look() as other:
        other.execute(ACCOUNTS)
        for _ in range(20):
            left_open = place.open()
            left_open.execute("UPDATE account SET balance = 0 WHERE id = 1")
            place.close(left_open)
            balance = other.execute("SELECT balance FROM account WHERE id = 1 FOR UPDATE NOWAIT").fetchone()
            assert balance == (100,)


def test_an_order_can_be_replayed(place):
    """A token runs exactly that order, and whoever asks may look after each step."""
    story = KNOWN["lost update"].story
    token = explored(story, place).token
    seen = []
    with Explorer(story, place) as explorer:
        again = explorer.replay(
            token,
            lambda events, look: seen.append((len(events), look.value("SELECT balance FROM account WHERE id = 1"))),
        )
    assert again.token == token
    assert again.broke == 1
    assert [balance for _, balance in seen] == [100, 100, 100, 100, 30, 30, 30]


def test_an_order_that_is_impossible_is_refused(place):
    """A token of another story can't be followed."""
    with Explorer(KNOWN["lost update"].story, place) as explorer, pytest.raises(NotTheSameTwice, match="beyond step"):
        explorer.replay("AAAAAAAA", lambda events, look: None)


def test_leave_retries_until_it_is_let(place):
    """SERIALIZABLE with a retry loses nothing and fails nowhere, on the very stories where it failed without."""
    calls = {
        "Ann": leave("ann", psycopg.IsolationLevel.SERIALIZABLE, again=True),
        "Bob": leave("bob", psycopg.IsolationLevel.SERIALIZABLE, again=True),
    }

    def one_leaves(look):
        """Exactly one is let go."""
        return differs("let go", 1, len(look.returned(value=True)))

    assert explored(Story(calls, DOCTORS, [one_leaves]), place).broke == 0


def _non_repeatable_read(level):
    """Ann reads twice while Bob changes what she reads."""

    def ann(connection):
        connection.isolation_level = level
        values = [connection.execute("SELECT balance FROM account WHERE id = 1").fetchone()[0] for _ in range(2)]
        connection.commit()
        return values

    def bob(connection):
        connection.execute("UPDATE account SET balance = 50 WHERE id = 1")
        connection.commit()

    return Anomaly(
        "a non-repeatable read",
        "A row stays the same.",
        {"Ann": ann, "Bob": bob},
        ACCOUNTS,
        seen=lambda look: str(look.outcomes["Ann"].value),
        ordinary="[100, 100]",
        strange="[100, 50]",
        in_order="ABBAA",
    )


@pytest.mark.parametrize("can_happen", [True, False])
def test_a_claim_about_an_anomaly_is_held_against_every_order(place, can_happen):
    """What is claimed passes where it is so; where it isn't, an order is shown in which it happens, or would."""
    level = {True: psycopg.IsolationLevel.READ_COMMITTED, False: psycopg.IsolationLevel.REPEATABLE_READ}
    right, wrong = _non_repeatable_read(level[can_happen]), _non_repeatable_read(level[not can_happen])
    with Explorer(right.story, place) as explorer:
        right.hold(explorer, can_happen=can_happen)
    with Explorer(wrong.story, place) as explorer, pytest.raises(Wrong) as caught:
        wrong.hold(explorer, can_happen=can_happen, ask="When?")
    assert caught.value.ask == "When?"
    assert token_of(caught.value.exploration.shortest.order) == "ABBAA"
    if can_happen:
        assert isinstance(caught.value, SeenInNoOrder)
        assert (caught.value.expected, caught.value.observed) == ("[100, 50]", "[100, 100]")
        assert (caught.value.exploration.ran, caught.value.exploration.broke) == (10, 0)
    else:
        assert isinstance(caught.value, BrokenInSomeOrder)
        assert (caught.value.exploration.ran, caught.value.exploration.broke) == (10, 2)
