"""Where calls to an upstream happen: each call gets a world of its own, whose clock begins at zero."""

from __future__ import annotations

from typing import Any

from harness.explorers.clock import VirtualClock
from harness.explorers.interleavings.place import Place
from harness.explorers.interleavings.steps import Gate
from harness.explorers.upstream.client import Upstream


class World:
    """A clock, and a client of the upstream that waits by it."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.clock = VirtualClock()
        self.upstream = Upstream(address, self.clock)


class WorldPlace(Place):
    """Hands out worlds. `host` and `port` are the upstream's: plain values, so that a worker can be sent here."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port

    def open(self) -> World:
        """Return a new world."""
        return World((self.host, self.port))

    def enter(self, handle: World, gate: Gate | None) -> None:
        """Nothing stops at a gate: one call is at work at a time."""

    def left_open(self, handle: World) -> bool:  # noqa: ARG002 - there are no transactions
        """Return that nothing is open."""
        return False

    def undo(self, handle: World) -> None:
        """There is nothing to undo."""

    def renew(self, handle: World) -> bool:  # noqa: ARG002 - its time has passed
        """Return False: a new call gets a new world."""
        return False

    def close(self, handle: World) -> None:
        """There is nothing to close."""

    def look(self) -> Any:
        """Return nothing: the test has the server itself."""
        return None

    def watch(self) -> None:
        """Return nobody: nothing ever waits."""
        return
