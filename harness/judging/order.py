"""The right rows in another order."""

from harness.errors import Wrong
from harness.table import Table


class WrongOrder(Wrong):
    """Every expected row was observed, and no other, but not in that order: `first` is the first index that differs."""

    def __init__(self, expected: Table, observed: Table, first: int, *, ask: str) -> None:
        super().__init__("The order is not the one asked for.", ask=ask)
        self.expected = expected
        self.observed = observed
        self.first = first
