# Belief: After a serialization failure it's enough to send the UPDATE again.
# Caught by: test_withdraw_never_pays_twice_what_is_there_once
# Hint: The failure says that what you have read is out of date. What belongs inside the loop beside the UPDATE?
# Breaks: 12 of 14 orders
from psycopg import IsolationLevel
from psycopg.errors import SerializationFailure


def withdraw(connection, account_id, amount):
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    row = connection.execute("SELECT balance FROM account WHERE account_id = %s", (account_id,)).fetchone()
    if row is None or row[0] < amount:
        connection.rollback()
        return False
    while True:
        try:
            connection.execute("UPDATE account SET balance = %s WHERE account_id = %s", (row[0] - amount, account_id))
            connection.commit()
        except SerializationFailure:
            connection.rollback()
        else:
            return True
