"""Whether a RabbitMQ serves clients: an open port says nothing, it may be Docker's or a stranger's."""

from __future__ import annotations

import contextlib
import socket

from harness.errors import ServiceUnavailable
from harness.services.rabbitmq.management import Management
from harness.services.warm import State

_HEADER = b"AMQP\x00\x00\x09\x01"  # what a client of AMQP 0-9-1 says first
_METHOD_FRAME = b"\x01"  # how the server's answer, connection.start, begins
_PATIENCE = 2.0  # seconds for one answer; it takes a millisecond


def version_if_ready(state: State, listening_on: int) -> str:
    """Return the server's version once it serves clients, and an empty text until then.

    It answers on the AMQP port, and says itself, to the administrator's password, that it is the one that listens
    there: `listening_on` is that port as the server knows it, inside its container.
    """
    if not _speaks_amqp(state.host, state.port):
        return ""
    with contextlib.suppress(ServiceUnavailable):
        overview = Management(state, patience=_PATIENCE).get("overview")
        for listener in overview["listeners"]:
            if listener["protocol"] == "amqp" and listener["port"] == listening_on:
                return str(overview["rabbitmq_version"])
    return ""


def _speaks_amqp(host: str, port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=_PATIENCE) as client:
        client.sendall(_HEADER)
        return client.recv(1) == _METHOD_FRAME
    return False
