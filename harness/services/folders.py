"""Where state, caches and data live, and whether there is room."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import stat
import tempfile
from pathlib import Path

from harness.errors import NoRoom

# A server of ours needs 30 MB to start and about 8 MB a database; beyond this, even 25 databases fit.
ROOM = 256 * 1024 * 1024

# Postgres refuses to run as root. This is `nobody`: an id without rights that every system has.
ORDINARY_ID = 65534


def home() -> Path:
    """The folder of state and caches: LABS_HOME, else the user's cache folder. Made, and closed to others."""
    chosen = os.environ.get("LABS_HOME")
    if chosen:
        folder = Path(chosen).absolute()
    else:
        import platformdirs  # late: a warm start with LABS_HOME set has no use for it

        folder = platformdirs.user_cache_path("backend-labs")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise NoRoom(
            f"the folder {folder} can't be made: {error.strerror}", "set LABS_HOME to a folder that you can write to"
        ) from error
    return folder


def mark_of(home_folder: Path) -> str:
    """Eight characters that tell this home folder's servers from those of another one, or of another user."""
    return hashlib.sha256(str(home_folder).encode()).hexdigest()[:8]


def home_mark() -> str:
    """The mark of this process's home."""
    return mark_of(home())


def data_root() -> Path:
    """The folder to put a server's data into: LABS_DATA, else /dev/shm where it has room, else one on disk.

    Raises NoRoom where nothing fits, naming every place that was looked at.
    """
    places = data_places()
    reasons = []
    for place in places:
        reason = _why_not(place)
        if not reason:
            return place
        reasons.append(f"{place} {reason}")
    raise NoRoom(
        f"no place for a server's data: {'; '.join(reasons)}",
        "free some space, or set LABS_DATA to a folder with more room",
    )


def data_places() -> list[Path]:
    """Every folder that data may lie in, in order of preference; made where it is ours to make."""
    chosen = os.environ.get("LABS_DATA")
    if chosen:
        place = Path(chosen).absolute()
        with contextlib.suppress(OSError):  # `data_root` says what is wrong with it
            # Root's servers run as another user, who must get through to folders of its own.
            place.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        return [place]
    shared_memory = Path("/dev/shm")  # noqa: S108 - the folder made in it is closed to others
    if os.geteuid() == 0:
        # The server runs as another user, which can't enter root's own folders.
        return [shared_memory, for_everyone()]
    on_disk = home() / "data"
    on_disk.mkdir(mode=0o700, exist_ok=True)
    return [shared_memory, on_disk]


def ours(prefix: str, *more: Path) -> list[Path]:
    """The data folders of this user whose names begin so, in every place that data may lie in, and in `more`."""
    owners = {os.geteuid(), ORDINARY_ID} if os.geteuid() == 0 else {os.geteuid()}
    return [
        found
        for place in {*data_places(), *more}
        for found in place.glob(f"{prefix}*")
        if found.lstat().st_uid in owners and found.is_dir() and not found.is_symlink()
    ]


def workshop_prefix(name: str) -> str:
    """How the names of the folders begin in which the cache's entry of that name is made."""
    return f"backend-labs-{home_mark()}-making-{name}-"


def for_everyone() -> Path:
    """A folder on disk that every user can enter: the one for temporary files, unless root has one to itself."""
    places = [Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")]  # noqa: S108 - what is made in it is closed
    return next((place for place in places if enterable(place)), places[0])


def enterable(folder: Path, by: int = ORDINARY_ID) -> bool:
    """Whether the user with this id, in no group of ours, could reach what lies in the folder."""
    for step in (folder, *folder.parents):
        try:
            found = step.stat()
        except OSError:
            return False
        wanted = stat.S_IXUSR if found.st_uid == by else stat.S_IXOTH
        if not found.st_mode & wanted:
            return False
    return True


def is_for_want_of_room(error: OSError) -> bool:
    """Whether a file found no room. Of each file in a folder that was copied only the words are known."""
    numbers = (errno.ENOSPC, errno.EDQUOT)
    if isinstance(error, shutil.Error):
        return any(f"[Errno {number}]" in why for _, _, why in error.args[0] for number in numbers)
    return error.errno in numbers


def fullest(*places: Path) -> Path:
    """Return the one of these folders whose disk has the least room left."""
    return min(places, key=lambda place: os.statvfs(place).f_bavail)


def _why_not(place: Path) -> str:
    """Why data can't go there, or nothing."""
    if not place.is_dir():
        return "is no folder"
    if not os.access(place, os.W_OK | os.X_OK):
        return "can't be written to"
    if os.geteuid() == 0 and not enterable(place):
        return f"can't be entered by the user {ORDINARY_ID}, as which PostgreSQL runs where root starts it"
    figures = os.statvfs(place)
    free = figures.f_bavail * figures.f_frsize
    if free < ROOM:
        return f"has {free // 2**20} MB free where {ROOM // 2**20} MB are needed"
    return ""
