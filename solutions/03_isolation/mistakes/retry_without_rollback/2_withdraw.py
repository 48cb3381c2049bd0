# Belief: An error only means that this statement has failed, so the loop may go on at once.
# Caught by: test_withdraw_never_pays_twice_what_is_there_once
# Hint: After an error the transaction refuses every statement (25P02). What ends it?
# Breaks: 12 of 14 orders
from psycopg import IsolationLevel
from psycopg.errors import SerializationFailure


def withdraw(connection, account_id, amount):
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    while True:
        try:
            row = connection.execute("SELECT balance FROM account WHERE account_id = %s", (account_id,)).fetchone()
            if row is None or row[0] < amount:
                connection.rollback()
                return False
            connection.execute("UPDATE account SET balance = %s WHERE account_id = %s", (row[0] - amount, account_id))
            connection.commit()
        except SerializationFailure:
            continue
        else:
            return True
