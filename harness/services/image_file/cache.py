"""Folders of the cache, packed for another machine and unpacked there."""

from __future__ import annotations

import io
import os
import posixpath
import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from harness.services import folders
from harness.services.fetched import fetched
from harness.services.image_file.archive import DamagedFile, SavedFolder
from harness.services.leases import FileLock

_NAME = re.compile(r"[a-z]+(-[a-z]+)*-[0-9a-f]{12}")


def pack(packed: Iterable[Path]) -> Iterator[bytes]:
    """Give, in pieces, a tar archive of folders: files, folders and symbolic links, without their owners."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        for folder in packed:
            for path in [folder, *sorted(folder.rglob("*"))]:
                # Not by `add`: a file with two names shall be two files.
                member = tarfile.TarInfo(path.relative_to(folder.parent).as_posix())
                figures = path.lstat()
                member.mode, member.mtime = figures.st_mode & 0o777, int(figures.st_mtime)
                if path.is_symlink():
                    member.type, member.linkname = tarfile.SYMTYPE, os.readlink(path)  # noqa: PTH115 - the text
                    archive.addfile(member)
                elif path.is_dir():
                    member.type = tarfile.DIRTYPE
                    archive.addfile(member)
                else:
                    member.size = figures.st_size
                    with path.open("rb") as file:
                        archive.addfile(member, file)
                yield buffer.getvalue()
                buffer.seek(0)
                buffer.truncate()
    yield buffer.getvalue()


def unpack(content: IO[bytes], wanted: Iterable[SavedFolder]) -> None:
    """Put folders into the cache, each whole or not at all; one that is there already stays as it is.

    Raises DamagedFile where the content holds anything else than these folders, or leads out of them.
    """
    cache = folders.home() / "cache"
    cache.mkdir(mode=0o700, exist_ok=True)
    asked_for = list(wanted)
    if wrong := [folder.name for folder in asked_for if not _NAME.fullmatch(folder.name)]:
        raise DamagedFile(f"{wrong[0]!r} is no folder of the cache")
    draft = Path(tempfile.mkdtemp(prefix="loading-", dir=cache))
    try:
        content.seek(0)
        with tarfile.open(fileobj=content, mode="r:") as archive:
            _extract(archive, draft, {folder.name for folder in asked_for})
        for folder in asked_for:
            _take_over(folder, draft, cache)
    except (tarfile.TarError, FileNotFoundError, FileExistsError) as error:
        raise DamagedFile(f"what it holds for the cache can't be read: {error}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _extract(archive: tarfile.TarFile, draft: Path, names: set[str]) -> None:
    links = []
    for member in archive:
        folder = member.name.split("/", 1)[0]
        if folder not in names or posixpath.normpath(member.name) != member.name:
            raise DamagedFile(f"{member.name!r} lies outside of the folders that it should be in")
        place = draft / member.name
        if member.isdir():
            place.mkdir(mode=(member.mode & 0o755) | 0o700, parents=True, exist_ok=True)
        elif member.isreg():
            file = archive.extractfile(member)
            assert file is not None  # a regular one has content
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with place.open("xb") as copy:
                shutil.copyfileobj(file, copy)
            place.chmod((member.mode & 0o755) | 0o600)
        elif member.issym() and _is_within(posixpath.join(posixpath.dirname(member.name), member.linkname), folder):
            links.append((place, member.linkname))
        else:
            raise DamagedFile(f"{member.name!r} is neither a file nor a folder")
    # Last, so that nothing was written through one.
    for place, target in links:
        place.symlink_to(target)


def _is_within(name: str, folder: str) -> bool:
    normal = posixpath.normpath(name)
    return normal == folder or normal.startswith(f"{folder}/")


def _take_over(folder: SavedFolder, draft: Path, cache: Path) -> None:
    """Move a folder into the cache, unless it is there, whole."""
    place = cache / folder.name
    with FileLock(cache / f"{folder.name}.lock"):
        if place not in fetched(folder.service):
            shutil.rmtree(place, ignore_errors=True)
            (draft / folder.name).rename(place)
