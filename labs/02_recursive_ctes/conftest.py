"""Fixtures of the lab: the bicycle factory in a database, with the data set that a test asks for."""

import factory_data
import pytest


@pytest.fixture
def factory(postgres_server, seed):
    """Open the factory: `factory("loops")` gives a database that holds this data set and nothing else."""

    def open_factory(name):
        return postgres_server.dataset(factory_data.factory(name, seed))

    return open_factory


@pytest.fixture(params=["empty", "one", "small", "large"])
def factory_of_any_size(request, factory):
    """Give a factory of each size in turn; the small and the large one are random, from the printed seed."""
    return factory(request.param)
