"""PostgreSQL in a container, with the same settings as the embedded one."""

from __future__ import annotations

import psycopg

from harness.services.postgres import connections, settings
from harness.services.recipes import ContainerRecipe
from harness.services.warm import State

# The official image's volume is the folder itself (18) or one in it (17 and before): a mount on it is good for both.
VOLUME = "/var/lib/postgresql"
DATA = f"{VOLUME}/labs"


class PostgresContainer(ContainerRecipe):
    """The official image, or one with its contract."""

    service = "postgres"
    title = "PostgreSQL"
    ports = {"client": 5432}  # noqa: RUF012 - declared as a class variable by the base
    # Memory that is taken only when it is written to. `labs verify` runs up to eight statements without end at once,
    # each of which writes as much as `temp_file_limit` has room for, beside the databases of all.
    tmpfs = {VOLUME: "size=4g"}  # noqa: RUF012 - as above

    def configuration(self) -> str:
        """Return what a warm container must have been started with."""
        return settings.configuration(f"container, {self.tmpfs[VOLUME]}")

    def passwords(self) -> dict[str, str]:
        """Return one for each role."""
        return settings.passwords()

    def environment(self, state: State) -> dict[str, str]:
        """Return the image's variables."""
        return {
            "POSTGRES_USER": settings.SUPERUSER,
            "POSTGRES_PASSWORD": state.passwords[settings.SUPERUSER],
            "POSTGRES_DB": "postgres",
            "POSTGRES_INITDB_ARGS": " ".join(settings.INITDB_OPTIONS),
            "PGDATA": DATA,
            "TZ": "UTC",
        }

    def command(self, state: State) -> list[str]:  # noqa: ARG002 - the same for all
        """Return the server's command."""
        return ["postgres", *settings.options()]

    def look(self, state: State) -> str:
        """Return the version once the server answers over TCP, set up."""
        try:
            with connections.connect(state, settings.SUPERUSER) as connection:
                self.set_up(connection, state)
                reported = connection.info.parameter_status("server_version") or ""
        except psycopg.OperationalError:
            return ""
        return reported.split(" ", 1)[0]

    def set_up(self, connection: connections.Connection, state: State) -> None:
        """Make a new server ours, over the superuser's first connection."""
        password = state.passwords[settings.SUPERUSER]
        connections.set_password(connection, settings.SUPERUSER, password)  # again, hashed more cheaply
        connections.set_up(connection, state)
