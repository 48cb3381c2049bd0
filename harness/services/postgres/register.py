"""Which databases a server has, and who uses them: a table and advisory locks on the `postgres` database.

The locks belong to the control connection of a process, so a process that dies gives them back.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator

from harness.services.postgres.connections import Connection


class Register:
    """The register, over one control connection."""

    def __init__(self, control: Connection) -> None:
        self._control = control
        self._shared: set[str] = set()
        self._used: set[str] = set()

    def share(self, name: str) -> None:
        """Keep a database from being dropped for as long as this process lives."""
        if name not in self._shared:
            self._control.execute("SELECT pg_advisory_lock_shared(%s)", [_key("use", name)])
            self._shared.add(name)

    @contextlib.contextmanager
    def alone(self, purpose: str, name: str) -> Iterator[None]:
        """Be the only process to do something with a database; the others wait."""
        key = _key(purpose, name)
        self._control.execute("SELECT pg_advisory_lock(%s)", [key])
        try:
            yield
        finally:
            if not self._control.closed:
                self._control.execute("SELECT pg_advisory_unlock(%s)", [key])

    @contextlib.contextmanager
    def unless_shared(self, name: str) -> Iterator[bool]:
        """Whether no process has a share in the database; inside the block none can get one."""
        key = _key("use", name)
        if name in self._shared:
            yield False
            return
        row = self._control.execute("SELECT pg_try_advisory_lock(%s)", [key]).fetchone()
        taken = row is not None and bool(row[0])
        try:
            yield taken
        finally:
            if taken:
                self._control.execute("SELECT pg_advisory_unlock(%s)", [key])

    def use(self, name: str, fingerprint: str) -> bool:
        """Note that a database is used now; whether it is complete and holds what the fingerprint says."""
        used = self._control.execute(
            "UPDATE register SET used = clock_timestamp() WHERE name = %s AND fingerprint = %s", [name, fingerprint]
        )
        complete = used.rowcount == 1
        if complete and name in self._shared:
            self._used.add(name)
        return complete

    def has_used(self, name: str) -> bool:
        """Whether this process has found a database complete and shares it, so that nobody has dropped it since."""
        return name in self._used

    def add(self, name: str, kind: str, fingerprint: str) -> None:
        """Note that a database is complete."""
        self._control.execute(
            "INSERT INTO register (name, kind, fingerprint) VALUES (%s, %s, %s)", [name, kind, fingerprint]
        )

    def forget(self, name: str) -> None:
        """Note that a database is no longer complete."""
        self._used.discard(name)
        self._control.execute("DELETE FROM register WHERE name = %s", [name])
        if name in self._shared and name.startswith("fresh_"):
            self._control.execute("SELECT pg_advisory_unlock_shared(%s)", [_key("use", name)])
            self._shared.discard(name)

    def names(self, kind: str) -> list[str]:
        """The complete databases of a kind, by name."""
        rows = self._control.execute("SELECT name FROM register WHERE kind = %s ORDER BY name", [kind])
        return [str(name) for (name,) in rows]

    def unused(self, kind: str, *, beyond: int) -> list[str]:
        """The databases of a kind beyond so many, least recently used first."""
        rows = self._control.execute(
            "SELECT name FROM register WHERE kind = %s ORDER BY used DESC OFFSET %s", [kind, beyond]
        )
        return [str(name) for (name,) in rows][::-1]


def _key(purpose: str, name: str) -> int:
    """A signed 64-bit number for an advisory lock."""
    digest = hashlib.sha256(f"{purpose} {name}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
