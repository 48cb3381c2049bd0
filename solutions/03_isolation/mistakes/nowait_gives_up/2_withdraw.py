# Belief: If somebody else holds the row, it's best to give up at once.
# Caught by: test_withdraw_pays_everybody_where_there_is_enough
# Hint: That the row is busy says nothing about the balance. Wait for it, or look again; only too little money is a reason to refuse.
# Breaks: 10 of 12 orders
from psycopg.errors import LockNotAvailable


def withdraw(connection, account_id, amount):
    try:
        row = connection.execute(
            "SELECT balance FROM account WHERE account_id = %s FOR UPDATE NOWAIT", (account_id,)
        ).fetchone()
    except LockNotAvailable:
        connection.rollback()
        return False
    if row is None or row[0] < amount:
        connection.rollback()
        return False
    connection.execute("UPDATE account SET balance = balance - %s WHERE account_id = %s", (amount, account_id))
    connection.commit()
    return True
