"""Remove a container with its volumes, running or not: what a keeper runs when its server has to go.

    python -I remove_container.py NAME ADDRESS-OF-THE-ENGINE

A script of its own, run by its path: it must work whatever has become of the rest of the checkout. Over a socket or
plain TCP it needs nothing but the standard library, which is there four times as soon as the docker package.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import sys
import urllib.parse

# Seconds; below those that its keeper is given, which would otherwise be killed and leave this to wait for an engine
# that hangs. Removing takes a fraction of one.
_PATIENCE = 15


class _UnixConnection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=_PATIENCE)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def main(name: str, address: str) -> None:
    """Remove it; nothing happens where it isn't there."""
    connection = _plain(address)
    if connection is None:
        _by_package(name)
        return
    with contextlib.closing(connection):
        connection.request("DELETE", f"/containers/{name}?force=1&v=1")
        status = connection.getresponse().status
    if status == http.HTTPStatus.NOT_FOUND:  # it is gone, or testcontainers was told of another engine
        _by_package(name)


def _plain(address: str) -> http.client.HTTPConnection | None:
    """Return a connection to an engine that needs neither ssh nor TLS, or None."""
    parts = urllib.parse.urlsplit(address)
    if parts.scheme == "unix":
        return _UnixConnection(parts.path)
    if parts.scheme in {"tcp", "http"} and not os.environ.get("DOCKER_TLS_VERIFY"):
        return http.client.HTTPConnection(parts.hostname or "", parts.port or 2375, timeout=_PATIENCE)
    return None


def _by_package(name: str) -> None:
    import docker.errors
    from testcontainers.core.docker_client import DockerClient  # knows contexts and ssh, as at the start

    with contextlib.suppress(docker.errors.NotFound):
        DockerClient(timeout=_PATIENCE).client.containers.get(name).remove(force=True, v=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
