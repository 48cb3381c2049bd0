"""Keeping a server warm: its state on disk, who uses it, and how it is taken down with nothing left behind.

Each server has a folder under `home()/servers`, named by service, provider and a hash of its configuration, with
- `door`: the lock of whoever starts, replaces or stops the server;
- `lease`: held shared by every run that uses the server, so that a killed run gives it back;
- `alive`: held by the server's keeper, with its process id in it;
- `state.json`: how to reach the server. It is there only while the server is complete.
A run that finds a server warm takes the lease and reads the state: it needs no other lock.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from harness.errors import ServiceUnavailable
from harness.services import folders, orphans
from harness.services.leases import FileLock, is_held

Provider = Literal["docker", "embedded"]

_OWN = "own"  # no digit of a hash is an `o`
_IDLE_SECONDS = 20 * 60.0
_IDLE_SECONDS_OF_OWN = 0.5
_HIGHEST_PORT = 65535
_PATIENCE = 20.0  # seconds for a keeper to end its server; it kills it itself after 16


@dataclass(frozen=True)
class State:
    """How to reach a warm server, as it stands in `state.json` (readable by its owner only)."""

    service: str
    provider: Provider
    version: str
    host: str
    port: int
    passwords: Mapping[str, str] = field(repr=False)
    ports: Mapping[str, int] = field(default_factory=dict)  # all of them by name, the clients' among them
    data: str = ""  # embedded: the data folder
    container: str = ""  # docker: the container's name
    image: str = ""  # docker: the image it was made from
    instead: str = ""  # embedded although Docker answers: why

    @classmethod
    def parse(cls, text: str) -> State:
        """Read what `WarmFolder.write` has written. Raises ValueError or TypeError for anything else."""
        state = cls(**json.loads(text))
        for name, value in asdict(state).items():
            if name in {"passwords", "ports"}:
                kind = str if name == "passwords" else int
                fits = isinstance(value, dict) and all(type(each) is kind for each in value.values())
            else:
                fits = type(value) is (int if name == "port" else str)
            if not fits:
                raise ValueError(f"{name} can't be {value!r}")
        if not all(0 < port <= _HIGHEST_PORT for port in (state.port, *state.ports.values())):
            raise ValueError("no port has such a number")
        return state


@dataclass(frozen=True)
class Job:
    """What a keeper looks after: a command to run (embedded), or one that removes the server (docker)."""

    command: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    run_as: int | None = None
    stop_signal: int = signal.SIGKILL
    data: str = ""
    stop_command: list[str] = field(default_factory=list)
    restartable: bool = False  # its death is no reason to end: see own.py


class WarmFolder:
    """The folder of one server."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.service, self.provider = path.name.split("-")[:2]
        self.door = FileLock(path / "door")
        self.log = path / "server.log"
        self._state = path / "state.json"
        self._draft = path / "state.draft"

    @classmethod
    def of(cls, service: str, provider: Provider, configuration: str) -> WarmFolder:
        """The folder of the server with this configuration (any text: it is hashed)."""
        mark = hashlib.sha256(configuration.encode()).hexdigest()[:12]
        path = folders.home() / "servers" / f"{service}-{provider}-{mark}"
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(path)

    @classmethod
    def of_ones_own(cls, service: str, provider: Provider) -> WarmFolder:
        """A folder for a server that one process has to itself: it ends when that process lets go of it, or ends."""
        servers = folders.home() / "servers"
        servers.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(Path(tempfile.mkdtemp(prefix=f"{service}-{provider}-{_OWN}", dir=servers)))

    @property
    def is_own(self) -> bool:
        """Whether one process has this server to itself."""
        return self.path.name.split("-")[2].startswith(_OWN)

    @property
    def data_prefix(self) -> str:
        """How the names of this server's data folders and containers begin."""
        return f"backend-labs-{folders.home_mark()}-{self.path.name}-"

    def lease(self) -> FileLock:
        """A share in the server, which keeps it from being ended; held until the process ends or releases it."""
        lease = FileLock(self.path / "lease")
        lease.take(shared=True)
        return lease

    def in_use(self) -> bool:
        """Whether any run holds a lease; whoever starts a server has one from the first moment on."""
        try:
            return is_held(self.path / "lease")
        except FileNotFoundError:  # the folder of somebody's own server, removed a moment ago
            return False

    def state(self) -> State | None:
        """The state, or None where no server is warm. A broken file counts as none."""
        if not self.has_keeper():
            return None  # without its keeper nobody would end the server: it has to be replaced
        try:
            state = State.parse(self._state.read_text(encoding="utf-8"))
        except (OSError, ValueError, TypeError):
            return None
        return state if (state.service, state.provider) == (self.service, self.provider) else None

    def has_keeper(self) -> bool:
        """Whether a keeper looks after a server here; it ends with its server."""
        try:
            return is_held(self.path / "alive")
        except FileNotFoundError:  # the folder of somebody's own server, removed a moment ago
            return False

    def is_warm(self) -> bool:
        """Whether there may be a server; cheap, and without waiting for one that is being stopped."""
        return self._state.exists()

    def write(self, state: State) -> None:
        """Write the state whole or not at all; the caller has the door."""
        self._draft.unlink(missing_ok=True)  # of a start that was killed here
        self._draft.touch(mode=0o600)
        try:
            self._draft.write_text(json.dumps(asdict(state)), encoding="utf-8")
            self._draft.replace(self._state)
        except BaseException:
            self._draft.unlink(missing_ok=True)
            raise

    @contextlib.contextmanager
    def kept(self, job: Job) -> Iterator[None]:
        """Start a keeper for the job; where the block fails or is interrupted, the keeper takes all away again.

        The block waits until the server is ready and writes the state. The caller has the door.
        """
        text = {
            **asdict(job),
            "alive": str(self.path / "alive"),
            "lease": str(self.path / "lease"),
            "door": str(self.path / "door"),
            "door_held": self.door.fileno(),
            "state": str(self._state),
            "log": str(self.log),
            "idle_seconds": _IDLE_SECONDS_OF_OWN if self.is_own else _idle_seconds(),
        }
        self.log.write_bytes(b"")
        keeper = subprocess.Popen(
            [sys.executable, "-I", "-S", str(Path(__file__).with_name("keeper.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C in the terminal is not for it
            cwd="/",
            # Until it has the lock `alive`, it has the door as well: whoever comes in afterwards finds it there.
            pass_fds=[self.door.fileno()],
        )
        assert keeper.stdin is not None
        assert keeper.stdout is not None
        try:
            keeper.stdin.write(json.dumps(text).encode() + b"\n")
            keeper.stdin.flush()
            self._require(keeper.stdout.readline() == b"started\n")
            yield
            keeper.stdin.write(b"kept\n")
            keeper.stdin.flush()
        except BaseException:
            _close(keeper)
            keeper.wait()
            raise
        _close(keeper)
        # From here on it is nobody's child to wait for: it outlives this process on purpose.
        keeper.returncode = 0

    def clear(self) -> bool:
        """End the server if there is one and remove every trace of earlier ones; whether there was one.

        The caller has the door. Costs next to nothing where there is nothing.
        """
        alive = FileLock(self.path / "alive")
        there = self._state.exists()
        if not alive.take(seconds=0):
            there = True
            # Its keeper can wake only the first of a server's processes; the others of one that was paused would be
            # waited for: Postgres' until it kills them, after 5 s.
            for data in self._data_folders():
                orphans.tell_processes_in(data, signal.SIGCONT, seconds=_PATIENCE)
            self._signal_keeper(signal.SIGTERM)
            if not alive.take(seconds=_PATIENCE):
                self._signal_keeper(signal.SIGKILL)
                alive.take()
        try:
            for data in self._data_folders():
                there = True
                orphans.end_processes_in(data)
                shutil.rmtree(data, ignore_errors=True)
            self._state.unlink(missing_ok=True)
            self._draft.unlink(missing_ok=True)
        finally:
            alive.release()
        return there

    def _require(self, started: bool) -> None:  # noqa: FBT001 - what the keeper has answered
        if not started:
            raise ServiceUnavailable(
                f"the keeper of the {self.provider} {self.service} server did not start", f"look into {self.log}"
            )

    def tell_keeper_to_start(self) -> None:
        """Have a restartable server started again, now that it is dead."""
        self._signal_keeper(signal.SIGUSR1)

    def remove(self) -> None:
        """End the server and remove the folder too; only for one's own, which nobody else is waiting for."""
        with contextlib.suppress(FileNotFoundError), self.door:  # somebody else has removed it
            self.clear()
        shutil.rmtree(self.path, ignore_errors=True)

    def _signal_keeper(self, number: signal.Signals) -> None:
        # The id was written by the process that holds the lock, and the lock is held: it can't be another's.
        with contextlib.suppress(OSError, ValueError):
            os.kill(int((self.path / "alive").read_text()), number)

    def _data_folders(self) -> list[Path]:
        """Every data folder of this server, also of a start that was killed half-way."""
        noted = []
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            data = json.loads(self._state.read_text(encoding="utf-8"))["data"]
            noted = [Path(data).parent] if data else []
        return folders.ours(self.data_prefix, *noted)


def all_folders() -> list[WarmFolder]:
    """The folders of all servers under this home, warm or not."""
    servers = folders.home() / "servers"
    return [WarmFolder(path) for path in sorted(servers.iterdir())] if servers.is_dir() else []


def stop_unused(keep: WarmFolder) -> None:
    """End the servers of the same service and provider that were configured differently, unless a run uses them."""
    for other in all_folders():
        if (other.service, other.provider) != (keep.service, keep.provider) or other.path == keep.path:
            continue
        with contextlib.suppress(FileNotFoundError):  # somebody's own, removed a moment ago
            if other.door.take(seconds=0):
                try:
                    if not other.in_use():
                        other.clear()
                        if other.is_own:  # of a process that was killed
                            shutil.rmtree(other.path, ignore_errors=True)
                finally:
                    other.door.release()


def _idle_seconds() -> float:
    text = os.environ.get("LABS_IDLE_SECONDS", "")
    try:
        return float(text or _IDLE_SECONDS)
    except ValueError:
        raise ServiceUnavailable(f"LABS_IDLE_SECONDS is no number: {text!r}", "unset it, or set it to one") from None


def _close(keeper: subprocess.Popen[bytes]) -> None:
    for stream in (keeper.stdin, keeper.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
