"""Where an exploration happens: what opens the actors' connections, and looks on from outside."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from harness.explorers.interleavings.steps import Gate


class Watch(ABC):
    """Looks at who waits for whom on the server, over a connection of its own."""

    @abstractmethod
    def blockers(self, waiting: Sequence[int], actors: Sequence[int]) -> Mapping[int, Collection[int]]:
        """Return those of the `waiting` sessions that wait for locks of other actors' sessions, each with whose."""

    @abstractmethod
    def end(self, session: int) -> None:
        """End a session on the server and wait until it is gone, with its transaction."""

    @abstractmethod
    def close(self) -> None:
        """Close the connection."""


class Place(ABC):
    """A database that actors work on. What it opens belongs to the caller."""

    # Whether nothing but the end of their process ends what programs have begun here.
    dies = False

    def begin_run(self, number: int) -> None:  # noqa: B027 - most places are the same in each run
        """Be told that a run of programs begins, counted through this process."""

    @property
    def itself(self) -> Place:
        """The place itself, where this one only stands before it."""
        return self

    @abstractmethod
    def open(self) -> Any:
        """Return a connection (or client) for one actor; its steps pass the gate that it is given by `enter`."""

    @abstractmethod
    def enter(self, handle: Any, gate: Gate | None) -> None:
        """Let a connection's steps pass this gate from now on; None: no gate, it belongs to nobody."""

    @abstractmethod
    def left_open(self, handle: Any) -> bool:
        """Return whether a transaction is open on the connection."""

    @abstractmethod
    def undo(self, handle: Any) -> None:
        """Undo what the connection's call has not finished, which others may see, but without a step of its own."""

    @abstractmethod
    def renew(self, handle: Any) -> bool:
        """Make a connection as good as new. Returns False where it can't be: close it and open another."""

    @abstractmethod
    def close(self, handle: Any) -> None:
        """Close a connection, whatever state it is in."""

    def cut(self, handle: Any) -> None:
        """Cut a connection as the end of its process does, and return when the server has noticed."""
        self.close(handle)

    @abstractmethod
    def look(self) -> Any:
        """Return a connection for the test itself: no gate, each statement committed at once."""

    @abstractmethod
    def watch(self) -> Watch | None:
        """Return who looks at locks here; None where nothing ever waits."""
