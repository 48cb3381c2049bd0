"""Sizes that must go together, although they are set in different rooms."""

from harness.services.postgres.docker import VOLUME, PostgresContainer
from harness.services.postgres.settings import SETTINGS
from harness.verify import MOST_RUNS


def test_statements_without_end_leave_room_for_others():
    """As many statements without end as `labs verify` runs at once leave a container a gigabyte for databases."""
    disk, limit = PostgresContainer.tmpfs[VOLUME], SETTINGS["temp_file_limit"]
    assert disk.startswith("size=")
    assert disk.endswith("g")
    assert limit.endswith("MB")
    megabytes = int(disk.removeprefix("size=").removesuffix("g")) * 1024
    assert megabytes >= MOST_RUNS * int(limit.removesuffix("MB")) + 1024
