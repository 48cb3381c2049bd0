"""What learners write: stories for two, with how many of their orders break the rule, and slips."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.answers import CallFailed, NeverEnds, NotAllowed, TransactionLeftOpen
from harness.explorers.interleavings import differs, no_rows

SCHEMA = """
CREATE TABLE account (id integer PRIMARY KEY, balance integer NOT NULL);
CREATE TABLE doctor (name text PRIMARY KEY, on_call boolean NOT NULL);
"""
ACCOUNTS = "TRUNCATE account; INSERT INTO account VALUES (1, 100), (2, 100);"
DOCTORS = "TRUNCATE doctor; INSERT INTO doctor VALUES ('ann', true), ('bob', true);"


def the_books_balance(look):
    """The balance is what was not paid out."""
    paid = 70 * len(look.returned(value=True))
    return differs("the balance", 100 - paid, look.value("SELECT balance FROM account WHERE id = 1"))


somebody_is_on_call = no_rows(
    "Somebody is on call.", "SELECT 'nobody is' WHERE NOT EXISTS (SELECT FROM doctor WHERE on_call)"
)


@dataclass(frozen=True)
class Written:
    """What a learner has written, with the values that two actors call it with, and what the explorer must find."""

    text: str
    given: str = ACCOUNTS
    values: tuple[tuple[object, ...], ...] = ((1, 70), (1, 70))
    rules: tuple = (the_books_balance,)
    may_fail: tuple[str, ...] = ()
    broke: int = 0
    fact: str = ""
    options: dict[str, int] = field(default_factory=dict)


WITHDRAW = """
from time import sleep

def act(connection, account, amount):
    query = "SELECT balance FROM account WHERE id = %s{lock}"
    (balance,) = connection.execute(query, (account,)).fetchone()
    if balance < amount:
        connection.rollback()
        return False
    sleep(60)
    connection.execute("UPDATE account SET balance = %s WHERE id = %s", (balance - amount, account))
    connection.commit()
    return True
"""
LEAVE = """
import psycopg

def act(connection, name):
    connection.isolation_level = psycopg.IsolationLevel.{level}
    while True:
        try:
            with connection.transaction():
                (count,) = connection.execute("SELECT count(*) FROM doctor WHERE on_call").fetchone()
                if count < 2:
                    return False
                connection.execute("UPDATE doctor SET on_call = false WHERE name = %s", (name,))
                return True
        except psycopg.errors.SerializationFailure:
            {then}
"""
TRANSFER = """
def act(connection, source, target):
    for account, change in ((source, -10), (target, 10)):
        connection.execute("UPDATE account SET balance = balance + %s WHERE id = %s", (change, account))
    connection.commit()
    return {"from": source, "to": (target,)}
"""


def doctors(level, then, **expected):
    text = LEAVE.format(level=level, then=then)
    return Written(text, DOCTORS, (("ann",), ("bob",)), (somebody_is_on_call,), **expected)


def withdrawing(body, **expected):
    return Written(f"def act(connection, account, amount):\n    {body}\n", **expected)


UPDATE = 'connection.execute("UPDATE account SET balance = balance - 1 WHERE id = 1")'
NO_CALL_FAILS = "No call fails."
ALLOWED = "Each call does only what can be explored."
SKEW = "Somebody is on call."

STORIES = {
    "lost update": Written(WITHDRAW.format(lock=""), broke=12, fact="The balance is what was not paid out."),
    "for update": Written(WITHDRAW.format(lock=" FOR UPDATE")),
    "write skew, read committed": doctors("READ_COMMITTED", "raise", broke=18, fact=SKEW),
    "write skew, repeatable read": doctors("REPEATABLE_READ", "raise", broke=18, fact=SKEW),
    "write skew, serializable": doctors("SERIALIZABLE", "raise", may_fail=("40001",)),
    "write skew, serializable, again": doctors("SERIALIZABLE", "continue"),
    "a serialization failure surfaces": doctors("SERIALIZABLE", "raise", broke=18, fact=NO_CALL_FAILS),
    "deadlock": Written(TRANSFER, values=((1, 2), (2, 1)), rules=(), may_fail=("DeadlockDetected",)),
    "a deadlock surfaces": Written(TRANSFER, values=((1, 2), (2, 1)), rules=(), broke=4, fact=NO_CALL_FAILS),
    "three actors": Written(TRANSFER, values=((1, 2), (1, 2), (2, 1)), rules=(), may_fail=("DeadlockDetected",)),
    "left open": withdrawing(UPDATE, rules=(), broke=2, fact="No call leaves its transaction open."),
    "ValueError": withdrawing(f"{UPDATE}\n    raise ValueError('no')", rules=(), broke=2, fact=NO_CALL_FAILS),
    "sys.exit": withdrawing(f"import sys\n    {UPDATE}\n    sys.exit(3)", rules=(), broke=2, fact=NO_CALL_FAILS),
    "os._exit": withdrawing(f"import os\n    {UPDATE}\n    os._exit(0)", broke=1, fact=ALLOWED),
    "a thread": withdrawing(
        f"import threading\n    {UPDATE}\n    threading.Thread(target=print).start()", broke=1, fact=ALLOWED
    ),
    "own connection": withdrawing("import psycopg\n    psycopg.connect(connection.info.dsn)", broke=1, fact=ALLOWED),
    "an endless loop": withdrawing(f"{UPDATE}\n    while True: pass", broke=1, fact=ALLOWED),
    "livelock": withdrawing(f"while True:\n        {UPDATE}; connection.rollback()", broke=1, fact="Every call ends."),
    "livelock that catches all": withdrawing(
        f"while True:\n        try:\n            {UPDATE}; connection.rollback()\n        except: pass",
        broke=1,
        fact="Every call ends.",
    ),
    "too much": withdrawing(f"{UPDATE}\n    return 'x' * 2_000_000", broke=1, fact=ALLOWED),
    "a cursor": withdrawing(f"return {UPDATE}", broke=1, fact=ALLOWED),
}

SLIPS = {
    "raises": (CallFailed, "connection.execute('SELECT * FROM acount')", 'UndefinedTable (42P01): relation "acount"'),
    "sys.exit": (CallFailed, f"import sys; {UPDATE}; sys.exit(0)", "SystemExit"),
    "left open": (TransactionLeftOpen, f"{UPDATE}\n    return 1", "left its transaction open"),
    "left open by reading": (TransactionLeftOpen, "connection.execute('SELECT 1')", "left its transaction open"),
    "os._exit": (NotAllowed, f"import os; {UPDATE}; os._exit(0)", "ends the whole program"),
    "own connection": (NotAllowed, "import psycopg; psycopg.connect(connection.info.dsn)", "a connection of its own"),
    "a cursor": (NotAllowed, "return connection.execute('SELECT 1')", "returns a Cursor, no plain value"),
    "an endless loop": (NeverEnds, f"{UPDATE}\n    while True: pass", "computes for more than 2 seconds"),
    "an endless loop that catches all": (
        NeverEnds,
        "while True:\n        try:\n            while True: pass\n        except: pass",
        "computes for more than 2 seconds",
    ),
    "statements without end": (
        NeverEnds,
        "while True:\n        try: connection.execute('SELECT 1')\n        except: pass",
        "still at it after 5,000 operations",
    ),
    "a statement without end": (
        NeverEnds,
        "connection.execute('SELECT pg_sleep(3600)')",
        "waits for more than 3 seconds for one statement: SELECT pg_sleep(3600)",
    ),
}
