"""Stories with known endings: how many of their orders break the rule has been found by more than one tool."""

import time
from dataclasses import dataclass, field

import psycopg
from psycopg import IsolationLevel

from harness.explorers.interleavings import Story, differs, no_rows

SCHEMA = """
CREATE TABLE account (id integer PRIMARY KEY, balance integer NOT NULL, version integer NOT NULL DEFAULT 0);
CREATE TABLE doctor (name text PRIMARY KEY, on_call boolean NOT NULL);
CREATE TABLE booking (room integer NOT NULL, night date NOT NULL, guest text NOT NULL);
"""
ACCOUNTS = "TRUNCATE account; INSERT INTO account VALUES (1, 100), (2, 100);"
DOCTORS = "TRUNCATE doctor; INSERT INTO doctor VALUES ('ann', true), ('bob', true);"
BOOKINGS = "TRUNCATE booking;"


def the_books_balance(look):
    """The balance is what was not paid out."""
    paid = 70 * len(look.returned(value=True))
    return differs("the balance", 100 - paid, look.value("SELECT balance FROM account WHERE id = 1"))


somebody_is_on_call = no_rows(
    "Somebody is on call.", "SELECT 'nobody is' WHERE NOT EXISTS (SELECT FROM doctor WHERE on_call)"
)
nobody_is_booked_twice = no_rows(
    "A room is booked once a night.", "SELECT room, night FROM booking GROUP BY room, night HAVING count(*) > 1"
)


def read_then_write(connection):
    """Lost update: both may read 100."""
    (balance,) = connection.execute("SELECT balance FROM account WHERE id = %s", (1,)).fetchone()
    if balance < 70:
        connection.rollback()
        return False
    connection.execute("UPDATE account SET balance = %s WHERE id = %s", (balance - 70, 1))
    connection.commit()
    return True


def poll_at_once(connection, between=lambda: None):
    """Right, and very impatient: it asks again and again, without a pause."""
    while True:
        try:
            (balance,) = connection.execute("SELECT balance FROM account WHERE id = 1 FOR UPDATE NOWAIT").fetchone()
            break
        except psycopg.errors.LockNotAvailable:
            connection.rollback()
            between()
    if balance < 70:
        connection.rollback()
        return False
    connection.execute("UPDATE account SET balance = balance - 70 WHERE id = 1")
    connection.commit()
    return True


def poll_for_update(connection):
    """Right, and impatient: it asks again and again, with pauses."""
    return poll_at_once(connection, between=lambda: time.sleep(1))


def read_for_update(connection):
    (balance,) = connection.execute("SELECT balance FROM account WHERE id = 1 FOR UPDATE").fetchone()
    if balance < 70:
        connection.rollback()
        return False
    connection.execute("UPDATE account SET balance = %s WHERE id = 1", (balance - 70,))
    connection.commit()
    return True


def read_for_update_under_autocommit(connection):
    """The lock is gone before the UPDATE."""
    connection.autocommit = True
    (balance,) = connection.execute("SELECT balance FROM account WHERE id = 1 FOR UPDATE").fetchone()
    if balance < 70:
        return False
    connection.execute("UPDATE account SET balance = %s WHERE id = 1", (balance - 70,))
    return True


def update_where(connection):
    found = connection.execute("UPDATE account SET balance = balance - 70 WHERE id = 1 AND balance >= 70")
    connection.commit()
    return found.rowcount == 1


def update_where_under_autocommit(connection):
    connection.autocommit = True
    return connection.execute("UPDATE account SET balance = balance - 70 WHERE id = 1 AND balance >= 70").rowcount == 1


def leave(name, level, *, again=False):
    """Go off call if another is on it, at this level; with `again`, until it is not refused."""

    def call(connection):
        connection.isolation_level = level
        while True:
            try:
                with connection.transaction():
                    (count,) = connection.execute("SELECT count(*) FROM doctor WHERE on_call").fetchone()
                    if count < 2:
                        return False
                    connection.execute("UPDATE doctor SET on_call = false WHERE name = %s", (name,))
                    return True
            except psycopg.errors.SerializationFailure:
                if not again:
                    raise

    return call


def transfer(source, target):
    def call(connection):
        connection.execute("UPDATE account SET balance = balance - 10 WHERE id = %s", (source,))
        connection.execute("UPDATE account SET balance = balance + 10 WHERE id = %s", (target,))
        connection.commit()

    return call


def book_where_not_exists(connection):
    """One statement, and yet the other's row is not seen before it is committed."""
    connection.autocommit = True
    done = connection.execute(
        "INSERT INTO booking SELECT 1, '2027-01-01', 'x'"
        " WHERE NOT EXISTS (SELECT FROM booking WHERE room = 1 AND night = '2027-01-01')"
    )
    return done.rowcount == 1


@dataclass(frozen=True)
class Known:
    """A story, and how many of how many orders break its rule."""

    story: Story
    ran: int
    broke: int
    pruned: int = 0
    options: dict = field(default_factory=dict)


def two(call, given, rule, **options):
    return Story({"Ann": call, "Bob": call}, given, [rule], **options)


def doctors(level, **options):
    calls = {"Ann": leave("ann", level, **options), "Bob": leave("bob", level, **options)}
    return Story(calls, DOCTORS, [somebody_is_on_call], may_fail=() if options else ("SerializationFailure",))


KNOWN = {
    "lost update": Known(two(read_then_write, ACCOUNTS, the_books_balance), 14, 12),
    "for update": Known(two(read_for_update, ACCOUNTS, the_books_balance), 6, 0),
    "for update, nowait, again": Known(two(poll_for_update, ACCOUNTS, the_books_balance), 34, 0),
    "for update, nowait, at once": Known(two(poll_at_once, ACCOUNTS, the_books_balance), 58, 0),
    "update where": Known(two(update_where, ACCOUNTS, the_books_balance), 4, 0),
    "update where, autocommit": Known(two(update_where_under_autocommit, ACCOUNTS, the_books_balance), 4, 0),
    "insert where not exists, autocommit": Known(two(book_where_not_exists, BOOKINGS, nobody_is_booked_twice), 6, 4),
    "write skew, read committed": Known(doctors(IsolationLevel.READ_COMMITTED), 20, 18),
    "write skew, repeatable read": Known(doctors(IsolationLevel.REPEATABLE_READ), 20, 18),
    "write skew, serializable": Known(doctors(IsolationLevel.SERIALIZABLE), 20, 0),
    "write skew, serializable, again": Known(doctors(IsolationLevel.SERIALIZABLE, again=True), 20, 0),
    "deadlock": Known(
        Story({"Ann": transfer(1, 2), "Bob": transfer(2, 1)}, ACCOUNTS, may_fail=["DeadlockDetected"]), 8, 0
    ),
    "deadlock that surfaces": Known(Story({"Ann": transfer(1, 2), "Bob": transfer(2, 1)}, ACCOUNTS), 8, 4),
    "sorted locks": Known(Story({"Ann": transfer(1, 2), "Bob": transfer(1, 2)}, ACCOUNTS), 6, 0),
}
