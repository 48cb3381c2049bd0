"""A Postgres primary with a streaming standby, which a test may hurt: stale reads, lost replicas, failover.

How far behind the standby is, a test decides: it pauses replay, and waits for positions in the log, never for a time.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import replace
from types import TracebackType
from typing import LiteralString, Self

import psycopg
from psycopg import sql

from harness.errors import ServiceUnavailable
from harness.services.own import OwnServer, provide_own
from harness.services.postgres import settings, statement
from harness.services.postgres.database import Database
from harness.services.postgres.server import PostgresServer
from harness.services.postgres.standby import (
    NAME,
    ROLE,
    PrimaryContainer,
    PrimaryEmbedded,
    StandbyContainer,
    StandbyEmbedded,
    Upstream,
)
from harness.services.postgres.start import SERVICE
from harness.services.provide import Choice
from harness.services.recipes import Say

_PATIENCE = 60.0  # seconds; on an idle machine all of it takes milliseconds
_LOOK_EVERY = 0.005
_LSN = re.compile(r"[0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8}")


class ReplicatedPostgres:
    """A primary and its standby. Each can be paused, killed and started again: see OwnServer.

    A standby that was away catches up with all that it has missed, and finds a primary that comes back. Replication is
    asynchronous, but for a session that says `SET synchronous_commit = on`: its commits wait until the standby has
    written the log, with `remote_apply` until it has replayed it, and for ever where there is no standby.

    Positions in the log (LSN) are texts as Postgres prints them, `0/1A2B3C4`. Every method raises ServiceUnavailable
    where a server that it needs is gone or paused, or where there is no standby any more because it was promoted. Use
    the pair as a context manager, or `close` it: nothing is left then.
    """

    def __init__(self, primary: OwnServer[PostgresServer], standby: OwnServer[PostgresServer]) -> None:
        self.primary = primary
        self.standby = standby

    def __enter__(self) -> Self:
        """Nothing more: both run."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def on_standby(self, database: Database) -> Database:
        """The standby's copy of one of the primary's databases, under the same roles; there once it is replayed.

        It can only be read until the standby is promoted. `drop()` it on the primary.
        """
        return Database(database.name, database.dataset, self.standby.server)

    def primary_lsn(self) -> str:
        """The end of the primary's log: whoever has replayed this far has all that is committed there by now.

        But for what a session commits that says `SET synchronous_commit = off`: that may be written a moment later.
        """
        return str(_ask(self.primary, "SELECT pg_current_wal_flush_lsn()"))

    def replayed_lsn(self) -> str:
        """How far the standby has replayed the log: what lies beyond can't be seen there."""
        return str(_ask(self.standby, "SELECT pg_last_wal_replay_lsn()"))

    def wait_for_replay(self, lsn: str, *, seconds: float = _PATIENCE) -> None:
        """Return once the standby has replayed the log up to a position.

        Raises ServiceUnavailable where it doesn't in so many seconds, and ValueError for what is no position.
        """
        if not _LSN.fullmatch(str(lsn)):
            raise ValueError(f"{lsn!r} is no position in a log: it has to look like 0/1A2B3C4")
        self._wait("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", [lsn], f"replay its log up to {lsn}", seconds)

    def catch_up(self, *, seconds: float = _PATIENCE) -> None:
        """Return once the standby has replayed all that is committed on the primary by now, or raise as above."""
        self.wait_for_replay(self.primary_lsn(), seconds=seconds)

    def pause_replay(self) -> None:
        """Let the standby stay at what it has replayed by now: it goes on receiving, and shows nothing newer."""
        _ask(self.standby, "SELECT pg_wal_replay_pause()")  # a wish: it may be in the middle of a record
        self._wait("SELECT pg_get_wal_replay_pause_state() = 'paused'", [], "pause its replay", _PATIENCE)

    def resume_replay(self) -> None:
        """Let the standby replay what it has received meanwhile, and all that comes."""
        _ask(self.standby, "SELECT pg_wal_replay_resume()")

    def promote(self) -> None:
        """Make the standby a primary, which takes writes; it replays what it has received before, paused or not.

        The old primary, if it lives, goes on as well, and neither hears of the other any more.
        """
        if not _ask(self.standby, "SELECT pg_promote(wait_seconds => %s)", [round(_PATIENCE)]):
            raise ServiceUnavailable(f"the Postgres standby was not promoted in {_PATIENCE:g} s", "run it again")

    def close(self) -> None:
        """End both servers and remove all of them."""
        try:
            self.standby.close()
        finally:
            self.primary.close()

    def _wait(self, holds: LiteralString, values: Sequence[object], what: str, seconds: float) -> None:
        """Return once a condition holds on the standby; `what` says what it does then."""
        deadline = time.monotonic() + seconds
        while not _ask(self.standby, holds, values):
            if time.monotonic() > deadline:
                state = _ask(
                    self.standby,
                    "SELECT CASE WHEN pg_is_in_recovery() THEN 'its replay is ' || pg_get_wal_replay_pause_state()"
                    " ELSE 'it was promoted' END || ' at ' || pg_last_wal_replay_lsn()",
                )
                raise ServiceUnavailable(
                    f"the Postgres standby did not {what} in {seconds:g} s: {state}", "run it again"
                )
            time.sleep(_LOOK_EVERY)


def provide_replicated(choice: Choice, *, say: Say) -> ReplicatedPostgres:
    """Start a primary and a standby for this process alone, which may be hurt; to be closed.

    The standby streams and has all that the primary has. The choice of a provider, which both share, and what is raised
    are those of `provide`.
    """
    primary = provide_own(replace(SERVICE, embedded=PrimaryEmbedded, container=PrimaryContainer), choice, say=say)
    try:
        upstream = Upstream(primary.state, _admit_a_standby(primary))
        standby = provide_own(
            replace(
                SERVICE,
                title=StandbyEmbedded.title,
                embedded=lambda: StandbyEmbedded(upstream),
                container=lambda: StandbyContainer(upstream),
            ),
            primary.state.provider,
            say=say,
        )
        return ReplicatedPostgres(primary, standby)
    except BaseException:
        primary.close()
        raise


def _admit_a_standby(primary: OwnServer[PostgresServer]) -> str:
    """Make the role that a standby reads the log as, and a slot that keeps the log for it; return the role's password.

    The slot reserves the log from the last checkpoint on. On a server this young that is initdb's, from which the
    embedded standby starts.
    """
    password = secrets.token_urlsafe(24)
    create = sql.SQL("CREATE ROLE {} LOGIN REPLICATION PASSWORD {}")
    _ask(primary, create.format(sql.Identifier(ROLE), sql.Literal(password)))
    _ask(primary, "SELECT pg_create_physical_replication_slot(%s, immediately_reserve => true)", [NAME])
    return password


def _ask(
    server: OwnServer[PostgresServer], question: LiteralString | sql.Composed, values: Sequence[object] = ()
) -> object:
    """The first value of the answer's first row, or None; asked as the superuser."""
    try:
        with server.server.connect("postgres", settings.SUPERUSER) as connection:
            answer = connection.execute(question, values)
            row = answer.fetchone() if answer.description else None
            return row[0] if row else None
    except psycopg.errors.ObjectNotInPrerequisiteState as error:
        raise ServiceUnavailable(
            f"the Postgres standby is none any more: {error.diag.message_primary}", "promote it last"
        ) from error
    except psycopg.OperationalError as error:
        raise statement.lost(error) from error
