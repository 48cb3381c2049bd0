"""Where the learner's code runs: in this process, where a debugger works, or in a worker of its own."""

from __future__ import annotations

from harness.answers.transport import Transport

HERE = "here"


class ChosenTransport:
    """A transport by its name, made when it is first needed."""

    def __init__(self, name: str = HERE) -> None:
        self._make = TRANSPORTS[name]
        self._made: Transport | None = None
        self._mortals: Transport | None = None

    def get(self) -> Transport:
        """Return it."""
        if self._made is None:
            self._made = self._make()
        return self._made

    def mortals(self) -> Transport:
        """Return the one for programs that only the end of their process ends."""
        if self._mortals is None:
            from harness.answers.worker.mortals import Mortals  # late, like all of them

            self._mortals = Mortals()
        return self._mortals

    def close(self) -> None:
        """End what was started for it, if anything was."""
        for transport in (self._made, self._mortals):
            if transport is not None:
                transport.close()
        self._made = self._mortals = None


def _here() -> Transport:
    from harness.answers.here import Here  # late: greenlets and the explorer are for answers in Python only

    return Here()


def _worker() -> Transport:
    from harness.answers.worker import InWorkers  # late, like the other

    return InWorkers()


TRANSPORTS = {HERE: _here, "worker": _worker}
