# Task 5: transfer


def transfer(connection, from_account, to_account, amount):
    """Move `amount` crowns from one account to another, and commit.

        connection     a psycopg connection, not in autocommit, nothing begun on it
        from_account   the account that pays; there may be no such account
        to_account     another account, which gets it; there may be no such account
        amount         a whole number of crowns, more than 0

    Return True if the money was moved: both balances have changed, committed together.
    Return False if the first account holds too little, or one of the two doesn't exist: then nothing has changed.

    At the same moment others move money between the same accounts, also the other way. Never raise because of that.
    Transfers between other accounts don't wait for this one.
    """
    raise NotImplementedError
