"""The services that there are images for: the sections of images.toml, in their order."""

from __future__ import annotations

import tomllib
from pathlib import Path

from harness.errors import UsageError
from harness.services import images
from harness.services.images import Images

_PINNED = Path(images.__file__).with_name("images.toml")


def pinned_images(services: list[str] | None = None) -> list[Images]:
    """The images of these services, or of all. Raises UsageError for a name that no section has."""
    known = list(tomllib.loads(_PINNED.read_text(encoding="utf-8")))
    for service in services or ():
        if service not in known:
            raise UsageError(f"no service is called {service!r}", f"There are: {', '.join(known)}.")
    return [Images.of(service) for service in dict.fromkeys(services or known)]
