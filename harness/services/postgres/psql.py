"""Looking at a kept database: an interactive psql, or the address for a graphical client."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator

import psycopg

from harness.errors import LabsError, ServiceUnavailable, UsageError
from harness.services import warm
from harness.services.postgres import binaries, connections, server, settings
from harness.services.postgres.register import Register
from harness.services.warm import State


def address(database_name: str) -> str:
    """A postgresql:// URL, with the learner's password in it, of a kept database on a warm server.

    Raises ServiceUnavailable where no server is warm, UsageError where none has such a database.
    """
    with _found(database_name) as (state, name):
        return _address(state, name)


def open_psql(database_name: str) -> int:
    """Run psql on a kept database as the learner, in this terminal; its exit status. Raises as `address` does.

    The server stays warm for as long as psql is open.
    """
    with _found(database_name) as (state, name):
        command, environment = _command(state, name)
        # Ctrl-C ends psql's statement, not us.
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            return subprocess.run(command, check=False, env={**os.environ, **environment}).returncode
        finally:
            signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def _found(database_name: str) -> Iterator[tuple[State, str]]:
    """The warm server with the database, held by a lease inside the block, and the database's full name."""
    wanted = server.kept_name(database_name)
    kept: list[str] = []
    warm_ones = 0
    for folder in warm.all_folders():
        if folder.service != "postgres" or not folder.is_warm():
            continue
        lease = folder.lease()
        try:
            state = folder.state()
            if state is None:
                continue
            with contextlib.suppress(psycopg.OperationalError):
                with connections.connect(state, settings.SUPERUSER) as control:
                    names = Register(control).names("kept")
                warm_ones += 1
                kept += names
                if wanted in names:
                    yield state, wanted
                    return
        finally:
            lease.release()
    if not warm_ones:
        raise ServiceUnavailable("no Postgres server is warm, so no database is kept", "run the lab's tests first")
    listed = f"these are kept: {', '.join(sorted(set(kept)))}" if kept else "none is kept: run the lab's tests first"
    raise UsageError(f"no kept database is called {database_name!r}", listed)


def _address(state: State, name: str) -> str:
    password = state.passwords[settings.LEARNER]
    return f"postgresql://{settings.LEARNER}:{password}@{state.host}:{state.port}/{name}"


def _command(state: State, name: str) -> tuple[list[str], dict[str, str]]:
    """The psql on PATH, which has line editing, else the wheel's, else the container's; and its environment."""
    # The password goes through the environment: a command line can be read by everyone.
    environment = {"PGPASSWORD": state.passwords[settings.LEARNER]}
    reached = ["-h", state.host, "-p", str(state.port), "-U", settings.LEARNER, "-d", name]
    if on_path := shutil.which("psql"):
        return [on_path, *reached], environment
    with contextlib.suppress(LabsError):
        wheel = binaries.programs() / "psql"
        if wheel.is_file():
            return [str(wheel), *reached], environment
    if state.container and (docker := shutil.which("docker")):
        inside = ["psql", "-h", "127.0.0.1", "-U", settings.LEARNER, "-d", name]
        return [docker, "exec", "-it", "-e", "PGPASSWORD", state.container, *inside], environment
    raise ServiceUnavailable(
        "there is no psql on this machine", "install the PostgreSQL client, or point any other client at the address"
    )
