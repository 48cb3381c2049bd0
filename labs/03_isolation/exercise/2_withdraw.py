# Task 2: withdraw


def withdraw(connection, account_id, amount):
    """Pay `amount` crowns out of an account, and commit.

        connection   a psycopg connection, not in autocommit, nothing begun on it
        account_id   the account; there may be no such account
        amount       a whole number of crowns, more than 0

    Return True if the money was paid out: the balance is then `amount` less, and committed.
    Return False if the account holds too little, or doesn't exist: then nothing has changed.

    At any moment others withdraw from the same account with this very function, and the town's employers pay wages into
    it with a statement that you can't change: UPDATE account SET balance = balance + 50 WHERE account_id = 1.
    Never refuse what could be paid, never pay what isn't there, and never raise because somebody else was at work.
    Withdrawals from different accounts don't wait for each other.
    """
    raise NotImplementedError
