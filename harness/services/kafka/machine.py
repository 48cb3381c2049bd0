"""The Java virtual machine that runs Kafka: its command line and its environment.

All paths on the command line are relative to the folder that the process works in, and two links in that folder lead
into the cache: the class path is part of what a class archive is made for, and so it stays the same wherever the
cache lies.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from harness.services.kafka import settings
from harness.services.kafka.jars import Locked
from harness.services.kafka.java import Java

PROPERTIES = "server.properties"
LOG_FOLDER = "log"
ARCHIVE = "archive"
_JARS = "jars"
_TEMPORARY = "temporary"

# From Java 25 on, one run makes an ahead-of-time cache; older ones make an archive of the loaded classes.
_AHEAD_OF_TIME = 25

# Nothing of the learner's own JAVA_TOOL_OPTIONS or locale may reach the server.
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "TZ": "UTC",
    # The name of a folder may have letters that no C locale knows.
    "LC_ALL": "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8",
}

# Kafka's own warnings are kept. The virtual machine's are not: Java 25 has three about each cache it has just made.
_LOGGING = (
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showShortLogName=true",
    "-Dorg.slf4j.simpleLogger.showThreadName=false",
    "-Xlog:disable",
    "-Xlog:all=error:stderr",
)


def furnish(folder: Path, jars: Path) -> None:
    """Make in a folder what a machine that works there needs."""
    (folder / _JARS).symlink_to(jars)
    temporary = folder / _TEMPORARY
    if may_run_programs(folder):
        temporary.mkdir()
    else:
        # The code for compressed messages is unpacked there, and /dev/shm often is a place where no code may be run.
        elsewhere = jars.with_name("kafka-temporary")
        elsewhere.mkdir(mode=0o700, exist_ok=True)
        temporary.symlink_to(elsewhere)


def may_run_programs(folder: Path) -> bool:
    """Whether the file system lets code run that lies in the folder."""
    return not os.statvfs(folder).f_flag & getattr(os, "ST_NOEXEC", 0)  # macOS has no such flag


def command(java: Java, wanted: Locked, *arguments: str, archive: str = "") -> list[str]:
    """Return the command line that runs a class of Kafka's; `archive` is a flag of the two below."""
    flags = [*settings.HEAP, *settings.MACHINE, *_LOGGING, f"-Djava.io.tmpdir={_TEMPORARY}"]
    flags += [archive] if archive else []
    class_path = ":".join(f"{_JARS}/{jar.name}" for jar in wanted.jars)
    return [str(java.program), *flags, "-cp", class_path, *arguments]


def make_archive(java: Java) -> str:
    """Return the flag that makes an archive of all the classes that a run has loaded, when it ends well."""
    return f"-XX:AOTCacheOutput={ARCHIVE}" if java.major >= _AHEAD_OF_TIME else f"-XX:ArchiveClassesAtExit={ARCHIVE}"


def use_archive(java: Java) -> str:
    """Return the flag that starts with an archive; one that doesn't fit is passed over."""
    return f"-XX:AOTCache={ARCHIVE}" if java.major >= _AHEAD_OF_TIME else f"-XX:SharedArchiveFile={ARCHIVE}"


def write_properties(folder: Path, properties: dict[str, str]) -> None:
    """Write `server.properties`, closed to others: the password stands in it."""
    path = folder / PROPERTIES
    path.touch(mode=0o600)
    path.write_text("".join(f"{name}={value}\n" for name, value in properties.items()), encoding="ascii")
