"""Both ends of a connection over the wire, held by one test: plain sockets, on which nothing waits for ever."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from harness.explorers import Wire

DEADLINE = 20.0  # seconds


def connect(wire: Wire) -> socket.socket:
    return socket.create_connection((wire.host, wire.port), timeout=DEADLINE)


def listen(port: int = 0) -> socket.socket:
    listener = socket.create_server(("127.0.0.1", port), backlog=128)
    listener.settimeout(DEADLINE)
    return listener


def accept(listener: socket.socket) -> socket.socket:
    accepted, _ = listener.accept()
    accepted.settimeout(DEADLINE)
    return accepted


def receive(connection: socket.socket, size: int) -> bytes:
    """Exactly so many bytes, or fewer where the stream ends before."""
    received = bytearray()
    while len(received) < size and (piece := connection.recv(size - len(received))):
        received += piece
    return bytes(received)


def read_to_the_end(connection: socket.socket) -> tuple[bytes, str]:
    """All bytes that come, and how the stream ends: by "FIN" or by "RST"."""
    received = bytearray()
    while True:
        try:
            piece = connection.recv(2**16)
        except ConnectionResetError:
            return bytes(received), "RST"
        if not piece:
            return bytes(received), "FIN"
        received += piece


def has_nothing_to_read(connection: socket.socket) -> bool:
    """Whether neither bytes nor an end have arrived."""
    with contextlib.ExitStack() as stack:
        stack.callback(connection.settimeout, connection.gettimeout())
        connection.settimeout(0)
        try:
            connection.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        return False


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + DEADLINE
    while not (holds := condition()) and time.monotonic() < deadline:
        time.sleep(0.001)
    return holds


@dataclass(frozen=True)
class Pair:
    """A client and, behind the wire, the server's end of its connection."""

    client: socket.socket
    server: socket.socket

    def talk(self) -> None:
        """A request and its answer."""
        self.client.sendall(b"?")
        assert receive(self.server, 1) == b"?"
        self.server.sendall(b"!")
        assert receive(self.client, 1) == b"!"

    def ends(self, direction: str) -> tuple[socket.socket, socket.socket]:
        """Who sends in a direction, and who receives."""
        return (self.client, self.server) if direction == "to_server" else (self.server, self.client)


@contextlib.contextmanager
def paired(wire: Wire, listener: socket.socket) -> Iterator[Pair]:
    """A new connection that has carried one byte in each direction."""
    with connect(wire) as client, accept(listener) as server:
        pair = Pair(client, server)
        pair.talk()
        yield pair
