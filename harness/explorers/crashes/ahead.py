"""Idempotent producers of Kafka's, made before they are asked for.

One that has just been made waits half a second, whatever its settings, before it asks the broker for its producer id,
and sends nothing until then. So a second one is made with the first, and handed out, untouched, to the next who asks
for one of the same configuration: in a lab, the next test.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

_Producer = TypeVar("_Producer")


class MadeAhead(Generic[_Producer]):
    """At most one producer that nobody has had yet."""

    def __init__(self, make: Callable[[dict[str, Any]], _Producer]) -> None:
        self._make = make
        self._ready: tuple[dict[str, Any], _Producer] | None = None

    def take(self, chosen: dict[str, Any]) -> _Producer:
        """Return a producer of this configuration that nobody has had. Raises what the library does."""
        waits = str(chosen.get("enable.idempotence")).lower() in {"true", "1"}
        # A second one of the same transactional id would shut the first out; and callbacks are one program's own.
        if not waits or "transactional.id" in chosen or any(map(callable, chosen.values())):
            return self._make(chosen)
        ready, self._ready = self._ready, None
        taken = ready[1] if ready is not None and ready[0] == chosen else self._make(chosen)
        self._ready = (chosen, self._make(chosen))
        return taken
