"""PostgreSQL in a container, through testcontainers, with the same settings as the embedded one."""

from __future__ import annotations

import contextlib
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from harness.errors import ServiceUnavailable
from harness.services import docker_engine, folders, images, warm
from harness.services.postgres import connections, settings
from harness.services.warm import Job, State, WarmFolder

if TYPE_CHECKING:
    from testcontainers.core.container import DockerContainer

Say = Callable[[str], None]

_PORT = 5432
_PATIENCE = 60.0  # seconds from start to the first answer; it takes 1.5 where nothing is wrong
_LOOK_AFTER = 0.25  # seconds between two looks whether the container still lives
_REMOVE = Path(docker_engine.__file__).with_name("remove_container.py")
# The official image's volume is its parent (18) or a folder beside it (17 and before): both are covered by a tmpfs on
# the parent, which is limited, not reserved, to this size.
_DATA = "/var/lib/postgresql/labs"
_TMPFS = {"/var/lib/postgresql": "size=1g"}


def configuration() -> str:
    """What a warm container must have been started with. Which image was to be had then is no part of it."""
    pinned = images.Images.of("postgres")
    return settings.configuration(f"image {pinned.override or (pinned.official, pinned.ours)}")


def start(folder: WarmFolder, *, say: Say) -> State:
    """Start a container with a keeper, and set the server up; the caller has the folder's door.

    Raises ServiceUnavailable and ImageMissing; then, and on Ctrl-C, nothing is left.
    """
    engine = docker_engine.probe()
    if not engine.answers:
        raise ServiceUnavailable(engine.why_not, engine.advice)
    with contextlib.closing(docker_engine.client()) as client:
        keep = {other.path.name for other in warm.all_folders() if other.path != folder.path and other.is_warm()}
        docker_engine.remove_leftovers("postgres", keep, using=client)
        image = images.choose(images.Images.of("postgres"), client, say=say)
    say(f"starting PostgreSQL (Docker, image {image}) ...")
    name = f"{folder.data_prefix}{secrets.token_hex(4)}"
    passwords = {role: secrets.token_urlsafe(24) for role in settings.ROLES}
    # The keeper comes first: it removes a container whose starter is killed half-way.
    with folder.kept(Job(stop_command=[sys.executable, str(_REMOVE), name])):
        container = _container(image, name, folder, passwords[settings.SUPERUSER], loopback=engine.is_local)
        with _without_ryuk():
            _run(container, image)
        state = State(
            "postgres",
            "docker",
            "",
            container.get_container_host_ip(),
            _port(container, image),
            passwords,
            container=name,
            image=image,
        )
        state = _wait(container, state)
        folder.write(state)
        container.get_docker_client().client.close()
    return state


def _container(image: str, name: str, folder: WarmFolder, password: str, *, loopback: bool) -> DockerContainer:
    # Late: 0.2 s. Not the module's PostgresContainer: it waits for a line in the log, 120 s for a dead container too.
    from testcontainers.core.config import ConnectionMode
    from testcontainers.core.container import DockerContainer

    environment = {
        "POSTGRES_USER": settings.SUPERUSER,
        "POSTGRES_PASSWORD": password,
        "POSTGRES_DB": "postgres",
        "POSTGRES_INITDB_ARGS": " ".join(settings.INITDB_OPTIONS),
        "PGDATA": _DATA,
        "TZ": "UTC",
    }
    container = DockerContainer(image, env=environment, name=name)
    container.with_command(["postgres", *settings.options()])
    container.with_kwargs(
        labels={
            docker_engine.LABEL_SERVICE: "postgres",
            docker_engine.LABEL_HOME: folders.home_mark(),
            docker_engine.LABEL_SERVER: folder.path.name,
        }
    )
    for path, size in _TMPFS.items():
        container.with_tmpfs_mount(path, size)
    # From inside another container the loopback of the engine's machine can't be reached.
    loopback = loopback and container.get_docker_client().get_connection_mode() == ConnectionMode.docker_host
    # The docker package takes an address with the port; testcontainers only passes it on.
    container.ports[f"{_PORT}/tcp"] = ("127.0.0.1",) if loopback else None  # type: ignore[assignment]
    return container


@contextlib.contextmanager
def _without_ryuk() -> Iterator[None]:
    """Start a container that the reaper of testcontainers doesn't know: it shall outlive this process.

    Neither is a reaper started, nor does one that the process has for other containers find this one by its label.
    """
    from testcontainers.core import labels  # late: 0.2 s
    from testcontainers.core.config import testcontainers_config

    before = testcontainers_config.ryuk_disabled, labels.SESSION_ID
    testcontainers_config.ryuk_disabled, labels.SESSION_ID = True, "backend-labs"
    try:
        yield
    finally:
        testcontainers_config.ryuk_disabled, labels.SESSION_ID = before


def _run(container: DockerContainer, image: str) -> None:
    import docker.errors  # late: 0.2 s

    try:
        container.start()
    except docker.errors.DockerException as error:
        raise ServiceUnavailable(f"Docker can't start {image}: {error}", "docker info says more") from error


def _port(container: DockerContainer, image: str) -> int:
    try:
        return int(container.get_exposed_port(_PORT))
    except OSError as error:  # TimeoutError, at once, for a container that is no longer running
        raise _died(container, image, "ended") from error


def _wait(container: DockerContainer, state: State) -> State:
    """Return when the server answers over TCP, set up; an open port says nothing behind Docker's proxy."""
    deadline = time.monotonic() + _PATIENCE
    look = time.monotonic() + _LOOK_AFTER
    while True:
        try:
            with connections.connect(state, settings.SUPERUSER) as connection:
                password = state.passwords[settings.SUPERUSER]
                connections.set_password(connection, settings.SUPERUSER, password)  # again, hashed more cheaply
                connections.set_up(connection, state)
                reported = connection.info.parameter_status("server_version") or ""
        except psycopg.OperationalError as error:
            if time.monotonic() > look:
                look = time.monotonic() + _LOOK_AFTER
                container.reload()
                if container.status in {"exited", "dead"}:
                    raise _died(container, state.image, "ended") from error
            if time.monotonic() > deadline:
                raise _died(container, state.image, f"does not answer after {_PATIENCE:g} s") from error
            time.sleep(0.02)
        else:
            return replace(state, version=reported.split(" ", 1)[0])


def _died(container: DockerContainer, image: str, what: str) -> ServiceUnavailable:
    # Not get_logs: it gives the two streams one after the other, so that the last lines are not the last.
    log = container.get_wrapped_container().logs(tail=20).decode(errors="replace")
    last = " / ".join([line.strip() for line in log.splitlines() if line.strip()][-5:])
    return ServiceUnavailable(
        f"the container of {image} {what}; its last lines: {last or 'none'}", "docker info says more"
    )
