"""Remove a container with its volumes, running or not: what a keeper runs when its server has to go.

    python -I remove_container.py NAME ADDRESS-OF-THE-ENGINE

A script of its own, run by its path: it must work whatever has become of the rest of the checkout. Over a socket or
plain TCP it needs nothing but the standard library, which is there four times as soon as the docker package. So the
way to such an engine stands here, and `docker_engine` takes it from here.
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
_PATIENCE = 45


class _UnixConnection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def main(name: str, address: str) -> None:
    """Remove it; nothing happens where it isn't there."""
    connection = plain_connection(address, _PATIENCE)
    if connection is None:
        _by_package(name)
        return
    with contextlib.closing(connection):
        connection.request("DELETE", f"/containers/{name}?force=1&v=1")
        status = connection.getresponse().status
    if status == http.HTTPStatus.NOT_FOUND:  # it is gone, or testcontainers was told of another engine
        _by_package(name)


def plain_connection(address: str, timeout: float) -> http.client.HTTPConnection | None:
    """Return a connection to an engine, not opened yet; None to one that needs ssh or TLS. `timeout` is in seconds."""
    parts = urllib.parse.urlsplit(address)
    if parts.scheme == "unix":
        return _UnixConnection(parts.path, timeout)
    if parts.scheme in {"tcp", "http"} and not os.environ.get("DOCKER_TLS_VERIFY"):
        return http.client.HTTPConnection(parts.hostname or "", parts.port or 2375, timeout=timeout)
    return None


def _by_package(name: str) -> None:
    import docker.errors
    from testcontainers.core.docker_client import DockerClient  # knows contexts and ssh, as at the start

    with contextlib.suppress(docker.errors.NotFound):
        DockerClient(timeout=_PATIENCE).client.containers.get(name).remove(force=True, v=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
