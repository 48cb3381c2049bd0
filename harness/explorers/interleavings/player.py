"""An actor at work, as the explorer drives it: in this process or in another."""

from __future__ import annotations

from abc import ABC, abstractmethod

from harness.explorers.interleavings.steps import Frames, Outcome, Result, Ruling, Step


class Player(ABC):
    """One actor in one order. It runs only inside `begin`, `grant` and `advance`, and stops before each step.

    `asks` is the step that it wants leave for, None while one is in flight and after the end. `outcome` is there after
    the end. `refused` says in a sentence what it did that can't be explored, `frames` where: files and lines, the
    innermost last; `endless` tells that it would have gone on for ever. `yielded` tells that it slept since its last
    step. `waits_on` is the file descriptor, and what is waited for there, while a step is in flight.
    """

    name: str
    asks: Step | None = None
    outcome: Outcome | None = None
    refused: str = ""
    frames: Frames = ()
    endless: bool = False
    yielded: bool = False
    waits_on: tuple[int, int] = (-1, 0)

    @abstractmethod
    def begin(self) -> None:
        """Start the call and run it to its first step, or to its end."""

    @abstractmethod
    def grant(self, ruling: Ruling = "") -> Result | None:
        """Let the step happen, or become of it what `ruling` says.

        Returns its result if it is done; then the actor has run on to its next step or its end.
        None where the step is in flight: `advance` is called when `waits_on` is ready.
        """

    @abstractmethod
    def advance(self, ready: int) -> Result | None:
        """Go on with the step in flight; returned is what `grant` returns."""

    @abstractmethod
    def dismiss(self) -> None:
        """End it, wherever it is: its transaction is rolled back, its connection ready for another order, or gone."""

    def crash(self) -> None:
        """End it as the end of its process does: nothing of it reaches a server any more, and each knows it is gone."""
        raise NotImplementedError

    def keeps_busy(self, seconds: float) -> bool:  # noqa: ARG002 - one in this process is never in flight by itself
        """Return whether the step that has been in flight for so long is so by the actor's own doing, not its server's.

        It may have been ended for that, and refused.
        """
        return False
