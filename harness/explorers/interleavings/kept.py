"""A place whose connections are kept from one exploration to the next: a test explores often, and each is soon done."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from harness.explorers.interleavings.place import Place, Watch
from harness.explorers.interleavings.steps import Gate


class KeptPlace(Place):
    """Another place, with what was opened there and given back; `end` closes all of it."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._free: list[Any] = []
        self._looking: list[Any] = []
        self._out: set[int] = set()  # connections of the test's own that are in use, by identity
        self._watch: Watch | None = None

    @property
    def itself(self) -> Place:
        """The place that keeps nothing."""
        return self._place

    def open(self) -> Any:
        """Return a connection for one actor, one that was given back where there is one."""
        return self._free.pop() if self._free else self._place.open()

    def look(self) -> Any:
        """Return a connection for the test itself."""
        handle = self._looking.pop() if self._looking else self._place.look()
        self._out.add(id(handle))
        return handle

    def close(self, handle: Any) -> None:
        """Keep a connection for the next who asks, unless it can't be made as new."""
        if id(handle) in self._out:
            self._out.discard(id(handle))
            self._looking.append(handle)
        elif self._place.renew(handle):
            self._free.append(handle)
        else:
            self._place.close(handle)

    def watch(self) -> Watch | None:
        """Return who looks at locks; it stays when it is closed."""
        if self._watch is None:
            self._watch = self._place.watch()
        return None if self._watch is None else _Lent(self._watch)

    def enter(self, handle: Any, gate: Gate | None) -> None:
        """Let a connection's steps pass this gate."""
        self._place.enter(handle, gate)

    def left_open(self, handle: Any) -> bool:
        """Return whether a transaction is open."""
        return self._place.left_open(handle)

    def undo(self, handle: Any) -> None:
        """Undo what is not finished."""
        self._place.undo(handle)

    def renew(self, handle: Any) -> bool:
        """Make a connection as good as new."""
        return self._place.renew(handle)

    def cut(self, handle: Any) -> None:
        """Cut a connection."""
        self._place.cut(handle)

    def end(self) -> None:
        """Close all that is kept."""
        for handle in (*self._free, *self._looking):
            self._place.close(handle)
        self._free.clear()
        self._looking.clear()
        if self._watch is not None:
            self._watch.close()
            self._watch = None


class _Lent(Watch):
    """A watch that others will use as well."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def blockers(self, waiting: Sequence[int], actors: Sequence[int]) -> Mapping[int, Collection[int]]:
        """Return who waits, and for whom."""
        return self._watch.blockers(waiting, actors)

    def end(self, session: int) -> None:
        """End a session on the server."""
        self._watch.end(session)

    def close(self) -> None:
        """Leave it open."""
