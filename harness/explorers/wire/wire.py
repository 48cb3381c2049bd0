"""The wire as a test holds it: where to connect, what to do to it, what has passed."""

from __future__ import annotations

import math
import selectors
import socket
import time
from collections.abc import Callable
from types import TracebackType
from typing import Literal, Self

from harness.errors import BrokenLab
from harness.explorers.wire import sockets
from harness.explorers.wire.faults import DIRECTIONS, Direction, Faults
from harness.explorers.wire.link import Link
from harness.explorers.wire.loop import Loop

_MOMENT = 0.001  # seconds between two looks at what the kernel doesn't report
_BREATH = 0.05  # seconds without accepting where no descriptor is free


class Wire:
    """A TCP proxy to one server, on a loopback port of its own, for as many connections as come.

    Clients connect to `host` and `port` instead of the server's. A command has taken effect when it returns: whatever
    is sent afterwards meets the fault. What was sent before and not yet answered may be on either side of it, so a
    test that has to know waits for the answer first. Faults add up, for connections that exist and for later ones,
    until `restore()`. A connection may hold up to 1 MiB in each direction; then its sender has to wait, as it would
    for a TCP window.

    Commands and figures may be used from any thread. They raise BrokenLab once the wire is closed (figures don't) and
    CouldNotJudge where the wire itself has broken.
    """

    def __init__(self, server: tuple[str, int]) -> None:
        """Listen for clients of the server at this host and port, which need not be up yet.

        Raises OSError where the host is unknown or no socket is to be had.
        """
        self._family, self._address = sockets.resolve(*server)
        self._faults = Faults(self._spent)
        self._links: set[Link] = set()
        self._listener = sockets.reserve()
        self._is_listening = True
        self.host: str
        self.port: int
        self.host, self.port = self._listener.getsockname()
        try:
            self._listener.listen(socket.SOMAXCONN)
            self._loop = Loop(f"the wire on port {self.port}", self._end)
        except BaseException:
            self._listener.close()
            raise
        self._loop.ask(self._watch)

    def cut(self) -> None:
        """End every connection at once, by RST to both sides. New ones are accepted."""
        self._loop.ask(self._cut)

    def refuse(self) -> None:
        """Refuse new connections, as a machine does on which nothing listens. Those that exist go on."""
        self._loop.ask(self._refuse)

    def delay(self, seconds: float, direction: Direction | Literal["both"] = "both") -> None:
        """Let every piece arrive so many seconds later, in order. Replaces an earlier delay in that direction.

        Bandwidth stays what it was up to 1 MiB in each delay. Raises ValueError for a time that isn't one.
        """
        if not (math.isfinite(seconds) and seconds >= 0):
            raise ValueError(f"no delay: {seconds} seconds")
        delays = dict.fromkeys(_directions(direction), seconds)
        self._loop.ask(lambda: self._faults.delays.update(delays))

    def blackhole(self, direction: Direction | Literal["both"] = "both") -> None:
        """Let nothing arrive any more, not even the end of a connection. Connections stay open.

        `restore()` lets what was held pass, as TCP sends again what was lost: a stream that goes on has no holes.
        """
        directions = _directions(direction)
        self._loop.ask(lambda: self._faults.blackholes.update(directions))

    def cut_after(self, size: int, direction: Direction) -> None:
        """Let exactly so many bytes more arrive in this direction, over all connections together, then `cut()`, once.

        With 0 the first byte that comes is too much: `cut_after(0, "to_client")` is the request that was carried out
        and whose answer was lost. The cut waits until the receiver's kernel has acknowledged the last byte, which a
        short message may take 40 ms for; until then nothing else arrives. Replaces an earlier `cut_after`.
        Raises ValueError for a negative size.
        """
        if size < 0:
            raise ValueError(f"no number of bytes: {size}")
        if direction not in DIRECTIONS:
            raise ValueError(f"no single direction: {direction!r}")
        self._loop.ask(lambda: self._cut_after(size, direction))

    def restore(self) -> None:
        """End all faults: accept on the same port again, and let what was held pass. What was cut stays cut."""
        self._loop.ask(self._restore)

    def close(self) -> None:
        """Cut every connection and give the port back. Nothing happens where that is done."""
        self._loop.stop()

    @property
    def connections(self) -> int:
        """How many connections there are."""
        return self._look(lambda: len(self._links))

    @property
    def bytes_to_server(self) -> int:
        """How many bytes the wire has passed on to the server since it was made."""
        return self._look(lambda: self._faults.passed["to_server"])

    @property
    def bytes_to_client(self) -> int:
        """How many bytes the wire has passed on to clients since it was made."""
        return self._look(lambda: self._faults.passed["to_client"])

    @property
    def bytes_held(self) -> int:
        """How many bytes the wire has read and not passed on: held back by a fault or by who doesn't read them."""
        return self._look(lambda: sum(link.held for link in self._links))

    def __repr__(self) -> str:
        """From where to where."""
        return f"Wire({self.host}:{self.port} to {self._address[0]}:{self._address[1]})"

    def __enter__(self) -> Self:
        """The wire works from the beginning."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the wire."""
        self.close()

    def _look(self, figure: Callable[[], int]) -> int:
        try:
            return self._loop.ask(figure)
        except BrokenLab:
            return figure()  # closed: nothing changes any more

    # All that follows runs on the loop's thread.

    def _watch(self) -> None:
        if self._is_listening:
            self._loop.watch(self._listener, selectors.EVENT_READ, lambda _: self._accept())

    def _accept(self) -> None:
        while self._is_listening:
            try:
                client, _ = self._listener.accept()
            except BlockingIOError:
                return
            except ConnectionAbortedError:
                continue  # gone before it was accepted
            except OSError:
                # No descriptor is free. The listener stays ready, so that watching it would keep a processor busy.
                self._loop.watch(self._listener, 0, lambda _: None)
                self._loop.call_at(time.monotonic() + _BREATH, self._watch)
                return
            try:
                sockets.prepare(client)
                server = sockets.begin_to_connect(self._family, self._address)
            except OSError:
                sockets.reset(client)
            else:
                self._links.add(Link(client, server, self._faults, self._loop, self._links.discard))

    def _cut(self) -> None:
        self._accept()  # who has connected before the command is to be cut, too
        if self._faults.cutting:
            self._faults.allow_all()
        for link in list(self._links):
            link.reset()

    def _refuse(self) -> None:
        if self._is_listening:
            self._accept()
            listener, self._listener = self._listener, sockets.reserve(self.port)
            self._is_listening = False
            self._loop.watch(listener, 0, lambda _: None)
            listener.close()

    def _cut_after(self, size: int, direction: Direction) -> None:
        self._faults.allow(direction, size)
        for link in list(self._links):
            link.advance()

    def _spent(self, receiver: socket.socket) -> None:
        self._faults.cutting = receiver
        self._cut_when_delivered(receiver)

    def _cut_when_delivered(self, receiver: socket.socket) -> None:
        if self._faults.cutting is not receiver:
            return  # another command has come in between
        if sockets.is_delivered(receiver):
            self._cut()
        else:
            self._loop.call_at(time.monotonic() + _MOMENT, lambda: self._cut_when_delivered(receiver))

    def _restore(self) -> None:
        self._faults.mend()
        if not self._is_listening:
            self._listener.listen(socket.SOMAXCONN)
            self._is_listening = True
            self._watch()
        for link in list(self._links):
            link.hurry()

    def _end(self) -> None:
        self._cut()
        self._listener.close()


def _directions(direction: Direction | Literal["both"]) -> tuple[Direction, ...]:
    if direction == "both":
        return DIRECTIONS
    if direction not in DIRECTIONS:
        raise ValueError(f"no direction: {direction!r}")
    return (direction,)
