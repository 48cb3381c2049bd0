"""How our Kafka servers are set up: one list for both providers, so that both give the same verdicts.

Clients log in with SASL/PLAIN, on loopback too: other users of the machine stay out. It costs a client two round trips
and three lines of configuration, which `KafkaServer.client_settings` hands out. SCRAM would cost more and protect from
nothing more: the password never leaves the machine.
"""

from __future__ import annotations

from collections.abc import Mapping

from harness.services.warm import State

USER = "labs"

Setting = str | int | float | bool  # what librdkafka takes

# Raised whenever what a server is started with changes in a way that the lists below don't show.
RECIPE = "1"

SETTINGS = {
    "process.roles": "broker,controller",
    "node.id": "1",
    # The voters stand here and not in the data folder, so that a formatted one serves on any port.
    "controller.listener.names": "CONTROLLER",
    "sasl.enabled.mechanisms": "PLAIN",
    "sasl.mechanism.inter.broker.protocol": "PLAIN",
    "sasl.mechanism.controller.protocol": "PLAIN",
    # One node can't replicate.
    "default.replication.factor": "1",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "1",
    # A misspelt topic is an error, and a topic that was deleted is not made again by a producer somebody forgot.
    "auto.create.topics.enable": "false",
    "log.segment.delete.delay.ms": "100",
    # Groups form, and members are missed, in tenths of a second: nobody waits for a machine room far away.
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "100",
    "group.consumer.heartbeat.interval.ms": "200",
    "group.consumer.min.heartbeat.interval.ms": "100",
    "group.consumer.session.timeout.ms": "1000",
    "group.consumer.min.session.timeout.ms": "500",
    "group.consumer.assignment.interval.ms": "0",
    "transaction.abort.timed.out.transaction.cleanup.interval.ms": "200",
    # After a crash the old registration must lapse before the new one counts.
    "broker.session.timeout.ms": "1000",
    "broker.heartbeat.interval.ms": "200",
    # Making a topic waits for no companions.
    "controller.quorum.append.linger.ms": "0",
    # What a machine room needs and a learner's laptop pays for with memory and threads.
    "log.cleaner.dedupe.buffer.size": "4194304",
    "num.network.threads": "2",
    "num.io.threads": "4",
    "background.threads": "2",
    "group.coordinator.threads": "1",
    "share.coordinator.threads": "1",
}

# Flags of the Java virtual machine. The quick compiler alone starts sooner and is all that a lab's load asks for.
HEAP = ("-Xms64m", "-Xmx256m")
MACHINE = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-XX:+ExitOnOutOfMemoryError")


def server_properties(
    *,
    listeners: Mapping[str, str],
    advertised: Mapping[str, str],
    log_folder: str,
    password: str,
    of_a_node: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return the whole of `server.properties`.

    `listeners` maps the names of the listeners to the "host:port" that they are bound to, `advertised` to what is
    told to those who ask. There are CLIENTS and CONTROLLER, and BROKER where the server can't reach itself at the
    address for its clients. `of_a_node` says what is different in a cluster: see cluster/nodes.py.
    """
    broker = "BROKER" if "BROKER" in listeners else "CLIENTS"
    login = (
        "org.apache.kafka.common.security.plain.PlainLoginModule required "
        f'username="{USER}" password="{password}" user_{USER}="{password}";'
    )
    # A broker that is no controller is a client of one.
    all_listeners = dict.fromkeys([*listeners, "CONTROLLER"])
    properties = {
        **SETTINGS,
        "listeners": _joined(listeners),
        "listener.security.protocol.map": ",".join(f"{name}:SASL_PLAINTEXT" for name in all_listeners),
        **{f"listener.name.{name.lower()}.plain.sasl.jaas.config": login for name in all_listeners},
        "log.dirs": log_folder,
    }
    if advertised:  # a controller that is no broker has nobody to tell
        properties |= {"advertised.listeners": _joined(advertised), "inter.broker.listener.name": broker}
    if of_a_node is None:
        of_a_node = {"controller.quorum.voters": f"{SETTINGS['node.id']}@{listeners['CONTROLLER']}"}
    return {**properties, **of_a_node}


def on_loopback(client: int, controller: int, password: str, log_folder: str) -> dict[str, str]:
    """Return `server.properties` for a server on two ports of loopback; the log folder may be relative."""
    listeners = {"CLIENTS": f"127.0.0.1:{client}", "CONTROLLER": f"127.0.0.1:{controller}"}
    return server_properties(
        listeners=listeners,
        advertised={"CLIENTS": listeners["CLIENTS"]},
        log_folder=log_folder,
        password=password,
    )


def client_settings(state: State) -> dict[str, Setting]:
    """Return what a client of librdkafka needs to reach a server."""
    return {
        "bootstrap.servers": f"{state.host}:{state.port}",
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": "PLAIN",
        "sasl.username": USER,
        "sasl.password": state.passwords[USER],
        # librdkafka tells standard error about each lost connection, in lines that no learner should have to read:
        # what goes wrong reaches them as an exception or an error event.
        "log_level": 0,
    }


def configuration() -> str:
    """Return all of the settings that a warm server must have been started with to be taken over."""
    return repr((RECIPE, SETTINGS, HEAP, MACHINE))


def _joined(addresses: Mapping[str, str]) -> str:
    return ",".join(f"{name}://{address}" for name, address in addresses.items())
