"""Kafka's jars: the locked list, and the folder in the cache that holds these very files.

    python -m harness.services.kafka.jars FOLDER

copies them into a folder: docker/build.py does so for our image.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import sys
import tomllib
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from harness.errors import ServiceUnavailable
from harness.services import folders
from harness.services.leases import FileLock

Say = Callable[[str], None]

LIST = Path(__file__).with_name("jars.toml")
_AT_ONCE = 8  # downloads; each is short, and mostly waits for its connection
_STEP = 10  # jars between two lines of progress


@dataclass(frozen=True)
class Jar:
    """One file of Maven Central's: its coordinates ("group:artifact:version"), size in bytes and SHA-256."""

    coordinates: str
    size: int
    sha256: str

    @property
    def name(self) -> str:
        """The file's name, which no other jar of the list has."""
        _, artifact, version = self.coordinates.split(":")
        return f"{artifact}-{version}.jar"

    def is_at(self, path: Path) -> bool:
        """Whether this very file is there."""
        try:
            return path.stat().st_size == self.size and hashlib.sha256(path.read_bytes()).hexdigest() == self.sha256
        except OSError:
            return False


@dataclass(frozen=True)
class Locked:
    """The list: Kafka's version, and its jars in the order of the class path."""

    version: str
    jars: tuple[Jar, ...]

    @property
    def fingerprint(self) -> str:
        """A hash over all the files, 12 hexadecimal digits."""
        return hashlib.sha256(" ".join(jar.sha256 for jar in self.jars).encode()).hexdigest()[:12]


def locked() -> Locked:
    """Read the list."""
    content = tomllib.loads(LIST.read_text(encoding="utf-8"))
    jars = tuple(Jar(coordinates, **facts) for coordinates, facts in content["jars"].items())
    return Locked(content["version"], jars)


def folder_of(wanted: Locked) -> Path:
    """Return the folder that holds the jars, or shall."""
    return folders.home() / "cache" / f"kafka-jars-{wanted.fingerprint}"


def provide(wanted: Locked, *, say: Say) -> Path:
    """Return the folder with all the jars, each of them the very file of the list; those that are missing are fetched.

    A file's content is hashed when it comes in, and again where its size or time has changed since. Raises
    ServiceUnavailable.
    """
    folder = folder_of(wanted)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    verified = folder / "verified.json"
    with FileLock(folder.with_suffix(".lock")):
        known = _read(verified)
        marks = {jar.name: _mark(folder / jar.name) for jar in wanted.jars}
        if known == marks:
            return folder
        bad = [jar for jar in wanted.jars if known.get(jar.name) != marks[jar.name] or not marks[jar.name]]
        missing = [jar for jar in bad if not jar.is_at(folder / jar.name)]
        if missing:
            _fetch(missing, folder, len(wanted.jars), say)
        draft = verified.with_suffix(".draft")
        draft.write_text(json.dumps({jar.name: _mark(folder / jar.name) for jar in wanted.jars}), encoding="ascii")
        draft.replace(verified)
    return folder


def _read(verified: Path) -> dict[str, list[int]]:
    try:
        content = json.loads(verified.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _mark(path: Path) -> list[int]:
    """Return what changes with a file's content: size and time; nothing where there is no file."""
    try:
        found = path.stat()
    except OSError:
        return []
    return [found.st_size, found.st_mtime_ns]


def _fetch(missing: list[Jar], folder: Path, total: int, say: Say) -> None:
    """Put the jars into the folder, each whole or not at all: from the user's own Maven repository, or downloaded."""
    from jgo.constants import default_maven_repo  # late: 0.3 s

    draft = folder / "draft"
    shutil.rmtree(draft, ignore_errors=True)  # of a start that was killed
    draft.mkdir()
    try:
        elsewhere = [jar for jar in missing if not _taken(jar, default_maven_repo(), folder, draft)]
        _download(elsewhere, folder, draft, total, say)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _taken(jar: Jar, repository: Path, folder: Path, draft: Path) -> bool:
    """Whether Maven itself has downloaded the jar before; then it is copied."""
    group, artifact, version = jar.coordinates.split(":")
    path = repository.joinpath(*group.split("."), artifact, version, jar.name)
    if not jar.is_at(path):
        return False
    copy = shutil.copyfile(path, draft / jar.name)
    if jar.is_at(copy):
        copy.replace(folder / jar.name)
        return True
    return False


def _download(missing: list[Jar], folder: Path, draft: Path, total: int, say: Say) -> None:
    """Download jars, several at once. What has come through stays, also where the rest doesn't."""
    from jgo.maven import MavenContext  # late: 0.3 s

    # It warns of what `is_at` finds, and better.
    logging.getLogger("jgo").addHandler(logging.NullHandler())
    maven = MavenContext(repo_cache=draft)
    if missing:
        say(f"downloading {len(missing)} of Kafka's {total} jars ({_megabytes(missing)}), once ...")
    failure: ServiceUnavailable | None = None
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        running = {pool.submit(maven.create_dependency(jar.coordinates).artifact.resolve): jar for jar in missing}
        done = total - len(missing)
        for future in as_completed(running):
            if future.cancelled():
                continue
            try:
                _put(running[future], future, folder)
            except ServiceUnavailable as error:
                failure = failure or error
                for other in running:
                    other.cancel()  # those that haven't begun
                continue
            done += 1
            if done % _STEP == 0 and done < total:
                say(f"downloading Kafka's jars ... {done} of {total}")
    if failure:
        raise failure


def _put(jar: Jar, download: Future[Path], folder: Path) -> None:
    """Put a jar into the folder, if its download went well and it is the right one."""
    from requests import RequestException  # late: 0.1 s

    try:
        path = download.result()
    except (RequestException, RuntimeError) as error:  # jgo's own word for a file that isn't there is RuntimeError
        raise ServiceUnavailable(
            f"Kafka without Docker needs jars that are not all here, and Maven Central {_failing(error)}",
            "go online once, or labs images load a file saved where they are, or take Docker: --services docker",
        ) from error
    if not jar.is_at(path):
        raise ServiceUnavailable(
            f"Maven Central gave another file for {jar.coordinates} than the one that is locked",
            "run it again; if it stays so, take Docker: --services docker",
        )
    path.replace(folder / jar.name)


def _megabytes(jars: Iterable[Jar]) -> str:
    return f"{sum(jar.size for jar in jars) / 2**20:.0f} MB"


def _failing(error: Exception) -> str:
    from requests import ConnectionError as NoConnection  # late: see above
    from requests import Timeout

    if isinstance(error, Timeout):
        return "does not answer in time"
    return "can't be reached" if isinstance(error, NoConnection) else f"does not give them: {error}"


def main(destination: Path) -> None:
    """Copy the jars into a folder, under their own names."""
    wanted = locked()
    folder = provide(wanted, say=lambda line: print(line, flush=True))
    destination.mkdir(parents=True, exist_ok=True)
    for jar in wanted.jars:
        shutil.copyfile(folder / jar.name, destination / jar.name)
    # The class path of the image: its order is the list's.
    (destination / "class-path").write_text(os.pathsep.join(jar.name for jar in wanted.jars), encoding="ascii")


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except ServiceUnavailable as error:
        sys.exit(f"{error.message}: {error.advice}")
