"""Memory, room for data, and ports on loopback."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from harness.errors import NoRoom
from harness.services import folders
from harness.services.doctor.findings import Finding, megabytes, missing, ok, warning

_MEMORY = 700 * 2**20  # all four servers embedded, one client each
_DATA = 4 * folders.ROOM
_CACHE = 300 * 2**20  # what is fetched and prepared once: Kafka's jars and archive, RabbitMQ's packages
_WHAT_IS_FULL = "df -h  # shows what is full"
_PORTS = 8  # of all four servers together
_PATIENCE = 2.0


@dataclass(frozen=True)
class MemoryFacts:
    """Bytes; `available` is None where the system doesn't say."""

    total: int
    available: int | None


@dataclass(frozen=True)
class RoomFacts:
    """Where embedded servers would put their data, and where state and caches are; bytes free in each."""

    place: str  # nothing where no place will do
    free: int
    why_not: str  # why no place will do
    home: str  # nothing where it can't be made
    home_free: int
    why_no_home: str
    elsewhere: str  # a folder with room for all, in which others could be made; or nothing
    is_root: bool = False  # then servers run as another user, who has to get into their data folder


def look_at_memory(root: Path = Path("/")) -> MemoryFacts:
    """Of the machine, or of the container or control group that this process is in, where that has less."""
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    available = None
    if sys.platform == "linux":
        lines = (root / "proc/meminfo").read_text(encoding="ascii").splitlines()
        kilobytes = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}
        total, available = kilobytes["MemTotal"] * 1024, kilobytes["MemAvailable"] * 1024
        if limit := _limit(root):
            total, available = min(total, limit[0]), min(available, limit[1])
    return MemoryFacts(total, available)


def judge_memory(facts: MemoryFacts) -> list[Finding]:
    """Whether all four services fit in at once, without Docker."""
    usable = facts.total if facts.available is None else facts.available
    of = "installed" if facts.available is None else f"available of {megabytes(facts.total)}"
    needed = f"the four embedded servers take {megabytes(_MEMORY)}"
    if usable < _MEMORY:
        order = "-m" if sys.platform == "darwin" else "--sort=-rss"
        shown = f"ps -A -o rss,comm {order} | head  # who has it"
        return [warning("memory", f"{megabytes(usable)} {of}; {needed}", shown)]
    return [ok("memory", f"{megabytes(usable)} {of}; {needed}")]


def look_for_room() -> RoomFacts:
    """The folders that the servers' own start would choose."""
    place, free, why_not = "", 0, ""
    home, home_free, why_no_home = "", 0, ""
    try:
        home = str(folders.home())
        home_free = shutil.disk_usage(home).free
    except NoRoom as error:
        why_no_home = error.message
    try:
        place = str(folders.data_root())
        free = shutil.disk_usage(place).free
    except NoRoom as error:
        why_not = error.message
    return RoomFacts(place, free, why_not, home, home_free, why_no_home, _elsewhere(), os.geteuid() == 0)


def _elsewhere() -> str:
    for folder in (Path.home(), Path("/tmp"), Path("/var/tmp")):  # noqa: S108 - the folder made in it is closed
        with contextlib.suppress(OSError):
            usable = os.access(folder, os.W_OK | os.X_OK) and (os.geteuid() != 0 or folders.enterable(folder))
            if usable and shutil.disk_usage(folder).free >= _DATA:
                return str(folder)
    return ""


def judge_room(facts: RoomFacts) -> list[Finding]:
    """Whether servers have room for their data, and the suite for its state and for what it fetches."""
    return [_judge_data(facts), *_judge_home(facts)]


def _judge_data(facts: RoomFacts) -> Finding:
    about = "room for data"
    mend = _WHAT_IS_FULL
    if facts.elsewhere:
        folder = shlex.quote(f"{facts.elsewhere}/backend-labs-data")
        mend = (
            f"mkdir -m 711 -p {folder} && export LABS_DATA={folder}" if facts.is_root else f"export LABS_DATA={folder}"
        )
    if facts.why_not:
        return missing(about, facts.why_not, mend)
    named = f"{megabytes(facts.free)} free in {facts.place}"
    if facts.free < _DATA:
        return warning(about, f"{named}, which may not do for all four services at once", mend)
    return ok(about, named)


def _judge_home(facts: RoomFacts) -> list[Finding]:
    about = "cache"
    mend = (
        f"export LABS_HOME={shlex.quote(f'{facts.elsewhere}/backend-labs-home')}" if facts.elsewhere else _WHAT_IS_FULL
    )
    if facts.why_no_home:
        return [missing(about, facts.why_no_home, mend)]
    if facts.home_free < _CACHE:
        said = f"{megabytes(facts.home_free)} free in {facts.home}; {megabytes(_CACHE)} may be needed"
        return [warning(about, said, mend)]
    return []


def look_at_loopback() -> str:
    """Why servers and clients can't meet on 127.0.0.1, or nothing: as many ports as four servers take are tried."""
    with contextlib.ExitStack() as open_sockets:
        try:
            for _ in range(_PORTS):
                server = open_sockets.enter_context(socket.create_server(("127.0.0.1", 0)))
                open_sockets.enter_context(socket.create_connection(server.getsockname(), timeout=_PATIENCE))
        except OSError as error:
            return error.strerror or str(error)
    return ""


def judge_loopback(why_not: str) -> list[Finding]:
    """Whether servers can listen on this machine."""
    about = "loopback"
    if not why_not:
        return [ok(about, "ports on 127.0.0.1 can be listened on and reached")]
    mend = "ifconfig lo0" if sys.platform == "darwin" else "ip address show lo"
    return [missing(about, f"ports on 127.0.0.1 can't be used: {why_not}", f"{mend}  # must be up, with 127.0.0.1")]


def _limit(root: Path) -> tuple[int, int] | None:
    """The limit on this process's control group that leaves least, and what it leaves; nothing where there is none."""
    with contextlib.suppress(OSError):
        # Version 2 of control groups: one line, "0::/path", which inside a container is usually "/".
        path = (root / "proc/self/cgroup").read_text(encoding="utf-8").partition("0::/")[2].split("\n", 1)[0]
        top = root / "sys/fs/cgroup"
        groups = [group for group in (top / path, *(top / path).parents) if group.is_relative_to(top)]
        return min(filter(None, map(_limit_of, groups)), key=lambda limit: limit[1], default=None)
    return None


def _limit_of(group: Path) -> tuple[int, int] | None:
    with contextlib.suppress(OSError, ValueError, KeyError):
        limit = int((group / "memory.max").read_text(encoding="ascii"))  # "max" where there is none
        used = int((group / "memory.current").read_text(encoding="ascii"))
        statistics = dict(line.split() for line in (group / "memory.stat").read_text(encoding="ascii").splitlines())
        # What only caches files is given back when it is needed.
        return limit, max(0, limit - used + int(statistics["inactive_file"]))
    return None
