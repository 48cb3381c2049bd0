"""Whether a server serves clients, asked in three requests of Kafka's own protocol.

The client library is no help here: to import it takes longer than to ask, it opens threads and connections of its
own, and it keeps trying where a plain "not yet" is the answer.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import struct
import time

from harness.services.kafka import settings
from harness.services.warm import State

# (key, version) of the requests; Kafka 4 knows all of these versions.
_HANDSHAKE = (17, 1)
_AUTHENTICATE = (36, 0)
_METADATA = (3, 5)
_SHORTEST, _LONGEST = 12, 1 << 20  # bytes; these answers have a hundred at most


class Refused(Exception):
    """A server answers, and doesn't know the password."""


def serves(state: State, *, seconds: float = 1.0) -> bool:
    """Whether the server takes the password and counts itself among the brokers that work.

    Raises Refused, and OSError where nobody answers, or not in time, or not in Kafka's protocol.
    """
    connection = socket.create_connection((state.host, state.port), timeout=seconds)
    with contextlib.closing(_Conversation(connection, seconds)) as ask:
        (error,) = struct.unpack_from(">h", ask(_HANDSHAKE, _text(b"PLAIN")))
        login = f"\0{settings.USER}\0{state.passwords[settings.USER]}".encode()
        if not error:
            (error,) = struct.unpack_from(">h", ask(_AUTHENTICATE, struct.pack(">i", len(login)) + login))
        if error:
            raise Refused
        # About no topics, and none is to be made: an empty list and a no. The number of brokers comes after the time of
        # throttling; one that has started but isn't ready, or that its controller misses, is not among them.
        (brokers,) = struct.unpack_from(">i", ask(_METADATA, struct.pack(">ib", 0, 0)), 4)
        return bool(brokers)


def answers(state: State, *, seconds: float = 5.0) -> bool:
    """Whether the server is there and knows the password; it may count itself out for a moment, where it is starved."""
    try:
        serves(state, seconds=seconds)
    except (OSError, Refused):
        return False
    return True


class _Conversation:
    """Requests and answers over one connection, with one deadline for all of it."""

    def __init__(self, connection: socket.socket, seconds: float) -> None:
        self._connection = connection
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
            self._connection.settimeout(max(0.001, self._deadline - time.monotonic()))
            piece = self._connection.recv(count - len(content))
            if not piece:
                raise ConnectionError("the server hung up")
            content += piece
        return content


def _text(content: bytes) -> bytes:
    return struct.pack(">h", len(content)) + content
