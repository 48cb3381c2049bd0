"""From a test's database to the place where answers work on it."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from harness.errors import BrokenLab
from harness.explorers.interleavings import Place, PostgresPlace


@runtime_checkable
class PostgresDatabase(Protocol):
    """A Postgres database as a test hands it to an answer in Python."""

    @property
    def conninfo(self) -> str:
        """How the learner's role connects."""
        ...

    @property
    def control_conninfo(self) -> str:
        """How a role that sees and ends every session connects."""
        ...


@runtime_checkable
class RedisNamespace(Protocol):
    """A Redis database as a test hands it to an answer in Python."""

    @property
    def options(self) -> dict[str, Any]:
        """How its own user connects, by redis-py's options: plain values."""
        ...


@runtime_checkable
class ScriptedServer(Protocol):
    """An upstream as a test hands it to an answer in Python."""

    @property
    def address(self) -> tuple[str, int]:
        """Its host and port."""
        ...


def place_of(service: object) -> Place:
    """Return where calls work that are given this service, or this place. Raises BrokenLab for anything else."""
    if isinstance(service, Place):
        return service
    if isinstance(service, PostgresDatabase):
        return PostgresPlace(service.conninfo, control=service.control_conninfo)
    if isinstance(service, ScriptedServer):
        from harness.explorers.upstream import WorldPlace  # late: for labs that have one

        return WorldPlace(*service.address)
    if isinstance(service, RedisNamespace):
        from harness.explorers.interleavings.redis import (
            RedisPlace,
        )  # late: a lab without Redis has no use for redis-py

        return RedisPlace(**service.options)
    raise BrokenLab(f"an answer is called with {service!r:.80} where a database should stand first")
