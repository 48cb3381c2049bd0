"""PostgreSQL without Docker: the programs of a wheel, run on loopback with a random port and password.

`initdb` takes 0.4 s, so its result is kept in the cache, with the random password it was given beside it. That
password is readable by the user alone and opens nothing for long: the first thing a started server is told is a new
one. Whoever could read the cache could read the running server's state, which lies beside it, as well.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import psycopg

from harness.errors import NoRoom, ServiceUnavailable
from harness.services import embedded, folders, sizes
from harness.services.leases import FileLock
from harness.services.postgres import binaries, connections, settings
from harness.services.recipes import Command, EmbeddedRecipe, PortTaken, Say
from harness.services.warm import State

# Nothing of the learner's own PG* or locale variables may reach the server.
_ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"}

_SEGMENT_LINE = 6  # of postmaster.pid: the key and the id of the segment, counted from 0
_REMOVE_SEGMENT = 0  # IPC_RMID, on Linux and on macOS


class PostgresEmbedded(EmbeddedRecipe):
    """The wheel's PostgreSQL on a copy of an initialised data folder."""

    service = "postgres"
    title = "PostgreSQL"
    ready = "database system is ready to accept connections"  # what it logs when it serves clients

    def configuration(self) -> str:
        """Return what a warm server must have been started with."""
        return settings.configuration(f"wheel {binaries.wheel_version()}")

    def prepare(self, say: Say) -> str:
        """Run initdb once and keep its result."""
        self._programs = binaries.programs()
        self._initialised, self._password = _initialised(self._programs, say)
        return (self._initialised.parent / "version").read_text(encoding="ascii")

    def passwords(self) -> dict[str, str]:
        """Return one for each role."""
        return settings.passwords()

    def fill(self, data: Path, state: State) -> None:  # noqa: ARG002 - the address stands in the command
        """Copy what initdb has made."""
        shutil.copytree(self._initialised, data, dirs_exist_ok=True, copy_function=shutil.copyfile)

    def command(self, state: State) -> Command:
        """Return the server's command."""
        options = ["-c", "listen_addresses=127.0.0.1", "-c", f"port={state.port}", "-c", "unix_socket_directories="]
        return Command(
            [str(self._programs / "postgres"), "-D", state.data, *settings.options(), *options],
            _ENVIRONMENT,
            binaries.run_as(),
            signal.SIGQUIT,  # so that it leaves nothing in the kernel's shared memory
        )

    def look(self, state: State, log: str) -> bool:
        """Return whether the server answers, set up.

        Its log says when that is: on a port that was taken meanwhile somebody else's server would answer, or never.
        """
        if "Address already in use" in log:
            raise PortTaken
        if "No space left on device" in log:
            raise NoRoom("the folder for PostgreSQL's data ran full", "free some space, or set LABS_DATA")
        if "FATAL:" in log or "PANIC:" in log:
            raise _refused(log)
        if self.ready not in log:
            return False
        try:
            return self.set_up(state)
        except psycopg.errors.ConnectionTimeout:  # it serves, and is slow
            return False
        except psycopg.OperationalError as error:
            raise _refused(log) from error

    def set_up(self, state: State) -> bool:
        """Give a server that serves clients the state's passwords and roles; whether it has them now."""
        with connections.connect(state, settings.SUPERUSER, password=self._password) as connection:
            connections.set_password(connection, settings.SUPERUSER, state.passwords[settings.SUPERUSER])
            connections.set_up(connection, state)
        return True

    def before_kill(self, data: Path) -> None:
        """Mark the segment of shared memory that says who uses the data: the kernel removes it with its last user."""
        with contextlib.suppress(OSError, ValueError, IndexError):  # it is dead already, or has none yet
            identity = (data / "postmaster.pid").read_text().splitlines()[_SEGMENT_LINE].split()[1]
            ctypes.CDLL(None).shmctl(int(identity), _REMOVE_SEGMENT, None)


def _refused(log: str) -> ServiceUnavailable:
    return ServiceUnavailable(
        f"PostgreSQL did not start: {embedded.last_lines(log)}", f"look into the server.log below {folders.home()}"
    )


def _initialised(programs: Path, say: Say) -> tuple[Path, str]:
    """A data folder as initdb left it, from the cache or made for it, and the superuser's password in it."""
    mark = hashlib.sha256(repr((binaries.wheel_version(), settings.INITDB_OPTIONS)).encode()).hexdigest()[:12]
    cache = folders.home() / "cache"
    cache.mkdir(mode=0o700, exist_ok=True)
    kept = cache / f"postgres-{mark}"
    with FileLock(cache / f"postgres-{mark}.lock") as lock:
        if not sizes.are_as_noted(kept):
            if kept.exists():
                say("what is kept of PostgreSQL (embedded) is damaged")
            say("preparing PostgreSQL (embedded), once ...")
            _initialise(programs, kept, lock)
    return kept / "data", (kept / "password").read_text(encoding="ascii")


def _initialise(programs: Path, kept: Path, lock: FileLock) -> None:
    """Run initdb and put its result into the cache, whole or not at all; the lock is its as well, to its very end."""
    prefix = folders.workshop_prefix(kept.name)
    for abandoned in folders.ours(prefix):
        shutil.rmtree(abandoned, ignore_errors=True)
    user = binaries.run_as()
    # Not in the cache at once: where root starts it, initdb runs as a user that can't enter root's cache.
    workshop = Path(tempfile.mkdtemp(prefix=prefix, dir=folders.data_root()))
    draft = Path(tempfile.mkdtemp(dir=kept.parent))
    try:
        password = secrets.token_urlsafe(24)
        (workshop / "password").write_text(password, encoding="ascii")
        if user is not None:
            for path in (workshop, workshop / "password"):
                os.chown(path, user, user)
        command = [str(programs / "initdb"), "-D", str(workshop / "data"), "-U", settings.SUPERUSER]
        command += [*settings.INITDB_OPTIONS, f"--pwfile={workshop / 'password'}", "--no-instructions"]
        as_other = {} if user is None else {"user": user, "group": user, "extra_groups": []}
        done = subprocess.run(  # type: ignore[call-overload]  # mypy can't follow keywords from a dictionary
            command,
            check=False,
            capture_output=True,
            text=True,
            cwd="/",
            env=_ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            pass_fds=[lock.fileno()],
            **as_other,
        )
        if done.returncode != 0:
            raise _initdb_failed(done.stdout + done.stderr)
        shutil.copytree(workshop / "data", draft / "data")
        (draft / "password").write_text(password, encoding="ascii")
        (draft / "password").chmod(0o600)
        (draft / "version").write_text(_version(programs), encoding="ascii")
        sizes.note(draft)
        shutil.rmtree(kept, ignore_errors=True)  # half a cache, from nobody knows what
        draft.rename(kept)
    except OSError as error:
        raise embedded.no_room_or(error, folders.fullest(workshop.parent, kept.parent), "PostgreSQL") from error
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
        shutil.rmtree(draft, ignore_errors=True)


def _version(programs: Path) -> str:
    """The server's version, "18.4"."""
    answer = subprocess.run([programs / "postgres", "--version"], check=True, capture_output=True, text=True)
    return answer.stdout.split()[-1]


def _initdb_failed(output: str) -> ServiceUnavailable:
    if "No space left on device" in output:
        return NoRoom("the folder for PostgreSQL's data ran full", "free some space, or set LABS_DATA")
    last = " / ".join(output.strip().splitlines()[-3:])
    return ServiceUnavailable(f"initdb failed: {last}", "take Docker: --services docker")
