"""One direction of a connection: what was read at one end and hasn't been written at the other."""

from __future__ import annotations

import enum
import socket
import time
from collections import deque
from dataclasses import dataclass

from harness.explorers.wire.faults import Direction, Faults

WINDOW = 2**20  # bytes that a flow holds, as a TCP window does: beyond that its sender has to wait
_PIECE = 2**16  # bytes read at once


class End(enum.Enum):
    """How a stream ends."""

    FIN = enum.auto()
    RST = enum.auto()


class Blocked(enum.Enum):
    """Why nothing more can be passed on."""

    NOTHING_LEFT = enum.auto()
    HELD_BACK = enum.auto()  # by a fault
    NOT_DUE = enum.auto()
    FULL = enum.auto()  # the receiver has to read first
    RECEIVER_GONE = enum.auto()
    RESET = enum.auto()  # the sender's RST has come through


@dataclass(frozen=True)
class _Piece:
    content: memoryview | End
    due: float


class Flow:
    """Bytes and at last their end, on the way from `source` to `target`, each passed on when it is due."""

    def __init__(self, direction: Direction, source: socket.socket, target: socket.socket, faults: Faults) -> None:
        self.direction = direction
        self.source = source
        self.target = target
        self.held = 0  # bytes
        self._faults = faults
        self._pieces: deque[_Piece] = deque()
        self._ended = False  # nothing more will be read
        self._finished = False  # the end has been passed on, or can't be
        self._source_is_gone = False

    @property
    def wants_to_read(self) -> bool:
        """Whether there is room for more, and more may come."""
        return not self._ended and self.held < WINDOW

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to be passed on."""
        return self._finished and not self._pieces

    @property
    def due(self) -> float:
        """When the next piece may be passed on, of those that are there."""
        return self._pieces[0].due

    def read(self) -> None:
        """Take in what the source has sent."""
        if not self.wants_to_read:
            return
        try:
            content = self.source.recv(min(_PIECE, WINDOW - self.held))
        except BlockingIOError:
            return
        except OSError:
            self._end(End.RST)
            return
        if content:
            self._add(memoryview(content))
            self.held += len(content)
        else:
            self._end(End.RST if self._source_is_gone else End.FIN)

    def pass_on(self) -> Blocked:
        """Write to the target what may be written now."""
        while self._pieces:
            if not self._faults.is_open(self.direction):
                return Blocked.HELD_BACK
            if self.due > time.monotonic():
                return Blocked.NOT_DUE
            try:
                if self._pass_first() is End.RST:
                    return Blocked.RESET
            except BlockingIOError:
                return Blocked.FULL
            except OSError:
                return Blocked.RECEIVER_GONE
        return Blocked.NOTHING_LEFT

    def hurry(self) -> None:
        """Let everything held be due at once."""
        self._pieces = deque(_Piece(piece.content, 0.0) for piece in self._pieces)

    def abandon(self) -> None:
        """Drop everything and take in no more, as nobody is there to receive it."""
        self._pieces.clear()
        self.held = 0
        self._ended = self._finished = True

    def lose_source(self) -> None:
        """Note that the source has reset the connection: the stream ends by RST, after what has come before."""
        self._source_is_gone = True
        if self._ended:
            self._add(End.RST)

    def _pass_first(self) -> memoryview | End:
        """Pass on the first piece, or of its bytes as many as can be; returns what it was."""
        content = self._pieces[0].content
        if content is End.FIN:
            self.target.shutdown(socket.SHUT_WR)
            self._pieces.popleft()
            self._finished = True
        elif isinstance(content, memoryview):
            if not self._faults.is_spent(self.direction):
                self._write(content)
            if self._faults.is_spent(self.direction):
                self._faults.on_spent(self.target)
        return content

    def _write(self, content: memoryview) -> None:
        written = self.target.send(content[: self._faults.passable(self.direction, len(content))])
        self._faults.count(self.direction, written)
        self.held -= written
        piece = self._pieces.popleft()
        if written < len(content):
            self._pieces.appendleft(_Piece(content[written:], piece.due))

    def _end(self, how: End) -> None:
        self._ended = True
        self._add(how)

    def _add(self, content: memoryview | End) -> None:
        # A delay that was made shorter lets no piece overtake another: the stream waits for its first.
        self._pieces.append(_Piece(content, time.monotonic() + self._faults.delays[self.direction]))
