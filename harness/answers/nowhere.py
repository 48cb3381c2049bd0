"""A place without a server, for what only computes: loading a module."""

from __future__ import annotations

from typing import Any

from harness.explorers.interleavings import Gate, Place, Watch


class Nowhere(Place):
    """Its handles are None."""

    def open(self) -> None:
        """Return no connection."""

    def enter(self, handle: Any, gate: Gate | None) -> None:
        """Nothing passes a gate."""

    def left_open(self, handle: Any) -> bool:  # noqa: ARG002 - nothing is there
        """Return that nothing is open."""
        return False

    def undo(self, handle: Any) -> None:
        """There is nothing to undo."""

    def renew(self, handle: Any) -> bool:  # noqa: ARG002 - nothing is there
        """Return that it is as good as new."""
        return True

    def close(self, handle: Any) -> None:
        """There is nothing to close."""

    def look(self) -> None:
        """Return no connection."""

    def watch(self) -> Watch | None:
        """Return nobody."""
        return None
