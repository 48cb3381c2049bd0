"""Several places as one: a program that works on two servers at once."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack

from harness.explorers.handles import Handles
from harness.explorers.interleavings.place import Place, Watch
from harness.explorers.interleavings.steps import Gate


class SeveralPlaces(Place):
    """Places side by side."""

    def __init__(self, places: Sequence[Place]) -> None:
        self.places = tuple(places)

    @property
    def dies(self) -> bool:  # type: ignore[override] # of others it is a constant
        """Whether any does."""
        return any(place.dies for place in self.places)

    def begin_run(self, number: int) -> None:
        """Tell all."""
        for place in self.places:
            place.begin_run(number)

    def open(self) -> Handles:
        """Return a handle of each."""
        with ExitStack() as opened:
            handles = []
            for place in self.places:
                handle = place.open()
                opened.callback(place.close, handle)
                handles.append(handle)
            opened.pop_all()
        return Handles(handles)

    def enter(self, handle: Handles, gate: Gate | None) -> None:
        """Let all pass this gate."""
        for place, one in zip(self.places, handle, strict=True):
            place.enter(one, gate)

    def left_open(self, handle: Handles) -> bool:
        """Return whether a transaction is open on any."""
        return any(place.left_open(one) for place, one in zip(self.places, handle, strict=True))

    def undo(self, handle: Handles) -> None:
        """Undo what is not finished on any."""
        for place, one in zip(self.places, handle, strict=True):
            place.undo(one)

    def renew(self, handle: Handles) -> bool:
        """Make all as good as new."""
        renewed = [place.renew(one) for place, one in zip(self.places, handle, strict=True)]
        return all(renewed)

    def close(self, handle: Handles) -> None:
        """Close all."""
        for place, one in zip(self.places, handle, strict=True):
            place.close(one)

    def cut(self, handle: Handles) -> None:
        """Cut all."""
        for place, one in zip(self.places, handle, strict=True):
            place.cut(one)

    def look(self) -> Handles:
        """Return a handle of the test's own to each."""
        return Handles(place.look() for place in self.places)

    def watch(self) -> Watch | None:
        """Return who looks at locks where something waits for them; there is one such place at most."""
        return next((watch for place in self.places if (watch := place.watch()) is not None), None)
