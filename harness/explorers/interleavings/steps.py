"""What passes the gate between an actor and the explorer: the step it asks leave for, and what came of it.

Plain values, so that an actor may live in this process or in another.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType
from typing import Literal, NoReturn

# Of an exception: how many frames are kept, the innermost, and how much of what it says.
_MOST_FRAMES = 20
_MOST_CHARACTERS = 2_000

Frames = tuple[tuple[str, int], ...]


# What becomes of a step: it is let through; or its connection is lost, and the call raises, before the step was done
# ("fails") or after ("unknown"); or it is lost on the way, which nobody notices before the connection is used again; or
# it waits until its timer runs out ("late": on a machine that is busy).
Ruling = Literal["", "fails", "unknown", "lost", "runs out", "runs out late"]
Kind = Literal["statement", "commit", "command", "publish", "send", "deliver", "settle", "declare"]


@dataclass(frozen=True)
class Step:
    """One thing that an actor is about to do on its server, and that others may come before.

    `text` is the statement on one line, its values in place. `session` is the process of a Postgres server that will
    run it, which may have to wait for a lock; None where nothing ever waits. `server` names the service, `message` is
    the body of the message that the step is about. Kinds: a `statement` inside a transaction; a `commit`, or a
    statement that commits by itself; a `command` that takes effect at once; `publish`, whose arrival is confirmed, and
    `send`, whose arrival nobody confirms; a message that is handed over (`deliver`), and what a consumer says of it
    (`settle`); what else is set up at a broker (`declare`). `impatient` says that a timer is on (`timers.TIMERS`) that
    would end it if it waited for long.
    """

    text: str
    session: int | None = None
    server: str = "postgres"
    kind: Kind = "statement"
    message: str = ""
    impatient: bool = False


@dataclass(frozen=True)
class Result:
    """What came of a step: `text` in short ("2 rows", "100"), `error` its SQLSTATE or name where it failed.

    `open` says whether the actor has a transaction open after it.
    """

    text: str
    error: str = ""
    open: bool = False


@dataclass(frozen=True)
class Outcome:
    """How an actor's call ended: with a value, or with an exception, which is matched by its name.

    `error` is the exception's class, empty where the call returned; `sqlstate` is the server's code, if it was the
    server's word. `frames` are the files and lines that the exception came through, the innermost last. `open` tells
    that a transaction was left open; `drained`, that it waited for messages until none would come, and did not return.
    """

    value: object = None
    error: str = ""
    message: str = ""
    sqlstate: str = ""
    open: bool = False
    drained: bool = False
    frames: Frames = field(default=(), compare=False)


class Drained(BaseException):
    """What ends an actor where it waits for messages and none will come, as a tidy stop would: no error of its own."""


class Gate(ABC):
    """Where an actor stops before each step until it is let through. Its connections know it and nothing else."""

    @abstractmethod
    def ask(self, step: Step) -> Ruling:
        """Wait for leave to take this step, and return what is to become of it."""

    @abstractmethod
    def idle(self, *, for_ever: bool) -> None:
        """Tell that the actor waits for a message where none will come; `for_ever`: it would wait until one does.

        Raises Drained in the actor, the second time where it waits only for a while and has done nothing in between.
        """

    @abstractmethod
    def until_ready(self, socket: int, wanted: int) -> int:
        """Wait for the server on a socket: `wanted` and what is returned are made of selectors' READ 1 and WRITE 2."""

    @abstractmethod
    def tell(self, result: Result) -> None:
        """Tell what came of the step."""

    @abstractmethod
    def sleep(self, seconds: float) -> None:
        """Sleep without time passing: whoever else can go on goes first."""

    @abstractmethod
    def refuse(self, sentence: str) -> NoReturn:
        """Stop the actor for good because it did what can't be explored; `sentence` says what."""


def outcome_of(call: Callable[[], object]) -> Outcome:
    """Run an actor's call to its end and say how it ended, whatever it raises; only Ctrl-C passes through."""
    try:
        return Outcome(value=call())
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever a learner's code raises is its outcome
        return failed(error)


def failed(error: BaseException) -> Outcome:
    """Return the outcome of a call that raised."""
    frames: list[tuple[str, int]] = []
    trace = error.__traceback__
    while trace is not None:
        frames.append((trace.tb_frame.f_code.co_filename, trace.tb_lineno))
        trace = trace.tb_next
    diagnosis = getattr(error, "diag", None)  # psycopg's, where the server has said something
    return Outcome(
        error=type(error).__name__,
        message=str(getattr(diagnosis, "message_primary", None) or _said(error))[:_MOST_CHARACTERS],
        sqlstate=getattr(error, "sqlstate", None) or "",
        frames=tuple(frames[-_MOST_FRAMES:]),
    )


def frames_of(frame: FrameType | None) -> Frames:
    """Return the files and lines that led to a frame, the innermost last."""
    frames: list[tuple[str, int]] = []
    while frame is not None and len(frames) < _MOST_FRAMES:
        frames.append((frame.f_code.co_filename, frame.f_lineno))
        frame = frame.f_back
    return tuple(reversed(frames))


def _said(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - a learner's exception may not know what it says
        return ""
