"""What makes rare faults happen on purpose, each time in the same way: so far the wire between client and server."""

from harness.explorers.wire import Direction, Wire

__all__ = ["Direction", "Wire"]
