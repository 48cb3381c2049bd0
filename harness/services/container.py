"""Starting a server in a container, through testcontainers, kept by a keeper that removes it in the end."""

from __future__ import annotations

import contextlib
import secrets
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import ServiceUnavailable
from harness.services import docker_engine, folders, images, warm
from harness.services.embedded import free_ports
from harness.services.recipes import ContainerRecipe, PortTaken, Say
from harness.services.warm import Job, State, WarmFolder

if TYPE_CHECKING:
    from testcontainers.core.container import DockerContainer

_LOOK_EVERY = 0.02  # seconds
_LOOK_AFTER = 0.25  # seconds between two looks whether the container still lives
_PORTS_TRIED = 5
_ONE_AT_A_TIME = threading.Lock()  # what testcontainers is told for one start, it is told for all of the process
_REMOVE = Path(__file__).with_name("remove_container.py")


def configuration(recipe: ContainerRecipe) -> str:
    """Return what a warm container must have been started with. Which image was to be had then is no part of it."""
    pinned = images.Images.of(recipe.service)
    return repr((recipe.configuration(), pinned.override or (pinned.official, pinned.ours)))


def start(folder: WarmFolder, recipe: ContainerRecipe, *, say: Say, restartable: bool = False) -> State:
    """Start a container with a keeper; the caller has the folder's door.

    A `restartable` one has its data on disk and its ports for good, so that it may be killed and started again.
    Raises ServiceUnavailable and ImageMissing; then, and on Ctrl-C, nothing is left.
    """
    engine = docker_engine.probe()
    if not engine.answers:
        raise ServiceUnavailable(engine.why_not, engine.advice)
    with docker_engine.asked_to(f"start {recipe.title}"):
        image = recipe.beside.image if recipe.beside else _image(folder, recipe, say)
        say(f"starting {recipe.title} (Docker, image {image}) ...")
        for _ in range(_PORTS_TRIED):
            with contextlib.suppress(PortTaken):
                return _start(folder, recipe, image, engine, restartable=restartable)
    raise ServiceUnavailable(
        f"{_PORTS_TRIED} free ports in a row were taken by other processes before {recipe.title} could have them",
        "run it again",
    )


def _image(folder: WarmFolder, recipe: ContainerRecipe, say: Say) -> str:
    """Return the image to take, with the containers gone that killed runs have left."""
    with contextlib.closing(docker_engine.client()) as client:
        # Another process may just be starting one, of its own or configured differently: that is no leftover.
        others = [other for other in warm.all_folders() if other.path != folder.path]
        keep = {other.path.name for other in others if other.is_warm() or other.in_use()}
        docker_engine.remove_leftovers(recipe.service, keep, using=client)
        return images.choose(images.Images.of(recipe.service), client, say=say)


def _start(
    folder: WarmFolder, recipe: ContainerRecipe, image: str, engine: docker_engine.Engine, *, restartable: bool
) -> State:
    fixed_ports = recipe.fixed_ports or restartable
    name = f"{folder.data_prefix}{secrets.token_hex(4)}"
    state = State(recipe.service, "docker", "", "127.0.0.1", 0, recipe.passwords(), container=name, image=image)
    if recipe.beside:
        state = _with_ports(state, {port: recipe.beside.ports[port] for port in recipe.ports})
    elif fixed_ports:
        state = _with_ports(state, dict(zip(recipe.ports, free_ports(len(recipe.ports)), strict=True)))
    # The keeper comes first: it removes a container whose starter is killed half-way.
    remove = [sys.executable, "-I", str(_REMOVE), name, engine.address]
    own_ports = () if recipe.beside else tuple(state.ports.values())
    with folder.kept(Job(stop_command=remove, ports=own_ports)):
        container = _container(recipe, state, folder, local=engine.is_local)
        if restartable:
            container.tmpfs.clear()  # a tmpfs is gone when its container stops
        with _without_ryuk():
            _run(container)
        if not fixed_ports:
            found = {port: _port(container, inside, image) for port, inside in recipe.ports.items()}
            state = _with_ports(replace(state, host=container.get_container_host_ip()), found)
        state = _wait(container, recipe, state)
        folder.write(state)
        container.get_docker_client().client.close()
    return state


def _with_ports(state: State, ports: dict[str, int]) -> State:
    return replace(state, port=next(iter(ports.values())), ports=ports)


def _container(recipe: ContainerRecipe, state: State, folder: WarmFolder, *, local: bool) -> DockerContainer:
    # Late: 0.2 s. Not the modules' containers: they wait for a line in the log, 120 s for a dead container too.
    from testcontainers.core.config import ConnectionMode
    from testcontainers.core.container import DockerContainer

    container = DockerContainer(state.image, env=recipe.environment(state), name=state.container)
    if command := recipe.command(state):
        container.with_command(command)
    container.with_kwargs(
        labels={
            docker_engine.LABEL_SERVICE: recipe.service,
            docker_engine.LABEL_HOME: folders.home_mark(),
            docker_engine.LABEL_SERVER: folder.path.name,
        },
        **recipe.options(),
    )
    for path, size in recipe.tmpfs.items():
        container.with_tmpfs_mount(path, size)
    # From inside another container the loopback of the engine's machine can't be reached.
    loopback = local and container.get_docker_client().get_connection_mode() == ConnectionMode.docker_host
    published = {} if recipe.beside else recipe.ports
    for port, inside in published.items():
        # The docker package takes an address with the port, or none; testcontainers only passes it on.
        chosen = state.ports.get(port)
        address = ("127.0.0.1",) if chosen is None else ("127.0.0.1", chosen)
        container.ports[f"{inside}/tcp"] = address if loopback else chosen  # type: ignore[assignment]
    return container


@contextlib.contextmanager
def _without_ryuk() -> Iterator[None]:
    """Start a container that the reaper of testcontainers doesn't know: it shall outlive this process.

    Neither is a reaper started, nor does one that the process has for other containers find this one by its label.
    """
    from testcontainers.core import labels  # late: 0.2 s
    from testcontainers.core.config import testcontainers_config

    with _ONE_AT_A_TIME:
        before = testcontainers_config.ryuk_disabled, labels.SESSION_ID
        testcontainers_config.ryuk_disabled, labels.SESSION_ID = True, "backend-labs"
        try:
            yield
        finally:
            testcontainers_config.ryuk_disabled, labels.SESSION_ID = before


def _run(container: DockerContainer) -> None:
    import docker.errors  # late: 0.2 s

    try:
        container.start()
    except docker.errors.DockerException as error:
        if "port is already allocated" in str(error) or "address already in use" in str(error):
            raise PortTaken from error
        raise


def _port(container: DockerContainer, inside: int, image: str) -> int:
    # Not get_exposed_port: whatever goes wrong while it looks, it wraps into a RuntimeError.
    try:
        return int(container.get_docker_client().port(container.get_wrapped_container().id, inside))
    except OSError as error:  # a container that is no longer running has no ports
        raise _died(container, image, "ended") from error


def _wait(container: DockerContainer, recipe: ContainerRecipe, state: State) -> State:
    """Return when the server serves clients, with its version."""
    deadline = time.monotonic() + recipe.patience
    look = time.monotonic() + _LOOK_AFTER
    while not (version := recipe.look(state)):
        if time.monotonic() > look:
            look = time.monotonic() + _LOOK_AFTER
            container.reload()
            if container.status in {"exited", "dead"}:
                raise _died(container, state.image, "ended")
        if time.monotonic() > deadline:
            raise _died(container, state.image, f"does not answer after {recipe.patience:g} s")
        time.sleep(_LOOK_EVERY)
    return replace(state, version=version)


def _died(container: DockerContainer, image: str, what: str) -> ServiceUnavailable:
    # Not get_logs: it gives the two streams one after the other, so that the last lines are not the last.
    log = container.get_wrapped_container().logs(tail=20).decode(errors="replace")
    last = " / ".join([line.strip() for line in log.splitlines() if line.strip()][-5:])
    return ServiceUnavailable(
        f"the container of {image} {what}; its last lines: {last or 'none'}", "docker info says more"
    )
