"""Images out of the engine into a file, and out of the file into another engine."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from harness.errors import ImageMissing, ServiceUnavailable, UsageError
from harness.services import docker_engine
from harness.services.docker_engine import Client
from harness.services.fetched import fetched
from harness.services.image_file import archive, cache
from harness.services.image_file.archive import Contents, DamagedFile, ForeignFile, SavedFolder, SavedImage
from harness.services.image_file.draft import draft_of, require_free
from harness.services.images import Images, choose

Say = Callable[[str], None]

_PATIENCE = 300.0  # seconds for the engine's next sign of life; it unpacks layers without any
_STEP = 10  # per cent between two lines of progress
_CHUNK = 2**20


def pull(pinned: list[Images], *, say: Say) -> list[str]:
    """Have an image for each service, pulled where none is here; the image of each.

    Raises ImageMissing where one can't be had, after having tried all; ServiceUnavailable where no engine answers.
    """
    had, lacking = [], []
    with _engine() as client:
        for each in pinned:
            try:
                had.append(choose(each, client, say=say))
            except ImageMissing as missing:
                say(missing.message)
                lacking.append(each.service)
    if lacking:
        names = " ".join(lacking)
        raise ImageMissing(f"no image could be had for {', '.join(lacking)}", f"labs images build {names}")
    return had


def save(path: Path, pinned: list[Images], *, replace: bool, say: Say) -> Contents:
    """Write the services' images (official where it is here, else ours) to one file, whole or not at all.

    What their embedded servers have fetched on this machine goes in as well. Raises UsageError where the path can't be
    used, or the file is there and not to be replaced; ImageMissing; ServiceUnavailable where the engine gives out;
    NoRoom.
    """
    require_free(path, replace=replace)
    with _engine() as client:
        images = tuple(_choose(each, client) for each in pinned)
        kept = {SavedFolder(each.service, found.name): found for each in pinned for found in fetched(each.service)}
        contents = Contents(images, tuple(kept))
        with draft_of(path, replace=replace) as draft:
            parts = {archive.IMAGES: _from_engine(images, client, say)}
            if kept:
                parts[archive.CACHE] = cache.pack(kept.values())
            archive.write(draft, contents, parts)
            _check(draft, say)
    return contents


def load(path: Path, *, say: Say) -> Contents:
    """Give the engine the images of a file, and the cache the rest, after having looked through the whole of it.

    Returns what of the file is here now. Where no engine answers that is only what embedded servers need, and `say`
    gets why. Raises UsageError where the file can't be read, is none of ours, or is damaged: then nothing has changed.
    Raises ServiceUnavailable where the engine refuses, or where none answers and there is nothing else to load.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}") from error
    with file:
        try:
            whole = archive.read(file, lambda chunks, size: _watched(chunks, size, f"checking {path.name}", say))
            folders = whole.contents.folders
            if folders:
                cache.unpack(whole.parts[archive.CACHE].content, folders)
        except ForeignFile as error:
            raise UsageError(f"{path} was not written by labs images save: {error}") from error
        except DamagedFile as error:
            raise UsageError(
                f"{path} is truncated or damaged: {error}", "copy it once more from where it is whole"
            ) from error
        engine = docker_engine.probe()
        if folders and not engine.answers:
            say(f"{engine.why_not}: the images are left in the file")
            return Contents((), folders)
        with _engine() as client:
            part = whole.parts[archive.IMAGES]
            _give(client, _watched(part.chunks(), part.size, "loading", say))
            _tell_of_emulation(whole.contents.images, client, say)
    return whole.contents


@contextlib.contextmanager
def _engine() -> Iterator[Client]:
    """A client of the engine, patient enough for gigabytes."""
    engine = docker_engine.probe()
    if not engine.answers:
        # The usual advice is to do without Docker: not where images are the point.
        raise ServiceUnavailable(engine.why_not, "labs doctor says how to mend it")
    import docker.errors  # late: 0.2 s
    import requests
    import urllib3.exceptions

    with contextlib.closing(docker_engine.client()) as client:
        client.api.timeout = _PATIENCE
        try:
            yield client
        except (
            docker.errors.DockerException,
            requests.RequestException,
            urllib3.exceptions.HTTPError,
            ConnectionError,
            TimeoutError,
        ) as error:
            raise ServiceUnavailable(f"the Docker engine gave out: {error}", "docker info says more") from error


def _choose(pinned: Images, client: Client) -> SavedImage:
    import docker.errors  # late: 0.2 s

    for name in (pinned.official, pinned.ours):
        with contextlib.suppress(docker.errors.ImageNotFound):
            return SavedImage(pinned.service, name, client.images.get(name).attrs["Architecture"])
    raise ImageMissing(
        f"there is no image for {pinned.service}: neither {pinned.official} nor {pinned.ours} is here",
        f"labs images pull {pinned.service}, or labs images build {pinned.service}",
    )


def _from_engine(images: tuple[SavedImage, ...], client: Client, say: Say) -> Iterator[bytes]:
    names = [image.name for image in images]
    # Only about that: what images share is saved once, and an archive is a little larger than what is in it.
    size = sum(client.images.get(name).attrs["Size"] for name in names)
    # The package can ask for one image only, and several in one answer share their layers.
    address = f"{client.api.base_url}/v{client.api.api_version}/images/get"
    with client.api.get(address, params={"names": names}, stream=True, timeout=_PATIENCE) as answer:
        if not answer.ok:
            raise ServiceUnavailable(
                f"the Docker engine gives no images: {answer.text.strip()}", "docker info says more"
            )
        yield from _watched(answer.iter_content(_CHUNK), size, f"saving {', '.join(names)}", say)


def _check(draft: IO[bytes], say: Say) -> None:
    draft.flush()
    draft.seek(0)
    try:
        archive.read(draft, lambda chunks, size: _watched(chunks, size, "checking what was written", say))
    except (ForeignFile, DamagedFile) as error:
        raise ServiceUnavailable(f"what the Docker engine gave is not whole: {error}", "run it again") from error


def _give(client: Client, chunks: Iterator[bytes]) -> None:
    for event in client.api.load_image(chunks):
        if "error" in event:
            raise ServiceUnavailable(
                f"the Docker engine can't load it: {event['error']}", "docker system df shows its room"
            )


def _tell_of_emulation(loaded: tuple[SavedImage, ...], client: Client, say: Say) -> None:
    processor = client.version()["Arch"]
    for image in loaded:
        if image.processor != processor:
            say(f"{image.name} is for {image.processor}: on this {processor} the engine has to emulate it, if it can")


def _watched(chunks: Iterator[bytes], size: int, what: str, say: Say) -> Iterator[bytes]:
    """Pass chunks on, with a line every ten per cent of the size, in bytes, that is expected."""
    done, said = 0, 0
    for chunk in chunks:
        yield chunk
        done += len(chunk)
        if size and (share := 100 * done // size) >= said + _STEP:
            said = share - share % _STEP
            say(f"{what} ... {done // 2**20} of {max(done, size) // 2**20} MB")
