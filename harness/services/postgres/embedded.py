"""PostgreSQL without Docker: the programs of a wheel, run on loopback with a random port and password.

`initdb` takes 0.4 s, so its result is kept in the cache, with the random password it was given beside it. That
password is readable by the user alone and opens nothing for long: the first thing a started server is told is a new
one. Whoever could read the cache could read the running server's state, which lies beside it, as well.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from harness.errors import NoRoom, ServiceUnavailable
from harness.services import folders
from harness.services.leases import FileLock
from harness.services.postgres import binaries, connections, settings
from harness.services.warm import Job, State, WarmFolder

Say = Callable[[str], None]

_PATIENCE = 20.0  # seconds from start to the first answer; it takes 0.02 where nothing is wrong
_PORTS_TRIED = 5
# Nothing of the learner's own PG* or locale variables may reach the server.
_ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"}


def configuration() -> str:
    """What a warm server must have been started with."""
    return settings.configuration(f"wheel {binaries.wheel_version()}")


def start(folder: WarmFolder, *, say: Say, instead: str = "", free_port: Callable[[], int] | None = None) -> State:
    """Start a server with a keeper, and set it up; the caller has the folder's door.

    `instead` is noted where Docker was to be had but for an image. `free_port` chooses a port; where another process
    takes it before the server does, it is asked again. Raises NoRoom and ServiceUnavailable; then, and on Ctrl-C,
    nothing is left.
    """
    programs = binaries.programs()
    initialised, password = _initialised(programs, say)
    version = _version(initialised, programs)
    say(f"starting PostgreSQL {version} (embedded) ...")
    for _ in range(_PORTS_TRIED):
        port = (free_port or _free_port)()
        data = _copy(initialised, folder)
        command = [str(programs / "postgres"), "-D", str(data), *settings.options()]
        command += ["-c", "listen_addresses=127.0.0.1", "-c", f"port={port}", "-c", "unix_socket_directories="]
        job = Job(command, _ENVIRONMENT, binaries.run_as(), str(data))
        passwords = {role: secrets.token_urlsafe(24) for role in settings.ROLES}
        state = State(
            folder.service, "embedded", version, "127.0.0.1", port, passwords, data=str(data), instead=instead
        )
        try:
            with folder.kept(job):
                _wait(folder, state, password)
                folder.write(state)
        except _PortTakenError:
            continue
        finally:
            # The keeper has removed it unless all went well; it may have died before it could.
            if folder.state() is None:
                shutil.rmtree(data, ignore_errors=True)
        return state
    raise ServiceUnavailable(
        f"{_PORTS_TRIED} free ports in a row were taken by other processes before PostgreSQL could have them",
        "run it again",
    )


class _PortTakenError(Exception):
    """Somebody else listens on the port that was free a moment ago."""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _initialised(programs: Path, say: Say) -> tuple[Path, str]:
    """A data folder as initdb left it, from the cache or made for it, and the superuser's password in it."""
    mark = hashlib.sha256(repr((binaries.wheel_version(), settings.INITDB_OPTIONS)).encode()).hexdigest()[:12]
    cache = folders.home() / "cache"
    cache.mkdir(mode=0o700, exist_ok=True)
    kept = cache / f"postgres-{mark}"
    with FileLock(cache / f"postgres-{mark}.lock") as lock:
        if not (kept / "password").is_file():
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
        shutil.rmtree(kept, ignore_errors=True)  # half a cache, from nobody knows what
        draft.rename(kept)
    except OSError as error:
        raise _no_room_or(error, kept.parent) from error
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
        shutil.rmtree(draft, ignore_errors=True)


def _copy(initialised: Path, folder: WarmFolder) -> Path:
    """A fresh data folder for one server, owned by the user that it will run as."""
    root = folders.data_root()
    data = Path(tempfile.mkdtemp(prefix=folder.data_prefix, dir=root))
    try:
        shutil.copytree(initialised, data, dirs_exist_ok=True, copy_function=shutil.copyfile)
        user = binaries.run_as()
        if user is not None:
            os.chown(data, user, user)
            for place, names, files in os.walk(data):
                for name in (*names, *files):
                    os.chown(os.path.join(place, name), user, user)  # noqa: PTH118 - a thousand of them
        data.chmod(0o700)
    except BaseException as error:
        shutil.rmtree(data, ignore_errors=True)
        if isinstance(error, OSError):
            raise _no_room_or(error, root) from error
        raise
    return data


def _version(initialised: Path, programs: Path) -> str:
    """The server's version, "18.4", asked once and then read from beside the cached data folder."""
    noted = initialised.parent / "version"
    if not noted.is_file():
        answer = subprocess.run([programs / "postgres", "--version"], check=True, capture_output=True, text=True)
        draft = noted.with_suffix(f".{os.getpid()}")
        draft.write_text(answer.stdout.split()[-1], encoding="ascii")
        draft.replace(noted)
    return noted.read_text(encoding="ascii")


def _wait(folder: WarmFolder, state: State, password: str) -> None:
    """Return when the server answers, with the state's passwords and roles.

    Its log says when that is: on a port that was taken meanwhile somebody else's server would answer, or never.
    """
    deadline = time.monotonic() + _PATIENCE
    while "database system is ready to accept connections" not in (log := _read(folder)):
        if "Address already in use" in log:
            raise _PortTakenError
        if "No space left on device" in log:
            raise NoRoom("the folder for PostgreSQL's data ran full", "free some space, or set LABS_DATA")
        if "FATAL:" in log or "PANIC:" in log or time.monotonic() > deadline:
            raise _did_not_start(folder)
        time.sleep(0.003)
    try:
        with connections.connect(state, settings.SUPERUSER, password=password) as connection:
            connections.set_password(connection, settings.SUPERUSER, state.passwords[settings.SUPERUSER])
            connections.set_up(connection, state)
    except psycopg.OperationalError as error:
        raise _did_not_start(folder) from error


def _read(folder: WarmFolder) -> str:
    return folder.log.read_text(encoding="utf-8", errors="replace")


def _did_not_start(folder: WarmFolder) -> ServiceUnavailable:
    last = " / ".join(_read(folder).strip().splitlines()[-3:])
    return ServiceUnavailable(f"PostgreSQL did not start: {last or 'it says nothing'}", f"look into {folder.log}")


def _initdb_failed(output: str) -> ServiceUnavailable:
    if "No space left on device" in output:
        return NoRoom("the folder for PostgreSQL's data ran full", "free some space, or set LABS_DATA")
    last = " / ".join(output.strip().splitlines()[-3:])
    return ServiceUnavailable(f"initdb failed: {last}", "take Docker: --services docker")


def _no_room_or(error: OSError, place: Path) -> ServiceUnavailable:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return NoRoom(f"{place} ran full", "free some space, or set LABS_DATA to a folder with more room")
    return ServiceUnavailable(f"PostgreSQL's data can't be put into {place}: {error}", "look who may write there")
