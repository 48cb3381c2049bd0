"""Whether a folder of the cache is whole: the size of each of its files, noted in it when it was made.

It tells what a full disk, a killed copy or a tidy hand has done. Content of the right size is trusted: it was verified
when it came, or is verified by the server itself.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

FILE = "sizes.json"


def note(folder: Path) -> None:
    """Write down the sizes of all files in the folder."""
    (folder / FILE).write_text(json.dumps(dict(_sizes(folder))), encoding="utf-8")


def are_as_noted(folder: Path) -> bool:
    """Whether every file is there in its full size, and no other; 10 ms for a thousand."""
    try:
        noted = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return bool(noted == dict(_sizes(folder)))
    except (OSError, ValueError):
        return False


def _sizes(folder: Path) -> Iterator[tuple[str, int]]:
    """Give each file's path below the folder, and its size in bytes; symbolic links are followed."""
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)  # noqa: PTH118 - two thousand of them, at each start
            below = os.path.relpath(path, folder)
            if below != FILE:
                yield below, os.stat(path).st_size  # noqa: PTH116 - as above
