"""What a way to the learner's code has to be able to do. Which ways there are, `chosen_transport` knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:  # a lab without answers in Python has no use for the explorer
    from harness.answers.jobs import Job
    from harness.explorers.interleavings import Cast, Place

Doing = Literal["check", "run"]


class Transport(Protocol):
    """A way to the learner's code."""

    def cast(self, name: str, job: Job, doing: Doing, place: Place) -> Cast:
        """Return an actor that checks or runs a job at a place."""
        ...

    def close(self) -> None:
        """End what was started for it."""
        ...
