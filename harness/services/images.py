"""Which container image a service is made from."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import ImageMissing
from harness.services.docker_engine import Client

_PINNED = Path(__file__).with_name("images.toml")
_STEP = 10  # per cent between two lines of progress


@dataclass(frozen=True)
class Images:
    """The images of one service, from `images.toml`, and the environment's override, or nothing."""

    service: str
    official: str
    ours: str
    variable: str

    @classmethod
    def of(cls, service: str) -> Images:
        """The images pinned for a service."""
        pinned = tomllib.loads(_PINNED.read_text(encoding="utf-8"))[service]
        return cls(service, pinned["official"], pinned["ours"], pinned["override"])

    @property
    def override(self) -> str:
        """What the environment asks for instead, or nothing."""
        return os.environ.get(self.variable, "")


def choose(images: Images, using: Client, *, say: Callable[[str], None]) -> str:
    """The first to be had of: the environment's override (that one or none), official, ours; pulled where need be.

    Raises ImageMissing with the one command that helps.
    """
    if images.override:
        if not _is_here(images.override, using) and (why := _pull(images.override, using, say)):
            raise ImageMissing(
                f"the image {images.override}, which {images.variable} asks for, can't be pulled: {why}",
                f"unset {images.variable}, or docker pull {images.override}",
            )
        return images.override
    if _is_here(images.official, using):
        return images.official
    why = _pull(images.official, using, say)
    if not why:
        return images.official
    if _is_here(images.ours, using):
        say(f"{images.official} can't be pulled ({why}): taking {images.ours}")
        return images.ours
    raise ImageMissing(
        f"there is no image for {images.service}: {images.official} can't be pulled ({why}) "
        f"and {images.ours} isn't built",
        f"python docker/build.py {images.service}",
    )


def _is_here(image: str, using: Client) -> bool:
    import docker.errors  # late: 0.2 s

    try:
        using.images.get(image)
    except docker.errors.ImageNotFound:
        return False
    return True


def _pull(image: str, using: Client, say: Callable[[str], None]) -> str:
    """Pull an image; nothing where that went well, else why it didn't. What the engine is asked for may fail, too."""
    import docker.errors  # late: 0.2 s
    from docker.utils import parse_repository_tag

    repository, tag = parse_repository_tag(image)
    say(f"pulling {image} ...")
    try:
        events = using.api.pull(repository, tag=tag or "latest", stream=True, decode=True)
        return _watch(events, image, say)
    except docker.errors.APIError as error:
        return reason(str(error))


def _watch(events: Iterator[dict[str, Any]], image: str, say: Callable[[str], None]) -> str:
    """Follow a pull's events, with a line every ten per cent of the bytes known so far."""
    layers: dict[str, tuple[int, int]] = {}
    said = 0
    for event in events:
        if "error" in event:
            return reason(str(event["error"]))
        amount = event.get("progressDetail") or {}
        if event.get("status") == "Downloading" and amount.get("total"):
            layers[event["id"]] = (amount["current"], amount["total"])
            done = 100 * sum(now for now, _ in layers.values()) // sum(total for _, total in layers.values())
            if done >= said + _STEP:
                said = done - done % _STEP
                say(f"pulling {image} ... {said} %")
    return ""


def reason(text: str) -> str:
    """A failed pull in a few words. The engine gives all of them the same status: only the text tells them apart."""
    plain = text.lower()
    for words, meaning in (
        (("toomanyrequests", "rate limit"), "the registry's rate limit is reached"),
        (
            ("manifest unknown", "manifest for", "not found", "does not exist", "access denied"),
            "there is no such image",
        ),
        (
            ("no such host", "dial tcp", "timeout", "timed out", "refused", "unreachable", "tls", "canceled", "eof"),
            "no registry can be reached",
        ),
    ):
        if any(word in plain for word in words):
            return meaning
    return text.strip().split("\n", 1)[0]
