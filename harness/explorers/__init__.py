"""What makes rare faults happen on purpose, each time in the same way.

`interleavings` runs concurrent calls in every order of their steps; `crashes` ends programs at each of their
operations; `wire` hurts what is between a client and a server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.explorers.wire import Direction, Wire

__all__ = ["Direction", "Wire"]


def __getattr__(name: str) -> Any:
    """Import the wire when it is asked for: a lab with orders to explore has no use for it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from harness.explorers import wire

    return getattr(wire, name)
