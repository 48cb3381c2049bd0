"""The tree of errors: a wrong answer, a verdict that can't be given, and a command that was called wrongly.

Each error says in one sentence what does not hold and, as `advice`, what to do about it. Rooms that know more
(rows that differ, a statement the server refused) add their own subclasses of `Wrong`, with the facts as
attributes; the room `report` turns them into what a learner reads.
"""

# pytest uses 0 to 5 for itself and 1 for "some tests failed", which is our "wrong". "Could not judge" must be
# neither, and never 0. 69 is EX_UNAVAILABLE of sysexits.h.
EXIT_RIGHT = 0
EXIT_WRONG = 1
EXIT_USAGE = 4
EXIT_COULD_NOT_JUDGE = 69


class LabsError(Exception):
    """Anything this suite tells a person. `str(error)` is one sentence; `advice` says what to do, or is empty."""

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


class Wrong(LabsError):
    """The answer under test is wrong. `ask` is the one question that leads on, or empty.

    `origin` is where it came to light (the file, the database, the rows), set by the room `answers`, which knows.
    """

    def __init__(self, message: str, advice: str = "", *, ask: str = "") -> None:
        super().__init__(message, advice)
        self.ask = ask
        self.origin: object | None = None


class CouldNotJudge(LabsError):
    """No verdict can be given, through no fault of the answer: never reported as right, nor as wrong."""


class BrokenLab(CouldNotJudge):
    """A lab, a gallery or an oracle of ours contradicts itself: a defect of the suite."""


class ServiceUnavailable(CouldNotJudge):
    """A server that the lab needs can't be had, or was lost on the way."""


class ImageMissing(ServiceUnavailable):
    """No container image for a service is here, and none can be pulled."""


class NoRoom(ServiceUnavailable):
    """There is no place with enough space for a server's data."""


class UsageError(LabsError):
    """A command or an option was given something it can't take."""
