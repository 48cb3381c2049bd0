"""Places for explorations: a Postgres database and a Redis database of the test's own, on each provider."""

import pytest
from stories import SCHEMA

from harness.explorers.interleavings import PostgresPlace


@pytest.fixture
def database(server):
    """A database with the tables of the stories."""
    fresh = server.fresh(SCHEMA)
    yield fresh
    fresh.drop()


@pytest.fixture
def place(server, database):
    """That database as the place of an exploration, under a role that is no superuser."""
    return PostgresPlace(server.address(database.name), database.control)
