"""Fixtures of the lab: the town's database, to be filled before a call and looked at after it."""

import pytest


class Town:
    """The database through the test's own connection, on which each statement is committed at once."""

    def __init__(self, connection):
        self._connection = connection

    def run(self, statements):
        """Run statements that give nothing back."""
        self._connection.execute(statements)

    def rows(self, query):
        """Give the rows of a query, as a list of tuples."""
        return self._connection.execute(query).fetchall()

    def value(self, query):
        """Give the one value of a query."""
        ((value,),) = self.rows(query)
        return value

    def column(self, query):
        """Give the values of a query's only column."""
        return [value for (value,) in self.rows(query)]


@pytest.fixture
def town(postgres):
    """The town, with nobody in it yet."""
    with postgres.connect() as connection:
        yield Town(connection)


@pytest.fixture
def serializable_town(town):
    """The town whose transactions are SERIALIZABLE unless they say otherwise."""
    town.run(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation = serializable', "
        "current_database()); END $$"
    )
    return town
