"""RabbitMQ in a container, with the same settings as the embedded one."""

from __future__ import annotations

from harness.services.rabbitmq import settings
from harness.services.rabbitmq.readiness import version_if_ready
from harness.services.recipes import ContainerRecipe
from harness.services.warm import State


class RabbitContainer(ContainerRecipe):
    """The official image with the management plugin, or one with its contract."""

    service = "rabbitmq"
    title = "RabbitMQ"
    ports = {"client": 5672, "management": 15672}  # noqa: RUF012 - declared as a class variable by the base
    tmpfs = {"/var/lib/rabbitmq": "size=512m"}  # noqa: RUF012 - as above
    patience = 120.0  # it takes 6 to 10 where nothing is wrong

    def configuration(self) -> str:
        """Return what a warm container must have been started with."""
        return settings.configuration("container")

    def passwords(self) -> dict[str, str]:
        """Return the administrator's."""
        return settings.passwords()

    def environment(self, state: State) -> dict[str, str]:
        """Return the image's variables. With a user of our own there is no guest."""
        return {
            "RABBITMQ_DEFAULT_USER": settings.ADMINISTRATOR,
            "RABBITMQ_DEFAULT_PASS": state.passwords[settings.ADMINISTRATOR],
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": settings.arguments(),
        }

    def look(self, state: State) -> str:
        """Return the version once the server serves clients."""
        return version_if_ready(state, self.ports["client"])
