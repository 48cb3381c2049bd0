"""What embedded servers have fetched from a network: the folders of the cache that need one to be made again."""

from __future__ import annotations

from pathlib import Path

from harness.services import folders, sizes
from harness.services.kafka import jars


def fetched(service: str) -> list[Path]:
    """Return the folders that hold, whole, what this service's embedded server would otherwise fetch."""
    if service == "kafka":
        kept = jars.folder_of(jars.locked())
        return [kept] if (kept / "verified.json").is_file() else []
    if service == "rabbitmq":
        return sorted(noted.parent for noted in folders.home().glob(f"cache/rabbitmq-*/{sizes.FILE}"))
    return []
