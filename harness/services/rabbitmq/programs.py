"""Where the embedded RabbitMQ's programs are: installed on this machine, or unpacked from packages."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.errors import ServiceUnavailable
from harness.services.rabbitmq import packages

Say = Callable[[str], None]

# With 3, classic queues and redelivery behave differently from the container's.
OLDEST = (4, 0)

# Where package managers put servers, which is not on everybody's PATH.
_MORE_FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/opt/homebrew/sbin", "/opt/homebrew/bin", "/usr/local/bin")
# Behind Debian's /usr/sbin/rabbitmq-server, which insists on root, and Fedora's.
_PACKAGED = ("/usr/lib/rabbitmq/lib", "/usr/lib64/rabbitmq/lib")


@dataclass(frozen=True)
class Programs:
    """A RabbitMQ: its home, with `sbin` and `plugins` in it, and the folder with Erlang's `erl`."""

    home: Path
    erlang: Path

    @property
    def version(self) -> str:
        """The version, "4.0.5", by the name of the server's own plugin, or nothing where it isn't there."""
        for plugin in (self.home / "plugins").glob("rabbit-*"):
            return plugin.name.removeprefix("rabbit-").removesuffix(".ez")
        return ""


def source() -> str:
    """Return where the programs will come from, in words that change with them. Cheap: nothing is fetched or run.

    Raises ServiceUnavailable where they can come from nowhere.
    """
    if installed := _installed():
        return f"{installed.home} {installed.version} {installed.erlang}"
    if release := packages.release():
        return f"{release.distribution} {release.name}"
    raise ServiceUnavailable(
        "RabbitMQ without Docker needs rabbitmq-server 4 and erl on PATH, and this machine has none",
        "brew install rabbitmq (or your system's packages), or take Docker: --services docker",
    )


def find(say: Say) -> Programs:
    """Return the programs, fetched now where need be. Raises ServiceUnavailable."""
    source()
    if installed := _installed():
        return installed
    release = packages.release()
    assert release is not None  # `source` has said so
    root = packages.unpacked(release, say)
    (home,) = root.glob("usr/lib/rabbitmq/lib/rabbitmq_server-*")
    return Programs(home, root / "usr/lib/erlang/bin")


def _installed() -> Programs | None:
    """Return the RabbitMQ that is installed on this machine, or None where it is missing, too old or has no Erlang."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), *_MORE_FOLDERS])
    erl = shutil.which("erl", path=path)
    if erl is None:
        return None
    for home in _homes(path):
        found = Programs(home, Path(erl).parent)
        if (home / "sbin" / "rabbitmq-server").is_file() and _number(found.version) >= OLDEST:
            return found
    return None


def _homes(path: str) -> Iterator[Path]:
    if server := shutil.which("rabbitmq-server", path=path):
        yield Path(server).resolve().parent.parent
    for folder in _PACKAGED:
        yield from sorted(Path(folder).glob("rabbitmq_server-*"), reverse=True)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:2])
