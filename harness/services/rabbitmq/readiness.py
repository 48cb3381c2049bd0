"""Whether a RabbitMQ serves clients: an open port says nothing, it may be Docker's or a stranger's."""

from __future__ import annotations

import contextlib
import socket

from harness.errors import ServiceUnavailable
from harness.services import pulse
from harness.services.rabbitmq.management import Management
from harness.services.warm import State

_HEADER = b"AMQP\x00\x00\x09\x01"  # what a client of AMQP 0-9-1 says first
_METHOD_FRAME = b"\x01"  # how the server's answer, connection.start, begins
_PATIENCE = 2.0  # seconds for one answer of a server that comes up; it takes a millisecond


def version_if_ready(state: State, listening_on: int) -> str:
    """Return the server's version once it serves clients, and an empty text until then.

    It answers on the AMQP port, and says itself, to the administrator's password, that it is the one that listens
    there: `listening_on` is that port as the server knows it, inside its container.
    """
    with contextlib.suppress(TimeoutError):
        return _version(state, listening_on, _PATIENCE)
    return ""


def serves(state: State, listening_on: int) -> bool:
    """Return whether a server that has served clients still does; one that is merely slow is waited for."""
    return bool(pulse.answer_of(state, lambda seconds: _version(state, listening_on, seconds)))


def _version(state: State, listening_on: int, seconds: float) -> str:
    """Return what `version_if_ready` does. Raises TimeoutError where one answer takes more than so many seconds."""
    if not _speaks_amqp(state.host, state.port, seconds):
        return ""
    try:
        overview = Management(state, patience=seconds).get("overview")
    except ServiceUnavailable as error:
        if isinstance(error.__cause__, TimeoutError):
            raise error.__cause__ from error
        return ""
    for listener in overview["listeners"]:
        if listener["protocol"] == "amqp" and listener["port"] == listening_on:
            return str(overview["rabbitmq_version"])
    return ""


def _speaks_amqp(host: str, port: int, seconds: float) -> bool:
    try:
        with socket.create_connection((host, port), timeout=seconds) as client:
            client.sendall(_HEADER)
            return client.recv(1) == _METHOD_FRAME
    except TimeoutError:
        raise
    except OSError:
        return False
