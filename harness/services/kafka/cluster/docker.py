"""The nodes of a cluster in containers, each of them one.

The brokers share the network of the controller's container, which has published their ports. So they find each other on
loopback, whoever is killed and comes back, and no network has to be made, named and removed.
"""

from __future__ import annotations

from typing import Any

from harness.services.kafka import probe, settings
from harness.services.kafka.cluster import nodes
from harness.services.kafka.docker import LOG_FOLDER, KafkaContainer
from harness.services.warm import State

_CONTROLLER_PORT = 9093
_CLIENTS_FROM, _BROKERS_FROM = 9100, 9200  # inside; each broker adds its number
# Each container formats its own folder. The id, 16 bytes in Kafka's writing, needs to be the same in one network only.
_CLUSTER_ID = "backend-labs-cluster-A"


class ControllerContainer(KafkaContainer):
    """The controller of so many brokers, whose ports are its container's."""

    title = "the controller of Kafka"

    def __init__(self, brokers: int) -> None:
        of_brokers = {_port(number): _CLIENTS_FROM + number for number in range(1, brokers + 1)}
        self.ports = {"controller": _CONTROLLER_PORT, **of_brokers}  # type: ignore[misc]  # as many as brokers
        self._brokers = brokers

    def environment(self, state: State) -> dict[str, str]:
        """Return the settings of this very controller."""
        properties = settings.server_properties(
            listeners={"CONTROLLER": f"0.0.0.0:{_CONTROLLER_PORT}"},
            advertised={},
            log_folder=LOG_FOLDER,
            password=state.passwords[settings.USER],
            of_a_node=nodes.controller_settings(self._brokers, f"127.0.0.1:{_CONTROLLER_PORT}"),
        )
        return {**self.told(properties), "CLUSTER_ID": _CLUSTER_ID}

    def is_ready(self, state: State) -> bool:
        """Return whether it takes its password; brokers wait for the rest themselves."""
        return probe.admits(state)


class BrokerContainer(KafkaContainer):
    """A broker beside its controller."""

    title = "a broker of Kafka"

    def __init__(self, number: int, brokers: int, controller: State) -> None:
        self.ports = {_port(number): _CLIENTS_FROM + number}  # type: ignore[misc]  # no two brokers have the same
        self.beside = controller
        self._number = number
        self._brokers = brokers
        self._controller = controller

    def passwords(self) -> dict[str, str]:
        """Return the controller's password: the cluster has one."""
        return dict(self._controller.passwords)

    def options(self) -> dict[str, Any]:
        """Return the network, which is the controller's."""
        return {"network_mode": f"container:{self._controller.container}"}

    def environment(self, state: State) -> dict[str, str]:
        """Return the settings of this very broker."""
        among_brokers = f"127.0.0.1:{_BROKERS_FROM + self._number}"
        properties = settings.server_properties(
            listeners={"CLIENTS": f"0.0.0.0:{_CLIENTS_FROM + self._number}", "BROKER": among_brokers},
            advertised={"CLIENTS": f"{state.host}:{state.port}", "BROKER": among_brokers},
            log_folder=LOG_FOLDER,
            password=state.passwords[settings.USER],
            of_a_node=nodes.broker_settings(self._number, self._brokers, f"127.0.0.1:{_CONTROLLER_PORT}"),
        )
        return {**self.told(properties), "CLUSTER_ID": _CLUSTER_ID}


def _port(number: int) -> str:
    return f"broker {number}"
