"""What the wire needs of the kernel beyond Python's own methods, alike on Linux and macOS."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import socket
import struct
import sys
import termios
import weakref
from typing import Any

LOOPBACK = "127.0.0.1"

_SO_NWRITE = 0x1024  # macOS' sys/socket.h; Python has no name for it
_LINGER_NOT = struct.pack("ii", 1, 0)

_ours: weakref.WeakSet[socket.socket] = weakref.WeakSet()


def _let_go() -> None:
    """Close a forked child's copies, without which no connection would end before the child does."""
    for inherited in list(_ours):
        inherited.close()


os.register_at_fork(after_in_child=_let_go)


def reserve(port: int = 0) -> socket.socket:
    """A socket on a loopback port (0: a free one) that doesn't listen yet: whoever connects to the port is refused.

    The port may be another's of this user that was reserved in this way, so that the next socket has the port before
    the last one lets go of it, and no stranger can take it in between.
    """
    reserved = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    _ours.add(reserved)
    try:
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        reserved.bind((LOOPBACK, port))
        reserved.settimeout(0)
    except BaseException:
        reserved.close()
        raise
    return reserved


def resolve(host: str, port: int) -> tuple[socket.AddressFamily, tuple[Any, ...]]:
    """The address to connect to: of IPv4 where the host has one, as most servers on loopback have no other.

    Raises socket.gaierror where the host is unknown.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    family, _, _, _, address = min(found, key=lambda each: each[0] != socket.AF_INET)
    return family, address


def begin_to_connect(family: socket.AddressFamily, address: tuple[Any, ...]) -> socket.socket:
    """A socket that becomes writable once it is connected, or has failed to. Raises OSError where it fails at once."""
    connecting = socket.socket(family, socket.SOCK_STREAM)
    try:
        prepare(connecting)
        with contextlib.suppress(BlockingIOError):  # which says that it is on its way
            connecting.connect(address)
    except BaseException:
        connecting.close()
        raise
    return connecting


def is_connected(connecting: socket.socket) -> bool:
    """Whether a socket that has become writable is connected."""
    try:
        # Where nobody listens on a port of the kernel's own range, a connection can come about with oneself.
        return bool(connecting.getsockname() != connecting.getpeername())
    except OSError:
        return False  # it has no other side


def prepare(connection: socket.socket) -> None:
    """Let no call wait, and no small piece wait for more."""
    _ours.add(connection)
    connection.settimeout(0)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def reset(connection: socket.socket) -> None:
    """Close by RST; what the kernel has not delivered yet is dropped."""
    with contextlib.suppress(OSError):  # macOS refuses options where the other side has gone
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
    connection.close()


def is_delivered(connection: socket.socket) -> bool:
    """Whether all that was sent has arrived in the other side's kernel, or never will."""
    if sys.platform == "darwin":
        waiting = connection.getsockopt(socket.SOL_SOCKET, _SO_NWRITE)
    else:
        (waiting,) = struct.unpack("i", fcntl.ioctl(connection, termios.TIOCOUTQ, bytes(4)))
    return not waiting or _is_gone(connection)


def _is_gone(connection: socket.socket) -> bool:
    """Whether the other side has reset the connection, also where that error has been reported before."""
    poll = select.poll()
    poll.register(connection, 0)
    return any(event & (select.POLLHUP | select.POLLERR) for _, event in poll.poll(0))
