"""Lab 03: what concurrent transactions do to each other.

The first tests of a task make one call after the other. The later ones run two or three calls at the same time, one
statement at a time, in every order that there is.
"""

from datetime import date
from functools import partial

import pytest
from anomaly_orders import ANOMALIES, LEVELS
from town_rules import (
    books_balance,
    both_accounts_have_got_two_crowns,
    every_finished_job_is_printed_once,
    everybody_is_told_true,
    letters_come_in_order,
    no_job_is_left_over,
    no_job_is_stranded,
    no_money_is_under_way,
    no_night_is_booked_twice,
    nobody_goes_home_empty_handed,
    one_doctor_leaves,
    one_guest_gets_the_room,
    one_moves_and_one_is_refused,
    somebody_is_on_call,
    who_was_told_so_has_a_booking,
    who_was_told_so_is_off_call,
    whoever_comes_after,
    whoever_got_a_job_has_done_it,
    whoever_raises_has_rolled_back,
)
from units_of_work import (
    adds_a_crown,
    counts_and_writes,
    gives,
    jams,
    leaves,
    loses_its_power,
    prints,
    raises_a_value_error,
    succeeds_at_last,
    writes_a_line,
)

from harness import expect, nobody_waits

PEOPLE = ("Ann", "Bob", "Cleo", "Dan")
WARDS = "TRUNCATE ward CASCADE; INSERT INTO ward VALUES ('surgery'), ('maternity'); INSERT INTO duty VALUES "
ROOMS = "TRUNCATE room RESTART IDENTITY CASCADE; INSERT INTO room VALUES (1, 'Lake'), (2, 'Garden')"
NO_LINES = "TRUNCATE diary; ALTER SEQUENCE attempt RESTART"
NO_JOBS = "TRUNCATE job, printed RESTART IDENTITY"

FAILS_AT_COMMIT = """
CREATE FUNCTION fail_at_first() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT last_value FROM attempt) <= 2 THEN
        RAISE EXCEPTION USING ERRCODE = '40001', MESSAGE = 'could not serialize access';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER fail_at_first AFTER INSERT ON diary DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION fail_at_first();
"""


def accounts(*balances):
    """Give the SQL that leaves one account for each balance, numbered from 1."""
    rows = ", ".join(f"({at + 1}, '{PEOPLE[at]}', {balance})" for at, balance in enumerate(balances))
    return f"TRUNCATE account; INSERT INTO account VALUES {rows}"


def jobs(*patients):
    """Give the SQL that leaves these patients' letters waiting, numbered from 1; the last one lies on top."""
    rows = ", ".join(f"({number}, '{patient}')" for number, patient in reversed([*enumerate(patients, start=1)]))
    return f"{NO_JOBS}; INSERT INTO job (job_id, patient) VALUES {rows}"


def november(day):
    """Give a day of November 2026."""
    return date(2026, 11, day)


# 1. anomalies -------------------------------------------------------------------------------------------------------


def test_anomalies_are_all_answered(answers):
    """Every cell of the matrix says "yes" or "no"."""
    matrix = answers.anomalies()
    answered = {name: {level: matrix.get(name, {}).get(level, "missing") for level in LEVELS} for name in ANOMALIES}
    open_cells = [
        f"{name}, {level}: {cell!r}"
        for name, row in answered.items()
        for level, cell in row.items()
        if cell not in ("yes", "no")
    ]
    expect("cells that say neither", [], open_cells, ask="What is your guess? The tests show you what happens.")


def holds_on(level, name, answers, interleave):
    """Hold one cell of the matrix against every order on the server."""
    cell = answers.anomalies().get(name, {}).get(level)
    interleave.can_happen(
        ANOMALIES[name](LEVELS[level]),
        answers.source("anomalies"),
        (name, level),
        ask=f'You say "{cell}" to {name} on {level}. Of which moment are the data that each statement sees?',
    )


@pytest.mark.parametrize("level", LEVELS)
def test_anomalies_dirty_read(answers, interleave, level):
    """The matrix is right about dirty reads: whether anybody sees what is never committed."""
    holds_on(level, "dirty_read", answers, interleave)


@pytest.mark.parametrize("level", LEVELS)
def test_anomalies_non_repeatable_read(answers, interleave, level):
    """The matrix is right about non-repeatable reads: whether a row changes between two looks at it."""
    holds_on(level, "non_repeatable_read", answers, interleave)


@pytest.mark.parametrize("level", LEVELS)
def test_anomalies_phantom(answers, interleave, level):
    """The matrix is right about phantoms: whether a row appears between two looks."""
    holds_on(level, "phantom", answers, interleave)


@pytest.mark.parametrize("level", LEVELS)
def test_anomalies_lost_update(answers, interleave, level):
    """The matrix is right about lost updates: whether a change is overwritten by who hasn't seen it."""
    holds_on(level, "lost_update", answers, interleave)


@pytest.mark.parametrize("level", LEVELS)
def test_anomalies_write_skew(answers, interleave, level):
    """The matrix is right about write skew: whether two changes of different rows break what each had checked."""
    holds_on(level, "write_skew", answers, interleave)


@pytest.mark.parametrize("level", LEVELS)
def test_anomalies_read_only_anomaly(answers, interleave, level):
    """The matrix is right about the read-only anomaly: whether a mere report can see what never was."""
    holds_on(level, "read_only_anomaly", answers, interleave)


# 2. withdraw --------------------------------------------------------------------------------------------------------


def test_withdraw_pays_out(answers, postgres, town):
    """Alone, a withdrawal takes the money from this account and no other, and returns True."""
    town.run(accounts(100, 100, 0, 100))
    ask = "What does the function return, and is it committed?"
    expect("withdraw(connection, 1, 70) returns", True, answers.withdraw(postgres, 1, 70), ask=ask)
    balances = town.column("SELECT balance FROM account ORDER BY account_id")
    expect("the four balances, which were 100, 100, 0 and 100", [30, 100, 0, 100], balances, ask=ask)


def test_withdraw_pays_out_the_last_crown(answers, postgres, town):
    """Alone, a withdrawal may take all that there is."""
    town.run(accounts(100, 100, 0, 100))
    ask = "Is 100 too much, where 100 is what there is?"
    expect("withdraw(connection, 1, 100) returns", True, answers.withdraw(postgres, 1, 100), ask=ask)
    expect("the balance", 0, town.value("SELECT balance FROM account WHERE account_id = 1"), ask=ask)


@pytest.mark.parametrize(("account", "what"), [(1, "of 100 crowns"), (7, "which doesn't exist")])
def test_withdraw_refuses_what_is_not_there(answers, postgres, town, account, what):
    """Alone, a withdrawal of more than there is returns False and changes nothing."""
    town.run(accounts(100, 100, 0, 100))
    ask = "How do you find out that nothing was changed?"
    returned = answers.withdraw(postgres, account, 101)
    expect(f"withdraw(connection, {account}, 101), from account {account} {what}, returns", False, returned, ask=ask)
    balances = town.column("SELECT balance FROM account ORDER BY account_id")
    expect("the four balances", [100, 100, 0, 100], balances, ask=ask)


def test_withdraw_never_pays_twice_what_is_there_once(answers, interleave):
    """Of two withdrawals of 70 from 100 crowns, in whichever order, one is paid out and one is refused."""
    interleave(
        {"Ann": answers.withdraw.call(1, 70), "Bob": answers.withdraw.call(1, 70)},
        given=accounts(100),
        at_the_end=[books_balance({1: 100}, {"Ann": {1: -70}, "Bob": {1: -70}})],
        ask="How old is what you know of the balance when you write it?",
    )


def test_withdraw_pays_everybody_where_there_is_enough(answers, interleave):
    """Two withdrawals of 30 from 100 crowns are both paid out, in whichever order, and both are in the balance."""
    interleave(
        {"Ann": answers.withdraw.call(1, 30), "Bob": answers.withdraw.call(1, 30)},
        given=accounts(100),
        at_the_end=[
            books_balance({1: 100}, {"Ann": {1: -30}, "Bob": {1: -30}}),
            everybody_is_told_true,
        ],
        ask="What does the call do that comes second: does it wait, look again, or give up?",
    )


def test_withdraw_loses_no_wages(answers, interleave):
    """Wages that come in during a withdrawal, by another program's statement, are in the balance afterwards."""

    def wages(connection):
        connection.execute("UPDATE account SET balance = balance + 50 WHERE account_id = 1")
        connection.commit()
        return True

    interleave(
        {"Ann": answers.withdraw.call(1, 70), "employer": wages},
        given=accounts(100),
        at_the_end=[books_balance({1: 100}, {"Ann": {1: -70}, "employer": {1: 50}})],
        ask="The other program takes none of your locks but the row's own. Which of your steps does that stop?",
    )


def test_withdraw_keeps_nobody_waiting_at_another_account(answers, interleave):
    """Withdrawals from two accounts never wait for each other, and both are paid out."""
    interleave(
        {"Ann": answers.withdraw.call(1, 70), "Bob": answers.withdraw.call(2, 70)},
        given=accounts(100, 100),
        always=[nobody_waits],
        switches=1,
        at_the_end=[
            books_balance({1: 100, 2: 100}, {"Ann": {1: -70}, "Bob": {2: -70}}),
            everybody_is_told_true,
        ],
        ask="What do you lock beside the one row that you change? The whole town would stand in one queue.",
    )


# 3. leave_shift -----------------------------------------------------------------------------------------------------


def test_leave_shift_lets_a_doctor_go(answers, postgres, town):
    """Alone, a doctor goes off call where a colleague stays, and is told True."""
    town.run(WARDS + "('surgery', 'Ann', true), ('surgery', 'Bob', true)")
    ask = "Who is on call now, and what does the function return?"
    expect(
        "leave_shift(connection, 'surgery', 'Ann') returns",
        True,
        answers.leave_shift(postgres, "surgery", "Ann"),
        ask=ask,
    )
    on_call = town.rows("SELECT doctor, on_call FROM duty ORDER BY doctor")
    expect("doctors, and whether they are on call", [("Ann", False), ("Bob", True)], on_call, ask=ask)


def test_leave_shift_keeps_the_last_doctor(answers, postgres, town):
    """Alone, the last doctor on call of a ward stays, whoever is on call elsewhere or belongs to the ward."""
    town.run(
        WARDS + "('surgery', 'Ann', true), ('surgery', 'Bob', false), ('maternity', 'Cleo', true), "
        "('maternity', 'Dan', true)"
    )
    ask = "Which doctors do you count: of which ward, and in which state?"
    returned = answers.leave_shift(postgres, "surgery", "Ann")
    expect("leave_shift(connection, 'surgery', 'Ann'), where only Ann is on call, returns", False, returned, ask=ask)
    on_call = town.column("SELECT doctor FROM duty WHERE on_call ORDER BY doctor")
    expect("doctors on call", ["Ann", "Cleo", "Dan"], on_call, ask=ask)


@pytest.mark.parametrize("doctor", ["Cleo", "Dan", "Eve"])
def test_leave_shift_refuses_who_is_not_on_call(answers, postgres, town, doctor):
    """Alone, who isn't on call for the ward can't leave it and is told False: off call, of another ward, a stranger."""
    town.run(
        WARDS + "('surgery', 'Ann', true), ('surgery', 'Bob', true), ('surgery', 'Cleo', false), "
        "('maternity', 'Dan', true)"
    )
    ask = "Is this doctor on call for surgery at all?"
    returned = answers.leave_shift(postgres, "surgery", doctor)
    expect(f"leave_shift(connection, 'surgery', {doctor!r}) returns", False, returned, ask=ask)
    on_call = town.column("SELECT doctor FROM duty WHERE on_call ORDER BY doctor")
    expect("doctors on call", ["Ann", "Bob", "Dan"], on_call, ask=ask)


def test_leave_shift_never_leaves_a_ward_alone(answers, interleave):
    """If the last two doctors leave at the same moment, in whichever order, one goes and one stays."""
    interleave(
        {"Ann": answers.leave_shift.call("surgery", "Ann"), "Bob": answers.leave_shift.call("surgery", "Bob")},
        given=WARDS + "('surgery', 'Ann', true), ('surgery', 'Bob', true)",
        at_the_end=[somebody_is_on_call, one_doctor_leaves, who_was_told_so_is_off_call],
        ask="What has Ann seen that is no longer true when she writes, and what would have kept it true?",
    )


def test_leave_shift_has_no_moment_without_a_doctor(answers, interleave):
    """Whoever looks at the ward, at whatever moment, finds somebody on call, in whichever order the last two leave."""
    interleave(
        {"Ann": answers.leave_shift.call("surgery", "Ann"), "Bob": answers.leave_shift.call("surgery", "Bob")},
        given=WARDS + "('surgery', 'Ann', true), ('surgery', 'Bob', true)",
        always=[somebody_is_on_call],
        switches=2,
        ask="Which of your changes is committed first, and who looks after the ward if the machine stops just then?",
    )


def test_leave_shift_lets_two_of_three_go(answers, interleave):
    """If two of three doctors leave at the same moment, in whichever order, both go."""
    interleave(
        {"Ann": answers.leave_shift.call("surgery", "Ann"), "Bob": answers.leave_shift.call("surgery", "Bob")},
        given=WARDS + "('surgery', 'Ann', true), ('surgery', 'Bob', true), ('surgery', 'Cleo', true)",
        at_the_end=[who_was_told_so_is_off_call, everybody_is_told_true],
        ask="Who comes second waits, and looks again, or fails and begins again: does it give up instead?",
    )


def test_leave_shift_lets_a_doctor_go_once(answers, interleave):
    """If a doctor presses the button twice, one call takes her off call, and the other finds that she isn't on it."""
    interleave(
        {"Ann": answers.leave_shift.call("surgery", "Ann"), "Ann, again": answers.leave_shift.call("surgery", "Ann")},
        given=WARDS + "('surgery', 'Ann', true), ('surgery', 'Bob', true), ('surgery', 'Cleo', true)",
        at_the_end=[one_doctor_leaves],
        ask="How does the second call learn that the first has already done it?",
    )


def test_leave_shift_keeps_nobody_waiting_in_another_ward(answers, interleave):
    """Doctors of two wards never wait for each other."""
    interleave(
        {"Ann": answers.leave_shift.call("surgery", "Ann"), "Cleo": answers.leave_shift.call("maternity", "Cleo")},
        given=WARDS
        + "('surgery', 'Ann', true), ('surgery', 'Bob', true), ('maternity', 'Cleo', true), ('maternity', 'Dan', true)",
        always=[nobody_waits],
        switches=1,
        at_the_end=[who_was_told_so_is_off_call, everybody_is_told_true],
        ask="What do you lock that belongs to the other ward?",
    )


# 4. book_room -------------------------------------------------------------------------------------------------------


def test_book_room_books(answers, postgres, town):
    """Alone, a booking of a free room is written down, and the guest is told True."""
    town.run(ROOMS)
    ask = "What has to be in `booking` after the call?"
    returned = answers.book_room(postgres, 1, "Ann", november(3), november(6))
    expect("book_room(connection, 1, 'Ann', 3 November, 6 November) returns", True, returned, ask=ask)
    bookings = town.rows("SELECT room_id, guest, arrives::text, leaves::text FROM booking")
    expect("bookings", [(1, "Ann", "2026-11-03", "2026-11-06")], bookings, ask=ask)


@pytest.mark.parametrize(
    "nights",
    [(10, 13), (11, 12), (9, 14), (8, 11), (12, 15)],
    ids=["the same nights", "nights within", "nights around", "over its beginning", "over its end"],
)
def test_book_room_refuses_a_night_that_is_taken(answers, postgres, town, nights):
    """Alone, a booking that shares a night with another of the room is refused, however the two overlap."""
    town.run(ROOMS)
    ask = "How does your code find out that a night is taken: within, around, at either end? And what does it do then?"
    first = answers.book_room(postgres, 1, "Ann", november(10), november(13))
    expect("Ann's booking of room 1 from 10 to 13 returns", True, first, ask=ask)
    returned = answers.book_room(postgres, 1, "Bob", *map(november, nights))
    expect("Bob's booking of room 1 from {} to {} returns".format(*nights), False, returned, ask=ask)
    expect("guests with a booking", ["Ann"], town.column("SELECT guest FROM booking"), ask=ask)


@pytest.mark.parametrize(
    ("room", "nights"),
    [(1, (13, 15)), (1, (8, 10)), (2, (10, 13))],
    ids=["the night after", "the night before", "another room"],
)
def test_book_room_books_what_is_free(answers, postgres, town, room, nights):
    """Alone, a guest may arrive on the day that another leaves, and have another room in the same night."""
    town.run(ROOMS)
    ask = "Whose is the room on the night of the day on which Ann leaves?"
    if room != 1:
        ask = "Ann has another room: how does your code tell one room's nights from another's?"
    first = answers.book_room(postgres, 1, "Ann", november(10), november(13))
    expect("Ann's booking of room 1 from 10 to 13 returns", True, first, ask=ask)
    returned = answers.book_room(postgres, room, "Bob", *map(november, nights))
    expect("Bob's booking of room {} from {} to {} returns".format(room, *nights), True, returned, ask=ask)
    expect("guests with a booking", ["Ann", "Bob"], town.column("SELECT guest FROM booking ORDER BY guest"), ask=ask)


def test_book_room_keeps_no_night_of_what_it_refuses(answers, postgres, town):
    """Alone, a booking that is refused leaves nothing behind: those of its nights that are free are free still."""
    town.run(ROOMS)
    ask = "What has your function written by the time it finds a night taken, and what becomes of that?"
    bookings = [("Ann", 10, 13, True), ("Bob", 8, 11, False), ("Bob", 12, 15, False), ("Cleo", 8, 10, True)]
    for guest, first, last, is_free in [*bookings, ("Dan", 13, 15, True)]:
        returned = answers.book_room(postgres, 1, guest, november(first), november(last))
        expect(f"{guest}'s booking of room 1 from {first} to {last} returns", is_free, returned, ask=ask)


def test_book_room_books_no_night_twice(answers, interleave):
    """If two guests book overlapping nights of a free room at the same moment, in whichever order, one gets it."""
    interleave(
        {
            "Ann": answers.book_room.call(1, "Ann", november(10), november(13)),
            "Bob": answers.book_room.call(1, "Bob", november(11), november(14)),
        },
        given=ROOMS,
        at_the_end=[no_night_is_booked_twice, who_was_told_so_has_a_booking, one_guest_gets_the_room],
        ask="Nothing was booked when both looked. What could the one have locked that the other needs?",
    )


def test_book_room_books_one_stay_after_another(answers, interleave):
    """If two guests book nights that don't overlap at the same moment, in whichever order, both get the room."""
    interleave(
        {
            "Ann": answers.book_room.call(1, "Ann", november(10), november(12)),
            "Bob": answers.book_room.call(1, "Bob", november(12), november(13)),
        },
        given=ROOMS,
        at_the_end=[who_was_told_so_has_a_booking, everybody_is_told_true],
        ask="Somebody else was at work on the same room: is that a reason to refuse, or to look again?",
    )


def test_book_room_keeps_nobody_waiting_at_another_room(answers, interleave):
    """Bookings of two rooms never wait for each other."""
    interleave(
        {
            "Ann": answers.book_room.call(1, "Ann", november(10), november(12)),
            "Bob": answers.book_room.call(2, "Bob", november(10), november(12)),
        },
        given=ROOMS,
        always=[nobody_waits],
        switches=1,
        at_the_end=[who_was_told_so_has_a_booking, everybody_is_told_true],
        ask="What do you lock that belongs to the other room?",
    )


# 5. transfer --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("amount", [70, 100])
def test_transfer_moves_the_money(answers, postgres, town, amount):
    """Alone, a transfer takes the money from one account, puts it into the other, and returns True."""
    town.run(accounts(100, 100, 0, 100))
    ask = "Are both changes made, and committed?"
    expect(f"transfer(connection, 1, 3, {amount}) returns", True, answers.transfer(postgres, 1, 3, amount), ask=ask)
    balances = town.column("SELECT balance FROM account ORDER BY account_id")
    expect("the four balances, which were 100, 100, 0 and 100", [100 - amount, 100, amount, 100], balances, ask=ask)


@pytest.mark.parametrize(
    "order",
    [(1, 2, 101), (7, 2, 10), (2, 7, 10)],
    ids=["too much", "nobody pays", "nobody is paid"],
)
def test_transfer_refuses_what_can_not_be_moved(answers, postgres, town, order):
    """Alone, a transfer returns False and changes nothing if the money or one of the accounts isn't there."""
    town.run(accounts(100, 100, 0, 100))
    ask = "Which of the two UPDATEs changes no row, and what becomes of the other?"
    returned = answers.transfer(postgres, *order)
    expect(f"transfer(connection, {', '.join(map(str, order))}) returns", False, returned, ask=ask)
    balances = town.column("SELECT balance FROM account ORDER BY account_id")
    expect("the four balances", [100, 100, 0, 100], balances, ask=ask)


def test_transfer_goes_both_ways_at_once(answers, interleave):
    """If money moves from 1 to 2 and from 2 to 1 at the same moment, in whichever order, both transfers succeed."""
    interleave(
        {"Ann": answers.transfer.call(1, 2, 10), "Bob": answers.transfer.call(2, 1, 20)},
        given=accounts(100, 100),
        at_the_end=[
            books_balance({1: 100, 2: 100}, {"Ann": {1: -10, 2: 10}, "Bob": {2: -20, 1: 20}}),
            everybody_is_told_true,
        ],
        ask="In which order does each call take its locks?",
    )


def test_transfer_never_moves_what_is_not_there(answers, interleave):
    """Of two transfers of 70 out of 100 crowns, in whichever order, one is made and one is refused."""
    interleave(
        {"Ann": answers.transfer.call(1, 2, 70), "Bob": answers.transfer.call(1, 3, 70)},
        given=accounts(100, 0, 0),
        at_the_end=[books_balance({1: 100, 2: 0, 3: 0}, {"Ann": {1: -70, 2: 70}, "Bob": {1: -70, 3: 70}})],
        ask="How old is what you know of the balance when you change it?",
    )


def test_transfer_keeps_nobody_waiting_at_other_accounts(answers, interleave):
    """Transfers between different accounts never wait for each other."""
    interleave(
        {"Ann": answers.transfer.call(1, 3, 70), "Bob": answers.transfer.call(2, 4, 70)},
        given=accounts(100, 100, 0, 0),
        always=[nobody_waits],
        switches=1,
        at_the_end=[
            books_balance({1: 100, 2: 100, 3: 0, 4: 0}, {"Ann": {1: -70, 3: 70}, "Bob": {2: -70, 4: 70}}),
            everybody_is_told_true,
        ],
        ask="What do you lock beside the two rows that you change?",
    )


def test_transfer_has_no_money_under_way(answers, interleave):
    """Whoever looks at the accounts, at whatever moment, sees the money in one account or in the other."""
    interleave(
        {"Ann": answers.transfer.call(1, 2, 10), "Bob": answers.transfer.call(1, 2, 20)},
        given=accounts(100, 100),
        always=[no_money_is_under_way],
        ask="Which of your changes is committed first, and what if the machine loses its power just then?",
    )


def test_transfer_refuses_only_one_of_two(answers, interleave):
    """If 70 crowns are moved twice out of 100, to the same account, in whichever order, one call moves them."""
    interleave(
        {"Ann": answers.transfer.call(1, 2, 70), "Bob": answers.transfer.call(1, 2, 70)},
        given=accounts(100, 100),
        at_the_end=[
            books_balance({1: 100, 2: 100}, {"Ann": {1: -70, 2: 70}, "Bob": {1: -70, 2: 70}}),
            one_moves_and_one_is_refused,
        ],
        ask="What does the call that comes second know of the first?",
    )


def test_transfer_moves_twice_where_there_is_enough(answers, interleave):
    """If 30 crowns are moved twice out of 100, to the same account, in whichever order, both calls move them."""
    interleave(
        {"Ann": answers.transfer.call(1, 2, 30), "Bob": answers.transfer.call(1, 2, 30)},
        given=accounts(100, 100),
        at_the_end=[
            books_balance({1: 100, 2: 100}, {"Ann": {1: -30, 2: 30}, "Bob": {1: -30, 2: 30}}),
            everybody_is_told_true,
        ],
        ask="The other call has changed the very rows that you want to change. Is that a reason to give up?",
    )


# 6. retry -----------------------------------------------------------------------------------------------------------


def test_retry_commits_the_work(answers, postgres, town):
    """Work that goes well is done once, committed, and its value is returned."""
    ask = "Who ends the transaction, and whose value do you return?"
    returned = answers.retry(postgres, partial(writes_a_line, line="snow"), 3)
    expect("the work returns 4, retry returns", 4, returned, ask=ask)
    expect("the diary", ["snow"], town.column("SELECT line FROM diary"), ask=ask)


@pytest.mark.parametrize("sqlstate", ["40001", "40P01"])
def test_retry_tries_again(answers, postgres, town, sqlstate):
    """After a serialization failure or a deadlock the work is done again, and only the attempt that went well stays."""
    ask = "What has to come between a failed attempt and the next, and how many may there be?"
    returned = answers.retry(postgres, partial(succeeds_at_last, failures=2, sqlstate=sqlstate), 3)
    expect(f"two attempts fail with {sqlstate}, three are allowed: retry returns", 3, returned, ask=ask)
    expect("the diary", ["attempt 3"], town.column("SELECT line FROM diary"), ask=ask)


@pytest.mark.parametrize("attempts", [1, 3])
def test_retry_gives_up(answers, postgres, town, attempts):
    """When the last attempt has failed too, its error goes up, and nothing of any attempt stays."""
    ask = "How many attempts are allowed, and which error says what happened last?"
    work = partial(succeeds_at_last, failures=9, sqlstate="40001")
    outcome = answers.retry.outcome(postgres, work, attempts)
    expect(f"attempts made, where {attempts} may be", attempts, town.value("SELECT last_value FROM attempt"), ask=ask)
    expect("the error's SQLSTATE", "40001", outcome.sqlstate, ask=ask)
    expect("the error's message", f"attempt {attempts} has failed", outcome.message, ask=ask)
    expect("the diary", [], town.column("SELECT line FROM diary"), ask=ask)


@pytest.mark.parametrize("sqlstate", ["23505", "23514", "40003", "55P03", "57014"])
def test_retry_lets_other_errors_go_up(answers, postgres, town, sqlstate):
    """Any other error of the server goes up after one attempt: what was wrong with it would be wrong again."""
    ask = "Which errors say that the very same transaction may go well the next time?"
    work = partial(succeeds_at_last, failures=1, sqlstate=sqlstate)
    outcome = answers.retry.outcome(postgres, work, 3)
    expect(f"attempts made after {sqlstate}", 1, town.value("SELECT last_value FROM attempt"), ask=ask)
    expect("the error's SQLSTATE", sqlstate, outcome.sqlstate, ask=ask)
    expect("the diary", [], town.column("SELECT line FROM diary"), ask=ask)


def test_retry_lets_errors_of_python_go_up(answers, postgres, town):
    """An error that the work itself raises goes up after one attempt, and nothing of the work stays."""
    ask = "Where does the transaction end if the work raises something that has nothing to do with the server?"
    outcome = answers.retry.outcome(postgres, raises_a_value_error, 3)
    expect("the error", "ValueError: there is no such street", f"{outcome.error}: {outcome.message}", ask=ask)
    expect("attempts made", 1, town.value("SELECT last_value FROM attempt"), ask=ask)
    expect("the diary", [], town.column("SELECT line FROM diary"), ask=ask)


@pytest.mark.usefixtures("serializable_town")
def test_retry_begins_with_a_new_snapshot(answers, interleave):
    """Serializable work on two sides goes well in every order: each failure, also at COMMIT, leads to a fresh look."""
    interleave(
        {
            "Ann": answers.retry.call(partial(leaves, ward="surgery", doctor="Ann"), 5),
            "Bob": answers.retry.call(partial(leaves, ward="surgery", doctor="Bob"), 5),
        },
        given=WARDS + "('surgery', 'Ann', true), ('surgery', 'Bob', true)",
        at_the_end=[somebody_is_on_call, one_doctor_leaves],
        ask="What does the second attempt see that the first has not seen?",
    )


def test_retry_survives_deadlocks(answers, interleave):
    """Work that takes its locks in opposite orders goes well in every order: the victim is done again, whole."""
    interleave(
        {
            "Ann": answers.retry.call(partial(adds_a_crown, first=1, second=2), 5),
            "Bob": answers.retry.call(partial(adds_a_crown, first=2, second=1), 5),
        },
        given=accounts(100, 100),
        at_the_end=[both_accounts_have_got_two_crowns],
        ask="After a deadlock, what is left of what the transaction had already done?",
    )


@pytest.mark.parametrize("value", [None, 0, False, "", []], ids=repr)
def test_retry_returns_whatever_the_work_returned(answers, postgres, town, value):
    """Whatever the work returns is returned after one attempt, also what Python takes for false."""
    ask = "How do you tell work that went well from work that failed?"
    returned = answers.retry(postgres, partial(gives, value=value), 3)
    expect(f"the work returns {value!r}, retry returns", value, returned, ask=ask)
    expect("attempts made", 1, town.value("SELECT last_value FROM attempt"), ask=ask)


def test_retry_tries_again_after_a_failed_commit(answers, postgres, town):
    """If COMMIT fails with 40001, all of the work is done again: nothing of it was kept."""
    town.run(FAILS_AT_COMMIT)
    ask = "What is left of the work after a COMMIT that has failed, and is your COMMIT inside what you try again?"
    returned = answers.retry(postgres, counts_and_writes, 3)
    expect("the first two COMMITs fail, three attempts are allowed: retry returns", 3, returned, ask=ask)
    expect("the diary", ["attempt 3"], town.column("SELECT line FROM diary"), ask=ask)


def test_retry_lets_other_errors_at_commit_go_up(answers, postgres, town):
    """If COMMIT fails for a reason that stays, its error goes up after one attempt."""
    town.run(
        "ALTER TABLE diary ADD UNIQUE (line) DEFERRABLE INITIALLY DEFERRED; INSERT INTO diary VALUES ('attempt 1')"
    )
    ask = "COMMIT refuses two lines that are equal. Will it be of another mind the next time?"
    outcome = answers.retry.outcome(postgres, counts_and_writes, 3)
    expect("the error's SQLSTATE", "23505", outcome.sqlstate, ask=ask)
    expect("attempts made", 1, town.value("SELECT last_value FROM attempt"), ask=ask)


@pytest.mark.parametrize(
    ("work", "error"),
    [(raises_a_value_error, "ValueError"), (partial(succeeds_at_last, failures=9, sqlstate="40001"), "40001")],
    ids=["of the work", "of the last attempt"],
)
def test_retry_rolls_back_before_an_error_goes_up(answers, interleave, work, error):
    """An error goes up when its transaction has ended: whoever catches it finds the connection ready for the next."""
    interleave(
        {"Ann": answers.retry.call(work, 1), "Bob": answers.retry.call(partial(writes_a_line, line="snow"), 1)},
        given=NO_LINES,
        may_fail=[error],
        always=[whoever_raises_has_rolled_back],
        ask="Which statement comes between the error and the caller?",
    )


# 7. claim_job -------------------------------------------------------------------------------------------------------


def test_claim_job_prints_the_first(answers, postgres, town):
    """Alone, a worker prints the waiting job with the lowest number, marks it as done, and returns its number."""
    town.run(jobs("Cleo", "Dan", "Eve") + "; UPDATE job SET state = 'done' WHERE job_id = 1")
    ask = "Which rows are still waiting, and in which order do you take them?"
    expect("jobs 2 and 3 are waiting; claim_job returns", 2, answers.claim_job(postgres, prints), ask=ask)
    expect("jobs printed", [2], town.column("SELECT job_id FROM printed"), ask=ask)
    expect("jobs done", [1, 2], town.column("SELECT job_id FROM job WHERE state = 'done' ORDER BY job_id"), ask=ask)
    waiting = town.column("SELECT job_id FROM job WHERE state = 'waiting' ORDER BY job_id")
    expect("jobs waiting", [3], waiting, ask=ask)


def test_claim_job_returns_none_when_nothing_waits(answers, postgres, town):
    """Alone, a worker with nothing to do returns None."""
    town.run(jobs("Cleo") + "; UPDATE job SET state = 'done'")
    ask = "What does fetchone() give where there is no row?"
    expect("every job is done; claim_job returns", None, answers.claim_job(postgres, prints), ask=ask)
    expect("jobs printed", [], town.column("SELECT job_id FROM printed"), ask=ask)


def test_claim_job_empties_the_queue(answers, postgres, town):
    """Alone, a worker that asks again and again prints every job once, each patient's letters in order."""
    town.run(jobs("Cleo", "Cleo", "Dan"))
    ask = "Is a patient's second letter free to be taken once the first is done?"
    returned = [answers.claim_job(postgres, prints) for _ in range(4)]
    expect("four calls for three jobs return", [1, 2, 3, None], returned, ask=ask)
    expect("jobs printed", [1, 2, 3], town.column("SELECT job_id FROM printed ORDER BY sheet"), ask=ask)


def test_claim_job_strands_no_job(answers, postgres, town):
    """If the work fails, its error goes up, nothing of the work stays, and the next call does the job."""
    town.run(jobs("Cleo", "Dan"))
    ask = "At the moment of the failure: what is already committed, and who will ever undo it?"
    outcome = answers.claim_job.outcome(postgres, jams)
    expect("the paper jams; the error that goes up", "RuntimeError", outcome.error, ask=ask)
    expect("jobs printed", [], town.column("SELECT job_id FROM printed"), ask=ask)
    expect("the next call returns", 1, answers.claim_job(postgres, prints), ask=ask)
    expect("jobs printed", [1], town.column("SELECT job_id FROM printed"), ask=ask)


def test_claim_job_gives_each_worker_another(answers, interleave):
    """Two workers print two patients' letters at the same time, in whichever order; neither waits for the other."""
    interleave(
        {"Ann": answers.claim_job.call(prints), "Bob": answers.claim_job.call(prints)},
        given=jobs("Cleo", "Dan"),
        always=[nobody_waits],
        switches=2,
        at_the_end=[every_finished_job_is_printed_once, whoever_got_a_job_has_done_it, no_job_is_left_over],
        ask="What does the second worker do about a job that the first holds, and how many rows does the first hold?",
    )


def test_claim_job_gives_one_job_to_one_worker(answers, interleave):
    """If two workers come for one job, in whichever order, one prints it, and the other has nothing to do."""
    interleave(
        {"Ann": answers.claim_job.call(prints), "Bob": answers.claim_job.call(prints)},
        given=jobs("Cleo"),
        at_the_end=[every_finished_job_is_printed_once, whoever_got_a_job_has_done_it, no_job_is_left_over],
        ask="Between finding the job and marking it: what keeps others from finding it too?",
    )


def test_claim_job_keeps_the_order_of_a_patients_letters(answers, interleave):
    """Two letters to one patient come out in their order, in whichever order two workers go about it."""
    interleave(
        {"Ann": answers.claim_job.call(prints), "Bob": answers.claim_job.call(prints)},
        given=jobs("Cleo", "Cleo"),
        always=[letters_come_in_order],
        at_the_end=[every_finished_job_is_printed_once, whoever_got_a_job_has_done_it],
        ask="Bob passes over the letter that Ann holds. Whose letter does he take instead?",
    )


def test_claim_job_leaves_a_failed_job_to_others(answers, interleave):
    """If a worker's paper jams while another is at work, in whichever order, no job is lost and none is done twice."""
    interleave(
        {"Ann": answers.claim_job.call(jams), "Bob": answers.claim_job.call(prints)},
        given=jobs("Cleo", "Dan"),
        may_fail=["RuntimeError"],
        at_the_end=[no_job_is_stranded, every_finished_job_is_printed_once],
        ask="What is left of Ann's claim after her work has failed?",
    )


def test_claim_job_goes_by_the_number(answers, postgres, town):
    """Alone, a worker takes the lowest number first, wherever its row lies and whoever the patient is."""
    town.run("INSERT INTO job (job_id, patient) VALUES (3, 'Abe'), (1, 'Zoe'), (4, 'Zoe'), (2, 'Mia')")
    ask = "What says in which order rows come, and does it stand before the LIMIT?"
    returned = [answers.claim_job(postgres, prints) for _ in range(5)]
    expect("five calls for four jobs return", [1, 2, 3, 4, None], returned, ask=ask)


def test_claim_job_leaves_what_is_running(answers, postgres, town):
    """A job that is being printed is nobody else's to take, and its patient's next letter waits for it."""
    town.run(jobs("Cleo", "Cleo", "Dan", "Cleo") + "; UPDATE job SET state = 'running' WHERE job_id = 1")
    ask = "Job 1 is 'running'. Whose turn is it?"
    returned = [answers.claim_job(postgres, prints) for _ in range(2)]
    expect("Cleo's first letter is being printed, only Dan's can be: two calls return", [3, None], returned, ask=ask)
    expect("jobs printed", [3], town.column("SELECT job_id FROM printed"), ask=ask)


def test_claim_job_strands_no_job_of_a_worker_without_power(answers, postgres, town):
    """If a worker's connection is cut in mid-work, nothing of the work stays, and the next call does the job."""
    town.run(jobs("Cleo"))
    ask = "Nobody is left who could tidy up. What is already committed at this moment?"
    answers.claim_job.outcome(postgres, loses_its_power)
    # The server may learn a moment later that the worker is gone: this waits until it has.
    town.run("BEGIN; LOCK TABLE job, printed; COMMIT")
    expect("jobs printed", [], town.column("SELECT job_id FROM printed"), ask=ask)
    expect("the next call returns", 1, answers.claim_job(postgres, prints), ask=ask)


def test_claim_job_prints_and_marks_at_once(answers, interleave):
    """Whenever one looks, the jobs that are done are those that have been printed, in whichever order two work."""
    interleave(
        {"Ann": answers.claim_job.call(prints), "Bob": answers.claim_job.call(prints)},
        given=jobs("Cleo"),
        always=[every_finished_job_is_printed_once],
        switches=2,
        ask="How many transactions is your work made of, and what if the machine loses its power between two?",
    )


def test_claim_job_finds_another_patients_letter(answers, interleave):
    """While one worker prints a patient's first letter, another passes over the second and finds the next patient's."""
    interleave(
        {"Ann": answers.claim_job.call(prints), "Bob": answers.claim_job.call(prints)},
        given=jobs("Cleo", "Cleo", "Dan"),
        always=[letters_come_in_order, nobody_waits],
        at_the_end=[
            every_finished_job_is_printed_once,
            whoever_got_a_job_has_done_it,
            nobody_goes_home_empty_handed,
            whoever_comes_after(a_job=2),
        ],
        switches=2,
        ask="Job 1 is held, and it isn't job 2's turn. Is there anything else to do, and does your query look for it?",
    )


def test_claim_job_frees_a_job_that_has_failed(answers, interleave):
    """If a worker's paper jams, its job is free again before the error goes up, in whichever order another comes."""
    interleave(
        {"Ann": answers.claim_job.call(jams), "Bob": answers.claim_job.call(prints)},
        given=jobs("Cleo"),
        may_fail=["RuntimeError"],
        always=[whoever_raises_has_rolled_back],
        at_the_end=[
            every_finished_job_is_printed_once,
            whoever_comes_after(a_job=None, a_failure=1),
        ],
        switches=2,
        ask="Which statement comes between the paper jam and the caller, and what is still held after it?",
    )
