def transfer(connection, source, target, amount):
    """Move `amount` from the account `source` to the account `target`, if there is as much in it.

    `connection` is an open connection of psycopg's, not in autocommit, with nothing begun; end the transaction before
    you return. Give back True where the money was moved, False where there is too little in `source`. Others may move
    money at the same time, the other way round as well: no call fails, and no money appears or is lost.
    """
    raise NotImplementedError
