"""Reading connections, kept open between statements: opening one costs more than a short query."""

from __future__ import annotations

import contextlib
from collections import OrderedDict

import psycopg
from psycopg import pq

from harness.errors import ServiceUnavailable
from harness.services.postgres import connections, statement
from harness.services.postgres.connections import Connection
from harness.services.warm import State
from harness.table import Table

# A test run goes through one data set after another and comes back: a lab has about ten. Opening a connection takes as
# long as a test; and the workers of pytest-xdist, one for each core of a large machine, must fit into max_connections.
_MOST_OPEN = 10


class Readers:
    """The open connections of this process, by database and role, most recently used last."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._open: OrderedDict[tuple[str, str], Connection] = OrderedDict()

    def query(self, database: str, role: str, text: str, *, seconds: float, most_rows: int) -> Table:
        """Run one statement, as `Database.query` says."""
        connection = self._begin(database, role, seconds)
        try:
            table = statement.run(connection, text, seconds=seconds, most_rows=most_rows)
            # Whatever the statement has set, prepared, locked or listened to goes.
            connection.execute("ROLLBACK")
            connection.execute("DISCARD ALL")
        except psycopg.Error as error:
            _drop(connection)
            raise statement.lost(error) from error
        except BaseException:
            _drop(connection)
            raise
        self._keep((database, role), connection)
        return table

    def close(self, database: str | None = None) -> None:
        """Close the connections to one database, or all."""
        for key in [key for key in self._open if database in {None, key[0]}]:
            _drop(self._open.pop(key))

    def _begin(self, database: str, role: str, seconds: float) -> Connection:
        """A connection with a transaction begun."""
        start = (
            "BEGIN READ ONLY; SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, MDY'; "
            f"SET LOCAL IntervalStyle = 'postgres'; SET LOCAL statement_timeout = {max(1, round(seconds * 1000))}"
        ).encode()
        kept = self._open.pop((database, role), None)
        if kept is not None:
            try:
                kept.execute(start)
            except psycopg.OperationalError:
                _drop(kept)  # the server has ended it: another one is opened
            else:
                return kept
        try:
            connection = connections.connect(self._state, role, database)
            connection.execute(start)
        except psycopg.Error as error:
            raise statement.lost(error) from error
        return connection

    def _keep(self, key: tuple[str, str], connection: Connection) -> None:
        self._open[key] = connection
        while len(self._open) > _MOST_OPEN:
            _drop(self._open.popitem(last=False)[1])


def _drop(connection: Connection) -> None:
    """Close a connection, in the middle of a result or not; the server ends the statement by itself."""
    with contextlib.suppress(psycopg.Error, ServiceUnavailable):
        if connection.pgconn.transaction_status == pq.TransactionStatus.ACTIVE:
            connection.cancel_safe(timeout=1.0)
        connection.close()
