"""Places for explorations: a database of the test's own, on one provider unless a test is marked for both."""

import pytest
from homes import need, warm_server
from stories import SCHEMA

from harness.explorers.interleavings import PostgresPlace
from harness.services import start_postgres


@pytest.fixture(scope="session", params=["embedded"])
def server(request, shared_home):
    """A warm server: how it was had matters to few explorations."""
    need(request.param)
    yield from warm_server(start_postgres, request.param, shared_home)


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
