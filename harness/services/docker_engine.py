"""The Docker engine: whether one answers, asked without the docker package, and what runs on it under our labels."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import http.client
import json
import os
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from harness.errors import ServiceUnavailable
from harness.services import folders
from harness.services.remove_container import plain_connection

# A docker.DockerClient. The docker package has no type hints, and mypy takes the project's folder docker/ for it.
Client: TypeAlias = Any

LABEL_SERVICE = "backend-labs.service"
LABEL_HOME = "backend-labs.home"  # whose servers: one person's, or one test run's
LABEL_SERVER = "backend-labs.server"  # the name of the server's folder: service, provider, hash of the configuration

_PATIENCE = 10.0  # seconds; a local engine answers in one millisecond, and in some seconds where all start containers


@dataclass(frozen=True)
class Engine:
    """Whether an engine answers, and if not, why in one sentence and what to do about it."""

    address: str
    why_not: str = ""
    advice: str = ""

    @property
    def answers(self) -> bool:
        """Whether containers can be started."""
        return not self.why_not

    @property
    def is_local(self) -> bool:
        """Whether its published ports are this machine's."""
        host = urllib.parse.urlsplit(self.address).hostname
        return self.address.startswith("unix:") or host in {"localhost", "127.0.0.1", "::1"}


def probe() -> Engine:
    """Ask the engine that DOCKER_HOST, the current context or the usual socket names; 1 ms where there is none."""
    address = os.environ.get("DOCKER_HOST") or _of_context() or "unix:///var/run/docker.sock"
    connection = plain_connection(address, _PATIENCE)
    return _ask(address, connection) if connection is not None else _ask_by_package(address)


def client() -> Client:
    """A client of the engine, to be closed. Raises ServiceUnavailable."""
    # Late: the two packages take 0.2 s to import. testcontainers knows contexts and ssh, which docker alone does not.
    from testcontainers.core.docker_client import DockerClient

    with asked_to("answer"):
        return DockerClient().client


@contextlib.contextmanager
def asked_to(do: str) -> Iterator[None]:
    """Turn what the docker package raises in the block into ServiceUnavailable: the engine was lost, or it refuses.

    `do` is what it was asked for, as in "start Redis".
    """
    import docker.errors  # late, see above
    import requests
    import urllib3.exceptions

    try:
        yield
    except (docker.errors.DockerException, requests.RequestException, urllib3.exceptions.HTTPError) as error:
        engine = probe()
        if not engine.answers:
            raise ServiceUnavailable(
                f"the Docker engine at {engine.address} stopped answering", engine.advice
            ) from error
        why = getattr(error, "explanation", None) or error
        raise ServiceUnavailable(f"Docker can't {do}: {why}", "docker info says more") from error


def remove_leftovers(service: str, keep: set[str], *, using: Client) -> list[str]:
    """Remove this home's containers of a service but for those of the servers to keep; the names of the removed."""
    import docker.errors  # late, see above

    labels = [f"{LABEL_HOME}={folders.home_mark()}", f"{LABEL_SERVICE}={service}"]
    removed = []
    for container in using.containers.list(all=True, filters={"label": labels}, ignore_removed=True):
        if container.labels.get(LABEL_SERVER) not in keep:
            with contextlib.suppress(docker.errors.APIError):  # somebody else removes it right now
                container.remove(force=True, v=True)
            removed.append(str(container.name))
    return removed


def _ask(address: str, connection: http.client.HTTPConnection) -> Engine:
    with contextlib.closing(connection):
        try:
            connection.request("GET", "/_ping")
            status = connection.getresponse().status
        except OSError as error:
            if error.errno in {errno.EACCES, errno.EPERM}:
                return Engine(
                    address,
                    f"the Docker engine at {address} may not be used by this user",
                    "join the group docker, or take --services embedded",
                )
            return _silent(address)
        except http.client.HTTPException:
            return _silent(address)
    return Engine(address) if status == http.HTTPStatus.OK else _silent(address)


def _ask_by_package(address: str) -> Engine:
    """For ssh and TLS: what the docker package knows of them is not worth writing again."""
    try:
        with contextlib.closing(client()) as engine:
            engine.ping()
    except Exception:  # noqa: BLE001 - from paramiko to ssl, the ways to fail are without number
        return _silent(address)
    return Engine(address)


def _silent(address: str) -> Engine:
    return Engine(
        address, f"no Docker engine answers at {address}", "start Docker, or take --services embedded, which needs none"
    )


def _of_context() -> str:
    """The address in the current context's file, or nothing. docker itself keeps it under a hash of the name."""
    settings = Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker")
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        name = _json(settings / "config.json")["currentContext"]
        mark = hashlib.sha256(name.encode()).hexdigest()
        return str(_json(settings / "contexts" / "meta" / mark / "meta.json")["Endpoints"]["docker"]["Host"])
    return ""


def _json(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content
