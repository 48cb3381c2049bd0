"""Real servers for labs, kept warm between runs: with Docker or without."""

from harness.services.dataset import Dataset
from harness.services.postgres.database import Database
from harness.services.postgres.errors import QueryFailed, QueryTooSlow, TooManyRows
from harness.services.postgres.server import PostgresServer
from harness.services.postgres.start import start_postgres

__all__ = [
    "Database",
    "Dataset",
    "PostgresServer",
    "QueryFailed",
    "QueryTooSlow",
    "TooManyRows",
    "start_postgres",
]
