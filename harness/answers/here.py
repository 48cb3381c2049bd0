"""The learner's code in this process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness.answers.jobs import Job
from harness.answers.transport import Doing
from harness.explorers.interleavings import Cast, LocalCast, Place


class Here:
    """A transport that needs none."""

    def cast(self, name: str, job: Job, doing: Doing, place: Place) -> Cast:
        """Return a local actor."""
        call: Callable[[Any], object] = getattr(job, doing)
        return LocalCast(name, call, place)

    def close(self) -> None:
        """Nothing was started."""
