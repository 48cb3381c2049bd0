"""Whether a server serves clients, and what it knows, asked in three requests of Kafka's own protocol.

The client library is no help here: to import it takes longer than to ask, it opens threads and connections of its
own, and it keeps trying where a plain "not yet" is the answer.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import struct
import time
from collections.abc import Callable, Iterator, Sequence

from harness.services.kafka import metadata, settings
from harness.services.kafka.metadata import Metadata
from harness.services.pulse import LOOK_AFTER
from harness.services.warm import State

# (key, version) of the requests; Kafka 4 knows all of these versions.
_HANDSHAKE = (17, 1)
_AUTHENTICATE = (36, 0)
_SHORTEST, _LONGEST = 12, 1 << 20  # bytes; these answers have a hundred, and one about many topics some thousands


class Refused(Exception):
    """A server answers, and doesn't know the password."""


def serves(state: State, *, seconds: float = 5.0, stopped: Callable[[], bool] | None = None) -> bool:
    """Whether the server takes the password and counts itself among the brokers that work.

    `stopped` is asked every half a second of silence whether it is useless to wait any longer. Raises Refused, and
    OSError where nobody answers, or not in time, or not in Kafka's protocol.
    """
    # One that has started but isn't ready, or that its controller misses, is not among them. No other has its port.
    return state.port in about(state, [], seconds=seconds, stopped=stopped).brokers.values()


def admits(state: State, *, seconds: float = 5.0) -> bool:
    """Whether a server takes the password, be it a broker or a controller; else this raises as above."""
    with _admitted(state, seconds, None):
        return True


def about(
    state: State,
    topics: Sequence[str] | None,
    *,
    seconds: float = 5.0,
    stopped: Callable[[], bool] | None = None,
) -> Metadata:
    """Return what a broker knows of its cluster and of some topics, or of all for None. Raises as above."""
    with _admitted(state, seconds, stopped) as ask:
        return metadata.read(ask(metadata.REQUEST, metadata.about(topics)))


@contextlib.contextmanager
def _admitted(
    state: State, seconds: float, stopped: Callable[[], bool] | None
) -> Iterator[Callable[[tuple[int, int], bytes], bytes]]:
    """Give a conversation with a server that has taken the password."""
    connection = socket.create_connection((state.host, state.port), timeout=seconds)
    with contextlib.closing(_Conversation(connection, seconds, stopped)) as ask:
        (error,) = struct.unpack_from(">h", ask(_HANDSHAKE, _text(b"PLAIN")))
        login = f"\0{settings.USER}\0{state.passwords[settings.USER]}".encode()
        if not error:
            (error,) = struct.unpack_from(">h", ask(_AUTHENTICATE, struct.pack(">i", len(login)) + login))
        if error:
            raise Refused
        yield ask


def answers(state: State, *, seconds: float = 20.0) -> bool:
    """Whether the server is there and knows the password; it may count itself out for a moment, where it is starved."""
    try:
        serves(state, seconds=seconds)
    except (OSError, Refused):
        return False
    return True


class _Conversation:
    """Requests and answers over one connection, with one deadline for all of it."""

    def __init__(self, connection: socket.socket, seconds: float, stopped: Callable[[], bool] | None) -> None:
        self._connection = connection
        self._stopped = stopped
        self._deadline = time.monotonic() + seconds
        self._numbers = itertools.count(1)

    def __call__(self, request: tuple[int, int], body: bytes) -> bytes:
        """Send a request and return the answer, without its number."""
        number = next(self._numbers)
        message = struct.pack(">hhi", *request, number) + _text(b"labs") + body
        self._connection.sendall(struct.pack(">i", len(message)) + message)
        (length,) = struct.unpack(">i", self._read(4))
        if not _SHORTEST <= length <= _LONGEST:
            raise ConnectionError("this is not Kafka")
        answer = self._read(length)
        if answer[:4] != struct.pack(">i", number):
            raise ConnectionError("this is not Kafka")
        return answer[4:]

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _read(self, count: int) -> bytes:
        content = b""
        while len(content) < count:
            piece = self._piece(count - len(content))
            if not piece:
                raise ConnectionError("the server hung up")
            content += piece
        return content

    def _piece(self, count: int) -> bytes:
        """Receive something, over this connection: a server that is slow would begin anew with another one."""
        while True:
            left = max(0.001, self._deadline - time.monotonic())
            self._connection.settimeout(min(left, LOOK_AFTER) if self._stopped else left)
            try:
                return self._connection.recv(count)
            except TimeoutError:
                if self._stopped is None or self._stopped() or time.monotonic() > self._deadline:
                    raise


def _text(content: bytes) -> bytes:
    return struct.pack(">h", len(content)) + content
