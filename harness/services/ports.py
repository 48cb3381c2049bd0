"""Loopback ports that stay a server's own while it doesn't listen: before its start, and between two of its lives."""

from __future__ import annotations

import contextlib
import socket
import sys
from collections.abc import Collection, Iterator

_LOOPBACK = "127.0.0.1"


@contextlib.contextmanager
def kept(ports: Collection[int]) -> Iterator[list[int]]:
    """Give the descriptors of sockets that keep these ports for as long as any process has them open.

    A kept port is given to nobody who asks for any free one, nor to a client as its own; and a server that asks for it
    by number can have it. One that somebody has already is left out. Only Linux lets a server beside such a socket: on
    other systems nothing is kept.
    """
    with contextlib.ExitStack() as stack:
        descriptors = []
        for port in ports if sys.platform == "linux" else ():
            keeping = stack.enter_context(socket.socket())
            with contextlib.suppress(OSError):  # the server will say that it is taken
                keeping.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                keeping.bind((_LOOPBACK, port))
                descriptors.append(keeping.fileno())
        yield descriptors
