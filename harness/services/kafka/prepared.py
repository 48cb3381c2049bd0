"""What takes long and can be kept: a formatted data folder, and an archive of the Java classes that Kafka loads.

Both come from one run of a server, in a workshop that is thrown away. Where Java makes no archive, because its own
foundation for one was left out, there is none and each start takes a second longer.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.errors import NoRoom, ServiceUnavailable
from harness.services import embedded, folders, orphans
from harness.services.kafka import machine, probe, rehearsal, settings
from harness.services.kafka.jars import Locked
from harness.services.kafka.java import Java
from harness.services.leases import FileLock
from harness.services.recipes import PortTaken
from harness.services.warm import State

Say = Callable[[str], None]

_PATIENCE = 120.0  # seconds for each step; the longest takes 6
_LOOK_EVERY = 0.01  # seconds
_PORTS_TRIED = 3
_MINDER = Path(__file__).with_name("minder.py")
_OUTPUT = "output"
_SEAL = "seal"


def folder_of(java: Java, wanted: Locked) -> Path:
    """Return the folder in the cache that holds `log`, `seal` and, where Java makes one, `archive`, or shall."""
    made_of = repr((settings.configuration(), java.program, java.version, wanted.fingerprint))
    mark = hashlib.sha256(made_of.encode()).hexdigest()[:12]
    return folders.home() / "cache" / f"kafka-ready-{mark}"


def provide(java: Java, wanted: Locked, jars: Path, *, say: Say) -> Path:
    """Return that folder, made whole or not at all. Raises ServiceUnavailable and NoRoom."""
    ready = folder_of(java, wanted)
    with FileLock(ready.with_suffix(".lock")) as lock:
        if _is_sound(ready):
            return ready
        say("preparing Kafka (embedded), once ...")
        for _ in range(_PORTS_TRIED):
            with contextlib.suppress(PortTaken):
                _make(java, wanted, jars, ready, lock)
                return ready
    raise ServiceUnavailable("other processes took each port before Kafka could be prepared on it", "run it again")


def new_id() -> str:
    """Return a new id of a cluster or a folder, as Kafka writes its own."""
    return urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")


def _is_sound(ready: Path) -> bool:
    """Whether all is there and as it was made: Java 17 does not start on an archive that was harmed since."""
    try:
        return (ready / _SEAL).read_text(encoding="ascii") == _seal(ready)
    except OSError:
        return False


def _seal(ready: Path) -> str:
    """Return what changes with the content: a hash over the small files, the archive's size and time."""
    digest = hashlib.sha256()
    for path in sorted((ready / machine.LOG_FOLDER).rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(ready)} {path.stat().st_size}\n".encode())
            digest.update(path.read_bytes())
    archive = ready / machine.ARCHIVE
    found = archive.stat() if archive.is_file() else None
    return f"{digest.hexdigest()} {(found.st_size, found.st_mtime_ns) if found else ''}"


def _make(java: Java, wanted: Locked, jars: Path, ready: Path, lock: FileLock) -> None:
    prefix = folders.workshop_prefix(ready.name)
    for abandoned in folders.ours(prefix):
        orphans.end_processes_in(abandoned)
        shutil.rmtree(abandoned, ignore_errors=True)
    workshop = Path(tempfile.mkdtemp(prefix=prefix, dir=folders.data_root()))
    draft = ready.with_suffix(".draft")
    shutil.rmtree(draft, ignore_errors=True)  # of a start that was killed
    draft.mkdir(mode=0o700)
    try:
        machine.furnish(workshop, jars)
        state = _write_properties(workshop)
        tool = ("kafka.tools.StorageTool", "format", f"--cluster-id={new_id()}", "--config", machine.PROPERTIES)
        with _running(machine.command(java, wanted, *tool), workshop, lock) as formatting:
            _wait_for_end(formatting, workshop)
        server = machine.command(java, wanted, "kafka.Kafka", machine.PROPERTIES, archive=machine.make_archive(java))
        with _running(server, workshop, lock) as rehearsing:
            _wait_until_it_serves(rehearsing, state, workshop)
            rehearsal.rehearse(state)
            _stop(rehearsing, workshop)
        _slim(workshop / machine.LOG_FOLDER)
        shutil.copytree(workshop / machine.LOG_FOLDER, draft / machine.LOG_FOLDER)
        if (workshop / machine.ARCHIVE).is_file():
            shutil.copyfile(workshop / machine.ARCHIVE, draft / machine.ARCHIVE)
        (draft / _SEAL).write_text(_seal(draft), encoding="ascii")
        shutil.rmtree(ready, ignore_errors=True)  # one that was harmed
        draft.rename(ready)
    except OSError as error:
        raise embedded.no_room_or(error, folders.fullest(workshop.parent, ready.parent), "Kafka") from error
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
        shutil.rmtree(draft, ignore_errors=True)


def _write_properties(workshop: Path) -> State:
    client, controller = embedded.free_ports(2)
    password = secrets.token_urlsafe(24)
    machine.write_properties(workshop, settings.on_loopback(client, controller, password, machine.LOG_FOLDER))
    return State("kafka", "embedded", "", "127.0.0.1", client, {settings.USER: password})


@contextmanager
def _running(command: list[str], workshop: Path, lock: FileLock) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command in the workshop; it ends with the block, or with this process.

    Until then the lock is its as well.
    """
    with (
        (workshop / _OUTPUT).open("wb") as output,
        subprocess.Popen(
            [sys.executable, "-I", "-S", str(_MINDER), *command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=workshop,
            env=machine.ENVIRONMENT,
            pass_fds=[lock.fileno()],
            start_new_session=True,
        ) as minder,
    ):
        try:
            yield minder
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):  # gone; on macOS, not yet waited for
                os.killpg(minder.pid, signal.SIGKILL)


def _stop(running: subprocess.Popen[bytes], workshop: Path) -> None:
    """Let the server end well: only then is its log folder clean and its archive written."""
    assert running.stdin is not None
    running.stdin.close()
    _wait_for_end(running, workshop, (0, 128 + signal.SIGTERM))


def _wait_for_end(running: subprocess.Popen[bytes], workshop: Path, expected: tuple[int, ...] = (0,)) -> None:
    with contextlib.suppress(subprocess.TimeoutExpired):
        if running.wait(_PATIENCE) in expected:
            return
    raise _failed(workshop)


def _wait_until_it_serves(running: subprocess.Popen[bytes], state: State, workshop: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while running.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError, probe.Refused):
            if probe.serves(state):
                return
        time.sleep(_LOOK_EVERY)
    raise _failed(workshop)


def _slim(log_folder: Path) -> None:
    """Empty the indexes that Kafka has not cut to size, 10 MB each: it makes them anew at its start, as ever."""
    for pattern in ("*.index", "*.timeindex"):
        for index in log_folder.glob(f"__cluster_metadata-0/{pattern}"):
            index.write_bytes(b"")
    for deleted in log_folder.glob("*-delete"):
        shutil.rmtree(deleted)


def _failed(workshop: Path) -> Exception:
    output = (workshop / _OUTPUT).read_text(encoding="utf-8", errors="replace")
    if "Address already in use" in output:
        return PortTaken()
    if "No space left on device" in output:
        return NoRoom("the folder for Kafka's data ran full", "free some space, or set LABS_DATA")
    return ServiceUnavailable(
        f"Kafka could not be prepared: {embedded.last_lines(output)}", "run it again, or take Docker: --services docker"
    )
