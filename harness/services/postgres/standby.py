"""The recipes of a standby, which replays the log that it streams from its primary, and of the primary it needs.

Without Docker it starts from the very data folder that its primary started from, and is sent all that came after. With
Docker it takes a base backup from the running primary. Its roles, passwords and databases are the primary's own.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from harness.services.postgres import connections, docker, settings
from harness.services.postgres.connections import Connection
from harness.services.postgres.docker import PostgresContainer
from harness.services.postgres.embedded import PostgresEmbedded
from harness.services.recipes import Command
from harness.services.warm import State

NAME = "standby"  # the standby's application_name, by which the primary knows it, and its slot's name
ROLE = "replicator"

# Where the official image has its Unix socket, and ours.
_SOCKETS = "/var/run/postgresql"

# Who commits decides whether to wait for the standby, and waits only where asked to: no setting that takes a moment to
# reach every process has to be changed for that.
_PRIMARY_OPTIONS = ("-c", f"synchronous_standby_names={NAME}", "-c", "synchronous_commit=local")

_STANDBY_OPTIONS = (
    *("-c", f"primary_slot_name={NAME}"),
    *("-c", "wal_retrieve_retry_interval=100ms"),  # between two attempts to reach a primary that is down; 5 s otherwise
)

# PGDATA is complete or not there: where the backup fails, pg_basebackup takes away what it has made.
_BACK_UP_ONCE = """
[ -s "$PGDATA/PG_VERSION" ] || pg_basebackup --pgdata="$PGDATA" --dbname="$1" --slot="$2" --checkpoint=fast \
    --no-sync --write-recovery-conf || exit
shift 2
exec docker-entrypoint.sh "$@"
"""


@dataclass(frozen=True)
class Upstream:
    """The primary as its standby knows it: how to reach it, and the password of the role that may read its log."""

    state: State
    password: str = field(repr=False)


class PrimaryEmbedded(PostgresEmbedded):
    """The wheel's PostgreSQL as a primary."""

    def command(self, state: State) -> Command:
        """Return the server's command."""
        return _with_options(super().command(state), _PRIMARY_OPTIONS)


class StandbyEmbedded(PostgresEmbedded):
    """The wheel's PostgreSQL as a standby, over loopback. The wheel has no pg_basebackup."""

    title = "PostgreSQL standby"
    ready = "database system is ready to accept read-only connections"

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream

    def passwords(self) -> dict[str, str]:
        """Return the primary's: the roles are its own."""
        return dict(self._upstream.state.passwords)

    def fill(self, data: Path, state: State) -> None:
        """Copy what initdb has made for the primary too, and write beside it what pg_basebackup would."""
        super().fill(data, state)
        (data / "standby.signal").touch()
        primary = self._upstream.state
        address = f"host={primary.host} port={primary.port} user={ROLE} password={self._upstream.password}"
        # Not in the command, which everyone can read.
        with (data / "postgresql.auto.conf").open("a", encoding="ascii") as file:
            file.write(f"primary_conninfo = '{address} application_name={NAME} sslmode=disable gssencmode=disable'\n")

    def command(self, state: State) -> Command:
        """Return the server's command."""
        return _with_options(super().command(state), _STANDBY_OPTIONS)

    def set_up(self, state: State) -> bool:  # noqa: ARG002 - it is the primary that is asked
        """Return whether it has the primary's passwords and roles by now: it serves clients before that."""
        with connections.connect(self._upstream.state, settings.SUPERUSER) as connection:
            found = connection.execute(
                "SELECT 1 FROM pg_stat_replication WHERE application_name = %s AND replay_lsn >= pg_current_wal_lsn()",
                [NAME],
            )
            return found.fetchone() is not None


class PrimaryContainer(PostgresContainer):
    """A primary in a container whose standby reaches it over its Unix socket, in a volume that both have.

    So it needs no network, which would have to be removed, and no other pg_hba.conf than initdb's: that lets a role
    with the right to replicate in by the socket, and the image's entrypoint admits nobody else to that from outside.
    """

    def command(self, state: State) -> list[str]:
        """Return the server's command."""
        return [*super().command(state), *_PRIMARY_OPTIONS]

    def options(self) -> dict[str, Any]:
        """Return the volume."""
        return {"mounts": [_volume(_SOCKETS)]}


class StandbyContainer(PostgresContainer):
    """A standby in a container of the same image."""

    title = "PostgreSQL standby"

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream

    def passwords(self) -> dict[str, str]:
        """Return the primary's: the roles are its own."""
        return dict(self._upstream.state.passwords)

    def environment(self, state: State) -> dict[str, str]:  # noqa: ARG002 - the image has nothing to initialise
        """Return the variables of the backup and of the server."""
        return {"PGPASSWORD": self._upstream.password, "PGDATA": docker.DATA, "TZ": "UTC"}

    def command(self, state: State) -> list[str]:
        """Return the backup's command, before the server's. The socket's folder is the primary's: it makes no other."""
        server = [*super().command(state), *_STANDBY_OPTIONS, "-c", "unix_socket_directories="]
        address = f"host={_SOCKETS} user={ROLE} application_name={NAME}"
        return ["bash", "-c", _BACK_UP_ONCE, "standby", address, NAME, *server]

    def options(self) -> dict[str, Any]:
        """Return the primary's volumes, and over the one with the primary's data one for its own."""
        return {"volumes_from": [self._upstream.state.container], "mounts": [_volume(docker.VOLUME)]}

    def set_up(self, connection: Connection, state: State) -> None:
        """Nothing: it serves clients only when it has replayed all that the primary had at the backup."""


def _with_options(command: Command, options: tuple[str, ...]) -> Command:
    return replace(command, arguments=[*command.arguments, *options])


def _volume(path: str) -> object:
    """A volume without a name: it goes with the last container that has it."""
    from docker.types import Mount  # late: 0.2 s

    return Mount(path, None)
