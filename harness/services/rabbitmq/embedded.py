"""RabbitMQ without Docker: one node on loopback, with random ports and a random password."""

from __future__ import annotations

from pathlib import Path

from harness.errors import NoRoom
from harness.services.rabbitmq import plugins, programs, settings
from harness.services.rabbitmq.programs import Programs
from harness.services.rabbitmq.readiness import version_if_ready
from harness.services.recipes import Command, EmbeddedRecipe, PortTaken, Say
from harness.services.warm import State

_NODE = "labs@localhost"

# One node needs no other, so it neither listens for them nor asks Erlang's port mapper daemon, which would be a second
# process to end, and on loopback a second door. For all of Erlang's programs: RabbitMQ itself would start that daemon
# after a minute. The last is the port that it is told instead; nobody listens there.
_ALONE = "-start_epmd false -dist_listen false -erl_epmd_port 25672"

# Names are looked up in this file alone: RabbitMQ must not depend on how a machine resolves its own.
_NAMES = '{host,{127,0,0,1},["localhost"]}.\n{lookup,[file]}.\n'


class RabbitEmbedded(EmbeddedRecipe):
    """The programs that are installed here, or those of the distribution's packages."""

    service = "rabbitmq"
    title = "RabbitMQ"
    ports = ("client", "management")
    patience = 60.0  # it takes 2 to 3 where nothing is wrong

    def __init__(self) -> None:
        self._programs: Programs | None = None

    def configuration(self) -> str:
        """Return what a warm server must have been started with."""
        return settings.configuration(programs.source())

    def prepare(self, say: Say) -> str:
        """Find the programs, fetched and unpacked where need be."""
        self._programs = programs.find(say)
        return self._programs.version

    def passwords(self) -> dict[str, str]:
        """Return the administrator's."""
        return settings.passwords()

    def fill(self, data: Path, state: State) -> None:  # noqa: ARG002 - all that depends on it is an argument
        """Lay out a RabbitMQ of its own, with no plugin but the needed ones, and the files that are no arguments."""
        assert self._programs is not None
        home = data / "rabbitmq"
        (home / "plugins").mkdir(parents=True)
        (home / "sbin").symlink_to(self._programs.home / "sbin")
        for plugin in plugins.needed(self._programs.home / "plugins"):
            (home / "plugins" / plugin.name).symlink_to(plugin)
        (data / "enabled_plugins").write_text(plugins.enabled_file(), encoding="ascii")
        (data / "names").write_text(_NAMES, encoding="ascii")

    def command(self, state: State) -> Command:
        """Return the server's script, which becomes the Erlang machine."""
        assert self._programs is not None
        data, home = Path(state.data), Path(state.data, "rabbitmq")
        arguments = settings.arguments(
            ("rabbit", "tcp_listeners", f'[{{"127.0.0.1",{state.ports["client"]}}}]'),
            ("rabbitmq_management", "tcp_config", f'[{{ip,"127.0.0.1"}},{{port,{state.ports["management"]}}}]'),
        )
        environment = {
            "HOME": str(data),
            "PATH": f"{self._programs.erlang}:/usr/bin:/bin:/usr/sbin:/sbin",
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "ERL_CRASH_DUMP_SECONDS": "0",  # none
            "ERL_EPMD_PORT": "1",  # not another Erlang's daemon, if it should ever be asked
            "ERL_INETRC": str(data / "names"),
            "ERL_ZFLAGS": _ALONE,
            "RABBITMQ_NODENAME": _NODE,
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"-sname {_NODE} {arguments}",
            "RABBITMQ_DEFAULT_USER": settings.ADMINISTRATOR,
            "RABBITMQ_DEFAULT_PASS": state.passwords[settings.ADMINISTRATOR],
            "RABBITMQ_LOGS": "-",  # standard output
            "RABBITMQ_PLUGINS_DIR": str(home / "plugins"),
            "RUNNING_UNDER_SYSTEMD": "true",  # the script becomes the server, with no shell left to wait for it
            **{f"RABBITMQ_{name}": str(data / place) for name, place in _PLACES.items()},
        }
        # From the data folder, which it runs in: RabbitMQ's scripts can't live with a space in their own path.
        return Command(["rabbitmq/sbin/rabbitmq-server"], environment)

    def look(self, state: State, log: str) -> bool:
        """Return whether the server serves clients, on its own ports."""
        if "eaddrinuse" in log:
            raise PortTaken
        if "enospc" in log or "No space left on device" in log:
            raise NoRoom("the folder for RabbitMQ's data ran full", "free some space, or set LABS_DATA")
        return version_if_ready(state, state.ports["client"]) != ""


# Every file and folder that RabbitMQ would otherwise look for below /etc, /var or the learner's home. Those of its
# configuration are not there.
_PLACES = {
    "ADVANCED_CONFIG_FILE": "none/advanced.config",
    "CONF_ENV_FILE": "none/rabbitmq-env.conf",
    "CONFIG_FILE": "none/rabbitmq.conf",
    "CONFIG_FILES": "none/conf.d",
    "ENABLED_PLUGINS_FILE": "enabled_plugins",
    "GENERATED_CONFIG_DIR": "config",
    "LOG_BASE": "log",
    "MNESIA_BASE": "mnesia",
    "PID_FILE": "pid",
    "SCHEMA_DIR": "schema",
}
