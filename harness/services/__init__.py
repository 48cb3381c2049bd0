"""Real servers for labs, kept warm between runs: with Docker or without."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from harness.services.catalogue import SERVICES
from harness.services.dataset import Dataset
from harness.services.overview import running_servers, stop_all
from harness.services.own import OwnServer, provide_own
from harness.services.postgres.database import Database
from harness.services.postgres.errors import QueryFailed, QueryTooSlow, TooManyRows
from harness.services.postgres.psql import address, open_psql
from harness.services.postgres.replicated import ReplicatedPostgres, provide_replicated
from harness.services.postgres.server import PostgresServer
from harness.services.postgres.start import start_postgres
from harness.services.provide import provide
from harness.services.warm import State

if TYPE_CHECKING:
    from harness.services.kafka.cluster.brokers import Broker, Brokers
    from harness.services.kafka.cluster.start import provide_brokers

__all__ = [
    "SERVICES",
    "Broker",
    "Brokers",
    "Database",
    "Dataset",
    "OwnServer",
    "PostgresServer",
    "QueryFailed",
    "QueryTooSlow",
    "ReplicatedPostgres",
    "State",
    "TooManyRows",
    "address",
    "open_psql",
    "provide",
    "provide_brokers",
    "provide_own",
    "provide_replicated",
    "running_servers",
    "start_postgres",
    "stop_all",
]

# A lab without Kafka has no use for its rooms, and they take a while to import.
_LATE = {
    "Broker": "harness.services.kafka.cluster.brokers",
    "Brokers": "harness.services.kafka.cluster.brokers",
    "provide_brokers": "harness.services.kafka.cluster.start",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for by name only now."""
    if name in _LATE:
        return getattr(importlib.import_module(_LATE[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
