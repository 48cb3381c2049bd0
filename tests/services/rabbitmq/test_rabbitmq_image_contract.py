"""The contract of the RabbitMQ images: ours behaves as the official one does (docker/README.md lists it).

Every fact is checked on our image and, where it is here, on the official one: what both keep is the contract,
and what only ours kept would be an invention. Nothing is pulled or built here.
"""

import contextlib
import io
import json
import os
import tarfile
import time
import urllib.request

import pika
import pika.exceptions
import pytest
from pika.adapters.utils.connection_workflow import AMQPConnectorException

from harness.services import docker_engine
from harness.services.images import Images

PINNED = Images.of("rabbitmq")
PASSWORD = "correct horse"  # noqa: S105 -- of containers that live for seconds, on a loopback port
ADA = {"RABBITMQ_DEFAULT_USER": "ada", "RABBITMQ_DEFAULT_PASS": PASSWORD, "RABBITMQ_DEFAULT_VHOST": "shop"}
ON_MEMORY = {"tmpfs": {"/var/lib/rabbitmq": "size=512m"}}
PORTS = (5672, 15672, 15692)
READY_WITHIN = 240.0
PATIENCE = 60.0  # seconds for what takes a fraction of one where the machine isn't busy


def engine_and_images():
    """Find the engine and those of the images that are here; without ours the whole file is skipped.

    Done once, while the file is collected, so that a machine without Docker says so in one line and not in twenty.
    """
    if why_not := docker_engine.probe().why_not:
        leave_out(why_not)
    from docker.errors import ImageNotFound  # late: 0.2 s

    engine = docker_engine.client()
    here = []
    for name in (PINNED.ours, PINNED.official):
        with contextlib.suppress(ImageNotFound):
            engine.images.get(name)
            here.append(name)
    if PINNED.ours not in here:
        leave_out(f"{PINNED.ours} is not here: python docker/build.py rabbitmq")
    return engine, here


def leave_out(reason):
    """Skip the whole file, or fail where nothing may be left out (see noxfile.py)."""
    if os.environ.get("LABS_REQUIRE_ALL"):
        pytest.fail(reason)
    pytest.skip(reason, allow_module_level=True)


ENGINE, IMAGES_HERE = engine_and_images()


@pytest.fixture(scope="module", params=IMAGES_HERE)
def image(request):
    """Give the name of an image that is here."""
    return request.param


class Container:
    """One container of an image, and how to speak with its server."""

    def __init__(self, docker_container):
        """Take a container of the Docker client, started or not."""
        self.docker = docker_container

    def log(self):
        """Everything the container has printed so far."""
        return self.docker.logs().decode()

    def run(self, command, **options):
        """Run a command inside; return its exit status and output."""
        done = self.docker.exec_run(command, **options)
        return done.exit_code, done.output.decode().strip()

    def port(self, inside):
        """The port of loopback on which a port of the container is published."""
        self.docker.reload()
        return int(self.docker.ports[f"{inside}/tcp"][0]["HostPort"])

    def connect(self, user="ada", password=PASSWORD, vhost="shop"):
        """Open a connection of AMQP."""
        return pika.BlockingConnection(
            pika.ConnectionParameters(
                "127.0.0.1",
                self.port(5672),
                vhost,
                pika.PlainCredentials(user, password),
                socket_timeout=PATIENCE,
                stack_timeout=PATIENCE,
                blocked_connection_timeout=PATIENCE,
            )
        )

    def ask(self, path, inside=15672):
        """Answer with what the server has under a path, over HTTP."""
        passwords = urllib.request.HTTPPasswordMgrWithPriorAuth()
        address = f"http://127.0.0.1:{self.port(inside)}"
        passwords.add_password(None, address, "ada", PASSWORD, is_authenticated=True)
        opener = urllib.request.build_opener(urllib.request.HTTPBasicAuthHandler(passwords))
        with opener.open(f"{address}/{path}", timeout=PATIENCE) as answer:
            return answer.read().decode()

    def wait_for_first_connection(self, **who):
        """Try to connect until it works; the container must live all the while."""
        deadline = time.monotonic() + READY_WITHIN
        while True:
            try:
                return self.connect(**who).close()
            except (pika.exceptions.AMQPError, AMQPConnectorException, KeyError, IndexError):
                self.docker.reload()
                if self.docker.status in ("exited", "dead") or time.monotonic() > deadline:
                    pytest.fail(f"the server never became ready ({self.docker.status}):\n{self.log()}")
                time.sleep(0.05)


@contextlib.contextmanager
def container_of(image, *, environment, files=None, wait=True, **options):
    """Give a container with `files` in its folder of configuration files, started; nothing of it stays."""
    ports = {f"{port}/tcp": ("127.0.0.1", None) for port in PORTS}
    made = ENGINE.containers.create(image, environment=environment, ports=ports, **options)
    try:
        if files:
            made.put_archive("/etc/rabbitmq/conf.d", packed(files))
        made.start()
        container = Container(made)
        if wait:
            container.wait_for_first_connection()
        yield container
    finally:
        made.remove(force=True, v=True)


def packed(files):
    """Pack files, name -> text, as a tar archive."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(text.encode()), 0o644
            archive.addfile(entry, io.BytesIO(text.encode()))
    return buffer.getvalue()


@pytest.fixture(scope="module")
def server(image):
    """Give a server with a user and a vhost of its own, and a setting in a file; for facts that are only looked at."""
    files = {"20-ours.conf": "channel_max = 7\n"}
    arguments = "-rabbit collect_statistics_interval 1234"
    environment = {**ADA, "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": arguments}
    with container_of(image, environment=environment, files=files, **ON_MEMORY) as container:
        # It takes clients in a moment before it says that it has started, and counts as running.
        status, said = container.run("rabbitmqctl --quiet await_startup")
        assert status == 0, said
        yield container


def test_the_environment_names_the_user_and_the_vhost(server):
    """RABBITMQ_DEFAULT_USER administers the server and may do anything in RABBITMQ_DEFAULT_VHOST."""
    assert "administrator" in json.loads(server.ask("api/whoami"))["tags"]
    assert [vhost["name"] for vhost in json.loads(server.ask("api/vhosts"))] == ["shop"]
    with server.connect() as connection:
        connection.channel().queue_declare("work", exclusive=True)


@pytest.mark.parametrize(("user", "password"), [("ada", "wrong"), ("guest", "guest")])
def test_nobody_else_gets_in(server, user, password):
    """A wrong password is refused, and with a user of one's own there is no guest."""
    with pytest.raises(pika.exceptions.ProbableAuthenticationError):
        server.connect(user, password)


def test_a_file_in_conf_d_is_obeyed(server):
    """/etc/rabbitmq/conf.d/*.conf is read."""
    with server.connect() as connection:
        assert connection._impl.params.channel_max == 7


def test_arguments_of_the_environment_reach_the_server(server):
    """RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS sets what no file of the image sets."""
    status, answer = server.run(["rabbitmqctl", "eval", "application:get_env(rabbit, collect_statistics_interval)."])
    assert (status, answer) == (0, "{ok,1234}")


def test_the_management_and_prometheus_plugins_are_on(server):
    """The HTTP API answers on 15672 and the metrics on 15692."""
    assert json.loads(server.ask("api/overview"))["management_version"]
    assert "rabbitmq_build_info" in server.ask("metrics", 15692)


def test_the_version_is_of_the_pinned_release(server):
    """The server is of the release (4) that the official image's tag names."""
    release = PINNED.official.split(":")[1].split(".")[0]
    assert json.loads(server.ask("api/overview"))["rabbitmq_version"].split(".")[0] == release


def test_the_server_is_the_first_process_and_not_root(server):
    """Root was only the beginning: the Erlang machine is process 1, run by the user rabbitmq (999)."""
    assert server.run("stat --format=%u /proc/1")[1] == "999"
    assert server.run("cat /proc/1/comm")[1] == "beam.smp"


def test_the_data_is_in_the_volume(server):
    """Everything that has to survive lies below /var/lib/rabbitmq, named after the node."""
    host = server.run("hostname")[1]
    assert server.run(["test", "-d", f"/var/lib/rabbitmq/mnesia/rabbit@{host}"])[0] == 0


def test_the_log_goes_to_standard_output(server, eventually):
    """`docker logs` shows it."""
    eventually(lambda: "Server startup complete" in server.log())


@pytest.mark.parametrize("user", ["root", "rabbitmq"])
def test_its_own_commands_work_inside(server, user):
    """`docker exec CONTAINER rabbitmqctl` speaks with the running server, as root too."""
    assert server.run("rabbitmqctl --quiet list_vhosts name", user=user) == (0, "name\nshop")
    assert server.run("rabbitmq-diagnostics --quiet check_running", user=user)[0] == 0


def test_without_a_user_there_is_the_guest(image):
    """Without RABBITMQ_DEFAULT_USER it is guest with the password guest, from outside the container as well."""
    guest = {"user": "guest", "password": "guest", "vhost": "/"}
    with container_of(image, environment={}, wait=False, **ON_MEMORY) as container:
        container.wait_for_first_connection(**guest)


def test_a_file_with_the_password_is_refused(image):
    """RABBITMQ_DEFAULT_PASS_FILE is no longer used: the container ends at once, and says so, instead of ignoring it."""
    environment = {"RABBITMQ_DEFAULT_USER": "ada", "RABBITMQ_DEFAULT_PASS_FILE": "/run/secrets/password"}
    with container_of(image, environment=environment, wait=False) as container:
        assert container.docker.wait(timeout=60)["StatusCode"] == 1
        assert "RABBITMQ_DEFAULT_PASS_FILE" in container.log()


def test_what_is_durable_survives_a_restart(image):
    """A stop is clean, a connection left open included: durable queues and persistent messages are there again."""
    with container_of(image, environment=ADA) as container:
        left_open = container.connect()
        channel = left_open.channel()
        channel.confirm_delivery()
        channel.queue_declare("kept", durable=True)
        channel.basic_publish("", "kept", b"still here", pika.BasicProperties(delivery_mode=2))
        container.docker.stop(timeout=120)
        container.docker.reload()
        assert container.docker.attrs["State"]["ExitCode"] == 0
        container.docker.start()
        container.wait_for_first_connection()
        with container.connect() as connection:
            assert connection.channel().basic_get("kept", auto_ack=True)[2] == b"still here"


def test_a_host_with_a_dot_in_its_name_has_a_long_node_name(image):
    """The node is called after its host, whatever that is called."""
    with container_of(image, environment=ADA, hostname="broker.example.test", **ON_MEMORY) as container:
        assert json.loads(container.ask("api/overview"))["node"] == "rabbit@broker.example.test"


def test_it_runs_as_any_user(image):
    """`docker run --user` starts the server as that user, who owns nothing in the image."""
    with container_of(image, environment=ADA, user="4711:4711", **ON_MEMORY) as container:
        assert container.run("stat --format=%u /proc/1")[1] == "4711"
