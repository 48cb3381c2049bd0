"""The file's format: a tar archive whose last member proves that the others are whole.

- `backend-labs.json`: the format's number, and what is inside.
- `images.tar`: what `docker save` gives. Without us: `tar -xOf FILE images.tar | docker load`.
- `cache.tar`, where there is any: folders of the cache, with what embedded servers would fetch from a network.
- `SHA256SUMS`: of the others, as sha256sum writes it.

The checksums tell a damaged copy. They don't tell who wrote it: programs out of the file will run.
"""

from __future__ import annotations

import hashlib
import json
import tarfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import IO

_FORMAT = 1
_CONTENTS, _SUMS = "backend-labs.json", "SHA256SUMS"
IMAGES, CACHE = "images.tar", "cache.tar"
_SMALL = 2**20  # bytes; what is read at once can't be larger
_CHUNK = 2**20


class ForeignFile(Exception):
    """The file was not written by us, or by a later version; the text says which."""


class DamagedFile(Exception):
    """The file began as one of ours, and what follows is cut off or changed; the text says how that shows."""


@dataclass(frozen=True)
class SavedImage:
    """One image in the file: its service, its name with the tag, the processor it is for as Docker calls it."""

    service: str
    name: str
    processor: str


@dataclass(frozen=True)
class SavedFolder:
    """One folder of the cache in the file: its service, and its name in the cache."""

    service: str
    name: str


@dataclass(frozen=True)
class Contents:
    """What is in a file."""

    images: tuple[SavedImage, ...]
    folders: tuple[SavedFolder, ...] = ()


@dataclass(frozen=True)
class Part:
    """A member, open for reading, and its size in bytes."""

    content: IO[bytes]
    size: int

    def chunks(self) -> Iterator[bytes]:
        """Read it from its beginning."""
        self.content.seek(0)
        return iter(lambda: self.content.read(_CHUNK), b"")


@dataclass(frozen=True)
class Archive:
    """A whole file, open for reading: what is in it, and its parts, IMAGES and perhaps CACHE."""

    contents: Contents
    parts: Mapping[str, Part]


Watch = Callable[[Iterator[bytes], int], Iterator[bytes]]


def write(file: IO[bytes], contents: Contents, parts: Mapping[str, Iterable[bytes]]) -> None:
    """Write an archive to an empty file, open for writing; `parts` gives the content of IMAGES and perhaps CACHE."""
    listed = json.dumps({"format": _FORMAT, **asdict(contents)}, indent=2).encode()
    members: dict[str, Iterable[bytes]] = {_CONTENTS: [listed], **parts}
    sums = [f"{_add(file, name, chunks)}  {name}\n" for name, chunks in members.items()]
    _add(file, _SUMS, ["".join(sums).encode()])
    file.write(bytes(2 * tarfile.BLOCKSIZE))


def read(file: IO[bytes], watch: Watch) -> Archive:
    """Look through a whole file, open for reading, and change nothing.

    `watch` is given the chunks of each part and its size in bytes; it passes them on, saying how far it is. Raises
    ForeignFile and DamagedFile.
    """
    try:
        outer = tarfile.open(fileobj=file, mode="r:")  # noqa: SIM115 - the archive that is returned reads from it
        first = outer.next()
    except tarfile.TarError as error:
        raise ForeignFile(str(error)) from error
    if first is None or first.name != _CONTENTS:
        raise ForeignFile(f"it does not begin with {_CONTENTS}")
    try:
        listed = _small(outer, first)
        contents = _contents(listed)
        sums = [f"{hashlib.sha256(listed).hexdigest()}  {_CONTENTS}\n"]
        parts: dict[str, Part] = {}
        while (member := outer.next()) is not None and member.name in {IMAGES, CACHE}:
            part = parts[member.name] = Part(_content(outer, member), member.size)
            sums.append(f"{_digest(watch(part.chunks(), part.size))}  {member.name}\n")
        if member is None or member.name != _SUMS:
            raise DamagedFile("its end is missing")
        if _small(outer, member) != "".join(sums).encode():
            raise DamagedFile("its checksums do not match")
        if set(parts) != {IMAGES, *([CACHE] if contents.folders else [])}:
            raise DamagedFile("a part of it is missing")
        _require_images(contents, parts[IMAGES])
    except tarfile.TarError as error:
        raise DamagedFile(str(error)) from error
    return Archive(contents, parts)


def _require_images(contents: Contents, part: Part) -> None:
    """Raise DamagedFile where the part is not what `docker save` gives for the images.

    An engine that fails half-way ends its answer like one that doesn't: the checksum of that would be right.
    """
    part.content.seek(0)
    try:
        with tarfile.open(fileobj=part.content, mode="r:") as inner:
            members = {member.name: member for member in inner}
            listed = json.loads(_small(inner, members["manifest.json"]))
        tags = {tag for image in listed for tag in image["RepoTags"] or ()}
    except (tarfile.TarError, KeyError, ValueError, TypeError) as error:
        raise DamagedFile(f"what it holds for Docker can't be read: {error}") from error
    if absent := [image.name for image in contents.images if image.name not in tags]:
        raise DamagedFile(f"it lacks the image {' and '.join(absent)}")


def _add(file: IO[bytes], name: str, chunks: Iterable[bytes]) -> str:
    """Append a member whose size is known only at its end, and return its SHA-256."""
    header = tarfile.TarInfo(name)
    header.mode = 0o644
    digest = hashlib.sha256()
    start = file.tell()
    file.write(bytes(tarfile.BLOCKSIZE))
    for chunk in chunks:
        file.write(chunk)
        digest.update(chunk)
        header.size += len(chunk)
    file.write(bytes(-header.size % tarfile.BLOCKSIZE))
    end = file.tell()
    file.seek(start)
    # This format has one block for a header, however large the member.
    file.write(header.tobuf(tarfile.GNU_FORMAT))
    file.seek(end)
    return digest.hexdigest()


def _digest(chunks: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    content = archive.extractfile(member)
    if content is None:
        raise DamagedFile(f"{member.name} is not what it should be")
    return content


def _small(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    if member.size > _SMALL:
        raise DamagedFile(f"{member.name} is not what it should be")
    return _content(archive, member).read()


def _contents(listed: bytes) -> Contents:
    try:
        found = json.loads(listed)
        if found["format"] != _FORMAT:
            raise ForeignFile(f"its format is {found['format']}, and this version of the suite reads {_FORMAT}")
        return Contents(
            tuple(SavedImage(**image) for image in found["images"]),
            tuple(SavedFolder(**folder) for folder in found["folders"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedFile(f"{_CONTENTS} can't be read: {error}") from error
