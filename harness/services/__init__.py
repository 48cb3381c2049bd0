"""Real servers for labs, kept warm between runs: with Docker or without."""

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

__all__ = [
    "SERVICES",
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
    "provide_own",
    "provide_replicated",
    "running_servers",
    "start_postgres",
    "stop_all",
]
