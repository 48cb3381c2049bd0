"""A wire to a listener of the test's own; each test is held to leave no thread and no descriptor behind."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from peers import Pair, listen, paired

from harness.explorers import Wire


def _threads_and_descriptors() -> tuple[set[threading.Thread], set[str]]:
    return set(threading.enumerate()), {path.name for path in Path("/dev/fd").iterdir()}


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """No test leaves a thread or a descriptor."""
    before = _threads_and_descriptors()
    yield
    assert _threads_and_descriptors() == before


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """The server, of which the test accepts every connection itself."""
    with listen() as listener:
        yield listener


@pytest.fixture
def wire(listener: socket.socket) -> Iterator[Wire]:
    """The wire to it."""
    with Wire(listener.getsockname()) as wire:
        yield wire


@pytest.fixture
def pair(wire: Wire, listener: socket.socket) -> Iterator[Pair]:
    """One connection over the wire."""
    with paired(wire, listener) as pair:
        yield pair
