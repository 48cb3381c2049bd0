def withdraw(connection, account, amount):
    """Take `amount` out of the account with that id, if there is as much in it.

    `connection` is an open connection of psycopg's, not in autocommit, with nothing begun; end the transaction before
    you return. Give back True where the money was taken, False where there is too little or no such account. Whoever
    withdraws at the same time is answered just as if one had come after the other: neither fails, neither's money is
    forgotten. Two who withdraw from different accounts don't wait for each other.
    """
    raise NotImplementedError
