"""How our Postgres servers are set up: one list for both providers, so that both give the same verdicts."""

from __future__ import annotations

import secrets

# The data is thrown away with the server, so nothing is ever flushed to disk (a durability lab asks for a server of
# its own). A commit is written, though: a server that is killed and started again still has it. The rest keeps plans,
# and with them the order of rows nobody ordered, from depending on the machine.
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "32MB",
    # A statement without end writes until it's stopped, and must not fill a container's disk (4 GB) for the others.
    # Less would stop a right one: the paths of ten thousand levels, each with all that is above it, are 200 MB.
    "temp_file_limit": "350MB",
    "max_connections": "200",  # up to a dozen for each worker of pytest-xdist
    "wal_level": "logical",
    "timezone": "UTC",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "synchronize_seqscans": "off",
    # Passwords are 192 random bits: iterations make them no harder to guess, and one saves 3 ms a connection.
    "scram_iterations": "1",
    # Not in /dev/shm, which has 64 MB in a container and would keep the segments of a killed server.
    "dynamic_shared_memory_type": "mmap",
}

# `builtin` compares text by code point on every platform and version.
INITDB_OPTIONS = (
    "--no-sync",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--encoding=UTF8",
    "--auth=scram-sha-256",
    "--wal-segsize=1",
    "--set=dynamic_shared_memory_type=mmap",  # for initdb's own servers: see above
)

# Raised whenever roles, the register or the way databases are made change: an earlier warm server is then replaced.
RECIPE = "4"

SUPERUSER = "postgres"
READER = "reader"  # may only SELECT
LEARNER = "learner"  # owns databases that may be written to
ROLES = (SUPERUSER, READER, LEARNER)


def passwords() -> dict[str, str]:
    """New random passwords for a server's roles."""
    return {role: secrets.token_urlsafe(24) for role in ROLES}


def options() -> list[str]:
    """The settings as options of the `postgres` program."""
    return [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]


def configuration(recipe: str) -> str:
    """Everything that a warm server must have been started with to be taken over."""
    return repr((RECIPE, recipe, SETTINGS, INITDB_OPTIONS))
