"""The contract of the Redis images: ours behaves as the official one does (docker/README.md lists it).

Every fact is checked on our image and, where it is here, on the official one: what both keep is the contract.
Nothing is pulled or built here.
"""

import contextlib
import time

import pytest
from homes import need
from redis import Redis, exceptions

from harness.services import docker_engine
from harness.services.images import Images

READY_WITHIN = 120.0


@pytest.fixture(scope="module", params=["ours", "official"])
def image(request):
    """Our image, and the official one where it is here."""
    need("docker", "redis")
    name = getattr(Images.of("redis"), request.param)
    with contextlib.closing(docker_engine.client()) as engine:
        here = {tag for each in engine.api.images() for tag in each["RepoTags"] or ()}
    if name not in here:
        pytest.skip(f"{name} is not here")
    return name


@contextlib.contextmanager
def container_of(image, *command, **options):
    """Give a running container and its port on loopback; nothing of it stays."""
    with contextlib.closing(docker_engine.client()) as engine:
        made = engine.containers.run(
            image, list(command) or None, detach=True, ports={"6379/tcp": ("127.0.0.1", None)}, **options
        )
        try:
            yield made
        finally:
            made.remove(force=True, v=True)


def client_of(container, **options):
    """Return a client of the container's server, once it answers."""
    deadline = time.monotonic() + READY_WITHIN
    while True:
        container.reload()
        assert container.status == "running", container.logs().decode()
        with contextlib.suppress(exceptions.ConnectionError, KeyError, IndexError):
            port = int(container.ports["6379/tcp"][0]["HostPort"])
            client = Redis(port=port, decode_responses=True, **options)
            client.ping()
            return client
        assert time.monotonic() < deadline, container.logs().decode()
        time.sleep(0.02)


def test_without_a_password_everybody_gets_in(image):
    """Who publishes the port decides who gets in: protected mode is off."""
    with container_of(image) as container:
        assert client_of(container).set("a", 1)


def test_what_begins_with_a_dash_is_the_servers(image):
    """`docker run IMAGE --requirepass secret` is an option of the server's."""
    with container_of(image, "--requirepass", "secret") as container:
        client = client_of(container, password="secret")  # noqa: S106 - of a container that lives for seconds
        port = client.connection_pool.connection_kwargs["port"]
        with pytest.raises(exceptions.AuthenticationError):
            Redis(port=port).get("a")


def test_the_server_is_the_first_process_and_not_roots(image):
    """What `docker stop` tells to stop is the server itself, and it runs as the user redis, 999."""
    with container_of(image) as container:
        client_of(container)
        assert container.exec_run("cat /proc/1/comm").output.decode().strip() == "redis-server"
        assert container.exec_run("stat -c %u /proc/1").output.decode().strip() == "999"


def test_data_is_in_a_volume_and_survives_a_restart(image):
    """/data is the volume; with an append-only file, what was written is there after a stop and a start."""
    with container_of(image, "redis-server", "--appendonly", "yes") as container:
        assert container.attrs["Config"]["Volumes"] == {"/data": {}}
        client_of(container).set("kept", "yes")
        container.restart()
        assert client_of(container).get("kept") == "yes"


def test_it_stops_cleanly(image):
    """`docker stop` ends in 0, well before the engine would kill it."""
    with container_of(image) as container:
        client_of(container)
        container.stop(timeout=60)
        container.reload()
        assert container.attrs["State"]["ExitCode"] == 0


def test_another_command_runs(image):
    """`docker run IMAGE redis-cli --version` is no server."""
    with container_of(image, "redis-cli", "--version") as container:
        assert container.wait(timeout=60)["StatusCode"] == 0
        assert container.logs().decode().startswith("redis-cli 8.")
