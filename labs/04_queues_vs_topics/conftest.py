"""Fixtures of the lab: the hub's database, and the tests' own hands in RabbitMQ and Kafka."""

import pytest
from hub_clients import Log, Post


class Hub:
    """The database through the test's own connection, on which each statement is committed at once."""

    def __init__(self, database, connection):
        self.database = database
        self._connection = connection

    def run(self, statements):
        """Run statements that give nothing back."""
        self._connection.execute(statements)

    def empty(self):
        """Empty every table, and begin its numbers anew: also those that an answer has made for itself."""
        tables = self.column("SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE tableowner = user")
        self.run(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")

    def rows(self, query):
        """Give the rows of a query, as a list of lists."""
        return [list(row) for row in self._connection.execute(query).fetchall()]

    def value(self, query):
        """Give the one value of a query."""
        ((value,),) = self.rows(query)
        return value

    def column(self, query):
        """Give the values of a query's only column."""
        return [value for (value,) in self.rows(query)]


@pytest.fixture
def hub(postgres):
    """The hub's database, empty."""
    with postgres.connect() as connection:
        yield Hub(postgres, connection)


@pytest.fixture
def post(rabbitmq):
    """The test's own hands in RabbitMQ."""
    post = Post(rabbitmq)
    yield post
    post.connection.close()


@pytest.fixture
def log(kafka):
    """The test's own hands in Kafka."""
    return Log(kafka)
