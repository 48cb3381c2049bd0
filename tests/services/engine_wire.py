"""A wire to the Docker engine that a test can cut: the engine and its containers are real, and go on behind it."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
import urllib.parse
from collections.abc import Iterator

from harness.explorers import Wire

_PIECE = 65536


class _ToTheEngine(socketserver.BaseRequestHandler):
    """One connection by TCP, passed on to the engine's unix socket."""

    server: _Forwarder

    def handle(self) -> None:
        with socket.socket(socket.AF_UNIX) as engine:
            engine.connect(self.server.path)
            there = threading.Thread(target=_pass_on, args=(self.request, engine), daemon=True)
            there.start()
            _pass_on(engine, self.request)
            there.join()


class _Forwarder(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, path: str) -> None:
        super().__init__(("127.0.0.1", 0), _ToTheEngine)
        self.path = path


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    """Copy until one of the two ends, and pass that on, too."""
    with contextlib.suppress(OSError):
        while piece := source.recv(_PIECE):
            target.sendall(piece)
    for end in (source, target):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_WR if end is target else socket.SHUT_RD)


@contextlib.contextmanager
def wire_to_engine(address: str) -> Iterator[Wire]:
    """Give a wire to the engine at this address, `unix://...`; DOCKER_HOST=tcp://HOST:PORT leads over it."""
    with _Forwarder(urllib.parse.urlsplit(address).path) as forwarder:
        thread = threading.Thread(target=forwarder.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            with Wire(("127.0.0.1", forwarder.server_address[1])) as wire:
                yield wire
        finally:
            forwarder.shutdown()
            thread.join()
