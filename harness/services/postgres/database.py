"""One database on a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.services.dataset import Dataset
from harness.services.postgres import settings
from harness.table import Table

if TYPE_CHECKING:
    from harness.services.postgres.connections import Connection
    from harness.services.postgres.server import PostgresServer


class Database:
    """A database: one that holds a data set and is only read, or one of a test's own.

    `name` is its name on the server, `dataset` what it holds (None for a fresh one), `server` where it is.
    """

    def __init__(self, name: str, dataset: Dataset | None, server: PostgresServer) -> None:
        self.name = name
        self.dataset = dataset
        self.server = server

    def __repr__(self) -> str:
        """Its name: what a failed assertion shows."""
        return f"Database({self.name!r})"

    def connect(self) -> Connection:
        """An autocommitting connection, the caller's to close, under a role that is no superuser.

        That role owns a fresh database, and can only read one with a data set. Raises ServiceUnavailable.
        """
        return self.server.connect(self.name, self._role)

    @property
    def conninfo(self) -> str:
        """How a client library connects in its own way, under the role of `connect`."""
        return self.server.conninfo(self.name, self._role)

    @property
    def control(self) -> Connection:
        """A superuser's connection, for looking at the locks of others and ending their sessions. It stays open."""
        return self.server.control

    def query(self, sql: str, *, seconds: float = 5.0, most_rows: int = 100_000) -> Table:
        """Run the text as one statement, exactly as it stands, in a transaction that can't write, and give its rows.

        Columns have Postgres' short type names; a value that Python can't hold is given as text. Raises QueryFailed,
        QueryTooSlow and TooManyRows, which are wrong answers, and ServiceUnavailable or NoRoom, which are not.
        """
        return self.server.readers.query(self.name, self._role, sql, seconds=seconds, most_rows=most_rows)

    def drop(self) -> None:
        """Remove a fresh database; one with a data set stays, for whoever needs it next."""
        if self.dataset is None:
            self.server.drop(self.name)

    def let_go(self) -> None:
        """Remove a fresh database, but don't wait until it is gone."""
        if self.dataset is None:
            self.server.let_go(self.name)

    @property
    def _role(self) -> str:
        return settings.READER if self.dataset else settings.LEARNER
