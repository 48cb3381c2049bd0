"""Remove the container that the command line names: what a keeper runs when its server has to go.

A script of its own, run by its path: it must work whatever has become of the rest of the checkout.
"""

from __future__ import annotations

import contextlib
import sys

# Seconds; below those that its keeper is given, which would otherwise be killed and leave this to wait for an engine
# that hangs. Removing takes a fraction of one.
_PATIENCE = 15


def main(name: str) -> None:
    """Remove it with its volumes, running or not; nothing happens where it isn't there."""
    import docker.errors
    from testcontainers.core.docker_client import DockerClient  # knows contexts and ssh, as at the start

    with contextlib.suppress(docker.errors.NotFound):
        DockerClient(timeout=_PATIENCE).client.containers.get(name).remove(force=True, v=True)


if __name__ == "__main__":
    main(sys.argv[1])
