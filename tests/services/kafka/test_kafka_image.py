"""The contract of the Kafka images: ours behaves as the official one does (docker/README.md lists it).

Every fact is checked on our image and, where it is here, on the official one. Nothing is pulled or built here.
"""

import contextlib
import io
import json
import os
import tarfile
import time

import pytest
from confluent_kafka import KafkaException, Producer
from confluent_kafka.admin import AdminClient, ConfigResource, ResourceType

from harness.services import docker_engine, ports
from harness.services.embedded import free_ports
from harness.services.images import Images

PINNED = Images.of("kafka")
READY_WITHIN = 180.0
# The smallest heap that serves: several of these run beside other tests.
SMALL = {"KAFKA_HEAP_OPTS": "-Xmx200m"}


def engine_and_images():
    """Find the engine and those of the images that are here; without ours the whole file is skipped.

    Done once, while the file is collected, so that a machine without Docker says so in one line and not in ten.
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
        leave_out(f"{PINNED.ours} is not here: python docker/build.py kafka")
    return engine, here


def leave_out(reason):
    """Skip the whole file, or fail where nothing may be left out (see noxfile.py)."""
    if os.environ.get("LABS_REQUIRE_ALL"):
        pytest.fail(reason)
    pytest.skip(reason, allow_module_level=True)


ENGINE, IMAGES_HERE = engine_and_images()


@pytest.fixture(scope="session", params=IMAGES_HERE)
def image(request):
    """Give the name of an image that is here."""
    return request.param


class Container:
    """A running container and a client of the server in it."""

    def __init__(self, docker, port):
        self.docker = docker
        self.port = port
        self.admin = AdminClient({"bootstrap.servers": f"127.0.0.1:{port}", "log_level": 0})

    def log(self):
        return self.docker.logs().decode()

    def run(self, command):
        """Run a command in the container; its exit status and what it printed."""
        status, output = self.docker.exec_run(command)
        return status, output.decode()

    def setting(self, name):
        """The value that the server has for one of its settings."""
        resource = ConfigResource(ResourceType.BROKER, "1")
        return self.admin.describe_configs([resource])[resource].result(60)[name].value

    def brokers_that_a_client_learns(self):
        """The brokers that a client is told of, `host:port/node`, also where it can't reach them.

        A client that has learned a broker closes its connection to the address that it was given first, and a request
        on it fails (librdkafka 2.10 and later). So nothing is asked; its statistics tell whom it has learned.
        """
        learned = []

        def note(statistics):
            brokers = json.loads(statistics)["brokers"].values()
            learned[:] = learned or [broker["name"] for broker in brokers if broker["source"] == "learned"]

        first = f"127.0.0.1:{self.port}"
        client = Producer({"bootstrap.servers": first, "log_level": 0, "statistics.interval.ms": 50, "stats_cb": note})
        deadline = time.monotonic() + READY_WITHIN
        while not learned and time.monotonic() < deadline:
            client.poll(0.05)
        return learned

    def wait_for_line(self, text):
        """Wait until the container has printed a line with this text."""
        deadline = time.monotonic() + READY_WITHIN
        while text not in self.log():
            self.docker.reload()
            if self.docker.status in ("exited", "dead") or time.monotonic() > deadline:
                pytest.fail(f"the container never said {text!r} ({self.docker.status}):\n{self.log()[-3000:]}")
            time.sleep(0.05)


@contextlib.contextmanager
def container_of(image, *, files=None, wait=True, **options):
    """Give a container with `files` in the folder of mounted settings, started; nothing of it stays."""
    (port,) = free_ports(1)
    environment = {**SMALL, **options.pop("environment", {})}
    environment = {name: str(value).replace("PORT", str(port)) for name, value in environment.items()}
    with contextlib.ExitStack() as stack:
        stack.enter_context(ports.kept([port]))  # until it has it, and between its lives
        made = ENGINE.containers.create(
            image, environment=environment, ports={"9092/tcp": ("127.0.0.1", port)}, **options
        )
        stack.callback(made.remove, force=True, v=True)
        if files:
            made.put_archive(
                "/mnt/shared/config", packed({name: text.replace("PORT", str(port)) for name, text in files.items()})
            )
        made.start()
        container = Container(made, port)
        if wait:
            container.wait_for_line("Transitioning from RECOVERY to RUNNING")
        yield container


def packed(files):
    """Pack files, name -> text, as a tar archive."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(text.encode()), 0o644
            archive.addfile(entry, io.BytesIO(text.encode()))
    return buffer.getvalue()


# What a single node must be told, whoever tells it; PORT is the one that it is published on.
NODE = {
    "KAFKA_PROCESS_ROLES": "broker,controller",
    "KAFKA_NODE_ID": "1",
    "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
    "KAFKA_LISTENERS": "PLAINTEXT://:9092,CONTROLLER://:9093",
    "KAFKA_ADVERTISED_LISTENERS": "PLAINTEXT://127.0.0.1:PORT",
    "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
    "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
    "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
    "CLUSTER_ID": "4L6g3nShT-eMCtK--X86sw",
}


@pytest.fixture(scope="module")
def server(image):
    """Give a server that the environment has set up; for facts that are only looked at."""
    with container_of(image, environment={**NODE, "KAFKA_LOG_RETENTION_HOURS": "7"}) as container:
        yield container


def test_the_line_of_its_log_says_that_it_is_ready(server):
    """After `Transitioning from RECOVERY to RUNNING` clients are served, at the address they were told."""
    found = server.admin.list_topics(timeout=60)
    assert [(broker.host, broker.port) for broker in found.brokers.values()] == [("127.0.0.1", server.port)]


def test_the_environment_sets_the_server_up(server):
    """Each KAFKA_SOME_NAME is the server's setting some.name, and CLUSTER_ID is the cluster's."""
    assert server.setting("log.retention.hours") == "7"
    assert server.admin.list_topics(timeout=60).cluster_id == NODE["CLUSTER_ID"]


def test_the_version_is_the_pinned_one(server):
    """The server is of the version that the official image's tag names."""
    _, listed = server.run(["sh", "-c", "ls /opt/kafka/libs"])
    assert f"kafka_2.13-{PINNED.official.split(':')[1]}.jar" in listed.split()


def test_the_heap_is_the_one_asked_for(server):
    """KAFKA_HEAP_OPTS reaches the Java virtual machine, which is the first process, and isn't root's."""
    assert "-Xmx200m" in server.run(["cat", "/proc/1/cmdline"])[1].split("\0")
    assert server.run(["stat", "-c", "%u", "/proc/1"])[1].strip() == "1000"


def test_told_nothing_it_serves_on_localhost(image):
    """Without any setting it is one node without a password, which tells its clients that it is localhost:9092."""
    with container_of(image) as container:
        assert container.brokers_that_a_client_learns() == ["localhost:9092/1"]


def test_mounted_settings_are_taken_and_added_to(image):
    """A server.properties in /mnt/shared/config is the server's, and the environment's lines count more."""
    lines = {
        name.removeprefix("KAFKA_").lower().replace("_", "."): value
        for name, value in NODE.items()
        if name.startswith("KAFKA_")
    }
    text = "".join(f"{name}={value}\n" for name, value in {**lines, "log.retention.hours": "7"}.items())
    environment = {"KAFKA_LOG_RETENTION_HOURS": "9", "KAFKA_MESSAGE_MAX_BYTES": "1234567"}
    with container_of(image, files={"server.properties": text}, environment=environment) as container:
        assert container.setting("log.retention.hours") == "9"
        assert container.setting("message.max.bytes") == "1234567"
        assert container.setting("node.id") == "1"


def test_the_listener_follows_from_what_is_advertised(image):
    """Who names only KAFKA_ADVERTISED_LISTENERS listens on the same ports of all addresses."""
    environment = {**NODE, "KAFKA_ADVERTISED_LISTENERS": "PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093"}
    del environment["KAFKA_LISTENERS"]
    with container_of(image, environment=environment) as container:
        # Its clients are told an address that isn't theirs: the container itself is asked.
        assert (
            "listeners=PLAINTEXT://0.0.0.0:9092,CONTROLLER://0.0.0.0:9093"
            in container.run(["cat", "/opt/kafka/config/server.properties"])[1].splitlines()
        )


def test_a_password_is_asked_for_where_one_is_set(image):
    """A listener with SASL is set up by the environment alone; without the password nobody gets in."""
    login = 'org.apache.kafka.common.security.plain.PlainLoginModule required username="a" password="b" user_a="b";'
    environment = {
        **NODE,
        "KAFKA_LISTENERS": "CLIENTS://:9092,INSIDE://127.0.0.1:9094,CONTROLLER://:9093",
        "KAFKA_ADVERTISED_LISTENERS": "CLIENTS://127.0.0.1:PORT,INSIDE://127.0.0.1:9094",
        "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "CLIENTS:SASL_PLAINTEXT,INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "KAFKA_INTER_BROKER_LISTENER_NAME": "INSIDE",
        "KAFKA_SASL_ENABLED_MECHANISMS": "PLAIN",
        "KAFKA_LISTENER_NAME_CLIENTS_PLAIN_SASL_JAAS_CONFIG": login,
    }
    with container_of(image, environment=environment) as container:
        client = {"bootstrap.servers": f"127.0.0.1:{container.port}", "log_level": 0}
        sasl = {**client, "security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "PLAIN", "sasl.username": "a"}
        for refused in (client, {**sasl, "sasl.password": "wrong"}):
            with pytest.raises(KafkaException):
                Producer(refused).list_topics(timeout=2)
        assert Producer({**sasl, "sasl.password": "b"}).list_topics(timeout=60).brokers


def test_the_data_survives_a_restart(image):
    """A stopped and started container has its topics, and is not formatted twice; its stop is clean."""
    environment = {**NODE, "KAFKA_LOG_DIRS": "/var/lib/kafka/data"}
    with container_of(image, environment=environment) as container:
        from confluent_kafka.admin import NewTopic

        container.admin.create_topics([NewTopic("orders", 1, 1)])["orders"].result(60)
        container.docker.stop(timeout=90)
        container.docker.reload()
        assert container.docker.attrs["State"]["ExitCode"] == 143  # Java's, for SIGTERM
        container.docker.start()
        deadline = time.monotonic() + READY_WITHIN
        while "orders" not in topics_of(container):
            assert time.monotonic() < deadline
        assert "already formatted" in container.log()


def topics_of(container):
    try:
        return container.admin.list_topics(timeout=1).topics
    except KafkaException:
        return {}


def test_settings_that_make_no_server_end_the_container(image):
    """A wrong setting ends the container with a failure, and the log names the setting."""
    with container_of(image, environment={**NODE, "KAFKA_NUM_IO_THREADS": "many"}, wait=False) as container:
        assert container.docker.wait(timeout=180)["StatusCode"] != 0
        assert "Invalid value many for configuration num.io.threads" in container.log()
