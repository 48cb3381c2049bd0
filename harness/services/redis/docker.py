"""Redis in a container, with the same settings as the embedded one."""

from __future__ import annotations

from harness.services.recipes import ContainerRecipe
from harness.services.redis import connections, settings
from harness.services.warm import State

# The image's own entry point lets go of root's rights. The configuration comes through the environment and a pipe: a
# container's command line can be read by every user of the machine.
_COMMAND = 'printf "%s" "$LABS_REDIS_CONFIGURATION" | exec docker-entrypoint.sh redis-server -'


class RedisContainer(ContainerRecipe):
    """The official image, or one with its contract."""

    service = "redis"
    title = "Redis"
    ports = {"client": 6379}  # noqa: RUF012 - declared as a class variable by the base
    tmpfs = {"/data": "size=256m"}  # noqa: RUF012 - as above

    def configuration(self) -> str:
        """Return what a warm container must have been started with."""
        return settings.configuration(_COMMAND)

    def passwords(self) -> dict[str, str]:
        """Return one for each user."""
        return settings.passwords()

    def environment(self, state: State) -> dict[str, str]:
        """Return the configuration, which holds the passwords."""
        return {"LABS_REDIS_CONFIGURATION": settings.configuration_file(state, dir="/data"), "TZ": "UTC"}

    def command(self, state: State) -> list[str]:  # noqa: ARG002 - the same for all
        """Return a shell that hands the configuration to the image's own entry point."""
        return ["sh", "-c", _COMMAND]

    def look(self, state: State) -> str:
        """Return the version once the server answers to its password."""
        return connections.version(state)
