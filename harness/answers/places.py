"""From a test's database to the place where answers work on it."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

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


def place_of(service: object) -> Place:
    """Return where calls work that are given this database, or this place. Raises BrokenLab for anything else."""
    if isinstance(service, Place):
        return service
    if isinstance(service, PostgresDatabase):
        return PostgresPlace(service.conninfo, control=service.control_conninfo)
    raise BrokenLab(f"an answer is called with {service!r:.80} where a database should stand first")
