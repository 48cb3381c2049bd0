"""The keeper: a small process that outlives the run and looks after one warm server.

It is the parent of an embedded server, ends the server once nobody has held the lease for a while, or when it gets
SIGTERM, and takes the server's data, container and state away with it. It is started by its file's path and with
`python -I -S`, not with `-m`: it must not import the harness (psycopg alone would cost it 20 MB and 0.2 s), and no
checkout that moves or changes under it can hurt it. So it takes nothing but the standard library.

The job comes as one line of JSON on standard input, and the words that it prints on standard output are the protocol:

    starter                         keeper
    {"alive": ..., ...}     ->      takes the lock `alive`, lets go of its share in the door, starts the server
                            <-      started PID
    kept                    ->      (the server is ready, its state is written)

Where standard input ends without the word `kept`, the starter has died: the keeper takes everything away again.

The keeper of a server that a test may kill (`"restartable": true`) doesn't end with it: told by SIGUSR1, it starts it
again, with the same command on the same data. SIGUSR1 is meant for nobody else.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from typing import Any

_PATIENCE = 20.0  # seconds for a server to stop before it is killed; Postgres kills its own children after 5
_GLANCE = 10.0  # seconds for whoever just looks whether a keeper lives


class Keeper:
    """One server, from its start to its end."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.job = job
        self.server: subprocess.Popen[bytes] | None = None
        self.told_to_stop = False
        self.told_to_start = False
        self.wake, wake = os.pipe()
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake)
        signal.signal(signal.SIGTERM, self._on_stop)
        signal.signal(signal.SIGUSR1, self._on_start)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # only to wake the loop

    def _on_stop(self, *_: object) -> None:
        self.told_to_stop = True

    def _on_start(self, *_: object) -> None:
        self.told_to_start = True

    def start(self) -> None:
        """Start the server, as another user where the job says so, as a group of its own."""
        command = self.job["command"]
        if not command:
            return
        other = self.job["run_as"]
        as_other = {} if other is None else {"user": other, "group": other, "extra_groups": []}
        with open(self.job["log"], "ab") as log:  # noqa: PTH123 - pathlib would double this process's start time
            self.server = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Whoever finds a process in this folder knows whose it was: see orphans.py.
                cwd=self.job["data"] or "/",
                env=self.job["environment"],
                # Some servers come with helpers of their own: all are one group, and end as one.
                start_new_session=True,
                preexec_fn=self._die_with_the_keeper if sys.platform == "linux" else None,  # noqa: PLW1509 - one thread
                **as_other,
            )

    def watch(self) -> None:
        """Return when it's time to end: told to, the server died, the starter died, or idle for long enough."""
        idle_seconds = self.job["idle_seconds"]
        tick = max(0.05, min(5.0, idle_seconds / 4))
        last_used = time.monotonic()
        kept = False
        while not self.told_to_stop:
            if not self._server_may_live_on():
                return
            readable, _, _ = select.select([self.wake] if kept else [self.wake, 0], [], [], tick)
            if self.wake in readable:
                os.read(self.wake, 512)
            if 0 in readable:
                if os.read(0, 64).strip() != b"kept":
                    return
                kept = True
                os.close(0)
            if not kept or self._in_use():
                last_used = time.monotonic()
            elif time.monotonic() - last_used >= idle_seconds and self._close_the_door():
                return

    def _server_may_live_on(self) -> bool:
        """Whether there is still something to look after; a server that was told to start again is started."""
        if self.server is not None and self.server.poll() is not None:
            if not self.job["restartable"]:
                return False
            self._tell_the_group(signal.SIGKILL)  # whoever has stayed behind
            self.server = None
        # To others a process may look dead a moment before its parent hears of it: then this waits for that.
        if self.told_to_start and self.server is None:
            self.told_to_start = False
            self.start()
        return True

    def end(self) -> None:
        """Stop the server and take everything away that was its own."""
        if self.server is not None:
            # No clean shutdown: the data is thrown away in the next moment.
            for number in (self.job["stop_signal"], signal.SIGKILL):
                for each in (number, signal.SIGCONT):  # a stopped process hears only SIGKILL
                    self._tell_the_group(each)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.server.wait(_PATIENCE)
                    break
            self._tell_the_group(signal.SIGKILL)  # whoever has stayed behind
        if self.job["stop_command"]:
            subprocess.run(
                self.job["stop_command"],
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=120,
            )
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.job["state"])  # noqa: PTH108 - as above
        if self.job["data"]:
            shutil.rmtree(self.job["data"], ignore_errors=True)

    def _tell_the_group(self, number: int) -> None:
        assert self.server is not None
        with contextlib.suppress(ProcessLookupError, PermissionError):  # gone; on macOS, all of them zombies
            os.killpg(self.server.pid, number)

    def _die_with_the_keeper(self) -> None:
        """Ask Linux to end the server when the keeper dies, even by SIGKILL. Elsewhere the next start sweeps."""
        with contextlib.suppress(Exception):
            import ctypes  # late: only the server's own process needs it

            set_parent_death_signal = 1
            ctypes.CDLL(None).prctl(set_parent_death_signal, self.job["stop_signal"])

    def _in_use(self) -> bool:
        lease = _locked(self.job["lease"])
        if lease is None:
            return True
        os.close(lease)
        return False

    def _close_the_door(self) -> bool:
        """Keep newcomers out while the server ends; False where one is just coming in. Never given back: we exit."""
        door = _locked(self.job["door"])
        if door is None:
            return False
        if _locked(self.job["lease"]) is None:
            os.close(door)
            return False
        return True


def _locked(path: str, *, seconds: float = 0.0) -> int | None:
    """The descriptor of a lock held alone, or None where somebody has it for longer than so many seconds."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                os.close(descriptor)
                return None
            time.sleep(0.01)
        else:
            return descriptor


def main() -> None:
    """Look after the server that standard input describes."""
    keeper = Keeper(json.loads(_line()))
    alive = _locked(keeper.job["alive"], seconds=_GLANCE)
    if alive is None:
        return  # another keeper still ends its server: the starter sees this one go
    os.truncate(alive, 0)
    os.write(alive, b"%d\n" % os.getpid())
    os.close(keeper.job["door_held"])
    try:
        keeper.start()
        os.write(1, b"started\n")
        keeper.watch()
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        keeper.end()


def _line() -> bytes:
    """The first line of standard input, read unbuffered: what follows must stay for `select` to see."""
    line = b""
    while not line.endswith(b"\n"):
        piece = os.read(0, 1)
        if not piece:
            sys.exit(0)
        line += piece
    return line


if __name__ == "__main__":
    main()
