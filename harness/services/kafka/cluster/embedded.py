"""The nodes of a cluster without Docker: each a process of its own on loopback."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import ClassVar

from harness.services.kafka import machine, prepared, probe, settings
from harness.services.kafka.cluster import nodes
from harness.services.kafka.embedded import KafkaEmbedded
from harness.services.warm import State

_FORMATTED = "00000000000000000000-0000000000.checkpoint"  # all that formatting writes beside the identity
_METADATA = "__cluster_metadata-0"


class ControllerEmbedded(KafkaEmbedded):
    """The controller of so many brokers."""

    title = "the controller of Kafka"
    ports: ClassVar[tuple[str, ...]] = ("controller",)

    def __init__(self, brokers: int) -> None:
        self._brokers = brokers

    def fill_log_folder(self, ready: Path, folder: Path) -> None:
        """Make a log folder that is formatted and otherwise empty."""
        _format(ready, folder, nodes.CONTROLLER)
        (folder / _METADATA).mkdir()
        shutil.copyfile(ready / _METADATA / _FORMATTED, folder / _METADATA / _FORMATTED)

    def properties(self, state: State) -> dict[str, str]:
        """Return the settings of this very controller."""
        address = f"127.0.0.1:{state.port}"
        return settings.server_properties(
            listeners={"CONTROLLER": address},
            advertised={},
            log_folder=machine.LOG_FOLDER,
            password=state.passwords[settings.USER],
            of_a_node=nodes.controller_settings(self._brokers, address),
        )

    def is_ready(self, state: State) -> bool:
        """Return whether it takes its password; brokers wait for the rest themselves."""
        return probe.admits(state)


class BrokerEmbedded(KafkaEmbedded):
    """A broker that has a controller, by whose state it knows where that is and what its password is."""

    title = "a broker of Kafka"
    ports: ClassVar[tuple[str, ...]] = ("client",)

    def __init__(self, number: int, brokers: int, controller: State) -> None:
        self._number = number
        self._brokers = brokers
        self._controller = controller

    def passwords(self) -> dict[str, str]:
        """Return the controller's password: the cluster has one."""
        return dict(self._controller.passwords)

    def fill_log_folder(self, ready: Path, folder: Path) -> None:
        """Make a log folder that is formatted and otherwise empty."""
        _format(ready, folder, self._number)

    def properties(self, state: State) -> dict[str, str]:
        """Return the settings of this very broker."""
        listeners = {"CLIENTS": f"127.0.0.1:{state.port}"}
        return settings.server_properties(
            listeners=listeners,
            advertised=listeners,
            log_folder=machine.LOG_FOLDER,
            password=state.passwords[settings.USER],
            of_a_node=nodes.broker_settings(self._number, self._brokers, f"127.0.0.1:{self._controller.port}"),
        )


def _format(ready: Path, folder: Path, node: int) -> None:
    """Make a log folder with an identity of its own in the prepared one's cluster: Kafka's tool would take a second."""
    folder.mkdir()
    own = {"node.id": str(node), "directory.id": prepared.new_id()}
    lines = (ready / "meta.properties").read_text(encoding="ascii").splitlines()
    named = dict(line.split("=", 1) for line in lines if not line.startswith("#"))
    text = "".join(f"{name}={value}\n" for name, value in {**named, **own}.items())
    (folder / "meta.properties").write_text(text, encoding="ascii")
