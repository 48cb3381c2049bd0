"""Fixtures of the lab: the tea shop in a database, with the data set that a test asks for."""

import pytest
import tea_shop_data


@pytest.fixture
def tea_shop(postgres_server, seed):
    """Open the shop: `tea_shop("ties")` gives a database that holds this data set and nothing else."""

    def open_shop(name):
        return postgres_server.dataset(tea_shop_data.shop(name, seed))

    return open_shop


@pytest.fixture(params=["empty", "one", "small", "large"])
def shop_of_any_size(request, tea_shop):
    """Give a shop of each size in turn; the small and the large one are random, from the printed seed."""
    return tea_shop(request.param)
