"""The six anomalies of task 1, each as a small story that runs on every isolation level.

An anomaly has happened where what was seen is what `strange` says: no run of one call after the other shows that.
"""

from functools import partial

from psycopg import IsolationLevel

from harness import Anomaly

LEVELS = {level.name.lower(): level for level in IsolationLevel}


def dirty_read(level):
    """Bob reads while Ann has written what she then takes back."""

    def ann(connection):
        connection.isolation_level = level
        connection.execute("UPDATE account SET balance = 0 WHERE account_id = 1")
        connection.rollback()

    return Anomaly(
        f"a dirty read on {sql_name(level)}",
        f"On {sql_name(level)} nobody reads what is never committed.",
        {"Ann": ann, "Bob": partial(read_once, level)},
        "TRUNCATE account; INSERT INTO account VALUES (1, 'Ann', 100)",
        seen=lambda look: f"Bob reads {told(look, 'Bob')}",
        ordinary="Bob reads 100",
        strange="Bob reads 0",
        in_order="ABBA",
    )


def non_repeatable_read(level):
    """Ann reads a balance twice; between the two, Bob may change it."""

    def bob(connection):
        connection.isolation_level = level
        connection.execute("UPDATE account SET balance = 50 WHERE account_id = 1")
        connection.commit()

    return Anomaly(
        f"a non-repeatable read on {sql_name(level)}",
        f"On {sql_name(level)} a row that is read twice in one transaction is the same row twice.",
        {"Ann": partial(read_twice, level, "SELECT balance FROM account WHERE account_id = 1"), "Bob": bob},
        "TRUNCATE account; INSERT INTO account VALUES (1, 'Ann', 100)",
        seen=lambda look: f"Ann reads {told(look, 'Ann')}",
        ordinary="Ann reads 100 and 100",
        strange="Ann reads 100 and 50",
        in_order="ABBAA",
    )


def phantom(level):
    """Ann counts the doctors on call twice; between the two, another may come."""

    def bob(connection):
        connection.isolation_level = level
        connection.execute("INSERT INTO duty VALUES ('surgery', 'Cleo', true)")
        connection.commit()

    return Anomaly(
        f"a phantom on {sql_name(level)}",
        f"On {sql_name(level)} what is counted twice in one transaction is as many twice.",
        {"Ann": partial(read_twice, level, "SELECT count(*) FROM duty WHERE on_call"), "Bob": bob},
        "TRUNCATE ward CASCADE; INSERT INTO ward VALUES ('surgery'); "
        "INSERT INTO duty VALUES ('surgery', 'Ann', true), ('surgery', 'Bob', true)",
        seen=lambda look: f"Ann counts {told(look, 'Ann')}",
        ordinary="Ann counts 2 and 2",
        strange="Ann counts 2 and 3",
        in_order="ABBAA",
    )


def lost_update(level):
    """Ann and Bob withdraw 20 each, by reading the balance and writing back what is left."""

    def withdraw(connection):
        connection.isolation_level = level
        ((balance,),) = connection.execute("SELECT balance FROM account WHERE account_id = 1").fetchall()
        connection.execute("UPDATE account SET balance = %s WHERE account_id = 1", (balance - 20,))
        connection.commit()
        return "paid out 20"

    def seen(look):
        paid = 20 * len(look.returned("paid out 20"))
        left = look.value("SELECT balance FROM account")
        return f"{paid} paid out, {left} left{failures(look)}"

    return Anomaly(
        f"a lost update on {sql_name(level)}",
        f"On {sql_name(level)} what was paid out is gone from the balance.",
        {"Ann": withdraw, "Bob": withdraw},
        "TRUNCATE account; INSERT INTO account VALUES (1, 'Ann', 100)",
        seen=seen,
        ordinary="40 paid out, 60 left",
        strange="40 paid out, 80 left",
        in_order="ABBBAA",
        may_fail=["40001"],
    )


def write_skew(level):
    """Ann and Bob go off call, each having seen that the other is on."""

    def leave(doctor, connection):
        connection.isolation_level = level
        ((on_call,),) = connection.execute("SELECT count(*) FROM duty WHERE on_call").fetchall()
        if on_call < 2:
            connection.rollback()
            return "stays"
        connection.execute("UPDATE duty SET on_call = false WHERE doctor = %s", (doctor,))
        connection.commit()
        return "leaves"

    def seen(look):
        on_call = [doctor for (doctor,) in look.rows("SELECT doctor FROM duty WHERE on_call ORDER BY doctor")]
        return f"on call in the end: {', '.join(on_call) or 'nobody'}{failures(look)}"

    return Anomaly(
        f"write skew on {sql_name(level)}",
        f"On {sql_name(level)} somebody is still on call.",
        {"Ann": partial(leave, "Ann"), "Bob": partial(leave, "Bob")},
        "TRUNCATE ward CASCADE; INSERT INTO ward VALUES ('surgery'); "
        "INSERT INTO duty VALUES ('surgery', 'Ann', true), ('surgery', 'Bob', true)",
        seen=seen,
        ordinary="on call in the end: Ann, or Bob",
        strange="on call in the end: nobody",
        in_order="ABBBAA",
        may_fail=["40001"],
    )


def read_only_anomaly(level):
    """Ann writes a receipt for the open day, Bob closes the day, Cleo reports what the last closed day has taken."""

    def ann(connection):
        connection.isolation_level = level
        ((day,),) = connection.execute("SELECT open_day FROM till").fetchall()
        connection.execute("INSERT INTO receipt VALUES (%s, 20)", (day,))
        connection.commit()

    def bob(connection):
        connection.isolation_level = level
        connection.execute("UPDATE till SET open_day = open_day + 1")
        connection.commit()

    def cleo(connection):
        connection.isolation_level = level
        ((day, total),) = connection.execute(
            "SELECT open_day - 1, (SELECT sum(amount) FROM receipt WHERE day = open_day - 1) FROM till"
        ).fetchall()
        connection.commit()
        return [day, total]

    def seen(look):
        if look.outcomes["Cleo"].error:
            return f"Cleo reports nothing{failures(look)}"
        day, reported = look.outcomes["Cleo"].value
        total = look.value("SELECT sum(amount) FROM receipt WHERE day = %s", day)
        return f"Cleo reports {reported} for day {day}, which has {total} in the end{failures(look)}"

    return Anomaly(
        f"the read-only anomaly on {sql_name(level)}",
        f"On {sql_name(level)} what was reported of a closed day stays true.",
        {"Ann": ann, "Bob": bob, "Cleo": cleo},
        "TRUNCATE till, receipt; INSERT INTO till VALUES (2); INSERT INTO receipt VALUES (1, 30), (2, 10)",
        seen=seen,
        ordinary="Cleo reports 10 for day 2, which has 10 in the end",
        strange="Cleo reports 10 for day 2, which has 30 in the end",
        in_order="AABBCCA",
        may_fail=["40001"],
    )


def sql_name(level):
    """Give a level's name as SQL writes it."""
    return level.name.replace("_", " ")


def read_once(level, connection):
    """Read the balance of account 1."""
    connection.isolation_level = level
    ((value,),) = connection.execute("SELECT balance FROM account WHERE account_id = 1").fetchall()
    connection.commit()
    return value


def read_twice(level, query, connection):
    """Read the same value twice in one transaction, and give both."""
    connection.isolation_level = level
    ((first,),) = connection.execute(query).fetchall()
    ((second,),) = connection.execute(query).fetchall()
    connection.commit()
    return f"{first} and {second}"


def told(look, actor):
    """Give an actor's value, or the code of the error that it has ended with."""
    outcome = look.outcomes[actor]
    return outcome.sqlstate or outcome.value


def failures(look):
    """Tell which calls have failed, if any."""
    return "".join(f"; {name}: error {outcome.sqlstate}" for name, outcome in look.outcomes.items() if outcome.error)


ANOMALIES = {
    "dirty_read": dirty_read,
    "non_repeatable_read": non_repeatable_read,
    "phantom": phantom,
    "lost_update": lost_update,
    "write_skew": write_skew,
    "read_only_anomaly": read_only_anomaly,
}
