"""Kafka in a container, with the same settings as the embedded one."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from harness.errors import ServiceUnavailable
from harness.services.kafka import probe, settings
from harness.services.recipes import ContainerRecipe
from harness.services.warm import State

_CLIENT_PORT = 9092  # the one that the official image exposes
# Not the image's own folder for data: in memory it would be root's, and the server runs as another user. This one the
# image doesn't have: in memory it is everyone's, and without that the server makes it itself.
LOG_FOLDER = "/tmp/labs-kafka"  # noqa: S108 - in a container of our own


class KafkaContainer(ContainerRecipe):
    """The official image, or one with its contract: each KAFKA_... of the environment is a line of its settings."""

    service = "kafka"
    title = "Kafka"
    ports = {"client": _CLIENT_PORT}  # noqa: RUF012 - declared as a class variable by the base
    fixed_ports = True  # the server tells its clients where to find it
    tmpfs = {LOG_FOLDER: "size=1g"}  # noqa: RUF012 - as above
    patience = 90.0  # two Java virtual machines, one after the other: 2.5 s where nothing is wrong

    def configuration(self) -> str:
        """Return what a warm container must have been started with."""
        return settings.configuration()

    def passwords(self) -> dict[str, str]:
        """Return the password of the one user there is."""
        return {settings.USER: secrets.token_urlsafe(24)}

    def environment(self, state: State) -> dict[str, str]:
        """Return the settings; the server can't reach itself at its clients' address, so it has one of its own."""
        properties = settings.server_properties(
            listeners={
                "CLIENTS": f"0.0.0.0:{_CLIENT_PORT}",
                "BROKER": "127.0.0.1:9094",
                "CONTROLLER": "127.0.0.1:9093",
            },
            advertised={"CLIENTS": f"{state.host}:{state.port}", "BROKER": "127.0.0.1:9094"},
            log_folder=LOG_FOLDER,
            password=state.passwords[settings.USER],
        )
        return self.told(properties)

    def told(self, properties: Mapping[str, str]) -> dict[str, str]:
        """Return the environment that tells an image with the contract these settings."""
        return {
            **{f"KAFKA_{name.upper().replace('.', '_')}": value for name, value in properties.items()},
            "KAFKA_HEAP_OPTS": " ".join(settings.HEAP),
            "KAFKA_JVM_PERFORMANCE_OPTS": " ".join(settings.MACHINE),
            "TZ": "UTC",
        }

    def look(self, state: State) -> str:
        """Return the version once the server takes its password; it is the image's, as no answer of Kafka's has one."""
        try:
            return state.image.rpartition(":")[2] if self.is_ready(state) else ""
        except probe.Refused as error:
            raise ServiceUnavailable(
                f"{state.image} does not take the password it was given", "take an image with the official contract"
            ) from error
        except OSError:
            return ""

    def is_ready(self, state: State) -> bool:
        """Return whether the server does what it is for. Raises what `probe` raises."""
        return probe.serves(state)
