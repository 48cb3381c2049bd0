"""What all tests of the project share."""

from __future__ import annotations

import pytest


@pytest.fixture
def services(request: pytest.FixtureRequest) -> str:
    """The provider under test, as given to this run: auto, docker or embedded."""
    return request.config.getoption("--services")
