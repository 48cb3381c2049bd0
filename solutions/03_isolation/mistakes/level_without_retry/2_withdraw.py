# Belief: On REPEATABLE READ the database takes care of lost updates, and there is nothing more to do.
# Caught by: test_withdraw_never_pays_twice_what_is_there_once
# Hint: It takes care by refusing one of the two with error 40001. What should the caller learn instead?
# Breaks: 12 of 14 orders
from psycopg import IsolationLevel


def withdraw(connection, account_id, amount):
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    row = connection.execute("SELECT balance FROM account WHERE account_id = %s", (account_id,)).fetchone()
    if row is None or row[0] < amount:
        connection.rollback()
        return False
    connection.execute("UPDATE account SET balance = %s WHERE account_id = %s", (row[0] - amount, account_id))
    connection.commit()
    return True
