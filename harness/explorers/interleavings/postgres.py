"""A Postgres database as the place of an exploration."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeVar

import psycopg
from psycopg import pq
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import tuple_row

from harness.errors import CouldNotJudge, ServiceUnavailable
from harness.explorers.interleavings.gated_postgres import GatedConnection
from harness.explorers.interleavings.place import Place, Watch
from harness.explorers.interleavings.steps import Gate

_Kind = TypeVar("_Kind", bound="psycopg.Connection[Any]")

# One waits for a lock a millisecond before it looks for a deadlock. The explorer lets the next one wait only later,
# so that whoever closes the circle is the one that looks last and finds it.
DEADLOCK_TIMEOUT = "1ms"
# What a connection begins with, as psycopg has it.
_AS_NEW = {"isolation_level": None, "read_only": None, "deferrable": None, "autocommit": False}
_ENDING = 60.0  # seconds for a session that was told to end; it takes a millisecond

# Each is asked once. Asked first whether one is blocked and then by whom, as Postgres' isolation tester could be, a
# deadlock that is found in between would leave one that waits for nobody.
_BLOCKERS = """
SELECT pid, pg_blocking_pids(pid) || pg_safe_snapshot_blocking_pids(pid) FROM unnest(%s::int[]) AS pid
"""


class PostgresPlace(Place):
    """A database, by its connection string. Its role has to be allowed to set `deadlock_timeout`.

    `control` is an open connection for looking at locks and for ending a session that hangs, to any database of the
    server: its locks and sessions are the same in each. Without it the actors' role opens one for each exploration.
    `splits`: a statement that commits by itself is two steps, between which others come.
    """

    def __init__(self, conninfo: str, control: psycopg.Connection[Any] | None = None, *, splits: bool = True) -> None:
        self.conninfo = conninfo
        self.splits = splits
        self._control = control

    def open(self) -> GatedConnection:
        """Return a connection that is not in autocommit, as psycopg's are."""
        options = conninfo_to_dict(self.conninfo).get("options", "")
        patience = f"{options} -c deadlock_timeout={DEADLOCK_TIMEOUT}"
        connection = _connected(GatedConnection, self.conninfo, options=patience)
        connection.splits = self.splits
        return connection

    def enter(self, handle: GatedConnection, gate: Gate | None) -> None:
        """Give the connection to an actor, or take it back."""
        handle.gate = gate

    def left_open(self, handle: GatedConnection) -> bool:
        """Return whether a transaction is open."""
        return not handle.closed and handle.info.transaction_status != pq.TransactionStatus.IDLE

    def undo(self, handle: GatedConnection) -> None:
        """Roll back, as whoever has lent the connection does when a call raises."""
        handle.unseen = True
        try:
            if not handle.closed:
                handle.rollback()
        except psycopg.Error:
            pass  # inside `with connection.transaction()` it has been done, or the connection is lost
        finally:
            handle.unseen = False

    def renew(self, handle: GatedConnection) -> bool:
        """Roll back, and forget all that was set on the connection, here and on the server."""
        handle.gate = None
        try:
            if handle.closed or handle.info.transaction_status == pq.TransactionStatus.ACTIVE:
                return False
            handle.rollback()
            handle.row_factory = tuple_row
            handle.cursor_factory = psycopg.Cursor
            for name, value in _AS_NEW.items():
                if getattr(handle, name) != value:
                    setattr(handle, name, value)
            handle.discard()
        except (psycopg.Error, AssertionError):
            return False
        return True

    def close(self, handle: GatedConnection) -> None:
        """Close it, without a word to the server where it is busy.

        Where a transaction was left open, its locks are gone on return: whoever looks next finds nobody there.
        """
        handle.gate = None
        if handle.info.transaction_status in {pq.TransactionStatus.INTRANS, pq.TransactionStatus.INERROR}:
            handle.lose()
            return
        with contextlib.suppress(psycopg.Error):
            handle.close()

    def cut(self, handle: GatedConnection) -> None:
        """Cut it, and wait until its session is gone."""
        handle.gate = None
        handle.lose()

    def look(self) -> psycopg.Connection[Any]:
        """Return an autocommitting connection."""
        return _connected(psycopg.Connection, self.conninfo, autocommit=True)

    def watch(self) -> PostgresWatch:
        """Return who asks the server for its locks."""
        if self._control is not None:
            return PostgresWatch(self._control, closes=False)
        return PostgresWatch(self.look(), closes=True)


class PostgresWatch(Watch):
    """Asks the server who waits for whom: it knows, so no lock is ever guessed at."""

    def __init__(self, connection: psycopg.Connection[Any], *, closes: bool) -> None:
        self._connection = connection
        self._closes = closes

    def blockers(self, waiting: Sequence[int], actors: Sequence[int]) -> Mapping[int, Collection[int]]:
        """Return who waits, and for whom."""
        found = self._connection.execute(_BLOCKERS, (list(waiting),))
        blockers = {pid: [other for other in others if other in actors] for pid, others in found}
        return {pid: others for pid, others in blockers.items() if others}

    def end(self, session: int) -> None:
        """End it on the server, which takes a millisecond: where Postgres itself waits for it, it looks every 100."""
        self._connection.execute("SELECT pg_terminate_backend(%s)", (session,))
        deadline = time.monotonic() + _ENDING
        # Its locks go before it leaves this list.
        while self._connection.execute("SELECT FROM pg_stat_activity WHERE pid = %s", (session,)).rowcount:
            if time.monotonic() > deadline:
                return

    def close(self) -> None:
        """Close the connection, unless it is another's."""
        if self._closes:
            self._connection.close()


def _connected(kind: type[_Kind], conninfo: str, **options: Any) -> _Kind:
    """Connect. Raises CouldNotJudge where the role may not do what explorations need, ServiceUnavailable."""
    try:
        return kind.connect(conninfo, prepare_threshold=None, **options)
    except psycopg.OperationalError as error:
        if "deadlock_timeout" in str(error):
            raise CouldNotJudge(
                "the explorer's role may not set deadlock_timeout",
                "as a superuser: GRANT SET ON PARAMETER deadlock_timeout TO that_role",
            ) from error
        raise ServiceUnavailable(f"the Postgres server can't be reached: {error}", "run it again") from error
