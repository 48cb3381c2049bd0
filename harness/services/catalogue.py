"""All services that a lab can ask for, by name."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import Any

from harness.services.provide import Service

# A lab with one service has no use for the others' rooms, and they take a while to import.
_ROOMS = {
    "postgres": "harness.services.postgres.start",
    "redis": "harness.services.redis.server",
    "rabbitmq": "harness.services.rabbitmq.server",
    "kafka": "harness.services.kafka.server",
}


class _Services(Mapping[str, Service[Any]]):
    """The services by name, each imported when it is asked for."""

    def __getitem__(self, name: str) -> Service[Any]:
        found: Service[Any] = importlib.import_module(_ROOMS[name]).SERVICE
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(_ROOMS)

    def __len__(self) -> int:
        return len(_ROOMS)

    def __contains__(self, name: object) -> bool:
        return name in _ROOMS


SERVICES: Mapping[str, Service[Any]] = _Services()
